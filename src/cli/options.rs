//! Options that several commands have.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::report::ColourChoice;

/// Where a command's help lists them: after what is its own.
const HEADING: &str = "Global options";

/// Options that every command takes.
#[derive(Args, Debug)]
pub(super) struct Global {
    /// Run as if started in this folder
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = HEADING)]
    pub(super) directory: Option<PathBuf>,
    /// Use this file instead of looking for ports.toml
    #[arg(long, value_name = "FILE", global = true, help_heading = HEADING)]
    pub(super) config: Option<PathBuf>,
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", help_heading = HEADING)]
    pub(super) color: Color,
    /// Say only what is asked for, and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = HEADING)]
    pub(super) quiet: bool,
    /// Count what was looked at and held back
    #[arg(short, long, global = true, help_heading = HEADING)]
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

/// The words of `--format` for what reports findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// Source, carets, both places, help and diff
    Full,
    /// One line a finding
    Concise,
    /// One versioned JSON object
    Json,
    /// One JSON object a line
    JsonLines,
    /// Workflow commands of GitHub Actions
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML
    Junit,
}

impl ReportFormat {
    /// The word that the report room knows it by.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::JsonLines => "json-lines",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
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
