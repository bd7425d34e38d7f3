//! What holds for every text: bytes outside stay, a second plan changes nothing.

use proptest::prelude::*;

use super::test::{Block, File, Fixture, Patch, plan_all};
use super::{Change, Options};

const NONE: Options = Options { force: false, adopt: false, insert: false };

/// Lines that are no markers and no header, in either ending.
fn around() -> impl Strategy<Value = String> {
    let line = prop_oneof!["[a-zA-Z0-9 =é\t#:]{0,12}", Just("  - x".to_owned()), Just("<!-- -->".to_owned())];
    let ending = prop_oneof![Just("\n"), Just("\r\n")];
    proptest::collection::vec((line, ending), 0..6)
        .prop_map(|lines| lines.into_iter().map(|(line, ending)| format!("{line}{ending}")).collect())
}

/// What a target may render.
fn body() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-zA-Z0-9 =é.]{0,12}", 0..5)
        .prop_map(|lines| lines.into_iter().map(|line| format!("{line}\n")).collect())
}

fn after(before: &str, fixture: &dyn Fixture, options: Options) -> Result<(Change, String), TestCaseError> {
    let (plan, _) = plan_all(Some(before), &[fixture], options);
    let step = plan.steps.first().ok_or_else(|| TestCaseError::fail("no step"))?;
    Ok((step.change, step.after.clone().unwrap_or_default()))
}

proptest! {
    #[test]
    fn bytes_outside_a_block_stay(
        before in around(), behind in around(), old in body(), new in body(), indentation in "[ ]{0,4}",
    ) {
        let (old, new) = (Block::dotenv(&old), Block::dotenv(&new));
        let text = format!("{before}{}{behind}", old.indented(&indentation));
        let (_, written) = after(&text, &new, NONE)?;
        prop_assert!(written.starts_with(&before));
        prop_assert!(written.ends_with(&behind));
        let own = &written[before.len()..written.len() - behind.len()];
        prop_assert_eq!(own.replace("\r\n", "\n"), new.indented(&indentation));
        prop_assert_eq!(after(&written, &new, NONE)?, (Change::Unchanged, written));
    }

    #[test]
    fn a_twin_with_windows_endings_gives_the_same_text(before in around(), old in body(), new in body()) {
        let before = before.replace("\r\n", "\n");
        let text = format!("{before}{}", Block::dotenv(&old).rendered());
        let (change, unix) = after(&text, &Block::dotenv(&new), NONE)?;
        let (twin_change, windows) = after(&text.replace('\n', "\r\n"), &Block::dotenv(&new), NONE)?;
        prop_assert_eq!(change, twin_change);
        prop_assert_eq!(unix.replace('\n', "\r\n"), windows);
    }

    #[test]
    fn an_inserted_block_is_found_again_and_what_was_there_stays(before in around(), new in body()) {
        let block = Block::compose("none", &new);
        let (change, _) = after(&before, &block, Options { insert: true, ..NONE })?;
        prop_assert_eq!(change, Change::Refused);
        let block = Block::dotenv("NEW_NAME_9=1\n");
        let (change, written) = after(&before, &block, Options { insert: true, ..NONE })?;
        prop_assert_eq!(change, Change::Updated);
        prop_assert!(written.starts_with(&before));
        prop_assert_eq!(after(&written, &block, NONE)?, (Change::Unchanged, written));
    }

    #[test]
    fn an_edit_inside_a_block_is_seen(old in body(), new in body(), edit in "[a-z]{1,5}", at in 0usize..4) {
        let block = Block::dotenv(&old);
        let mut lines: Vec<String> = block.rendered().lines().map(str::to_owned).collect();
        let at = 1 + at % (lines.len() - 1);
        lines.insert(at, format!("edited {edit}"));
        let text = format!("{}\n", lines.join("\n"));
        let (change, written) = after(&text, &Block::dotenv(&new), NONE)?;
        prop_assert_eq!(change, Change::Refused);
        prop_assert_eq!(written, text);
    }

    #[test]
    fn a_whole_file_follows_its_table_and_an_edit_is_seen(old in body(), new in body(), edit in "[a-z]{1,5}") {
        let (plan, _) = plan_all(None, &[&File(&old)], NONE);
        let created = plan.steps[0].after.clone().unwrap_or_default();
        let (_, written) = after(&created, &File(&new), NONE)?;
        prop_assert_eq!(after(&written, &File(&new), NONE)?, (Change::Unchanged, written.clone()));
        let edited = format!("{written}edited {edit}\n");
        prop_assert_eq!(after(&edited, &File(&old), NONE)?, (Change::Refused, edited));
    }

    #[test]
    fn a_patch_changes_its_group_alone(before in around(), behind in around(), old in 1u16.., new in 1u16..) {
        let text = format!("{before}run(port={old}){behind}");
        let value = new.to_string();
        let patch = Patch { find: r"run\(port=(\d+)\)", all: false, value: &value };
        let (_, written) = after(&text, &patch, NONE)?;
        prop_assert_eq!(&written, &format!("{before}run(port={new}){behind}"));
        prop_assert_eq!(after(&written, &patch, NONE)?, (Change::Unchanged, written));
    }
}
