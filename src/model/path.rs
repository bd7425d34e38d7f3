//! Paths inside a project.

use std::fmt;

/// A path inside the project: relative, with `/`, without `.` or `..`.
///
/// It cannot name a file outside the project by its text; a symlink on disk
/// is `world`'s to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelativePath(String);

/// Why a text is no path inside the project.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No text at all, or one that names the project's folder itself.
    #[error("the path is empty")]
    Empty,
    /// Starts at a root or a drive.
    #[error("the path is absolute; write it relative to the folder of ports.toml")]
    Absolute,
    /// Has a `..`.
    #[error("the path leaves the project")]
    Outside,
    /// Leads into git's own folder.
    #[error("the path leads into .git, which is git's own")]
    Git,
    /// Has a `\`, a control character or a character that Windows forbids.
    #[error(
        "the path has a character that not every system can have in a file's name; use `/` between folders"
    )]
    Character,
    /// Ends in `/`.
    #[error("the path names a folder")]
    Folder,
}

impl RelativePath {
    /// Takes a path relative to the folder of `ports.toml`.
    ///
    /// # Errors
    /// Each way to leave the project, or to name no file, is a [`PathError`].
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.starts_with('/') || text.starts_with('\\') || text.get(1..2) == Some(":") {
            return Err(PathError::Absolute);
        }
        let forbidden = |character: char| {
            character.is_control() || matches!(character, '\\' | '<' | '>' | ':' | '"' | '|' | '?' | '*')
        };
        if text.contains(forbidden) {
            return Err(PathError::Character);
        }
        if text.ends_with('/') {
            return Err(PathError::Folder);
        }
        let mut parts = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => return Err(PathError::Outside),
                _ if part.eq_ignore_ascii_case(".git") => return Err(PathError::Git),
                _ => parts.push(part),
            }
        }
        if parts.is_empty() {
            return Err(PathError::Empty);
        }
        Ok(Self(parts.join("/")))
    }

    /// The path, with `/` between folders.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the last `/`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The part of the file name behind its last dot, if it has one.
    pub fn extension(&self) -> Option<&str> {
        self.file_name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension)
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_the_project_are_taken() {
        let check = |text: &str, expect: Result<&str, PathError>| {
            let path = RelativePath::parse(text).map(|path| path.to_string());
            assert_eq!(path, expect.map(str::to_owned), "{text:?}");
        };
        check("./a//b/../c", Err(PathError::Outside));
        check("./a//b", Ok("a/b"));
        check("../x", Err(PathError::Outside));
        check("/etc/x", Err(PathError::Absolute));
        check("C:/x", Err(PathError::Absolute));
        check("\\\\host\\x", Err(PathError::Absolute));
        check("a\\b", Err(PathError::Character));
        check("a\u{1b}b", Err(PathError::Character));
        check(".git/hooks/pre-commit", Err(PathError::Git));
        check("x/.GIT/config", Err(PathError::Git));
        check("a/", Err(PathError::Folder));
        check("", Err(PathError::Empty));
        check(".", Err(PathError::Empty));
        check("..", Err(PathError::Outside));
        check(".gitignore", Ok(".gitignore"));
    }
}
