//! Java and its like.

#![no_main]

portgen_fuzz::reader!("java": "Main.java" "Main.kt" "build.gradle" "Main.scala");
