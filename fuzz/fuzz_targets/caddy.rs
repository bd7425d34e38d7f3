//! Caddy.

#![no_main]

portgen_fuzz::reader!("caddy": "Caddyfile");
