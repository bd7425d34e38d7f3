//! `survey_ports`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, Reach, Statement, SurveyOptions, Surveyed};
use crate::check::Strictness;
use crate::diagnostic::{Failure, counted};
use crate::mcp::arguments::{self, Page};
use crate::mcp::wire::{self, WireFinding};
use crate::report::summary_line;

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "survey_ports",
    title: "Survey a repository",
    description: "Every port that the files of a repository state, with where, and what contradicts what. Needs no \
                  ports.toml and changes nothing.",
    also: &[],
    effect: Effect::Reads,
    input: input_of::<Arguments>,
    output: output_of::<Found>,
    run,
};

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    /// Only these files and folders
    paths: Option<Vec<String>>,
    /// What is probably or maybe wrong, too
    pedantic: Option<bool>,
    /// How many statements and findings to pass over
    offset: Option<usize>,
    /// How many of each at most: 100, or up to 500
    limit: Option<usize>,
    /// The checkout to work in, where it is not the server's
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Found {
    /// Who is given which port, and where.
    statements: Vec<Stated>,
    /// How many statements there are in all.
    total: usize,
    findings: Vec<WireFinding>,
    /// How many findings there are in all.
    total_findings: usize,
    /// Where the next page of either begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    files: usize,
}

#[derive(JsonSchema, Serialize)]
struct Stated {
    /// The service, the variable or the host; empty where nothing is named.
    name: String,
    /// A port, or a range of them.
    ports: String,
    /// Which side of a container: host, container or unknown.
    side: &'static str,
    /// Files with their lines.
    places: String,
}

/// Places of one statement that are told.
const MOST_PLACES: usize = 5;

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let paths = asked.paths.unwrap_or_default();
    let options = SurveyOptions {
        paths: paths.iter().map(|path| location.directory.join(path)).collect(),
        strictness: Strictness { ignore_suppressions: false, pedantic: asked.pedantic == Some(true) },
        ..SurveyOptions::default()
    };
    let surveyed = app::survey(&location, &options)?;
    let found = Found::of(&surveyed, Page::of(asked.offset, asked.limit));
    let head = format!("{}; {}", counted(found.total, "statement"), summary_line(&surveyed.summary));
    let mut lines = vec![head];
    lines.extend(found.statements.iter().map(Stated::line));
    lines.extend(found.findings.iter().map(WireFinding::line));
    let total = found.total.max(found.total_findings);
    Ok(Answer::new(lines.join("\n") + &wire::more(found.next_offset, total), &found))
}

impl Found {
    fn of(surveyed: &Surveyed, page: Page) -> Self {
        let stated = |one: Statement| Stated {
            name: one.name.clone(),
            ports: one.ports.to_string(),
            side: one.side.as_str(),
            places: one.shown_places(&surveyed.sources, MOST_PLACES),
        };
        let (statements, total, next) = page.cut(surveyed.statements());
        let (findings, total_findings, next_finding) = page.cut(surveyed.findings.iter().collect());
        Self {
            statements: statements.into_iter().map(stated).collect(),
            total,
            findings: findings.into_iter().map(|found| WireFinding::of(found, &surveyed.sources)).collect(),
            total_findings,
            next_offset: next.max(next_finding),
            files: surveyed.summary.files,
        }
    }
}

impl Stated {
    fn line(&self) -> String {
        format!("{} {} {} {}", self.name, self.ports, self.side, self.places)
    }
}
