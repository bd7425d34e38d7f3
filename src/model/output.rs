//! Outputs and patches: the files that follow the table.

use super::{
    BlockId, Data, Endpoint, Pattern, ProfileName, RangeName, RelativePath, Service, ServiceName, Status,
};
use crate::source::{Place, Spanned};

/// How much of a file portgen owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The whole file.
    File,
    /// The lines between two markers.
    Block,
}

impl Mode {
    /// Reads `file` or `block`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "file" => Some(Self::File),
            "block" => Some(Self::Block),
            _ => None,
        }
    }

    /// The word that is written in `ports.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Block => "block",
        }
    }
}

/// What an output is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// `target = "python"`, a built-in target.
    Target(Spanned<String>),
    /// `template = "templates/mine.j2"`, or a folder laid out as a target.
    Template(Spanned<RelativePath>),
}

/// Which services and ports an output shows. Several keys intersect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// By name; naming any overrides the default status.
    pub services: Option<Vec<Spanned<ServiceName>>>,
    /// By any of these tags.
    pub tags: Option<Vec<String>>,
    /// By any of these named ranges.
    pub ranges: Option<Vec<Spanned<RangeName>>>,
    /// By any of these statuses; `[active]` when absent and no service is named.
    pub status: Option<Vec<Status>>,
}

impl Selection {
    /// Whether a service's port is shown.
    pub fn has_endpoint(&self, endpoint: &Endpoint) -> bool {
        let range = endpoint.range.as_ref().map(|range| &range.value);
        self.matches(&endpoint.service, &endpoint.tags, range, endpoint.status)
    }

    /// Whether a service is shown: one of its ports is, or it has none and fits.
    pub fn has_service(&self, service: &Service) -> bool {
        if service.endpoints.is_empty() {
            let range = service.range.as_ref().map(|range| &range.value);
            return self.matches(&service.name, &service.tags, range, service.status);
        }
        service.endpoints.iter().any(|endpoint| self.has_endpoint(endpoint))
    }

    fn matches(
        &self,
        service: &ServiceName,
        tags: &[String],
        range: Option<&RangeName>,
        status: Status,
    ) -> bool {
        let named =
            self.services.as_ref().is_none_or(|names| names.iter().any(|name| name.value == *service));
        let tagged = self.tags.as_ref().is_none_or(|wanted| wanted.iter().any(|tag| tags.contains(tag)));
        let ranged =
            self.ranges.as_ref().is_none_or(|wanted| wanted.iter().any(|name| Some(&name.value) == range));
        let in_status = match &self.status {
            Some(wanted) => wanted.contains(&status),
            None => self.services.is_some() || status == Status::Active,
        };
        named && tagged && ranged && in_status
    }
}

/// A file, or a block in one, that is rendered from the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Where it is declared: its `[[output]]`.
    pub place: Place,
    /// Which file.
    pub path: Spanned<RelativePath>,
    /// What it is made with.
    pub kind: OutputKind,
    /// How much of the file is owned; the target's default when absent.
    pub mode: Option<Spanned<Mode>>,
    /// The id on its markers; the target's name when absent.
    pub id: Option<Spanned<BlockId>>,
    /// Whether it holds this machine's numbers.
    pub local: bool,
    /// Which value set it shows.
    pub profile: Option<Spanned<ProfileName>>,
    /// Which services it shows.
    pub selection: Selection,
    /// Its target's options; a table.
    pub options: Spanned<Data>,
}

/// What a patch writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchValue {
    /// The number of a port: `api` or `kafka.jmx`.
    Port(Spanned<String>),
    /// A template of one line.
    Template(Spanned<String>),
}

/// One number in a line that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where it is declared: its `[[patch]]`.
    pub place: Place,
    /// Which file.
    pub path: Spanned<RelativePath>,
    /// The pattern of the number.
    pub find: Spanned<Pattern>,
    /// What the group is to hold.
    pub value: PatchValue,
    /// Whether several matches are meant.
    pub all: bool,
    /// Which value set it shows.
    pub profile: Option<Spanned<ProfileName>>,
}
