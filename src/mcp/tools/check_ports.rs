//! `check_ports`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, CheckOptions, Reach};
use crate::check::Strictness;
use crate::diagnostic::Failure;
use crate::mcp::arguments::{self, Page};
use crate::mcp::wire::{self, WireFinding};
use crate::report::{next_step, summary_line};

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "check_ports",
    title: "Check ports",
    description: "What is wrong in ports.toml, in the files rendered from it, and in what people wrote about \
                  ports. Changes nothing.",
    also: &[],
    effect: Effect::Reads,
    input: input_of::<Arguments>,
    output: output_of::<Found>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// Only what concerns these files and folders
    paths: Option<Vec<String>>,
    /// Hold the table against this machine, too: its sockets and its ledger
    machine: Option<bool>,
    /// What is probably or maybe wrong, too
    pedantic: Option<bool>,
    /// How many to pass over
    offset: Option<usize>,
    /// How many at most: 100, or up to 500
    limit: Option<usize>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Found {
    /// Whether there is no error.
    ok: bool,
    errors: usize,
    warnings: usize,
    findings: Vec<WireFinding>,
    /// How many findings there are in all.
    total: usize,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'static str>,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let paths = asked.paths.unwrap_or_default();
    let options = CheckOptions {
        paths: paths.iter().map(|path| location.directory.join(path)).collect(),
        machine: asked.machine == Some(true),
        strictness: Strictness { ignore_suppressions: false, pedantic: asked.pedantic == Some(true) },
        ..CheckOptions::default()
    };
    let checked = app::check(&location, &options)?;
    let next = next_step(&checked.findings).map(|_| "render_outputs brings the outputs up to date");
    let all = checked.findings.iter().map(|found| WireFinding::of(found, &checked.sources)).collect();
    let (findings, total, next_offset) = Page::of(asked.offset, asked.limit).cut(all);
    let summary = checked.summary;
    let found = Found {
        ok: summary.errors == 0,
        errors: summary.errors,
        warnings: summary.warnings,
        findings,
        total,
        next_offset,
        next,
    };
    let mut lines: Vec<String> = std::iter::once(summary_line(&summary)).collect();
    lines.extend(found.findings.iter().map(WireFinding::line));
    lines.extend(next.map(str::to_owned));
    Ok(Answer::new(lines.join("\n") + &wire::more(next_offset, total), &found))
}
