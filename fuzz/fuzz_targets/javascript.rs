//! JavaScript and TypeScript.

#![no_main]

portgen_fuzz::reader!("javascript": "server.js" "server.ts" "App.vue" "next.config.mjs" "vite.config.ts");
