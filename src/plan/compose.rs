//! Where a block belongs in a compose file, by the events of a YAML parser.

use std::ops::Range;

use granit_parser::{Event, Parser, StructureStyle};

use super::insert::{Conflict, Position, unclear};
use super::lines;
use super::markers::Region;
use super::on_disk::OnDisk;
use crate::model::Problem;

/// A YAML node with its bytes.
#[derive(Debug)]
struct Node {
    range: Range<usize>,
    kind: Kind,
    /// Whether it has a tag, or an anchor that others may refer to.
    is_marked: bool,
}

#[derive(Debug)]
enum Kind {
    Scalar(String),
    /// Keys and values in turn.
    Mapping(Vec<Node>),
    Sequence(Vec<Node>),
    /// A mapping between braces, or a list between brackets.
    Flow(Vec<Node>),
    Alias,
}

impl Node {
    fn scalar(&self) -> Option<&str> {
        if let Kind::Scalar(text) = &self.kind { Some(text) } else { None }
    }

    /// Keys with their values, where it is a mapping in lines.
    fn entries(&self) -> Option<impl Iterator<Item = (&Node, &Node)>> {
        let Kind::Mapping(children) = &self.kind else { return None };
        Some(children.chunks_exact(2).filter_map(|pair| Some((pair.first()?, pair.get(1)?))))
    }

    fn entry(&self, name: &str) -> Option<(&Node, &Node)> {
        self.entries()?.find(|(key, _)| key.scalar() == Some(name))
    }
}

/// Whether a reader finds every key of a block in its service, and inside the
/// block: markers may stand in another service, or in a text. Nothing is said
/// of a file that is not one document.
pub(super) fn is_read(text: &str, service: &str, block: &str, region: &Range<usize>) -> Option<bool> {
    let document = read(text)?;
    let service = document.entry("services").and_then(|(_, services)| services.entry(service));
    let block = read(block)?;
    let mut keys = block.entries()?.filter_map(|(key, _)| key.scalar());
    let is_inside = |name: &str| {
        let found = service.and_then(|(_, service)| service.entry(name));
        found.is_some_and(|(key, _)| region.contains(&key.range.start))
    };
    Some(keys.all(is_inside))
}

/// Finds the first lines of a service, and the keys of the block that the
/// service already has outside all blocks.
pub(super) fn find(
    on_disk: &OnDisk<'_>,
    regions: &[Region<'_>],
    service: &str,
    text: &str,
) -> Result<(Position, Conflict), Problem> {
    let refuse = |range: Range<usize>, reason: &str| unclear(on_disk, range, reason.to_owned());
    let first_line = || lines::lines(on_disk.text).next().map_or(0..0, |line| line.range());
    let document = read(on_disk.text)
        .ok_or_else(|| refuse(first_line(), "the file is not one document of YAML that can be read"))?;
    let (_, services) =
        document.entry("services").ok_or_else(|| refuse(first_line(), "the file has no `services`"))?;
    let Some((key, value)) = services.entry(service) else {
        let reason = format!("the file has no service `{service}` in `services`, written in lines");
        return Err(unclear(on_disk, first_line(), reason));
    };
    if let Some(region) = regions.iter().find(|region| region.all.contains(&key.range.start)) {
        let reason = format!("the service is inside the block `{}`", region.id);
        return Err(unclear(on_disk, key.range.clone(), reason));
    }
    let first = value.entries().and_then(|mut entries| entries.next());
    let Some((first, _)) = first else {
        return Err(refuse(
            key.range.clone(),
            "the service has no keys that are written in lines of their own",
        ));
    };
    let indentation = indentation_of(on_disk.text, first.range.start)
        .ok_or_else(|| refuse(first.range.clone(), "the first key of the service does not begin its line"))?;
    let key_line = line_at(on_disk.text, key.range.start);
    if key_line.contains(&first.range.start) {
        return Err(refuse(first.range.clone(), "the service begins on the line of its first key"));
    }
    let conflict = conflict(on_disk, regions, value, text)?;
    Ok((Position { offset: key_line.end, indentation: indentation.to_owned() }, conflict))
}

/// The keys that the service and the block both have.
fn conflict(
    on_disk: &OnDisk<'_>,
    regions: &[Region<'_>],
    service: &Node,
    text: &str,
) -> Result<Conflict, Problem> {
    let block = read(text);
    let mut conflict = Conflict::default();
    let own = block.as_ref().and_then(Node::entries).into_iter().flatten();
    for (name, wanted) in own.filter_map(|(key, value)| Some((key.scalar()?, value))) {
        let Some((key, value)) = service.entry(name) else { continue };
        if regions.iter().any(|region| region.all.contains(&key.range.start)) {
            continue;
        }
        conflict.add(&format!("`{name}`"), movable(on_disk, key, value, wanted)?);
    }
    conflict.lines.sort_by_key(|range| range.start);
    Ok(conflict)
}

/// The lines of a key and its value, where the block says all that they say.
fn movable(on_disk: &OnDisk<'_>, key: &Node, value: &Node, wanted: &Node) -> Result<Range<usize>, Problem> {
    let start = line_at(on_disk.text, key.range.start);
    let last = last_byte(value).max(key.range.start);
    let range = start.start..line_at(on_disk.text, last).end;
    let refuse = |reason: &str| unclear(on_disk, key.range.start..last + 1, reason.to_owned());
    if indentation_of(on_disk.text, key.range.start).is_none() {
        return Err(refuse("the service sets the block's key on the line of another"));
    }
    let (Some(existing), Some(mut wanted)) = (container_ports(value), container_ports(wanted)) else {
        return Err(refuse("the service sets the block's key in a form that must be moved by hand"));
    };
    let text = on_disk.text.get(range.clone()).unwrap_or("");
    if lines::lines(text).any(|line| line.text.trim_start().starts_with('#')) {
        return Err(refuse("a comment stands between the lines, and must be moved by hand"));
    }
    for port in existing {
        let Some(same) = wanted.iter().position(|wanted| wanted.container == port.container) else {
            return Err(refuse("the service publishes a container port that the block does not"));
        };
        // What has no number of its own on the host loses none.
        if port.on_host {
            wanted.swap_remove(same);
        }
    }
    Ok(range)
}

/// An entry of `ports` in the short form.
#[derive(Debug)]
struct Published<'a> {
    /// The container's port and its protocol.
    container: (&'a str, &'a str),
    /// Whether it says which port of the host.
    on_host: bool,
}

/// A list of ports in the short form; `None` for anything else, and for a list
/// that is more than that.
fn container_ports(value: &Node) -> Option<Vec<Published<'_>>> {
    let (Kind::Sequence(items) | Kind::Flow(items)) = &value.kind else { return None };
    if value.is_marked {
        return None;
    }
    items
        .iter()
        .map(|item| {
            let text = item.scalar().filter(|_| !item.is_marked)?;
            let port = text.rsplit(':').next().unwrap_or(text);
            let (port, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
            let is_plain = port.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            is_plain.then_some(Published { container: (port, protocol), on_host: text.contains(':') })
        })
        .collect()
}

/// The last byte that a node's own text takes: the end of a block collection
/// lies where the next token begins.
fn last_byte(node: &Node) -> usize {
    match &node.kind {
        Kind::Mapping(children) | Kind::Sequence(children) => {
            children.last().map_or(node.range.start, last_byte)
        }
        _ => node.range.end.saturating_sub(1).max(node.range.start),
    }
}

/// The line of a byte, with its ending.
fn line_at(text: &str, offset: usize) -> Range<usize> {
    let start = text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text
        .get(offset..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |newline| offset + newline + 1);
    start..end
}

/// The blanks before a byte, where nothing else stands before it on its line.
fn indentation_of(text: &str, offset: usize) -> Option<&str> {
    let before = text.get(line_at(text, offset).start..offset)?;
    before.bytes().all(|byte| byte == b' ').then_some(before)
}

/// The one document of a text.
fn read(text: &str) -> Option<Node> {
    let offset = text.len() - lines::without_mark(text).len();
    let mut open: Vec<Node> = Vec::new();
    let mut documents: Vec<Node> = Vec::new();
    for event in Parser::new_from_str(lines::without_mark(text)) {
        let (event, span) = event.ok()?;
        let bytes = span.byte_range()?;
        let range = bytes.start + offset..bytes.end + offset;
        let finished = match event {
            Event::Scalar(text, _, anchor, tag) => {
                let kind = Kind::Scalar(text.into_owned());
                Node { range, kind, is_marked: anchor != 0 || tag.is_some() }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => Node { range, kind: Kind::Alias, is_marked: true },
            Event::SequenceStart(style, anchor, tag) => {
                let kind = match style {
                    StructureStyle::Block => Kind::Sequence(Vec::new()),
                    StructureStyle::Flow => Kind::Flow(Vec::new()),
                };
                open.push(Node { range, kind, is_marked: anchor != 0 || tag.is_some() });
                continue;
            }
            Event::MappingStart(style, anchor, tag) => {
                let kind = match style {
                    StructureStyle::Block => Kind::Mapping(Vec::new()),
                    StructureStyle::Flow => Kind::Flow(Vec::new()),
                };
                open.push(Node { range, kind, is_marked: anchor != 0 || tag.is_some() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let mut node = open.pop()?;
                node.range.end = range.end;
                node
            }
            _ => continue,
        };
        match open.last_mut().map(|parent| &mut parent.kind) {
            Some(Kind::Mapping(children) | Kind::Sequence(children) | Kind::Flow(children)) => {
                children.push(finished);
            }
            _ => documents.push(finished),
        }
    }
    let document = documents.pop()?;
    documents.is_empty().then_some(document)
}

#[cfg(test)]
mod tests {
    use crate::plan::test::{Block, check};
    use crate::plan::{Change, Options};

    const INSERT: Options = Options { force: false, adopt: false, insert: true };
    const ADOPT: Options = Options { force: false, adopt: true, insert: true };
    const PORTS: &str = "ports:\n  - \"127.0.0.1:9000:80\"\n";

    fn inserted(before: &str, options: Options, expect: &str) {
        let block = Block::compose("api", PORTS);
        let after = expect.replace("    <block>\n", &block.indented("    "));
        check(before, &block, options, Change::Updated, &after);
    }

    fn refused(before: &str, options: Options, expect: &str) {
        let problems = check(before, &Block::compose("api", PORTS), options, Change::Refused, before);
        assert_eq!(problems, [expect], "{before}");
    }

    #[test]
    fn a_block_is_put_first_into_its_service_with_its_indentation() {
        inserted(
            "# x\nservices:\n  db:\n    image: a\n  api: &api # y\n\n    image: b\n",
            INSERT,
            "# x\nservices:\n  db:\n    image: a\n  api: &api # y\n    <block>\n\n    image: b\n",
        );
        inserted(
            "services: {}\n".replace("{}", "\n  api:\n    image: b").as_str(),
            INSERT,
            "services: \n  api:\n    <block>\n    image: b\n",
        );
    }

    #[test]
    fn a_service_that_is_not_clear_is_refused() {
        let none = "uninsertable at services:: the file has no service `api` in `services`, written in lines";
        refused("services:\n  web:\n    image: a\n", INSERT, none);
        refused(
            "services: {api: {image: a}}\n",
            INSERT,
            "uninsertable at services: {api: {image: a}}: the file has no service `api` in `services`, written in lines",
        );
        let keys = "uninsertable at api: the service has no keys that are written in lines of their own";
        refused("services:\n  api: {image: a}\n", INSERT, keys);
        refused("services:\n  api:\n", INSERT, keys);
        refused("services:\n  web: &x\n    image: a\n  api: *x\n", INSERT, keys);
        refused("a: 1\n", INSERT, "uninsertable at a: 1: the file has no `services`");
        refused(
            "a: [\n",
            INSERT,
            "uninsertable at a: [: the file is not one document of YAML that can be read",
        );
    }

    #[test]
    fn a_service_that_another_block_renders_takes_no_block() {
        let before = Block::compose("none", "services:\n  api:\n    image: a\n").named("all").rendered();
        refused(&before, INSERT, "uninsertable at api: the service is inside the block `all`");
    }

    #[test]
    fn a_file_of_windows_endings_keeps_them() {
        let block = Block::compose("api", PORTS);
        let windows = |block: &str| format!("services:\n  api:\n{block}    image: b\n").replace('\n', "\r\n");
        check(&windows(""), &block, INSERT, Change::Updated, &windows(&block.indented("    ")));
    }

    #[test]
    fn ports_of_the_service_are_in_the_way_and_are_moved_where_nothing_is_lost() {
        let before = "services:\n  api:\n    image: b\n    ports:\n      - 8000:80 # old\n    command: c\n";
        refused(
            before,
            INSERT,
            "uninsertable at ports:\n      - 8000:80 # old: the file already sets `ports` outside the block",
        );
        inserted(before, ADOPT, "services:\n  api:\n    image: b\n    <block>\n    command: c\n");
        inserted(
            "services:\n  api:\n    ports: ['80', '8000:80/tcp']\n",
            ADOPT,
            "services:\n  api:\n    <block>\n",
        );
    }

    #[test]
    fn ports_that_say_more_than_a_list_are_left_to_a_person() {
        let by_hand = |ports: &str| {
            let range = ports.trim();
            let reason = "the service sets the block's key in a form that must be moved by hand";
            let before = format!("services:\n  api:\n    image: b\n    {ports}");
            refused(&before, ADOPT, &format!("uninsertable at {range}: {reason}"));
        };
        by_hand("ports: &p\n      - 1:80\n");
        by_hand("ports: !override\n      - 1:80\n");
        by_hand("ports:\n      - &p 1:80\n");
        let lost = |ports: &str, reason: &str| {
            let before = format!("services:\n  api:\n    ports:\n      {ports}\n");
            refused(&before, ADOPT, &format!("uninsertable at ports:\n      {ports}: {reason}"));
        };
        let port = "the service publishes a container port that the block does not";
        lost("- 1:80/udp", port);
        lost("- 1:80\n      - 2:80", port);
        lost("# why\n      - 1:80", "a comment stands between the lines, and must be moved by hand");
    }

    #[test]
    fn a_block_that_no_reader_would_find_in_its_service_is_refused() {
        let api = Block::compose("api", PORTS);
        let stale = Block::compose("api", "ports: []\n");
        let misplaced = "unusable: the block `api` is not read as part of the service `api`";
        for block in [&api, &stale] {
            for before in [
                format!("{}services:\n  api:\n    image: a\n", block.indented("")),
                format!("services:\n  api:\n    image: a\n  b:\n{}", block.indented("    ")),
                format!("services:\n  api:\n    command: |\n{}", block.indented("      ")),
            ] {
                let problems = check(&before, &api, Options::default(), Change::Refused, &before);
                assert_eq!(problems, [misplaced], "{before}");
            }
        }
        let reason = "the block would not be read as part of the service";
        let before = "services:\n  api:\n    &a\n    image: b\n";
        refused(before, INSERT, &format!("uninsertable at services:: {reason}"));
    }

    #[test]
    fn ports_that_the_block_would_lose_are_left_to_a_person() {
        refused(
            "services:\n  api:\n    ports:\n      - 8000:80\n      - 1:5432\n",
            ADOPT,
            "uninsertable at ports:\n      - 8000:80\n      - 1:5432: the service publishes a container port that the block does not",
        );
        refused(
            "services:\n  api:\n    ports:\n      - target: 80\n",
            ADOPT,
            "uninsertable at ports:\n      - target: 80: the service sets the block's key in a form that must be moved by hand",
        );
    }
}
