//! Whole files: the header says whose they are, its checksum whether they were edited.

use super::diff::FILE_CONTEXT;
use super::edit::{Edit, Verdict};
use super::on_disk::OnDisk;
use super::{Options, lines, seal};
use crate::model::{Comment, Mode, Problem};

/// The text of a file that does not exist yet.
pub(super) fn create(text: &str, comment: &Comment) -> Result<String, Problem> {
    Ok(seal::sealed(&body(text, comment)?, comment))
}

/// Judges a file that exists.
pub(super) fn judge(on_disk: &OnDisk<'_>, text: &str, comment: &Comment, options: Options) -> Verdict {
    let body = match body(text, comment) {
        Ok(body) => body,
        Err(problem) => return Verdict::refused(problem),
    };
    let rendered = seal::sealed(&body, comment);
    let current = lines::to_lf(lines::without_mark(on_disk.text));
    if without_final_newline(&current) == without_final_newline(&rendered) {
        return Verdict::unchanged();
    }
    let edits = vec![whole(on_disk, &rendered)];
    let diff = on_disk.diff(&edits, FILE_CONTEXT);
    let Some(header) = seal::find(&current) else {
        let problem = Problem::Unowned { found: on_disk.line_place(0), diff };
        let refused = (!options.adopt).then(|| problem.clone());
        return refused.map_or_else(|| Verdict::updated(edits, problem), Verdict::refused);
    };
    let owned = format!("{}{}", &current[..header.range.start], &current[header.range.end..]);
    let found = on_disk.line_place(first_difference(&current, &rendered, header.line));
    let is_same = without_final_newline(&owned) == without_final_newline(&body);
    if is_same || header.sum == Some(seal::sum(&owned).as_str()) {
        return Verdict::updated(edits, Problem::Stale { found, diff });
    }
    let problem = Problem::Edited { found, mode: Mode::File, diff };
    if options.force { Verdict::updated(edits, problem) } else { Verdict::refused(problem) }
}

fn body(text: &str, comment: &Comment) -> Result<String, Problem> {
    seal::body(text, comment).ok_or_else(|| Problem::Unusable {
        reason: "the rendered JSON is no object, so it has no place for portgen's header".to_owned(),
        help: "let the template write an object".to_owned(),
    })
}

/// Replaces everything but a byte order mark, in the file's endings.
fn whole(on_disk: &OnDisk<'_>, rendered: &str) -> Edit {
    let old = lines::without_mark(on_disk.text);
    let start = on_disk.text.len() - old.len();
    let rendered =
        if old.is_empty() || old.ends_with('\n') { rendered } else { without_final_newline(rendered) };
    Edit { range: start..on_disk.text.len(), text: lines::with_ending(rendered, on_disk.ending).into_owned() }
}

/// The first line that differs, the header's first line aside: its checksum
/// differs whenever anything does.
fn first_difference(current: &str, rendered: &str, header_line: usize) -> usize {
    let mut pairs = lines::lines(current).zip(lines::lines(rendered)).enumerate();
    let differs = pairs.find(|(index, (old, new))| *index != header_line && old.text != new.text);
    let ends = lines::lines(current).count().min(lines::lines(rendered).count());
    let bodies_agree = differs.is_none() && lines::lines(current).count() == lines::lines(rendered).count();
    if bodies_agree { header_line } else { differs.map_or(ends, |(index, _)| index) }
}

fn without_final_newline(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;
    use crate::plan::test::{File, check, check_all};

    const NONE: Options = Options { force: false, adopt: false, insert: false };
    const FORCE: Options = Options { force: true, ..NONE };
    const ADOPT: Options = Options { adopt: true, ..NONE };

    fn sealed(text: &str) -> String {
        create(text, &Comment::Line("#".to_owned())).expect("a file")
    }

    #[test]
    fn a_file_that_does_not_exist_is_created_with_its_header() {
        check_all(None, &[&File("A=1\n")], NONE, Change::Created, &sealed("A=1\n"));
    }

    #[test]
    fn a_file_that_differs_is_updated_in_its_own_endings() {
        let old = sealed("A=1\n");
        let new = sealed("A=2\n");
        check(&old, &File("A=2\n"), NONE, Change::Updated, &new);
        let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        check(&windows(&old), &File("A=2\n"), NONE, Change::Updated, &windows(&new));
        check(old.trim_end(), &File("A=2\n"), NONE, Change::Updated, new.trim_end());
        check(&windows(&old), &File("A=1\n"), NONE, Change::Unchanged, &windows(&old));
    }

    #[test]
    fn a_file_without_a_header_is_a_persons() {
        let unowned = check("A=1\nB=2\n", &File("A=1\n"), NONE, Change::Refused, "A=1\nB=2\n");
        assert_eq!(unowned, ["unowned at A=1"]);
        check("A=1\n", &File("A=1\n"), FORCE, Change::Refused, "A=1\n");
        check("A=1\nB=2\n", &File("A=1\n"), ADOPT, Change::Updated, &sealed("A=1\n"));
    }

    #[test]
    fn an_edited_file_is_only_overwritten_by_force() {
        let edited = sealed("A=1\nB=2\n").replace("B=2", "B=3");
        let problems = check(&edited, &File("A=1\nB=2\n"), NONE, Change::Refused, &edited);
        assert_eq!(problems, ["edited at B=3"]);
        check(&edited, &File("A=1\nB=2\n"), ADOPT, Change::Refused, &edited);
        check(&edited, &File("A=1\nB=2\n"), FORCE, Change::Updated, &sealed("A=1\nB=2\n"));
        let above = format!("# mine\n{}", sealed("A=1\n"));
        assert_eq!(check(&above, &File("A=1\n"), NONE, Change::Refused, &above), ["edited at # mine"]);
    }

    #[test]
    fn a_text_that_is_what_would_be_rendered_is_no_edit() {
        let wrong_sum = sealed("A=1\n").replace("A=1", "A=2");
        check(&wrong_sum, &File("A=2\n"), NONE, Change::Updated, &sealed("A=2\n"));
        let sum = seal::sum("A=1\n");
        let no_sum = sealed("A=1\n").replace(&format!(" sum:{sum}"), "");
        check(&no_sum, &File("A=1\n"), NONE, Change::Updated, &sealed("A=1\n"));
        check(&no_sum, &File("A=2\n"), NONE, Change::Refused, &no_sum);
    }
}
