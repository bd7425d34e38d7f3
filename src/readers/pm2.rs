//! pm2: the programs that an ecosystem file starts, and the ports that it gives them.
//!
//! Such a file is JavaScript or JSON; of both only the entries of `apps` are
//! looked at, key by key.

use std::ops::Range;

use super::{FilePath, ManagedProgram, Reader, Reading, Role, Side, Sighting, javascript, words};
use crate::source::Span;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "pm2",
    summary: "ecosystem.config.js, pm2.json: programs, their folders, ports in env and args",
    takes,
    knows,
    read,
};

/// More programs than anybody has in one file.
const MOST_PROGRAMS: usize = 256;

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name();
    let is_named = name.starts_with("ecosystem.") || name.starts_with("pm2.");
    is_named && path.has_extension(&["js", "cjs", "mjs", "json"])
}

fn knows(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"apps").is_some()
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    if !path.has_extension(&["json"]) {
        javascript::read(path, text, reading);
    }
    let Some(list) = text.find("apps").and_then(|at| text[at..].find('[').map(|open| at + open)) else { return };
    for block in blocks(text, list).into_iter().take(MOST_PROGRAMS) {
        program(text, &block, reading);
    }
}

/// The places of a text that are no comment and no string, as bytes that
/// count; those of strings are kept apart by a flag.
fn bytes(text: &str, from: usize) -> impl Iterator<Item = (usize, u8, bool)> {
    let bytes = text.as_bytes();
    let (mut quote, mut is_comment, mut is_escaped) = (None::<u8>, false, false);
    (from..bytes.len()).filter_map(move |at| {
        let byte = bytes[at];
        if is_comment {
            is_comment = byte != b'\n';
            return None;
        }
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if byte == b'\\' => is_escaped = true,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'/' && bytes.get(at + 1) == Some(&b'/') => {
                is_comment = true;
                return None;
            }
            None if matches!(byte, b'"' | b'\'' | b'`') => {
                quote = Some(byte);
                return Some((at, byte, true));
            }
            None => return Some((at, byte, false)),
        }
        Some((at, byte, true))
    })
}

/// The objects of a list.
fn blocks(text: &str, list: usize) -> Vec<Range<usize>> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0_usize, list);
    for (at, byte, is_string) in bytes(text, list) {
        match byte {
            _ if is_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth == 2 {
                    start = at;
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    found.push(start..at + 1);
                }
                if depth == 0 {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// A key and what stands behind its colon, up to the end of its line.
struct Entry<'t> {
    key: &'t str,
    value: &'t str,
    at: usize,
    depth: usize,
}

/// The entries of an object that begin at a colon, those of objects in it included.
fn entries<'t>(text: &'t str, block: &Range<usize>) -> Vec<Entry<'t>> {
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    for (at, byte, is_string) in bytes(&text[..block.end], block.start) {
        match byte {
            _ if is_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' => {
                let before = text[block.start..at].trim_end_matches(['"', '\'', ' ', '\t']);
                let start = before.rfind(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
                let key = &before[start.map_or(0, |start| start + 1).min(before.len())..];
                let rest = &text[at + 1..block.end];
                let end = rest.find(['\n', '}']).unwrap_or(rest.len());
                found.push(Entry { key, value: &rest[..end], at: at + 1, depth });
            }
            _ => {}
        }
    }
    found
}

fn program(text: &str, block: &Range<usize>, reading: &mut Reading) {
    let entries = entries(text, block);
    let own = |key: &str| {
        let entry = entries.iter().find(|entry| entry.depth == 1 && entry.key == key)?;
        quoted(entry.value)
    };
    let Some(name) = own("name") else { return };
    let folder = own("cwd").map(str::to_owned).or_else(|| {
        let script = own("script")?.trim_start_matches("./");
        Some(script.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned()))
    });
    let mut ports = Vec::new();
    for entry in &entries {
        let at = match entry.key {
            "PORT" if entry.depth == 2 => number(entry.value),
            "args" | "script" => option(entry.value),
            _ => None,
        };
        let Some(place) = at.map(|at| entry.at + at.start..entry.at + at.end) else { continue };
        let Some(port) = text.get(place.clone()).and_then(words::port) else { continue };
        let span = Span::new(place.start, place.end);
        reading.sightings.retain(|other| other.span != span);
        reading.sightings.push(Sighting {
            side: Side::Host,
            variable: (entry.key == "PORT").then(|| "PORT".to_owned()),
            service: Some(name.to_owned()),
            ..Sighting::new(span, words::single(port), Role::Define)
        });
        ports.push(span);
    }
    reading.managed.push(ManagedProgram { name: name.to_owned(), folder: folder.unwrap_or_default(), ports });
}

/// The text in the quotes that a value begins with.
fn quoted(value: &str) -> Option<&str> {
    let value = value.trim_start();
    let quote = value.chars().next().filter(|first| ['"', '\'', '`'].contains(first))?;
    value[1..].split(quote).next().filter(|text| !text.is_empty())
}

/// The last number of a value: `3001`, `"3001"`, `process.env.PORT || 3001`.
fn number(value: &str) -> Option<Range<usize>> {
    let value = value.split("//").next()?.trim_end_matches([',', ' ', '"', '\'', '\r']);
    let digits = value.bytes().rev().take_while(u8::is_ascii_digit).count();
    let start = value.len() - digits;
    let is_apart = value[..start].ends_with([' ', '"', '\'', ':']) || start == 0;
    (digits > 0 && is_apart).then_some(start..value.len())
}

/// The number behind `--port` or `-p`.
fn option(value: &str) -> Option<Range<usize>> {
    ["--port", "-p", "-l"].iter().find_map(|option| {
        let at = value.find(&format!("{option} ")).or_else(|| value.find(&format!("{option}=")))?;
        let start = at + option.len() + 1;
        let digits = value[start..].bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0).then_some(start..start + digits)
    })
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn programs_have_ports_in_env_and_args() {
        check(
            "ecosystem.config.js",
            "// two\nmodule.exports = {\n  apps: [\n    {\n      name: 'shop-api', // { the api\n      script: './api/index.js',\n      env: { NODE_ENV: 'production', PORT: 3001 },\n    },\n    {\n      name: \"shop-web\",\n      script: 'npx',\n      args: 'vite preview --port 3000',\n      cwd: './web',\n      restart_delay: 4000,\n    },\n  ],\n};\n",
            &["7:44 3001 Define variable=PORT service=shop-api", "12:34 3000 Define service=shop-web"],
        );
        check(
            "pm2.json",
            "{\"apps\": [{\"name\": \"api\", \"script\": \"server.js\", \"env\": {\n  \"PORT\": \"4000\"\n}}]}",
            &["2:12 4000 Define variable=PORT service=api"],
        );
    }

    #[test]
    fn what_is_cut_off_is_read_to_its_end() {
        for text in ["apps: [", "apps: [{ name: '", "apps: [{ name: 'a', env: { PORT:", "apps: [}}]]{"] {
            check("ecosystem.json", text, &[]);
        }
    }
}
