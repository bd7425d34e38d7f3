//! Messages on the wire: a header with their length, then JSON.
//!
//! What is no message is passed over, up to the next header: a client that
//! sends garbage gets an error where an answer is due, and the server goes on.

use std::io::{self, BufRead, Read, Write};

use lsp_server::Message;
use serde_json::Value;

/// The largest message that is read, in bytes: 64 MiB. A larger one is passed over.
const LARGEST: u64 = 64 << 20;
/// The longest line of a header that is read; of a longer one the rest is passed over.
const LONGEST_LINE: u64 = 4096;

/// What was read.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that has a length and is no message, and why.
    Broken(i32, String),
    /// The end.
    Closed,
}

/// Reads the next message.
///
/// # Errors
/// What the system says.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Incoming> {
    let Some(length) = read_header(input)? else { return Ok(Incoming::Closed) };
    if length > LARGEST {
        let passed = io::copy(&mut input.take(length), &mut io::sink())?;
        let closed = passed < length;
        let message = format!("the message has {length} bytes; the most that is read are {LARGEST}");
        return Ok(if closed { Incoming::Closed } else { Incoming::Broken(-32600, message) });
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(Incoming::Closed);
    }
    Ok(parse(&bytes))
}

fn parse(bytes: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return Incoming::Broken(-32700, format!("this is no JSON: {error}")),
    };
    match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(message),
        Err(_) => Incoming::Broken(-32600, "this is no request, response or notification".to_owned()),
    }
}

/// Reads lines up to the empty one behind a length; `None` at the end.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\n") && line.len() as u64 == LONGEST_LINE {
            length = None;
            continue;
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\n', '\r']);
        match (line.is_empty(), length) {
            (true, Some(length)) => return Ok(Some(length)),
            (true, None) => {}
            (false, _) => {
                if let Some((name, value)) = line.split_once(':')
                    && name.trim().eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().ok();
                }
            }
        }
    }
}

/// Writes one message.
///
/// # Errors
/// What the system says: a client that is gone.
pub(super) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            found.push(match read(&mut bytes).expect("bytes can be read") {
                Incoming::Message(Message::Notification(one)) => one.method,
                Incoming::Message(other) => format!("{other:?}"),
                Incoming::Broken(code, _) => code.to_string(),
                Incoming::Closed => return found,
            });
        }
    }

    #[test]
    fn messages_are_found_behind_anything() {
        let one = r#"Content-Length: 40

{"jsonrpc":"2.0","method":"initialized"}"#
            .replace('\n', "\r\n");
        assert_eq!(all(one.as_bytes()), ["initialized"]);
        assert_eq!(all(format!("garbage\r\n\r\nmore: x\n\n{one}{one}").as_bytes()), ["initialized"; 2]);
        assert_eq!(all(format!("Content-Length: 3\r\n\r\nnot{one}").as_bytes()), ["-32700", "initialized"]);
        assert_eq!(all(format!("Content-Length: 2\n\n[]{one}").as_bytes()), ["-32600", "initialized"]);
        assert_eq!(all(format!("Content-Length: x\r\n\r\n{one}").as_bytes()), ["initialized"]);
        for end in 0..one.len() {
            assert!(all(&one.as_bytes()[..end]).is_empty(), "{end}");
        }
        assert!(all(b"Content-Length: 99999999999\r\n\r\n{}").is_empty());
        assert!(all(&[0xff; 100_000]).is_empty());
    }
}
