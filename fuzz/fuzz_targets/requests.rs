//! Requests.

#![no_main]

portgen_fuzz::reader!("requests": "api.http");
