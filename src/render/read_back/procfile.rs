//! A Procfile as honcho and foreman read it: other lines vanish without a word.

use std::collections::HashSet;

use super::ReadBack;
use crate::diagnostic::Finding;

pub(super) fn check(rendered: &ReadBack<'_>) -> Option<Finding> {
    let mut names = HashSet::new();
    for line in rendered.text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(name) = name_of(line) else {
            let finding = rendered.finding(format!("every runner would drop the line `{line}`"));
            return Some(
                finding.help("a line is a name of letters, digits, `_` and `-`, a colon and a command"),
            );
        };
        if !names.insert(name) {
            return Some(rendered.finding(format!("the process `{name}` is in the Procfile twice")));
        }
    }
    None
}

/// The name in a line of the form `^([A-Za-z0-9_-]+):\s*(.+)$`.
fn name_of(line: &str) -> Option<&str> {
    let (name, command) = line.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (!name.is_empty() && name.bytes().all(plain) && !command.trim().is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn only_lines_of_the_runners_grammar_have_a_name() {
        let check = |line: &str, expect: Option<&str>| assert_eq!(name_of(line), expect, "{line:?}");
        check("web: run --port 80", Some("web"));
        check("web-ui:run", Some("web-ui"));
        check(" web: run", None);
        check("web.ui: run", None);
        check("web:", None);
        check("run", None);
    }
}
