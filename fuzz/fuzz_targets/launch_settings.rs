//! launchSettings.json.

#![no_main]

portgen_fuzz::reader!("launch-settings": "Properties/launchSettings.json");
