//! Mistakes that a template runs into, with the place that they are about.

use std::ops::Range;

use minijinja::{Error, ErrorKind};

use crate::diagnostic::{Finding, Subject, printable};
use crate::model::{Endpoint, Service};
use crate::source::{Place, Sources, Spanned};

/// What is wrong, carried by a template's error up to the finding.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Fault {
    message: String,
    help: Option<String>,
    about: Option<(Place, String)>,
    /// The text in `ports.toml` that ran into it, where it was no template's.
    at: Option<TextPlace>,
    /// The id of a port whose number only the ledger has.
    pub(super) unassigned: Option<(Place, String)>,
}

impl Fault {
    /// A mistake of the template itself.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, about: None, at: None, unassigned: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that it is to be mended at a service.
    pub(super) fn about(mut self, place: Place, service: &str) -> Self {
        self.about = Some((place, service.to_owned()));
        self
    }

    /// Says that it happened in a string of `ports.toml`, unless a string
    /// inside it is known already.
    pub(super) fn within(mut self, text: TextPlace) -> Self {
        self.at.get_or_insert(text);
        self
    }

    /// A port that has no number yet.
    pub(super) fn unassigned(endpoint: &Endpoint) -> Self {
        let id = endpoint.id();
        let mut fault = Self::new(format!("the port of {id} has no number yet"));
        fault.unassigned = Some((endpoint.number.place, id));
        fault
    }

    /// A URL that was asked of a port that has none.
    pub(super) fn no_url(endpoint: &Endpoint) -> Self {
        let id = endpoint.id();
        Self::new(format!("{id} has no URL: its scheme is {}", endpoint.scheme.value))
            .help("write `{% if port.has_url %}` around it, or give the service another `scheme`")
            .about(endpoint.scheme.place, endpoint.service.as_str())
    }

    /// A field that was asked of a service with several ports.
    pub(super) fn several_ports(service: &Service, field: &str) -> Self {
        let ids: Vec<String> =
            service.endpoints.iter().map(|endpoint| format!("port('{}').{field}", endpoint.id())).collect();
        let name = &service.name.value;
        Self::new(format!("{name} has several ports, and none is named `default`"))
            .help(format!("name one: {}", ids.join(", ")))
            .about(service.name.place, name.as_str())
    }

    /// The template error that carries it.
    pub(super) fn error(self) -> Error {
        Error::new(ErrorKind::InvalidOperation, self.message.clone()).with_source(self)
    }

    /// The finding, where the template stands at `at`: it points at what the
    /// fault is about if that is known, else at the template.
    pub(super) fn finding(&self, at: Place, sources: &Sources) -> Finding {
        let at = self.at.as_ref().map_or(at, |text| text.resolve(sources));
        let message = printable(&self.message).into_owned();
        let mut finding = match &self.about {
            Some((place, service)) => {
                let mut finding =
                    Finding::new("template-error", *place, message).related(at, "asked for here");
                if !service.is_empty() {
                    finding.subjects.push(Subject::Service(service.clone()));
                }
                finding
            }
            None => Finding::new("template-error", at, message),
        };
        finding.help = self.help.clone();
        finding
    }
}

/// A part of a string in `ports.toml`.
#[derive(Clone, Debug)]
pub(super) struct TextPlace {
    place: Place,
    text: String,
    range: Option<Range<usize>>,
}

impl TextPlace {
    pub(super) fn new(text: &Spanned<String>, range: Option<Range<usize>>) -> Self {
        Self { place: text.place, text: text.value.clone(), range }
    }

    /// The part itself where the string is written without escapes, else the
    /// whole string.
    fn resolve(&self, sources: &Sources) -> Place {
        let Some(range) = &self.range else { return self.place };
        let written = sources.text_at(self.place);
        let Some(offset) = written.find(&self.text) else { return self.place };
        let start = self.place.span.start as usize + offset;
        Place::new(self.place.source, start + range.start..start + range.end)
    }
}
