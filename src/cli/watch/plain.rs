//! Lines of what changed, for a pipe or a terminal that cannot be drawn on.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::app::MachineStatus;
use crate::cli::Status;
use crate::cli::console::Console;
use crate::cli::status::{name_of, words_of};
use crate::diagnostic::Failure;

/// A line a port: its name, and what is said of it.
type Picture = Vec<(String, String)>;

/// Shows a look, and after each pause what changed, until somebody interrupts
/// or nobody reads any more.
pub(super) fn watch(
    pause: Duration,
    console: &Console,
    look: &dyn Fn() -> Result<MachineStatus, Failure>,
    first: &MachineStatus,
) -> Result<Status, Failure> {
    let mut before = Picture::new();
    let mut said: Option<String> = None;
    let mut next = picture(first);
    loop {
        let text = changes(&before, &next);
        let mut out = io::stdout().lock();
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            return Ok(Status::Done);
        }
        drop(out);
        before = next;
        next = loop {
            std::thread::sleep(pause);
            match look() {
                Ok(seen) => break picture(&seen),
                Err(failure) if said.as_ref() == Some(&failure.message) => {}
                Err(failure) => {
                    console.say(&failure.message);
                    said = Some(failure.message);
                }
            }
        };
    }
}

fn picture(seen: &MachineStatus) -> Picture {
    seen.ports.iter().map(|port| (name_of(port), words_of(port))).collect()
}

/// What a picture says that the one before did not.
fn changes(before: &Picture, now: &Picture) -> String {
    let known: BTreeMap<&str, &str> = pairs(before).collect();
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
    picture.iter().map(|(name, words)| (name.as_str(), words.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(ports: &[(&str, &str)]) -> Picture {
        ports.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned())).collect()
    }

    #[test]
    fn a_pipe_gets_changes_alone() {
        let first = picture(&[("shop api 4000/tcp", "down"), ("shop web 4001/tcp", "down")]);
        assert_eq!(changes(&Picture::new(), &first), "shop api 4000/tcp: down\nshop web 4001/tcp: down\n");
        assert_eq!(changes(&first, &first), "");
        let second = picture(&[("shop api 4000/tcp", "up pid 7")]);
        assert_eq!(
            changes(&first, &second),
            "shop api 4000/tcp: down -> up pid 7\nshop web 4001/tcp: down -> gone\n"
        );
    }
}
