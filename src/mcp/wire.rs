//! What several tools answer with, as it leaves the server.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::tools::Answer;
use crate::diagnostic::{Failure, Label, Reported, printable};
use crate::model::Port;
use crate::source::Sources;

/// Why there is no answer.
#[derive(Serialize)]
struct Refusal<'a> {
    error: WireFailure<'a>,
}

#[derive(JsonSchema, Serialize)]
pub(super) struct WireFailure<'a> {
    /// A stable word.
    code: &'a str,
    message: &'a str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    /// The port to ask for instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<u16>,
}

/// A failure as an answer that is one.
pub(super) fn refusal(failure: &Failure) -> Answer {
    refusal_with(failure, None)
}

/// The same, with a port to ask for instead.
pub(super) fn refusal_with(failure: &Failure, instead: Option<Port>) -> Answer {
    let Failure { code, message, help, path } = failure;
    let (message, help) = (&cut(message), &help.as_deref().map(|help| cut(&for_agents(help))));
    let instead = instead.map(Port::get);
    let wire = WireFailure { code, message, help: help.as_deref(), path: path.as_deref(), instead };
    let place = path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
    let help = help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    Answer::new(format!("{place}{message}{help}"), &Refusal { error: wire }).into_refusal()
}

/// Commands of the command line, and the tools that do the same.
const SPOKEN: &[(&str, &str)] = &[
    ("`portgen list --all`", "list_ports with all"),
    ("`portgen list`", "list_ports"),
    ("`portgen check`", "check_ports"),
    ("`portgen render`", "render_outputs"),
    ("`portgen release`", "release_port"),
    ("with -C", "with folder"),
    (" -C ", " "),
];

/// Options of `portgen render` that no tool has.
const OF_PEOPLE: [&str; 3] = ["--force", "--adopt", "--insert"];

/// A sentence about what to do, in the words of who calls tools.
fn for_agents(help: &str) -> String {
    let mut help = help.to_owned();
    for (command, tool) in SPOKEN {
        help = help.replace(command, tool);
    }
    if OF_PEOPLE.iter().any(|option| help.contains(&format!("`portgen render {option}"))) {
        help.push_str("\nno tool does that: `portgen render` with such an option is for the person to run");
    }
    help
}

/// Characters of a refusal's sentences: it may quote what was asked.
const LONGEST: usize = 1_000;

/// A text, cut where it is long.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Why a request is none that the protocol's own types take, where its method is one of them.
pub(super) fn misshapen(method: &str, params: Option<&Value>) -> Option<String> {
    let of = |name: &str| params.and_then(|params| params.get(name));
    let what = match method {
        _ if params.is_some_and(|params| !params.is_object()) => "is to be an object",
        "tools/call" if !of("name").is_some_and(Value::is_string) => {
            "is to have the `name` of a tool, a text"
        }
        "tools/call" if of("arguments").is_some_and(|given| !given.is_object() && !given.is_null()) => {
            "is to have an object for its `arguments`"
        }
        "resources/read" if !of("uri").is_some_and(Value::is_string) => "is to have the `uri` of a resource",
        "tools/call" | "resources/read" | "tools/list" | "resources/list" => "has a key of the wrong kind",
        _ => return None,
    };
    let known = ["tools/call", "tools/list", "resources/read", "resources/list"];
    known.contains(&method).then(|| format!("what {method} is asked (`params`) {what}"))
}

/// A finding of `check_ports` or `survey_ports`.
#[derive(JsonSchema, Serialize)]
pub(super) struct WireFinding {
    rule: &'static str,
    level: &'static str,
    message: String,
    path: String,
    line: usize,
    column: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<WirePlace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// What `portgen check --fix` would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct WirePlace {
    path: String,
    line: usize,
    label: String,
}

impl WireFinding {
    pub(super) fn of(reported: &Reported, sources: &Sources) -> Self {
        let finding = &reported.finding;
        let place = |label: &Label| {
            let at = sources.start_of(label.place);
            (sources.get(label.place.source).name().to_owned(), at.line, at.column)
        };
        let (path, line, column) = place(&finding.primary);
        let related = |label: &Label| {
            let (path, line, _) = place(label);
            WirePlace { path, line, label: label.text.clone() }
        };
        Self {
            rule: finding.rule,
            level: reported.severity.as_str(),
            message: finding.message.clone(),
            path,
            line,
            column,
            related: finding.related.iter().map(related).collect(),
            help: finding.help.as_deref().map(for_agents),
            fix: finding.fix.as_ref().map(|fix| fix.title.clone()),
        }
    }

    /// What to do about it.
    pub(super) fn help(&self) -> Option<String> {
        self.help.as_ref().map(|help| format!("  help: {help}"))
    }

    /// One line of text.
    pub(super) fn line(&self) -> String {
        format!("{}:{}: {}[{}] {}", self.path, self.line, self.level, self.rule, self.message)
    }
}

/// Text without what steers a terminal or hides from a reader, line by line.
pub(super) fn clean(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// The same of every text in a value.
pub(super) fn clean_all(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text)),
        Value::Array(values) => values.into_iter().map(clean_all).collect(),
        Value::Object(pairs) => {
            Value::Object(pairs.into_iter().map(|(name, value)| (name, clean_all(value))).collect())
        }
        other => other,
    }
}

/// What the text says of a list that is longer than its page.
pub(super) fn more(next: Option<usize>, total: usize) -> String {
    next.map_or_else(String::new, |next| format!("\n… {} more: ask with offset {next}", total - next))
}
