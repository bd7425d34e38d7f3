//! What a template sees of the table: ports and services as objects.
//!
//! Every field is documented in `docs/templates.md`. A field that does not
//! exist is an error with "did you mean", not an undefined value, so that a
//! misspelt name cannot render as nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use minijinja::value::{Enumerator, Object};
use minijinja::{Environment, Value};

use super::environment;
use super::fault::Fault;
use crate::diagnostic::did_you_mean;
use crate::model::{
    Address, Endpoint, Health, NamedRange, Priority, ProfileKind, Project, RangeName, Service, View,
};
use crate::target::Boolean;

/// One value set of the table, shared by everything that shows it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) services: Vec<Service>,
    /// Where each service stands in the list.
    pub(super) index: BTreeMap<String, usize>,
    pub(super) ranges: Vec<NamedRange>,
    pub(super) domain: Option<String>,
    pub(super) profile: Option<(String, ProfileKind)>,
    /// What commands are rendered with, once one is asked for.
    command_engine: OnceLock<Environment<'static>>,
}

impl Table {
    pub(super) fn of(view: &View<'_>) -> Arc<Self> {
        let Project { ranges, domain, .. } = view.project;
        let names = view.services.iter().enumerate();
        let profile = view.profile.map(|profile| (profile.name.to_string(), profile.kind));
        Arc::new(Self {
            services: view.services.to_vec(),
            index: names.map(|(index, service)| (service.name.to_string(), index)).collect(),
            ranges: ranges.clone(),
            domain: domain.clone(),
            profile,
            command_engine: OnceLock::new(),
        })
    }

    /// The engine for the commands of services.
    pub(super) fn command_engine(&self) -> &Environment<'static> {
        self.command_engine.get_or_init(|| environment::bare(Boolean::Lower))
    }

    fn priority(&self, range: Option<&RangeName>) -> Priority {
        let named = range.and_then(|name| self.ranges.iter().find(|range| range.name.value == *name));
        named.map(|range| range.priority).unwrap_or_default()
    }
}

/// What the number of a port is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    /// `9000`
    Literal,
    /// `${API_PORT}`
    Variable,
}

/// A port of the table.
#[derive(Debug)]
pub(super) struct PortObject {
    pub(super) table: Arc<Table>,
    pub(super) service: usize,
    pub(super) endpoint: usize,
    pub(super) numbers: Numbers,
}

const PORT_FIELDS: &[&str] = &[
    "id",
    "service",
    "name",
    "title",
    "port",
    "env",
    "scheme",
    "protocol",
    "host",
    "bind",
    "bind_ip",
    "container_port",
    "path",
    "url",
    "has_url",
    "health",
    "health_url",
    "subdomain",
    "hostname",
    "description",
    "status",
    "tags",
    "notes",
    "range",
    "allocation",
    "priority",
    "remote",
];

const SERVICE_FIELDS: &[&str] = &[
    "name",
    "title",
    "description",
    "status",
    "tags",
    "notes",
    "range",
    "allocation",
    "priority",
    "command",
    "compose",
    "container",
    "ports",
];

impl PortObject {
    pub(super) fn endpoint(&self) -> Option<&Endpoint> {
        self.table.services.get(self.service)?.endpoints.get(self.endpoint)
    }

    fn number(&self, endpoint: &Endpoint) -> Value {
        match (self.numbers, endpoint.number.fixed(), &endpoint.variable) {
            (Numbers::Variable, _, Some(variable)) => Value::from(format!("${{{variable}}}")),
            (_, Some(port), _) => Value::from(port.get()),
            (_, None, _) => Fault::unassigned(endpoint).error().into(),
        }
    }

    fn url(&self, endpoint: &Endpoint) -> Value {
        if !endpoint.scheme.has_url() {
            return Fault::no_url(endpoint).error().into();
        }
        match (self.numbers, &endpoint.variable) {
            (Numbers::Variable, Some(variable)) => endpoint.url_at(&format!("${{{variable}}}")).into(),
            _ => endpoint.url().map_or_else(|| Fault::unassigned(endpoint).error().into(), Value::from),
        }
    }

    fn health_url(&self, endpoint: &Endpoint) -> Value {
        if !matches!(endpoint.health, Some(Health::Path(_))) {
            return Value::from(());
        }
        endpoint.health_url().map_or_else(|| Fault::unassigned(endpoint).error().into(), Value::from)
    }

    fn container_port(&self, endpoint: &Endpoint) -> Value {
        match endpoint.container_port.or(endpoint.number.fixed()) {
            Some(port) => Value::from(port.get()),
            None => Fault::unassigned(endpoint).error().into(),
        }
    }

    fn field(&self, endpoint: &Endpoint, field: &str) -> Option<Value> {
        Some(match field {
            "id" => endpoint.id().into(),
            "service" => endpoint.service.as_str().into(),
            "name" => endpoint.name.as_str().into(),
            "title" => endpoint.title.as_str().into(),
            "port" => self.number(endpoint),
            "env" => endpoint.variable.as_ref().map(|variable| variable.as_str()).into(),
            "scheme" => endpoint.scheme.as_str().into(),
            "protocol" => endpoint.protocol.as_str().into(),
            "host" => endpoint.host.as_str().into(),
            "bind" => endpoint.bind.to_string().into(),
            "bind_ip" => bind_ip(&endpoint.bind.value).into(),
            "container_port" => self.container_port(endpoint),
            "path" => endpoint.path.as_deref().into(),
            "url" => self.url(endpoint),
            "has_url" => endpoint.scheme.has_url().into(),
            "health" => match &endpoint.health {
                Some(Health::Path(path)) => path.as_str().into(),
                Some(Health::Tcp) => "tcp".into(),
                None => ().into(),
            },
            "health_url" => self.health_url(endpoint),
            "subdomain" => endpoint.subdomain.as_ref().map(|name| name.as_str()).into(),
            "hostname" => self.hostname(endpoint).into(),
            "description" => endpoint.description.as_deref().into(),
            "status" => endpoint.status.as_str().into(),
            "tags" => endpoint.tags.iter().map(Value::from).collect(),
            "notes" => endpoint.notes.as_deref().into(),
            "range" => endpoint.range.as_ref().map(|range| range.as_str()).into(),
            "allocation" => endpoint.allocation.as_str().into(),
            "priority" => {
                self.table.priority(endpoint.range.as_ref().map(|range| &range.value)).as_str().into()
            }
            "remote" => endpoint.elsewhere.into(),
            _ => return None,
        })
    }

    fn hostname(&self, endpoint: &Endpoint) -> Option<String> {
        Some(format!("{}.{}", endpoint.subdomain.as_ref()?.value, self.table.domain.as_ref()?))
    }
}

impl Object for PortObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let endpoint = self.endpoint()?;
        Some(self.field(endpoint, key).unwrap_or_else(|| unknown_field("a port", key, PORT_FIELDS)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// A service, with the ports of it that are shown.
#[derive(Debug)]
pub(super) struct ServiceObject {
    pub(super) table: Arc<Table>,
    pub(super) service: usize,
    pub(super) ports: Vec<Value>,
    pub(super) numbers: Numbers,
}

impl ServiceObject {
    /// The service with all of its ports.
    pub(super) fn whole(table: &Arc<Table>, service: usize, numbers: Numbers) -> Self {
        Self::with_ports(table, service, numbers, |_| true)
    }

    /// The service with some of its ports.
    pub(super) fn with_ports(
        table: &Arc<Table>,
        service: usize,
        numbers: Numbers,
        shows: impl Fn(&Endpoint) -> bool,
    ) -> Self {
        let endpoints = table.services.get(service).map_or(&[][..], |service| service.endpoints.as_slice());
        let shown = endpoints.iter().enumerate().filter(|(_, endpoint)| shows(endpoint));
        let ports = shown
            .map(|(endpoint, _)| {
                Value::from_object(PortObject { table: table.clone(), service, endpoint, numbers })
            })
            .collect();
        Self { table: table.clone(), service, ports, numbers }
    }

    pub(super) fn service(&self) -> Option<&Service> {
        self.table.services.get(self.service)
    }

    fn field(&self, service: &Service, field: &str) -> Option<Value> {
        Some(match field {
            "name" => service.name.as_str().into(),
            "title" => service.title.as_str().into(),
            "description" => service.description.as_deref().into(),
            "status" => service.status.as_str().into(),
            "tags" => service.tags.iter().map(Value::from).collect(),
            "notes" => service.notes.as_deref().into(),
            "range" => service.range.as_ref().map(|range| range.as_str()).into(),
            "allocation" => service.allocation.as_str().into(),
            "priority" => {
                self.table.priority(service.range.as_ref().map(|range| &range.value)).as_str().into()
            }
            "command" => service.command.as_ref().map(|command| command.as_str()).into(),
            "compose" => service.compose.as_ref().map_or(().into(), |data| super::data::value(&data.value)),
            "container" => service.has_container().into(),
            "ports" => self.ports.iter().cloned().collect(),
            "has_url" if service.endpoints.is_empty() => false.into(),
            _ => self.main_field(service, field)?,
        })
    }

    /// A field of the service's only or default port.
    fn main_field(&self, service: &Service, field: &str) -> Option<Value> {
        if !PORT_FIELDS.contains(&field) {
            return None;
        }
        let main = service.main_endpoint();
        let position = main.and_then(|main| service.endpoints.iter().position(|one| one.name == main.name));
        match position {
            Some(endpoint) => {
                let table = self.table.clone();
                let port = PortObject { table, service: self.service, endpoint, numbers: self.numbers };
                port.field(service.endpoints.get(endpoint)?, field)
            }
            None if service.endpoints.is_empty() => Some(().into()),
            None => Some(Fault::several_ports(service, field).error().into()),
        }
    }
}

impl Object for ServiceObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let service = self.service()?;
        let known = || SERVICE_FIELDS.iter().chain(PORT_FIELDS).copied().collect::<Vec<_>>();
        Some(self.field(service, key).unwrap_or_else(|| unknown_field("a service", key, &known())))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// The address that is published: `127.0.0.1` for `localhost`.
fn bind_ip(address: &Address) -> String {
    match address {
        Address::Localhost => "127.0.0.1".to_owned(),
        other => other.to_string(),
    }
}

/// The error value of a field that does not exist.
pub(super) fn unknown_field(what: &str, field: &str, known: &[&str]) -> Value {
    let help = match did_you_mean(&field.replace('_', "-"), known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", known.join(", ")),
    };
    Fault::new(format!("{what} has no field `{field}`")).help(help).error().into()
}
