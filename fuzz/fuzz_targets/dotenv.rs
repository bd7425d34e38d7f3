//! env files.

#![no_main]

portgen_fuzz::reader!("dotenv": ".env" ".env.example" "app.env");
