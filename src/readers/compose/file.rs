//! The ports that one compose file states by itself, whatever its variables
//! are set to.

use super::service::{PortLine, exposed_line, port_line};
use super::value::{Key, Taker};
use crate::model::{PortRange, Protocol};
use crate::readers::interpolation::{Brought, Unset};
use crate::readers::tree::{Node, Style};
use crate::readers::values::{self, Setting};
use crate::readers::{Role, Side, Sighting, command, words};
use crate::source::{Place, SourceId};

/// How many nodes of one file are looked at: aliases may multiply them.
const MOST_NODES: usize = 100_000;

/// Every port that a document states.
pub(super) fn sightings(root: Node<'_>, text: &str, out: &mut Vec<Sighting>) {
    let Some(services) = super::services_of(root) else { return };
    let mut budget = MOST_NODES;
    let mut taker = Taker { source: SourceId::default(), text, values: &Unset, budget: &mut budget };
    for (key, node) in taker.entries(services) {
        let first = out.len();
        of_service(&mut taker, node, out);
        for sighting in out.iter_mut().skip(first) {
            sighting.service = Some(key.name.clone());
        }
    }
}

fn of_service(taker: &mut Taker<'_>, service: Node<'_>, out: &mut Vec<Sighting>) {
    let inside = Setting::code(Side::Container);
    for (key, node) in taker.entries(service) {
        match key.name.as_str() {
            "ports" => {
                for item in node.items() {
                    let item = taker.take(item);
                    port_line(&item).iter().for_each(|line| of_port(line, out));
                }
            }
            "expose" => {
                for item in node.items() {
                    let item = taker.take(item);
                    exposed_line(&item).iter().for_each(|line| of_port(line, out));
                }
            }
            "environment" => variables(taker, node, &inside, out),
            "build" => {
                if let Some(arguments) = node.get("args") {
                    variables(taker, arguments, &inside, out);
                }
            }
            "command" | "entrypoint" => of_command(taker, node, &inside, out),
            "healthcheck" => {
                if let Some(test) = node.get("test") {
                    let first = out.len();
                    of_command(taker, test, &inside, out);
                    // It runs inside: its `localhost` is the container.
                    out.iter_mut().skip(first).for_each(|sighting| sighting.side = Side::Container);
                }
            }
            "labels" => labels(taker, node, out),
            "deploy" => {
                if let Some(node) = node.get("labels") {
                    labels(taker, node, out);
                }
            }
            _ => {}
        }
    }
}

/// A number that is written here and not brought from elsewhere.
fn digits(place: Place, brought: Option<&Brought>) -> Option<(Place, Option<String>)> {
    match brought {
        None => Some((place, None)),
        Some(one) if one.stretch.is_exact => Some((one.stretch.place, Some(one.variable.clone()))),
        Some(_) => None,
    }
}

fn of_port(line: &PortLine, out: &mut Vec<Sighting>) {
    let Some(protocol) = line.entry.transport.protocol() else { return };
    let published = line.entry.published.as_ref().zip(line.published.as_ref());
    if let Some(((ports, _), (place, brought))) = published
        && let Some((place, variable)) = digits(*place, brought.as_ref())
    {
        let role = if variable.is_some() { Role::Fallback } else { Role::Publish };
        let mut sighting = Sighting::new(place.span, *ports, role);
        sighting.variable = variable;
        sighting.host = line.entry.address.as_deref().map(str::to_ascii_lowercase);
        sighting.container = Some(line.entry.target);
        sighting.protocol = protocol;
        out.push(sighting);
    }
    let (place, brought) = &line.target;
    let is_own = published.is_none() || brought.is_some();
    if let Some((place, variable)) = digits(*place, brought.as_ref()).filter(|_| is_own) {
        let role = if variable.is_some() { Role::Fallback } else { Role::Expose };
        out.push(Sighting { variable, ..inner(place, line.entry.target, role, protocol) });
    }
}

fn inner(place: Place, ports: PortRange, role: Role, protocol: Protocol) -> Sighting {
    Sighting { side: Side::Container, protocol, ..Sighting::new(place.span, ports, role) }
}

/// `environment` and `args`: a mapping, or a list of `NAME=value`.
fn variables(taker: &mut Taker<'_>, node: Node<'_>, setting: &Setting, out: &mut Vec<Sighting>) {
    for (name, start, value) in pairs(taker, node) {
        let first = out.len();
        values::in_value(&name, value, start, setting, out);
        let is_local = |one: &&mut Sighting| one.host.as_deref().is_some_and(words::is_loopback);
        for sighting in out.iter_mut().skip(first).filter(is_local) {
            // A URL of this machine is the container's own, or one for a browser.
            sighting.side = if is_for_browsers(&name) { Side::Host } else { Side::Unknown };
        }
    }
}

/// Whether a variable's value is handed on to what runs outside.
fn is_for_browsers(name: &str) -> bool {
    let prefixes =
        ["VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "PUBLIC_", "EXPO_PUBLIC_", "VUE_APP_", "NG_APP_"];
    let outside = ["cors", "origin", "origins", "public", "external", "redirect", "callback", "browser", "advertised"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || words::words_of(name).iter().any(|word| outside.contains(&word.as_str()))
}

/// Names, and where their values stand in the text.
fn pairs<'t>(taker: &mut Taker<'t>, node: Node<'_>) -> Vec<(String, usize, &'t str)> {
    let text = taker.text;
    if node.is_mapping() {
        let entries = taker.entries(node);
        let own = |(key, value): (Key, Node<'_>)| {
            let span = value.text_span(text)?.range();
            Some((key.name, span.start, text.get(span)?))
        };
        return entries.into_iter().filter_map(own).collect();
    }
    let item = |item: Node<'_>| {
        let span = item.text_span(text)?.range();
        let (name, value) = text.get(span.clone())?.split_once('=')?;
        Some((name.to_owned(), span.end - value.len(), value))
    };
    node.items().take(*taker.budget).filter_map(item).collect()
}

/// A command in a text, or word by word in a list.
fn of_command(taker: &Taker<'_>, node: Node<'_>, setting: &Setting, out: &mut Vec<Sighting>) {
    let span = node.target().span().range();
    let Some(raw) = taker.text.get(span.clone()) else { return };
    if !raw.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    if node.is_sequence() {
        if let Some((masked, base)) = masked(taker.text, node) {
            out.extend(command::sightings(&masked, base, setting));
        }
        return;
    }
    match (node.style(), node.text_span(taker.text)) {
        (_, Some(span)) => {
            let text = taker.text.get(span.range()).unwrap_or("");
            out.extend(command::sightings(text, span.range().start, setting));
        }
        (Some(Style::Block), None) => {
            let header = raw.find('\n').map_or(0, |end| end + 1);
            let body = &raw[header..];
            let is_folded = raw.trim_start().starts_with('>');
            let body = if is_folded { body.replace('\n', " ") } else { body.to_owned() };
            out.extend(command::sightings(&body, span.start + header, setting));
        }
        _ => {
            // Escapes and folded lines: the numbers still stand as they are.
            let inner: String = raw.replace(['\n', '\r'], " ");
            let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or("").replace("\\\"", "\u{1}\"");
            out.extend(command::sightings(&inner, span.start + 1, setting));
        }
    }
}

/// The words of a list as one line of a shell, every byte where it stands in
/// the text; words with blanks stand in quotes.
fn masked(text: &str, list: Node<'_>) -> Option<(String, usize)> {
    let mut words: Vec<_> = list.target().items().collect();
    let is_marker = |node: &Node<'_>| matches!(node.text(), Some("CMD" | "CMD-SHELL" | "NONE"));
    if words.first().is_some_and(is_marker) {
        words.remove(0);
    }
    let spans: Vec<_> = words.iter().filter_map(|word| word.text_span(text)).collect();
    let (start, end) = (spans.first()?.range().start.checked_sub(1)?, spans.last()?.range().end + 1);
    let mut bytes = vec![b' '; end.checked_sub(start)?];
    for span in &spans {
        let range = span.range();
        let at = range.start.checked_sub(start)?..range.end.checked_sub(start)?;
        let word = text.get(range)?;
        bytes.get_mut(at.clone())?.copy_from_slice(word.as_bytes());
        let is_several = word.contains([' ', '\n', ';', '|', '&']);
        if is_several && spans.len() > 1 {
            let quote = if word.contains('"') { b'\'' } else { b'"' };
            *bytes.get_mut(at.start.checked_sub(1)?)? = quote;
            *bytes.get_mut(at.end)? = quote;
        }
    }
    Some((String::from_utf8(bytes).ok()?, start))
}

/// Labels by which proxies learn a container's port.
fn labels(taker: &mut Taker<'_>, node: Node<'_>, out: &mut Vec<Sighting>) {
    for (name, start, value) in pairs(taker, node) {
        let (at, digits) = match value.split_once("upstreams") {
            Some((_, rest)) => {
                let digits = rest.trim_end_matches(['}', ' ']).rsplit(' ').next().unwrap_or("");
                (value.len() - rest.len() + rest.find(digits).unwrap_or(0), digits)
            }
            None => (0, value.trim()),
        };
        let last = name.rsplit('.').next().unwrap_or("");
        let is_upstream = value.contains("{{") && value.contains("upstreams");
        let first = out.len();
        if let Some(port) = words::port(digits).filter(|_| is_upstream || words::names_a_port(last)) {
            let from = start + at + if is_upstream { 0 } else { value.find(digits).unwrap_or(0) };
            let place = Place::new(SourceId::default(), from..from + digits.len());
            let own = inner(place, PortRange::single(port), Role::Expose, Protocol::Tcp);
            // A proxy takes it for the container's: the label's name tells it from `expose`.
            out.push(Sighting { variable: Some(name.clone()), ..own });
        } else if words::names_a_port(last) {
            values::fallbacks(value, start, &Setting::code(Side::Container), true, out);
        }
        for url in words::urls(value) {
            out.extend(values::authority(value, &url, start, &Setting::code(Side::Container), false));
        }
        out.iter_mut().skip(first).filter(|one| one.role == Role::Connect).for_each(|one| {
            one.variable.get_or_insert_with(|| name.clone());
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn entries_of_ports_are_published_or_exposed() {
        check(
            "docker-compose.yml",
            "services:\n  api:\n    ports:\n      - 8000:80\n      - \"127.0.0.1:${DB_PORT:-5432}:5432/udp\"\n      - ${X}:81\n      - 82\n      - target: 83\n        published: \"9000-9001\"\n      - ${A}:${B:-84}\n      - 0:85\n      - [bad]\n    expose: [\"86\", 87-88]\n    image: redis:7\n",
            &[
                "4:9 8000 Publish service=api container=80",
                "5:31 5432 Fallback host=127.0.0.1 variable=DB_PORT service=api container=5432 protocol=udp",
                "6:14 81 Expose Container service=api",
                "7:9 82 Expose Container service=api",
                "9:21 9000-9001 Publish service=api container=83",
                "10:19 84 Fallback Container variable=B service=api",
                "11:11 85 Expose Container service=api",
                "13:15 86 Expose Container service=api",
                "13:20 87-88 Expose Container service=api",
            ],
        );
    }

    #[test]
    fn variables_commands_and_health_checks_are_of_the_container() {
        check(
            "compose.yaml",
            "services:\n  api:\n    environment:\n      PORT: 8000\n      DB_URL: \"postgres://u:p@db:${DB_PORT:-5432}/x\"\n      TIMEOUT: 3000\n      API: http://localhost:9000\n    command: [\"uvicorn\", \"app:app\", \"--port\", \"8000\"]\n    healthcheck:\n      test: [\"CMD-SHELL\", \"curl -f http://localhost:8001/health || exit 1\"]\n      interval: 30s\n  web:\n    environment:\n      - API_PORT=8000\n      - DEBUG\n    entrypoint: >\n      serve\n      --port 3000\n    build:\n      args:\n        APP_PORT: '3001'\n    healthcheck:\n      test:\n        - CMD\n        - curl\n        - http://127.0.0.1:3000\n",
            &[
                "4:13 8000 Assign Container variable=PORT service=api",
                "5:45 5432 Fallback Container variable=DB_PORT service=api",
                "7:29 9000 Connect Unknown host=localhost variable=API service=api",
                "8:48 8000 Listen Container service=api",
                "10:53 8001 Connect Container host=localhost service=api",
                "14:18 8000 Assign Container variable=API_PORT service=web",
                "18:14 3000 Listen Container service=web",
                "21:20 3001 Assign Container variable=APP_PORT service=web",
                "26:28 3000 Connect Container host=127.0.0.1 service=web",
            ],
        );
    }

    #[test]
    fn labels_of_proxies_name_the_containers_port() {
        check(
            "compose.yaml",
            "services:\n  web:\n    labels:\n      - \"traefik.http.services.web.loadbalancer.server.port=8080\"\n      - traefik.http.routers.web.rule=Host(`a.example.com`)\n      - com.example.timeout=3000\n  other:\n    labels:\n      caddy: a.example.com\n      caddy.reverse_proxy: \"{{upstreams http 8081}}\"\n    environment:\n      VIRTUAL_PORT: 82\n",
            &[
                "4:61 8080 Expose Container variable=traefik.http.services.web.loadbalancer.server.port service=web",
                "10:46 8081 Expose Container variable=caddy.reverse_proxy service=other",
                "12:21 82 Assign Container variable=VIRTUAL_PORT service=other",
            ],
        );
    }

    #[test]
    fn what_looks_like_a_port_and_is_none_is_left_out() {
        check(
            "compose.yaml",
            "services:\n  web:\n    image: node:20\n    user: \"1000:1000\"\n    volumes: ['./a:/b', '8080:/c']\n    environment:\n      TZ: UTC\n      START: '10:30'\n      MAX_UPLOAD: 8388608\n      UID: 1000\n    mem_limit: 3000m\n    shm_size: 8080\n    logging: {options: {max-size: 1000}}\n    extra_hosts: ['a:10.0.0.1']\n    stop_grace_period: 30s\n",
            &[],
        );
    }

    #[test]
    fn a_service_has_what_it_merges_in() {
        check(
            "compose.yaml",
            "x-base: &base\n  ports: ['80:1']\nservices:\n  a:\n    <<: *base\n  b:\n    <<: *base\n    ports: &p ['81:1']\n  c:\n    ports: *p\n",
            &[
                "2:12 80 Publish service=a container=1",
                "8:17 81 Publish service=b container=1",
                "8:17 81 Publish service=c container=1",
            ],
        );
    }
}
