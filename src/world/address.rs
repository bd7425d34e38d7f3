//! Paths of the file system as `file:` addresses (RFC 8089), for what talks to an editor or an agent.

use std::path::{Path, PathBuf};

/// The path of a `file:` address; `None` for any other one.
pub fn path_of_address(address: &str) -> Option<PathBuf> {
    path_text(address, cfg!(windows)).map(PathBuf::from)
}

/// The `file:` address of an absolute path; `None` where the path is not UTF-8.
pub fn address_of_path(path: &Path) -> Option<String> {
    path.to_str().map(|text| address_text(text, cfg!(windows)))
}

fn path_text(address: &str, is_windows: bool) -> Option<String> {
    let rest = address.strip_prefix("file://")?;
    // A host, which Windows has for shares, stands before the path.
    let (host, path) = rest.split_at(rest.find('/')?);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let text = decoded(path)?;
    match host {
        "" | "localhost" if is_windows && has_drive(&text) => Some(text[1..].replace('/', "\\")),
        "" | "localhost" => Some(text),
        host if is_windows => Some(format!("//{host}{text}").replace('/', "\\")),
        _ => None,
    }
}

/// `/C:`, and what is behind it.
fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [b'/', letter, b':', ..] if letter.is_ascii_alphabetic())
}

fn address_text(path: &str, is_windows: bool) -> String {
    let path = if is_windows { path.replace('\\', "/") } else { path.to_owned() };
    let start = match path.strip_prefix("//") {
        Some(_) if is_windows => "file:",
        _ if path.starts_with('/') => "file://",
        _ => "file:///",
    };
    let mut address = String::from(start);
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

/// `%20` and the like as what they stand for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_way_there_and_back() {
        for path in ["/a/b.toml", "/a b/é%/#x?.toml", "/a\\b"] {
            let address = address_text(path, false);
            assert_eq!(path_text(&address, false).as_deref(), Some(path), "{address}");
        }
        for path in [r"C:\a b\é%\#x.toml", r"\\server\share\ports.toml"] {
            let address = address_text(path, true);
            assert_eq!(path_text(&address, true).as_deref(), Some(path), "{address}");
        }
    }

    #[test]
    fn an_address_of_a_folder_is_its_path() {
        let unix = |address| path_text(address, false);
        assert_eq!(unix("file:///home/a%20b/%C3%A9").as_deref(), Some("/home/a b/é"));
        assert_eq!(unix("file://localhost/srv").as_deref(), Some("/srv"));
        let others = [
            "https://example.org/",
            "untitled:1",
            "file://server/share",
            "file:///a%2",
            "file:///%ff",
            "/srv",
        ];
        for none in others {
            assert_eq!(unix(none), None, "{none}");
        }
        let windows = |address| path_text(address, true);
        assert_eq!(windows("file:///C:/a%20b").as_deref(), Some(r"C:\a b"));
        assert_eq!(windows("file:///c%3A/src").as_deref(), Some(r"c:\src"), "as some editors write it");
        assert_eq!(windows("file://server/share/x").as_deref(), Some(r"\\server\share\x"));
    }

    #[test]
    fn an_address_has_nothing_that_would_be_read_as_something_else() {
        assert_eq!(address_text("/a b/#x?", false), "file:///a%20b/%23x%3F");
        assert_eq!(address_text(r"C:\a", true), "file:///C%3A/a");
        assert_eq!(address_text(r"\\server\share", true), "file://server/share");
    }
}
