//! C#.

#![no_main]

portgen_fuzz::reader!("csharp": "Program.cs");
