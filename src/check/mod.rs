//! Runs the rules, decides levels, opens the gate to rendering.
