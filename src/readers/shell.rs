//! Scripts of shells: POSIX shells, PowerShell and cmd.

use super::dockerfile::heredoc_of;
use super::values::Setting;
use super::{Context, FilePath, Reader, Reading, Side, any_text, command, dotenv};
use crate::diagnostic::Confidence;

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
    for (range, is_heredoc) in parts(text) {
        let setting = if is_heredoc { setting.at_most(Confidence::Medium) } else { setting };
        reading.sightings.extend(command::sightings(&text[range.clone()], range.start, &setting));
    }
    comments(text, reading);
}

/// The script and the lines of its heredocs, which are texts of their own: an
/// apostrophe in one quotes nothing.
fn parts(text: &str) -> Vec<(std::ops::Range<usize>, bool)> {
    let mut parts = Vec::new();
    let mut heredoc: Option<&str> = None;
    let (mut start, mut from) = (0, 0);
    for raw in text.split_inclusive('\n') {
        let at = start;
        start += raw.len();
        if let Some(end) = heredoc {
            if raw.trim() == end {
                heredoc = None;
                from = start;
            } else {
                parts.push((at..start, true));
            }
        } else if raw.contains("<<") && !raw.contains("<<<") {
            heredoc = heredoc_of(raw);
            if heredoc.is_some() {
                parts.push((from..start, false));
                from = start;
            }
        }
    }
    if heredoc.is_none() {
        parts.push((from..text.len(), false));
    }
    parts
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
            &["3:10 8000 Assign variable=API_PORT confidence=Medium", "5:10 3000 Listen"],
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
