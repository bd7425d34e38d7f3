//! The variables of this checkout, now.

use super::given::GivenPort;
use crate::app::{Listed, ListedPort};
use crate::diagnostic::Failure;
use crate::model::{PortName, ServiceName, Variable};

/// Every variable of the table with its number here, then those of what was
/// reserved beside it; in the order of the table.
///
/// # Errors
/// A [`Failure`] with the code `no-number` where a port has none here yet.
pub fn variables(listed: &Listed) -> Result<Vec<(String, String)>, Failure> {
    let mut all: Vec<(String, String)> = Vec::new();
    for ListedPort { endpoint, .. } in &listed.ports {
        let Some(variable) = &endpoint.variable else { continue };
        let Some(port) = endpoint.number.fixed() else {
            let failure =
                Failure::new("no-number", format!("`{}` has no number in this checkout yet", endpoint.id()));
            return Err(failure
                .help("`portgen render` gives every port its number, `portgen get NAME --reserve` one"));
        };
        all.push((variable.to_string(), port.to_string()));
    }
    for (name, value) in reserved_variables(&listed.given) {
        if all.iter().all(|(known, _)| *known != name) {
            all.push((name, value));
        }
    }
    Ok(all)
}

/// The variables of what was reserved for services that no table declares.
pub fn reserved_variables(given: &[GivenPort]) -> Vec<(String, String)> {
    let variable = |port: &GivenPort| {
        let id = port.service.as_deref()?;
        let (service, name) = id.split_once('.').unwrap_or((id, "default"));
        let service = ServiceName::parse(service).ok()?;
        let name = PortName::parse(name).ok()?;
        let variable = Variable::derive("", &service, &name).ok()?;
        Some((variable.to_string(), port.port.to_string()))
    };
    given.iter().filter_map(variable).collect()
}
