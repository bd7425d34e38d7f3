//! A value that the readers of a format read differently.

use super::Check;
use crate::diagnostic::{Finding, printable};
use crate::model::{Condition, Problem};

declare_rule! {
    /// Finds a value that the readers of its format would read differently.
    ///
    /// ## What it does
    /// Looks at every text that an env file would get, with the readers that
    /// `options.readers` names, by default all that are known. Line endings
    /// never are a difference.
    ///
    /// ## Why is this bad?
    /// There is no spelling that all of them read alike: `#`, `$`, quotes and
    /// spaces mean different things to Compose, python-dotenv, dotenv, Node,
    /// honcho and a shell.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [services.api]
    /// port = 9000
    /// scheme = "http"
    /// path = "/#/home"
    ///
    /// [[output]]
    /// path = ".env" # error
    /// target = "dotenv"
    /// local = true
    /// options = { urls = true }
    /// ```
    ///
    /// ## Known limitations
    /// Programs that read the file in yet another way are not known.
    "ambiguous-value", Deny, Check::Condition(check)
}

fn check(condition: &Condition) -> Option<Finding> {
    let Problem::Ambiguous { name, value, readers } = &condition.problem else { return None };
    let message = format!("{name}={} is not read alike by all readers", printable(value));
    let finding = Finding::new(RULE.name, condition.declared, message)
        .label(readers.join("; "))
        .help("use only letters, digits and `_./:@-`, or name the readers that matter in `options.readers`");
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{condition, word};
    use super::*;

    #[test]
    fn the_readers_that_disagree_are_named() {
        let readers = vec!["dotenv reads http://h/a".to_owned(), "honcho reads http://h/a".to_owned()];
        let problem = Problem::Ambiguous { name: "API_URL".into(), value: "http://h/a#f\u{1b}".into(), readers };
        let finding = word(&RULE, &condition(problem));
        assert_eq!(finding.message, "API_URL=http://h/a#f\\u{1b} is not read alike by all readers");
        assert_eq!(finding.primary.text, "dotenv reads http://h/a; honcho reads http://h/a");
    }
}
