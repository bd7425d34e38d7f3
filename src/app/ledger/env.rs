//! The variables of this checkout, now.

use super::given::GivenPort;
use crate::app::list::say_which;
use crate::app::{Listed, ListedPort};
use crate::diagnostic::Failure;
use crate::model::{PortName, ServiceName, Variable};

/// Every variable of the table with its number here, then those of what was
/// reserved beside it; in the order of the table.
///
/// # Errors
/// A [`Failure`]: `no-number` where a port has none here yet, `ambiguous-port`
/// where several projects of the workspace give one name different numbers.
pub fn variables(listed: &Listed) -> Result<Vec<(String, String)>, Failure> {
    let mut all: Vec<Named> = Vec::new();
    for ListedPort { endpoint, project, folder, .. } in &listed.ports {
        let Some(variable) = &endpoint.variable else { continue };
        let Some(port) = endpoint.number.fixed() else {
            let failure =
                Failure::new("no-number", format!("`{}` has no number in this checkout yet", endpoint.id()));
            return Err(failure
                .help("`portgen render` gives every port its number, `portgen get NAME --reserve` one"));
        };
        let project = project.clone().unwrap_or_default();
        put(
            &mut all,
            Named { name: variable.to_string(), value: port.to_string(), project, folder: Some(folder) },
        )?;
    }
    for port in &listed.given {
        let Some((name, value)) = variable_of(port) else { continue };
        let folder = listed.ports.iter().find(|own| own.project.as_ref() == Some(&port.project));
        let folder = folder.map(|own| own.folder.as_str());
        put(&mut all, Named { name, value, project: port.project.clone(), folder })?;
    }
    Ok(all.into_iter().map(|named| (named.name, named.value)).collect())
}

/// A variable, and whose it is.
struct Named<'a> {
    name: String,
    value: String,
    project: String,
    /// The project's folder in the workspace, where a table says it.
    folder: Option<&'a str>,
}

/// Adds a variable. One that is there already stays as it is where it is the
/// same project's or has the same number.
fn put<'a>(all: &mut Vec<Named<'a>>, new: Named<'a>) -> Result<(), Failure> {
    let Some(known) = all.iter().find(|known| known.name == new.name) else {
        all.push(new);
        return Ok(());
    };
    if known.value == new.value || known.project == new.project {
        return Ok(());
    }
    let told = |named: &Named<'_>| format!("{} in project {}", named.value, named.project);
    let message = format!("`{}` is {} and {}", new.name, told(known), told(&new));
    let folders: Vec<&str> = [known.folder, new.folder].into_iter().flatten().collect();
    Err(Failure::new("ambiguous-port", message).help(say_which(folders)))
}

/// The variables of what was reserved for services that no table declares.
pub fn reserved_variables(given: &[GivenPort]) -> Vec<(String, String)> {
    given.iter().filter_map(variable_of).collect()
}

fn variable_of(port: &GivenPort) -> Option<(String, String)> {
    let id = port.service.as_deref()?;
    let (service, name) = id.split_once('.').unwrap_or((id, "default"));
    let service = ServiceName::parse(service).ok()?;
    let name = PortName::parse(name).ok()?;
    let variable = Variable::derive("", &service, &name).ok()?;
    Some((variable.to_string(), port.port.to_string()))
}
