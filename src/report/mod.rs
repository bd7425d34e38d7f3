//! What was found and what was done, as text for people and for programs.
//!
//! One file a format, under `format/`, and one slice, [`FORMATS`], that names
//! them all. This room decides no exit code, reads no environment and prints
//! nothing by itself: each format writes to what it is given.

mod appearance;
mod colour;
mod diff;
mod format;
mod map;
mod schema;
mod sightings;
mod snippet;
mod table;
mod talk;
mod wire;

pub use appearance::Appearance;
pub use colour::{ColourChoice, ColourSigns, use_colour};
pub use diff::write_diff;
pub use format::{FORMATS, Format, find};
pub use map::{Band, BandKind, Entry, Holder, MapFormat, PortMap};
pub use schema::{SCHEMA_NAME, schema, schema_text};
pub use table::{Cell, Column, Table, TableFormat};
pub use talk::{failure_text, next_step, summary_line};

use crate::diagnostic::{Failure, Reported, Summary};
use crate::model::Mode;
use crate::repository::Repository;
use crate::source::Sources;

/// What a command has to say, as plain data.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The command's name, such as `check`.
    pub command: &'a str,
    /// Whether the command did, or found, what it should; the exit code is 0.
    pub ok: bool,
    /// What was found, in the order it is shown.
    pub findings: &'a [Reported],
    /// The texts that the findings point into.
    pub sources: &'a Sources,
    /// How much was found; `None` for commands that do not count.
    pub summary: Option<Summary>,
    /// What became of each output; `None` for commands that write none.
    pub outputs: Option<&'a [OutputLine]>,
    /// What was read, for commands that list its sightings.
    pub repository: Option<&'a Repository>,
    /// What the world refused.
    pub failures: &'a [Failure],
    /// Further keys of the JSON envelope, such as `port` for `add`.
    pub fields: &'a [(&'a str, Cell)],
    /// The command to run next; `full` ends with it.
    pub next: Option<&'a str>,
    /// The project's folder within the checkout, empty or ending in `/`: for
    /// formats whose platform wants paths from the checkout's root.
    pub prefix: &'a str,
}

impl<'a> Report<'a> {
    /// A report of `command` with nothing in it.
    pub fn new(command: &'a str, ok: bool, sources: &'a Sources) -> Self {
        Self {
            command,
            ok,
            findings: &[],
            sources,
            summary: None,
            outputs: None,
            repository: None,
            failures: &[],
            fields: &[],
            next: None,
            prefix: "",
        }
    }
}

/// What became of one output or patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputLine {
    /// The file, relative to the project with `/`.
    pub path: String,
    /// The target or template it is made with; `None` for a patch.
    pub target: Option<String>,
    /// How much of the file portgen owns; `None` for a patch.
    pub mode: Option<Mode>,
    /// What was done, or would be.
    pub outcome: Outcome,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// What was done to a file, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did not exist.
    Created,
    /// It differed.
    Updated,
    /// It was as it should be, and was not touched.
    Unchanged,
    /// It was portgen's, and nothing names it any more.
    Deleted,
    /// It holds what a person wrote, and was not touched.
    Refused,
}

impl Outcome {
    /// The word that every format uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Refused => "refused",
        }
    }
}

/// The word for how a file is owned, as JSON has it.
pub(crate) fn mode_word(line: &OutputLine) -> &'static str {
    line.mode.map_or("patch", Mode::as_str)
}

#[cfg(test)]
pub(crate) mod fixture {
    //! Reports built by hand, for the tests of every format.

    use super::{Appearance, Format, Report};
    use crate::diagnostic::{Finding, Reported, Severity, Summary};
    use crate::source::{Place, Sources};

    /// A place at the first occurrence of `needle` in a source.
    pub fn place_of(sources: &Sources, source: crate::source::SourceId, needle: &str) -> Place {
        let start = sources.get(source).text().find(needle).expect("the needle is in the source");
        Place::new(source, start..start + needle.len())
    }

    pub fn error(finding: Finding) -> Reported {
        Reported { finding, severity: Severity::Error }
    }

    pub fn warning(finding: Finding) -> Reported {
        Reported { finding, severity: Severity::Warning }
    }

    pub fn count(findings: &[Reported]) -> Summary {
        let errors = findings.iter().filter(|one| one.severity == Severity::Error).count();
        Summary { errors, warnings: findings.len() - errors, files: 1, ..Summary::default() }
    }

    /// A table whose port is assigned twice.
    pub fn twice() -> (Sources, Vec<Reported>) {
        let mut sources = Sources::new();
        let text = "[services.api]\nport = 9000\n\n[services.web]\nport  = 9000 # é\n";
        let id = sources.add("ports.toml", text);
        let first = Place::new(id, 22..26);
        let again = Place::new(id, 51..55);
        assert_eq!((sources.text_at(first), sources.text_at(again)), ("9000", "9000"));
        let finding = Finding::new("duplicate-port", again, "port 9000 is assigned twice")
            .label("and again here")
            .related(first, "first assigned here")
            .help("give `web` another number");
        (sources, vec![error(finding)])
    }

    /// The text of a format, without colour, 100 columns wide.
    pub fn text_of(format: &Format, report: &Report<'_>) -> String {
        let mut out = Vec::new();
        let appearance = Appearance { width: 100, colour: false, unicode: true };
        (format.write)(report, &appearance, &mut out).expect("a vector takes every byte");
        String::from_utf8(out).expect("reports are UTF-8")
    }

    /// The text of a format for findings, as `check` reports them.
    pub fn text_of_findings(format: &Format, sources: &Sources, findings: &[Reported]) -> String {
        let summary = Some(count(findings));
        let ok = findings.is_empty();
        text_of(format, &Report { findings, summary, ..Report::new("check", ok, sources) })
    }
}
