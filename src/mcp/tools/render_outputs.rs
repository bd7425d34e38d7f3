//! `render_outputs`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, Reach, RenderOptions, Rendered};
use crate::diagnostic::Failure;
use crate::mcp::arguments;
use crate::mcp::wire::WireFinding;
use crate::report::OutputLine;

/// This file's tool.
///
/// It has none of the options that write over what people wrote: those are a person's to give.
pub(super) static TOOL: Tool = Tool {
    name: "render_outputs",
    title: "Render outputs",
    description: "Write the files that follow ports.toml, where they differ. Refused as a whole where the table has \
                  errors or a file holds what a person wrote. With dry_run, only what would change.",
    also: &[],
    effect: Effect::Renders,
    input: input_of::<Arguments>,
    output: output_of::<Done>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// Only the outputs of these targets or paths
    only: Option<Vec<String>>,
    /// Write nothing, and show what would change
    #[serde(alias = "dryRun")]
    dry_run: Option<bool>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Done {
    /// Whether nothing was written because something stood in the way.
    refused: bool,
    outputs: Vec<Output>,
    findings: Vec<WireFinding>,
    /// What would change, with dry_run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diffs: Vec<String>,
    notes: Vec<String>,
    /// How much is left out of the lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
}

#[derive(JsonSchema, Serialize)]
struct Output {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// created, updated, unchanged, deleted or refused.
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Entries of a list that are answered with.
const MOST: usize = 200;
/// Bytes of all diffs that are answered with.
const MOST_DIFF: usize = 40_000;

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let is_preview = asked.dry_run == Some(true);
    let options = RenderOptions {
        only: asked.only.unwrap_or_default(),
        write: !is_preview,
        ..RenderOptions::default()
    };
    let done = Done::of(app::render(&location, &options)?, is_preview);
    let answer = Answer::new(done.text(is_preview), &done);
    Ok(if done.refused { answer.into_refusal() } else { answer })
}

impl Done {
    fn of(rendered: Rendered, is_preview: bool) -> Self {
        let mut bytes = 0;
        let fits = |diff: &String| {
            bytes += diff.len();
            bytes <= MOST_DIFF
        };
        let diffs: Vec<String> =
            if is_preview { rendered.diffs.iter().cloned().take_while(fits).collect() } else { Vec::new() };
        let cut = if is_preview { rendered.diffs.len() - diffs.len() } else { 0 };
        let left = |length: usize| length.saturating_sub(MOST);
        let more = cut + left(rendered.lines.len()) + left(rendered.findings.len());
        let found = rendered.findings.iter().take(MOST);
        Self {
            refused: rendered.is_refused,
            findings: found.map(|found| WireFinding::of(found, &rendered.sources)).collect(),
            outputs: rendered.lines.into_iter().take(MOST).map(Output::of).collect(),
            diffs,
            notes: rendered.notes,
            more: (more > 0).then_some(more),
        }
    }

    fn text(&self, is_preview: bool) -> String {
        let head = match (self.refused, is_preview) {
            (true, _) => "refused: nothing was written",
            (false, true) => "nothing was written; this would be done:",
            (false, false) => "done:",
        };
        let mut lines = vec![head.to_owned()];
        lines.extend(self.findings.iter().map(WireFinding::line));
        lines.extend(self.findings.iter().filter_map(WireFinding::help));
        lines.extend(self.outputs.iter().map(Output::line));
        lines.extend(self.notes.iter().cloned());
        lines.extend(self.more.map(|more| format!("… and {more} more")));
        lines.join("\n")
    }
}

impl Output {
    fn of(line: OutputLine) -> Self {
        Self { path: line.path, target: line.target, result: line.outcome.as_str(), reason: line.reason }
    }

    fn line(&self) -> String {
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{} {}{reason}", self.path, self.result)
    }
}
