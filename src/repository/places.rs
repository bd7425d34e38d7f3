//! Which folder of a repository a document means: by its path, by the side of
//! the system that it is, by the sentence that names an env file.

use std::collections::BTreeSet;

use super::foreign::in_english;
use super::layout::is_below;
use crate::readers::join;
use crate::readers::words::{is_port_word, words_of};

/// The folders that a document may mean.
#[derive(Clone, Debug)]
pub(super) struct Known<'a> {
    /// The folder that the document is about.
    pub(super) home: &'a str,
    /// Every folder with a file in it.
    pub(super) folders: &'a BTreeSet<&'a str>,
    /// Folders of front ends.
    pub(super) fronts: &'a BTreeSet<&'a str>,
    /// Whether nothing else serves pages than the one program that a document starts.
    pub(super) is_plain: bool,
    /// The document.
    pub(super) text: &'a str,
}

/// Names of the folders of the two sides, the plainest first.
const BACKS: &[&str] = &["backend", "back-end", "back", "server", "api"];
const FRONTS: &[&str] = &["frontend", "front-end", "front", "client", "web", "webapp", "ui"];

impl Known<'_> {
    /// Whether a folder is that of a front end.
    pub(super) fn is_front(&self, folder: &str) -> bool {
        let name = folder.rsplit('/').next().unwrap_or("");
        self.fronts.contains(folder) || FRONTS.contains(&name)
    }

    /// The folder that a path leads to from another one.
    pub(super) fn resolve(&self, place: &str, path: &str) -> Option<String> {
        let last = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let is_absolute = path.starts_with(['/', '~']) || path.get(1..2) == Some(":");
        let below = |folder: &str, path: &str| {
            join(folder, path).filter(|path| path.is_empty() || self.folders.contains(path.as_str()))
        };
        if is_absolute {
            // Somebody's own checkout, or a folder of it.
            return below(self.home, last).or_else(|| Some(self.home.to_owned()));
        }
        let found = below(place, path).or_else(|| below(self.home, path));
        // The first part is the name of the checkout.
        let found = found.or_else(|| {
            let (_, rest) = path.split_once('/').filter(|(first, _)| !first.starts_with('.'))?;
            below(self.home, rest).filter(|folder| !folder.is_empty())
        });
        // What was just cloned is this repository.
        let is_cloned =
            || [format!("/{path}.git"), format!("/{path}\n")].iter().any(|end| self.text.contains(end));
        found.or_else(|| (!path.contains('/') && is_cloned()).then(|| self.home.to_owned()))
    }

    /// The folder of a side: the one there is of its names, or the plainest.
    fn of_side(&self, names: &[&str], is_front: bool) -> Option<String> {
        let all: Vec<String> = names
            .iter()
            .filter_map(|name| join(self.home, name))
            .filter(|path| self.folders.contains(path.as_str()))
            .collect();
        match &all[..] {
            [only] => Some(only.clone()),
            [first, ..] if first.ends_with("end") => Some(first.clone()),
            [] if is_front && self.fronts.contains(self.home) => Some(self.home.to_owned()),
            // Whatever its folder is called.
            [] if is_front && self.fronts.len() == 1 => self
                .fronts
                .first()
                .filter(|front| is_below(front, self.home))
                .map(|front| (*front).to_owned()),
            _ => None,
        }
    }

    /// The folder whose env file a sentence or a heading names: by its path,
    /// by the side that it is of.
    pub(super) fn env_folder(&self, said: &str, nearby: Option<&str>) -> Option<String> {
        let at = said.find(".env")?;
        let behind = &said[at + 4..];
        let variant = behind.trim_start_matches(['.', '-']);
        let length = variant.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(variant.len());
        let is_variant = behind.starts_with(['.', '-']) && length > 0;
        let is_everybodys = !is_variant
            || ["example", "sample", "template", "local", "dist", "development"]
                .contains(&&variant[..length]);
        if !is_everybodys || said[at + 4..].contains(".env") {
            return None;
        }
        let start = said[..at].rfind(|letter: char| !(letter.is_alphanumeric() || "-_./".contains(letter)));
        let path = &said
            [start.map_or(0, |start| start + said[start..].chars().next().map_or(1, char::len_utf8))..at];
        let path = path.trim_start_matches("./").trim_end_matches('/');
        if !path.is_empty() {
            return join(self.home, path).filter(|path| self.folders.contains(path.as_str()));
        }
        let lower = said.to_lowercase();
        if ["root", "raíz", "raiz", "根"].iter().any(|word| lower.contains(word)) {
            return Some(self.home.to_owned());
        }
        let named = side_of(said, self);
        named.unwrap_or_else(|| nearby.map(str::to_owned))
    }
}

/// The folder of the side that a text names; `Some(None)` where it names both,
/// or one that has no folder.
pub(super) fn side_of(text: &str, known: &Known<'_>) -> Option<Option<String>> {
    let words = words_of(&in_english(text));
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let pair = |one: &str| words.windows(2).any(|two| two[0] == one && two[1] == "end");
    let is_back = has(&["backend"]) || pair("back");
    let is_front = has(&["frontend"]) || pair("front");
    match (is_back, is_front) {
        (true, false) => Some(known.of_side(BACKS, false)),
        (false, true) => Some(known.of_side(FRONTS, true)),
        (true, true) => Some(None),
        (false, false) => None,
    }
}

/// The folder whose program a sentence says to listen on the number behind it:
/// `the backend server is running on port`, `Frontend status: running on http://localhost:`.
pub(super) fn said_before(before: &str, known: &Known<'_>) -> Option<String> {
    const VERBS: &[&str] = &[
        "running",
        "runs",
        "listening",
        "listens",
        "started",
        "available",
        "corre",
        "corriendo",
        "rodando",
        "roda",
    ];
    const BETWEEN: &[&str] = &[
        "on",
        "at",
        "en",
        "em",
        "na",
        "no",
        "el",
        "the",
        "http",
        "https",
        "localhost",
        "127",
        "0",
        "1",
        "local",
    ];
    const BEHIND: &[&str] = &["is", "now", "should", "be", "server", "status", "will", "api", "está", "also"];
    let english = in_english(before);
    let words = words_of(&english);
    let mut words = words
        .iter()
        .rev()
        .map(String::as_str)
        .skip_while(|word| BETWEEN.contains(word) || is_port_word(word));
    if !VERBS.contains(&words.next()?) {
        return None;
    }
    let name: Vec<&str> = words.skip_while(|word| BEHIND.contains(word)).take(2).collect();
    let side = match name[..] {
        [first @ ("backend" | "frontend"), ..] => first.to_owned(),
        ["end", second @ ("back" | "front")] => format!("{second}end"),
        _ => return None,
    };
    side_of(&side, known).flatten()
}

/// The folder of the side that a heading or a comment names with its port:
/// `# Backend (Port 5001)`.
pub(super) fn headed(before: &str, known: &Known<'_>) -> Option<String> {
    let (name, inside) = before.rsplit_once('(')?;
    let words = words_of(name);
    let is_port = words_of(inside).iter().all(|word| is_port_word(word)) && !inside.trim().is_empty();
    let is_title = before.trim_start().starts_with(['#', '*', '-'])
        || before.trim_start().starts_with(|first: char| first.is_ascii_digit());
    if is_port && is_title && words.len() <= 5 && !name.contains(['→', '>', '|']) {
        side_of(name, known).flatten()
    } else {
        None
    }
}

/// The folder whose front end's configuration a line names before a port:
/// `` `vite.config.ts` - port changed to ``.
pub(super) fn configured(before: &str, known: &Known<'_>) -> Option<String> {
    let at = before.find(".config.")?;
    let start = before[..at].rfind(|letter: char| !(letter.is_alphanumeric() || "-_./".contains(letter)));
    let start = start.map_or(0, |start| start + before[start..].chars().next().map_or(1, char::len_utf8));
    let rest = &before[at + ".config.".len()..];
    let says_port = words_of(rest).iter().any(|word| is_port_word(word));
    let path = before[start..at].trim_start_matches("./");
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = join(known.home, folder).filter(|folder| known.fronts.contains(folder.as_str()));
    folder.filter(|_| says_port && rest.len() < 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_meant_by_path_and_by_side() {
        let folders: BTreeSet<&str> = ["", "server", "frontend", "docs"].into();
        let fronts = BTreeSet::new();
        let known = Known {
            home: "",
            folders: &folders,
            fronts: &fronts,
            is_plain: false,
            text: "git clone https://x.example/shop.git",
        };
        for (place, path, expected) in [
            ("", "server", Some("server")),
            ("server", "../frontend", Some("frontend")),
            ("server", "frontend", Some("frontend")),
            ("", "/home/me/shop/server", Some("server")),
            ("", "shop", Some("")),
            ("", "other", None),
            ("", "shop/server", Some("server")),
        ] {
            assert_eq!(known.resolve(place, path).as_deref(), expected, "{path}");
        }
        for (said, expected) in [
            ("Backend (server/.env)", Some("server")),
            ("The `.env` file is in the backend folder:", Some("server")),
            ("Frontend (.env)", Some("frontend")),
            ("`.env.production`", None),
            ("`.env` in the root", Some("")),
            ("Copy `.env.example` to `.env`", None),
        ] {
            assert_eq!(known.env_folder(said, None).as_deref(), expected, "{said}");
        }
        for (before, expected) in [
            ("Check if backend is running on port ", Some("server")),
            ("### Backend Status: ✅ Running on http://localhost:", Some("server")),
            ("- Front-end server listens on port **", Some("frontend")),
            ("The server is running on port ", None),
            ("The backend is running; see port ", None),
        ] {
            assert_eq!(said_before(before, &known).as_deref(), expected, "{before}");
        }
        for (before, expected) in [
            ("# Backend (Port ", Some("server")),
            ("2. **Frontend** (port ", Some("frontend")),
            ("### Backend (PostgreSQL on port ", None),
            ("It calls the backend (port ", None),
        ] {
            assert_eq!(headed(before, &known).as_deref(), expected, "{before}");
        }
    }
}
