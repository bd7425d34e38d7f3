//! What a merged service is: its ports, its environment, its names.

use std::ops::Range;

use super::environment::Environment;
use super::merge::as_pairs;
use super::mounts;
use super::ports::{self, Entry, Long};
use super::set::{ComposeService, ContainerPort, Origin, Published};
use super::value::{Key, Node, Value};
use crate::diagnostic::Confidence;
use crate::model::PortRange;
use crate::readers::interpolation::{Brought, Text};
use crate::readers::path;
use crate::readers::tree::Style;
use crate::source::{Place, Spanned};

/// A port of a `ports:` list, with where its numbers stand.
#[derive(Clone, Debug)]
pub(super) struct PortLine {
    /// What Compose takes it for.
    pub entry: Entry,
    /// The whole entry.
    pub place: Place,
    /// Where the host's ports stand, and what brought them.
    pub published: Option<(Place, Option<Brought>)>,
    /// Where the container's ports stand, and what brought them.
    pub target: (Place, Option<Brought>),
}

/// Reads an entry of a `ports:` list.
pub(super) fn port_line(node: &Node) -> Option<PortLine> {
    match &node.value {
        Value::Scalar(text, style) => {
            let entry = scalar_entry(text, *style)?;
            let at = |range: &Range<usize>| text.place_of(range.clone());
            let published = entry.published.as_ref().and_then(|(_, range)| at(range));
            let target = at(&entry.target_at)?;
            Some(PortLine { entry, place: node.place, published, target })
        }
        Value::Map(_) => long_line(node),
        _ => None,
    }
}

fn scalar_entry(text: &Text, style: Style) -> Option<Entry> {
    let is_filled_in = || text.place_of(0..text.as_str().len()).is_some_and(|(_, brought)| brought.is_some());
    let plain = text.as_str();
    let is_number = plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if style == Style::Plain && is_number && !is_filled_in() { ports::integer(plain) } else { ports::short(plain) }
}

/// The keys of the long syntax.
const LONG_KEYS: [&str; 7] = ["name", "mode", "host_ip", "target", "published", "protocol", "app_protocol"];

fn long_line(node: &Node) -> Option<PortLine> {
    let is_known = |key: &Key| LONG_KEYS.contains(&key.name.as_str()) || key.name.starts_with("x-");
    if !node.entries().all(|(key, _)| is_known(key)) {
        return None;
    }
    let field = |name| node.get(name).and_then(Node::as_str).unwrap_or("");
    let fields = Long {
        target: field("target"),
        published: field("published"),
        host_ip: field("host_ip"),
        protocol: field("protocol"),
    };
    let entry = ports::long(fields)?;
    let at = |name: &str, range: &Range<usize>| node.get(name)?.text()?.place_of(range.clone());
    let published = entry.published.as_ref().and_then(|(_, range)| at("published", range));
    let target = at("target", &entry.target_at)?;
    Some(PortLine { entry, place: node.place, published, target })
}

/// Makes a service of its merged node. Env files are opened by `environment_of`.
pub(super) fn service(key: &Key, node: &Node, env_files: &Environment, project: &Environment) -> ComposeService {
    let lines = port_lines(node);
    let is_on_host_network = node.get("network_mode").and_then(Node::as_str) == Some("host");
    let mut published: Vec<Published> = lines.iter().filter_map(published).collect();
    // The engine publishes nothing of what is on the host's network itself.
    published.retain(|port| !is_on_host_network || port.host == port.container);
    let mut container_ports: Vec<ContainerPort> = lines.iter().filter_map(target).collect();
    container_ports.extend(exposed(node));
    let image = node.get("image").and_then(Node::as_str).map(str::to_owned);
    let (build, dockerfile) = build(node);
    ComposeService {
        name: Spanned::new(key.name.clone(), key.place),
        image,
        build,
        dockerfile,
        profiles: strings(node, "profiles"),
        is_on_host_network,
        network_of: network_of(node),
        started_after: started_after(node),
        mounts: mounts::mounts(node),
        aliases: aliases(node),
        published,
        container_ports,
        environment: environment(node, env_files, project),
        command: command(node),
    }
}

/// The entries of `ports:`; of those that Compose takes for the same, the last.
pub(super) fn port_lines(node: &Node) -> Vec<PortLine> {
    let mut lines: Vec<PortLine> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    let Some(list) = node.get("ports") else { return lines };
    for line in list.items().filter_map(port_line) {
        let entry = &line.entry;
        let host = entry.published.as_ref().map(|(ports, _)| *ports);
        let same = (entry.address.clone(), host, entry.target, entry.transport as u8);
        match seen.get(&same) {
            Some(&index) => lines[index] = line,
            None => {
                seen.insert(same, lines.len());
                lines.push(line);
            }
        }
    }
    if lines.len() < MOST_COMPARED && lines.iter().any(|line| line.entry.target.len() > 1) {
        let ranges: Vec<Entry> = lines.iter().map(|line| line.entry.clone()).collect();
        let is_again = |line: &PortLine| ranges.iter().any(|range| is_part(&line.entry, range));
        lines.retain(|line| !is_again(line));
    }
    lines
}

/// How many entries of one service are compared with each other.
const MOST_COMPARED: usize = 500;

/// Whether an entry is a part of a longer one, which Compose takes apart port by port.
fn is_part(entry: &Entry, range: &Entry) -> bool {
    let (Some((own, _)), Some((all, _))) = (&entry.published, &range.published) else { return false };
    let offset = |ports: PortRange, target: PortRange| {
        i32::from(ports.first().get()) - i32::from(target.first().get())
    };
    !entry.is_pool
        && !range.is_pool
        && own.len() < all.len()
        && all.intersection(*own) == Some(*own)
        && entry.address == range.address
        && entry.transport == range.transport
        && offset(*own, entry.target) == offset(*all, range.target)
}

fn published(line: &PortLine) -> Option<Published> {
    let (host, _) = line.entry.published.as_ref()?;
    let (place, brought) = line.published.clone()?;
    Some(Published {
        place,
        entry: line.place,
        host: *host,
        container: line.entry.target,
        address: line.entry.bound_to(),
        protocol: line.entry.transport.protocol()?,
        origin: brought.map(|one| Origin { variable: one.variable, place: one.stretch.place }),
        confidence: Confidence::High,
    })
}

fn target(line: &PortLine) -> Option<ContainerPort> {
    let protocol = line.entry.transport.protocol()?;
    Some(ContainerPort { ports: line.entry.target, protocol, place: line.target.0 })
}

/// The ports of `expose:`.
fn exposed(node: &Node) -> Vec<ContainerPort> {
    let items = node.get("expose").into_iter().flat_map(Node::items);
    items.filter_map(|item| target(&exposed_line(item)?)).collect()
}

/// Reads an entry of an `expose:` list.
pub(super) fn exposed_line(item: &Node) -> Option<PortLine> {
    let text = item.text()?;
    let entry = ports::short(text.as_str()).filter(|entry| entry.published.is_none())?;
    let target = text.place_of(entry.target_at.clone())?;
    Some(PortLine { entry, place: item.place, published: None, target })
}

fn strings(node: &Node, key: &str) -> Vec<String> {
    let values = node.get(key).into_iter().flat_map(Node::one_or_more);
    let mut strings: Vec<String> = values.filter_map(Node::as_str).map(str::to_owned).collect();
    let mut seen = std::collections::HashSet::new();
    strings.retain(|text| seen.insert(text.clone()));
    strings
}

/// The folder of the build context and the Dockerfile, both relative to the root.
fn build(node: &Node) -> (Option<String>, Option<String>) {
    let Some(build) = node.get("build").filter(|build| !build.is_null()) else { return (None, None) };
    let context = build.as_str().or_else(|| build.get("context")?.as_str());
    let Some(context) = context.map(|context| context.trim_start_matches('/')) else { return (None, None) };
    if build.get("dockerfile_inline").is_some() {
        return (Some(context.to_owned()), None);
    }
    let name = build.get("dockerfile").and_then(Node::as_str).unwrap_or("Dockerfile");
    (Some(context.to_owned()), path::join(context, name))
}

/// The service whose network a service is in.
fn network_of(node: &Node) -> Option<String> {
    let mode = node.get("network_mode").and_then(Node::as_str)?;
    mode.strip_prefix("service:").map(|name| name.trim().to_owned())
}

/// The services that a service is started after, and of each whether it has ended by then.
fn started_after(node: &Node) -> Vec<(String, bool)> {
    let Some(list) = node.get("depends_on") else { return Vec::new() };
    let plain = list.items().filter_map(Node::as_str).map(|name| (name.to_owned(), false));
    let with_condition = list.entries().map(|(key, value)| {
        let condition = value.get("condition").and_then(Node::as_str);
        (key.name.clone(), condition == Some("service_completed_successfully"))
    });
    plain.chain(with_condition).collect()
}

fn aliases(node: &Node) -> Vec<String> {
    let mut aliases = Vec::new();
    let mut add = |name: &str| {
        if !name.is_empty() && !aliases.iter().any(|known| known == name) {
            aliases.push(name.to_owned());
        }
    };
    for key in ["container_name", "hostname"] {
        node.get(key).and_then(Node::as_str).into_iter().for_each(&mut add);
    }
    let networks = node.get("networks").into_iter().flat_map(Node::entries);
    for (_, network) in networks {
        let names = network.get("aliases").into_iter().flat_map(Node::items);
        names.filter_map(Node::as_str).for_each(&mut add);
    }
    aliases
}

/// The other names under which a service links to others: name and service.
pub(super) fn links(node: &Node) -> Vec<(String, String)> {
    let links = node.get("links").into_iter().flat_map(Node::items).filter_map(Node::as_str);
    links.filter_map(|link| link.split_once(':')).map(|(to, name)| (name.to_owned(), to.to_owned())).collect()
}

/// The environment: env files below, `environment` on top; what has no value
/// there is taken from the project's.
fn environment(node: &Node, env_files: &Environment, project: &Environment) -> Vec<(String, Spanned<String>)> {
    use crate::readers::interpolation::Values as _;
    let spanned = |text: &Text, place: Place| {
        let place = text.place_of(0..text.as_str().len()).map_or(place, |(place, _)| place);
        Spanned::new(text.as_str().to_owned(), place)
    };
    let mut all: Vec<(String, Spanned<String>)> =
        env_files.iter().map(|(name, text)| (name.to_owned(), spanned(text, Place::default()))).collect();
    let own = node.get("environment").map(|own| as_pairs(own.clone()));
    let mut index: std::collections::HashMap<String, usize> =
        all.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
    for (key, value) in own.iter().flat_map(Node::entries) {
        let value = match value.text().or_else(|| project.value(&key.name)) {
            Some(text) => spanned(text, value.place),
            None => continue,
        };
        match index.get(&key.name) {
            Some(&at) => all[at].1 = value,
            None => {
                index.insert(key.name.clone(), all.len());
                all.push((key.name.clone(), value));
            }
        }
    }
    all
}

fn command(node: &Node) -> Option<Spanned<String>> {
    let words = |key: &str| {
        let node = node.get(key)?;
        let words: Vec<&str> = node.one_or_more().filter_map(Node::as_str).collect();
        (!words.is_empty()).then(|| (words.join(" "), node.place))
    };
    match (words("entrypoint"), words("command")) {
        (Some((entry, _)), Some((command, place))) => Some(Spanned::new(format!("{entry} {command}"), place)),
        (Some((text, place)), None) | (None, Some((text, place))) => Some(Spanned::new(text, place)),
        (None, None) => None,
    }
}

