//! `portgen man`

use std::io;
use std::path::PathBuf;

use clap::{ArgAction, Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};

use super::Status;
use super::arguments::{definitions, split_examples};
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::app::{self, Page};
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};
use crate::source::Sources;

/// Write the manual pages: portgen.1, and one for each command
///
/// DIR is made where it is missing. Pages of these names that are there
/// already are replaced; nothing else is touched.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The folder to write to, such as one that `man` looks in
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    to: PathBuf,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen man ~/.local/share/man/man1
  portgen man target/man";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let folder = console.location()?.directory.join(&arguments.to);
    let pages = pages().map_err(|error| Failure::new("io", error.to_string()))?;
    let written = app::write_pages(&folder, &pages)?;
    if arguments.is_json() {
        let files = written.iter().map(|page| page.name.as_str().into()).collect();
        let folder = Cell::from(folder.display().to_string());
        let fields = [("folder", folder), ("files", Cell::List(files))];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("man", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        for page in &written {
            let path = arguments.to.join(&page.name);
            console.print(&format!("{:<10}{}\n", page.result, path.display()))?;
        }
    }
    Ok(Status::Done)
}

/// Every page: the program's, then those of the commands, in the order of the help.
fn pages() -> io::Result<Vec<Page>> {
    let mut command = definitions().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    collect(&command, &mut pages)?;
    Ok(pages)
}

fn collect(command: &Command, pages: &mut Vec<Page>) -> io::Result<()> {
    let manual = Man::new(command.clone()).date(DATE).manual("portgen").source(format!("portgen {VERSION}"));
    let (name, text) = (manual.get_filename(), page(&manual, command)?);
    pages.push(Page { name, text });
    command.get_subcommands().try_for_each(|command| collect(command, pages))
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The day that every page has, so that the same program writes the same page
/// every day: that of the latest release; before the first, of the first draft.
const DATE: &str = match latest_release(include_str!("../../CHANGELOG.md")) {
    Some(date) => date,
    None => "2026-11-21",
};

/// The date of the first heading of a changelog that has one: `## [0.1.0] - 2026-11-21`.
const fn latest_release(changelog: &str) -> Option<&str> {
    let mut rest = changelog.as_bytes();
    let mut is_heading = false;
    while let [_, behind @ ..] = rest {
        match rest {
            [b'\n', b'#', b'#', b' ', b'[', ..] => is_heading = true,
            [b']', b' ', b'-', b' ', date @ ..] if is_heading => return day(date),
            [b'\n', ..] => is_heading = false,
            _ => {}
        }
        rest = behind;
    }
    None
}

/// The ten bytes of a day, as text.
const fn day(text: &[u8]) -> Option<&str> {
    match text.split_at_checked(10) {
        Some((day, [b'\n', ..])) => match std::str::from_utf8(day) {
            Ok(day) => Some(day),
            Err(_) => None,
        },
        _ => None,
    }
}

/// How the generator makes an apostrophe, at the head of every section; once is enough.
const APOSTROPHE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";
/// How the generator makes an empty line, and the request that does.
const EMPTY_LINE: (&str, &str) = (".br\n\n.br\n", ".sp\n");

/// A page in the order of the manual, its examples as they stand.
fn page(manual: &Man, command: &Command) -> io::Result<String> {
    let mut text = Vec::new();
    manual.render_title(&mut text)?;
    manual.render_name_section(&mut text)?;
    synopsis(command).to_writer(&mut text)?;
    description(command).to_writer(&mut text)?;
    manual.render_options_section(&mut text)?;
    if command.has_subcommands() {
        manual.render_subcommands_section(&mut text)?;
    }
    examples(command).to_writer(&mut text)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    let text = text.replace(APOSTROPHE, "").replace(EMPTY_LINE.0, EMPTY_LINE.1);
    Ok(format!("{APOSTROPHE}{text}"))
}

/// What is typed: the options by their names and values, then what follows
/// them, with the `--` where one is needed.
fn synopsis(command: &Command) -> Roff {
    let mut line = vec![bold(command.get_bin_name().unwrap_or_else(|| command.get_name()))];
    let shown = || command.get_arguments().filter(|argument| !argument.is_hide_set());
    for option in shown().filter(|argument| !argument.is_positional()) {
        line.push(roman(" ["));
        let short = option.get_short().map(|short| format!("-{short}"));
        let names = [short, option.get_long().map(|long| format!("--{long}"))];
        line.push(bold(names.into_iter().flatten().collect::<Vec<_>>().join("|")));
        if let Some(values) = option.get_value_names().filter(|_| option.get_action().takes_values()) {
            line.extend([roman(" "), italic(values.join(" "))]);
        }
        line.push(roman("]"));
    }
    for argument in shown().filter(|argument| argument.is_positional()) {
        let dashes = if argument.is_last_set() { "-- " } else { "" };
        let many = if matches!(argument.get_action(), ArgAction::Append) { "..." } else { "" };
        let (open, close) = if argument.is_required_set() { ("", "") } else { ("[", "]") };
        let name = argument.get_value_names().map_or_else(String::new, |names| names.join(" "));
        line.extend([roman(format!(" {open}{dashes}")), italic(name), roman(format!("{many}{close}"))]);
    }
    if command.has_subcommands() {
        line.extend([roman(" "), italic("COMMAND")]);
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text(line);
    roff
}

/// The long description: filled paragraphs, and lists that keep their lines.
fn description(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["DESCRIPTION"]);
    let about = command.get_long_about().or_else(|| command.get_about());
    paragraphs(&mut roff, &about.map(ToString::to_string).unwrap_or_default());
    roff
}

/// What stands behind the options: the examples, then what is said below them.
fn examples(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (examples, notes) = split_examples(&after);
    roff.control("SH", ["EXAMPLES"]);
    lines(&mut roff, &examples);
    if !notes.is_empty() {
        roff.control("SH", ["NOTES"]);
        paragraphs(&mut roff, notes);
    }
    roff
}

fn paragraphs(roff: &mut Roff, text: &str) {
    for (index, paragraph) in text.split("\n\n").enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        let is_list = paragraph.lines().any(|line| line.starts_with("  "));
        if is_list {
            lines(roff, &paragraph.lines().collect::<Vec<_>>());
        } else {
            roff.text([roman(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))]);
        }
    }
}

/// Lines that stay as they are.
fn lines(roff: &mut Roff, lines: &[&str]) {
    roff.control("nf", []);
    for line in lines {
        roff.text([roman(*line)]);
    }
    roff.control("fi", []);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_has_the_day_of_the_latest_release() {
        let check = |text: &str, expect| assert_eq!(latest_release(text), expect, "{text}");
        check("# Changelog\n\n## [Unreleased]\n\n- a [b] - 2020-01-01\n", None);
        check(
            "# C\n\n## [Unreleased]\n\n## [0.2.0] - 2027-01-31\n\n## [0.1.0] - 2026-12-01\n",
            Some("2027-01-31"),
        );
        check("# C\n\n## [0.1.0] - soon\n", None);
        check("", None);
    }

    #[test]
    fn a_release_of_this_version_is_the_latest() {
        let changelog = include_str!("../../CHANGELOG.md");
        let latest = changelog.lines().find(|line| line.starts_with("## [") && !line.contains("Unreleased"));
        if let Some(latest) = latest {
            assert_eq!(latest, format!("## [{VERSION}] - {DATE}"));
        }
    }

    fn synopsis_of(name: &str) -> String {
        let pages = pages().expect("pages");
        let page = pages.iter().find(|page| page.name == format!("portgen-{name}.1")).expect("a page");
        let section = page.text.split(".SH SYNOPSIS\n").nth(1).and_then(|rest| rest.split(".SH").next());
        let plain = ["\\fB", "\\fI", "\\fR", "\\"];
        plain.iter().fold(section.expect("a synopsis").to_owned(), |text, mark| text.replace(mark, ""))
    }

    #[test]
    fn a_synopsis_is_what_can_be_typed() {
        let run = synopsis_of("run");
        assert!(run.contains("[-C DIR]") && run.contains("[--retry N]"), "{run}");
        assert!(run.trim_end().ends_with("[NAME] [-- CMD...]"), "{run}");
        let release = synopsis_of("release");
        assert!(release.contains("[--port N]") && release.trim_end().ends_with("[NAME...]"), "{release}");
        assert!(synopsis_of("explain").trim_end().ends_with(" RULE"));
        assert!(synopsis_of("project").trim_end().ends_with(" COMMAND"));
    }
}
