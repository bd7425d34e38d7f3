//! One compose file on top of another, as Compose merges them.

use super::value::{Key, Node, Tag, Value};

/// Puts a service on top of another one.
pub(super) fn services(base: Node, over: Node) -> Node {
    node(base, over, &|key| match key {
        "command" | "entrypoint" => Way::Replace,
        "environment" | "labels" | "annotations" | "args" | "extra_hosts" => Way::Pairs,
        "build" => Way::Build,
        "networks" => Way::Networks,
        "env_file" | "dns" => Way::Append,
        _ => Way::Plain,
    })
}

/// How the values of a key are merged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Mappings by key, lists one behind the other, the rest replaced.
    Plain,
    /// The upper one alone.
    Replace,
    /// Mappings and lists of `key=value` alike, by key.
    Pairs,
    /// Lists one behind the other; a text is a list of one.
    Append,
    /// A text is the context.
    Build,
    /// A list of names is a mapping without values.
    Networks,
}

fn node(base: Node, over: Node, way_of: &dyn Fn(&str) -> Way) -> Node {
    if over.tag.is_some() || base.is_null() {
        return over;
    }
    let (place, tag) = (over.place, over.tag);
    match (base.value, over.value) {
        (value, Value::Null) => Node { place: base.place, tag: base.tag, value },
        (Value::Map(base), Value::Map(over)) => Node { place, tag, value: Value::Map(maps(base, over, way_of)) },
        (Value::List(mut items), Value::List(more)) => {
            items.extend(more);
            Node { place, tag, value: Value::List(items) }
        }
        (_, value) => Node { place, tag, value },
    }
}

fn maps(mut pairs: Vec<(Key, Node)>, over: Vec<(Key, Node)>, way_of: &dyn Fn(&str) -> Way) -> Vec<(Key, Node)> {
    let mut index: std::collections::HashMap<String, usize> =
        pairs.iter().enumerate().map(|(index, (key, _))| (key.name.clone(), index)).collect();
    for (key, value) in over {
        let Some(&at) = index.get(&key.name) else {
            index.insert(key.name.clone(), pairs.len());
            pairs.push((key, value));
            continue;
        };
        let own = &mut pairs[at].1;
        let nothing = Node { place: own.place, tag: None, value: Value::Null };
        let below = std::mem::replace(own, nothing);
        *own = merged(below, value, way_of(&key.name), way_of);
    }
    pairs
}

fn merged(below: Node, value: Node, way: Way, way_of: &dyn Fn(&str) -> Way) -> Node {
    match way {
        Way::Replace if !value.is_null() || value.tag.is_some() => value,
        Way::Replace => below,
        Way::Pairs => node(as_pairs(below), as_pairs(value), way_of),
        Way::Append => node(as_list(below), as_list(value), way_of),
        Way::Build => node(as_build(below), as_build(value), way_of),
        Way::Networks => node(as_names(below), as_names(value), way_of),
        Way::Plain => node(below, value, way_of),
    }
}

fn converted(node: Node, convert: impl FnOnce(crate::source::Place, Value) -> Value) -> Node {
    Node { place: node.place, tag: node.tag, value: convert(node.place, node.value) }
}

fn as_list(node: Node) -> Node {
    converted(node, |place, value| match value {
        Value::Scalar(..) => Value::List(vec![Node { place, tag: None, value }]),
        value => value,
    })
}

fn as_build(node: Node) -> Node {
    converted(node, |place, value| match value {
        Value::Scalar(..) => {
            let key = Key { name: "context".to_owned(), place };
            Value::Map(vec![(key, Node { place, tag: None, value })])
        }
        value => value,
    })
}

fn as_names(node: Node) -> Node {
    converted(node, |_, value| match value {
        Value::List(items) => {
            let named = items.into_iter().filter_map(|item| {
                let key = Key { name: item.as_str()?.to_owned(), place: item.place };
                Some((key, Node { place: item.place, tag: None, value: Value::Null }))
            });
            Value::Map(named.collect())
        }
        value => value,
    })
}

/// A list of `key=value` as a mapping; of a key that stands twice, the last one counts.
pub(super) fn as_pairs(node: Node) -> Node {
    converted(node, |_, value| match value {
        Value::List(items) => {
            let pairs = items.into_iter().filter_map(pair).collect();
            Value::Map(maps(Vec::new(), pairs, &|_| Way::Replace))
        }
        value => value,
    })
}

fn pair(item: Node) -> Option<(Key, Node)> {
    let Value::Scalar(text, style) = item.value else { return None };
    let (name, rest) = text.split_once('=');
    let place = text.place_of(0..name.len()).map_or(item.place, |(place, _)| place);
    let key = Key { name, place };
    let value = rest.map_or(Value::Null, |rest| Value::Scalar(rest, style));
    let place = match &value {
        Value::Scalar(text, _) => text.place_of(0..text.as_str().len()).map_or(item.place, |(place, _)| place),
        _ => item.place,
    };
    Some((key, Node { place, tag: item.tag.filter(|tag| *tag == Tag::Reset), value }))
}
