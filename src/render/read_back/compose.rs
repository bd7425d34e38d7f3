//! A compose file as YAML: exactly the planned services with the planned ports.

use serde_yaml::Value;

use super::ReadBack;
use crate::diagnostic::Finding;
use crate::model::{Mode, Service};
use crate::render::publish::{Style, entries};

pub(super) fn check(rendered: &ReadBack<'_>) -> Option<Finding> {
    let parsed = match serde_yaml::from_str::<Value>(rendered.text) {
        Ok(parsed) => parsed,
        Err(error) => return Some(rendered.finding(format!("what was rendered is no YAML: {error}"))),
    };
    let shown = |service: &&Service| rendered.output.selection.has_service(service);
    let services = rendered.table.services.iter().filter(shown);
    if rendered.bound.mode == Mode::Block {
        return services.into_iter().find_map(|service| compare(rendered, service, &parsed));
    }
    let planned: Vec<&Service> = services.filter(|service| service.has_container()).collect();
    let found = parsed.get("services").and_then(Value::as_mapping);
    let names: Vec<&str> = found.into_iter().flatten().filter_map(|(name, _)| name.as_str()).collect();
    let expected: Vec<&str> = planned.iter().map(|service| service.name.as_str()).collect();
    if names != expected || found.map_or(0, serde_yaml::Mapping::len) != names.len() {
        let message = format!("read back, the file has the services {names:?}, not {expected:?}");
        return Some(rendered.finding(message));
    }
    planned.into_iter().find_map(|service| {
        let body = found.and_then(|found| found.get(service.name.as_str()));
        compare(rendered, service, body.unwrap_or(&Value::Null))
    })
}

/// The ports of one service against the table.
fn compare(rendered: &ReadBack<'_>, service: &Service, body: &Value) -> Option<Finding> {
    let planned = planned(rendered, service)?;
    let ports = body.get("ports").and_then(Value::as_sequence);
    let found: Vec<Option<&str>> = ports.into_iter().flatten().map(Value::as_str).collect();
    let same = found.iter().copied().eq(planned.iter().map(|entry| Some(entry.as_str())));
    let quoted = planned.iter().all(|entry| rendered.text.contains(&format!("\"{entry}\"")));
    if same && quoted {
        return None;
    }
    let message = format!("read back, {} publishes {found:?}, not {planned:?}", service.name.value);
    Some(rendered.finding(message))
}

/// The entries of `ports:`; `None` where one cannot be published, which is a
/// finding already.
fn planned(rendered: &ReadBack<'_>, service: &Service) -> Option<Vec<String>> {
    let style = rendered.bound.option("ports").and_then(|option| option.as_str());
    let style = style.and_then(Style::parse).unwrap_or(Style::Default);
    let on_host_network = service.compose.as_ref().and_then(|keys| keys.get("network_mode"));
    if on_host_network.is_some_and(|mode| mode.as_str() == Some("host")) {
        return Some(Vec::new());
    }
    let shown = service.endpoints.iter().filter(|endpoint| rendered.output.selection.has_endpoint(endpoint));
    let mut planned = Vec::new();
    for endpoint in shown.filter(|endpoint| !endpoint.elsewhere) {
        planned.extend(entries(endpoint, style).ok()?);
    }
    Some(planned)
}
