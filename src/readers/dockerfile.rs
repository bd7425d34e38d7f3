//! Dockerfiles: what an image listens on, inside its container.

use std::ops::Range;

use super::values::{self, Setting};
use super::{Context, FilePath, Reader, Reading, Role, Side, Sighting, any_text, command, words};
use crate::diagnostic::Confidence;
use crate::model::{PortRange, Protocol};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "dockerfile",
    summary: "Dockerfiles: EXPOSE, ARG and ENV, ports in CMD, ENTRYPOINT and HEALTHCHECK",
    takes,
    knows: any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name().to_ascii_lowercase();
    let begins = |stem: &str| {
        name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    };
    let is_other = path.has_extension(&["md", "dockerignore", "go", "rs", "py", "js", "ts", "sh", "yml", "yaml", "json"]);
    !is_other && (begins("dockerfile") || begins("containerfile") || name.ends_with(".dockerfile"))
}

/// An instruction: its word, and where what follows it stands.
struct Instruction<'a> {
    word: &'a str,
    place: Range<usize>,
    is_comment: bool,
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let all = instructions(text);
    let live = live_stages(text, &all);
    let mut stage = 0;
    let mut variables: Vec<(&str, Range<usize>)> = Vec::new();
    for instruction in &all {
        let Some(arguments) = text.get(instruction.place.clone()) else { continue };
        let base = instruction.place.start;
        let mut setting = Setting::code(Side::Container);
        if instruction.is_comment {
            comment(text, instruction.place.clone(), &mut reading.sightings);
            continue;
        }
        if !live.get(stage.max(1) - 1).copied().unwrap_or(true) {
            setting = setting.at_most(Confidence::Low);
        }
        let word = instruction.word;
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        if is("FROM") {
            stage += 1;
        } else if is("EXPOSE") {
            expose(text, instruction.place.clone(), &setting, &variables, &mut reading.sightings);
        } else if is("ENV") || is("ARG") {
            set(text, instruction.place.clone(), &setting, &mut variables, &mut reading.sightings);
        } else if is("CMD") || is("ENTRYPOINT") {
            reading.sightings.extend(run(arguments, base, &setting));
        } else if is("HEALTHCHECK")
            && let Some(start) = arguments.find("CMD").map(|start| start + 3)
        {
            reading.sightings.extend(run(&arguments[start..], base + start, &setting));
        }
    }
}

/// What the image starts: the arguments of the last `ENTRYPOINT` and the last
/// `CMD` of its last stage, in that order.
pub fn started(text: &str) -> Vec<Range<usize>> {
    let all = instructions(text);
    let is = |one: &&Instruction<'_>, name: &str| one.word.eq_ignore_ascii_case(name);
    let from = all.iter().rposition(|one| is(&one, "FROM")).unwrap_or(0);
    let last = |name: &str| all[from..].iter().rev().find(|one| is(one, name)).map(|one| one.place.clone());
    last("ENTRYPOINT").into_iter().chain(last("CMD")).collect()
}

/// Where the image stands that the last stage is made from, stages that it is
/// made from followed to theirs.
pub fn base_image(text: &str) -> Option<Range<usize>> {
    let all = instructions(text);
    let mut froms = all.iter().filter(|one| one.word.eq_ignore_ascii_case("FROM")).rev();
    let last = from_words(text, froms.next()?)?;
    let mut image = last.0;
    // A stage is made from one above it.
    for from in froms {
        let Some((above, Some(name))) = from_words(text, from) else { continue };
        if text.get(image.clone()).is_some_and(|image| image.eq_ignore_ascii_case(name)) {
            image = above;
        }
    }
    Some(image)
}

/// The image of a `FROM`, and what its stage is called.
fn from_words<'t>(text: &'t str, from: &Instruction<'_>) -> Option<(Range<usize>, Option<&'t str>)> {
    let arguments = text.get(from.place.clone())?;
    let mut words = arguments.split_ascii_whitespace().filter(|word| !word.starts_with("--"));
    let image = words.next()?;
    let start = from.place.start + arguments.find(image)?;
    let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
    Some((start..start + image.len(), name))
}

fn run(arguments: &str, base: usize, setting: &Setting) -> Vec<Sighting> {
    let arguments = &without_comments(arguments);
    if arguments.trim_start().starts_with('[') {
        command::in_list(arguments, base, setting)
    } else {
        command::sightings(arguments, base, setting)
    }
}

/// Blanks in place of the comments between continued lines.
fn without_comments(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("\n") || !text.contains('#') {
        return text.into();
    }
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    let lines = text.split_inclusive('\n').map(|line| match is_comment(&line) {
        true => " ".repeat(line.len()),
        false => line.to_owned(),
    });
    lines.collect::<String>().into()
}

/// Every instruction, continued lines joined; bodies of heredocs are passed over.
fn instructions(text: &str) -> Vec<Instruction<'_>> {
    let mut found: Vec<Instruction<'_>> = Vec::new();
    let mut is_open = false;
    let mut heredoc: Option<&str> = None;
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    for raw in text[start..].split_inclusive('\n') {
        let at = start;
        start += raw.len();
        let line = raw.trim_end();
        if let Some(end) = heredoc {
            heredoc = (line.trim_start() != end).then_some(end);
            continue;
        }
        let trimmed = line.trim_start();
        let indent = at + line.len() - trimmed.len();
        if let Some(comment) = trimmed.strip_prefix('#') {
            if !is_open {
                let place = at + line.len() - comment.len()..at + line.len();
                found.push(Instruction { word: "", place, is_comment: true });
            }
            continue;
        }
        if trimmed.is_empty() {
            continue;
        }
        match found.last_mut().filter(|_| is_open) {
            Some(last) => last.place.end = at + line.len(),
            None => {
                let length = trimmed.find([' ', '\t']).unwrap_or(trimmed.len());
                let place = indent + length..at + line.len();
                found.push(Instruction { word: &trimmed[..length], place, is_comment: false });
            }
        }
        is_open = line.ends_with('\\') || line.ends_with('`');
        heredoc = heredoc_of(trimmed);
    }
    found
}

/// The word that ends the heredoc that a line opens.
pub(super) fn heredoc_of(line: &str) -> Option<&str> {
    let start = memchr::memmem::find(line.as_bytes(), b"<<")? + 2;
    let word = line[start..].trim_start_matches(['-', ' ', '"', '\'', '~']);
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let length = word.find(|character| !is_name(character)).unwrap_or(word.len());
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    is_word.then(|| &word[..length])
}

/// Which stages the last one is built on, itself included.
fn live_stages(text: &str, all: &[Instruction<'_>]) -> Vec<bool> {
    let mut names: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut bases: Vec<Option<usize>> = Vec::new();
    for from in all.iter().filter(|instruction| instruction.word.eq_ignore_ascii_case("FROM")) {
        let mut parts = text[from.place.clone()].split_whitespace().filter(|word| !word.starts_with("--"));
        let image = parts.next().unwrap_or("").to_ascii_lowercase();
        bases.push(names.get(&image).copied());
        let name = parts.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| parts.next());
        if let Some(name) = name {
            names.insert(name.to_ascii_lowercase(), bases.len() - 1);
        }
    }
    let mut live = vec![false; bases.len()];
    let mut next = bases.len().checked_sub(1);
    while let Some(stage) = next {
        live[stage] = true;
        next = bases[stage];
    }
    live
}

/// `EXPOSE 8080 9000-9010/udp ${PORT}`.
fn expose(
    text: &str,
    arguments: Range<usize>,
    setting: &Setting,
    variables: &[(&str, Range<usize>)],
    out: &mut Vec<Sighting>,
) {
    for (at, word) in plain_words(text, arguments) {
        let (number, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
        let protocol = Protocol::parse(&protocol.to_ascii_lowercase()).unwrap_or(Protocol::Tcp);
        let found = match values::ports(number) {
            Some(ports) => Some(setting.sight(at..at + number.len(), ports, Role::Expose)),
            None if number.contains(":-") => expose_fallback(number, at, setting),
            None => exposed_variable(text, number, setting, variables),
        };
        out.extend(found.map(|sighting| Sighting { protocol, ..sighting }));
    }
}

/// `${PORT:-8000}`.
fn expose_fallback(word: &str, at: usize, setting: &Setting) -> Option<Sighting> {
    let (variable, place) = values::fallback_at(word, 0).filter(|_| word.starts_with("${"))?;
    let port = words::port(&word[place.clone()])?;
    let mut sighting = setting.sight(at + place.start..at + place.end, PortRange::single(port), Role::Fallback);
    sighting.variable = Some(variable.to_owned());
    Some(sighting)
}

/// `EXPOSE $LISTEN` exposes the number that `ARG LISTEN=80` says; one that a
/// port's name says has been seen there already.
fn exposed_variable(
    text: &str,
    word: &str,
    setting: &Setting,
    variables: &[(&str, Range<usize>)],
) -> Option<Sighting> {
    let name = word.strip_prefix('$')?.trim_matches(['{', '}']);
    if words::names_a_port(name) {
        return None;
    }
    let (_, place) = variables.iter().rev().take(64).find(|(other, _)| *other == name)?;
    let port = words::port(text.get(place.clone())?)?;
    let mut sighting = setting.sight(place.clone(), PortRange::single(port), Role::Expose);
    sighting.variable = Some(name.to_owned());
    Some(sighting)
}

/// What blanks and continued lines separate, and where.
fn plain_words(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut start = range.start;
    let parts = text.get(range).unwrap_or_default().split(|one: char| one.is_whitespace() || one == '\\');
    let placed = parts.map(move |word| {
        let at = start;
        // Every separator is one byte: the whitespace of Dockerfiles is ASCII.
        start += word.len() + 1;
        (at, word)
    });
    placed.filter(move |(at, word)| !word.is_empty() && text.get(*at..*at + word.len()) == Some(*word))
}

/// `ENV A=1 B=2`, `ENV A 1` and `ARG A=1`.
fn set<'a>(
    text: &'a str,
    arguments: Range<usize>,
    setting: &Setting,
    variables: &mut Vec<(&'a str, Range<usize>)>,
    out: &mut Vec<Sighting>,
) {
    let mut parts = plain_words(text, arguments.clone());
    let Some((at, first)) = parts.next() else { return };
    if !first.contains('=') {
        if let Some((start, _)) = parts.next()
            && let Some(value) = text.get(start..arguments.end)
        {
            variables.push((first, start..start + value.len()));
            values::in_value(first, value, start, setting, out);
        }
        return;
    }
    for (at, word) in std::iter::once((at, first)).chain(parts) {
        if let Some((name, value)) = word.split_once('=') {
            let inner = value.trim_start_matches(['"', '\'']);
            let start = at + word.len() - inner.len();
            let inner = inner.trim_end_matches(['"', '\'']);
            variables.push((name, start..start + inner.len()));
            values::in_value(name, inner, start, setting, out);
        }
    }
}

/// `# EXPOSE 8080` and `# docker run -p 8080:80 image`.
fn comment(text: &str, place: Range<usize>, out: &mut Vec<Sighting>) {
    let setting = Setting { side: Side::Container, context: Context::Comment, confidence: Confidence::Low };
    let Some(comment) = text.get(place.clone()) else { return };
    let trimmed = comment.trim_start();
    let base = place.end - trimmed.len();
    if trimmed.starts_with("EXPOSE ") {
        expose(text, base + "EXPOSE ".len()..place.end, &setting, &[], out);
    } else if ["docker ", "podman ", "$ docker "].iter().any(|start| trimmed.starts_with(start)) {
        let skipped = trimmed.find(char::is_alphabetic).unwrap_or(0);
        let setting = Setting { side: Side::Host, ..setting };
        out.extend(command::sightings(&trimmed[skipped..], base + skipped, &setting));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn what_an_image_exposes_is_seen() {
        check(
            "Dockerfile",
            "FROM node:20\r\nARG PORT=3000\r\nENV API_PORT=\"8000\" X=1 \\\r\n  URL=http://db:5432\r\nENV OLD_PORT 81\r\nARG L=82\r\nEXPOSE $PORT ${L} 9000-9010/udp \\\r\n 53/UDP ${P:-84}\r\n",
            &[
                "2:10 3000 Assign Container variable=PORT",
                "3:15 8000 Assign Container variable=API_PORT",
                "4:17 5432 Connect Container host=db variable=URL",
                "5:14 81 Assign Container variable=OLD_PORT",
                "6:7 82 Expose Container variable=L",
                "7:19 9000-9010 Expose Container protocol=udp",
                "8:2 53 Expose Container protocol=udp",
                "8:14 84 Fallback Container variable=P",
            ],
        );
    }

    #[test]
    fn what_a_container_runs_is_seen() {
        check(
            "api.Dockerfile",
            "FROM a\nHEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/ || exit 1\nENTRYPOINT [\"uvicorn\", \"a:b\", \"--port\", \"8001\"]\nCMD serve \\\n  # why\n  -p 8002\n",
            &[
                "2:57 8000 Connect Container host=localhost",
                "3:42 8001 Listen Container",
                "6:6 8002 Listen Container",
            ],
        );
    }

    #[test]
    fn stages_that_are_not_shipped_count_little() {
        check(
            "Dockerfile.dev",
            "FROM a AS base\nEXPOSE 1\nFROM b AS test\nEXPOSE 2\nFROM base\nEXPOSE 3\n",
            &["2:8 1 Expose Container", "4:8 2 Expose Container confidence=Low", "6:8 3 Expose Container"],
        );
    }

    #[test]
    fn comments_and_heredocs_are_told_from_instructions() {
        check(
            "Containerfile",
            "# EXPOSE 80\n# docker run -p 8080:80 x\nRUN <<EOF\nEXPOSE 90\nEOF\nCOPY --chown=1000:1000 a b\nUSER 1000:1000\nENV TIMEOUT=8000 VERSION=8080\nRUN sleep 3000\nEXPOSE 91\n",
            &["1:10 80 Expose Container confidence=Low *", "2:17 8080 Publish container=80 confidence=Low *", "10:8 91 Expose Container"],
        );
    }

    #[test]
    fn files_are_known_by_their_names() {
        for path in ["Dockerfile", "a/Dockerfile.prod", "x.dockerfile", "Containerfile", "Dockerfile-api"] {
            assert!(takes(&FilePath::new(path)), "{path}");
        }
        for path in ["Dockerfile.dockerignore", "dockerfile.go", "Dockerfiles.md", "mydockerfile"] {
            assert!(!takes(&FilePath::new(path)), "{path}");
        }
    }
}
