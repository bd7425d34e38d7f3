//! Valid tables: ranges, services, named ports, profiles, and titles with
//! every character that a format may trip over.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The named ranges, and one pool for services without a range: first numbers
/// of a thousand ports each, none of which anybody else uses.
const POOLS: [u16; 3] = [21_000, 22_000, 23_000];

/// A table that no rule speaks against.
#[derive(Clone, Debug)]
pub struct Table {
    /// The titles of the two ranges.
    pub ranges: [String; 2],
    pub services: Vec<Service>,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub name: String,
    pub title: Option<String>,
    /// The index of its pool; the last is no range.
    pub pool: usize,
    pub scheme: Option<&'static str>,
    pub path: Option<&'static str>,
    pub host: Option<&'static str>,
    pub status: &'static str,
    pub ports: Vec<Port>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// `None` for the port of a service that has only one.
    pub name: Option<String>,
    pub number: u16,
    /// The variable, where it is not the derived one.
    pub env: Option<String>,
    pub container: Option<u16>,
    /// The number in the profile `production`.
    pub production: Option<u16>,
}

impl Service {
    /// What people call it.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }

    /// `name` or `name.port`.
    pub fn id(&self, port: &Port) -> String {
        port.name.as_ref().map_or_else(|| self.name.clone(), |name| format!("{}.{name}", self.name))
    }

    /// The variable of a port.
    pub fn variable(&self, port: &Port) -> String {
        let derived = || format!("{}_PORT", self.id(port).to_uppercase().replace(['-', '.'], "_"));
        port.env.clone().unwrap_or_else(derived)
    }

    /// The URL of a port, where its scheme has one.
    pub fn url(&self, number: u16) -> Option<String> {
        let scheme = self.scheme.filter(|scheme| !["tcp", "udp"].contains(scheme))?;
        let host = self.host.unwrap_or("localhost");
        Some(format!("{scheme}://{host}:{number}{}", self.path.unwrap_or("")))
    }

    fn write(&self, text: &mut String) {
        let line = |key: &str, value: &str| format!("{key} = {}\n", quoted(value));
        text.push_str(&format!("[services.{}]\n", self.name));
        let texts = [
            ("title", self.title.as_deref()),
            ("range", ["one", "two"].get(self.pool).copied()),
            ("scheme", self.scheme),
            ("path", self.path),
            ("host", self.host),
            ("status", Some(self.status)),
        ];
        text.extend(texts.iter().filter_map(|(key, value)| value.map(|value| line(key, value))));
        match self.ports.as_slice() {
            [Port { name: None, number, env, container, .. }] => {
                text.push_str(&format!("port = {number}\n"));
                text.push_str(&env.as_deref().map(|env| line("env", env)).unwrap_or_default());
                text.push_str(
                    &container.map(|port| format!("container-port = {port}\n")).unwrap_or_default(),
                );
                text.push_str("command = \"run {{ port }}\"\n");
            }
            ports => {
                text.push_str(&format!("[services.{}.ports]\n", self.name));
                for port in ports {
                    let env = port.env.as_deref().map(|env| format!(", env = {}", quoted(env)));
                    let inside = port.container.map(|port| format!(", container-port = {port}"));
                    let rest = [env, inside].into_iter().flatten().collect::<String>();
                    let name = port.name.as_deref().unwrap_or("default");
                    text.push_str(&format!("{name} = {{ port = {}{rest} }}\n", port.number));
                }
            }
        }
        text.push_str(&format!("[services.{}.compose]\nimage = \"example/x:1\"\n", self.name));
    }
}

impl Table {
    /// The table as a person would write it, with the outputs behind it.
    pub fn text(&self, outputs: &str) -> String {
        let mut text = String::from("# a table\n[project]\nname = \"any\"\n");
        for (name, (title, first)) in ["one", "two"].iter().zip(self.ranges.iter().zip(POOLS)) {
            let title = quoted(title);
            text.push_str(&format!(
                "[ranges.{name}]\ntitle = {title}\nports = \"{first}-{}\"\n",
                first + 999
            ));
        }
        self.services.iter().for_each(|service| service.write(&mut text));
        text.push_str("[profiles.production]\n");
        for service in &self.services {
            let moved = service.ports.iter().filter_map(|port| Some((port, port.production?)));
            let named = moved.map(|(port, number)| match &port.name {
                None => format!("port = {number}\n"),
                Some(name) => format!("ports.{name} = {number}\n"),
            });
            let ports: String = named.collect();
            if !ports.is_empty() {
                let name = &service.name;
                text.push_str(&format!(
                    "[profiles.production.services.{name}]\nhost = \"a.example.com\"\n{ports}"
                ));
            }
        }
        text.push_str(outputs);
        text
    }

    /// The ports that an output without a selection shows.
    pub fn active(&self) -> Vec<(&Service, &Port)> {
        let active = self.services.iter().filter(|service| service.status == "active");
        active.flat_map(|service| service.ports.iter().map(move |port| (service, port))).collect()
    }

    /// Every variable with its number.
    pub fn variables(&self) -> BTreeMap<String, u16> {
        self.active().into_iter().map(|(service, port)| (service.variable(port), port.number)).collect()
    }

    /// The same table, each number moved up by one place in a gap of ten.
    pub fn moved(&self) -> Self {
        let mut moved = self.clone();
        let ports = moved.services.iter_mut().flat_map(|service| &mut service.ports);
        ports.for_each(|port| port.number += 1);
        moved
    }
}

/// Text as a TOML basic string: JSON's strings are some of them.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string")
}

/// Text that a format may trip over, without controls.
fn odd_text() -> impl Strategy<Value = String> {
    let tricky = [
        "|", "\"", "'", "#", "$", "`", "\\", "*/", "<!-- -->", "{{ x }}", "%PATH%", "${A}", ">>>", "é",
        "日本", "✅", " ",
    ];
    let part = prop_oneof![select(tricky.to_vec()).prop_map(str::to_owned), "[ -~]{1,6}"];
    vec(part, 1..5).prop_map(|parts| format!("T{}", parts.concat()))
}

type Drafted = (String, Option<String>, usize, Option<&'static str>, &'static str, Vec<(Option<bool>, bool)>);

/// A service whose name and numbers wait for its index. Letters before the
/// index and none behind it: two services never become one identifier.
fn drafted() -> impl Strategy<Value = Drafted> {
    let scheme = select(vec!["http", "https", "ws", "grpc", "tcp", "udp", "redis"]);
    let status = prop_oneof![4 => Just("active"), 1 => select(vec!["reserved", "disabled", "failed"])];
    let port = (option::of(any::<bool>()), any::<bool>());
    (
        "[a-z]{1,5}(-[a-z]{1,4})?",
        option::of(odd_text()),
        0..POOLS.len(),
        option::of(scheme),
        status,
        vec(port, 1..4),
    )
}

fn completed(index: usize, drafted: Drafted, extra: (bool, bool, bool)) -> Service {
    let (stem, title, pool, scheme, status, drafts) = drafted;
    let number = |port: usize| POOLS[pool] + u16::try_from(index * 40 + port * 10).expect("a small number");
    let is_named = drafts.len() > 1;
    let port = |(place, (production, env)): (usize, (Option<bool>, bool))| Port {
        name: is_named.then(|| format!("{}{place}", ["p", "the-q"][place % 2])),
        number: number(place),
        env: env.then(|| format!("OWN_{index}_{place}")),
        container: (extra.2 && place == 0).then_some(8_000),
        production: production.filter(|moves| *moves).map(|_| number(place) + 5),
    };
    let ports = drafts.into_iter().enumerate().map(port).collect();
    let has_path = extra.0 && !is_named && scheme.is_some_and(|scheme| !["tcp", "udp"].contains(&scheme));
    Service {
        name: format!("{stem}{index}"),
        title,
        pool,
        scheme,
        path: has_path.then_some("/v1/a"),
        host: extra.1.then_some("dev.example.com"),
        status,
        ports,
    }
}

/// Any valid table.
pub fn tables() -> impl Strategy<Value = Table> {
    let extra = (any::<bool>(), any::<bool>(), any::<bool>());
    let services = vec((drafted(), extra), 0..8);
    ([odd_text(), odd_text()], services).prop_map(|(ranges, services)| Table {
        ranges,
        services: services
            .into_iter()
            .enumerate()
            .map(|(index, (draft, extra))| completed(index, draft, extra))
            .collect(),
    })
}
