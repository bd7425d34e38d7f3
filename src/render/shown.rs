//! What an output shows of a table: the selected services, ports and ranges.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use super::table::{Numbers, PortObject, ServiceObject, Table, unknown_field};
use crate::model::{Endpoint, NamedRange, RangeName, Selection};
use crate::source::Spanned;

const RANGE_FIELDS: &[&str] = &[
    "name",
    "title",
    "ports",
    "first",
    "last",
    "allocation",
    "priority",
    "description",
    "services",
    "assigned",
    "numbers",
];

/// A named range, with the selected services and ports in it.
#[derive(Debug)]
pub(super) struct RangeObject {
    table: Arc<Table>,
    range: usize,
    services: Vec<Value>,
    assigned: Vec<Value>,
}

impl RangeObject {
    fn field(&self, range: &NamedRange, field: &str) -> Option<Value> {
        let ranges = range.ports.ranges();
        Some(match field {
            "name" => range.name.as_str().into(),
            "title" => range.title.as_str().into(),
            "ports" => range.ports.to_string().into(),
            "first" => ranges.iter().map(|range| range.first().get()).min().into(),
            "last" => ranges.iter().map(|range| range.last().get()).max().into(),
            "allocation" => range.allocation.as_str().into(),
            "priority" => range.priority.as_str().into(),
            "description" => range.description.as_deref().into(),
            "services" => self.services.iter().cloned().collect(),
            "assigned" => self.assigned.iter().cloned().collect(),
            "numbers" => {
                let numbers = self.assigned.iter().map(|port| port.get_attr("port"));
                numbers.map(|number| number.unwrap_or_else(Value::from)).collect()
            }
            _ => return None,
        })
    }
}

impl Object for RangeObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let range = self.table.ranges.get(self.range)?;
        Some(self.field(range, key).unwrap_or_else(|| unknown_field("a range", key, RANGE_FIELDS)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// The part of a table that an output shows, in declaration order.
#[derive(Debug)]
pub(super) struct Shown {
    table: Arc<Table>,
    services: Vec<Value>,
    ports: Vec<Value>,
    /// The ranges that are asked for by name; all where none is.
    wanted: Option<Vec<RangeName>>,
    ranges: OnceLock<Value>,
    service_list: Value,
    port_list: Value,
}

impl Shown {
    /// What a selection shows.
    pub(super) fn of(table: &Arc<Table>, selection: &Selection, numbers: Numbers) -> Arc<Self> {
        let mut services = Vec::new();
        let mut ports = Vec::new();
        for (index, service) in table.services.iter().enumerate() {
            if !selection.has_service(service) {
                continue;
            }
            let shows = |endpoint: &Endpoint| selection.has_endpoint(endpoint);
            let object = ServiceObject::with_ports(table, index, numbers, shows);
            ports.extend(object.ports.iter().cloned());
            services.push(Value::from_object(object));
        }
        let names = |names: &Vec<Spanned<RangeName>>| names.iter().map(|name| name.value.clone()).collect();
        Arc::new(Self {
            table: table.clone(),
            service_list: services.iter().cloned().collect(),
            port_list: ports.iter().cloned().collect(),
            services,
            ports,
            wanted: selection.ranges.as_ref().map(names),
            ranges: OnceLock::new(),
        })
    }

    /// The services, each with the ports of it that are shown.
    pub(super) fn services(&self) -> Value {
        self.service_list.clone()
    }

    /// The ports of those services.
    pub(super) fn ports(&self) -> Value {
        self.port_list.clone()
    }

    /// The named ranges, each with the services and ports of it that are shown.
    pub(super) fn ranges(&self) -> Value {
        self.ranges.get_or_init(|| self.grouped()).clone()
    }

    fn grouped(&self) -> Value {
        let ranges = &self.table.ranges;
        let names = ranges.iter().enumerate().map(|(index, range)| (range.name.as_str(), index));
        let index_of: BTreeMap<&str, usize> = names.rev().collect();
        let mut members: Vec<(Vec<Value>, Vec<Value>)> = vec![Default::default(); ranges.len()];
        let group = |range: Option<&Spanned<RangeName>>| index_of.get(range?.as_str()).copied();
        for value in &self.services {
            let service = value.downcast_object_ref::<ServiceObject>().and_then(ServiceObject::service);
            let index = service.and_then(|service| group(service.range.as_ref()));
            if let Some((services, _)) = index.and_then(|index| members.get_mut(index)) {
                services.push(value.clone());
            }
        }
        for value in &self.ports {
            let endpoint = value.downcast_object_ref::<PortObject>().and_then(PortObject::endpoint);
            let index = endpoint.and_then(|endpoint| group(endpoint.range.as_ref()));
            if let Some((_, assigned)) = index.and_then(|index| members.get_mut(index)) {
                assigned.push(value.clone());
            }
        }
        let is_wanted =
            |range: &NamedRange| self.wanted.as_ref().is_none_or(|wanted| wanted.contains(&range.name.value));
        let shown = members.into_iter().enumerate().zip(ranges).filter(|(_, range)| is_wanted(range));
        shown
            .map(|((range, (services, assigned)), _)| {
                Value::from_object(RangeObject { table: self.table.clone(), range, services, assigned })
            })
            .collect()
    }
}
