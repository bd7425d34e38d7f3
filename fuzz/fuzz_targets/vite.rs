//! Configuration of development servers.

#![no_main]

portgen_fuzz::reader!("vite": "vite.config.ts" "playwright.config.js");
