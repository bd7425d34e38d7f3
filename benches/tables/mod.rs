//! Generated tables of any size, and the folders they are measured in.

use std::fmt::Write;

/// A table's first lines; the rules that would warn of most numbers are off.
const HEAD: &str = "[project]\nname = \"big\"\ndomain = \"example.com\"\n\n[lint]\nephemeral-port = \"allow\"\n\
     well-known-port = \"allow\"\nplatform-port = \"allow\"\nbrowser-blocked-port = \"allow\"\n\n";

/// Eight outputs, each of another target.
pub const OUTPUTS: [(&str, &str); 8] = [
    ("dotenv", ".env"),
    ("python", "ports.py"),
    ("json", "ports.json"),
    ("typescript", "ports.ts"),
    ("shell", "ports.sh"),
    ("markdown", "PORTS.md"),
    ("procfile", "Procfile"),
    ("caddy", "Caddyfile"),
];

/// A table of services that have a number and nothing else, each its own.
pub fn bare(services: usize) -> String {
    let mut text = HEAD.to_owned();
    for index in 0..services {
        let _ = writeln!(text, "[services.s{index}]\nport = {}", 1025 + index);
    }
    text
}

/// A table of services as people write them, each with several keys.
pub fn full(services: usize) -> String {
    let mut text = HEAD.to_owned();
    for index in 0..services {
        let _ = writeln!(
            text,
            "[services.service-{index}]\ntitle = \"Service {index}\"\nport = {}\nscheme = \"http\"\n\
             description = \"Answers questions about {index}\"\nhealth = \"/health\"\n\
             command = \"run --port {{{{ port }}}}\"\n",
            10000 + index
        );
    }
    text
}

/// The table of [`full`], rendered into [`OUTPUTS`].
pub fn with_outputs(services: usize) -> String {
    let mut text = full(services);
    for (target, path) in OUTPUTS {
        let _ = writeln!(text, "[[output]]\npath = \"{path}\"\ntarget = \"{target}\"\n");
    }
    text
}

/// A table in which every second service takes the number of the one before it.
pub fn in_pairs(findings: usize) -> String {
    let mut text = HEAD.to_owned();
    for index in 0..findings * 2 {
        let _ = writeln!(text, "[services.s{index}]\nport = {}", 20000 + index / 2);
    }
    text
}
