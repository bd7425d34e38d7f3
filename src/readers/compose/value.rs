//! The values of a compose file, variables filled in, aliases followed: owned,
//! so that those of several files can be merged.

use crate::readers::interpolation::{Stretch, Text, Values, fill};
use crate::readers::tree::{self, Style};
use crate::source::{Place, SourceId, Sources, Span};

/// The deepest nesting that is followed.
const DEEPEST: usize = 24;

/// What Compose's own tags ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// `!override`: this and nothing of what it lies on.
    Override,
    /// `!reset`: nothing at all.
    Reset,
}

impl Tag {
    /// What the tag of a node asks for.
    pub(super) fn of(node: tree::Node<'_>) -> Option<Self> {
        match node.tag()? {
            "!override" => Some(Self::Override),
            "!reset" => Some(Self::Reset),
            _ => None,
        }
    }
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// All of it.
    pub place: Place,
    /// What its tag asks for.
    pub tag: Option<Tag>,
    /// What it is.
    pub value: Value,
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// Its text.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Nothing.
    Null,
    /// A text, and how it was written.
    Scalar(Text, Style),
    /// A list.
    List(Vec<Node>),
    /// Keys and values.
    Map(Vec<(Key, Node)>),
}

impl Node {
    /// A text that stands where another value does.
    pub(super) fn text_at(place: Place, text: &str) -> Self {
        let text = Text::plain(text, Stretch { place, is_exact: false });
        Self { place, tag: None, value: Value::Scalar(text, Style::Quoted) }
    }

    /// Whether it says nothing.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null) || self.tag == Some(Tag::Reset)
    }

    /// Its text, where it is a scalar.
    pub(super) fn text(&self) -> Option<&Text> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Its text, where it is a scalar.
    pub(super) fn as_str(&self) -> Option<&str> {
        self.text().map(Text::as_str)
    }

    /// The items of a list that are there.
    pub(super) fn items(&self) -> impl Iterator<Item = &Self> {
        let items = match &self.value {
            Value::List(items) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter(|item| item.tag != Some(Tag::Reset))
    }

    /// The items of a list, or a scalar as the only one.
    pub(super) fn one_or_more(&self) -> impl Iterator<Item = &Self> {
        let own = matches!(self.value, Value::Scalar(..)).then_some(self);
        own.into_iter().chain(self.items())
    }

    /// The keys and values of a mapping that are there.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Key, &Self)> {
        let pairs = match &self.value {
            Value::Map(pairs) => pairs.as_slice(),
            _ => &[],
        };
        pairs.iter().filter(|(_, node)| node.tag != Some(Tag::Reset)).map(|(key, node)| (key, node))
    }

    /// The value of a key.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.entries().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// Takes all tags away, and what they reset.
    pub(super) fn settle(&mut self) {
        self.tag = None;
        match &mut self.value {
            Value::List(items) => {
                items.retain(|item| item.tag != Some(Tag::Reset));
                items.iter_mut().for_each(Self::settle);
            }
            Value::Map(pairs) => {
                pairs.retain(|(_, node)| node.tag != Some(Tag::Reset));
                pairs.iter_mut().for_each(|(_, node)| node.settle());
            }
            Value::Null | Value::Scalar(..) => {}
        }
    }
}

/// Takes the values out of a file; never more than its budget of nodes.
pub(super) struct Taker<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    pub(super) values: &'a dyn Values,
    /// How many nodes may still be taken.
    pub(super) budget: &'a mut usize,
}

impl<'a> Taker<'a> {
    /// Takes from a source.
    pub(super) fn new(
        sources: &'a Sources,
        source: SourceId,
        values: &'a dyn Values,
        budget: &'a mut usize,
    ) -> Self {
        Self { source, text: sources.get(source).text(), values, budget }
    }

    /// The value of a node.
    pub(super) fn take(&mut self, node: tree::Node<'_>) -> Node {
        self.take_at(node, 0)
    }

    /// A place of the source.
    pub(super) fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }

    /// The entries of a mapping, those it merges in included, as far as the budget goes.
    pub(super) fn entries<'t>(&mut self, node: tree::Node<'t>) -> Vec<(Key, tree::Node<'t>)> {
        if *self.budget == 0 {
            return Vec::new();
        }
        let entries = node.entries();
        *self.budget = self.budget.saturating_sub(entries.len());
        let named = entries.into_iter().filter_map(|(key, value)| {
            let name = key.text()?.to_owned();
            let span = key.text_span(self.text).unwrap_or_else(|| key.span());
            Some((Key { name, place: self.place(span) }, value))
        });
        named.collect()
    }

    fn take_at(&mut self, node: tree::Node<'_>, depth: usize) -> Node {
        let tag = Tag::of(node);
        let place = self.place(node.target().span());
        let value = if *self.budget == 0 || depth > DEEPEST { Value::Null } else { self.value(node, depth) };
        Node { place, tag, value }
    }

    fn value(&mut self, node: tree::Node<'_>, depth: usize) -> Value {
        *self.budget -= 1;
        if let (Some(text), Some(style)) = (node.text(), node.style()) {
            if style == Style::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
                return Value::Null;
            }
            return Value::Scalar(fill(text, self.stretch(node), self.values), style);
        }
        if node.is_sequence() {
            return Value::List(node.items().map(|item| self.take_at(item, depth + 1)).collect());
        }
        let entries = self.entries(node);
        Value::Map(entries.into_iter().map(|(key, value)| (key, self.take_at(value, depth + 1))).collect())
    }

    /// Where the text of a scalar stands.
    fn stretch(&self, node: tree::Node<'_>) -> Stretch {
        match node.text_span(self.text) {
            Some(span) => Stretch { place: self.place(span), is_exact: true },
            None => Stretch { place: self.place(node.target().span()), is_exact: false },
        }
    }
}
