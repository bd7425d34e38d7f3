//! What of a text is portgen's own, whoever declares it.

use std::ops::Range;

use super::{lines, markers, seal};
use crate::model::Pattern;

/// The bytes of a text that portgen rendered: all of it where it has the
/// header, else its blocks.
pub fn rendered(text: &str) -> Vec<Range<usize>> {
    if memchr::memmem::find(text.as_bytes(), b"portgen").is_none() {
        return Vec::new();
    }
    if seal::find(lines::without_mark(text)).is_some() {
        return std::iter::once(0..text.len()).collect();
    }
    markers::blocks(text).into_iter().map(|(_, block)| block).collect()
}

/// The bytes that a patch holds: what the group of its pattern matches.
pub fn patched<'t>(text: &'t str, find: &'t Pattern) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let bare = lines::without_mark(text);
    let mark = text.len() - bare.len();
    let groups = find.regex().captures_iter(bare).filter_map(|found| found.get(1).map(|group| group.range()));
    groups.map(move |group| mark + group.start..mark + group.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Comment;

    #[test]
    fn a_generated_file_is_owned_whole_and_any_other_by_its_blocks() {
        let check = |text: &str, expect: &[&str]| {
            let found: Vec<&str> = rendered(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("A=1\n", &[]);
        check("# portgen is good\nA=1\n", &[]);
        let block = "// >>> portgen:x >>>\nA=1\n// <<< portgen:x <<< sum:01234567\n";
        check(&format!("B=2\n{block}C=3\n"), &[block]);
        let sealed = seal::sealed("A = 1\n", &Comment::Line("#".to_owned()));
        check(&sealed, &[&sealed]);
        check(&format!("\u{feff}{sealed}"), &[&format!("\u{feff}{sealed}")]);
    }

    #[test]
    fn a_patch_owns_its_group_alone() {
        let text = "\u{feff}run(port=8000)\nrun(port=81)\n";
        let pattern = Pattern::compile(r"port=(\d+)").expect("a pattern");
        let found: Vec<&str> = patched(text, &pattern).map(|range| &text[range]).collect();
        assert_eq!(found, ["8000", "81"]);
    }
}
