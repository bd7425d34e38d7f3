//! Files with portgen's header that no output names any more.

use super::{Change, Existing, Outcome, Ownership, Step, lines, seal};
use crate::model::{Condition, Problem, RelativePath};
use crate::source::{Place, Sources};

/// Whether the first bytes of a file hold portgen's header; a few hundred
/// bytes are enough to tell.
pub fn has_header(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(seal::first_lines(head));
    seal::find(lines::without_mark(&head)).is_some()
}

/// The condition of a file that no output names; `None` where it is no text
/// or has no header.
///
/// `declared` is a place in `ports.toml` for a finding about the file.
pub fn orphan(
    declared: Place,
    path: &RelativePath,
    existing: &Existing,
    sources: &Sources,
) -> Option<Condition> {
    let Existing::Text { source, .. } = existing else { return None };
    let text = sources.get(*source).text();
    let bare = lines::without_mark(text);
    let header = seal::find(bare)?;
    let start = text.len() - bare.len() + header.range.start;
    let line = lines::lines(bare).nth(header.line)?;
    let found = Place::new(*source, start..start + line.text.len());
    let problem = Problem::Orphaned { found, intact: is_intact(bare) };
    Some(Condition { declared, path: path.to_string(), problem })
}

/// The step with which `--prune` deletes a file; `None` unless it has
/// portgen's header, its checksum holds and it may be written.
///
/// Its one outcome has no place and no label, for nothing declares the file.
pub fn deletion(path: &RelativePath, existing: &Existing, sources: &Sources) -> Option<Step> {
    let Existing::Text { source, read_only: false } = existing else { return None };
    let text = sources.get(*source).text();
    if !is_intact(lines::without_mark(text)) {
        return None;
    }
    let outcome = Outcome {
        declared: Place::default(),
        label: String::new(),
        mode: Ownership::File,
        change: Change::Deleted,
        condition: None,
        refusal: None,
    };
    Some(Step::new(path.clone(), Some(text.to_owned()), None, vec![outcome]))
}

fn is_intact(text: &str) -> bool {
    let text = lines::to_lf(text);
    seal::find(&text).is_some_and(|header| {
        let owned = format!("{}{}", &text[..header.range.start], &text[header.range.end..]);
        header.sum == Some(seal::sum(&owned).as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Comment;

    fn check(text: &str, expect: Option<bool>) {
        let mut sources = Sources::new();
        let source = sources.add("old.py", text);
        let existing = Existing::Text { source, read_only: false };
        let path = RelativePath::parse("old.py").expect("a path");
        let condition = orphan(Place::default(), &path, &existing, &sources);
        let intact = condition.map(|condition| match condition.problem {
            Problem::Orphaned { intact, found } => {
                assert!(sources.text_at(found).contains("@generated"), "{text:?}");
                intact
            }
            other => panic!("{other:?}"),
        });
        assert_eq!(intact, expect, "{text:?}");
        assert_eq!(has_header(text.as_bytes()), expect.is_some(), "{text:?}");
        let deleted = deletion(&path, &existing, &sources).map(|step| step.change);
        assert_eq!(deleted, (expect == Some(true)).then_some(Change::Deleted), "{text:?}");
    }

    #[test]
    fn only_a_file_with_the_header_is_an_orphan_and_only_an_intact_one_is_deleted() {
        let sealed = seal::sealed("A = 1\n", &Comment::Line("#".to_owned()));
        check(&sealed, Some(true));
        check(&sealed.replace('\n', "\r\n"), Some(true));
        check(&format!("\u{feff}{sealed}"), Some(true));
        check(&sealed.replace("A = 1", "A = 2"), Some(false));
        check("A = 1\n", None);
    }
}
