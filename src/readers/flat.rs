//! A configuration file as a flat list: every value with the keys that lead to it.
//!
//! YAML, JSON, TOML, `.properties` and `.ini` say the same things in different
//! words; what reads their meaning sees this list alone.

use std::collections::HashMap;
use std::ops::Range;

use super::tree::{Kind, NodeId, Style, Tree};
use super::{FilePath, json, toml, yaml};

/// A value and the keys that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<'a> {
    /// The keys, the outermost first; an item of a list has those of the list.
    pub keys: &'a [&'a str],
    /// A number that those of one mapping share.
    pub parent: usize,
    /// Which document of the text it stands in, from 0.
    pub document: usize,
    /// Where the value stands, quotes aside.
    pub at: Range<usize>,
}

/// The longest path of keys that is written out.
const LONGEST: usize = 200;

impl Setting<'_> {
    /// The last key: `port` of `server.port`.
    pub fn name(&self) -> &str {
        self.keys.last().copied().unwrap_or("")
    }

    /// The keys with dots between them; the last alone where they are long.
    pub fn path(&self) -> String {
        let length: usize = self.keys.iter().map(|key| key.len() + 1).sum();
        let path = if length > LONGEST { self.name().to_owned() } else { self.keys.join(".") };
        path.chars().take(LONGEST).collect()
    }

    /// The keys in lower case, their dots parted, the last first.
    pub fn keys_from_the_last(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().rev().flat_map(|key| key.rsplit('.'))
    }
}

/// The deepest keys that are followed.
const DEEPEST: usize = 64;

/// A configuration file that was taken apart.
#[derive(Debug)]
pub enum Flat {
    /// YAML, JSON, TOML.
    Tree(Tree),
    /// A `key = value` a line.
    Lines,
}

impl Flat {
    /// Takes a text apart by what the path says it is.
    pub fn parse(path: &FilePath<'_>, text: &str) -> Self {
        if path.has_extension(&["yml", "yaml"]) {
            Self::Tree(yaml::parse(text))
        } else if path.has_extension(&["json", "jsonc", "json5"]) {
            Self::Tree(json::parse(text))
        } else if path.has_extension(&["toml"]) {
            Self::Tree(toml::parse(text))
        } else {
            Self::Lines
        }
    }

    /// Shows every value, in the order of the text.
    pub fn each(&self, source: &str, visit: &mut dyn FnMut(&Setting<'_>)) {
        match self {
            Self::Lines => each_line(source, visit),
            Self::Tree(tree) => {
                for (document, &root) in tree.documents.iter().enumerate() {
                    let mut walk = Walk { tree, source, document, visit };
                    walk.node(root, root, &mut Vec::new());
                }
            }
        }
    }
}

struct Walk<'w> {
    tree: &'w Tree,
    source: &'w str,
    document: usize,
    visit: &'w mut dyn FnMut(&Setting<'_>),
}

impl<'w> Walk<'w> {
    fn node(&mut self, id: NodeId, parent: NodeId, keys: &mut Vec<&'w str>) {
        let tree = self.tree;
        let node = &tree.nodes[id];
        match &node.kind {
            Kind::Scalar { style, .. } => {
                let mut at = node.span.range();
                if *style == Style::Quoted && at.len() >= 2 {
                    at = at.start + 1..at.end - 1;
                }
                let raw = self.source.get(at.clone()).unwrap_or("");
                at.end = at.start + raw.trim_end().len();
                (self.visit)(&Setting { keys, parent, document: self.document, at });
            }
            Kind::Sequence(items) => items.iter().for_each(|&item| self.node(item, id, keys)),
            Kind::Mapping(pairs) if keys.len() < DEEPEST => {
                for &(key, value) in pairs {
                    keys.push(tree.node(key).text().unwrap_or(""));
                    self.node(value, id, keys);
                    keys.pop();
                }
            }
            _ => {}
        }
    }
}

/// Every line `key = value` or `key: value` of a text with sections in
/// brackets; dots part the keys.
fn each_line(source: &str, visit: &mut dyn FnMut(&Setting<'_>)) {
    let mut parents: HashMap<&str, usize> = HashMap::new();
    let (mut section, mut sections) = ("", 0);
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim_end();
        let trimmed = line.trim_start_matches('\u{feff}').trim_start();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';', '!']) || trimmed.starts_with("//") {
            continue;
        }
        // `<store>` of Apache and Fluentd opens one, and `</store>` ends it.
        if trimmed.starts_with('<') && trimmed.ends_with('>') {
            sections += 1;
            parents.clear();
            continue;
        }
        if let Some((name, _)) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = name.trim();
            sections += 1;
            parents.clear();
            continue;
        }
        // `port 6379` parts them by a blank alone.
        let Some(at) = trimmed.find(['=', ':']).or_else(|| trimmed.find([' ', '\t'])) else { continue };
        let key = trimmed[..at].trim();
        let value = trimmed[at + 1..].trim_start_matches(['=', ' ', '\t']);
        let value_at = start + line.len() - value.len();
        let inner = value_in(value);
        let at = value_at + inner.start..value_at + inner.end;
        let keys: Vec<&str> = [section, key].into_iter().filter(|part| !part.is_empty()).collect();
        let prefix = key.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        let next = (sections << 24) + parents.len();
        let parent = *parents.entry(prefix).or_insert(next);
        visit(&Setting { keys: &keys, parent, document: 0, at });
    }
}

/// Where the value itself stands in what follows the sign: without quotes, and
/// without the comment that ` #` or ` ;` begins.
fn value_in(value: &str) -> Range<usize> {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
    if let Some(end) = quote.and_then(|quote| value[1..].find(quote)) {
        return 1..end + 1;
    }
    let cut = [" #", " ;", "\t#", "\t;"].iter().filter_map(|mark| value.find(mark)).min();
    0..value[..cut.unwrap_or(value.len())].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, text: &str) -> Vec<String> {
        let mut all = Vec::new();
        Flat::parse(&FilePath::new(path), text).each(text, &mut |one| {
            all.push(format!("{}:{}={}", one.document, one.path(), &text[one.at.clone()]));
        });
        all
    }

    #[test]
    fn every_value_has_its_keys() {
        let text = "a:\n  b: 'x'\n  c: [1, {d: 2}]\n---\ne: y # c\n";
        assert_eq!(shown("a.yml", text), ["0:a.b=x", "0:a.c=1", "0:a.c.d=2", "1:e=y"]);
        assert_eq!(shown("a.json", r#"{"a": {"b": "x"}}"#), ["0:a.b=x"]);
        assert_eq!(shown("a.toml", "[a]\nb = 'x'\nc = 80"), ["0:a.b=x", "0:a.c=80"]);
    }

    #[test]
    fn lines_have_sections_and_comments() {
        let text = "\u{feff}a.b = 1\r\n# c = 2\n[s t]\nd: \"x # y\" # z\n; e\nf=http://h:1 ; z\n=\n";
        assert_eq!(shown("a.ini", text), ["0:a.b=1", "0:s t.d=x # y", "0:s t.f=http://h:1", "0:s t="]);
    }
}
