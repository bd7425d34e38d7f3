//! The command reference: `docs/commands.md`, from the command definitions.

use std::fmt::Write;

use clap::{Arg, Command};

use super::arguments::{definitions, split_examples};

const OPENING: &str = "# Commands

<!-- Generated from the definitions in src/cli. To change it: edit a command there, run
     `UPDATE=1 cargo test --test it command_reference`. -->

`portgen COMMAND --help` says the same of one command, `portgen man DIR` writes
it as manual pages, and `portgen completions SHELL` has a shell complete it.
";

/// Every command with its arguments, options and examples, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut command = definitions().disable_help_subcommand(true);
    command.build();
    let mut page = OPENING.to_owned();
    page += "\n| command | does |\n|---|---|\n";
    for subcommand in command.get_subcommands() {
        let name = subcommand.get_name();
        line(&mut page, format_args!("| [`portgen {name}`](#portgen-{name}) | {} |", about(subcommand)));
    }
    page += "\n## Everywhere\n\n";
    for option in shown(&command).filter(|option| option.is_global_set()) {
        entry(&mut page, option);
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    page += "\n";
    text(&mut page, split_examples(&after).1);
    command.get_subcommands().for_each(|subcommand| section(&mut page, subcommand, 2));
    page
}

fn section(page: &mut String, command: &Command, level: usize) {
    let marks = "#".repeat(level);
    let name = command.get_bin_name().unwrap_or_default();
    line(page, format_args!("\n{marks} {name}\n"));
    let described = command.get_long_about().or_else(|| command.get_about());
    text(page, &described.map(ToString::to_string).unwrap_or_default());
    let usage = command.clone().render_usage().to_string();
    line(page, format_args!("\n```text\n{}\n```", usage.trim_start_matches("Usage: ")));
    let own: Vec<&Arg> = shown(command).filter(|argument| !is_everywhere(argument)).collect();
    if !own.is_empty() {
        page.push('\n');
    }
    own.into_iter().for_each(|argument| entry(page, argument));
    let nested = command.has_subcommands();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (examples, notes) = split_examples(&after);
    // The examples of a family stand once, at its head.
    if level == 2 {
        line(page, format_args!("\n```sh\n{}\n```", examples.join("\n")));
    }
    if !notes.is_empty() {
        page.push('\n');
        text(page, notes);
    }
    if nested {
        command.get_subcommands().for_each(|subcommand| section(page, subcommand, level + 1));
    }
}

/// Arguments before options, each in the order of the help.
fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    let visible = |argument: &&Arg| {
        !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
    };
    let options = command.get_arguments().filter(|argument| !argument.is_positional());
    command.get_positionals().chain(options).filter(visible)
}

/// The options of every command have the same heading.
fn is_everywhere(argument: &Arg) -> bool {
    argument.is_global_set() && argument.get_help_heading().is_some()
}

fn entry(page: &mut String, argument: &Arg) {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let _ = write!(page, "- `{}`: {help}", spelled(argument));
    if !argument.is_hide_possible_values_set() && argument.get_action().takes_values() {
        values(page, argument);
    }
    page.push('\n');
}

/// What is typed: `-q, --quiet`, `--format <FORMAT>`, `[PATH]...`.
fn spelled(argument: &Arg) -> String {
    let whole = argument.to_string();
    match argument.get_short() {
        Some(short) if argument.get_long().is_some() => format!("-{short}, {whole}"),
        _ => whole,
    }
}

fn values(page: &mut String, argument: &Arg) {
    for value in argument.get_possible_values() {
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        let _ = write!(page, "\n  - `{}`{help}", value.get_name());
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() {
        let separator = if argument.get_possible_values().is_empty() { ". " } else { "\n  - " };
        let _ = write!(page, "{separator}Default: `{}`", defaults.join(" "));
    }
}

/// Paragraphs; one whose lines are indented keeps them.
fn text(page: &mut String, text: &str) {
    for (index, paragraph) in text.split("\n\n").enumerate() {
        if index > 0 {
            page.push('\n');
        }
        if paragraph.lines().any(|line| line.starts_with("  ")) {
            line(page, format_args!("```text\n{paragraph}\n```"));
        } else {
            line(page, format_args!("{paragraph}"));
        }
    }
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "{text}");
}
