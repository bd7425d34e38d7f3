//! The target `python`.

use super::{findings, text, text_of};

fn output(options: &str) -> String {
    format!("[[output]]\npath = \"ports.py\"\ntarget = \"python\"\noptions = {{ {options} }}")
}

#[test]
fn a_module_has_constants_urls_and_a_mapping() {
    let expect = r#""""Ports of shop."""

from typing import Final

__all__ = [
    "API_PORT",
    "API_URL",
    "CACHE_PORT",
    "PORTS",
]

API_PORT: Final = 9000
API_URL: Final = "http://localhost:9000/v1"
CACHE_PORT: Final = 6390

PORTS: Final[dict[str, int]] = {
    "api": API_PORT,
    "cache": CACHE_PORT,
}
"#;
    assert_eq!(text(&output("")), expect);
}

#[test]
fn a_module_can_read_the_environment() {
    let expect = r#""""Ports of shop."""

import os
from typing import Final

__all__ = [
    "ALL",
    "API",
    "API_URL",
    "CACHE_PORT",
]


def _port(variable: str, default: int) -> int:
    """Return the port a variable holds, or the default where it is unset or empty."""
    text = os.environ.get(variable, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise ValueError(f"{variable} is not a port: {text!r}")
    if not 1 <= int(text) <= 65535:
        raise ValueError(f"{variable} is not a port from 1 to 65535: {text!r}")
    return int(text)


API: Final = _port("API_PORT", 9000)
API_URL: Final = f"http://localhost:{API}/v1"
CACHE_PORT: Final = _port("CACHE_PORT", 6390)

ALL: Final[dict[str, int]] = {
    "api": API,
    "cache": CACHE_PORT,
}
"#;
    let options = "read-environment = true, names = { api = \"API\" }, mapping = \"ALL\"";
    assert_eq!(text(&output(options)), expect);
}

#[test]
fn a_table_without_services_is_a_module_all_the_same() {
    let expect = r#""""Ports of x."""

from typing import Final

__all__ = ["PORTS"]

PORTS: Final[dict[str, int]] = {}
"#;
    assert_eq!(text_of(&format!("[project]\nname = \"x\"\n{}", output(""))), expect);
}

#[test]
fn keywords_and_clashes_are_findings() {
    let check = |names: &str, expect: &str| {
        let found = findings(&output(&format!("names = {{ {names} }}")));
        assert!(found.len() == 1 && found[0].ends_with(expect), "{found:?}");
    };
    check("api = \"class\"", "ports.toml:12:8: template-error: `class` cannot be a name in Python");
    check("api = \"a-b\"", "template-error: `a-b` cannot be a name in Python");
    check("api = \"CACHE_PORT\"", "template-error: `CACHE_PORT` is defined twice in the Python module");
    check("api = \"PORTS\"", "template-error: `PORTS` is defined twice in the Python module");
    check("nobody = \"X\"", "template-error: `names` has `nobody`, which is no port of this output");
}
