//! Workflows of continuous integration: services' ports, variables and what
//! steps run.

use super::tree::{Kind, Node, Style, Tree};
use super::values::{self, Setting};
use super::{FilePath, Reader, Reading, Side, Sighting, any_text, command, yaml};
use crate::diagnostic::Confidence;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "workflow",
    summary: "CI workflows (GitHub, GitLab, CircleCI): services' ports, variables, ports in what is run",
    takes,
    knows: any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let is_yaml = path.has_extension(&["yml", "yaml"]);
    let folder = path.folder();
    let is_github = folder.ends_with(".github/workflows") || folder.ends_with(".gitea/workflows");
    is_yaml
        && (is_github
            || path.is_named(&[".gitlab-ci.yml", "bitbucket-pipelines.yml"])
            || (folder.ends_with(".circleci") && path.is_named(&["config.yml"])))
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let tree = yaml::parse(text);
    let setting = Setting::code(Side::Host);
    keys(text, &tree, &setting.at_most(Confidence::Medium), &mut reading.sightings);
    let jobs = tree.root().and_then(|root| root.get("jobs")).map(Node::entries).unwrap_or_default();
    for (job, body) in jobs {
        // In a container, services have their own names and ports.
        if body.get("container").is_none() && body.get("services").is_some() {
            reading.jobs.push(body.span());
        }
        for (name, service) in body.get("services").map(Node::entries).unwrap_or_default() {
            // Two jobs run on two machines: what they publish never meets.
            let owner = format!("{}.{}", job.text().unwrap_or(""), name.text().unwrap_or(""));
            for entry in service.get("ports").iter().flat_map(|ports| ports.items()) {
                let Some(span) = entry.text_span(text) else { continue };
                let written = text.get(span.range()).unwrap_or_default();
                let found = command::publication(written, span.range().start, &setting);
                reading.sightings.extend(found.map(|one| Sighting { service: Some(owner.clone()), ..one }));
            }
        }
    }
}

/// Variables and commands below the keys that tools of this kind have for
/// them, wherever they stand.
pub(super) fn keys(text: &str, tree: &Tree, setting: &Setting, out: &mut Vec<Sighting>) {
    for node in &tree.nodes {
        let Kind::Mapping(pairs) = &node.kind else { continue };
        for &(key, value) in pairs {
            let (key, value) = (tree.node(key), tree.node(value));
            match key.text() {
                // An alias was read where its anchor is.
                _ if matches!(value.written().kind, Kind::Alias(_)) => {}
                Some("env" | "vars" | "variables" | "environment") => variables(text, value, setting, out),
                Some("run" | "cmd" | "cmds" | "script" | "before_script" | "after_script" | "command") => {
                    commands(text, value, setting, out);
                }
                _ => {}
            }
        }
    }
}

fn variables(text: &str, node: Node<'_>, setting: &Setting, out: &mut Vec<Sighting>) {
    for (key, value) in node.entries() {
        if let (Some(name), Some(span)) = (key.text(), value.text_span(text)) {
            let written = text.get(span.range()).unwrap_or_default();
            values::in_value(name, written, span.range().start, setting, out);
        }
    }
}

fn commands(text: &str, node: Node<'_>, setting: &Setting, out: &mut Vec<Sighting>) {
    for scalar in node.items().chain(std::iter::once(node)) {
        let Some(style) = scalar.style() else { continue };
        let range = scalar.span().range();
        let quotes = usize::from(style == Style::Quoted);
        let end = range.end.saturating_sub(quotes);
        if let Some(raw) = text.get(range.start + quotes..end) {
            out.extend(command::sightings(raw, range.start + quotes, setting));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn services_publish_for_their_job_alone() {
        check(
            ".github/workflows/ci.yml",
            "jobs:\n  a:\n    services:\n      db:\n        image: postgres:16\n        ports: ['5433:5432', 6379]\n  b:\n    services:\n      db:\n        ports:\n          - 5433:5432/tcp\n",
            &[
                "6:18 5433 Publish service=a.db container=5432",
                "11:13 5433 Publish service=b.db container=5432",
            ],
        );
    }

    #[test]
    fn variables_and_steps_are_read() {
        check(
            ".github/workflows/ci.yml",
            "env:\n  API_PORT: 8000\n  NODE_VERSION: 20\njobs:\n  a:\n    timeout-minutes: 60\n    steps:\n      - run: |\n          npm ci\n          PORT=3000 npm start &\n          curl http://localhost:3000/\n      - run: npx serve -p 3001\n        env: {URL: 'http://localhost:3002'}\n      - uses: a/b@v8080\n",
            &[
                "2:13 8000 Assign variable=API_PORT confidence=Medium",
                "10:16 3000 Assign variable=PORT confidence=Medium",
                "11:33 3000 Connect host=localhost confidence=Medium",
                "12:27 3001 Listen confidence=Medium",
                "13:38 3002 Connect host=localhost variable=URL confidence=Medium",
            ],
        );
    }

    #[test]
    fn other_pipelines_are_read() {
        check(
            ".gitlab-ci.yml",
            "variables:\n  DB_PORT: \"5432\"\ntest:\n  script:\n    - uvicorn a --port 8000\n    - sleep 3000\n",
            &[
                "2:13 5432 Assign variable=DB_PORT confidence=Medium",
                "5:24 8000 Listen confidence=Medium",
            ],
        );
    }
}
