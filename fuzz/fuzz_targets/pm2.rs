//! pm2.

#![no_main]

portgen_fuzz::reader!("pm2": "ecosystem.config.js");
