//! Objects of Kubernetes: ports of containers and services, probes, variables.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::config::{self, Arguments, Runs};
use super::flat::{Flat, Setting};
use super::{ClusterObject, FilePath, Reader, Reading, Role, Side, Sighting, words};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "kubernetes",
    summary: "Kubernetes: ports of containers and services, probes, variables",
    takes: |path| path.has_extension(&["yml", "yaml", "tpl"]),
    knows,
    read,
};

fn knows(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("apiVersion:") && has("kind:")
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    if memchr::memmem::find(text.as_bytes(), b"{{").is_some() {
        lines_of_template(text, reading);
        return;
    }
    let flat = Flat::Tree(super::yaml::parse(text));
    let context = Context::new(text, &flat);
    let mut arguments = Arguments::default();
    flat.each(text, &mut |setting| {
        for mut found in context.in_setting(setting, &mut arguments) {
            found.service = context.names.get(&setting.document).cloned();
            if context.beside(setting, "protocol") == Some("UDP") {
                found.protocol = crate::model::Protocol::Udp;
            }
            reading.sightings.push(found);
        }
    });
    reading.objects = objects(text, &flat);
}

/// What the objects are, and how they find each other.
fn objects(text: &str, flat: &Flat) -> Vec<ClusterObject> {
    let mut found: BTreeMap<usize, ClusterObject> = BTreeMap::new();
    flat.each(text, &mut |setting| {
        let Some(value) = text.get(setting.at.clone()) else { return };
        let object = found.entry(setting.document).or_default();
        match setting.keys {
            ["kind"] => value.clone_into(&mut object.kind),
            ["metadata", "name"] => value.clone_into(&mut object.name),
            ["metadata", "labels", name] if object.kind == "Pod" => {
                object.labels.insert((*name).to_owned(), value.to_owned());
            }
            ["spec", "template", "metadata", "labels", name] => {
                object.labels.insert((*name).to_owned(), value.to_owned());
            }
            ["spec", "selector", name] => {
                object.selector.insert((*name).to_owned(), value.to_owned());
            }
            [.., "containers", "image"] => object.images.push(value.to_owned()),
            [.., "args" | "command"] => object.is_told = true,
            [.., "env", "name"] => object.is_told |= tells(value, &["PORT", "ADDR", "LISTEN", "BIND"]),
            [.., "volumeMounts", "mountPath"] => object.is_told |= tells(value, &["conf", "/etc", "init"]),
            keys => object.is_told |= keys.contains(&"envFrom"),
        }
    });
    found.into_values().filter(|object| !object.name.is_empty()).collect()
}

fn tells(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// What stands beside a setting, and above it.
struct Context<'t> {
    text: &'t str,
    names: HashMap<usize, String>,
    kinds: HashMap<usize, &'t str>,
    /// The values of some keys by the mapping that holds them.
    values: HashMap<(usize, &'static str), Range<usize>>,
}

/// Keys whose values are asked for beside others.
const ASKED: &[&str] = &["name", "protocol", "containerPort", "targetPort", "port", "host"];

impl<'t> Context<'t> {
    fn new(text: &'t str, flat: &Flat) -> Self {
        let mut context =
            Self { text, names: HashMap::new(), kinds: HashMap::new(), values: HashMap::new() };
        flat.each(text, &mut |setting| {
            let value = text.get(setting.at.clone()).unwrap_or("");
            match setting.keys {
                ["metadata", "name"] => {
                    context.names.insert(setting.document, value.to_owned());
                }
                ["kind"] => {
                    context.kinds.insert(setting.document, value);
                }
                _ => {}
            }
            if let Some(key) = ASKED.iter().find(|key| **key == setting.name()) {
                context.values.insert((setting.parent, key), setting.at.clone());
            }
        });
        context
    }

    fn beside(&self, setting: &Setting<'_>, key: &'static str) -> Option<&'t str> {
        self.text.get(self.values.get(&(setting.parent, key))?.clone())
    }

    fn in_setting(&self, setting: &Setting<'_>, arguments: &mut Arguments) -> Vec<Sighting> {
        let at = setting.at.clone();
        let is_service = self.kinds.get(&setting.document) == Some(&"Service");
        let number = |role, side| {
            let mut found = config::number(self.text, at.clone(), role)?;
            found.side = side;
            found.variable = Some(setting.name().to_owned());
            Some(found)
        };
        let found = match setting.keys {
            [.., "containerPort"] => number(Role::Expose, Side::Container),
            [.., "hostPort"] => number(Role::Publish, Side::Host).map(|found| self.into(found, setting)),
            [.., "ports", "nodePort"] => number(Role::Publish, Side::Host).map(|found| self.into(found, setting)),
            ["spec", "ports", "port"] if is_service => {
                number(Role::Expose, Side::Container).map(|found| self.into(found, setting))
            }
            ["spec", "ports", "targetPort"] if is_service => number(Role::Expose, Side::Container),
            [.., "httpGet" | "tcpSocket" | "grpc", "port"]
            | [.., "backend", "servicePort"]
            | [.., "backendRefs", "port"]
            | [.., "backend", "service", "port", "number"] => number(Role::Connect, Side::Container),
            [.., "annotations", "prometheus.io/port"] => number(Role::Expose, Side::Container),
            [.., "env", "value"] => {
                let name = self.beside(setting, "name").unwrap_or("");
                return config::assigned(self.text, name, at, Side::Container);
            }
            ["data" | "stringData", name] if !self.text[at.clone()].contains('\n') => {
                return config::assigned(self.text, name, at, Side::Container);
            }
            [.., "args" | "command"] => {
                let mut found = arguments.next(self.text, setting);
                let own = found.iter_mut().filter(|sighting| sighting.role == Role::Listen);
                own.for_each(|sighting| sighting.side = Side::Container);
                return found;
            }
            _ => return config::urls(self.text, at, Runs::InContainer),
        };
        found.into_iter().collect()
    }

    /// Says which port of the container it leads to.
    fn into(&self, mut found: Sighting, setting: &Setting<'_>) -> Sighting {
        let target = ["containerPort", "targetPort", "port"].into_iter().find_map(|key| self.beside(setting, key));
        found.container = target.and_then(words::port).map(crate::model::PortRange::single);
        found
    }
}

/// Keys whose numbers are ports in every object.
const KEYS: &[&str] = &["containerPort", "targetPort", "nodePort", "hostPort", "port"];

/// A template is no YAML before it is filled in: its lines say what they can.
fn lines_of_template(text: &str, reading: &mut Reading) {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let Some((key, value)) = line.split_once(':') else { continue };
        let key = key.trim().trim_start_matches("- ");
        let number = value.trim();
        let Some(port) = KEYS.iter().find(|own| **own == key).and_then(|_| words::port(number)) else { continue };
        let at = start + line.len() - value.trim_start().len();
        let is_host = matches!(key, "nodePort" | "hostPort");
        let role = if is_host { Role::Publish } else { Role::Expose };
        let mut found = config::unsure(at..at + number.len(), port, role);
        found.side = if is_host { Side::Host } else { Side::Container };
        found.variable = Some(key.to_owned());
        reading.sightings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn ports_of_objects_are_read() {
        check(
            "k8s/all.yaml",
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: api\nspec:\n  type: NodePort\n  ports:\n    - port: 80\n      targetPort: 8000\n      nodePort: 30080\n      protocol: UDP\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\n  annotations: {prometheus.io/port: \"9100\"}\nspec:\n  replicas: 3000\n  template:\n    spec:\n      securityContext: {runAsUser: 1000, fsGroup: 2000}\n      containers:\n        - name: api\n          image: api:8000\n          args: [\"--port\", \"8000\", \"--max\", \"9000\"]\n          ports:\n            - containerPort: 8000\n              hostPort: 18000\n          env:\n            - name: PORT\n              value: \"8000\"\n            - name: DB_URL\n              value: postgres://db:5432/x\n            - name: MAX\n              value: \"5000\"\n          livenessProbe:\n            httpGet: {path: /, port: 8000}\n            timeoutSeconds: 3000\n          resources: {limits: {memory: 512}}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  rules:\n    - http:\n        paths:\n          - backend:\n              service: {name: api, port: {number: 80}}\n",
            &[
                "8:13 80 Expose Container variable=port service=api container=8000 protocol=udp",
                "9:19 8000 Expose Container variable=targetPort service=api protocol=udp",
                "10:17 30080 Publish variable=nodePort service=api container=8000 protocol=udp",
                "17:38 9100 Expose Container variable=prometheus.io/port service=api",
                "26:29 8000 Listen Container variable=--port service=api",
                "28:30 8000 Expose Container variable=containerPort service=api",
                "29:25 18000 Publish variable=hostPort service=api container=8000",
                "32:23 8000 Assign Container variable=PORT service=api",
                "34:36 5432 Connect Container host=db variable=DB_URL service=api",
                "38:38 8000 Connect Container variable=port service=api",
                "50:51 80 Connect Container variable=number service=web",
            ],
        );
    }

    #[test]
    fn a_template_is_read_by_its_lines() {
        check(
            "chart/templates/deployment.yaml",
            "apiVersion: v1\nkind: {{ .Values.kind }}\nspec:\n  replicas: 3000\n  - containerPort: 8080\n    port: {{ .Values.port }}\n    nodePort: 30001\n",
            &[
                "5:20 8080 Expose Container variable=containerPort confidence=Low",
                "7:15 30001 Publish variable=nodePort confidence=Low",
            ],
        );
    }
}
