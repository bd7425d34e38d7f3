//! The filters and tests of templates: casing, literals of each syntax, and bounds for
//! those of the engine that could take all memory.

use minijinja::filters as builtin;
use minijinja::value::{Kwargs, Rest, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::environment::MOST_OUTPUT;
use super::fault::Fault;
use super::literal::{Syntax, shell_word};
use super::node::{self, Node};
use super::{grid, yaml};
use crate::target;

/// Adds the filters.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("constant", |text: &str| target::constant(text));
    environment.add_filter("snake", |text: &str| target::snake(text));
    environment.add_filter("kebab", |text: &str| target::kebab(text));
    environment.add_filter("camel", |text: &str| target::camel(text));
    environment.add_filter("pascal", |text: &str| target::pascal(text));
    environment.add_filter("py", |value: Value| Ok::<_, Error>(Syntax::Python.one_line(&Node::of(&value)?)));
    environment.add_filter("isort", isort);
    environment.add_filter("js", js);
    environment.add_filter("js_key", js_key);
    environment.add_filter("tojson", tojson);
    environment.add_filter("yaml", yaml_filter);
    environment.add_filter("sh", |text: String| shell_word(&text));
    environment.add_filter("md", |text: String| grid::cell(&text));
    environment.add_filter("code", |text: String| grid::code(&text));
    environment.add_filter("align", |text: &str| grid::align(text));
    environment.add_filter("dedent", dedent);
    environment.add_filter("line", |text: String| grid::one_line(&text));
    environment.add_filter("map", map);
    environment.add_filter("replace", replace);
    environment.add_filter("indent", indent);
    environment.add_filter("join", join);
    environment.add_test("identifier", |text: &str| is_identifier(text));
    environment.add_test("js_name", |text: &str| is_identifier(text) && !RESERVED_IN_JS.contains(&text));
    for unbounded in ["batch", "format", "pprint", "slice"] {
        environment.remove_filter(unbounded);
    }
}

/// Names in the order that linters of Python want in `__all__`: constants,
/// then classes, then the rest, numbers in them by their value.
fn isort(names: Vec<String>) -> Vec<String> {
    let is_constant = |name: &str| {
        name.len() > 1 && name.contains(char::is_uppercase) && !name.contains(char::is_lowercase)
    };
    let kind = |name: &str| match name.chars().next() {
        _ if is_constant(name) => 0,
        Some(first) if first.is_uppercase() => 1,
        _ => 2,
    };
    let mut keyed: Vec<_> = names.into_iter().map(|name| ((kind(&name), natural(&name)), name)).collect();
    keyed.sort();
    keyed.into_iter().map(|(_, name)| name).collect()
}

/// A key that compares runs of digits by their value.
fn natural(name: &str) -> Vec<(char, u128)> {
    let mut key = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        let (run, behind) = rest.split_at(if digits > 0 { digits } else { first.len_utf8() });
        // Every digit sorts where `0` does; what follows is told by value.
        key.push(if digits > 0 { ('0', run.parse().unwrap_or(u128::MAX)) } else { (first, 0) });
        rest = behind;
    }
    key
}

/// `js(quotes='single', width=80, indent=0, braces=true)`
fn js(value: Value, options: Kwargs) -> Result<String, Error> {
    let syntax = typescript(&options)?;
    let indent = width(options.get::<Option<usize>>("indent")?)?;
    let braces = options.get::<Option<bool>>("braces")?.unwrap_or(true);
    options.assert_all_used()?;
    let node = Node::of(&value)?;
    match &node {
        Node::Map(entries) if !braces => {
            let margin = " ".repeat(indent);
            let lines =
                entries.iter().map(|(key, item)| margin.clone() + &syntax.property(key, item, indent));
            Ok(lines.collect::<Vec<_>>().join(",\n"))
        }
        _ if !braces => Err(Fault::new("only an object has braces to leave out").error()),
        _ => Ok(syntax.pretty(&node, indent, indent)),
    }
}

/// `js_key(quotes='single')`: the key of a property, in quotes where it needs them.
fn js_key(text: &str, options: Kwargs) -> Result<String, Error> {
    let syntax = typescript(&options)?;
    options.assert_all_used()?;
    Ok(syntax.key(text))
}

fn typescript(options: &Kwargs) -> Result<Syntax, Error> {
    let quote = match options.get::<Option<&str>>("quotes")? {
        None | Some("single") => '\'',
        Some("double") => '"',
        Some(_) => return Err(Fault::new("`quotes` is 'single' or 'double'").error()),
    };
    Ok(Syntax::TypeScript { quote, width: options.get::<Option<usize>>("width")?.unwrap_or(80) })
}

/// `tojson(indent=2, column=2)`; on one line without `indent`.
fn tojson(value: Value, options: Kwargs) -> Result<String, Error> {
    let indent = options.get::<Option<usize>>("indent")?;
    let column = options.get::<Option<usize>>("column")?;
    options.assert_all_used()?;
    let node = Node::of(&value)?;
    let Some(indent) = indent else { return Ok(Syntax::Json.one_line(&node)) };
    Ok(Syntax::Json.pretty(&node, width(Some(indent))?, column.unwrap_or(indent)))
}

/// `yaml(indent=0)`
fn yaml_filter(value: Value, options: Kwargs) -> Result<String, Error> {
    let indent = width(options.get::<Option<usize>>("indent")?)?;
    options.assert_all_used()?;
    Ok(yaml::block(&Node::of(&value)?, indent))
}

fn width(indent: Option<usize>) -> Result<usize, Error> {
    match indent.unwrap_or(0) {
        indent @ 0..=200 => Ok(indent),
        _ => Err(Fault::new("`indent` is at most 200").error()),
    }
}

/// The engine's `map`, but an attribute that does not exist is an error.
fn map(state: &mut State<'_, '_>, value: Value, args: Rest<ValueOrKwargs>) -> Result<Vec<Value>, Error> {
    let mapped = builtin::map(state, value, args)?;
    for item in &mapped {
        if item.is_undefined() {
            return Err(Error::new(ErrorKind::UndefinedError, "`map` found an item without the attribute"));
        }
        node::check(item)?;
    }
    Ok(mapped)
}

/// Words that are no name of a constant in a module of TypeScript.
const RESERVED_IN_JS: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Whether every language takes the text as a name: ASCII letters, digits and `_`.
fn is_identifier(text: &str) -> bool {
    let start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.bytes().next().is_some_and(start) && text.bytes().all(|byte| start(byte) || byte.is_ascii_digit())
}

fn too_large() -> Error {
    Fault::new("the text is larger than 16 MiB").error()
}

fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let matches = text.matches(from).count();
    let grown = matches.checked_mul(to.len()).and_then(|more| more.checked_add(text.len()));
    if grown.is_none_or(|length| length > MOST_OUTPUT) {
        return Err(too_large());
    }
    Ok(text.replace(from, to))
}

/// `indent(4, first=false)`: every line but the first, and no blank line.
fn indent(text: String, spaces: usize, options: Kwargs) -> Result<String, Error> {
    let spaces = width(Some(spaces))?;
    let first = options.get::<Option<bool>>("first")?.unwrap_or(false);
    options.assert_all_used()?;
    if text.len().saturating_mul(spaces + 1) > MOST_OUTPUT {
        return Err(too_large());
    }
    let margin = " ".repeat(spaces);
    let lines = text.split('\n').enumerate().map(|(index, line)| {
        let indented = !line.is_empty() && (first || index > 0);
        if indented { format!("{margin}{line}") } else { line.to_owned() }
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// `dedent(2)`: takes as many spaces from the start of each line, where it has them.
fn dedent(text: &str, spaces: usize) -> Result<String, Error> {
    let margin = " ".repeat(width(Some(spaces))?);
    let lines = text.split('\n').map(|line| line.strip_prefix(margin.as_str()).unwrap_or(line));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

fn join(state: &mut State<'_, '_>, value: Value, separator: Option<&str>) -> Result<String, Error> {
    let separator = separator.unwrap_or_default();
    let mut joined = String::new();
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "`join` was given nothing"));
    }
    for (index, item) in value.try_iter()?.checked().enumerate() {
        let item = item?;
        if item.is_undefined() {
            return Err(Error::new(ErrorKind::UndefinedError, "`join` found an undefined item"));
        }
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(&state.format(item)?);
        if joined.len() > MOST_OUTPUT {
            return Err(too_large());
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::isort;

    #[test]
    fn names_are_sorted_as_linters_of_python_want_them() {
        let names = ["b", "API_PORT", "Zoo", "API10_PORT", "API2_PORT", "_x", "A", "_X1"].map(str::to_owned);
        let expect = ["API2_PORT", "API10_PORT", "API_PORT", "_X1", "A", "Zoo", "_x", "b"];
        assert_eq!(isort(names.to_vec()), expect);
    }
}
