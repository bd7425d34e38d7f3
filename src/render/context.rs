//! What a template sees, by name; `docs/templates.md` documents every one.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use super::functions::Lookup;
use super::shown::Shown;
use super::table::{Numbers, Table};
use crate::model::Project;

/// The names, functions and filters that a template may use, for "did you mean".
pub(super) const NAMES: &[&str] = &[
    "align",
    "camel",
    "code",
    "command",
    "compose",
    "constant",
    "dedent",
    "fail",
    "identifier",
    "indent",
    "isort",
    "join",
    "js",
    "js_key",
    "js_name",
    "kebab",
    "length",
    "line",
    "map",
    "md",
    "names",
    "options",
    "output",
    "pascal",
    "port",
    "ports",
    "profile",
    "project",
    "published",
    "py",
    "ranges",
    "rejectattr",
    "replace",
    "reserved",
    "selectattr",
    "service",
    "services",
    "sh",
    "snake",
    "tojson",
    "url_at",
    "yaml",
];

/// The part of a context that all outputs share.
#[derive(Debug)]
pub(super) struct Shared {
    project: Value,
    reserved: Value,
    compose: Value,
}

impl Shared {
    pub(super) fn of(project: &Project) -> Arc<Self> {
        let fields = [
            ("name", project.name.as_ref().map(|name| name.as_str()).into()),
            ("description", project.description.as_deref().into()),
            ("host", Value::from(project.host.as_str())),
            ("domain", project.domain.as_deref().into()),
        ];
        let reserved = project.reserved.iter().map(|entry| {
            Value::from_pairs([
                ("ports", Value::from(entry.ports.to_string())),
                ("owner", entry.owner.as_deref().into()),
                ("reason", entry.reason.as_deref().into()),
            ])
        });
        let compose = project.compose.as_ref();
        Arc::new(Self {
            project: Value::from_pairs(fields),
            reserved: reserved.collect(),
            compose: compose.map_or_else(
                || Value::from_pairs(std::iter::empty::<(&str, Value)>()),
                |data| super::data::value(&data.value),
            ),
        })
    }
}

/// The context of one output, patch or option.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) table: Arc<Table>,
    pub(super) shown: Arc<Shown>,
    /// Not there while the options themselves are rendered, nor for a patch.
    pub(super) options: Option<Value>,
    /// Not there for a patch.
    pub(super) output: Option<Value>,
}

impl Context {
    /// The value that a template is rendered with.
    pub(super) fn value(self) -> Value {
        Value::from_object(self)
    }

    fn profile(&self) -> Value {
        let Some((name, kind)) = &self.table.profile else { return Value::from(()) };
        Value::from_pairs([("name", name.as_str()), ("kind", kind.as_str())])
    }

    fn lookup(&self) -> Lookup {
        Lookup { table: self.table.clone(), numbers: Numbers::Literal }
    }
}

impl Object for Context {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(match key {
            "project" => self.shared.project.clone(),
            "reserved" => self.shared.reserved.clone(),
            "compose" => self.shared.compose.clone(),
            "services" => self.shown.services(),
            "ports" => self.shown.ports(),
            "ranges" => self.shown.ranges(),
            "profile" => self.profile(),
            "options" => self.options.clone()?,
            "output" => self.output.clone()?,
            "service" => self.lookup().service_function(),
            "port" => self.lookup().port_function(),
            "command" => self.lookup().command_function(),
            _ => return None,
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}
