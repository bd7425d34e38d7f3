//! Envoy: listeners, and the endpoints of its clusters.

use std::collections::HashMap;
use std::ops::Range;

use super::config;
use super::flat::{Flat, Setting};
use super::{FilePath, Reader, Reading, Role, Side, Sighting, words};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "envoy",
    summary: "Envoy: listeners, endpoints of clusters",
    takes: |path| path.has_extension(&["yml", "yaml", "json"]),
    knows,
    read,
};

fn knows(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("socket_address") && has("port_value") && (has("clusters") || has("listeners") || has("filter_chains"))
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let flat = Flat::parse(path, text);
    let mut addresses: HashMap<usize, Range<usize>> = HashMap::new();
    flat.each(text, &mut |setting| {
        if let [.., "socket_address", "address"] = setting.keys {
            addresses.insert(setting.parent, setting.at.clone());
        }
    });
    flat.each(text, &mut |setting| {
        if let [.., "socket_address", "port_value"] = setting.keys {
            let host = addresses.get(&setting.parent).and_then(|at| text.get(at.clone()));
            reading.sightings.extend(of_address(text, setting, host.unwrap_or("")));
        }
    });
}

fn of_address(text: &str, setting: &Setting<'_>, host: &str) -> Option<Sighting> {
    let is_endpoint = setting.keys.iter().any(|key| matches!(*key, "endpoint" | "clusters" | "hosts"));
    let role = if is_endpoint { Role::Connect } else { Role::Listen };
    let mut found = config::number(text, setting.at.clone(), role)?;
    found.side = Side::Unknown;
    if is_endpoint {
        // Its loopback address is its own container, where it runs in one.
        let side = words::side_of_host(host)?;
        found.side = if words::is_loopback(host) { Side::Unknown } else { side };
    }
    found.host = (!host.is_empty()).then(|| host.to_ascii_lowercase());
    Some(found)
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn listeners_listen_and_endpoints_are_connected_to() {
        check(
            "envoy.yaml",
            "admin:\n  address:\n    socket_address: { address: 0.0.0.0, port_value: 9901 }\nstatic_resources:\n  listeners:\n    - address:\n        socket_address:\n          address: 0.0.0.0\n          port_value: 8080\n      timeout: 3000s\n  clusters:\n    - name: api\n      connect_timeout: 0.25s\n      load_assignment:\n        endpoints:\n          - lb_endpoints:\n              - endpoint:\n                  address:\n                    socket_address:\n                      address: api\n                      port_value: 50051\n              - endpoint: {address: {socket_address: {address: api.example.com, port_value: 443}}}\n",
            &[
                "3:53 9901 Listen Unknown host=0.0.0.0",
                "9:23 8080 Listen Unknown host=0.0.0.0",
                "21:35 50051 Connect Container host=api",
            ],
        );
    }

    #[test]
    fn what_only_names_a_socket_is_none() {
        let text = "socket_address: {address: api, port_value: 8080}\n";
        let path = crate::readers::FilePath::new("notes.yaml");
        let reader = crate::readers::read(&path, text).map(|(reader, _)| reader.name);
        assert_ne!(reader, Some("envoy"));
    }
}
