//! Caddyfiles: the addresses of sites and where requests are passed to.

use std::ops::Range;

use super::config::{self, Runs};
use super::{FilePath, Reader, Reading, Role, Sighting, words};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "caddy",
    summary: "Caddyfile: addresses of sites, reverse_proxy",
    takes,
    knows: super::any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    path.name().to_ascii_lowercase().starts_with("caddyfile") || path.has_extension(&["caddyfile", "caddy"])
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let mut depth = 0_usize;
    let mut offset = 0;
    // A file of one site has no braces around it.
    let mut is_first = true;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let words = words_at(line, start);
        let Some(first) = words.first() else { continue };
        let word = |at: &Range<usize>| text.get(at.clone()).unwrap_or("");
        let is_matcher = word(first).starts_with(['(', '@', '&']);
        let opens = words.last().is_some_and(|last| word(last) == "{");
        let closes = word(first) == "}";
        if depth == 0 && (opens || is_first) && !is_matcher && !closes {
            words.iter().for_each(|at| site(text, at.clone(), &mut reading.sightings));
        } else {
            directive(text, &words, &mut reading.sightings);
        }
        is_first = false;
        depth = (depth + usize::from(opens)).saturating_sub(usize::from(closes));
    }
}

/// The words of a line before its comment.
fn words_at(line: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = start;
    for word in line.split([' ', '\t', '\r', '\n']) {
        if word.starts_with('#') {
            break;
        }
        let inner = word.trim_end_matches(',');
        if !inner.is_empty() {
            found.push(at..at + inner.len());
        }
        at += word.len() + 1;
    }
    found
}

fn site(text: &str, at: Range<usize>, found: &mut Vec<Sighting>) {
    let mut start = at.start;
    for part in text.get(at).unwrap_or("").split(',') {
        found.extend(config::listen(text, start..start + part.len(), false));
        found.extend(fallback(text, start..start + part.len()));
        start += part.len() + 1;
    }
}

/// Directives whose arguments are addresses to connect to.
const UPSTREAMS: &[&str] = &["reverse_proxy", "to", "php_fastcgi", "forward_auth", "proxy", "lb_upstreams"];

fn directive(text: &str, words: &[Range<usize>], found: &mut Vec<Sighting>) {
    let [name, arguments @ ..] = words else { return };
    let name = text.get(name.clone()).unwrap_or("");
    for at in arguments {
        let value = text.get(at.clone()).unwrap_or("");
        if UPSTREAMS.contains(&name) {
            found.extend(upstream(text, at.clone(), value));
        } else if matches!(name, "http_port" | "https_port" | "admin") {
            found.extend(config::listen(text, at.clone(), true));
        } else {
            found.extend(config::urls(text, at.clone(), Runs::InContainer));
        }
    }
}

fn upstream(text: &str, at: Range<usize>, value: &str) -> Vec<Sighting> {
    if let Some(port) = value.strip_prefix(':').and_then(words::port) {
        let ports = crate::model::PortRange::single(port);
        let mut found = config::sighting(at.start + 1..at.end, ports, Role::Connect);
        found.side = super::Side::Unknown;
        found.host = Some("localhost".to_owned());
        return vec![found];
    }
    if let Some(found) = fallback(text, at.clone()) {
        return vec![found];
    }
    if value.contains("://") || config::is_address(value) {
        return config::addresses(text, at, Runs::InContainer);
    }
    Vec::new()
}

/// `{$NAME:localhost:8000}`, `{$NAME::8000}` and `:{$PORT:8000}`.
fn fallback(text: &str, at: Range<usize>) -> Option<Sighting> {
    let value = text.get(at.clone())?;
    let (_, inner) = value.split_once("{$")?;
    let (inner, _) = inner.split_once('}')?;
    let (name, default) = inner.split_once(':')?;
    let digits = default.rsplit(':').next()?;
    let port = words::port(digits)?;
    let end = at.start + value.find("{$")? + 2 + inner.len();
    let ports = crate::model::PortRange::single(port);
    let mut found = config::sighting(end - digits.len()..end, ports, Role::Fallback);
    found.side = super::Side::Unknown;
    found.variable = Some(name.to_owned());
    let host = default.strip_suffix(digits)?.trim_end_matches(':').rsplit('/').next()?;
    if !host.is_empty() {
        let side = words::side_of_host(host)?;
        if !words::is_loopback(host) {
            found.side = side;
        }
        found.host = Some(host.to_ascii_lowercase());
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn sites_listen_and_pass_on() {
        check(
            "Caddyfile",
            "{\n\tadmin localhost:2019\n\thttp_port 8081\n}\n:8080, http://localhost:3000 {\n\treverse_proxy /api/* api:8000 api2:8001 # old:9\n\treverse_proxy :5000\n\thandle {\n\t\treverse_proxy {\n\t\t\tto http://web:3001\n\t\t}\n\t}\n\tphp_fastcgi php:9000\n\theader Max-Age 31536\n\trespond \"x\" 404\n}\nshop.example.com:8443 {\n\treverse_proxy {$API:app:8002}\n}\n",
            &[
                "2:18 2019 Listen Unknown host=localhost",
                "3:12 8081 Listen Unknown",
                "5:2 8080 Listen Unknown",
                "5:25 3000 Listen Unknown host=localhost",
                "6:27 8000 Connect Container host=api",
                "6:37 8001 Connect Container host=api2",
                "7:17 5000 Connect Unknown host=localhost",
                "10:18 3001 Connect Container host=web",
                "13:18 9000 Connect Container host=php",
                "17:18 8443 Listen Unknown host=shop.example.com",
                "18:26 8002 Fallback Container host=app variable=API",
            ],
        );
        check("Caddyfile.dev", "localhost:2015\nreverse_proxy 127.0.0.1:9001\nlog_size 512\n", &[
            "1:11 2015 Listen Unknown host=localhost",
            "2:25 9001 Connect Unknown host=127.0.0.1",
        ]);
    }
}
