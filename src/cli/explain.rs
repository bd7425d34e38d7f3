//! `portgen explain`

use clap::Args;

use super::Status;
use super::console::Console;
use super::options::AnswerFormat;
use crate::diagnostic::{Failure, did_you_mean};
use crate::report::{Cell, Report};
use crate::rules::{self, RULES};
use crate::source::Sources;

/// Print the documentation of a rule
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The rule's name
    #[arg(value_name = "RULE")]
    rule: String,
    /// How to answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AnswerFormat,
}

const EXAMPLES: &str = "\
Examples:
  portgen explain duplicate-port
  portgen explain stale-output --format json";

impl Arguments {
    pub(super) fn is_json(&self) -> bool {
        self.format == AnswerFormat::Json
    }
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Result<Status, Failure> {
    let Some(rule) = rules::find(&arguments.rule) else { return Err(unknown(&arguments.rule)) };
    let level = rules::level_word(rule);
    if arguments.is_json() {
        let sources = Sources::new();
        let fields = [
            ("rule", Cell::from(rule.name)),
            ("level", Cell::from(level)),
            ("documentation", Cell::from(rules::documentation(rule))),
        ];
        console.report(
            super::options::ReportFormat::Json,
            &Report { fields: &fields, ..Report::new("explain", true, &sources) },
        )?;
    } else {
        console.print(&format!("# {} ({level})\n\n{}", rule.name, rules::documentation(rule)))?;
    }
    Ok(Status::Done)
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::new("unknown-rule", format!("there is no rule `{name}`"));
    match did_you_mean(name, RULES.iter().map(|rule| rule.name)) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(match parts_of(name).as_slice() {
            [] => "`portgen rules` lists them".to_owned(),
            names => format!("did you mean {}?", names.join(" or ")),
        }),
    }
}

/// The rules that have the word in their names, those first that begin with it.
fn parts_of(word: &str) -> Vec<String> {
    let word = word.to_ascii_lowercase().replace('_', "-");
    let has = |name: &&str| name.split('-').any(|part| part == word);
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).filter(has).collect();
    names.sort_by_key(|name| !name.starts_with(&word));
    names.into_iter().map(|name| format!("`{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_enough_to_be_asked_what_was_meant() {
        let help = |name| unknown(name).help.unwrap_or_default();
        assert!(help("duplicate").starts_with("did you mean `duplicate-port`"), "{}", help("duplicate"));
        assert_eq!(help("duplicate-prot"), "did you mean `duplicate-port`?");
        assert_eq!(help("zebra"), "`portgen rules` lists them");
    }
}
