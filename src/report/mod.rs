//! Findings and plans as text, JSON, SARIF and GitHub commands.
