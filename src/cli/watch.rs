//! Looks again and again, and shows what changed.
//!
//! Nothing of a terminal is changed that would have to be put back: each
//! picture is drawn from its first line on, over the one before.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use super::Status;
use super::console::Console;
use crate::diagnostic::Failure;

/// What one look shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Picture {
    /// All of it, for a terminal.
    pub(super) text: String,
    /// A line a port, for a pipe: its name, and what is said of it.
    pub(super) ports: Vec<(String, String)>,
}

/// To the first line; the rest of a line, and of the screen, is cleared as it is drawn.
const HOME: &str = "\x1b[H";
const CLEAR_LINE: &str = "\x1b[K";
const CLEAR_REST: &str = "\x1b[J";
const CLEAR_ALL: &str = "\x1b[2J";

/// Shows a look, and after each pause what changed, until somebody interrupts
/// or nobody reads any more.
///
/// # Errors
/// That of the first look; later ones are shown in its place.
pub(super) fn watch(
    pause: Duration,
    console: &Console,
    look: &dyn Fn() -> Result<Picture, Failure>,
) -> Result<Status, Failure> {
    let is_terminal = io::stdout().is_terminal();
    let mut before: Option<Picture> = None;
    let mut said: Option<String> = None;
    let mut next = look()?;
    loop {
        if before.as_ref() != Some(&next) {
            let text =
                if is_terminal { drawn(before.is_none(), &next) } else { changes(before.as_ref(), &next) };
            let mut out = io::stdout().lock();
            if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
                return Ok(Status::Done);
            }
            before = Some(next);
        }
        next = loop {
            std::thread::sleep(pause);
            match look() {
                Ok(picture) => break picture,
                Err(failure) if is_terminal => {
                    break Picture { text: format!("{}\n", failure.message), ports: Vec::new() };
                }
                Err(failure) => {
                    if said.as_ref() != Some(&failure.message) {
                        console.say(&failure.message);
                        said = Some(failure.message);
                    }
                }
            }
        };
    }
}

/// A picture over the one before.
fn drawn(is_first: bool, picture: &Picture) -> String {
    let lines = picture.text.lines().map(|line| format!("{line}{CLEAR_LINE}\n"));
    let clear = if is_first { CLEAR_ALL } else { "" };
    format!("{clear}{HOME}{}{CLEAR_REST}", lines.collect::<String>())
}

/// What a picture says that the one before did not.
fn changes(before: Option<&Picture>, now: &Picture) -> String {
    let known: BTreeMap<&str, &str> = before.into_iter().flat_map(pairs).collect();
    let there: BTreeMap<&str, &str> = pairs(now).collect();
    let mut text = String::new();
    for (name, words) in pairs(now) {
        match known.get(name) {
            Some(old) if *old == words => {}
            Some(old) => text += &format!("{name}: {old} -> {words}\n"),
            None => text += &format!("{name}: {words}\n"),
        }
    }
    for (name, old) in known.iter().filter(|(name, _)| !there.contains_key(**name)) {
        text += &format!("{name}: {old} -> gone\n");
    }
    text
}

fn pairs(picture: &Picture) -> impl Iterator<Item = (&str, &str)> {
    picture.ports.iter().map(|(name, words)| (name.as_str(), words.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(ports: &[(&str, &str)]) -> Picture {
        let ports: Vec<_> =
            ports.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned())).collect();
        Picture { text: "A\nB\n".to_owned(), ports }
    }

    #[test]
    fn a_pipe_gets_changes_alone() {
        let first = picture(&[("shop api 4000/tcp", "down"), ("shop web 4001/tcp", "down")]);
        assert_eq!(changes(None, &first), "shop api 4000/tcp: down\nshop web 4001/tcp: down\n");
        assert_eq!(changes(Some(&first), &first), "");
        let second = picture(&[("shop api 4000/tcp", "up pid 7")]);
        assert_eq!(
            changes(Some(&first), &second),
            "shop api 4000/tcp: down -> up pid 7\nshop web 4001/tcp: down -> gone\n"
        );
    }

    #[test]
    fn a_terminal_is_drawn_over_and_cleared_behind() {
        let picture = picture(&[]);
        assert_eq!(drawn(true, &picture), "\x1b[2J\x1b[HA\x1b[K\nB\x1b[K\n\x1b[J");
        assert_eq!(drawn(false, &picture), "\x1b[HA\x1b[K\nB\x1b[K\n\x1b[J");
    }
}
