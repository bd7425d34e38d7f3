//! cloudflared.

#![no_main]

portgen_fuzz::reader!("cloudflared": "cloudflared.yml");
