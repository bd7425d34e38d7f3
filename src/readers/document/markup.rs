//! What a reader of the rendered page sees of a piece of a document.

/// The text without its markup: emphasis, code, links, images, tags, roles and
/// entities; blanks are one space.
pub(super) fn plain(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(character) = rest.chars().next() {
        if let Some((shown, length)) = construct(rest, out.chars().next_back()) {
            out.push_str(&shown);
            rest = &rest[length..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        match character {
            '*' | '`' | '\u{feff}' => {}
            '_' if is_emphasis(out.chars().next_back(), rest.chars().next()) => {}
            '\\' if rest.starts_with(|next: char| next.is_ascii_punctuation()) => {
                let next = rest.chars().next().unwrap_or(' ');
                out.push(next);
                rest = &rest[next.len_utf8()..];
            }
            character if character.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            character => out.push(character),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A name in a document: its plain text without bullets, pictures and
/// punctuation around it. `None` where no letter is left.
pub(super) fn name(raw: &str) -> Option<String> {
    let text = plain(raw);
    let is_edge = |character: char| !character.is_alphanumeric();
    let text = text
        .trim_start_matches(|character| is_edge(character) && !matches!(character, '.' | '@' | '/' | '('));
    let text = text.trim_end_matches(|character| is_edge(character) && !matches!(character, ')' | '+' | '#'));
    let text = text.strip_suffix(')').filter(|_| !text.contains('(')).unwrap_or(text);
    let text = text.strip_prefix('(').filter(|_| !text.contains(')')).unwrap_or(text);
    text.chars().any(char::is_alphabetic).then(|| text.to_owned())
}

/// A link, an image, a tag, a role or an entity at the start of a text: what is
/// shown, and how long it is.
fn construct(rest: &str, before: Option<char>) -> Option<(String, usize)> {
    match rest.as_bytes().first()? {
        b'!' if rest.starts_with("![") => link(&rest[1..]).map(|(_, length)| (String::new(), length + 1)),
        b'[' => link(rest).map(|(shown, length)| (shown.to_owned(), length)),
        b'<' => angle(rest),
        b':' if !before.is_some_and(char::is_alphanumeric) => role(rest),
        b'`' => hyperlink(rest),
        b'&' => [("&nbsp;", " "), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#124;", "|")]
            .iter()
            .find(|(entity, _)| rest.starts_with(entity))
            .map(|(entity, shown)| ((*shown).to_owned(), entity.len())),
        _ => None,
    }
}

/// `[text](target)` and `[text][reference]`.
pub(super) fn link(rest: &str) -> Option<(&str, usize)> {
    if rest.starts_with("[![") {
        let (_, inner) = link(&rest[2..])?;
        let tail = rest[2 + inner..].strip_prefix("](")?;
        let length = tail.as_bytes().iter().take(1000).position(|&byte| byte == b')')?;
        return Some(("", 2 + inner + 2 + length + 1));
    }
    let end = rest.as_bytes().iter().take(400).position(|&byte| byte == b']')?;
    let shown = rest.get(1..end)?;
    let tail = &rest[end + 1..];
    let close = match tail.as_bytes().first()? {
        b'(' => b')',
        b'[' => b']',
        _ => return None,
    };
    let length = tail.as_bytes().iter().take(1000).position(|&byte| byte == close)?;
    Some((shown.trim_matches(['*', '`', '_', ' ']), end + 1 + length + 1))
}

fn angle(rest: &str) -> Option<(String, usize)> {
    let end = rest.as_bytes().iter().take(300).position(|&byte| byte == b'>')?;
    let inside = rest.get(1..end)?;
    if inside.contains("://") && !inside.contains(' ') {
        return Some((inside.to_owned(), end + 1));
    }
    let is_tag =
        inside.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '!');
    is_tag.then(|| (" ".to_owned(), end + 1))
}

/// `:ref:` before a code.
fn role(rest: &str) -> Option<(String, usize)> {
    let end = 1 + rest[1..].find(|character: char| !character.is_ascii_alphabetic() && character != '_')?;
    let is_role = end > 1 && (rest[end..].starts_with(":`"));
    // `:rocket:`
    let is_picture =
        end > 2 && rest[end..].starts_with(':') && !rest[end + 1..].starts_with(char::is_alphanumeric);
    (is_role || is_picture).then(|| (String::new(), end + 1))
}

/// `` `text <target>`_ ``
fn hyperlink(rest: &str) -> Option<(String, usize)> {
    let end = 1 + rest.as_bytes().iter().skip(1).take(400).position(|&byte| byte == b'`')?;
    let inside = rest.get(1..end)?;
    let (shown, target) = inside.split_once('<')?;
    let marks = rest[end + 1..].bytes().take_while(|&byte| byte == b'_').count();
    (marks > 0 && target.ends_with('>')).then(|| (shown.trim().to_owned(), end + 1 + marks))
}

fn is_emphasis(before: Option<char>, after: Option<char>) -> bool {
    let is_word = |character: Option<char>| {
        character.is_some_and(|character| character.is_alphanumeric() || character == '_')
    };
    !(is_word(before) && is_word(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_without_their_markup() {
        for (raw, expect) in [
            ("**Mock IDP**", Some("Mock IDP")),
            ("`API_PORT`", Some("API_PORT")),
            ("[Kibana](https://x.org)", Some("Kibana")),
            ("[`api`](./api)", Some("api")),
            ("🚀 _API_ Gateway:", Some("API Gateway")),
            (":rocket: API", Some("API")),
            ("<b>web</b>", Some("web")),
            ("- Mailpit: ", Some("Mailpit")),
            ("snake_case_name", Some("snake_case_name")),
            ("Redis (cache)", Some("Redis (cache)")),
            ("`text <https://x.org>`_", Some("text")),
            (":ref:`web`", Some("web")),
            ("C#", Some("C#")),
            ("[![badge](a)](b)", None),
            ("—", None),
            ("✅ Active", Some("Active")),
            ("[unclosed", Some("unclosed")),
            ("a\\|b", Some("a|b")),
        ] {
            assert_eq!(name(raw).as_deref(), expect, "{raw}");
        }
    }
}
