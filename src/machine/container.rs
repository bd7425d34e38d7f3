//! Containers whose ports this machine publishes, as their runtime tells of them.

use std::path::PathBuf;

use serde_json::Value;

use crate::model::{Port, Protocol};

/// A container that runs, with the ports that it has on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// What its runtime calls it.
    pub name: String,
    /// The folder of the Compose project that it is of; `None` for one that
    /// was started otherwise.
    pub folder: Option<PathBuf>,
    /// Its service in that project.
    pub service: Option<String>,
    /// The ports that it has on this machine.
    pub ports: Vec<(Port, Protocol)>,
}

/// The labels that Compose gives its containers.
const FOLDER: &str = "com.docker.compose.project.working_dir";
const SERVICE: &str = "com.docker.compose.service";

/// Reads the answer of `GET /containers/json` (Docker Engine API; podman has
/// the same): a list of objects with `Names`, `Labels` and `Ports`. What is not
/// as expected is passed over.
pub fn read_containers(answer: &[u8]) -> Vec<Container> {
    let list: Value = serde_json::from_slice(answer).unwrap_or_default();
    list.as_array().into_iter().flatten().filter_map(container).collect()
}

fn container(value: &Value) -> Option<Container> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let name = text(value.get("Names")?.get(0)?)?;
    let label = |name: &str| value.get("Labels").and_then(|labels| text(labels.get(name)?));
    Some(Container {
        name: name.trim_start_matches('/').to_owned(),
        folder: label(FOLDER).map(PathBuf::from),
        service: label(SERVICE),
        ports: value.get("Ports").and_then(Value::as_array).into_iter().flatten().filter_map(port).collect(),
    })
}

fn port(value: &Value) -> Option<(Port, Protocol)> {
    let number = u16::try_from(value.get("PublicPort")?.as_u64()?).ok()?;
    let protocol =
        if value.get("Type").and_then(Value::as_str) == Some("udp") { Protocol::Udp } else { Protocol::Tcp };
    Some((Port::new(number)?, protocol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_containers_of_an_engine_are_read() {
        let answer = br#"[
            {"Id": "b6", "Names": ["/shop-db-1"], "State": "running",
             "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "db",
                        "com.docker.compose.project.working_dir": "/srv/shop"},
             "Ports": [{"IP": "127.0.0.1", "PrivatePort": 5432, "PublicPort": 15432, "Type": "tcp"},
                       {"PrivatePort": 9000, "Type": "tcp"},
                       {"IP": "::", "PrivatePort": 53, "PublicPort": 1053, "Type": "udp"}]},
            {"Names": ["/other"], "Labels": null, "Ports": null},
            {"Names": []}, 7]"#;
        let read = read_containers(answer);
        let [db, other] = &read[..] else { panic!("{read:?}") };
        assert_eq!((db.name.as_str(), db.service.as_deref()), ("shop-db-1", Some("db")));
        assert_eq!(db.folder.as_deref(), Some(std::path::Path::new("/srv/shop")));
        let ports: Vec<String> =
            db.ports.iter().map(|(port, protocol)| format!("{port}/{}", protocol.as_str())).collect();
        assert_eq!(ports, ["15432/tcp", "1053/udp"]);
        assert_eq!((other.name.as_str(), &other.folder, other.ports.len()), ("other", &None, 0));
        assert_eq!(read_containers(b"no answer"), []);
    }
}
