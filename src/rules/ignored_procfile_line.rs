//! A line of a Procfile that no runner takes.

use super::{Check, Evidence};
use crate::diagnostic::Finding;
use crate::source::Place;

declare_rule! {
    /// Finds lines of a Procfile that every runner drops in silence.
    ///
    /// ## What it does
    /// Reads `Procfile` and `Procfile.*` as honcho and foreman do: a line is a
    /// name of letters, digits, `_` and `-` that begins the line, a colon and a
    /// command. Whatever is neither that, nor blank, nor a comment is reported.
    ///
    /// ## Why is this bad?
    /// The runners say nothing of such a line: everything starts but the
    /// process that it was written for.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    /// ```
    /// ```text Procfile
    /// # a dot belongs to no name, a name begins its line
    /// web: npm start
    /// api.v2: uvicorn main:app  # warning
    ///  worker: celery worker  # warning
    /// ```
    ///
    /// ## Known limitations
    /// Some versions of foreman drop names with `-` too; these are taken for
    /// names here.
    "ignored-procfile-line", Warn, Check::Repository(check)
}

fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    if evidence.projects.is_empty() {
        return;
    }
    for file in &evidence.repository.files {
        for &span in &file.reading.ignored_lines {
            let place = Place { source: file.source, span };
            findings.push(
                Finding::new(RULE.name, place, "every runner drops this line without a word")
                    .label("no process")
                    .help(
                        "begin the line with a name of letters, digits, `_` and `-`, then a colon and the command; put `#` before a comment",
                    ),
            );
        }
    }
}
