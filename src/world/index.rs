//! What is about to be committed: the files of git's index.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::{git, locate};
use crate::diagnostic::Failure;

/// The index of a repository, read through one git that stays open.
#[derive(Debug)]
pub struct Index {
    top: PathBuf,
    batch: RefCell<Batch>,
}

/// A file that is about to be committed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StagedFile {
    /// Its path, relative to the folder that was asked about, with `/`.
    pub path: String,
    /// The name of its contents in git's store.
    object: String,
}

impl Index {
    /// Opens the index of the repository that holds a folder.
    ///
    /// # Errors
    /// A [`Failure`] where there is no repository, or where git cannot be started.
    pub fn of(folder: &Path) -> Result<Self, Failure> {
        let Some(git) = locate::find_upwards(folder, ".git") else {
            return Err(Failure::new("no-repository", "this folder is in no git repository")
                .path(folder.display().to_string())
                .help("--staged reads what is about to be committed: leave it out here"));
        };
        let top = git.parent().unwrap_or(folder).to_path_buf();
        let batch = RefCell::new(Batch::start(&top)?);
        Ok(Self { top, batch })
    }

    /// The files below a folder that are about to be committed, deleted ones
    /// aside, sorted by path.
    ///
    /// # Errors
    /// A [`Failure`] where git fails.
    pub fn staged(&self, folder: &Path) -> Result<Vec<StagedFile>, Failure> {
        let inside = self.inside(folder).unwrap_or_default();
        let relative = format!("--relative={inside}/");
        let mut arguments = vec!["diff", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames"];
        arguments.extend(["--diff-filter=ACMRT", "--no-ext-diff", "--no-color", "--ignore-submodules=all"]);
        if !inside.is_empty() {
            arguments.push(&relative);
        }
        let output = git::run(&self.top, arguments)?;
        if !output.status.success() {
            return Err(git::refused(&self.top, &output));
        }
        let mut files = parse_raw(&output.stdout);
        files.sort();
        Ok(files)
    }

    /// The bytes of a staged file; `None` where it has more than `most`, or
    /// where git has lost it.
    pub fn contents(&self, file: &StagedFile, most: u64) -> Option<Vec<u8>> {
        self.batch.borrow_mut().ask(&file.object, most).ok().flatten()
    }

    /// The bytes that the index has at a path; `None` where it has none: git
    /// ignores the file, or does not know it yet.
    pub fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let inside = self.inside(path)?;
        self.batch.borrow_mut().ask(&format!(":{inside}"), locate::MAXIMUM_TEXT).ok().flatten()
    }

    /// Reads a text from the index; from the disk, where the index has none.
    ///
    /// # Errors
    /// As [`read_text`](super::read_text).
    pub fn read_text(&self, path: &Path) -> Result<String, Failure> {
        match self.bytes(path).map(String::from_utf8) {
            Some(Ok(text)) => Ok(text),
            _ => locate::read_text(path),
        }
    }

    /// A path from the top of the work tree, with `/`.
    fn inside(&self, path: &Path) -> Option<String> {
        let path = locate::normalise(path);
        let parts = path.strip_prefix(&self.top).ok()?.components();
        let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
        Some(parts?.join("/"))
    }
}

/// Reads `:100644 100644 OLD NEW M\0PATH\0…`.
fn parse_raw(output: &[u8]) -> Vec<StagedFile> {
    let mut parts = output.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let mut files = Vec::new();
    while let (Some(head), Some(path)) = (parts.next(), parts.next()) {
        let words: Vec<&str> = head.split(' ').collect();
        // Neither links nor submodules: regular files alone.
        if let [_, mode, _, object, _] = words[..]
            && mode.starts_with("100")
        {
            files.push(StagedFile { path: path.into_owned(), object: object.to_owned() });
        }
    }
    files
}

/// A git that answers with contents as long as it is asked.
#[derive(Debug)]
struct Batch {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn start(top: &Path) -> Result<Self, Failure> {
        let mut command = git::command(top, ["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| git::not_started(&error))?;
        let (questions, answers) = (child.stdin.take(), child.stdout.take());
        match answers {
            Some(answers) => Ok(Self { child, questions, answers: BufReader::new(answers) }),
            None => Err(Failure::new("git", "git cannot be asked")),
        }
    }

    /// The contents of an object; `None` where there is none of that name, or
    /// where it has more bytes than `most`.
    fn ask(&mut self, object: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(questions) = &mut self.questions else { return Ok(None) };
        // A line is a question: no name with a line break can be asked for.
        if object.contains(['\n', '\r', '\0']) {
            return Ok(None);
        }
        writeln!(questions, "{object}")?;
        questions.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let words: Vec<&str> = head.trim_end().rsplitn(3, ' ').collect();
        let [size, kind, _] = words[..] else { return Ok(None) };
        let Ok(size) = size.parse::<u64>() else { return Ok(None) };
        let mut contents = Vec::new();
        let is_wanted = kind == "blob" && size <= most;
        if is_wanted {
            contents.reserve(usize::try_from(size).unwrap_or(0));
            self.answers.by_ref().take(size).read_to_end(&mut contents)?;
        } else {
            io::copy(&mut self.answers.by_ref().take(size), &mut io::sink())?;
        }
        self.answers.read_exact(&mut [0])?;
        Ok(is_wanted.then_some(contents))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It ends where no question can come any more.
        self.questions = None;
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_submodules_are_no_staged_files_and_paths_are_taken_as_they_are() {
        let (old, new) = ("0".repeat(40), "1".repeat(40));
        let mut raw = String::new();
        for (mode, path) in
            [("100644", "a b\n\"é"), ("120000", "link"), ("160000", "module"), ("100755", "x")]
        {
            raw += &format!(":000000 {mode} {old} {new} A\0{path}\0");
        }
        let files = parse_raw(raw.as_bytes());
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a b\n\"é", "x"]);
        assert!(files.iter().all(|file| file.object == new));
        assert_eq!(parse_raw(b""), []);
    }
}
