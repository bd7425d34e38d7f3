//! What a machine does to a run: it kills it, closes its pipes, fills its disk.

use std::io::Read;
#[cfg(unix)]
use std::process::Command;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::Folder;
#[cfg(unix)]
use crate::support::{Run, run};
use crate::support::{portgen, program};

/// Three outputs of many services, from this port on.
fn many(first: u16) -> String {
    let services = (0..150).map(|index| {
        let port = first + index;
        format!("[services.service-{index}]\nport = {port}\nscheme = \"tcp\"\n")
    });
    let outputs = [("a.py", "python"), ("b.env", "dotenv"), ("sub/c.json", "json")]
        .map(|(path, target)| format!("[[output]]\npath = \"{path}\"\ntarget = \"{target}\"\n"));
    format!("[project]\nname = \"p\"\n{}{}", services.collect::<String>(), outputs.concat())
}

const OUTPUTS: [&str; 3] = ["a.py", "b.env", "sub/c.json"];

#[test]
fn a_render_killed_at_any_moment_leaves_each_file_old_or_new() {
    let folder = Folder::with(many(20_000));
    let tables = [many(21_000), many(20_000)];
    let mut slowest = Duration::ZERO;
    let texts = [many(20_000), many(21_000)].map(|table| {
        folder.write("ports.toml", table);
        let start = Instant::now();
        assert_eq!(folder.run(&["render"]).code, 0);
        slowest = slowest.max(start.elapsed());
        OUTPUTS.map(|path| folder.read(path))
    });
    let rounds = 30;
    let mut killed = 0;
    for round in 0..rounds {
        folder.write("ports.toml", &tables[round % 2]);
        let mut command = program();
        let mut child = command
            .arg("render")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("portgen starts");
        // Moments spread over the whole run; files are replaced at its end.
        let part = u32::try_from((round * 7) % rounds).expect("a small number");
        std::thread::sleep(slowest * part / u32::try_from(rounds).expect("a small number"));
        child.kill().expect("it can be killed");
        let status = child.wait().expect("it ends");
        killed += usize::from(!status.success());
        for (index, path) in OUTPUTS.iter().enumerate() {
            let text = folder.read(path);
            assert!(texts.iter().any(|whole| whole[index] == text), "{path} is neither old nor new");
        }
    }
    assert!(killed > rounds / 4, "it was killed at work {killed} times");
    let run = folder.run(&["render"]);
    assert_eq!(run.code, 0, "what a kill leaves over is in the way: {}", run.stdout);
    let run = folder.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
}

#[test]
fn a_pipe_that_nobody_reads_is_no_failure() {
    let mistakes: String = (0..200).map(|index| format!("[services.s{index}]\nport = 0\n")).collect();
    let broken = Folder::with(format!("[project]\nname = \"p\"\n{mistakes}"));
    let sound = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
    let cases: [(&Folder, &[&str], i32); 10] = [
        (&broken, &["check"], 1),
        (&broken, &["check", "--format", "json"], 1),
        (&broken, &["check", "--format", "sarif"], 1),
        (&sound, &["render"], 0),
        (&sound, &["list"], 0),
        (&sound, &["get", "api"], 0),
        (&sound, &["rules"], 0),
        (&sound, &["explain", "duplicate-port"], 0),
        (&sound, &["targets"], 0),
        (&sound, &["--help"], 0),
    ];
    for (folder, arguments, code) in cases {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = program()
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .expect("portgen starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(code), ""), "{arguments:?}");
    }
    assert!(sound.file(".env").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let child = program()
        .arg("rules")
        .stdin(Stdio::null())
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .expect("portgen starts");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("standard output cannot be written"), "{said}");
}

/// Runs a shell script in a folder, in a mount namespace of its own; `None`
/// where this machine allows none.
#[cfg(target_os = "linux")]
fn in_own_mounts(folder: &Folder, script: &str) -> Option<Run> {
    let own = ["--mount", "--map-root-user", "sh", "-e", "-c"];
    let probe = "mount -t tmpfs -o size=64k tmpfs .";
    let shell = |script: &str| run(Command::new("unshare").args(own).arg(script).current_dir(folder.path()));
    if Command::new("unshare").arg("--version").output().is_err() || shell(probe).code != 0 {
        return None;
    }
    Some(shell(script))
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_leaves_every_file_as_it_was() {
    let folder = Folder::empty();
    folder.write("old.toml", many(20_000));
    folder.write("new.toml", many(21_000));
    let script = r#"
        mkdir disk && mount -t tmpfs -o size=96k tmpfs disk
        cp old.toml disk/ports.toml && cp new.toml new && cd disk
        portgen render > ../first
        cp -r . ../before
        cp ../new ports.toml
        cp ports.toml ../before/ports.toml
        head -c 1000000 /dev/zero > filler 2> ../filled || true
        rm -f ../before/filler
        code=0; portgen render || code=$?
        rm filler
        diff -r . ../before || code=9
        exit $code"#;
    let Some(run) = in_own_mounts(&folder, script) else {
        return super::skipped("a_disk_that_fills_leaves_every_file_as_it_was: nothing can be mounted here");
    };
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("No space left") && run.stderr.contains("a.py"), "{run:?}");
}

/// Runs portgen as a user without rights, where this user may become one.
#[cfg(unix)]
fn without_rights(folder: &Folder, arguments: &[&str]) -> Option<Run> {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("permissions can be set");
    let mut command = program();
    command.args(arguments).current_dir(folder.path());
    if std::fs::read_dir("/root").is_ok() {
        // Root may read everything; nobody may not.
        command.uid(65534).gid(65534);
        let probe = program().arg("--version").uid(65534).gid(65534).output();
        probe.is_ok_and(|output| output.status.success()).then_some(())?;
    }
    Some(run(&mut command))
}

#[cfg(unix)]
fn forbid(folder: &Folder, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.file(name), mode).expect("permissions can be set");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_written_is_said_with_its_path() {
    let output = "[[output]]\npath = \"sub/.env\"\ntarget = \"dotenv\"\n";
    let may_not = |prepare: &dyn Fn(&Folder), arguments: &[&str], code: i32, texts: &[&str]| {
        let folder = Folder::with_api(output);
        folder.write("sub/other", "");
        prepare(&folder);
        let before = folder.snapshot();
        let Some(run) = without_rights(&folder, arguments) else {
            return super::skipped("what_may_not_be_read_or_written: no user without rights can run portgen");
        };
        let said = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, code, "{said}");
        for text in texts {
            assert!(said.contains(text), "no `{text}` in {said}");
        }
        forbid(&folder, "sub", 0o755);
        assert_eq!(folder.snapshot(), before);
    };
    let table = |folder: &Folder| forbid(folder, "ports.toml", 0o000);
    may_not(&table, &["check"], 2, &["ports.toml", "ermission denied"]);
    let closed = |folder: &Folder| forbid(folder, "sub", 0o000);
    for command in ["check", "render"] {
        may_not(&closed, &[command], 1, &["error[unusable-output]", "`sub/.env` may not be read"]);
    }
    let read_only = |folder: &Folder| forbid(folder, "sub", 0o555);
    may_not(&read_only, &["check"], 1, &["error[missing-output]"]);
    may_not(&read_only, &["render"], 2, &["sub/.env", "ermission denied"]);
}

#[test]
fn folders_and_tables_that_are_not_there_are_said_with_exit_code_2() {
    let folder = Folder::with_api("");
    let cases: [(&[&str], &str); 6] = [
        (&["-C", "nowhere", "check"], "nowhere"),
        (&["-C", "ports.toml", "check"], "there is no such folder"),
        (&["--config", ".", "check"], "not a file"),
        (&["--config", "other.toml", "check"], "other.toml"),
        (&["--config", "", "check"], ""),
        (&["check", "nowhere"], "nowhere"),
    ];
    for (arguments, text) in cases {
        let run = portgen(folder.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty() && run.stderr.contains(text), "{arguments:?}: {}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_for_a_table_is_not_waited_for() {
    let folder = Folder::empty();
    let made = Command::new("mkfifo").arg(folder.file("ports.toml")).status().expect("mkfifo");
    assert!(made.success());
    folder.refuses(2, &["ports.toml", "not a file"]);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_no_obstacle_and_no_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let odd = OsStr::from_bytes(b"odd\xff");
    let folder = Folder::with("[workspace]\nmembers = [\"services/*\"]\n");
    let member = folder.path().join("services").join(odd);
    std::fs::create_dir_all(&member).expect("a folder");
    std::fs::write(member.join("other"), "").expect("a file");
    folder.refuses(1, &["no folder with a ports.toml matches"]);
    let table = "[project]\nname = \"p\"\n[services.api]\nport = 23456\n[[output]]\npath = \"a.py\"\ntarget = \"python\"\n";
    std::fs::write(member.join("ports.toml"), table).expect("a file");
    folder.refuses(2, &["services/odd", "not UTF-8"]);

    let folder = Folder::empty();
    let project = folder.path().join(odd);
    std::fs::create_dir(&project).expect("a folder");
    std::fs::write(project.join("ports.toml"), table).expect("a file");
    std::fs::write(project.join(odd), "# @generated by portgen\n").expect("a file");
    for arguments in [&["render"][..], &["check"], &["check", "--format", "json"]] {
        let run = portgen(&project, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.stdout, run.stderr);
    }
    let from_above = run(program().arg("-C").arg(odd).arg("check").current_dir(folder.path()));
    assert_eq!(from_above.code, 0, "{from_above:?}");
    let argument = run(program().arg("check").arg(odd).current_dir(&project));
    assert_eq!(argument.code, 0, "{argument:?}");
}

#[test]
fn a_huge_number_of_outputs_is_written_and_a_wrong_one_among_them_stops_all() {
    let outputs = |count: usize| {
        let output = |index| format!("[[output]]\npath = \"out/{index}/a.py\"\ntarget = \"python\"\n");
        format!(
            "{}[[output]]\npath = \"b.py\"\ntarget = \"python\"\n",
            (0..count).map(output).collect::<String>()
        )
    };
    let folder = Folder::with_api(&outputs(2_000));
    folder.write("b.py", "mine = 1\n");
    let run = folder.run(&["render"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(!folder.file("out").exists());
    // Each is synced to the disk, which takes its time.
    let folder = Folder::with_api(&outputs(100));
    assert_eq!(folder.run(&["render"]).code, 0);
    assert_eq!(folder.run(&["check"]).code, 0);
    assert!((0..100).all(|index| folder.file(&format!("out/{index}/a.py")).exists()));
}

#[test]
fn standard_input_is_never_read() {
    let folder = Folder::with_api("");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut child = program()
        .arg("check")
        .current_dir(folder.path())
        .stdin(reader)
        .stdout(Stdio::piped())
        .spawn()
        .expect("portgen starts");
    let mut said = String::new();
    child.stdout.take().expect("its output").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""));
    drop(writer);
}
