//! The functions of templates: `service`, `port`, `command`, `published`, `url_at`, `names`, `fail`.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::fault::Fault;
use super::names::Names;
use super::table::{Numbers, PortObject, ServiceObject, Table};
use super::{environment, error, publish};
use crate::diagnostic::did_you_mean;
use crate::model::Service;
use crate::source::Spanned;

/// Adds the functions that need no table.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_function("fail", fail);
    environment.add_function("names", Names::function);
    environment.add_function("published", publish::published);
    environment.add_function("url_at", publish::url_at);
}

/// The functions that look things up: they see every service of the value set.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    pub(super) table: Arc<Table>,
    pub(super) numbers: Numbers,
}

impl Lookup {
    /// `service('name')`
    pub(super) fn service_function(&self) -> Value {
        let lookup = self.clone();
        Value::from_function(move |name: &str| lookup.service(name))
    }

    /// `port('kafka.jmx')`
    pub(super) fn port_function(&self) -> Value {
        let lookup = self.clone();
        Value::from_function(move |id: &str| lookup.port(id))
    }

    /// `command('name', 'variable')`
    pub(super) fn command_function(&self) -> Value {
        let table = self.table.clone();
        Value::from_function(move |name: &str, style: Option<&str>| {
            command(&table, name, style.unwrap_or("variable"))
        })
    }

    fn service(&self, name: &str) -> Result<Value, Error> {
        let index = position(&self.table, name)?;
        Ok(Value::from_object(ServiceObject::whole(&self.table, index, self.numbers)))
    }

    fn port(&self, id: &str) -> Result<Value, Error> {
        let (name, port) = id.split_once('.').map_or((id, None), |(name, port)| (name, Some(port)));
        let service = position(&self.table, name)?;
        let Some(declared) = self.table.services.get(service) else { return Err(unknown(id, &[])) };
        let main = declared.main_endpoint().map(|endpoint| endpoint.name.as_str());
        let Some(wanted) = port.or(main) else { return Err(no_main_port(declared)) };
        let endpoint = declared.endpoints.iter().position(|endpoint| endpoint.name.as_str() == wanted);
        let Some(endpoint) = endpoint else {
            let ids: Vec<String> = declared.endpoints.iter().map(|endpoint| endpoint.id()).collect();
            return Err(unknown(id, &ids.iter().map(String::as_str).collect::<Vec<_>>()));
        };
        let table = self.table.clone();
        Ok(Value::from_object(PortObject { table, service, endpoint, numbers: self.numbers }))
    }
}

fn position(table: &Table, name: &str) -> Result<usize, Error> {
    table.index.get(name).copied().ok_or_else(|| {
        let names: Vec<&str> = table.services.iter().map(|service| service.name.as_str()).collect();
        let help = match did_you_mean(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("services: {}", names.join(", ")),
        };
        Fault::new(format!("there is no service `{name}`")).help(help).error()
    })
}

fn unknown(id: &str, known: &[&str]) -> Error {
    let fault = Fault::new(format!("there is no port `{id}`"));
    match did_you_mean(id, known.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")).error(),
        None => fault.help(format!("ports of the service: {}", known.join(", "))).error(),
    }
}

fn no_main_port(service: &Service) -> Error {
    if service.endpoints.is_empty() {
        let name = &service.name.value;
        return Fault::new(format!("{name} has no port")).about(service.name.place, name.as_str()).error();
    }
    Fault::several_ports(service, "port").error()
}

/// `fail('message', port)`: stops, at the service where one is given.
fn fail(message: String, about: Option<Value>) -> Result<Value, Error> {
    let fault = Fault::new(message);
    let Some(about) = about else { return Err(fault.error()) };
    if let Some(endpoint) = about.downcast_object_ref::<PortObject>().and_then(PortObject::endpoint) {
        return Err(fault.about(endpoint.number.place, endpoint.service.as_str()).error());
    }
    if let Some(service) = about.downcast_object_ref::<ServiceObject>().and_then(ServiceObject::service) {
        return Err(fault.about(service.name.place, service.name.as_str()).error());
    }
    Err(Error::new(ErrorKind::InvalidOperation, "`fail` takes a message, then a port or a service"))
}

/// A service's command with its `{{ … }}` rendered, in one line.
pub(super) fn command(table: &Arc<Table>, name: &str, style: &str) -> Result<String, Error> {
    let numbers = match style {
        "variable" => Numbers::Variable,
        "literal" => Numbers::Literal,
        _ => return Err(Fault::new("the style of a command is 'variable' or 'literal'").error()),
    };
    let index = position(table, name)?;
    let Some(service) = table.services.get(index) else { return Ok(String::new()) };
    let Some(text) = &service.command else {
        let fault = Fault::new(format!("{name} has no command"));
        return Err(fault.about(service.name.place, name).error());
    };
    let context = command_context(table, index, numbers);
    let rendered = environment::render_text(table.command_engine(), &text.value, context)
        .map_err(|source| error::in_string(&source, text).error())?;
    one_line(rendered.trim(), text, name)
}

fn one_line(rendered: &str, text: &Spanned<String>, name: &str) -> Result<String, Error> {
    if rendered.is_empty() || rendered.contains(['\n', '\r']) {
        let what = if rendered.is_empty() { "is empty" } else { "has several lines" };
        return Err(Fault::new(format!("the command of {name} {what}")).about(text.place, name).error());
    }
    Ok(rendered.to_owned())
}

fn command_context(table: &Arc<Table>, index: usize, numbers: Numbers) -> Value {
    let service = Arc::new(ServiceObject::whole(table, index, numbers));
    let lookup = Lookup { table: table.clone(), numbers };
    Value::from_object(CommandContext { service, lookup })
}

/// What a command sees: its own service's fields by their names, and lookups.
#[derive(Debug)]
struct CommandContext {
    service: Arc<ServiceObject>,
    lookup: Lookup,
}

/// The fields of its service that a command may name.
const OWN_FIELDS: &[&str] =
    &["name", "title", "env", "host", "bind", "bind_ip", "container_port", "path", "url"];

impl Object for CommandContext {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let field = |name: &str| self.service.get_value_by_str(name);
        match key {
            "port" => {
                let (number, lookup) = (field("port")?, self.lookup.clone());
                Some(Value::from_object(PortInCommand { number, lookup }))
            }
            "ports" => Some(self.ports()),
            "service" => Some(self.lookup.service_function()),
            _ => OWN_FIELDS.contains(&key).then(|| field(key)).flatten(),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

impl CommandContext {
    /// The service's numbers by the names of its ports.
    fn ports(&self) -> Value {
        let entry = |port: &Value, name: &str| port.get_attr(name).unwrap_or_else(Value::from);
        Value::from_pairs(self.service.ports.iter().map(|port| (entry(port, "name"), entry(port, "port"))))
    }
}

/// The word `port` in a command: printed it is the service's own number,
/// called it is the function.
#[derive(Debug)]
pub(super) struct PortInCommand {
    number: Value,
    lookup: Lookup,
}

impl Object for PortInCommand {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let (id,): (&str,) = minijinja::value::from_args(args)?;
        self.lookup.port(id)
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.number, formatter)
    }
}

impl PortInCommand {
    /// The number, or the error of a service that has none.
    pub(super) fn number(&self) -> &Value {
        &self.number
    }
}
