//! Carries out a plan, atomically.
//!
//! Every new text is written and synced beside its file before the first file
//! is replaced: a full disk, a folder that forbids writing or a file that
//! somebody changed meanwhile is noticed while nothing has happened. Each
//! file is then replaced in one step: at any moment it is old or new, whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::Failure;
use crate::plan::{Plan, Step};
use crate::world::{Root, Staged, sweep};

/// Writes and deletes what plans say, each below its root, as one.
///
/// # Errors
/// A [`Failure`] where a plan is refused, a file changed since it was
/// planned, or the system refuses. Where that happens after some files were
/// replaced, the help names those that were and those that were not.
pub fn apply(plans: &[(&Plan, &Root)]) -> Result<(), Failure> {
    if plans.iter().any(|(plan, _)| plan.is_refused()) {
        return Err(Failure::new("refused", "nothing is written while an output is refused"));
    }
    let mut staged = Vec::new();
    if let Err(failure) = stage(plans, &mut staged) {
        abandon(staged);
        return Err(failure);
    }
    let steps = plans.iter().flat_map(|&(plan, root)| plan.changes().map(move |step| (step, root)));
    let deleted: Vec<(&Step, &Root)> = steps.filter(|(step, _)| step.after.is_none()).collect();
    commit(staged, &deleted)
}

/// Writes every new text beside its file, then makes sure that no file changed.
fn stage<'a>(plans: &[(&Plan, &'a Root)], staged: &mut Vec<(Staged, &'a Root)>) -> Result<(), Failure> {
    for (plan, root) in plans {
        for step in plan.changes() {
            if let Some(after) = &step.after {
                staged.push((root.stage(&step.path, step.before.as_deref(), after)?, root));
            }
        }
    }
    let mut targets = BTreeMap::new();
    for (one, _) in staged.iter() {
        if let Some(other) = targets.insert(one.target(), one.path()) {
            let message = format!("`{other}` and `{}` are one file, by a link", one.path());
            return Err(Failure::new("unusable", message)
                .help("name the file once")
                .path(one.path().to_string()));
        }
    }
    let folders: BTreeSet<&Path> = targets.keys().filter_map(|target| target.parent()).collect();
    folders.into_iter().for_each(sweep);
    let mut steps = plans.iter().flat_map(|(plan, root)| plan.changes().map(move |step| (step, root)));
    steps.try_for_each(|(step, root)| root.refuse_changed(&step.path, step.before.as_deref()))
}

fn commit(staged: Vec<(Staged, &Root)>, deleted: &[(&Step, &Root)]) -> Result<(), Failure> {
    let mut done: Vec<String> = Vec::new();
    let mut waiting = staged.into_iter();
    while let Some((next, root)) = waiting.next() {
        let path = next.path().to_string();
        if let Err(failure) = next.commit(root) {
            let rest: Vec<(Staged, &Root)> = waiting.collect();
            let undone = rest.iter().map(|(staged, _)| staged.path().to_string());
            let undone = undone.chain(deleted.iter().map(|(step, _)| step.path.to_string()));
            let failure = partly(failure, &done, &std::iter::once(path).chain(undone).collect::<Vec<_>>());
            abandon(rest);
            return Err(failure);
        }
        done.push(path);
    }
    for (index, (step, root)) in deleted.iter().enumerate() {
        let before = step.before.as_deref().unwrap_or("");
        if let Err(failure) = root.delete(&step.path, before) {
            let undone: Vec<String> =
                deleted.iter().skip(index).map(|(step, _)| step.path.to_string()).collect();
            return Err(partly(failure, &done, &undone));
        }
        done.push(step.path.to_string());
    }
    Ok(())
}

/// Removes temporary files and made folders, the last made first.
fn abandon(staged: Vec<(Staged, &Root)>) {
    staged.into_iter().rev().for_each(|(staged, _)| staged.abandon());
}

/// The code of a failure after which some files are new and others are not.
pub const PARTLY: &str = "partly-written";

/// A failure that says which files are new and which are as they were.
fn partly(failure: Failure, done: &[String], undone: &[String]) -> Failure {
    if done.is_empty() {
        return failure;
    }
    let cause = failure.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let help = format!("done: {}; as before: {}{cause}", done.join(", "), undone.join(", "));
    Failure { code: PARTLY, ..failure }.help(help)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make their own files")]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::{Comment, RelativePath};
    use crate::plan::{Change, Content, Options, Wanted, plan};
    use crate::source::{Place, Sources};

    fn file(path: &str, text: &str) -> Wanted {
        Wanted {
            declared: Place::default(),
            path: RelativePath::parse(path).expect("a path"),
            local: false,
            label: "test".to_owned(),
            content: Content::File { text: text.to_owned(), comment: Comment::Line("#".to_owned()) },
        }
    }

    fn planned(root: &Root, wanted: &[Wanted]) -> Plan {
        let mut sources = Sources::new();
        let mut existing = BTreeMap::new();
        for output in wanted {
            let read =
                root.read(&output.path, output.path.as_str(), &mut sources).expect("it can be looked at");
            existing.insert(output.path.clone(), read);
        }
        plan(wanted, &existing, &sources, Options::default())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Root::open(folder.path()).expect("a root");
        (folder, root)
    }

    #[test]
    fn where_one_project_cannot_be_written_none_is() {
        let ((one_folder, one), (other_folder, other)) = (root(), root());
        std::fs::write(other_folder.path().join("b"), "in the way").expect("a file");
        let plans = [
            planned(&one, &[file("a", "A\n")]),
            plan(&[file("b", "B\n")], &BTreeMap::new(), &Sources::new(), Options::default()),
        ];
        let failure = apply(&[(&plans[0], &one), (&plans[1], &other)]).expect_err("it changed");
        assert_eq!(failure.code, "changed");
        assert_eq!(names(one_folder.path()), Vec::<String>::new());
        assert_eq!(names(other_folder.path()), ["b"]);
    }

    #[test]
    fn files_and_their_folders_are_made_and_a_second_time_nothing_is_written() {
        let (folder, root) = root();
        let wanted = [file("a/b/c.py", "A = 1\n"), file("a/d.py", "B = 1\n")];
        apply(&[(&planned(&root, &wanted), &root)]).expect("written");
        let text = std::fs::read_to_string(folder.path().join("a/b/c.py")).expect("a file");
        assert!(text.ends_with("DO NOT EDIT.\nA = 1\n"), "{text}");
        assert_eq!(names(&folder.path().join("a")), ["b", "d.py"]);
        assert_eq!(planned(&root, &wanted).changes().count(), 0);
    }

    #[test]
    fn a_file_that_changed_after_planning_stops_everything() {
        let (folder, root) = root();
        let plan = planned(&root, &[file("new/a", "A\n"), file("b", "B\n")]);
        std::fs::write(folder.path().join("b"), "mine").expect("a file");
        let failure = apply(&[(&plan, &root)]).expect_err("changed");
        assert_eq!((failure.code, failure.path.as_deref()), ("changed", Some("b")));
        assert_eq!(names(folder.path()), ["b"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("b")).expect("a file"), "mine");
    }

    #[test]
    fn a_refused_plan_writes_nothing() {
        let (folder, root) = root();
        std::fs::write(folder.path().join("b"), "mine").expect("a file");
        let plan = planned(&root, &[file("a", "A\n"), file("b", "B\n")]);
        assert_eq!(plan.steps[1].change, Change::Refused);
        assert_eq!(apply(&[(&plan, &root)]).expect_err("refused").code, "refused");
        assert_eq!(names(folder.path()), ["b"]);
    }

    #[test]
    fn a_failure_in_the_middle_names_what_was_written_and_what_was_not() {
        let (folder, root) = root();
        let wanted = [file("a", "A\n"), file("sub/b", "B\n"), file("c", "C\n")];
        let plan = planned(&root, &wanted);
        let mut staged = Vec::new();
        stage(&[(&plan, &root)], &mut staged).expect("staged");
        std::fs::write(folder.path().join("sub/b"), "mine").expect("a file");
        let failure = commit(staged, &[]).expect_err("changed");
        assert_eq!(failure.help.as_deref(), Some("done: a; as before: sub/b, c; run the command again"));
        assert_eq!(names(folder.path()), ["a", "sub"]);
        assert_eq!(names(&folder.path().join("sub")), ["b"]);
    }

    #[cfg(unix)]
    #[test]
    fn two_names_of_one_file_are_noticed_before_anything_is_written() {
        let (folder, root) = root();
        apply(&[(&planned(&root, &[file("a", "A\n")]), &root)]).expect("written");
        std::os::unix::fs::symlink("a", folder.path().join("b")).expect("a link");
        let plan = planned(&root, &[file("a", "B\n"), file("b", "C\n")]);
        let failure = apply(&[(&plan, &root)]).expect_err("one file");
        assert_eq!(failure.message, "`a` and `b` are one file, by a link");
        assert_eq!(planned(&root, &[file("a", "A\n")]).changes().count(), 0);
        assert_eq!(names(folder.path()), ["a", "b"]);
    }

    /// Set for the process that the next test kills.
    #[cfg(unix)]
    const KILLED: &str = "PORTGEN_TEST_WRITES_IN";

    /// Not a test of its own: writes two texts in turn until it is killed.
    #[cfg(unix)]
    #[test]
    #[ignore = "started by the test below, which kills it"]
    fn writes_until_it_is_killed() {
        let Some(folder) = std::env::var_os(KILLED) else { return };
        let root = Root::open(Path::new(&folder)).expect("a root");
        for round in 0.. {
            let text = killed_text(round % 2);
            let wanted = [file("a", &text), file("b", &text), file("c", &text)];
            apply(&[(&planned(&root, &wanted), &root)]).expect("written");
            println!("{READY}");
        }
    }

    /// What the killed process says when it has written for the first time.
    #[cfg(unix)]
    const READY: &str = "written once";

    #[cfg(unix)]
    fn killed_text(which: usize) -> String {
        format!("{}\n", ["old ", "new "][which].repeat(40_000))
    }

    #[cfg(unix)]
    #[test]
    fn a_kill_at_any_moment_leaves_each_file_old_or_new() {
        use std::io::{BufRead, Read};

        let (folder, root) = root();
        let texts = [0, 1].map(|which| {
            let text = killed_text(which);
            planned(&root, &[file("a", &text)]).steps[0].after.clone().expect("a text")
        });
        for round in 0..30u64 {
            let program = std::env::current_exe().expect("this program");
            let mut child = std::process::Command::new(program)
                .args(["--ignored", "--exact", "--nocapture", "apply::tests::writes_until_it_is_killed"])
                .env(KILLED, folder.path())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("a process");
            let mut said = std::io::BufReader::new(child.stdout.take().expect("its output"));
            assert!(
                said.by_ref().lines().map_while(Result::ok).any(|line| line.ends_with(READY)),
                "it never wrote"
            );
            // Moments spread over several rounds of writing.
            std::thread::sleep(std::time::Duration::from_micros(round * 377 % 11_000));
            child.kill().expect("killed");
            let status = child.wait().expect("gone");
            assert_eq!(status.code(), None, "it was at work until it was killed");
            assert!(["a", "b", "c"].iter().all(|name| names(folder.path()).contains(&(*name).to_owned())));
            for name in names(folder.path()).iter().filter(|name| !name.starts_with(".portgen-")) {
                let text = std::fs::read_to_string(folder.path().join(name)).expect("a text");
                assert!(texts.contains(&text), "{name} is neither old nor new: {} bytes", text.len());
            }
        }
        let text = killed_text(0);
        apply(&[(&planned(&root, &[file("a", &text)]), &root)])
            .expect("what is left over is in nobody's way");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_noticed_before_anything_is_replaced() {
        let (folder, root) = root();
        let mount = |program: &str, arguments: &[&str]| {
            let command = std::process::Command::new(program).args(arguments).arg(folder.path()).output();
            command.is_ok_and(|output| output.status.success())
        };
        if !mount("mount", &["-t", "tmpfs", "-o", "size=64k", "tmpfs"]) {
            eprintln!("skipped: this user may mount nothing");
            return;
        }
        let (small, large) = ("x\n".to_owned(), "x".repeat(60_000));
        let result =
            apply(&[(&planned(&root, &[file("a", &small), file("b", &large), file("c", &large)]), &root)]);
        let left = names(folder.path());
        assert!(mount("umount", &[]), "unmounted");
        assert_eq!(result.expect_err("a full disk").path.as_deref(), Some("c"));
        assert_eq!(left, Vec::<String>::new());
    }
}
