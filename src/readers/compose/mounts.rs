//! Files and folders of the machine that a service finds in its container:
//! configuration that says what it listens on.

use super::value::{Key, Node, Value};
use crate::readers::path;

/// Something that is mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it lies, relative to the root; `None` where that is not in the repository.
    pub source: Option<String>,
    /// Where it is in the container.
    pub target: String,
}

/// Makes the paths of `volumes` relative to the root, `./` before them.
pub(super) fn relocate(node: &mut Node, folder: &str) {
    let Value::List(items) = &mut node.value else { return };
    for item in items {
        match &mut item.value {
            Value::Scalar(text, _) => {
                let moved = text.as_str().split_once(':').and_then(|(source, rest)| {
                    Some(format!("./{}:{rest}", near(folder, source)?))
                });
                if let Some(moved) = moved {
                    *item = Node::text_at(item.place, &moved);
                }
            }
            Value::Map(pairs) => {
                if let Some((_, value)) = pairs.iter_mut().find(|(key, _)| key.name == "source") {
                    let moved = value.as_str().and_then(|source| near(folder, source));
                    if let Some(moved) = moved {
                        *value = Node::text_at(value.place, &format!("./{moved}"));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The path of what is written as lying near the compose file.
fn near(folder: &str, source: &str) -> Option<String> {
    source.starts_with('.').then(|| path::join(folder, source)).flatten()
}

/// Everything that is mounted into a service; volumes with a name hold data.
pub(super) fn mounts(node: &Node) -> Vec<Mount> {
    let volumes = node.get("volumes").into_iter().flat_map(Node::items);
    let mut found: Vec<Mount> = volumes.filter_map(mount).collect();
    // What a `configs` entry holds is said elsewhere.
    if node.get("configs").is_some_and(|configs| configs.items().next().is_some()) {
        found.push(Mount { source: None, target: "/etc".to_owned() });
    }
    found
}

fn mount(item: &Node) -> Option<Mount> {
    let (source, target) = match &item.value {
        Value::Scalar(text, _) => {
            let (source, rest) = text.as_str().split_once(':')?;
            (source.to_owned(), rest.split(':').next().unwrap_or(rest).to_owned())
        }
        Value::Map(pairs) => (field(pairs, "source")?, field(pairs, "target")?),
        _ => return None,
    };
    let is_data = !source.contains(['/', '.', '$', '~', '\\']);
    let near = source.strip_prefix("./").map(str::to_owned);
    (!is_data).then_some(Mount { source: near, target })
}

fn field(pairs: &[(Key, Node)], name: &str) -> Option<String> {
    let (_, value) = pairs.iter().find(|(key, _)| key.name == name)?;
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::readers::compose::{ComposeFile, READER, Texts, sets};
    use crate::readers::{FilePath, Reading};
    use crate::source::Sources;

    #[test]
    fn files_of_the_repository_are_mounted() {
        let text = "services:\n  web:\n    image: nginx\n    network_mode: service:vpn\n    volumes:\n      - ../conf/nginx.conf:/etc/nginx/nginx.conf:ro\n      - data:/data\n      - /srv/x.conf:/etc/x.conf\n      - {type: bind, source: ./a, target: /b}\n      - /only\n";
        let mut reading = Reading::default();
        (READER.read)(&FilePath::new("deploy/compose.yaml"), text, &mut reading);
        let mut sources = Sources::default();
        let source = sources.add("deploy/compose.yaml", text.to_owned());
        let mut texts = Texts::new(&mut sources, &|_| None);
        let document = reading.compose.as_ref().expect("a document");
        let file = ComposeFile { path: "deploy/compose.yaml", source, document };
        let sets = sets(&[file], &mut texts);
        let web = &sets[0].services[0];
        let shown: Vec<(Option<&str>, &str)> =
            web.mounts.iter().map(|mount| (mount.source.as_deref(), mount.target.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Some("conf/nginx.conf"), "/etc/nginx/nginx.conf"),
                (None, "/etc/x.conf"),
                (Some("deploy/a"), "/b"),
            ]
        );
        assert_eq!(web.network_of.as_deref(), Some("vpn"));
    }
}
