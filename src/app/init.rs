//! A new `ports.toml` from what a repository states.

use std::path::Path;

use super::load::{FILE_NAME, Location, file_name, parent};
use super::ownership::Ownership;
use super::scan::{Extent, scan};
use crate::bootstrap::{self, Draft};
use crate::check::{check_repository, check_table};
use crate::diagnostic::{Failure, Finding, Subject};
use crate::manifest;
use crate::model::{Project, RelativePath};
use crate::report::{SCHEMA_NAME, schema_text};
use crate::rules::{self, Evidence, Rule};
use crate::source::Sources;
use crate::world::{self, Root};

/// What `init` is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct InitOptions {
    /// Only show it.
    pub dry_run: bool,
    /// Keep an existing table as `ports.toml.bak` and write a new one.
    pub force: bool,
}

/// What `init` made.
#[derive(Clone, Debug)]
pub struct Initialized {
    /// The name of the table's file.
    pub name: String,
    /// The text of the table.
    pub text: String,
    /// How many services it has.
    pub services: usize,
    /// How many numbers somebody must decide.
    pub undecided: usize,
    /// How many places follow it.
    pub patches: usize,
    /// How many files were read.
    pub files: usize,
    /// The name of the schema's file, where one was written.
    pub schema: Option<String>,
    /// Where the old table is kept, where there was one.
    pub backup: Option<String>,
}

/// Reads the folder and writes its table, never over an existing one.
///
/// # Errors
/// A [`Failure`] where there is a table already, or where the disk fails.
pub fn init(location: &Location, options: InitOptions) -> Result<Initialized, Failure> {
    let (folder, name) = match &location.file {
        Some(file) => (parent(file), file_name(file)),
        None => (location.directory.clone(), FILE_NAME.to_owned()),
    };
    let root = Root::open(&folder)?;
    let path = RelativePath::parse(&name)
        .map_err(|error| Failure::new("bad-path", error.to_string()).path(name.clone()))?;
    let existing = folder.join(&name);
    let is_there = world::is_there(&existing);
    if is_there && !options.force && !options.dry_run {
        return Err(Failure::new("exists", format!("there is a {name} already"))
            .path(existing.display().to_string())
            .help(format!(
                "`portgen init --force` keeps it as {name}.bak; --dry-run only shows the new one"
            )));
    }
    let mut sources = Sources::new();
    let scan = scan(
        &folder,
        &mut sources,
        &Ownership::nothing().with_table(&name),
        &Extent { shared_only: true, ..Extent::default() },
    );
    let inventory = scan.repository.inventory(&sources);
    let mut draft = bootstrap::draft(&folder_name(root.folder()), &inventory, &scan.repository, &sources);
    let evidence = Evidence { repository: &scan.repository, projects: &[], sources: &sources };
    accept_what_is_in_use(&mut draft, &check_repository(&evidence));
    let text = draft.to_toml();
    let (mut backup, mut schema) = (None, None);
    if !options.dry_run {
        if is_there {
            backup = Some(keep(&existing, &name)?);
        }
        schema = write_schema(&root)?;
        root.create(&path, &text)?;
    }
    Ok(Initialized {
        name,
        text,
        services: draft.services.len(),
        undecided: draft
            .services
            .iter()
            .flat_map(|service| &service.ports)
            .map(|port| port.undecided.len())
            .sum(),
        patches: draft.patches.len(),
        files: scan.files,
        schema,
        backup,
    })
}

/// Writes the schema that the table's first line names, for editors without a
/// network; one that is there already stays as it is.
fn write_schema(root: &Root) -> Result<Option<String>, Failure> {
    let path = RelativePath::parse(SCHEMA_NAME)
        .map_err(|error| Failure::new("bad-path", error.to_string()).path(SCHEMA_NAME))?;
    if world::is_there(&root.folder().join(SCHEMA_NAME)) {
        return Ok(None);
    }
    root.create(&path, &schema_text())?;
    Ok(Some(SCHEMA_NAME.to_owned()))
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Moves an existing table aside, never over another one.
fn keep(existing: &Path, name: &str) -> Result<String, Failure> {
    let name = format!("{name}.bak");
    let backup = existing.with_file_name(&name);
    if world::is_there(&backup) {
        return Err(Failure::new("exists", "the last backup is still there")
            .path(backup.display().to_string())
            .help("look whether it is needed, and move it away"));
    }
    world::rename(existing, &backup)?;
    Ok(name)
}

/// What a table is warned of and has been in use until now is accepted with
/// the reason that it was; what is wrong in the repository too is left to be found.
fn accept_what_is_in_use(draft: &mut Draft, found: &[Finding]) {
    let mut sources = Sources::new();
    let (project, mistakes) = manifest::read(&mut sources, FILE_NAME, &draft.to_toml());
    let findings = if mistakes.is_empty() { check_table(std::slice::from_ref(&project)) } else { Vec::new() };
    for finding in findings {
        let Some(rule) = rules::find(finding.rule).filter(|rule| is_accepted(rule, &finding, found)) else {
            continue;
        };
        let mut names = finding.subjects.iter().filter_map(|subject| match subject {
            Subject::Service(name) => Some(name.as_str()),
            _ => None,
        });
        let first =
            names.next_back().and_then(|name| seen_first(&project, draft, name).map(|seen| (name, seen)));
        if let Some((name, seen)) = first {
            draft.allow(name, rule.name, &reason(rule.name, &seen));
        }
    }
}

/// Whether a finding speaks of the choice of a number, and not of a mistake.
fn is_accepted(rule: &Rule, finding: &Finding, found: &[Finding]) -> bool {
    match rule.name {
        "well-known-port"
        | "platform-port"
        | "privileged-port"
        | "ephemeral-port"
        | "browser-blocked-port"
        | "foreign-range-port" => true,
        // Services that never run together share a port rightly: what does
        // collide, the repository's own rule has found.
        "duplicate-port" => !found.iter().any(|other| {
            other.rule == "published-port-collision" && shares_a_number(&other.message, &finding.message)
        }),
        _ => false,
    }
}

fn shares_a_number(one: &str, two: &str) -> bool {
    let numbers = |text: &str| -> Vec<String> {
        let words = text.split(|character: char| !character.is_ascii_digit()).filter(|word| word.len() > 1);
        words.map(str::to_owned).collect()
    };
    let of_two = numbers(two);
    numbers(one).iter().any(|number| of_two.contains(number))
}

fn reason(rule: &str, seen: &str) -> String {
    match rule {
        "duplicate-port" => format!("they do not run together: {seen}"),
        _ => format!("in use: {seen}"),
    }
}

fn seen_first(project: &Project, draft: &Draft, name: &str) -> Option<String> {
    project.services.iter().find(|service| service.name.as_str() == name)?;
    let service = draft.services.iter().find(|service| service.name.as_str() == name)?;
    service.ports.iter().find_map(|port| port.seen.first().cloned())
}
