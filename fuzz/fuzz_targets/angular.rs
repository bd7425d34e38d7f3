//! Angular.

#![no_main]

portgen_fuzz::reader!("angular": "angular.json" "proxy.conf.json");
