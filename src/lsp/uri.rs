//! Paths of the file system as the protocol writes them.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

/// The path of a `file:` address; `None` for any other one.
pub(super) fn to_path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    // A host, which Windows has for shares, stands before the path.
    let (host, path) = rest.split_at(rest.find('/')?);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let text = decoded(path)?;
    let bytes = text.as_bytes();
    let is_drive = bytes.len() >= 3 && bytes[0] == b'/' && bytes[1].is_ascii_alphabetic() && bytes[2] == b':';
    Some(match host {
        "" | "localhost" if is_drive && cfg!(windows) => PathBuf::from(&text[1..]),
        "" | "localhost" => PathBuf::from(text),
        host => PathBuf::from(format!("//{host}{text}")),
    })
}

/// The `file:` address of a path.
pub(super) fn of_path(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let start = if text.starts_with('/') { "file://" } else { "file:///" };
    let mut address = String::from(start);
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => address.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&address).ok()
}

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
        for path in ["/a/b.toml", "/a b/é%/#x?.toml"] {
            let uri = of_path(Path::new(path)).expect("an address");
            assert_eq!(to_path(&uri).as_deref(), Some(Path::new(path)), "{}", uri.as_str());
        }
        let to = |text: &str| to_path(&Uri::from_str(text).expect("an address"));
        assert_eq!(to("file:///a%20b"), Some(PathBuf::from("/a b")));
        assert_eq!(to("untitled:Untitled-1"), None);
        assert_eq!(to("file:///%ff"), None);
    }
}
