//! Tests of rendering: one helper, one file for what a template may do, one a target.

mod bind;
mod compose;
mod documentation;
mod dotenv;
mod eject;
mod json;
mod markdown;
mod patches;
mod procfile;
mod properties;
mod proxies;
mod python;
mod scripting;
mod scripts;
mod templates;

use super::{Rendering, render};
use crate::check::{Verdict, gate};
use crate::diagnostic::Finding;
use crate::manifest;
use crate::source::Sources;
use crate::target;

/// What became of a table: texts, findings and conditions, with every source.
struct Outcome {
    sources: Sources,
    rendering: Rendering,
}

/// Renders a table, with files of its project beside it.
fn run(table: &str, files: &[(&str, &str)]) -> Outcome {
    let mut sources = Sources::new();
    let (project, mut findings) = manifest::read(&mut sources, "ports.toml", table);
    let read = |path: &crate::model::RelativePath| {
        let file = files.iter().find(|(name, _)| *name == path.as_str());
        Ok(file.map(|(_, text)| (*text).to_owned()))
    };
    let (bound, bind_findings) = target::bind(&project, &mut sources, &read);
    findings.extend(bind_findings);
    let open = Verdict { findings: Vec::new(), suppressed: 0, held_back: 0 };
    let sound = gate(std::slice::from_ref(&project), &open).expect("no finding stands against it");
    let mut rendering = render(&mut sources, sound[0], &bound);
    findings.append(&mut rendering.findings);
    rendering.findings = findings;
    Outcome { sources, rendering }
}

/// The services that most tests share.
const TABLE: &str = r#"
[project]
name = "shop"
domain = "example.com"

[ranges.web]
title = "Web services"
ports = "9000-9099"

[services.api]
title = "API"
port = 9000
range = "web"
scheme = "http"
path = "/v1"
description = "REST | JSON"
health = "/health"
subdomain = "api"

[services.cache]
port = 6390
scheme = "tcp"

[services.old]
port = 9002
range = "web"
status = "disabled"
"#;

/// The text of the only output of [`TABLE`] with these lines behind it.
fn text(lines: &str) -> String {
    text_of(&format!("{TABLE}\n{lines}"))
}

/// The text of the only output of a table.
fn text_of(table: &str) -> String {
    let outcome = run(table, &[]);
    assert_eq!(outcome.words(), Vec::<String>::new());
    assert_eq!(outcome.rendering.conditions, []);
    let [output] = outcome.rendering.outputs.as_slice() else {
        panic!("{} outputs", outcome.rendering.outputs.len())
    };
    output.text.clone()
}

/// The text of an output of the table in `full.toml`, which has something of everything.
fn full(target: &str, lines: &str) -> String {
    text_of(&format!(
        "{}\n[[output]]\npath = \"{PATH}\"\ntarget = \"{target}\"\n{lines}",
        include_str!("full.toml")
    ))
}

/// Where the outputs of the tests are written; no test depends on it.
const PATH: &str = "folder/file";

/// The findings of [`TABLE`] with these lines behind it, one line each:
/// `source:line:column: rule: message`.
fn findings(lines: &str) -> Vec<String> {
    run(&format!("{TABLE}\n{lines}"), &[]).words()
}

impl Outcome {
    fn words(&self) -> Vec<String> {
        self.rendering.findings.iter().map(|finding| self.line(finding)).collect()
    }

    fn line(&self, finding: &Finding) -> String {
        let place = finding.primary.place;
        let position = self.sources.start_of(place);
        let name = self.sources.get(place.source).name();
        format!("{name}:{}:{}: {}: {}", position.line, position.column, finding.rule, finding.message)
    }

    /// The text that the only finding points at.
    fn pointed(&self) -> &str {
        let [finding] = self.rendering.findings.as_slice() else { panic!("{:?}", self.words()) };
        self.sources.text_at(finding.primary.place)
    }
}
