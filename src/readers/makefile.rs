//! Makefiles, justfiles and Taskfiles: variables and what recipes run.

use super::values::{self, Setting};
use super::{FilePath, Reader, Reading, Side, any_text, command, workflow, yaml};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "makefile",
    summary: "Makefiles, justfiles and Taskfiles: variables, ports in recipes",
    takes,
    knows: any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name();
    let is_source = path.has_extension(&["am", "in", "py", "md", "go", "rs", "win32", "msc"]);
    path.is_named(&["Makefile", "GNUmakefile", "justfile", ".justfile"])
        || path.has_extension(&["mk", "just"])
        || (name.starts_with("Makefile.") && !is_source)
        || is_taskfile(path)
}

fn is_taskfile(path: &FilePath<'_>) -> bool {
    let name = path.name().to_ascii_lowercase();
    name.starts_with("taskfile.") && path.has_extension(&["yml", "yaml"])
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let setting = Setting::code(Side::Host);
    if is_taskfile(path) {
        workflow::keys(text, &yaml::parse(text), &setting, &mut reading.sightings);
        return;
    }
    let plain = plain(text);
    let mut recipe: Option<std::ops::Range<usize>> = None;
    let mut start = 0;
    for line in plain.split_inclusive('\n') {
        let at = start;
        start += line.len();
        if line.starts_with(['\t', ' ']) {
            recipe.get_or_insert(at..at).end = start;
            continue;
        }
        finish(&plain, recipe.take(), &setting, reading);
        variable(line, at, &setting, reading);
        if line.trim_end().ends_with('\\') {
            recipe = Some(start..start);
        }
    }
    finish(&plain, recipe, &setting, reading);
}

/// Reads the lines of a recipe, continued ones among them.
fn finish(text: &str, recipe: Option<std::ops::Range<usize>>, setting: &Setting, reading: &mut Reading) {
    if let Some(range) = recipe
        && let Some(lines) = text.get(range.clone())
    {
        reading.sightings.extend(command::sightings(lines, range.start, setting));
    }
}

/// `PORT ?= 8000`, `export PORT := 8000`, just's `port := "8000"`.
fn variable(line: &str, at: usize, setting: &Setting, reading: &mut Reading) {
    if line.starts_with('#') {
        return;
    }
    let Some(sign) = line.find('=') else { return };
    let name = line[..sign].trim_end_matches(['?', ':', '+', '!']).trim();
    let name = ["export ", "override ", "set "].iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if name.trim().is_empty() || !name.trim().bytes().all(is_name) {
        return;
    }
    let value = &line[sign + 1..];
    let value = value.split(" #").next().unwrap_or(value);
    let inner = value.trim_start_matches([' ', '\t', '"', '\'']);
    let base = at + sign + 1 + value.len() - inner.len();
    let inner = inner.trim_end().trim_end_matches(['"', '\'']);
    values::in_value(name.trim(), inner, base, setting, &mut reading.sightings);
}

/// The text with `$(NAME)` as `${NAME}` and without the signs before a
/// recipe's command, byte for byte where it was.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_continued = false;
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        let is_first = body.len() < line.len() && !is_continued;
        let signs = if is_first { body.len() - body.trim_start_matches(['@', '-', '+']).len() } else { 0 };
        is_continued = line.trim_end().ends_with('\\');
        out.push_str(&line[..line.len() - body.len()]);
        out.extend(std::iter::repeat_n(' ', signs));
        with_braces(&body[signs..], &mut out);
    }
    out
}

fn with_braces(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(open) = rest.find("$(") {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let after = &rest[open + 2..];
        let length = after.bytes().take_while(|byte| is_name(byte)).count();
        out.push_str(&rest[..open]);
        if after[length..].starts_with(')') {
            out.extend(["${", &after[..length], "}"]);
            rest = &after[length + 1..];
        } else {
            out.push_str("$(");
            rest = after;
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn variables_and_recipes_are_read() {
        check(
            "Makefile",
            "PORT ?= 8000 # why\nexport WEB_PORT := 3000\nN = 8080\nrun: build\n\t@PORT=4000 go run . --port 4001\n\tdocker run -p $(PORT):80 \\\n\t  -p 9000:90 x\nURL=http://localhost:8001\n",
            &[
                "1:9 8000 Assign variable=PORT",
                "2:20 3000 Assign variable=WEB_PORT",
                "5:8 4000 Assign variable=PORT",
                "5:29 4001 Listen",
                "7:7 9000 Publish container=90",
                "8:22 8001 Connect host=localhost variable=URL",
            ],
        );
        check("justfile", "port := \"8000\"\nserve:\n    python -m http.server 8001\n", &[
            "1:10 8000 Assign variable=port",
            "3:27 8001 Listen",
        ]);
    }

    #[test]
    fn tasks_are_read() {
        check(
            "Taskfile.yml",
            "vars:\n  PORT: 8000\n  TIMEOUT: 8001\ntasks:\n  run:\n    env: {API_PORT: '8002'}\n    cmds:\n      - serve -p 8003\n      - cmd: serve -p 8004\n      - task: x\n",
            &[
                "2:9 8000 Assign variable=PORT",
                "6:22 8002 Assign variable=API_PORT",
                "8:18 8003 Listen",
                "9:23 8004 Listen",
            ],
        );
    }

    #[test]
    fn look_alikes_are_none() {
        check("Makefile", "TIMEOUT = 8000\nSUPPORT := 8080\nall:\n\tsleep 3000\n\tmkdir -p 8080\n# PORT = 9\n", &[]);
    }
}
