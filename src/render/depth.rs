//! How deep a template's expressions go, before the engine reads them.
//!
//! The engine bounds brackets and nested tags, but follows a chain such as
//! `1 + 1 + …` or `{% elif %}` with a call for each link, until the stack ends.

use minijinja::Error;

use super::fault::Fault;

/// How many links the chains of one tag may have together, or `elif` one
/// template: less than half of what a stack of 1 MiB holds.
const MOST_LINKS: usize = 1_000;

/// Refuses a text whose chains are longer than any stack is sure to hold.
///
/// # Errors
/// Where a tag has more than a thousand operators, filters, fields or calls
/// in one expression, or the text more than a thousand `elif`.
pub(super) fn refuse_deep(text: &str) -> Result<(), Error> {
    let mut rest = text;
    let mut branches = 0;
    while let Some((_, tag)) = rest.split_once('{') {
        rest = match tag.as_bytes().first() {
            Some(b'#') => tag.split_once("#}").map_or("", |(_, rest)| rest),
            Some(b'{' | b'%') => {
                let body = &tag[1..];
                let word = body.trim_start_matches(['-', '+']).trim_start();
                branches += usize::from(word.starts_with("elif"));
                if branches > MOST_LINKS {
                    return Err(too_deep("the template has more than 1,000 `elif`"));
                }
                match word.strip_prefix("raw") {
                    Some(raw) => raw.split_once("endraw").map_or("", |(_, rest)| rest),
                    None => tag_end(body)?,
                }
            }
            _ => tag,
        };
    }
    Ok(())
}

fn too_deep(message: &str) -> Error {
    Fault::new(message).help("take it apart: give the parts names with `{% set %}`, or use a loop").error()
}

/// The text behind a tag. Each level of brackets has its own chain, which a
/// comma ends; an expression is as deep as all that are open together.
fn tag_end(body: &str) -> Result<&str, Error> {
    let mut chains = vec![0usize];
    let mut word_start = None;
    let mut skip_to = 0;
    for (at, byte) in body.bytes().enumerate() {
        if at < skip_to {
            continue;
        }
        if byte.is_ascii_alphabetic() {
            word_start.get_or_insert(at);
            continue;
        }
        let word = word_start.take().and_then(|start| body.get(start..at)).unwrap_or("");
        let mut links = usize::from(matches!(word, "and" | "or" | "not" | "if" | "is" | "in"));
        match byte {
            b'"' | b'\'' => skip_to = string_end(body, at),
            b'}' | b'%' if chains.len() == 1 && body[at + 1..].starts_with('}') => {
                return Ok(&body[at + 2..]);
            }
            b',' | b':' => chains.last_mut().into_iter().for_each(|chain| *chain = 0),
            b')' | b']' | b'}' if chains.len() > 1 => drop(chains.pop()),
            b'(' | b'[' | b'{' => {
                chains.last_mut().into_iter().for_each(|chain| *chain += 1);
                chains.push(0);
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'~' | b'.' | b'|' | b'<' | b'>' | b'=' | b'!' => links += 1,
            _ => {}
        }
        chains.last_mut().into_iter().for_each(|chain| *chain += links);
        if chains.iter().sum::<usize>() > MOST_LINKS {
            return Err(too_deep("an expression has more than 1,000 operators, filters and fields"));
        }
    }
    Ok("")
}

/// The offset behind a string that starts at a quote.
fn string_end(body: &str, start: usize) -> usize {
    let bytes = body.as_bytes();
    let quote = bytes.get(start).copied();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            _ if Some(byte) == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, is_fine: bool) {
        let start: String = text.chars().take(40).collect();
        assert_eq!(refuse_deep(text).is_ok(), is_fine, "{start}");
    }

    #[test]
    fn long_chains_are_refused_whatever_they_are_made_of() {
        for link in ["+1", "~x", ".a", "|a", "[1]", "()", " and x", " if x else x", " is x", "-1", "==1"] {
            check(&format!("{{{{ x{} }}}}", link.repeat(1_001)), false);
            check(&format!("{{% set y = x{} %}}", link.repeat(1_001)), false);
            check(&format!("{{{{ {{}} {} }}}}", link.repeat(1_001)), false);
            check(&format!("{{{{ '}}}}'{} }}}}", link.repeat(1_001)), false);
            check(&format!("{{{{ x{} }}}}", link.repeat(400)), true);
        }
        check(&format!("{{{{ x{} }}}}", "+f(a, b)".repeat(1_001)), false);
        check(&format!("{{{{ {}x }}}}", "not ".repeat(1_001)), false);
        check(&format!("{{% if x %}}{}{{% endif %}}", "{%- elif x %}".repeat(1_001)), false);
    }

    #[test]
    fn long_lists_texts_and_many_tags_are_no_chains() {
        check(&format!("{{{{ [{}] }}}}", "a.b + 1, ".repeat(5_000)), true);
        check(&format!("{{{{ {{{}}} }}}}", "'a-b': -1.5, ".repeat(5_000)), true);
        check(&format!("{{{{ '{}' }}}}", "+".repeat(5_000)), true);
        check(&format!("{{# {{{{ {} #}}", "+".repeat(5_000)), true);
        check(&format!("{{% raw %}}{{{{ {}{{% endraw %}}", "+".repeat(5_000)), true);
        check(&"{{ a.b | c }} {} }} . ".repeat(5_000), true);
        check("{{ é ~ 'é' }} {{ x", true);
    }
}
