//! Traefik: entry points and the servers behind its services.

use super::config::{self, Runs};
use super::flat::Flat;
use super::{FilePath, Reader, Reading};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "traefik",
    summary: "Traefik: entry points, servers of services",
    takes: |path| path.has_extension(&["yml", "yaml", "toml"]),
    knows,
    read,
};

fn knows(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let is_static = has("entryPoints") || has("entrypoints:") || has("[entrypoints");
    let is_dynamic = has("loadBalancer") && has("servers");
    // Labels of a compose file and objects of a cluster say the same words.
    (is_static || is_dynamic) && !has("apiVersion:") && !has("image:")
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    Flat::parse(path, text).each(text, &mut |setting| {
        let lower: Vec<String> = setting.keys.iter().map(|key| key.to_ascii_lowercase()).collect();
        let keys: Vec<&str> = lower.iter().map(String::as_str).collect();
        let at = setting.at.clone();
        match keys.as_slice() {
            ["entrypoints", point, "address"] => {
                reading.sightings.extend(config::listen(text, at, false).map(|mut found| {
                    found.variable = Some(format!("entryPoints.{point}"));
                    found
                }));
            }
            [.., "services", service, "loadbalancer", "servers", "address" | "url"] => {
                for mut found in config::addresses(text, at, Runs::InContainer) {
                    found.service = Some((*service).to_owned());
                    reading.sightings.push(found);
                }
            }
            _ => reading.sightings.extend(config::urls(text, at, Runs::InContainer)),
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn entry_points_listen_and_servers_are_connected_to() {
        check(
            "traefik/traefik.yml",
            "entryPoints:\n  web:\n    address: \":80\"\n    transport: {lifeCycle: {graceTimeOut: 3000}}\n  dns:\n    address: ':53/udp'\nproviders:\n  docker: {endpoint: \"tcp://docker:2375\"}\n",
            &[
                "3:16 80 Listen Unknown variable=entryPoints.web",
                "6:16 53 Listen Unknown variable=entryPoints.dns protocol=udp",
                "8:36 2375 Connect Container host=docker",
            ],
        );
        check(
            "dynamic.toml",
            "[http.services.api.loadBalancer]\n[[http.services.api.loadBalancer.servers]]\nurl = \"http://api:8000\"\n[tcp.services.db.loadBalancer]\n[[tcp.services.db.loadBalancer.servers]]\naddress = \"db:5432\"\n",
            &[
                "3:19 8000 Connect Container host=api service=api",
                "6:15 5432 Connect Container host=db service=db",
            ],
        );
    }
}
