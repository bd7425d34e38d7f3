//! Proxies.

#![no_main]

portgen_fuzz::reader!("nginx": "nginx.conf" "haproxy.cfg");
