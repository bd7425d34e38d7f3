//! A template's error as a finding that points into the template.

use minijinja::{Error, ErrorKind};

use super::context::NAMES;
use super::environment::FUEL;
use super::fault::{Fault, TextPlace};
use crate::diagnostic::{did_you_mean, printable};
use crate::source::Spanned;

/// What a template's error says, and where.
#[derive(Debug)]
pub(super) struct Explained {
    /// What is wrong.
    pub(super) fault: Fault,
    /// The template's name and the byte range in it, where known.
    pub(super) at: Option<(String, std::ops::Range<usize>)>,
}

/// Finds the innermost error of a chain: what includes it only repeats it.
pub(super) fn explain(error: &Error) -> Explained {
    let mut innermost = error;
    let mut fault = None;
    let mut io = None;
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        if let Some(inner) = source.downcast_ref::<Error>() {
            innermost = inner;
        }
        fault = source.downcast_ref::<Fault>().or(fault);
        io = source.downcast_ref::<std::io::Error>().or(io);
        next = source.source();
    }
    let at = innermost.name().map(str::to_owned).zip(innermost.range());
    let fault = match (fault, io) {
        (Some(fault), _) => fault.clone(),
        (None, Some(io)) => Fault::new(io.to_string()),
        (None, None) => plain(innermost),
    };
    Explained { fault, at }
}

/// The error of a template that stands in a string of `ports.toml`.
pub(super) fn in_string(error: &Error, text: &Spanned<String>) -> Fault {
    let Explained { fault, at } = explain(error);
    fault.within(TextPlace::new(text, at.map(|(_, range)| range)))
}

fn plain(error: &Error) -> Fault {
    let detail = error.detail().map(|detail| printable(detail).into_owned()).unwrap_or_default();
    match error.kind() {
        ErrorKind::OutOfFuel => Fault::new(format!("the template took more than {FUEL} steps"))
            .help("a loop that never ends, or far too much work: make it smaller"),
        ErrorKind::TemplateNotFound => Fault::new(detail).help(
            "an included template stands in the same folder, and is named literally: `{% include \"name\" %}`",
        ),
        ErrorKind::UndefinedError if !detail.is_empty() => {
            let near = meant(detail.trim_start_matches('`').split(['`', '.', '[']).next());
            Fault::new(detail).help(near)
        }
        ErrorKind::UnknownFunction => unknown("function", &detail),
        ErrorKind::UnknownFilter => unknown("filter", &detail),
        ErrorKind::UnknownTest => unknown("test", &detail),
        kind if detail.is_empty() => Fault::new(kind.to_string()),
        ErrorKind::SyntaxError | ErrorKind::InvalidOperation => Fault::new(detail),
        kind => Fault::new(format!("{kind}: {detail}")),
    }
}

/// A function, filter or test that does not exist; the engine says
/// `filter x is unknown`.
fn unknown(what: &str, detail: &str) -> Fault {
    let name = detail.strip_suffix(" is unknown").and_then(|rest| rest.rsplit(' ').next());
    match name {
        Some(name) => Fault::new(format!("there is no {what} `{name}`")).help(meant(Some(name))),
        None => Fault::new(format!("there is no such {what}")),
    }
}

/// Suggests the name that may have been meant.
fn meant(name: Option<&str>) -> String {
    match name.and_then(|name| did_you_mean(name, NAMES.iter().copied())) {
        Some(near) if Some(near) != name => format!("did you mean `{near}`?"),
        _ => "docs/templates.md lists what a template sees".to_owned(),
    }
}
