//! Procfiles: one process a line, as honcho and foreman take them.

use super::values::Setting;
use super::{FilePath, Reader, Reading, Role, Side, any_text, command};
use crate::source::Span;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "procfile",
    summary: "Procfiles: ports in the commands of processes, lines that every runner drops",
    takes,
    knows: any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let is_text = !path.has_extension(&["md", "rst", "rb", "py", "go", "js", "ts"]);
    is_text && (path.name() == "Procfile" || path.name().starts_with("Procfile."))
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let setting = Setting::code(Side::Host);
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let at = start;
        start += raw.len();
        let line = raw.trim_end();
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        match process(line) {
            Some((name, command)) => {
                reading.processes.push(Span::new(at, at + name.len()));
                let base = at + line.len() - command.len();
                let mut found = command::sightings(command, base, &setting);
                for sighting in &mut found {
                    sighting.service = Some(name.to_owned());
                    // What a process is given as PORT is what it listens on.
                    if sighting.role == Role::Assign && sighting.variable.as_deref() == Some("PORT") {
                        sighting.role = Role::Listen;
                    }
                }
                reading.sightings.extend(found);
            }
            None => reading.ignored_lines.push(Span::new(at + line.len() - trimmed.len(), at + line.len())),
        }
    }
}

/// The name of a process and its command; `None` for a line that runners drop.
pub fn process(line: &str) -> Option<(&str, &str)> {
    let (name, command) = line.split_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let command = command.trim_start();
    (!name.is_empty() && name.bytes().all(is_name) && !command.is_empty()).then_some((name, command))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn processes_are_services() {
        check(
            "Procfile.dev",
            "web: PORT=3000 npm start\r\napi: uvicorn main:app --port 8000 # x\n# old: serve -p 1\nworker: celery\n",
            &["1:11 3000 Listen variable=PORT service=web", "2:30 8000 Listen service=api"],
        );
        check("Procfile", "web: gunicorn -b :$PORT app\nx: sleep 3000\n", &[]);
    }

    #[test]
    fn lines_that_runners_drop_are_told() {
        let text = "web: a\n api: serve -p 1\nmy.db: x\n\n# c: d\nempty:\n";
        let mut reading = Reading::default();
        read(&FilePath::new("Procfile"), text, &mut reading);
        let lines: Vec<_> = reading.ignored_lines.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(lines, ["api: serve -p 1", "my.db: x", "empty:"]);
        assert_eq!(reading.sightings, []);
        assert_eq!(reading.processes, [Span::new(0, 3)]);
    }
}
