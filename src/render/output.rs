//! Renders one output.

use minijinja::{Error, Value};

use super::context::Context;
use super::shown::Shown;
use super::table::{Numbers, Table};
use super::{Rendered, Renderer, environment, error, options, read_back};
use crate::diagnostic::Finding;
use crate::model::{Condition, Endpoint, Mode, Number, Output, Problem, Selection, Service, ServiceName};
use crate::source::Place;
use crate::target::{BoundOutput, Target};

impl Renderer<'_> {
    /// Renders an output, or says what is in the way.
    pub(super) fn output(&mut self, bound: &BoundOutput) {
        let Some(output) = self.project.outputs.get(bound.index) else { return };
        let table = self.table(output.profile.as_ref().map(|profile| &profile.value));
        let service = match self.block_service(bound, output, &table) {
            Ok(service) => service,
            Err(finding) => return self.rendering.findings.push(*finding),
        };
        let shown = Shown::of(&table, &output.selection, Numbers::Literal);
        let shared = self.shared.clone();
        let context = |options| Context {
            shared: shared.clone(),
            table: table.clone(),
            shown: shown.clone(),
            options,
            output: Some(output_value(bound, output)),
        };
        let outcome = options::values(bound, &context(None).value()).and_then(|options| {
            let engine = self.engine(&bound.target)?;
            environment::render(&engine, &bound.target.template.name, context(Some(options)).value())
        });
        match outcome {
            Ok(text) => self.finish(bound, output, &table, set_off(bound, normalised(&text)), service),
            Err(error) => self.refuse(bound, output, &table, &error),
        }
    }

    fn finish(
        &mut self,
        bound: &BoundOutput,
        output: &Output,
        table: &Table,
        text: String,
        service: Option<ServiceName>,
    ) {
        let before = self.rendering.findings.len();
        read_back::check(bound, output, table, &text, &mut self.rendering);
        if self.rendering.findings.len() > before {
            return;
        }
        self.rendering.outputs.push(Rendered {
            output: bound.index,
            path: output.path.value.clone(),
            target: bound.target.id.clone(),
            text,
            mode: bound.mode,
            id: bound.id.clone(),
            comment: bound.comment.clone(),
            assignment: bound.target.spec.assignment.clone(),
            by_hand: bound.is_placed_by_hand(),
            service,
        });
    }

    /// The only service of a block that belongs to one.
    fn block_service(
        &self,
        bound: &BoundOutput,
        output: &Output,
        table: &Table,
    ) -> Result<Option<ServiceName>, Box<Finding>> {
        if bound.mode != Mode::Block || !bound.target.spec.one_service_blocks {
            return Ok(None);
        }
        let shown: Vec<&Service> =
            table.services.iter().filter(|service| output.selection.has_service(service)).collect();
        match shown.as_slice() {
            [only] => Ok(Some(only.name.value.clone())),
            _ => Err(Box::new(
                Finding::new(
                    "invalid-value",
                    output.place,
                    format!(
                        "a {} block belongs to one service, and this shows {}",
                        bound.target.id,
                        shown.len()
                    ),
                )
                .help("name it: `services = [\"…\"]`; each service has an output and an `id` of its own"),
            )),
        }
    }

    fn refuse(&mut self, bound: &BoundOutput, output: &Output, table: &Table, error: &Error) {
        let explained = error::explain(error);
        if let Some((number, id)) = &explained.fault.unassigned {
            return self.unassigned(
                output.place,
                output.path.as_str(),
                table,
                Some(&output.selection),
                (*number, id),
            );
        }
        let at = match bound.target.built_in {
            true => asked_of(output),
            false => self.place_of(bound, explained.at),
        };
        let mut finding = explained.fault.finding(at, self.sources);
        let points_at_output = finding.primary.place.source == output.place.source;
        if !points_at_output {
            finding = finding.related(output.path.place, "rendered here");
        }
        self.rendering.findings.push(finding);
    }

    /// A place in a target's template, whose text becomes one of the sources.
    fn place_of(&mut self, bound: &BoundOutput, at: Option<(String, std::ops::Range<usize>)>) -> Place {
        let Target { template, includes, .. } = &*bound.target;
        let (name, range) = at.unwrap_or_else(|| (template.name.clone(), 0..0));
        let mut files = std::iter::once(template).chain(includes);
        let file = files.find(|file| file.name == name).unwrap_or(template);
        let source = self.sources.add(file.shown.as_str(), file.text.as_ref());
        Place::new(source, range)
    }

    /// Every shown port without a number, the one that was met among them.
    pub(super) fn unassigned(
        &mut self,
        declared: Place,
        path: &str,
        table: &Table,
        selection: Option<&Selection>,
        met: (Place, &str),
    ) {
        let shown = |endpoint: &&Endpoint| {
            endpoint.number.value == Number::Auto
                && (endpoint.number.place == met.0
                    || selection.is_some_and(|selection| selection.has_endpoint(endpoint)))
        };
        let mut numbers: Vec<(Place, String)> = table
            .services
            .iter()
            .flat_map(|service| &service.endpoints)
            .filter(shown)
            .map(|endpoint| (endpoint.number.place, endpoint.id()))
            .collect();
        if numbers.is_empty() {
            numbers.push((met.0, met.1.to_owned()));
        }
        self.rendering.conditions.extend(numbers.into_iter().map(|(number, id)| Condition {
            declared,
            path: path.to_owned(),
            problem: Problem::Unassigned { number, id },
        }));
    }
}

/// What a built-in template was given: nobody can mend the template itself.
fn asked_of(output: &Output) -> Place {
    match output.options.value.entries() {
        [] => output.path.place,
        _ => output.options.place,
    }
}

fn output_value(bound: &BoundOutput, output: &Output) -> Value {
    Value::from_pairs([
        ("path", output.path.as_str()),
        ("id", bound.id.as_str()),
        ("mode", bound.mode.as_str()),
        ("target", bound.target.id.as_str()),
    ])
}

/// The text with a blank line before it, and behind it in a block, where its
/// target wants that.
fn set_off(bound: &BoundOutput, text: String) -> String {
    match bound.mode {
        _ if !bound.target.spec.set_off || text.is_empty() => text,
        Mode::File => format!("\n{text}"),
        Mode::Block => format!("\n{text}\n"),
    }
}

/// The text with LF endings, no blanks at the ends of lines, no blank lines
/// around it and one final line break; nothing stays nothing.
pub(super) fn normalised(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches([' ', '\t', '\r'])).collect();
    let first = lines.iter().position(|line| !line.is_empty());
    let last = lines.iter().rposition(|line| !line.is_empty());
    let (Some(first), Some(last)) = (first, last) else { return String::new() };
    let mut normalised = String::with_capacity(text.len());
    for line in lines.get(first..=last).unwrap_or_default() {
        normalised.push_str(line);
        normalised.push('\n');
    }
    normalised
}
