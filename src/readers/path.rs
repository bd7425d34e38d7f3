//! A file's path, and what it alone tells.

/// What kind of file a path is, for how sure a finding in it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// What the project runs, or how.
    Plain,
    /// Tests, fixtures, mocks, benchmarks.
    Test,
    /// Examples, samples of code, tutorials, templates that generate projects.
    Example,
    /// A record of what was: changelogs, release notes, migration guides, decisions, archives.
    History,
}

/// The environment that a path says it is for: `prod` of `.env.production`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variant<'a> {
    /// None: the file that everybody uses, or a template for it.
    #[default]
    None,
    /// One word for it, however it is written: `dev`, `prod`, `staging`,
    /// `test`, `local`, `debug`, `demo`.
    Named(&'a str),
}

/// A path relative to the root, with `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FilePath<'a>(&'a str);

impl<'a> FilePath<'a> {
    /// A path relative to the root, with `/`.
    pub fn new(path: &'a str) -> Self {
        Self(path)
    }

    /// The whole path.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The last part.
    pub fn name(self) -> &'a str {
        self.0.rsplit('/').next().unwrap_or(self.0)
    }

    /// What stands before the last part, without its `/`; empty at the root.
    pub fn folder(self) -> &'a str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// What follows the last dot of the name; empty where there is none, or
    /// nothing before it.
    pub fn extension(self) -> &'a str {
        match self.name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => extension,
            _ => "",
        }
    }

    /// Whether the extension is one of these, whatever its case.
    pub fn has_extension(self, extensions: &[&str]) -> bool {
        let own = self.extension();
        extensions.iter().any(|extension| extension.eq_ignore_ascii_case(own))
    }

    /// Whether the name is one of these, whatever its case.
    pub fn is_named(self, names: &[&str]) -> bool {
        let own = self.name();
        names.iter().any(|name| name.eq_ignore_ascii_case(own))
    }

    /// What kind of file it is.
    pub fn kind(self) -> FileKind {
        let mut kind = FileKind::Plain;
        let mut parts = self.0.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_file = parts.peek().is_none();
            let found = if is_file { kind_of_name(part) } else { kind_of_folder(part) };
            kind = kind.max(found.unwrap_or(FileKind::Plain));
        }
        kind
    }

    /// The environment that the path says it is for, of its name before its folders.
    pub fn variant(self) -> Variant<'a> {
        let in_name = self.name().split(['.', '-', '_']).filter(|word| !word.is_empty());
        // The first word is what the file is: `dev.env` alone is said by it.
        let of_name = in_name.rev().find_map(variant_word);
        let of_folder =
            || self.folder().rsplit('/').flat_map(|part| part.split(['-', '_', '.'])).find_map(variant_word);
        of_name.or_else(of_folder).map_or(Variant::None, Variant::Named)
    }

    /// A path relative to this file's folder, `..` and `.` resolved; `None`
    /// where it leads out of the root or is absolute.
    pub fn join(self, relative: &str) -> Option<String> {
        join(self.folder(), relative)
    }
}

/// A path relative to a folder, `..` and `.` resolved; `None` where it leads
/// out of the root or is absolute.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with(['/', '~']) || relative.get(1..2) == Some(":") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The one word for an environment, however it is written.
fn variant_word(word: &str) -> Option<&'static str> {
    let is = |words: &[&str]| words.iter().any(|other| word.eq_ignore_ascii_case(other));
    if is(&["dev", "develop", "development"]) {
        Some("dev")
    } else if is(&["prod", "production", "live"]) {
        Some("prod")
    } else if is(&["stage", "staging", "stg", "preprod", "uat", "qa"]) {
        Some("staging")
    } else if is(&["test", "tests", "testing", "e2e", "ci", "integration"]) {
        Some("test")
    } else if is(&["local"]) {
        Some("local")
    } else if is(&["debug"]) {
        Some("debug")
    } else if is(&["demo"]) {
        Some("demo")
    } else {
        None
    }
}

fn kind_of_folder(part: &str) -> Option<FileKind> {
    let part = part.to_ascii_lowercase();
    match part.as_str() {
        "test" | "tests" | "testing" | "__tests__" | "__mocks__" | "spec" | "specs" | "e2e" | "fixtures"
        | "fixture" | "testdata" | "test-data" | "mocks" | "cypress" | "bench" | "benches" | "benchmark"
        | "benchmarks" | "snapshots" | "__snapshots__" => Some(FileKind::Test),
        "example" | "examples" | "samples" | "sample" | "tutorial" | "tutorials" | "demos" | "cookbook"
        | "playground" | "playgrounds" => Some(FileKind::Example),
        "changelog" | "changelogs" | "changes" | "releases" | "release-notes" | "adr" | "adrs"
        | "decisions" | "archive" | "archived" | "_archive" | "history" | "legacy" | "deprecated" | "old"
        | "blog" => Some(FileKind::History),
        _ => None,
    }
}

fn kind_of_name(name: &str) -> Option<FileKind> {
    let lower = name.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or(&lower);
    let is_history = [
        "changelog",
        "changes",
        "history",
        "release-notes",
        "release_notes",
        "releases",
        "news",
        "upgrading",
        "migration",
        "migrating",
    ]
    .contains(&stem);
    if is_history {
        return Some(FileKind::History);
    }
    let is_test = lower.contains(".test.")
        || lower.contains(".spec.")
        || lower.contains("_test.")
        || lower.contains(".e2e.")
        || lower.starts_with("test_")
        || stem == "conftest"
        || stem.ends_with("tests")
        || name.split('.').next().is_some_and(|stem| stem.ends_with("Test") && stem.len() > 4);
    is_test.then_some(FileKind::Test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_parts() {
        let path = FilePath::new("a/b/docker-compose.dev.yml");
        assert_eq!((path.folder(), path.name(), path.extension()), ("a/b", "docker-compose.dev.yml", "yml"));
        assert_eq!(FilePath::new(".env").extension(), "");
        assert_eq!(path.join("../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(path.join("../../../d"), None);
        assert_eq!(path.join("/etc/passwd"), None);
        assert_eq!(join("", "./x").as_deref(), Some("x"));
    }

    #[test]
    fn a_path_tells_for_which_environment_it_is() {
        let of = |path: &'static str| FilePath::new(path).variant();
        assert_eq!(of(".env"), Variant::None);
        assert_eq!(of(".env.example"), Variant::None);
        assert_eq!(of(".env.production"), Variant::Named("prod"));
        assert_eq!(of("docker-compose.dev.yml"), Variant::Named("dev"));
        assert_eq!(of("deploy/staging/.env"), Variant::Named("staging"));
        assert_eq!(of("src/environments/environment.prod.ts"), Variant::Named("prod"));
        assert_eq!(of("src/environments/environment.ts"), Variant::None);
    }

    #[test]
    fn a_path_tells_what_kind_of_file_it_is() {
        let of = |path: &'static str| FilePath::new(path).kind();
        assert_eq!(of("src/app.py"), FileKind::Plain);
        assert_eq!(of("tests/app.py"), FileKind::Test);
        assert_eq!(of("src/app.spec.ts"), FileKind::Test);
        assert_eq!(of("pkg/server_test.go"), FileKind::Test);
        assert_eq!(of("examples/a/main.go"), FileKind::Example);
        assert_eq!(of("CHANGELOG.md"), FileKind::History);
        assert_eq!(of("latest/contest.py"), FileKind::Plain);
    }
}
