//! What a line of a start script starts, and in which folder.

/// Words of commands that start a program which answers requests.
const PROGRAMS: &[&str] = &[
    "uvicorn",
    "gunicorn",
    "hypercorn",
    "daphne",
    "granian",
    "flask",
    "fastapi",
    "manage.py",
    "django-admin",
    "rails",
    "puma",
    "artisan",
    "php",
    "go",
    "cargo",
    "dotnet",
    "java",
    "mvn",
    "gradle",
    "nodemon",
    "ts-node",
    "tsx",
    "air",
];

/// Words of commands that serve a front end.
const FRONTS: &[&str] =
    &["npm", "yarn", "pnpm", "bun", "vite", "next", "nuxt", "ng", "react-scripts", "astro"];

/// The line that a place lies in, those that it continues included.
fn line(text: &str, at: usize) -> &str {
    let mut start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    while start > 0 && text[..start - 1].trim_end_matches('\r').ends_with('\\') {
        start = text[..start - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    &text[start..at]
}

/// The words of the command that a place lies in.
fn command(text: &str, at: usize) -> Vec<&str> {
    let line = line(text, at);
    let start = line.rfind(['&', ';', '|', '(']).map_or(0, |end| end + 1);
    line[start..].split_ascii_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word)).collect()
}

/// Whether the command before a place starts a program behind front ends.
pub(super) fn starts_a_program(text: &str, at: usize) -> bool {
    let words = command(text, at);
    words.iter().any(|word| PROGRAMS.contains(word)) && !words.iter().any(|word| FRONTS.contains(word))
}

/// Whether the command before a place serves a front end.
pub(super) fn starts_a_front(text: &str, at: usize) -> bool {
    command(text, at).iter().any(|word| FRONTS.contains(word))
}

/// The last part of the folder that a command is started in, or that the module
/// which it starts lies in: what the nearest `cd` before it names.
pub(super) fn folder(text: &str, at: usize) -> Option<String> {
    let module = command(text, at).into_iter().find_map(|word| {
        let (path, _) = word.split_once(':').filter(|(path, _)| path.contains('.') && !path.contains('='))?;
        path.split('.').next().filter(|part| !["main", "app", "src", "0", "127"].contains(part))
    });
    if let Some(module) =
        module.filter(|module| module.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
    {
        return Some(module.to_owned());
    }
    let into = text[..at].rfind("cd ").filter(|found| {
        text[..*found].bytes().next_back().is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })?;
    // A subshell that was left has gone back.
    if text[into..at].lines().next().is_some_and(|line| line.trim_end().ends_with(')')) {
        return None;
    }
    let word = text[into + 3..].split_ascii_whitespace().next()?;
    let last = word.trim_matches(['"', '\'', '/']).rsplit('/').next()?;
    let is_name =
        !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    is_name.then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_it_starts_and_where() {
        for (text, program, front, expected) in [
            ("cd backend\nuvicorn main:app --port 1", true, false, Some("backend")),
            ("cd \"$ROOT/web\" && npm run dev -- --port 1", false, true, Some("web")),
            ("uvicorn api.main:app \\\n  --host 0.0.0.0 --port 1", true, false, Some("api")),
            ("(cd web && npm install)\ngo run . --port 1", true, false, None),
            ("cd \"$ROOT\"\nflask run --port 1", true, false, None),
            ("redis-server --port 1", false, false, None),
        ] {
            let at = text.len() - 1;
            let found = (starts_a_program(text, at), starts_a_front(text, at), folder(text, at));
            assert_eq!(found, (program, front, expected.map(str::to_owned)), "{text}");
        }
    }
}
