//! Shell scripts.

#![no_main]

portgen_fuzz::reader!("shell": "start.sh" "start.ps1" "start.bat" "docker-entrypoint.sh");
