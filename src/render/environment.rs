//! The template engine: strict, bounded, and without any way out of the table.

use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use super::depth::refuse_deep;
use super::fault::Fault;
use super::{filters, functions};
use crate::target::{Boolean, Target};

/// How many instructions one template may take: a table of 60,000 ports needs
/// less than half.
pub(super) const FUEL: u64 = 5_000_000;

/// How much one template may write, in bytes: 16 MiB.
pub(super) const MOST_OUTPUT: usize = 16 << 20;

/// How deep includes and macros may nest.
const DEPTH: usize = 100;

/// The engine with a target's templates.
///
/// # Errors
/// Where a template has a syntax error, or an expression too deep.
pub(super) fn of_target(target: &Target) -> Result<Environment<'static>, Error> {
    let mut environment = bare(target.spec.booleans);
    for file in std::iter::once(&target.template).chain(&target.includes) {
        refuse_deep(&file.text)?;
        environment.add_template_owned(file.name.clone(), file.text.clone().into_owned())?;
    }
    Ok(environment)
}

/// The engine without a template, for texts in `ports.toml`.
pub(super) fn bare(booleans: Boolean) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEPTH);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .unwrap_or_default();
    environment.set_syntax(syntax);
    environment.set_formatter(move |out, state, value| print(out, state, value, booleans));
    // It would print the engine's own state.
    environment.remove_global("debug");
    filters::add(&mut environment);
    functions::add(&mut environment);
    environment
}

fn print(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
    booleans: Boolean,
) -> Result<(), Error> {
    let name = match value.kind() {
        ValueKind::Bool => {
            let text = match (booleans, value.is_true()) {
                (Boolean::Lower, true) => "true",
                (Boolean::Lower, false) => "false",
                (Boolean::Python, true) => "True",
                (Boolean::Python, false) => "False",
            };
            return out.write_str(text).map_err(Error::from);
        }
        ValueKind::None => "a field that is not set",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "an object",
        ValueKind::Plain => match value.downcast_object_ref::<functions::PortInCommand>() {
            Some(port) => return print(out, state, port.number(), booleans),
            None => "an object",
        },
        _ => {
            if value.as_str().is_some_and(|text| text.len() > MOST_OUTPUT) {
                return Err(Fault::new("the output is larger than 16 MiB").error());
            }
            return minijinja::escape_formatter(out, state, value);
        }
    };
    let help = match value.kind() {
        ValueKind::None => "write `{% if … %}` around it, or give it another value with `or`",
        ValueKind::Map | ValueKind::Plain => "name one of its fields, or write it with `| tojson`",
        _ => "join it with `| join(', ')`, or write it with `| tojson`",
    };
    Err(Fault::new(format!("{name} cannot be printed")).help(help).error())
}

/// Renders a template of the environment into a text of at most
/// [`MOST_OUTPUT`] bytes.
pub(super) fn render(environment: &Environment<'_>, name: &str, context: Value) -> Result<String, Error> {
    let template = environment.get_template(name)?;
    let mut bounded = Bounded(Vec::new());
    let outcome = template.render_captured_to(context, &mut bounded).map(drop);
    finish(bounded, outcome)
}

/// Renders a text as a template.
pub(super) fn render_text(
    environment: &Environment<'_>,
    text: &str,
    context: Value,
) -> Result<String, Error> {
    refuse_deep(text)?;
    let template = environment.template_from_str(text)?;
    let mut bounded = Bounded(Vec::new());
    let outcome = template.render_captured_to(context, &mut bounded).map(drop);
    finish(bounded, outcome)
}

fn finish(bounded: Bounded, outcome: Result<(), Error>) -> Result<String, Error> {
    outcome?;
    String::from_utf8(bounded.0).map_err(|_| Error::new(ErrorKind::WriteFailure, "the output is not UTF-8"))
}

/// Takes what fits into [`MOST_OUTPUT`], then fails.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_OUTPUT {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the output is larger than 16 MiB"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
