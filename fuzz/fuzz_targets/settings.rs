//! Settings of any kind.

#![no_main]

portgen_fuzz::reader!("settings": "settings.yaml" "settings.json" "settings.toml" "settings.ini" "settings.properties" "settings.conf");
