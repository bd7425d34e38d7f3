//! Scripts of shells: POSIX shells, PowerShell and cmd.

use super::dockerfile::heredoc_of;
use super::values::Setting;
use super::{Context, FilePath, Reader, Reading, Role, Side, Sighting, any_text, command, dotenv, words};
use crate::diagnostic::Confidence;
use crate::source::Span;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "shell",
    summary: "scripts (sh, bash, zsh, PowerShell, cmd): variables, ports in commands, comments with addresses",
    takes,
    knows: any_text,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["sh", "bash", "zsh", "ksh", "fish", "ps1", "psm1", "bat", "cmd"])
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let has_port = |at: usize| text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
    let is_worth_it = memchr::memchr3_iter(b' ', b':', b'=', text.as_bytes()).any(has_port)
        || memchr::memchr2_iter(b'-', b'"', text.as_bytes()).any(has_port);
    if !is_worth_it {
        return;
    }
    let name = path.name().to_ascii_lowercase();
    let runs_inside = name.contains("entrypoint") || name.contains("healthcheck");
    let setting = Setting::code(if runs_inside { Side::Container } else { Side::Host });
    for (range, part) in parts(text) {
        let setting = match part {
            Part::Script => setting,
            Part::Heredoc => setting.at_most(Confidence::Medium),
            Part::Environment => {
                environment(&text[range.clone()], range.start, &mut reading.sightings);
                continue;
            }
        };
        reading.sightings.extend(command::sightings(&text[range.clone()], range.start, &setting));
    }
    comments(text, reading);
}

/// What a part of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Script,
    /// A line that it hands to a command.
    Heredoc,
    /// The env file that it writes.
    Environment,
}

/// The script and the lines of its heredocs, which are texts of their own: an
/// apostrophe in one quotes nothing.
fn parts(text: &str) -> Vec<(std::ops::Range<usize>, Part)> {
    let mut parts = Vec::new();
    let mut heredoc: Option<(&str, bool)> = None;
    let (mut start, mut from) = (0, 0);
    for raw in text.split_inclusive('\n') {
        let at = start;
        start += raw.len();
        if let Some((end, is_environment)) = heredoc {
            if raw.trim() == end {
                if is_environment {
                    parts.push((from..at, Part::Environment));
                }
                heredoc = None;
                from = start;
            } else if !is_environment {
                parts.push((at..start, Part::Heredoc));
            }
        } else if raw.contains("<<") && !raw.contains("<<<") {
            heredoc = heredoc_of(raw).map(|end| (end, writes_environment(raw)));
            if heredoc.is_some() {
                parts.push((from..start, Part::Script));
                from = start;
            }
        }
    }
    match heredoc {
        None => parts.push((from..text.len(), Part::Script)),
        Some((_, true)) => parts.push((from..text.len(), Part::Environment)),
        Some(_) => {}
    }
    parts
}

/// Whether a command writes what it is handed to an env file: `cat > .env << EOF`.
fn writes_environment(command: &str) -> bool {
    let target = command.split('>').nth(1).unwrap_or("");
    let name = target.split_whitespace().next().unwrap_or("").trim_matches(['"', '\'']);
    let name = name.rsplit('/').next().unwrap_or(name);
    name == ".env" || name.starts_with(".env.")
}

/// The env file that a script writes. `DB_PORT` beside `DB_HOST=db` is a port of `db`.
fn environment(body: &str, base: usize, sightings: &mut Vec<Sighting>) {
    let mut inner = Reading::default();
    (dotenv::READER.read)(&FilePath::new(".env"), body, &mut inner);
    let host_of = |variable: Option<&str>| {
        let stem = variable?.strip_suffix("_PORT")?;
        let is_host = |name: &str| name.strip_suffix("_HOST") == Some(stem);
        let host = &inner.assignments.iter().find(|one| is_host(&one.name))?.value;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_service = !host.is_empty() && host.bytes().all(is_name) && !words::is_loopback(host);
        is_service.then(|| host.to_ascii_lowercase())
    };
    sightings.extend(inner.sightings.iter().map(|sighting| {
        let place = sighting.span.range();
        let span = Span::new(place.start + base, place.end + base);
        match host_of(sighting.variable.as_deref()).filter(|_| sighting.host.is_none()) {
            Some(host) => Sighting {
                span,
                host: Some(host),
                role: Role::Connect,
                side: Side::Container,
                ..sighting.clone()
            },
            None => Sighting { span, ..sighting.clone() },
        }
    }));
}

fn comments(text: &str, reading: &mut Reading) {
    let setting = Setting { side: Side::Host, context: Context::Comment, confidence: Confidence::Low };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let trimmed = line.trim_start();
        let comment = ["#", "REM ", "rem ", "::"].iter().find_map(|sign| trimmed.strip_prefix(sign));
        if let Some(comment) = comment {
            let comment = comment.trim_start_matches(['#', ' ', '\t']);
            let base = at + line.len() - comment.len();
            dotenv::comment_line(comment.trim_end(), base, &setting, &mut reading.sightings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn scripts_set_and_run() {
        check(
            "start.sh",
            "#!/bin/sh\nAPI_PORT=8000\nPORT=${PORT:-3000}\nf() { local port=${1:-9000}; }\nuvicorn a:b --port 8001 &\ncurl http://localhost:8000/\n# see http://localhost:8002\n#WEB_PORT=3001\n",
            &[
                "2:10 8000 Assign variable=API_PORT",
                "3:14 3000 Fallback variable=PORT",
                "4:23 9000 Assign variable=port",
                "5:20 8001 Listen",
                "6:23 8000 Connect host=localhost",
                "7:24 8002 Connect host=localhost confidence=Low *",
                "8:11 3001 Assign variable=WEB_PORT confidence=Low *",
            ],
        );
        check("docker-entrypoint.sh", "exec serve -p 80\n", &["1:15 80 Listen Container"]);
    }

    #[test]
    fn an_env_file_that_is_written_is_one() {
        check(
            "setup.sh",
            "cat > .env <<EOF\nDB_HOST=db\nDB_PORT=5433\nWEB_PORT=3000\nEOF\ncat <<EOF\nDB_PORT=5434\nEOF\n",
            &[
                "3:9 5433 Connect Container host=db variable=DB_PORT",
                "4:10 3000 Assign Unknown variable=WEB_PORT",
                "7:9 5434 Assign variable=DB_PORT confidence=Medium",
            ],
        );
    }

    #[test]
    fn windows_shells_are_read() {
        check(
            "start.ps1",
            "param(\n  [int]$Port = 8000,\n  [string]$Name = \"x\"\n)\n$env:API_PORT = \"8001\"\nStart-Process serve -ArgumentList \"-p\", \"3000\"\nWrite-Host \"http://localhost:8001\"\n",
            &[
                "2:16 8000 Assign variable=Port",
                "5:18 8001 Assign variable=API_PORT",
                "7:30 8001 Connect host=localhost confidence=Medium",
            ],
        );
        check(
            "start.bat",
            "@echo off\r\nset API_PORT=8000\r\nif \"%PORT%\"==\"\" set PORT=3000\r\nREM http://localhost:1\r\n",
            &[
                "2:14 8000 Assign variable=API_PORT",
                "3:26 3000 Assign variable=PORT",
                "4:22 1 Connect host=localhost confidence=Low *",
            ],
        );
    }

    #[test]
    fn heredocs_are_texts_of_their_own() {
        check(
            "a.sh",
            "cat <<EOF > .env\nit's\nAPI_PORT=8000\nEOF\nserve -p 3000\n",
            &["3:10 8000 Assign Unknown variable=API_PORT", "5:10 3000 Listen"],
        );
    }

    #[test]
    fn look_alikes_are_none() {
        check(
            "a.sh",
            "mkdir -p 8080\nsleep 3000\nTIMEOUT=8000\nfor i in 1 2 3; do kill -9 $i; done\nif [ \"$X\" = 8080 ]; then exit 1; fi\nawk '{print $1:8080}' x\nIMAGE=redis:7\nsupport=8000\n",
            &[],
        );
    }
}
