//! What a line calls the port in it: `Mailpit` of `Mailpit: <http://localhost:8025>`.

use std::ops::Range;

use super::markup;
use super::token::{Form, Token};
use crate::readers::words;

/// Words that say where or what something is, not which.
const GENERIC: &[&str] = &[
    "url",
    "urls",
    "link",
    "links",
    "address",
    "endpoint",
    "endpoints",
    "base",
    "local",
    "localhost",
    "development",
    "production",
    "dev",
    "prod",
    "example",
    "examples",
    "default",
    "output",
    "host",
    "port",
    "ports",
    "here",
    "this",
    "that",
    "it",
    "open",
    "visit",
    "go",
    "navigate",
    "see",
    "access",
    "browse",
    "run",
    "then",
    "note",
    "and",
    "or",
    "with",
    "at",
    "on",
    "via",
    "using",
    "by",
    "to",
    "if",
    "you",
    "your",
    "when",
    "http",
    "https",
    "tcp",
    "udp",
    "location",
    "value",
    "now",
    "e.g",
    "eg",
    "i.e",
    "which",
    "there",
    "default port",
    "site",
    "step",
    "usage",
    "response",
    "request",
    "origin",
    "browser",
    "result",
    "network",
    "in",
    "for",
    "from",
    "the",
    "a",
    "an",
    "test",
    "warning",
    "tip",
    "important",
    "start",
    "staging",
    "demo",
    "website",
    "page",
    "application",
    "app",
    "project",
];

/// Verbs before which a sentence names what listens.
const VERBS: &[&str] = &[
    "runs",
    "running",
    "listens",
    "listening",
    "is",
    "will",
    "starts",
    "served",
    "exposed",
    "available",
    "binds",
    "are",
];

/// Words of which one follows `is`, `are` and `will` there.
const STATES: &[&str] = &[
    "running",
    "available",
    "accessible",
    "listening",
    "exposed",
    "reachable",
    "served",
    "hosted",
    "on",
    "at",
    "up",
    "started",
    "be",
    "published",
    "now",
];

/// The label of a port in a line, cleaned; `None` where the line names none.
pub(super) fn label(text: &str, line: &Range<usize>, token: &Token) -> Option<String> {
    let before = tail(&text[line.start..token.word.start]);
    separated(before)
        .or_else(|| linked(text, line, token))
        .or_else(|| aligned(before, token))
        .or_else(|| elided(before))
        .or_else(|| subject(before))
        .or_else(|| object(before))
}

/// What a sentence goes on with: `The API runs on port 8080 and the shop on …`.
fn elided(before: &str) -> Option<String> {
    let before = before.trim_end_matches(['<', '[', '(', '`', '*', '_', '"', '\'', ' ']);
    let before = before.strip_suffix(" port").unwrap_or(before);
    let clause = before.strip_suffix(" on").or_else(|| before.strip_suffix(" at"))?;
    let (earlier, name) = clause.rsplit_once(" and ")?;
    let is_short = name.split_whitespace().count() <= 3;
    let is_verb = |word: &str| VERBS.contains(&word.trim_matches(['*', '_', '`', ',']));
    let is_elided = earlier.split_whitespace().any(is_verb) && !name.split_whitespace().any(is_verb);
    if is_short && is_elided { clean(name) } else { None }
}

/// The end of a text: no label is longer.
pub(super) fn tail(before: &str) -> &str {
    let mut start = before.len().saturating_sub(300);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    &before[start..]
}

/// What stands before a colon or a dash: `**API**: http://…`.
fn separated(before: &str) -> Option<String> {
    let before = before.trim_end_matches(['<', '[', '(', '`', '*', '_', '"', '\'', ' ', '\u{a0}', '\t']);
    let label = before
        .strip_suffix(':')
        .or_else(|| before.strip_suffix('：'))
        .or_else(|| before.strip_suffix("->"))
        .or_else(|| before.strip_suffix("=>"))
        .or_else(|| before.strip_suffix('→'))
        .or_else(|| before.strip_suffix('–'))
        .or_else(|| before.strip_suffix('—'))
        .or_else(|| before.strip_suffix(" -"));
    clean(label?)
}

/// What stands in the column before an address: `  Grafana      http://…`.
fn aligned(before: &str, token: &Token) -> Option<String> {
    let is_address = token.form == Form::Url || token.host.is_some();
    let bare = before.trim_end_matches(['<', '`', '*']);
    let line = bare.trim_start_matches(['│', '|', '║', ' ', '\t']);
    let name = line.trim_end();
    let is_column = line.len() >= name.len() + 2 || line.ends_with('\t');
    let is_one = !name.is_empty() && !name.contains("  ") && !name.contains(['\t', '│', '|', '$', '#']);
    if is_address && is_column && is_one { clean(name) } else { None }
}

/// The text of the link that the port's URL is the target of.
fn linked(text: &str, line: &Range<usize>, token: &Token) -> Option<String> {
    if token.form != Form::Url {
        return None;
    }
    // `http://localhost:5601[Kibana]` of AsciiDoc.
    let behind = text[token.word.end..line.end].strip_prefix('[').and_then(|rest| rest.split_once(']'));
    if let Some((shown, _)) = behind.filter(|(shown, rest)| !shown.contains("://") && !rest.starts_with('('))
    {
        return clean(shown.split(',').next()?.trim_end_matches('^'));
    }
    let before = tail(&text[line.start..token.word.start]);
    let (before, opening) = match before.strip_suffix("](") {
        Some(before) => (before, '['),
        // `text <url>`_
        None => (before.strip_suffix(" <").filter(|_| text[token.word.end..].starts_with(">`"))?, '`'),
    };
    let start = before.rfind(opening)?;
    let shown = &before[start + 1..];
    // `[localhost:4010](http://localhost:4000)` shows an address, no name.
    let host = shown.trim_matches(['`', '*', '_', ' ']).split([':', '/']).next().unwrap_or("");
    let is_address = shown.contains("://") || words::is_loopback(host) || words::is_wildcard(host);
    (!is_address).then(|| clean(shown)).flatten()
}

/// What a sentence begins with: `The API server listens on port 8080`.
fn subject(before: &str) -> Option<String> {
    let start = before.rfind(". ").map_or(0, |end| end + 2);
    let sentence = &before[start..];
    // `After running it, the API is available at …`: what the last clause begins with.
    let clause = sentence.rsplit_once(", the ").filter(|(first, _)| {
        let first = first.trim_start_matches(['*', '_']).to_ascii_lowercase();
        ["after ", "once ", "when ", "by default"].iter().any(|word| first.starts_with(word))
    });
    let sentence = clause.map_or(sentence, |(_, clause)| clause);
    let is_verb = |word: &str| VERBS.contains(&word.trim_matches(['*', '_', '`', ',']));
    if let Some(entry) = entry(sentence).filter(|_| sentence.split_whitespace().any(is_verb)) {
        return clean(entry);
    }
    let verb = sentence.split_whitespace().position(is_verb).filter(|&index| (1..=5).contains(&index))?;
    let mut from_verb = sentence.split_whitespace().skip(verb);
    let is_weak = from_verb.next().is_some_and(|verb| ["is", "are", "will"].contains(&verb));
    if is_weak && !from_verb.next().is_some_and(|word| STATES.contains(&word)) {
        return None;
    }
    // `The API should now be running`: the verb has others before it.
    let helps = |word: &&str| ["should", "will", "would", "can", "now", "be", "then", "also"].contains(word);
    let words: Vec<&str> = sentence.split_whitespace().take(verb).take_while(|word| !helps(word)).collect();
    let first = words.first()?.trim_matches(['*', '_']).to_ascii_lowercase();
    let words =
        if ["the", "your", "our", "a", "an"].contains(&first.as_str()) { words.get(1..)? } else { &words };
    if words.iter().any(|word| word.ends_with([':', ','])) {
        return None;
    }
    clean(&words.join(" "))
}

/// What an entry of a list is about: `` `db`: the database, running on port 5432 ``.
fn entry(sentence: &str) -> Option<&str> {
    let mark = *sentence.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'*'))?;
    let (name, _) = sentence.split_once(':')?;
    let is_marked =
        name.trim_end().ends_with(char::from(mark)) || sentence[name.len() + 1..].starts_with("**");
    (is_marked && name.split_whitespace().count() <= 3).then_some(name)
}

/// What a sentence sends people to: `Access the Grafana dashboard at http://…`.
fn object(before: &str) -> Option<String> {
    const VERBS: &[&str] = &[
        "access", "open", "visit", "view", "reach", "browse", "launch", "start", "starts", "see", "explore",
    ];
    const BEFORE: &[&str] = &["at", "via", "on", "under", "from", "through"];
    let start = before.rfind(". ").map_or(0, |end| end + 2);
    let sentence = before[start..].trim_end_matches(['<', '[', '(', '`', '*', '_', '"', '\'', ' ', ':']);
    // `Access the client going to http://…`, `by visiting http://…`
    let going = ["by going to", "going to", "by visiting", "by opening"];
    let gone = going.iter().find_map(|words| sentence.strip_suffix(words));
    let sentence = gone.map_or(sentence.to_owned(), |start| format!("{start}at"));
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let bare = |word: &&str| word.trim_matches(['*', '_', '`', ',', ':']).to_ascii_lowercase();
    let verb = words.iter().take(6).position(|word| VERBS.contains(&bare(word).as_str()))?;
    let object = words.get(verb + 1..)?;
    let (last, object) = object.split_last()?;
    let object = match object.split_first() {
        Some((first, rest)) if ["the", "your", "our", "a", "an"].contains(&bare(first).as_str()) => rest,
        _ => object,
    };
    let ends =
        |word: &&str| ["in", "with", "for", "to", "and", "on", "by", "of"].contains(&bare(word).as_str());
    let object = object.split(ends).next()?;
    let is_told = BEFORE.contains(&bare(last).as_str()) && (1..=4).contains(&object.len());
    let is_browser = object.iter().any(|word| bare(word).starts_with("browser"));
    if is_told && !is_browser { clean(&object.join(" ")) } else { None }
}

/// A label as a name: what explains it is left out, and a sentence is none.
pub(super) fn clean(raw: &str) -> Option<String> {
    let raw = raw.rsplit(['|', '\u{2502}']).next()?;
    let plain = markup::plain(raw);
    let end = plain.find(['(', ',', ';']).unwrap_or(plain.len());
    let plain = plain.get(..end)?;
    let plain = plain.rsplit(". ").next()?;
    let plain = plain.split(": ").last()?;
    let name = markup::name(plain)?;
    let words: Vec<String> = name.split_whitespace().map(str::to_ascii_lowercase).collect();
    let is_generic = words.iter().all(|word| GENERIC.contains(&word.trim_matches(['.', ':'])));
    let first = words.first()?;
    let is_sentence = words.len() > 5
        || [
            "open", "visit", "go", "navigate", "see", "access", "browse", "run", "then", "e.g", "if", "when",
            "you", "to", "for", "this", "make", "point", "and", "or", "in", "on", "at", "use", "check",
            "start", "once", "set", "it", "there", "that", "by", "with", "view", "connect", "click", "test",
            "call", "add", "try", "after", "before", "while", "stop", "ensure", "because", "since", "now",
            "please", "verify", "note", "make", "wait", "until", "where", "what", "how", "why", "both",
            "all", "default", "these", "those",
        ]
        .contains(&first.as_str());
    (!is_generic && !is_sentence && !name.contains("://")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    #[test]
    fn labels_are_told_from_sentences() {
        for (line, expect) in [
            ("Mailpit: <http://localhost:8025>", Some("Mailpit")),
            ("**API**: http://localhost:8000/docs", Some("API")),
            ("Kibana: [http://localhost:5601](http://localhost:5601)", Some("Kibana")),
            ("Open [Kibana](http://localhost:5601) now", Some("Kibana")),
            ("Adminer, database web administration: <http://localhost:8080>", Some("Adminer")),
            ("Swagger UI (from the back end): http://localhost:8000/docs", Some("Swagger UI")),
            ("The API server listens on port 8080", Some("API server")),
            ("`web` runs at http://localhost:3000", Some("web")),
            ("Frontend - http://localhost:3000", Some("Frontend")),
            ("Frontend → http://localhost:3000", Some("Frontend")),
            ("`db`: Postgres Database, running on port 55433", Some("db")),
            ("Your API should now be running on http://localhost:5000", Some("API")),
            ("After running `docker-compose up`, the API is available at http://localhost:8080", Some("API")),
            ("Your app should now be running on http://localhost:5000", None),
            ("Access your Grafana instance via http://localhost:3300", Some("Grafana instance")),
            ("Starts the backend in sandbox mode at http://localhost:3001", Some("backend")),
            ("Access Grafana at [http://localhost:3001](http://localhost:3001)", Some("Grafana")),
            ("Open your web browser at http://localhost:3001", None),
            ("Open the application at http://localhost:3001", None),
            ("Access the client going to `http://localhost:3001`", Some("client")),
            ("Open it by going to http://localhost:3001", None),
            ("Visit [`localhost:3001`](http://localhost:3002)", None),
            ("  Node Backend     http://localhost:3000", Some("Node Backend")),
            ("│  Redis         localhost:6379 (inside)  │", Some("Redis")),
            ("  one   two    http://localhost:3000", None),
            ("URL: http://localhost:3000", None),
            ("Open http://localhost:3000", None),
            ("Then open [here](http://localhost:3000)", None),
            ("It runs on http://localhost:3000", None),
            ("After the application starts, navigate to http://localhost:80", None),
            ("If you run it on your own machine: http://localhost:80", None),
        ] {
            let found = tokens(line, 0..line.len());
            let label = found.first().and_then(|token| label(line, &(0..line.len()), token));
            assert_eq!(label.as_deref(), expect, "{line}");
        }
    }
}
