//! Traefik.

#![no_main]

portgen_fuzz::reader!("traefik": "traefik.yml" "traefik.toml" "dynamic.yml");
