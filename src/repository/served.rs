//! Development servers that the scripts of a `package.json` start: which port
//! each takes, said or by default.

use std::ops::Range;

use crate::model::{Port, PortRange};
use crate::readers::tree::{Node, Style};
use crate::readers::{json, words};

/// A development server that a script starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Served {
    /// The folder it is started in, relative to that of the `package.json`.
    pub(super) folder: String,
    /// Its port; `None` where the script says that it is decided elsewhere.
    pub(super) port: Option<Port>,
    /// Where the number stands; where it is the tool's own, the tool's name.
    pub(super) place: Range<usize>,
    /// Whether nothing in the script says the number.
    pub(super) is_default: bool,
    /// The tool.
    pub(super) tool: &'static str,
}

impl Served {
    /// Its port as a range.
    pub(super) fn ports(&self) -> Option<PortRange> {
        self.port.map(PortRange::single)
    }
}

/// A tool that serves a front end while it is developed.
struct Tool {
    name: &'static str,
    /// What must follow the name; `""` for nothing else than options.
    commands: &'static [&'static str],
    default: u16,
    /// Whether it takes its port from `PORT`.
    reads_port: bool,
}

const fn tool(name: &'static str, commands: &'static [&'static str], default: u16, reads_port: bool) -> Tool {
    Tool { name, commands, default, reads_port }
}

static TOOLS: &[Tool] = &[
    tool("vite", &["", "dev", "serve"], 5173, false),
    tool("next", &["dev"], 3000, true),
    tool("nuxt", &["", "dev"], 3000, true),
    tool("nuxi", &["dev"], 3000, true),
    tool("react-scripts", &["start"], 3000, true),
    tool("craco", &["start"], 3000, true),
    tool("react-app-rewired", &["start"], 3000, true),
    tool("ng", &["serve", "s"], 4200, false),
    tool("astro", &["dev"], 4321, false),
    tool("vue-cli-service", &["serve"], 8080, true),
    tool("webpack-dev-server", &["*"], 8080, false),
    tool("webpack", &["serve"], 8080, false),
    tool("gatsby", &["develop"], 8000, false),
    tool("rsbuild", &["dev"], 3000, false),
    tool("ember", &["serve", "s"], 4200, false),
];

/// Scripts that people start to develop.
const SCRIPTS: &[&str] = &[
    "dev",
    "start",
    "serve",
    "develop",
    "client",
    "frontend",
    "web",
    "start:dev",
    "start:client",
    "start:frontend",
    "start:web",
    "dev:client",
    "dev:frontend",
    "dev:web",
    "dev:ui",
    "dev:vite",
    "client:dev",
    "vite",
    "ui",
    "server",
];

/// The development servers of a `package.json`.
pub(super) fn served(text: &str) -> Vec<Served> {
    let tree = json::parse(text);
    let Some(root) = tree.root() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, script) in root.get("scripts").map(Node::entries).unwrap_or_default() {
        let is_started = key.text().is_some_and(|name| SCRIPTS.contains(&name));
        let quotes = usize::from(script.style() == Some(Style::Quoted));
        let range = script.span().range();
        let inside = range.start + quotes..range.end.saturating_sub(quotes);
        if let Some(command) = text.get(inside.clone()).filter(|_| is_started) {
            in_command(command, inside.start, &mut found);
        }
    }
    for one in found.iter_mut().filter(|one| one.is_default) {
        one.port = one.port.and_then(|port| default_of(one.tool, &root, port));
    }
    found
}

/// The default of a tool in the version that is asked for: some have moved.
fn default_of(tool: &str, root: &Node<'_>, port: Port) -> Option<Port> {
    let version =
        ["devDependencies", "dependencies"].iter().find_map(|list| root.get(list)?.get(tool)?.text());
    let digits = version.map(|version| version.trim_start_matches(|first: char| !first.is_ascii_digit()));
    let major: Option<u32> = digits.and_then(|digits| digits.split('.').next()?.parse().ok());
    match (tool, major) {
        ("vite", Some(..=2)) | ("astro", Some(..=2)) => Port::new(3000),
        ("vite" | "astro", None) => None,
        _ => Some(port),
    }
}

/// One word of a command and where it stands.
type Word<'a> = (&'a str, usize);

fn in_command(command: &str, base: usize, found: &mut Vec<Served>) {
    let mut folder = String::new();
    for (start, part) in parts(command) {
        let words: Vec<Word<'_>> = words_in(part, base + start).collect();
        if let [("cd", _), (into, _), ..] = words[..] {
            folder = into.trim_matches(['\'', '/']).trim_start_matches("./").to_owned();
            continue;
        }
        found.extend(in_part(&words).map(|served| Served { folder: folder.clone(), ..served }));
    }
}

/// The commands of a line, and where each begins.
fn parts(command: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_end = |character: char| matches!(character, '&' | '|' | ';' | '"' | '\'' | '\\' | '(' | ')');
    let mut at = 0;
    command.split(is_end).map(move |part| {
        let start = at;
        // Every separator is one byte.
        at += part.len() + 1;
        (start, part)
    })
}

fn words_in(part: &str, base: usize) -> impl Iterator<Item = Word<'_>> {
    let mut at = base;
    let all = part.split(|character: char| character.is_ascii_whitespace()).map(move |word| {
        let start = at;
        // What ends a word is one byte.
        at += word.len() + 1;
        (word, start)
    });
    all.filter(|(word, _)| !word.is_empty())
}

fn in_part(words: &[Word<'_>]) -> Option<Served> {
    let (index, tool) = words.iter().enumerate().find_map(|(index, (word, _))| {
        let name = word.rsplit('/').next().unwrap_or(word);
        Some((index, TOOLS.iter().find(|tool| tool.name == name)?))
    })?;
    let before = &words[..index];
    let is_wrapper = |word: &str| {
        word.contains('=')
            || [
                "npx",
                "yarn",
                "pnpm",
                "bunx",
                "bun",
                "run",
                "exec",
                "cross-env",
                "dotenv",
                "--",
                "-e",
                "node",
                "env",
            ]
            .contains(&word)
            || word.starts_with(".env")
            || word.starts_with("--")
    };
    if !before.iter().all(|(word, _)| is_wrapper(word)) {
        return None;
    }
    let rest = &words[index + 1..];
    let command = rest.first().map_or("", |(word, _)| *word);
    let command = if command.starts_with('-') { "" } else { command };
    if !(tool.commands.contains(&command) || tool.commands == ["*"]) {
        return None;
    }
    let (name, at) = words[index];
    let default = Served {
        folder: String::new(),
        port: Port::new(tool.default),
        place: at..at + name.len(),
        is_default: true,
        tool: tool.name,
    };
    let told = before.iter().filter_map(|(word, at)| Some((word.strip_prefix("PORT=")?, at + 5)));
    let said = told.filter(|_| tool.reads_port).chain(options(rest)).last();
    let Some((value, at)) = said else { return Some(default) };
    Some(Served { port: words::port(value), place: at..at + value.len(), is_default: false, ..default })
}

/// What options say of the port.
fn options<'a>(words: &'a [Word<'a>]) -> impl Iterator<Item = (&'a str, usize)> {
    words.iter().enumerate().filter_map(|(index, (word, at))| {
        if let Some(value) = word.strip_prefix("--port=") {
            return Some((value, at + "--port=".len()));
        }
        let is_option = matches!(*word, "--port" | "-p");
        words.get(index + 1).copied().filter(|_| is_option)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(script: &str, more: &str) -> Vec<(Option<u16>, bool, String)> {
        let text = format!("{{\"scripts\": {{\"dev\": \"{script}\"}}, {more}}}");
        let shown = |one: Served| (one.port.map(Port::get), one.is_default, text[one.place].to_owned());
        served(&text).into_iter().map(shown).collect()
    }

    #[test]
    fn a_script_says_the_port_or_leaves_it_to_the_tool() {
        for (script, port, is_default, place) in [
            ("next dev -p 3001", Some(3001), false, "3001"),
            ("vite --port=4000 --host", Some(4000), false, "4000"),
            ("PORT=3030 craco start", Some(3030), false, "3030"),
            ("npx react-scripts start", Some(3000), true, "react-scripts"),
            ("next dev --port $PORT", None, false, "$PORT"),
            ("tsc && ng serve", Some(4200), true, "ng"),
            ("concurrently \\\"node server\\\" \\\"next dev\\\"", Some(3000), true, "next"),
        ] {
            assert_eq!(of(script, ""), [(port, is_default, place.to_owned())], "{script}");
        }
    }

    #[test]
    fn a_default_is_that_of_the_version() {
        for (version, expected) in [("^5.0.0", Some(5173)), ("~2.9.1", Some(3000)), ("latest", None)] {
            let more = format!("\"devDependencies\": {{\"vite\": \"{version}\"}}");
            assert_eq!(of("vite", &more), [(expected, true, "vite".to_owned())], "{version}");
        }
    }

    #[test]
    fn what_only_builds_serves_nothing() {
        for script in ["vite build", "next build", "echo vite", "node server.js", "cp vite dev"] {
            assert_eq!(of(script, ""), [], "{script}");
        }
        let text = "{\"scripts\": {\"dev\": \"cd web && vite --port 3000\", \"build\": \"next dev\"}}";
        let folders: Vec<String> = served(text).into_iter().map(|one| one.folder).collect();
        assert_eq!(folders, ["web"]);
    }
}
