//! The command line as clap reads it; each command's arguments stand in its own file.

use clap::{CommandFactory, Parser, Subcommand};

use super::options::Global;
use super::{
    add, check, completions, dead, doctor, eject, env, explain, gc, get, hook, init, list, lsp, man, map,
    mcp, project, reassign, release, render, reserve, rules, run, schema, status, survey, targets, who,
};

/// One table of ports, ports.toml: made from what a repository says, checked, and rendered into
/// every file that needs a port
#[derive(Debug, Parser)]
#[command(name = "portgen", version, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  portgen survey                  # which ports a repository states
  portgen init --dry-run          # the table that could be made of it
  portgen check                   # what is wrong, with the lines
  portgen render                  # bring every file up to date
  portgen add search --range mcp  # declare one more service
  portgen explain duplicate-port  # what a rule finds, and why

`ports.toml` is looked for in this folder and those above it. `survey`, `init`
and `map` need none, nor does what is about this machine (`reserve`, `release`,
`get`, `run NAME`, `who`, `dead`, `project`, `status`, `doctor`, `gc`, `list --all`)
or about portgen itself (`explain`, `rules`, `targets`, `schema`, `completions`,
`man`).

Exit codes: 0 clean or done; 1 findings or refused; 2 wrong usage, no ports.toml,
or a file that cannot be read or written; 3 no free port; 4 the ledger cannot be
used.
`check` ends with 1 for errors, `survey` for any finding, `map` never.";

/// The definitions as generators take them, under the program's own name.
pub(super) fn definitions() -> clap::Command {
    Arguments::command().bin_name("portgen")
}

/// Splits what stands below the options into the examples, a line each, and
/// the text behind them.
pub(super) fn split_examples(after_help: &str) -> (Vec<&str>, &str) {
    let (examples, notes) = after_help.split_once("\n\n").unwrap_or((after_help, ""));
    (examples.lines().skip(1).map(|line| line.trim_start()).collect(), notes)
}

/// One variant a command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(init::Arguments),
    Survey(survey::Arguments),
    Check(check::Arguments),
    Render(render::Arguments),
    Add(add::Arguments),
    List(list::Arguments),
    Get(get::Arguments),
    Reserve(reserve::Arguments),
    Release(release::Arguments),
    Dead(dead::Arguments),
    Project(project::Arguments),
    Reassign(reassign::Arguments),
    Env(env::Arguments),
    Status(status::Arguments),
    Who(who::Arguments),
    Run(run::Arguments),
    Doctor(doctor::Arguments),
    Gc(gc::Arguments),
    Map(map::Arguments),
    Mcp(mcp::Arguments),
    Explain(explain::Arguments),
    Rules(rules::Arguments),
    Targets(targets::Arguments),
    Schema(schema::Arguments),
    Lsp(lsp::Arguments),
    Eject(eject::Arguments),
    Hook(hook::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

impl Command {
    /// The word that was typed.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Survey(_) => "survey",
            Self::Check(_) => "check",
            Self::Render(_) => "render",
            Self::Add(_) => "add",
            Self::List(_) => "list",
            Self::Get(_) => "get",
            Self::Reserve(_) => "reserve",
            Self::Release(_) => "release",
            Self::Dead(_) => "dead",
            Self::Project(_) => "project",
            Self::Reassign(_) => "reassign",
            Self::Env(_) => "env",
            Self::Status(_) => "status",
            Self::Who(_) => "who",
            Self::Run(_) => "run",
            Self::Doctor(_) => "doctor",
            Self::Gc(_) => "gc",
            Self::Map(_) => "map",
            Self::Mcp(_) => "mcp",
            Self::Explain(_) => "explain",
            Self::Rules(_) => "rules",
            Self::Targets(_) => "targets",
            Self::Schema(_) => "schema",
            Self::Lsp(_) => "lsp",
            Self::Eject(_) => "eject",
            Self::Hook(_) => "hook",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    /// Whether a program reads the answer, which errors are part of then.
    pub(super) fn is_json(&self) -> bool {
        match self {
            Self::Init(arguments) => arguments.is_json(),
            Self::Survey(arguments) => arguments.is_json(),
            Self::Check(arguments) => arguments.is_json(),
            Self::Render(arguments) => arguments.is_json(),
            Self::Add(arguments) => arguments.is_json(),
            Self::List(arguments) => arguments.is_json(),
            Self::Get(arguments) => arguments.is_json(),
            Self::Reserve(arguments) => arguments.is_json(),
            Self::Release(arguments) => arguments.is_json(),
            Self::Dead(arguments) => arguments.is_json(),
            Self::Project(arguments) => arguments.is_json(),
            Self::Reassign(arguments) => arguments.is_json(),
            Self::Env(arguments) => arguments.is_json(),
            Self::Status(arguments) => arguments.is_json(),
            Self::Who(arguments) => arguments.is_json(),
            // The answer is the program's own.
            Self::Run(_) => false,
            Self::Doctor(arguments) => arguments.is_json(),
            Self::Gc(arguments) => arguments.is_json(),
            Self::Map(arguments) => arguments.is_json(),
            // The answers are the protocol's.
            Self::Mcp(_) => false,
            Self::Explain(arguments) => arguments.is_json(),
            Self::Rules(arguments) => arguments.is_json(),
            Self::Targets(arguments) => arguments.is_json(),
            // The answer is JSON anyhow, and says nothing of failures.
            Self::Schema(_) => false,
            // Answers go to the editor.
            Self::Lsp(_) => false,
            Self::Eject(arguments) => arguments.is_json(),
            Self::Hook(arguments) => arguments.is_json(),
            Self::Completions(arguments) => arguments.is_json(),
            Self::Man(arguments) => arguments.is_json(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;
    use crate::cli::options::ReportFormat;

    #[test]
    fn the_definitions_are_consistent_and_every_command_ends_with_examples() {
        let command = Arguments::command();
        command.clone().debug_assert();
        let nested = command.get_subcommands().flat_map(|command| command.get_subcommands());
        for subcommand in command.get_subcommands().chain(nested) {
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
