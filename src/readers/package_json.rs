//! `package.json`: scripts, `config` and the `proxy` of a development server.

use super::tree::{Node, Style};
use super::values::{self, Setting};
use super::{FilePath, Reader, Reading, Role, Side, any_text, command, json, words};
use crate::model::PortRange;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "package-json",
    summary: "package.json: ports in scripts, config and proxy",
    takes,
    knows: any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    path.name() == "package.json"
}

/// Whether a package depends on something that serves what it bundles while people develop.
fn names_a_bundler(package: &str) -> bool {
    const BUNDLERS: &[&str] = &[
        "\"vite",
        "\"next\"",
        "\"nuxt",
        "react-scripts",
        // It bundles and ends, unless something serves what it made.
        "webpack-dev",
        "webpack-hot",
        "webpack serve",
        "webpack server",
        "@webpack",
        "@angular/",
        "\"astro\"",
        "parcel",
        "gatsby",
        "vue-cli",
        "@sveltejs/",
        "storybook",
        "remix",
        "\"expo",
        "rollup",
        "esbuild",
        "browser-sync",
        "rspack",
        "@docusaurus",
        "vuepress",
        "snowpack",
        "live-server",
        "http-server",
    ];
    BUNDLERS.iter().any(|name| package.contains(name))
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    reading.has_bundler = names_a_bundler(text);
    let tree = json::parse(text);
    let Some(root) = tree.root() else { return };
    let setting = Setting::code(Side::Host);
    for (_, script) in root.get("scripts").map(Node::entries).unwrap_or_default() {
        if let Some((raw, at)) = inside(text, script) {
            reading.sightings.extend(command::in_json(raw, at, &setting));
        }
    }
    for (key, value) in root.get("config").map(Node::entries).unwrap_or_default() {
        let Some((raw, at)) = inside(text, value) else { continue };
        if let (Some(name), Some(port)) = (key.text(), words::port(raw))
            && words::names_a_port(name)
        {
            let mut sighting = setting.sight(at..at + raw.len(), PortRange::single(port), Role::Define);
            sighting.variable = Some(name.to_owned());
            reading.sightings.push(sighting);
        }
    }
    let Some(proxy) = root.get("proxy") else { return };
    let rules = proxy.entries();
    let targets = rules.iter().filter_map(|(_, rule)| rule.get("target"));
    for node in targets.chain(std::iter::once(proxy)) {
        if let Some((raw, at)) = inside(text, node) {
            values::in_value("proxy", raw, at, &setting, &mut reading.sightings);
        }
    }
}

/// What a scalar says, escapes as written and quotes aside, and where.
fn inside<'a>(text: &'a str, node: Node<'_>) -> Option<(&'a str, usize)> {
    let style = node.style()?;
    let range = node.span().range();
    let quotes = usize::from(style == Style::Quoted);
    let raw = text.get(range.start + quotes..range.end.checked_sub(quotes)?)?;
    Some((raw, range.start + quotes))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn scripts_say_what_they_listen_on() {
        check(
            "web/package.json",
            "{\"scripts\": {\n\"dev\": \"next dev -p 3001\",\n\"all\": \"concurrently \\\"PORT=3002 npm start\\\" \\\"wait-on http://localhost:3003 && cypress\\\"\",\n\"test\": \"jest --testTimeout 8000 --maxWorkers=4\"\n},\n\"config\": {\"port\": \"3004\", \"size\": 3005},\n\"proxy\": \"http://localhost:3006\"}\n",
            &[
                "2:21 3001 Listen",
                "3:29 3002 Assign variable=PORT",
                "3:73 3003 Connect host=localhost",
                "6:21 3004 Define variable=port",
                "7:28 3006 Connect host=localhost variable=proxy",
            ],
        );
    }

    #[test]
    fn look_alikes_are_none() {
        check(
            "package.json",
            "{\"version\": \"3000.1.0\", \"engines\": {\"node\": \">=20\"}, \"dependencies\": {\"port\": \"8080\"}, \"repository\": \"http://localhost:1\", \"scripts\": {\"a\": \"node --max-old-space-size=4096 x\", \"b\": \"sleep 3000\"}}",
            &[],
        );
        check("package.json", "{\"scripts\": [\"serve -p 3000\"", &[]);
    }
}
