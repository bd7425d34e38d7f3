//! Worktrees, clones, namesakes and folders that moved.

use std::path::Path;
use std::process::Command;

use super::{Machine, free_range};
use crate::support::run;

fn table(first: u16) -> String {
    let last = first + 9;
    format!(
        "[project]\nname = \"shop\"\nrange = \"{first}-{last}\"\n\n[services.api]\nport = {first}\n\n\
         [services.scratch]\nport = \"auto\"\n\n[[output]]\npath = \".env.example\"\ntarget = \"dotenv\"\n\
         services = [\"api\"]\n\n[[output]]\npath = \".env\"\ntarget = \"dotenv\"\nlocal = true\n"
    )
}

#[track_caller]
pub(super) fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=p", "-c", "user.email=p@localhost", "-c", "protocol.file.allow=always"];
    let run = run(Command::new("git").args(identity).args(arguments).current_dir(folder));
    assert_eq!(run.code, 0, "git {arguments:?}\n{}{}", run.stdout, run.stderr);
}

/// A project in a repository, rendered and committed; the first number of its range.
fn shop(machine: &Machine) -> (std::path::PathBuf, u16) {
    let first = free_range(10);
    let folder = machine.project("shop", &table(first));
    std::fs::write(folder.join(".gitignore"), ".env\n").expect("a file");
    git(&folder, &["init", "--quiet", "--initial-branch", "main"]);
    machine.ok(&folder, &["render"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "start"]);
    (folder, first)
}

fn number(machine: &Machine, folder: &Path, name: &str) -> u16 {
    machine.ok(folder, &["get", name]).trim().parse().expect("a number")
}

fn env(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(".env")).expect("a local output")
}

#[test]
fn the_first_checkout_has_the_numbers_of_the_table_and_auto_has_one_here() {
    let machine = Machine::new();
    let (folder, first) = shop(&machine);
    assert_eq!(number(&machine, &folder, "api"), first);
    let scratch = number(&machine, &folder, "scratch");
    assert_eq!(scratch, first + 1, "the lowest free number of the project's range");
    assert!(
        env(&folder).contains(&format!("API_PORT={first}\nSCRATCH_PORT={scratch}\n")),
        "{}",
        env(&folder)
    );
    machine.ok(&folder, &["render"]);
    assert_eq!(number(&machine, &folder, "scratch"), scratch, "a number never changes silently");
    machine.ok(&folder, &["check"]);
}

#[test]
fn a_worktree_has_numbers_of_its_own_and_committed_outputs_do_not_change() {
    let machine = Machine::new();
    let (folder, first) = shop(&machine);
    git(&folder, &["worktree", "add", "--quiet", "../tree"]);
    let tree = machine.root().join("tree");
    let missing = machine.run(&tree, &["get", "api"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("`api` has no number in this checkout yet"), "{missing:?}");
    let rendered = machine.run(&tree, &["render"]);
    assert_eq!(rendered.code, 0, "{rendered:?}");
    assert!(rendered.stderr.contains("this is a second checkout of shop"), "{rendered:?}");
    let (api, scratch) = (number(&machine, &tree, "api"), number(&machine, &tree, "scratch"));
    assert_eq!((api, scratch), (first + 2, first + 3));
    assert!(env(&tree).contains(&format!("API_PORT={api}\nSCRATCH_PORT={scratch}\n")), "{}", env(&tree));
    let shown = run(Command::new("git").args(["status", "--porcelain"]).current_dir(&tree));
    assert_eq!(shown.stdout, "", "what is committed is the table's");
    machine.ok(&tree, &["check"]);
    assert_eq!(number(&machine, &folder, "api"), first, "the first is left alone");
}

#[test]
fn a_second_clone_is_a_checkout_and_a_namesake_is_another_project() {
    let machine = Machine::new();
    let (folder, first) = shop(&machine);
    let url = folder.to_string_lossy().into_owned();
    git(&machine.root(), &["clone", "--quiet", &url, "one"]);
    git(&machine.root(), &["clone", "--quiet", &url, "two"]);
    let (one, two) = (machine.root().join("one"), machine.root().join("two"));
    let said = machine.run(&one, &["project", "add"]);
    assert!(
        said.stderr.contains("another project shop is known"),
        "a clone of it has another remote: {said:?}"
    );
    let said = machine.run(&two, &["render"]);
    assert!(said.stderr.contains("this is a second checkout of shop"), "{said:?}");
    assert_eq!(number(&machine, &one, "api"), first, "the first of its project");
    assert!(number(&machine, &two, "api") > first);
}

#[test]
fn a_folder_that_moved_keeps_its_numbers() {
    let machine = Machine::new();
    let (folder, _) = shop(&machine);
    let scratch = number(&machine, &folder, "scratch");
    let moved = machine.root().join("moved");
    std::fs::rename(&folder, &moved).expect("a folder can be moved");
    assert_eq!(number(&machine, &moved, "scratch"), scratch);
    let said = machine.run(&moved, &["project", "add"]);
    assert!(said.stderr.contains("this checkout was at"), "{said:?}");
    assert_eq!(number(&machine, &moved, "scratch"), scratch);
}

#[test]
fn reassign_changes_a_number_and_the_local_outputs_in_one_plan() {
    let machine = Machine::new();
    let (folder, first) = shop(&machine);
    let before = number(&machine, &folder, "scratch");
    let said = machine.ok(&folder, &["reassign", "scratch"]);
    let after = number(&machine, &folder, "scratch");
    assert_ne!(before, after);
    assert_eq!(said, format!("scratch: {before} -> {after}\n"));
    assert!(env(&folder).contains(&format!("SCRATCH_PORT={after}\n")));
    let fixed = machine.run(&folder, &["reassign", "api"]);
    assert_eq!(fixed.code, 1);
    assert!(fixed.stderr.contains(&format!("ports.toml says that `api` has port {first}")), "{fixed:?}");
    // An edit of a person stands in the way: nothing changes, in the ledger neither.
    let edited = env(&folder).replace("SCRATCH_PORT", "MINE=1\nSCRATCH_PORT");
    std::fs::write(folder.join(".env"), &edited).expect("a file");
    let refused = machine.run(&folder, &["reassign", "scratch"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(number(&machine, &folder, "scratch"), after);
    assert_eq!(env(&folder), edited);
}

#[test]
fn the_numbers_of_a_sleeping_project_are_nobody_elses() {
    let machine = Machine::new();
    let (_, first) = shop(&machine);
    let other = machine.folder("other");
    let range = format!("{first}-{}", first + 9);
    assert_eq!(
        machine.reserve(&other, &["--range", &range]),
        first + 2,
        "declared and given are passed over"
    );
    let refused = machine.run(&other, &["reserve", "--port", &first.to_string()]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("is taken by service api of project shop"), "{refused:?}");
}

#[test]
fn a_table_that_changed_is_read_again_and_a_broken_one_keeps_its_last_numbers() {
    let machine = Machine::new();
    let (folder, first) = shop(&machine);
    let other = machine.folder("other");
    let range = format!("{}-{}", first + 5, first + 9);
    let moved = std::fs::read_to_string(folder.join("ports.toml"))
        .expect("a table")
        .replace(&format!("port = {first}\n"), &format!("port = {}\n", first + 5));
    std::fs::write(folder.join("ports.toml"), moved).expect("a file");
    assert_eq!(machine.reserve(&other, &["--range", &range]), first + 6);
    std::fs::write(folder.join("ports.toml"), "[project\n").expect("a file");
    let run = machine.run(&other, &["reserve", "--range", &range]);
    assert_eq!(run.stdout, format!("Reserved port {} for project\n", first + 7));
    assert!(run.stderr.contains("its last good numbers count"), "{run:?}");
    let own = machine.run(&folder, &["reserve", "x"]);
    assert_eq!(own.code, 1, "a broken table is no empty folder: {own:?}");
    assert!(own.stderr.contains("the table has errors"), "{own:?}");
}

#[test]
fn a_release_takes_a_found_number_back_and_the_local_outputs_follow() {
    let machine = Machine::new();
    let first = free_range(10);
    let scanned =
        table(first).replace("[services.scratch]\nport = \"auto\"", "[services.other]\nport = \"auto\"");
    let scanned =
        scanned.replace(&format!("port = {first}\n"), &format!("port = {first}\nallocation = \"scan\"\n"));
    let folder = machine.project("shop", &scanned);
    machine.ok(&folder, &["render"]);
    let held = std::net::TcpListener::bind(("127.0.0.1", first)).expect("a port");
    machine.ok(&folder, &["run", "api", "--", "true"]);
    let found = number(&machine, &folder, "api");
    assert_ne!(found, first);
    assert!(env(&folder).contains(&format!("API_PORT={found}\n")), "{}", env(&folder));
    drop(held);
    let said = machine.ok(&folder, &["release", "api"]);
    assert_eq!(said, format!("Released port {found} of service 'api'\napi: {found} -> {first}\n"));
    assert_eq!(number(&machine, &folder, "api"), first);
    assert!(env(&folder).contains(&format!("API_PORT={first}\n")), "{}", env(&folder));
    let said = machine.run(&folder, &["release", "other"]);
    assert!(said.stderr.contains("local outputs hold the old numbers"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_table_of_the_same_size_and_time_is_read_again() {
    let machine = Machine::new();
    let (folder, first) = shop(&machine);
    let path = folder.join("ports.toml");
    let before = std::fs::read_to_string(&path).expect("a table");
    let time = std::fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
    let after = before.replace(&format!("port = {first}\n"), &format!("port = {}\n", first + 5));
    assert_eq!(before.len(), after.len());
    std::fs::write(&path, after).expect("a file");
    let file = std::fs::File::options().write(true).open(&path).expect("a file");
    file.set_modified(time).expect("a time can be set");
    let other = machine.folder("other");
    let range = format!("{}-{}", first + 5, first + 6);
    assert_eq!(machine.reserve(&other, &["--range", &range]), first + 6, "the new number is declared");
}

/// A copy with everything in it, as `cp -a` makes one.
#[cfg(unix)]
fn copy(from: &Path, to: &Path) {
    let copied = run(Command::new("cp").arg("-a").args([from, to]));
    assert_eq!(copied.code, 0, "{copied:?}");
}

#[cfg(unix)]
#[test]
fn a_copy_in_the_place_of_a_folder_that_moved_gets_other_numbers() {
    for with_git in [true, false] {
        let machine = Machine::new();
        let (folder, _) = shop(&machine);
        if !with_git {
            std::fs::remove_dir_all(folder.join(".git")).expect("a folder");
            machine.ok(&folder, &["render"]);
        }
        let scratch = number(&machine, &folder, "scratch");
        let moved = machine.root().join("moved");
        std::fs::rename(&folder, &moved).expect("a folder can be moved");
        copy(&moved, &folder);
        // As long as the copy alone was seen, it may be what a backup had.
        machine.ok(&folder, &["render"]);
        let said = machine.run(&moved, &["render"]);
        assert!(said.stderr.contains("and keeps its numbers; what is at"), "{said:?}");
        assert_eq!(number(&machine, &moved, "scratch"), scratch);
        machine.ok(&folder, &["render", "--force"]);
        assert_ne!(number(&machine, &folder, "scratch"), scratch, "with git: {with_git}");
        assert_eq!(number(&machine, &moved, "scratch"), scratch);
    }
}

#[cfg(unix)]
#[test]
fn a_new_clone_in_the_place_of_a_folder_that_was_put_aside_keeps_its_numbers() {
    let machine = Machine::new();
    let (origin, _) = shop(&machine);
    let url = origin.to_string_lossy().into_owned();
    git(&machine.root(), &["clone", "--quiet", &url, "work"]);
    let work = machine.root().join("work");
    machine.ok(&work, &["render"]);
    let scratch = number(&machine, &work, "scratch");
    let aside = machine.root().join("aside");
    std::fs::rename(&work, &aside).expect("a folder can be moved");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    git(&machine.root(), &["clone", "--quiet", &url, "work"]);
    machine.ok(&work, &["render"]);
    assert_eq!(number(&machine, &work, "scratch"), scratch, "whoever works there sees no change");
    machine.ok(&aside, &["render"]);
    assert_ne!(number(&machine, &aside, "scratch"), scratch, "a second checkout");
    assert_eq!(number(&machine, &work, "scratch"), scratch);
}
