//! Unified diffs of bounded size.

use similar::TextDiff;

use super::lines::{lines, to_lf};

/// A diff longer than this is cut, and says how much was left out.
pub const MAXIMUM_DIFF_LINES: usize = 400;

/// Lines of context in a file that is portgen's.
pub(super) const FILE_CONTEXT: usize = 3;

/// Lines of context around a block or a patch: none, for they are a person's.
pub(super) const PART_CONTEXT: usize = 0;

/// Above so many lines that differ, working out the smallest diff costs too much.
const MAXIMUM_COMPARED_LINES: usize = 20_000;

/// What changes between two texts, line endings aside; empty where nothing does.
pub(super) fn unified(path: &str, before: Option<&str>, after: Option<&str>, context: usize) -> String {
    let old_name = before.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    let new_name = after.map_or_else(|| "/dev/null".to_owned(), |_| format!("b/{path}"));
    let (before, after) = (to_lf(before.unwrap_or("")), to_lf(after.unwrap_or("")));
    if before == after {
        return String::new();
    }
    let differing = differing_lines(&before, &after);
    if differing > MAXIMUM_COMPARED_LINES {
        return format!("--- {old_name}\n+++ {new_name}\n({differing} lines differ: too many to show)\n");
    }
    let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
    cut(&diff.unified_diff().context_radius(context).header(&old_name, &new_name).to_string())
}

/// Lines between what the texts begin and what they end with in common.
fn differing_lines(before: &str, after: &str) -> usize {
    let old: Vec<&str> = lines(before).map(|line| line.text).collect();
    let new: Vec<&str> = lines(after).map(|line| line.text).collect();
    let prefix = old.iter().zip(&new).take_while(|(left, right)| left == right).count();
    let suffix = old.iter().rev().zip(new.iter().rev()).take_while(|(left, right)| left == right).count();
    old.len().max(new.len()).saturating_sub(prefix + suffix)
}

fn cut(diff: &str) -> String {
    let total = diff.lines().count();
    if total <= MAXIMUM_DIFF_LINES {
        return diff.to_owned();
    }
    let mut kept: String = diff.split_inclusive('\n').take(MAXIMUM_DIFF_LINES).collect();
    kept.push_str(&format!("({} more lines)\n", total - MAXIMUM_DIFF_LINES));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_what_changes_and_not_the_endings() {
        let diff = unified("x", Some("a\r\nb\r\nc\r\n"), Some("a\r\nB\r\nc\r\n"), PART_CONTEXT);
        assert_eq!(diff, "--- a/x\n+++ b/x\n@@ -2 +2 @@\n-b\n+B\n");
        assert_eq!(unified("x", Some("a\r\n"), Some("a\n"), FILE_CONTEXT), "");
    }

    #[test]
    fn a_new_file_is_compared_with_nothing() {
        assert_eq!(
            unified("x", None, Some("a\n"), FILE_CONTEXT),
            "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n"
        );
    }

    #[test]
    fn a_long_diff_is_cut_and_a_very_long_one_not_worked_out() {
        let numbers = |count: usize| (0..count).map(|number| format!("{number}\n")).collect::<String>();
        let long = unified("x", None, Some(&numbers(1000)), FILE_CONTEXT);
        assert_eq!(long.lines().count(), MAXIMUM_DIFF_LINES + 1);
        assert!(long.ends_with("(603 more lines)\n"), "{long}");
        let longest = unified("x", None, Some(&numbers(30_000)), FILE_CONTEXT);
        assert!(longest.ends_with("(30000 lines differ: too many to show)\n"), "{longest}");
    }
}
