//! A document of keys and values, with the place of every node: what YAML and
//! JSON have in common.
//!
//! Nothing is expanded: an alias is a reference, and a merge key is looked
//! through when a key is asked for. A document that refers to itself, or a
//! thousandfold, costs no more than its text.

use crate::source::Span;

/// The number of a node in its tree.
pub type NodeId = usize;

/// How many aliases and merges are looked through for one answer.
const MOST_STEPS: usize = 256;

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Bare: what it is depends on the reader.
    Plain,
    /// In quotes: a text to every reader.
    Quoted,
    /// In lines below `|` or `>`.
    Block,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, a number, a truth value or nothing.
    Scalar {
        /// Its text, escapes resolved.
        text: String,
        /// How it was written.
        style: Style,
    },
    /// A list.
    Sequence(Vec<NodeId>),
    /// Keys and values, in their order; a key may stand twice.
    Mapping(Vec<(NodeId, NodeId)>),
    /// Another node, by its anchor.
    Alias(NodeId),
}

/// A node and the bytes it was written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeNode {
    /// From its first byte to behind its last, quotes included.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// Its tag as written, such as `!override`.
    pub tag: Option<String>,
}

/// Every node of a text, and the documents in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// All nodes; a [`NodeId`] is an index.
    pub nodes: Vec<TreeNode>,
    /// The root of each document.
    pub documents: Vec<NodeId>,
}

impl Tree {
    /// The root of the first document.
    pub fn root(&self) -> Option<Node<'_>> {
        self.roots().next()
    }

    /// The roots of all documents.
    pub fn roots(&self) -> impl Iterator<Item = Node<'_>> {
        self.documents.iter().map(|&id| Node { tree: self, id })
    }

    /// The node of a number.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node { tree: self, id }
    }

    /// Every scalar once, keys included, in the order of the text; aliases are
    /// not followed.
    pub fn scalars(&self) -> impl Iterator<Item = Node<'_>> {
        let is_scalar = |node: &TreeNode| matches!(node.kind, Kind::Scalar { .. });
        let ids = self.nodes.iter().enumerate().filter(move |(_, node)| is_scalar(node));
        ids.map(|(id, _)| Node { tree: self, id })
    }
}

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl<'t> Node<'t> {
    /// Its number.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The node itself, not what it is an alias of.
    pub fn written(self) -> &'t TreeNode {
        &self.tree.nodes[self.id]
    }

    /// Where it was written; an alias is where the alias is.
    pub fn span(self) -> Span {
        self.written().span
    }

    /// What it is an alias of, or itself.
    pub fn target(self) -> Self {
        let mut node = self;
        for _ in 0..MOST_STEPS {
            let Kind::Alias(id) = node.written().kind else { return node };
            node.id = id;
        }
        node
    }

    /// Its tag, such as `!override` or `!reset`.
    pub fn tag(self) -> Option<&'t str> {
        self.written().tag.as_deref()
    }

    /// Its text, where it is a scalar.
    pub fn text(self) -> Option<&'t str> {
        match &self.target().written().kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// How it was written, where it is a scalar.
    pub fn style(self) -> Option<Style> {
        match &self.target().written().kind {
            Kind::Scalar { style, .. } => Some(*style),
            _ => None,
        }
    }

    /// Where the text of a scalar stands in the source, quotes aside, if each
    /// of its bytes does: no escapes, no folding.
    pub fn text_span(self, source: &str) -> Option<Span> {
        let text = self.text()?;
        let span = self.target().span();
        let raw = source.get(span.range())?;
        let inner = match self.style()? {
            Style::Quoted => raw.get(1..raw.len().checked_sub(1)?)?,
            Style::Plain => raw.trim_end(),
            Style::Block => return None,
        };
        let start = span.range().start + usize::from(self.style()? == Style::Quoted);
        (inner == text).then(|| Span::new(start, start + text.len()))
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(self.target().written().kind, Kind::Mapping(_))
    }

    /// Whether it is a list.
    pub fn is_sequence(self) -> bool {
        matches!(self.target().written().kind, Kind::Sequence(_))
    }

    /// The items of a list; none for anything else.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let ids: &'t [NodeId] = match &self.target().written().kind {
            Kind::Sequence(ids) => ids,
            _ => &[],
        };
        ids.iter().map(move |&id| Node { tree: self.tree, id })
    }

    /// The keys and values of a mapping, those that it merges in behind its own;
    /// of a key that stands twice, the last of its own wins.
    pub fn entries(self) -> Vec<(Self, Self)> {
        let mut found: Vec<(Self, Self)> = Vec::new();
        let mut names: std::collections::HashMap<&'t str, usize> = std::collections::HashMap::new();
        let mut steps = 0;
        self.collect(&mut found, &mut names, &mut steps);
        found
    }

    fn collect(
        self,
        found: &mut Vec<(Self, Self)>,
        names: &mut std::collections::HashMap<&'t str, usize>,
        steps: &mut usize,
    ) {
        *steps += 1;
        let Kind::Mapping(pairs) = &self.target().written().kind else { return };
        if *steps > MOST_STEPS {
            return;
        }
        let first = found.len();
        let mut merged = Vec::new();
        for &(key, value) in pairs {
            let (key, value) = (self.tree.node(key), self.tree.node(value));
            match key.text() {
                Some("<<") => merged.push(value),
                Some(name) => match names.get(name) {
                    Some(&index) if index >= first => found[index] = (key, value),
                    Some(_) => {}
                    None => {
                        names.insert(name, found.len());
                        found.push((key, value));
                    }
                },
                None => found.push((key, value)),
            }
        }
        for value in merged {
            if value.is_sequence() {
                value.items().for_each(|item| item.collect(found, names, steps));
            } else {
                value.collect(found, names, steps);
            }
        }
    }

    /// The keys and values that stand in a mapping itself; an alias has none.
    pub fn own_entries(self) -> impl Iterator<Item = (Self, Self)> {
        let pairs: &'t [(NodeId, NodeId)] = match &self.written().kind {
            Kind::Mapping(pairs) => pairs,
            _ => &[],
        };
        pairs.iter().map(move |&(key, value)| (self.tree.node(key), self.tree.node(value)))
    }

    /// The key and the value of a name, merged in or its own.
    pub fn entry(self, name: &str) -> Option<(Self, Self)> {
        self.look(name, &mut 0)
    }

    fn look(self, name: &str, steps: &mut usize) -> Option<(Self, Self)> {
        *steps += 1;
        let Kind::Mapping(pairs) = &self.target().written().kind else { return None };
        if *steps > MOST_STEPS {
            return None;
        }
        let pairs = || pairs.iter().map(|&(key, value)| (self.tree.node(key), self.tree.node(value)));
        let own = pairs().rfind(|(key, _)| key.text() == Some(name));
        own.or_else(|| {
            let merged = pairs().filter(|(key, _)| key.text() == Some("<<"));
            merged.map(|(_, value)| value).find_map(|value| {
                let direct = value.look(name, steps);
                direct.or_else(|| value.items().find_map(|item| item.look(name, steps)))
            })
        })
    }

    /// The value of a name.
    pub fn get(self, name: &str) -> Option<Self> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The value below several names.
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }
}
