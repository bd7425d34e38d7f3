//! Texts and what exists become changes; nothing is written here.
//!
//! Every output is judged against the text that is on disk, as edits to it.
//! The edits of one file are joined afterwards, so that several blocks and
//! patches share a file and each place in a finding is one of the file as it
//! is. `check`, `render` and `--diff` differ only in what they do with a plan.

mod block;
mod compose;
mod diff;
mod edit;
mod fence;
mod file;
mod fixes;
mod insert;
mod lines;
mod markers;
mod on_disk;
mod orphan;
pub mod owned;
mod patch;
mod seal;
mod step;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod test;

use std::collections::{BTreeMap, HashSet};

use crate::model::{BlockId, Comment, Condition, Pattern, Problem, RelativePath};
use crate::source::{Place, SourceId, Sources, Spanned};
use edit::Verdict;
use on_disk::OnDisk;

pub use diff::MAXIMUM_DIFF_LINES;
pub use fixes::{FixedFile, Fixes, Unfixed, fixes};
pub use orphan::{deletion, has_header, orphan};
pub use step::{Change, Outcome, Ownership, Plan, Step};

/// What one output or patch is to hold.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its `path` in `ports.toml`.
    pub declared: Place,
    /// Which file.
    pub path: RelativePath,
    /// Whether it holds this machine's numbers, so that its absence is no drift.
    pub local: bool,
    /// Its target's name, or its template's, for reports.
    pub label: String,
    /// What it holds, and how much of the file that is.
    pub content: Content,
}

/// The text of an output: LF endings, one final newline, without header and markers.
#[derive(Clone, Debug)]
pub enum Content {
    /// A whole file.
    File {
        /// What is rendered.
        text: String,
        /// How its header is written.
        comment: Comment,
    },
    /// The lines between two markers.
    Block {
        /// The id on the markers.
        id: BlockId,
        /// What is rendered, without indentation.
        text: String,
        /// How the markers are written.
        comment: Comment,
        /// A regular expression for one line: its first group, or all of it
        /// where it has none, is the name that the line sets. With it,
        /// `--insert` sees names that are set outside the block.
        assignment: Option<String>,
        /// Where `--insert` puts the block.
        anchor: Anchor,
    },
    /// What the one group of a pattern matches.
    Patch {
        /// The pattern, at its place in `ports.toml`.
        find: Spanned<Pattern>,
        /// Whether several matches are meant.
        all: bool,
        /// One line: what the group is to hold.
        value: String,
    },
}

/// Where `--insert` puts a block that has no markers yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At the end of the file.
    End,
    /// Nowhere: it belongs inside what a person wrote.
    ByHand,
    /// In a compose file, as the first lines of this service.
    ComposeService(String),
}

/// What is at the path of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing.
    Absent {
        /// Whether git would ignore the file, so that its absence is no drift.
        ignored_by_git: bool,
    },
    /// A text.
    Text {
        /// The text, byte order mark and line endings as on disk.
        source: SourceId,
        /// Whether its permissions forbid writing.
        read_only: bool,
    },
    /// Something that cannot be an output.
    Unusable {
        /// Why, as a clause.
        reason: String,
        /// What to do.
        help: String,
    },
}

/// What a person allowed on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `--force`: write over what a person edited.
    pub force: bool,
    /// `--adopt`: take over a file without a header, and with `insert` the
    /// lines that set a block's names.
    pub adopt: bool,
    /// `--insert`: put in blocks whose markers are missing.
    pub insert: bool,
}

/// Plans every output: one step a path, in the order in which the paths first occur.
///
/// A path that `existing` lacks is taken as absent. The text of each
/// [`Existing::Text`] is in `sources`.
pub fn plan(
    wanted: &[Wanted],
    existing: &BTreeMap<RelativePath, Existing>,
    sources: &Sources,
    options: Options,
) -> Plan {
    let mut paths: Vec<&RelativePath> = Vec::new();
    let mut by_path: BTreeMap<&RelativePath, Vec<&Wanted>> = BTreeMap::new();
    for output in wanted {
        let outputs = by_path.entry(&output.path).or_default();
        if outputs.is_empty() {
            paths.push(&output.path);
        }
        outputs.push(output);
    }
    let absent = Existing::Absent { ignored_by_git: false };
    let steps = paths.into_iter().map(|path| {
        let outputs = by_path.get(path).map_or(&[][..], Vec::as_slice);
        match existing.get(path).unwrap_or(&absent) {
            Existing::Absent { ignored_by_git } => plan_absent(path, outputs, *ignored_by_git),
            Existing::Unusable { reason, help } => plan_unusable(path, outputs, reason, help),
            Existing::Text { source, read_only } => {
                let on_disk = sources.get(*source);
                let on_disk = OnDisk::new(on_disk.name(), *source, on_disk.text(), *read_only);
                plan_existing(&on_disk, path, outputs, options)
            }
        }
    });
    Plan { steps: steps.collect() }
}

fn plan_absent(path: &RelativePath, outputs: &[&Wanted], ignored_by_git: bool) -> Step {
    let mut text = String::new();
    let mut outcomes = Vec::new();
    for (output, is_taken) in outputs.iter().zip(taken(outputs)) {
        let silent = output.local || ignored_by_git;
        let verdict = if is_taken { Verdict::refused(shared()) } else { create(output, silent, &mut text) };
        outcomes.push(verdict.outcome(output));
    }
    let created = outcomes.iter().any(|outcome| outcome.change == Change::Created);
    Step::new(path.clone(), None, created.then_some(text), outcomes)
}

fn create(output: &Wanted, silent: bool, text: &mut String) -> Verdict {
    let missing = (!silent).then_some(Problem::Missing);
    match &output.content {
        Content::File { text: body, comment } => match file::create(body, comment) {
            Ok(rendered) => *text = rendered,
            Err(problem) => return Verdict::refused(problem),
        },
        Content::Block { id, text: body, comment, anchor, .. } => {
            let lacks = match anchor {
                Anchor::End => None,
                Anchor::ComposeService(service) => Some(format!("service `{service}`")),
                Anchor::ByHand => Some("object".to_owned()),
            };
            if let Some(lacks) = lacks {
                let reason = format!("the file does not exist, so it has no {lacks} to hold the block");
                let refusal = Problem::Uninsertable { found: vec![output.declared], reason, movable: false };
                return Verdict { condition: missing, ..Verdict::refused(refusal) };
            }
            match block::create(id, body, comment) {
                Ok(block) => edit::append(text, &block, "\n"),
                Err(problem) => return Verdict::refused(problem),
            }
        }
        Content::Patch { .. } if silent => return Verdict::unchanged(),
        Content::Patch { .. } => return Verdict::refused(Problem::Missing),
    }
    Verdict { change: Change::Created, condition: missing, ..Verdict::unchanged() }
}

fn plan_unusable(path: &RelativePath, outputs: &[&Wanted], reason: &str, help: &str) -> Step {
    let outcomes = outputs.iter().enumerate().map(|(index, output)| {
        let problem = Problem::Unusable { reason: reason.to_owned(), help: help.to_owned() };
        // One mistake is one finding, however many outputs share the file.
        if index == 0 { Verdict::refused(problem) } else { Verdict::held_up() }.outcome(output)
    });
    Step::new(path.clone(), None, None, outcomes.collect())
}

fn plan_existing(on_disk: &OnDisk<'_>, path: &RelativePath, outputs: &[&Wanted], options: Options) -> Step {
    let mut joined = edit::Joined::default();
    let mut outcomes = Vec::new();
    for ((index, output), is_taken) in outputs.iter().enumerate().zip(taken(outputs)) {
        let mut verdict =
            if is_taken { Verdict::refused(shared()) } else { judge(on_disk, outputs, index, options) };
        if on_disk.read_only && verdict.change == Change::Updated {
            verdict.change = Change::Refused;
            verdict.refusal = Some(read_only());
        }
        if verdict.change == Change::Updated && !joined.add(&mut verdict) {
            verdict = Verdict::refused(shared());
        }
        outcomes.push(verdict.outcome(output));
    }
    let after = joined.apply(on_disk);
    Step::new(path.clone(), Some(on_disk.text.to_owned()), Some(after), outcomes)
}

fn judge(on_disk: &OnDisk<'_>, outputs: &[&Wanted], index: usize, options: Options) -> Verdict {
    let Some(output) = outputs.get(index) else { return Verdict::unchanged() };
    match &output.content {
        Content::File { text, comment } => file::judge(on_disk, text, comment, options),
        Content::Block { .. } => block::judge(on_disk, outputs, index, options),
        Content::Patch { find, all, value } => patch::judge(on_disk, find, *all, value),
    }
}

/// Whether an earlier output of the file owns what each one wants: all of it,
/// or the block of the same id.
fn taken<'w>(outputs: &[&'w Wanted]) -> Vec<bool> {
    let (mut anything, mut whole_file, mut blocks) = (false, false, HashSet::new());
    let is_taken = |output: &'w Wanted| {
        let taken = match &output.content {
            Content::File { .. } => anything,
            Content::Block { id, .. } => !blocks.insert(id) || whole_file,
            Content::Patch { .. } => whole_file,
        };
        anything = true;
        whole_file |= matches!(output.content, Content::File { .. });
        taken
    };
    outputs.iter().copied().map(is_taken).collect()
}

fn read_only() -> Problem {
    Problem::Unusable {
        reason: "the file is read-only".to_owned(),
        help: "allow writing to it, or leave it out of the outputs".to_owned(),
    }
}

fn shared() -> Problem {
    Problem::Unusable {
        reason: "another output of the same file holds this place".to_owned(),
        help: "give each output a file, or a block with an id, of its own".to_owned(),
    }
}

fn condition(output: &Wanted, problem: Problem) -> Condition {
    let declared = match (&output.content, &problem) {
        (Content::Patch { find, .. }, Problem::Unmatched { .. }) => find.place,
        _ => output.declared,
    };
    Condition { declared, path: output.path.to_string(), problem }
}

#[cfg(test)]
mod tests {
    use super::test::{Block, File, Fixture, Patch, check_all, describe, plan_all, wanted};
    use super::*;

    const PATCH: Patch<'_> = Patch { find: r"port=(\d+)", all: false, value: "9000" };
    const SHARED: &str = "unusable: another output of the same file holds this place";

    /// Plans one output against what is there: the change, what `check` says
    /// and why `render` refuses.
    fn check(output: &Wanted, existing: Existing, sources: &Sources, expect: (Change, &str, &str)) {
        let existing = BTreeMap::from([(output.path.clone(), existing)]);
        let plan = plan(std::slice::from_ref(output), &existing, sources, Options::default());
        let shown = |condition: Option<&Condition>| {
            condition.map_or_else(String::new, |condition| describe(&condition.problem, sources))
        };
        let outcome = &plan.steps[0].outcomes[0];
        let found = (outcome.change, shown(plan.conditions().next()), shown(plan.refusals().next()));
        assert_eq!((found.0, found.1.as_str(), found.2.as_str()), expect);
        assert_eq!(outcome.reason().is_some(), outcome.change == Change::Refused);
    }

    fn absent(fixture: &dyn Fixture, local: bool, ignored_by_git: bool, expect: (Change, &str, &str)) {
        let output = Wanted { local, ..wanted(fixture) };
        check(&output, Existing::Absent { ignored_by_git }, &Sources::new(), expect);
    }

    #[test]
    fn absence_is_drift_unless_the_file_is_this_machines_own() {
        absent(&File("A\n"), false, false, (Change::Created, "missing", ""));
        absent(&File("A\n"), true, false, (Change::Created, "", ""));
        absent(&File("A\n"), false, true, (Change::Created, "", ""));
        absent(&PATCH, false, false, (Change::Refused, "missing", "missing"));
        absent(&PATCH, false, true, (Change::Unchanged, "", ""));
        let refusal =
            "uninsertable at : the file does not exist, so it has no service `api` to hold the block";
        let mut sources = Sources::new();
        sources.add("ports.toml", "");
        let output = wanted(&Block::compose("api", "ports: []\n"));
        let existing = Existing::Absent { ignored_by_git: false };
        check(&output, existing, &sources, (Change::Refused, "missing", refusal));
    }

    #[test]
    fn a_read_only_file_is_refused_only_where_it_would_change() {
        let mut sources = Sources::new();
        let source = sources.add("out", "port=8000\n");
        let existing = Existing::Text { source, read_only: true };
        let expect = (Change::Refused, "stale at 8000", "unusable: the file is read-only");
        check(&wanted(&PATCH), existing.clone(), &sources, expect);
        let same = Patch { value: "8000", ..PATCH };
        check(&wanted(&same), existing, &sources, (Change::Unchanged, "", ""));
    }

    #[test]
    fn what_is_no_text_is_one_finding_however_many_outputs_share_it() {
        let existing = Existing::Unusable { reason: "it is a folder".to_owned(), help: "help".to_owned() };
        let outputs = [wanted(&Block::dotenv("A=1\n")), wanted(&PATCH)];
        let existing = BTreeMap::from([(outputs[0].path.clone(), existing)]);
        let plan = plan(&outputs, &existing, &Sources::new(), Options::default());
        assert!(plan.is_refused());
        assert_eq!(plan.conditions().count(), 1);
        let reasons: Vec<_> = plan.outcomes().filter_map(|(_, outcome)| outcome.reason()).collect();
        assert_eq!(reasons, ["it is a folder", "another output of the file is refused"]);
    }

    #[test]
    fn several_outputs_of_a_file_are_joined_in_the_order_of_the_file() {
        let (one, two) = (Block::dotenv("A=1\n"), Block::dotenv("B=1\n").named("two"));
        let (new_one, new_two) = (Block::dotenv("A=2\nC=3\n"), Block::dotenv("").named("two"));
        let text = |one: &Block, port: u16, two: &Block| {
            format!("{}run(port={port})\n{}end", two.rendered(), one.rendered())
        };
        let expect = text(&new_one, 9000, &new_two);
        let before = text(&one, 8000, &two);
        check_all(Some(&before), &[&new_one, &PATCH, &new_two], Options::default(), Change::Updated, &expect);
    }

    #[test]
    fn where_one_output_is_refused_the_file_stays_as_it_is() {
        let (one, two) = (Block::dotenv("A=1\n"), Block::dotenv("B=1\n").named("two"));
        let before = one.rendered();
        let new_one = Block::dotenv("A=2\n");
        let refused =
            check_all(Some(&before), &[&new_one, &two], Options::default(), Change::Refused, &before);
        assert_eq!(refused, ["Absent at "]);
    }

    #[test]
    fn two_outputs_do_not_own_one_thing() {
        let block = Block::dotenv("A=1\n");
        let fixtures: [&[&dyn Fixture]; 3] =
            [&[&File("A\n"), &File("B\n")], &[&block, &File("A\n")], &[&block, &block]];
        for fixtures in fixtures {
            assert_eq!(check_all(None, fixtures, Options::default(), Change::Refused, ""), [SHARED]);
            let (plan, _) =
                plan_all(Some(&block.rendered()), fixtures, Options { adopt: true, ..Options::default() });
            assert!(plan.is_refused());
        }
    }

    #[test]
    fn a_diff_of_a_block_shows_no_line_of_a_person() {
        let secret = "SECRET=hunter2\n";
        let before = format!("{secret}{}{secret}", Block::dotenv("A=1\n").rendered());
        let (plan, _) = plan_all(Some(&before), &[&Block::dotenv("A=2\n")], Options::default());
        let diff = plan.steps[0].diff(".env");
        assert!(diff.contains("\n-A=1\n") && diff.contains("\n+A=2\n"), "{diff}");
        assert!(!diff.contains("hunter2"), "{diff}");
    }
}
