//! Whether a process was started by a command that a table declares.

/// Whether a command line begins as a declared command does.
///
/// The declared one counts up to its first part that is filled in; a program's
/// folder and version, and the interpreter of a script, do not.
pub(super) fn begins_as(process: &[String], declared: &str) -> bool {
    let all: Vec<&str> = declared.split_whitespace().skip_while(|word| is_setting(word)).collect();
    let fixed: Vec<&str> = all.iter().copied().take_while(|word| !is_filled_in(word)).collect();
    // One word alone is a program that many use, such as `node`.
    let tells_enough = fixed.len() > 1 || fixed.len() == 1 && all.len() == 1;
    let is_plain = !fixed.iter().any(|word| word.contains(['&', '|', ';', '"', '\'', '(', '<', '>']));
    tells_enough
        && is_plain
        && (begins_with(process, &fixed) || begins_with(process.get(1..).unwrap_or_default(), &fixed))
}

/// `NAME=value` before the program, or a word of the shell.
fn is_setting(word: &str) -> bool {
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word == "exec" || word.split_once('=').is_some_and(|(name, _)| is_name(name))
}

fn is_filled_in(word: &str) -> bool {
    word.contains("{{") || word.contains('$')
}

fn begins_with(process: &[String], words: &[&str]) -> bool {
    let (Some(program), Some((first, rest))) = (process.first(), words.split_first()) else { return false };
    let follows = process.get(1..=rest.len());
    is_program(program, first) && follows.is_some_and(|words| words.iter().eq(rest.iter().copied()))
}

/// Whether a program is the declared one: `/usr/bin/python3.12` is `python`.
fn is_program(program: &str, declared: &str) -> bool {
    let name =
        |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe").to_owned();
    let version = name(program).strip_prefix(&name(declared)).map(str::to_owned);
    version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_known_by_how_it_begins() {
        let check = |process: &str, declared: &str, expect: bool| {
            let words: Vec<String> = process.split(' ').map(str::to_owned).collect();
            assert_eq!(begins_as(&words, declared), expect, "{process} / {declared}");
        };
        let declared = "python -m shop.server --port {{ port }}";
        check("/usr/bin/python3.12 -m shop.server --port 4001", declared, true);
        check("python -m shop.worker --port 4001", declared, false);
        check("python -m", declared, false);
        check("pythonic -m shop.server --port 1", declared, false);
        check(
            "/usr/bin/python3 /venv/bin/uvicorn app:main --port 1",
            "uvicorn app:main --port {{ port }}",
            true,
        );
        check("./server", "DEBUG=1 exec ./server", true);
        // Too little to go by.
        check("node other.js", "node {{ port }}", false);
        check("sh -c x", "cd web && npm run dev", false);
        check("", "", false);
    }
}
