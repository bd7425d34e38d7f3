//! Patches: one captured number in a line that a person wrote.

use std::ops::Range;

use regex::Regex;

use super::diff::PART_CONTEXT;
use super::edit::{self, Edit, Verdict};
use super::lines;
use super::on_disk::OnDisk;
use crate::model::{Pattern, Problem};

/// So many matches are named where a pattern matches too often.
const MAXIMUM_NAMED_MATCHES: usize = 20;

/// Judges a patch of a file that exists.
pub(super) fn judge(on_disk: &OnDisk<'_>, find: &Pattern, all: bool, value: &str) -> Verdict {
    if value.contains(['\n', '\r']) {
        return Verdict::refused(unusable("the value has more than one line", "render one line"));
    }
    let text = lines::without_mark(on_disk.text);
    let mark = on_disk.text.len() - text.len();
    let shift = |range: Range<usize>| mark + range.start..mark + range.end;
    let found: Vec<_> =
        find.regex().captures_iter(text).take(if all { usize::MAX } else { MAXIMUM_NAMED_MATCHES }).collect();
    let whole = found.iter().filter_map(|captures| captures.get(0)).map(|whole| shift(whole.range()));
    if found.is_empty() || (found.len() > 1 && !all) {
        let found = whole.map(|range| on_disk.place(range)).collect();
        return Verdict::refused(Problem::Unmatched { found, file: None });
    }
    let groups: Option<Vec<Range<usize>>> =
        found.iter().map(|captures| captures.get(1).map(|group| shift(group.range()))).collect();
    let Some(groups) = groups else {
        let reason = "the pattern matches, but its group has no part in the match";
        return Verdict::refused(unusable(reason, "put the group where every match passes through it"));
    };
    replace(on_disk, find.regex(), &groups, value)
}

fn replace(on_disk: &OnDisk<'_>, pattern: &Regex, groups: &[Range<usize>], value: &str) -> Verdict {
    for (id, block) in on_disk.blocks() {
        if groups.iter().any(|group| group.start < block.end && block.start < group.end) {
            let reason = format!("the pattern matches inside the block `{id}`, which portgen renders itself");
            return Verdict::refused(unusable(&reason, "narrow the pattern, or take the patch out"));
        }
    }
    let differing = groups.iter().filter(|group| on_disk.text.get((*group).clone()) != Some(value));
    let mut edits: Vec<Edit> =
        differing.map(|group| Edit { range: group.clone(), text: value.to_owned() }).collect();
    let Some(first) = edits.first() else { return Verdict::unchanged() };
    let found = on_disk.place(first.range.clone());
    let after = edit::apply(on_disk.text, &mut edits);
    let again = pattern.captures_iter(lines::without_mark(&after));
    let again: Vec<Option<&str>> = again.map(|found| found.get(1).map(|group| group.as_str())).collect();
    // Else the next render would put the value into what this one wrote.
    if again.len() != groups.len() || again.iter().any(|group| *group != Some(value)) {
        let reason = "the pattern would not find the value again that it writes";
        return Verdict::refused(unusable(reason, "let the group match the value as a whole"));
    }
    let diff = on_disk.diff(&edits, PART_CONTEXT);
    Verdict::updated(edits, Problem::Stale { found, diff })
}

fn unusable(reason: &str, help: &str) -> Problem {
    Problem::Unusable { reason: reason.to_owned(), help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::plan::test::{Patch, check};
    use crate::plan::{Change, Options};

    fn patch(before: &str, find: &str, all: bool, change: Change, after: &str) -> Vec<String> {
        check(before, &Patch { find, all, value: "9000" }, Options::default(), change, after)
    }

    #[test]
    fn only_the_group_changes() {
        let before = "a\r\nrun(port=8000)  \nport=1";
        patch(before, r"run\(port=(\d+)\)", false, Change::Updated, "a\r\nrun(port=9000)  \nport=1");
        patch("\u{feff}run(8000)", r"^run\((\d+)\)", false, Change::Updated, "\u{feff}run(9000)");
        patch("port=9000\n", r"port=(\d+)", false, Change::Unchanged, "port=9000\n");
    }

    #[test]
    fn a_line_of_windows_endings_ends_before_them() {
        patch("port=1\r\nb\r\n", r"port=(.*)", false, Change::Updated, "port=9000\r\nb\r\n");
        patch("a\r\nport=1\r\nb", r"^port=(\d+)$", false, Change::Updated, "a\r\nport=9000\r\nb");
        patch("a\nport=1\nb", r"^port=(\d+)$", false, Change::Updated, "a\nport=9000\nb");
    }

    #[test]
    fn a_value_that_the_pattern_would_not_find_again_is_refused() {
        let refused = |text: &str, find: &str| {
            let found = patch(text, find, false, Change::Refused, text);
            assert_eq!(found, ["unusable: the pattern would not find the value again that it writes"]);
        };
        refused("port=1 ", r"port=(\d)");
        refused("port=80 ", r"port=(8\d)");
    }

    #[test]
    fn a_pattern_must_match_as_often_as_declared() {
        let twice = "port=1\nport=9000\n";
        let found = patch(twice, r"port=(\d+)", false, Change::Refused, twice);
        assert_eq!(found, ["unmatched at port=1, port=9000"]);
        patch(twice, r"port=(\d+)", true, Change::Updated, "port=9000\nport=9000\n");
        assert_eq!(patch("x\n", r"port=(\d+)", false, Change::Refused, "x\n"), ["unmatched at "]);
        assert_eq!(patch("x\n", r"port=(\d+)", true, Change::Refused, "x\n"), ["unmatched at "]);
    }

    #[test]
    fn a_match_without_the_group_is_refused() {
        let found = patch("a\n", r"(\d)|a", false, Change::Refused, "a\n");
        assert_eq!(found, ["unusable: the pattern matches, but its group has no part in the match"]);
    }

    #[test]
    fn a_pattern_that_other_engines_choke_on_takes_no_longer() {
        let text = format!("{}!", "a".repeat(100_000));
        assert_eq!(patch(&text, r"^(?:a+)+(\d)$", false, Change::Refused, &text), ["unmatched at "]);
    }

    #[test]
    fn a_number_inside_a_block_is_the_blocks_own() {
        let text = "# >>> portgen:x >>>\nport=1\n# <<< portgen:x <<< sum:00000000\n";
        let found = patch(text, r"port=(\d+)", false, Change::Refused, text);
        assert_eq!(
            found,
            ["unusable: the pattern matches inside the block `x`, which portgen renders itself"]
        );
    }
}
