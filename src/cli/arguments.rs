//! The command line as clap reads it; each command's arguments stand in its own file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{add, check, eject, explain, get, hook, list, render, rules, targets};
use crate::report::ColourChoice;

/// One table of ports, ports.toml: checked, and rendered into every file that needs a port.
#[derive(Debug, Parser)]
#[command(name = "portgen", version, max_term_width = 100, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  portgen check                     what is wrong, with the lines
  portgen render                    bring every file up to date
  portgen add search --range mcp    declare one more service
  portgen explain duplicate-port    what a rule finds, and why

`ports.toml` is looked for in this folder and those above it.
Exit codes: 0 clean or done, 1 findings or refused, 2 usage, no ports.toml, or the world failed.";

/// Options that every command takes.
#[derive(Args, Debug)]
pub(super) struct Global {
    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(super) directory: Option<PathBuf>,
    /// Use this file instead of looking for ports.toml
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", hide_possible_values = false)]
    pub(super) color: Color,
    /// Say only what is asked for, and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Count what was looked at and held back
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// The words of `--color`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    /// In a terminal, unless NO_COLOR says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for ColourChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// One variant a command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Check(check::Arguments),
    Render(render::Arguments),
    Add(add::Arguments),
    List(list::Arguments),
    Get(get::Arguments),
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    Targets(targets::Arguments),
    Eject(eject::Arguments),
    Hook(hook::Arguments),
}

impl Command {
    /// The word that was typed.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Render(_) => "render",
            Self::Add(_) => "add",
            Self::List(_) => "list",
            Self::Get(_) => "get",
            Self::Explain(_) => "explain",
            Self::Rules(_) => "rules",
            Self::Targets(_) => "targets",
            Self::Eject(_) => "eject",
            Self::Hook(_) => "hook",
        }
    }

    /// Whether a program reads the answer, which errors are part of then.
    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::Check(arguments) => arguments.is_json(),
            Self::Render(arguments) => arguments.is_json(),
            Self::Add(arguments) => arguments.is_json(),
            Self::List(arguments) => arguments.is_json(),
            Self::Get(arguments) => arguments.is_json(),
            Self::Explain(arguments) => arguments.is_json(),
            Self::Rules(arguments) => arguments.is_json(),
            Self::Targets(arguments) => arguments.is_json(),
            Self::Eject(arguments) => arguments.is_json(),
            Self::Hook(arguments) => arguments.is_json(),
        }
    }
}

/// The words of `--format` for what reports findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// Source, carets, both places, help and diff
    Full,
    /// One line a finding
    Concise,
    /// One versioned JSON object
    Json,
    /// Workflow commands of GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
}

impl ReportFormat {
    /// The word that the report room knows it by.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Github => "github",
            Self::Sarif => "sarif",
        }
    }
}

/// The words of `--format` for lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// Aligned columns
    #[default]
    Table,
    /// One versioned JSON object
    Json,
    /// Comma-separated values (RFC 4180)
    Csv,
}

impl From<ListFormat> for crate::report::TableFormat {
    fn from(format: ListFormat) -> Self {
        match format {
            ListFormat::Table => Self::Table,
            ListFormat::Json => Self::Json,
            ListFormat::Csv => Self::Csv,
        }
    }
}

/// The words of `--format` for a single answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFormat {
    /// The answer alone
    #[default]
    Text,
    /// One versioned JSON object
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_consistent_and_every_command_ends_with_examples() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands() {
            let after = subcommand.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.starts_with("Examples:\n"), "{}", subcommand.get_name());
            assert!(subcommand.get_about().is_some(), "{}", subcommand.get_name());
        }
    }

    #[test]
    fn every_word_of_format_is_a_report_format() {
        for format in ReportFormat::value_variants() {
            assert!(crate::report::find(format.as_str()).is_some(), "{format:?}");
        }
        assert_eq!(ReportFormat::value_variants().len(), crate::report::FORMATS.len());
    }
}
