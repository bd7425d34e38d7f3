//! `portgen completions`

use clap::builder::PossibleValuesParser;
use clap::{Args, Command, ValueEnum};

use super::Status;
use super::arguments::definitions;
use super::console::Console;
use super::options::{AnswerFormat, ReportFormat};
use crate::diagnostic::Failure;
use crate::report::{Cell, Report};
use crate::rules::RULES;
use crate::source::Sources;
use crate::target::TARGETS;

/// Print the completion script of a shell
///
/// It completes commands, options and their values; in Bash and Zsh the names of
/// rules and targets, too. Make it anew after an update of portgen.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The shell that reads the script
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen completions bash > ~/.local/share/bash-completion/completions/portgen
  portgen completions zsh > ~/.zfunc/_portgen
  portgen completions fish > ~/.config/fish/completions/portgen.fish
  portgen completions powershell > portgen.ps1
  portgen completions elvish > ~/.config/elvish/lib/portgen.elv

zsh looks in ~/.zfunc with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc;
elvish takes `use portgen` in ~/.config/elvish/rc.elv. PowerShell takes `. PATH`
in $PROFILE, with the script's path; the script itself begins with `using`,
which must be the first line of a file.";

/// The words of SHELL.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    /// Bash, with the package bash-completion
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
    /// PowerShell, on every system
    Powershell,
    /// Elvish
    Elvish,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Elvish => "elvish",
        }
    }

    fn generator(self) -> clap_complete::Shell {
        match self {
            Self::Bash => clap_complete::Shell::Bash,
            Self::Zsh => clap_complete::Shell::Zsh,
            Self::Fish => clap_complete::Shell::Fish,
            Self::Powershell => clap_complete::Shell::PowerShell,
            Self::Elvish => clap_complete::Shell::Elvish,
        }
    }
}

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let script = script(arguments.shell)?;
    if arguments.is_json() {
        let fields = [("shell", Cell::from(arguments.shell.name())), ("script", Cell::from(script))];
        let sources = Sources::new();
        let report = Report { fields: &fields, ..Report::new("completions", true, &sources) };
        console.report(ReportFormat::Json, &report)?;
    } else {
        console.print(&script)?;
    }
    Ok(Status::Done)
}

fn script(shell: Shell) -> Result<String, Failure> {
    let mut command = with_names(definitions());
    let mut script = Vec::new();
    clap_complete::generate(shell.generator(), &mut command, "portgen", &mut script);
    String::from_utf8(script).map_err(|error| Failure::new("io", error.to_string()))
}

/// The definitions with the names of rules and targets as words to choose from.
///
/// Only here: read by clap they would take the help's place for a wrong name.
fn with_names(command: Command) -> Command {
    let rules = PossibleValuesParser::new(RULES.iter().map(|rule| rule.name));
    let targets = PossibleValuesParser::new(TARGETS.iter().map(|target| target.id));
    let (targets, eject) = (targets.clone(), targets);
    command
        .mut_subcommand("explain", |command| command.mut_arg("rule", |rule| rule.value_parser(rules)))
        .mut_subcommand("targets", |command| command.mut_arg("target", |target| target.value_parser(targets)))
        .mut_subcommand("eject", |command| command.mut_arg("target", |target| target.value_parser(eject)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_knows_every_command_and_the_names_of_rules_and_targets() {
        for shell in Shell::value_variants() {
            let script = script(*shell).expect("a script");
            for command in definitions().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell:?}: {}", command.get_name());
            }
            // The generator gives the others no values of arguments.
            if matches!(shell, Shell::Bash | Shell::Zsh) {
                assert!(script.contains("duplicate-port"), "{shell:?}");
                assert!(script.contains("cloudflared"), "{shell:?}");
            }
        }
    }
}
