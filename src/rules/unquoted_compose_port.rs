//! A port mapping that YAML 1.1 reads as a number in base 60.

use super::{Check, Evidence};
use crate::diagnostic::{Edit, Finding, Fix};
use crate::readers::compose::unquoted_ports;
use crate::source::Place;

declare_rule! {
    /// Finds a port mapping that is a number in base 60 to some readers.
    ///
    /// ## What it does
    /// Reports entries of `ports:` and `expose:` that are not quoted and are
    /// made of digits and colons alone, with nothing above 59 behind a colon.
    ///
    /// ## Why is this bad?
    /// In YAML 1.1 `22:22` is 22 times 60 and 22, which is 1342. Compose itself
    /// reads the text; older programs, and much that reads compose files
    /// besides, do not.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text compose.yaml
    /// services:
    ///   git:
    ///     image: git
    ///     ports:
    ///       - 2222:22  # warning
    ///       - "2223:23"
    ///       - 8080:80
    /// ```
    ///
    /// ## Known limitations
    /// What is filled in from a variable is a text to every reader, and is not
    /// looked at.
    "unquoted-compose-port", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    for file in &evidence.repository.files {
        let Some(document) = &file.reading.compose else { continue };
        for (span, number) in unquoted_ports(document) {
            let place = Place { source: file.source, span };
            let text = evidence.sources.text_at(place);
            let fix = Fix {
                title: "quote it".to_owned(),
                safe: true,
                edits: vec![Edit { place, text: format!("\"{text}\"") }],
            };
            let message = format!("`{text}` without quotes is {number} to a reader of YAML 1.1");
            findings.push(
                Finding::new(RULE.name, place, message)
                    .label("a number in base 60")
                    .help(format!("write \"{text}\""))
                    .fix(fix),
            );
        }
    }
}
