//! cloudflared's ingress: which host name leads to which local address.

use std::collections::HashMap;

use super::config::{self, Runs};
use super::flat::Flat;
use super::{FilePath, Reader, Reading};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "cloudflared",
    summary: "cloudflared: services of the ingress rules",
    takes: |path| path.has_extension(&["yml", "yaml"]),
    knows,
    read,
};

fn knows(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("ingress:") && has("service:") && has("hostname:") && !has("apiVersion:") && !has("image:")
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let flat = Flat::parse(path, text);
    let mut names: HashMap<usize, String> = HashMap::new();
    flat.each(text, &mut |setting| {
        if setting.keys == ["ingress", "hostname"] {
            names.insert(setting.parent, text.get(setting.at.clone()).unwrap_or("").to_owned());
        }
    });
    flat.each(text, &mut |setting| {
        // It runs beside what it leads to: its `localhost` is the machine.
        for mut found in config::urls(text, setting.at.clone(), Runs::OnMachine) {
            found.variable = names.get(&setting.parent).cloned();
            reading.sightings.push(found);
        }
        if setting.name() == "metrics" {
            reading.sightings.extend(config::listen(text, setting.at.clone(), false));
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn services_of_the_ingress_are_connected_to() {
        check(
            "cloudflared/config.yml",
            "tunnel: 1234\nmetrics: 0.0.0.0:2000\noriginRequest: {connectTimeout: 3000}\ningress:\n  - hostname: api.example.com\n    service: http://localhost:8000\n  - hostname: s.example.com\n    service: ssh://box:22\n  - service: http_status:404\n",
            &[
                "2:18 2000 Listen Unknown host=0.0.0.0",
                "6:31 8000 Connect host=localhost variable=api.example.com",
                "8:24 22 Connect Container host=box variable=s.example.com",
            ],
        );
    }
}
