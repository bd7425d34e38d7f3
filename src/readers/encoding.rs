//! Bytes of a file to the text that the readers get.

use std::borrow::Cow;

/// A file's text, and whether its bytes are those of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text; a UTF-8 byte order mark stays in it, one of UTF-16 does not.
    pub text: Cow<'a, str>,
    /// Whether an offset in the text is one in the file. Where it is not,
    /// lines and columns still hold, but nothing may be changed by offset.
    pub is_exact: bool,
}

/// Reads UTF-8, and UTF-16 that opens with a byte order mark. Bytes that are
/// no UTF-8 are taken as Latin-1, one character each. `None` for what is no
/// text: a NUL byte is in it.
///
/// Borrows where the bytes are UTF-8, so that a buffer can be used again:
/// `decode(&buffer).map(|decoded| (decoded.text, decoded.is_exact))`.
pub fn decode(bytes: &[u8]) -> Option<Decoded<'_>> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => return None,
        [0xff, 0xfe, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ if memchr::memchr(0, bytes).is_some() => return None,
        _ => {}
    }
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Cow::Borrowed(text), is_exact: true },
        Err(_) => Decoded { text: Cow::Owned(mixed(bytes)), is_exact: false },
    })
}

/// UTF-16; halves of pairs that stand alone become U+FFFD.
fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Decoded<'static>> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let characters = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    let text: String = characters.collect();
    (!text.contains('\0')).then_some(Decoded { text: Cow::Owned(text), is_exact: false })
}

/// UTF-8 with bytes of Latin-1 in it.
fn mixed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|&byte| char::from(byte)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: Option<(&str, bool)>) {
        let found = decode(bytes);
        let found = found.as_ref().map(|decoded| (&*decoded.text, decoded.is_exact));
        assert_eq!(found, expect, "{bytes:x?}");
    }

    #[test]
    fn texts_of_every_encoding_are_read() {
        check(b"a\r\n", Some(("a\r\n", true)));
        check(b"\xef\xbb\xbfa", Some(("\u{feff}a", true)));
        check("‚úÖ".as_bytes(), Some(("‚úÖ", true)));
        check(b"caf\xe9 \xc3\xa9 8080", Some(("café é 8080", false)));
        check(b"\xff\xfeA\x00\xe9\x00\n\x00", Some(("Aé\n", false)));
        check(b"\xfe\xff\x00A\xd8\x00\x00B", Some(("A\u{fffd}B", false)));
        check(b"\xff\xfeA\x00B", Some(("A", false)));
        check(b"", Some(("", true)));
    }

    #[test]
    fn what_is_no_text_is_not_read() {
        check(b"a\0b", None);
        check(b"\xff\xfe\x00\x00A\x00\x00\x00", None);
        check(b"\xff\xfea\x00\x00\x00", None);
    }
}
