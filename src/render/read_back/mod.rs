//! Reads what was rendered as its consumer does, before it is written.

mod compose;
mod dotenv;
mod procfile;

use serde::de::IgnoredAny;

use super::Rendering;
use super::table::Table;
use crate::diagnostic::{Finding, printable};
use crate::model::{Comment, Output};
use crate::target::{BoundOutput, Reader};

/// Judges a rendered text; findings refuse it, conditions are for the rules.
pub(super) fn check(
    bound: &BoundOutput,
    output: &Output,
    table: &Table,
    text: &str,
    rendering: &mut Rendering,
) {
    let rendered = ReadBack { bound, output, table, text };
    match bound.target.spec.read_back {
        Some(Reader::Dotenv) => dotenv::check(&rendered, rendering),
        Some(Reader::Compose) => rendering.findings.extend(compose::check(&rendered)),
        Some(Reader::Procfile) => rendering.findings.extend(procfile::check(&rendered)),
        Some(Reader::Json) => rendering.findings.extend(rendered.json()),
        None if bound.comment == Comment::JsonKey => rendering.findings.extend(rendered.json()),
        None => {}
    }
}

/// A rendered text with what it was rendered from.
struct ReadBack<'a> {
    bound: &'a BoundOutput,
    output: &'a Output,
    table: &'a Table,
    text: &'a str,
}

impl ReadBack<'_> {
    /// A finding at the output's path.
    fn finding(&self, message: impl AsRef<str>) -> Finding {
        Finding::new("template-error", self.output.path.place, printable(message.as_ref()))
    }

    fn json(&self) -> Option<Finding> {
        if let Err(error) = serde_json::from_str::<IgnoredAny>(self.text) {
            let line = self.text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
            let message = format!("what was rendered is no JSON: {error}: `{}`", line.trim());
            return Some(self.finding(message));
        }
        let members = self.text.strip_prefix("{\n");
        if members.is_some_and(|members| !members.trim_start().starts_with('}')) {
            return None;
        }
        let help = "its header is the first key: start with `{` on a line of its own, and have another key";
        Some(self.finding("what was rendered has no place for a header").help(help))
    }
}
