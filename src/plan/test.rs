//! What the tests of this room share: one file, one output, one check.

use std::collections::BTreeMap;

use super::{Anchor, Change, Content, Existing, Options, Plan, Wanted, block, plan};
use crate::model::{BlockId, Comment, Pattern, Problem, RelativePath};
use crate::source::{Place, Sources, Spanned};

/// Something that a test wants of a file.
pub(super) trait Fixture {
    fn content(&self) -> Content;
}

pub(super) struct Block {
    id: &'static str,
    text: String,
    assignment: Option<&'static str>,
    anchor: Anchor,
}

impl Block {
    pub(super) fn dotenv(text: &str) -> Self {
        let assignment = Some(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=");
        Self { id: "dotenv", text: text.to_owned(), assignment, anchor: Anchor::End }
    }

    pub(super) fn compose(service: &str, text: &str) -> Self {
        let anchor = Anchor::ComposeService(service.to_owned());
        Self { id: "api", text: text.to_owned(), assignment: None, anchor }
    }

    pub(super) fn named(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    /// With markers, LF.
    pub(super) fn rendered(&self) -> String {
        self.indented("")
    }

    pub(super) fn indented(&self, indentation: &str) -> String {
        let id = BlockId::parse(self.id).expect("an id");
        block::with_markers(&id, &self.text, &Comment::Line("#".to_owned()), indentation)
    }
}

impl Fixture for Block {
    fn content(&self) -> Content {
        Content::Block {
            id: BlockId::parse(self.id).expect("an id"),
            text: self.text.clone(),
            comment: Comment::Line("#".to_owned()),
            assignment: self.assignment.map(str::to_owned),
            anchor: self.anchor.clone(),
        }
    }
}

pub(super) struct File<'a>(pub(super) &'a str);

impl Fixture for File<'_> {
    fn content(&self) -> Content {
        Content::File { text: self.0.to_owned(), comment: Comment::Line("#".to_owned()) }
    }
}

pub(super) struct Patch<'a> {
    pub(super) find: &'a str,
    pub(super) all: bool,
    pub(super) value: &'a str,
}

impl Fixture for Patch<'_> {
    fn content(&self) -> Content {
        let find = Pattern::compile(self.find).expect("a pattern");
        let find = Spanned::new(find, Place::default());
        Content::Patch { find, all: self.all, value: self.value.to_owned() }
    }
}

/// An output of the one file.
pub(super) fn wanted(fixture: &dyn Fixture) -> Wanted {
    Wanted {
        declared: Place::default(),
        path: RelativePath::parse("out").expect("a path"),
        local: false,
        label: "test".to_owned(),
        content: fixture.content(),
    }
}

/// Plans outputs of one file; `None` for a file that does not exist.
pub(super) fn plan_all(before: Option<&str>, fixtures: &[&dyn Fixture], options: Options) -> (Plan, Sources) {
    let mut sources = Sources::new();
    let existing = match before {
        Some(text) => Existing::Text { source: sources.add("out", text), read_only: false },
        None => Existing::Absent { ignored_by_git: false },
    };
    let wanted: Vec<Wanted> = fixtures.iter().map(|fixture| wanted(*fixture)).collect();
    let existing = BTreeMap::from([(RelativePath::parse("out").expect("a path"), existing)]);
    (plan(&wanted, &existing, &sources, options), sources)
}

/// Plans one output, expects a change and a text afterwards, expects a second
/// plan to change nothing, and describes why it was refused.
pub(super) fn check(
    before: &str,
    fixture: &dyn Fixture,
    options: Options,
    change: Change,
    after: &str,
) -> Vec<String> {
    check_all(Some(before), &[fixture], options, change, after)
}

/// As [`check`], for several outputs or a file that does not exist.
pub(super) fn check_all(
    before: Option<&str>,
    fixtures: &[&dyn Fixture],
    options: Options,
    change: Change,
    after: &str,
) -> Vec<String> {
    let (plan, sources) = plan_all(before, fixtures, options);
    let [step] = plan.steps.as_slice() else { panic!("one step: {plan:?}") };
    let described: Vec<String> =
        plan.refusals().map(|refusal| describe(&refusal.problem, &sources)).collect();
    assert_eq!(step.change, change, "{described:?} {step:?}");
    assert_eq!(step.after.as_deref().unwrap_or(""), after);
    assert_eq!(plan.is_refused(), change == Change::Refused);
    if change != Change::Refused {
        let (again, _) = plan_all(step.after.as_deref(), fixtures, Options::default());
        assert_eq!(again.steps[0].change, Change::Unchanged, "a second plan changes nothing: {again:?}");
        assert_eq!(again.conditions().count(), 0);
    }
    described
}

/// A problem with the texts it points at.
pub(super) fn describe(problem: &Problem, sources: &Sources) -> String {
    let texts =
        |places: &[Place]| places.iter().map(|place| sources.text_at(*place)).collect::<Vec<_>>().join(", ");
    match problem {
        Problem::Missing => "missing".to_owned(),
        Problem::Stale { found, .. } => format!("stale at {}", texts(&[*found])),
        Problem::Edited { found, .. } => format!("edited at {}", texts(&[*found])),
        Problem::Unowned { found, .. } => format!("unowned at {}", texts(&[*found])),
        Problem::Markers { found, other, marker, .. } => {
            let other = other.map_or_else(String::new, |other| format!(" and {}", texts(&[other])));
            format!("{marker:?} at {}{other}", texts(&[*found]))
        }
        Problem::Uninsertable { found, reason, .. } => format!("uninsertable at {}: {reason}", texts(found)),
        Problem::Unmatched { found, .. } => format!("unmatched at {}", texts(found)),
        Problem::Unusable { reason, .. } => format!("unusable: {reason}"),
        other => format!("{other:?}"),
    }
}
