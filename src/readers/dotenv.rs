//! Env files: `.env` and its likes, as Compose reads them.
//!
//! The readers of these files agree on little; Compose's grammar is the widest
//! of them and the one whose answer decides what is published. What it would
//! refuse a whole file for is passed over line by line.

use super::values::{self, Setting};
use super::{Assignment, Context, FilePath, Reader, Reading, Side, Sighting, any_text, words};
use crate::diagnostic::Confidence;
use crate::source::Span;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "dotenv",
    summary: "env files: ports by the variable's name, URLs, host:port, bind addresses, what is commented out",
    takes,
    knows: any_text,
    read,
};

/// What a file whose name begins like an env file's is not one of.
const OTHER_EXTENSIONS: &[&str] = &[
    "ts", "js", "mjs", "cjs", "tsx", "jsx", "py", "go", "rs", "rb", "php", "java", "kt", "cs", "json", "yml",
    "yaml", "toml", "md", "rst", "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "html", "css", "c", "h", "cpp",
    "lock", "nix", "lua", "gpg", "age", "asc", "enc", "vue", "svelte", "dart", "swift", "sql", "xml", "png",
];

fn takes(path: &FilePath<'_>) -> bool {
    if path.has_extension(OTHER_EXTENSIONS) {
        return false;
    }
    let name = path.name().to_ascii_lowercase();
    let begins = |stem: &str| {
        name.strip_prefix(stem)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']) || stem.ends_with('.'))
    };
    begins(".env")
        || begins("dotenv")
        || begins(".dotenv")
        || begins("env.")
        || is_sample(&name)
        || matches!(name.as_str(), ".envrc" | ".flaskenv" | ".quartenv")
        || name.ends_with(".env")
        || name.contains(".env.")
        || path.folder().split('/').any(|folder| folder == ".envs")
}

/// `env-example`, `env_sample`: not every file that begins with `env-`.
fn is_sample(name: &str) -> bool {
    name.strip_prefix("env").and_then(|rest| rest.strip_prefix(['-', '_'])).is_some_and(|rest| {
        matches!(rest, "example" | "sample" | "template" | "dist" | "default" | "local" | "file")
    })
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let setting = Setting::code(Side::Unknown);
    reading.assignments = assignments(text);
    for assignment in &reading.assignments {
        let place = assignment.place.range();
        if let Some(value) = text.get(place.clone()) {
            values::in_value(&assignment.name, value, place.start, &setting, &mut reading.sightings);
        }
    }
    comments(text, reading);
}

/// Assignments that are commented out, and URLs in other comments.
fn comments(text: &str, reading: &mut Reading) {
    let setting =
        Setting { side: Side::Unknown, context: Context::Comment, confidence: Confidence::Low };
    // What looks like a comment may lie in a value of several lines.
    let Reading { assignments, sightings, .. } = reading;
    let mut values = assignments.iter().map(|assignment| assignment.place).peekable();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        while values.next_if(|place| place.range().end <= at).is_some() {}
        let is_inside = values.peek().is_some_and(|place| place.range().start < at);
        let trimmed = line.trim_start_matches([' ', '\t', '\u{feff}']);
        let Some(comment) = trimmed.strip_prefix('#').filter(|_| !is_inside) else { continue };
        let comment = comment.trim_start_matches(['#', ' ', '\t']);
        let base = at + line.len() - comment.len();
        comment_line(comment.trim_end(), base, &setting, sightings);
    }
}

/// An assignment that is commented out, or the URLs of another comment.
pub(super) fn comment_line(comment: &str, base: usize, setting: &Setting, sightings: &mut Vec<Sighting>) {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(is_key_byte);
    let assignment = comment.strip_prefix("export ").unwrap_or(comment).split_once('=');
    if let Some((name, value)) = assignment.filter(|(name, _)| is_name(name)) {
        let at = base + comment.len() - value.len();
        let value = value.split(" #").next().unwrap_or(value).trim_end();
        let inner = value.trim_start_matches(['"', '\'']);
        let at = at + value.len() - inner.len();
        let inner = inner.trim_end_matches(['"', '\'']);
        values::in_value(name, inner, at, setting, sightings);
        return;
    }
    for url in words::urls(comment) {
        sightings.extend(values::authority(comment, &url, base, setting, false));
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'[' | b']')
}

/// Every variable that an env file sets, as Compose reads it, interpolation
/// left as it is. A name without `=` takes the value of the shell: it is left out.
pub fn assignments(text: &str) -> Vec<Assignment> {
    let mut found = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let line_end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length);
        at = match assignment(text, at, line_end) {
            Some((assignment, end)) => {
                found.push(assignment);
                end
            }
            None => line_end + 1,
        };
    }
    found
}

/// The assignment of the line that starts at an offset, and where to go on.
fn assignment(text: &str, start: usize, line_end: usize) -> Option<(Assignment, usize)> {
    let line = text.get(start..line_end)?;
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') {
        return None;
    }
    let exported = trimmed.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t']));
    let rest = exported.unwrap_or(trimmed).trim_start();
    let key_start = line_end - rest.len();
    let length = rest.find(['=', ':'])?;
    let name = rest[..length].trim_end();
    if name.is_empty() || !name.bytes().all(is_key_byte) {
        return None;
    }
    let after = rest[length + 1..].trim_start_matches([' ', '\t']);
    let value_start = line_end - after.len();
    let key = Span::new(key_start, key_start + name.len());
    let quote = after.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
    let name = name.to_owned();
    if let Some((quote, (value, end))) = quote.and_then(|quote| Some((quote, quoted(text, value_start, quote)?))) {
        let place = Span::new(value_start + 1, end);
        let rest = text.as_bytes().get(end..).unwrap_or_default();
        let next = memchr::memchr(b'\n', rest).map_or(text.len(), |length| end + length + 1);
        return Some((Assignment { name, value, is_literal: quote == b'\'', key, place }, next));
    }
    let value = after.split(" #").next().unwrap_or(after).trim_end();
    let place = Span::new(value_start, value_start + value.len());
    Some((Assignment { name, value: value.to_owned(), is_literal: false, key, place }, line_end + 1))
}

/// The text that a quote opens, and where the one that closes it stands; it may
/// be lines further down. `None` where nothing closes it.
fn quoted(text: &str, open: usize, quote: u8) -> Option<(String, usize)> {
    let rest = text.get(open + 1..)?;
    let mut value = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == char::from(quote) {
            return Some((value, open + 1 + at));
        }
        if character != '\\' {
            value.push(character);
            continue;
        }
        match characters.next() {
            Some((_, next)) if next == char::from(quote) => value.push(next),
            Some((_, next)) if quote == b'"' => value.push_str(&escaped(next)),
            Some((_, next)) => value.extend(['\\', next]),
            None => return None,
        }
    }
    None
}

/// What a backslash and a letter are in double quotes.
fn escaped(letter: char) -> String {
    match letter {
        'n' => "\n".to_owned(),
        'r' => "\r".to_owned(),
        't' => "\t".to_owned(),
        '\\' => "\\".to_owned(),
        // The dollar stays escaped: interpolation comes later.
        other => format!("\\{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[track_caller]
    fn values(text: &str, expect: &[(&str, &str)]) {
        let found = assignments(text);
        for one in &found {
            assert_eq!(text.get(one.key.range()), Some(one.name.as_str()), "{text}");
            if !one.value.contains(['\\', '"', '\'', '\n']) {
                assert_eq!(text.get(one.place.range()), Some(one.value.as_str()), "{text}");
            }
        }
        let pairs: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
        assert_eq!(pairs, expect, "{text}");
    }

    #[test]
    fn values_are_what_compose_makes_of_them() {
        values("A=8080 # c", &[("A", "8080")]);
        values("A=8080# c", &[("A", "8080# c")]);
        values("A= # c", &[("A", "# c")]);
        values("A=http://h/a#f", &[("A", "http://h/a#f")]);
        values("export A=1\n A = 2\nA: 3\n", &[("A", "1"), ("A", "2"), ("A", "3")]);
        values("\u{feff}A=1\r\nB='2'\r\n\r\nC=\"3\" # x\r\n", &[("A", "1"), ("B", "2"), ("C", "3")]);
        values("A=\"x\ny\"\nB=1", &[("A", "x\ny"), ("B", "1")]);
        values("A=\"a\\\"b\\nc\"\nB='d\\n'", &[("A", "a\"b\nc"), ("B", "d\\n")]);
        values("A=${B:-1}\nC='${D}'", &[("A", "${B:-1}"), ("C", "${D}")]);
        values("X-Y=1\nA.b[0]=2", &[("X-Y", "1"), ("A.b[0]", "2")]);
        values("A=\nB\n#C=1\n=5\nuse nix\nif [ a = b ]\nexportD=1", &[("A", ""), ("exportD", "1")]);
        values("A=\"open\nB=1\n", &[("A", "\"open"), ("B", "1")]);
        values("A=b=c\nÄ=1\nD=ä", &[("A", "b=c"), ("D", "ä")]);
        assert!(assignments("A='$B'").iter().all(|one| one.is_literal));
    }

    #[test]
    fn files_are_known_by_their_names() {
        for path in [
            ".env", "a/.env.production", "dev.env", ".env.example", "env.example", ".envrc", ".flaskenv",
            "app.env.dist", ".env-sample", "env_example", ".envs/.local/.django", ".env.local.template",
        ] {
            assert!(takes(&FilePath::new(path)), "{path}");
        }
        for path in ["env.d.ts", ".env.js", "env.py", "env.go", "environment", ".environment", "env-manager", "env.sh"] {
            assert!(!takes(&FilePath::new(path)), "{path}");
        }
    }

    #[test]
    fn numbers_addresses_and_urls_are_seen() {
        check(
            ".env",
            "\u{feff}API_PORT=8000\r\nexport WEB_PORT = \"3000\" # web\r\n",
            &["1:11 8000 Assign Unknown variable=API_PORT", "2:20 3000 Assign Unknown variable=WEB_PORT"],
        );
        check(
            ".env",
            "API=http://localhost:8000/v1\nBIND='0.0.0.0:8001'\nDB=postgres://u:1234@db:5432/x\n",
            &[
                "1:22 8000 Connect host=localhost variable=API",
                "2:15 8001 Listen Unknown host=0.0.0.0 variable=BIND",
                "3:25 5432 Connect Container host=db variable=DB",
            ],
        );
    }

    #[test]
    fn comments_are_told_from_assignments() {
        check(
            ".env.example",
            "# API_PORT=8000\n#WEB_PORT=\"3000\" # x\n# see http://localhost:9000/, 10:30\n#TIMEOUT=8000\n",
            &[
                "1:12 8000 Assign Unknown variable=API_PORT confidence=Low *",
                "2:12 3000 Assign Unknown variable=WEB_PORT confidence=Low *",
                "3:24 9000 Connect host=localhost confidence=Low *",
            ],
        );
        check(".env", "A=\"x\n# B_PORT=8000\n\"\nC_PORT=1\n", &["4:8 1 Assign Unknown variable=C_PORT"]);
    }

    #[test]
    fn look_alikes_are_none() {
        check(
            ".env",
            "TIMEOUT=8000\nPOSTGRES_PASSWORD=5432\nMAX_TOKENS=50000\nYEAR=2024\nIMAGE=redis:7\nPORT=\nPORT=abc\nVERSION=1.2.3:4\nSUPPORT_ID=8080\nMIX=sha256:12345\n",
            &[],
        );
    }
}
