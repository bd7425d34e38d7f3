//! Editors.

#![no_main]

portgen_fuzz::reader!("launch": ".vscode/launch.json" ".vscode/tasks.json" ".vscode/settings.json" "x.code-workspace");
