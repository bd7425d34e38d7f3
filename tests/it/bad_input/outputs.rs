//! Outputs and patches that cannot be written.

use super::Folder;
use crate::support::formats;

#[test]
fn paths_outside_the_project_are_found() {
    for path in ["../x", "/etc/x", "a/../../x", "C:/x", ".git/hooks/pre-commit", "", "x\\ny"] {
        let folder = Folder::with_api(&format!("[[output]]\npath = \"{path}\"\ntarget = \"dotenv\"\n"));
        folder.refuses(1, &["error[invalid-value]", "[ports.toml:7:8]"]);
    }
}

#[test]
fn one_path_twice_needs_blocks_with_different_ids() {
    let twice = "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n[[output]]\npath = \"./.env\"\ntarget = \"dotenv\"\n";
    let folder = Folder::with_api(twice);
    folder.refuses(
        1,
        &["error[invalid-value]", "two blocks with the id `dotenv`", "[ports.toml:10:8]", "first used here"],
    );
    assert_eq!(folder.places("invalid-value"), ["ports.toml:10:8", "ports.toml:7:8"]);
    let folder = Folder::with_api(&format!(
        "{twice}id = \"more\"\nservices = []\noptions = {{ values = {{ X = \"1\" }} }}\n"
    ));
    assert_eq!(folder.run(&["render"]).code, 0);
}

#[test]
fn two_blocks_of_one_file_set_no_variable_twice() {
    let block = |id: &str, service: &str| {
        format!(
            "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\nid = \"{id}\"\nservices = [\"{service}\"]\n"
        )
    };
    let web = "[services.web]\nport = 23457\n";
    let twice = Folder::with_api(&format!("{web}{}{}", block("one", "api"), block("two", "api")));
    twice.refuses(1, &["error[template-error]", "another block of the file sets API_PORT too"]);
    let apart = Folder::with_api(&format!("{web}{}{}", block("one", "api"), block("two", "web")));
    assert_eq!(apart.run(&["render"]).code, 0);
    assert_eq!(apart.run(&["check"]).code, 0);
}

#[test]
fn the_table_itself_is_no_output() {
    Folder::with_api("[[output]]\npath = \"ports.toml\"\ntarget = \"dotenv\"\n")
        .refuses(1, &["`ports.toml` is a table that portgen reads"]);
}

#[test]
fn a_file_of_two_projects_is_refused_before_either_is_written() {
    let project = |name: &str, path: &str, port: u16| {
        let output = format!("[[output]]\npath = \"{path}\"\ntarget = \"dotenv\"\n");
        format!("[project]\nname = \"{name}\"\n[services.{name}]\nport = {port}\n{output}")
    };
    let folder = Folder::empty();
    let root = project("shop", "api/.env", 23456);
    folder.write("ports.toml", format!("{root}[workspace]\nmembers = [\"api\"]\n"));
    folder.write("api/ports.toml", project("api", ".env", 23457));
    folder.refuses(1, &["api/.env", "belongs to another project, too", "[api/ports.toml:6:8]"]);
    folder.write("ports.toml", project("shop", "api/ports.toml", 23456));
    folder.refuses(1, &["`api/ports.toml` is a table that portgen reads"]);
}

#[test]
fn a_template_is_no_output_of_itself() {
    let folder = Folder::with_api("[[output]]\npath = \"mine.j2\"\ntemplate = \"mine.j2\"\n");
    folder.write("mine.j2", "x\n");
    folder.refuses(1, &["`mine.j2` is a template"]);
    assert_eq!(folder.run(&["render", "--adopt"]).code, 1);
    assert_eq!(folder.read("mine.j2"), "x\n");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_table_is_no_output() {
    let output = "[[output]]\npath = \"ports.env\"\ntarget = \"dotenv\"\n";
    let folder = Folder::with_api(output);
    std::os::unix::fs::symlink("ports.toml", folder.file("ports.env")).expect("a link");
    let before = folder.read("ports.toml");
    for arguments in [["render", "--insert"], ["render", "--adopt"]] {
        let run = folder.run(&arguments);
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("a table that portgen reads"), "{}{}", run.stdout, run.stderr);
        assert_eq!(folder.read("ports.toml"), before);
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_project_is_refused() {
    let outside = Folder::empty();
    outside.write("x.env", "A=1\n");
    let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
    std::os::unix::fs::symlink(outside.file("x.env"), folder.file(".env")).expect("a link");
    folder.refuses(1, &[".env", "error[unusable-output]"]);
    assert_eq!(outside.read("x.env"), "A=1\n");

    let folder = Folder::with_api("[[output]]\npath = \"sub/.env\"\ntarget = \"dotenv\"\n");
    std::os::unix::fs::symlink(outside.path(), folder.file("sub")).expect("a link");
    folder.refuses(1, &["sub/.env", "error[unusable-output]"]);
    assert!(!outside.file(".env").exists());
}

#[cfg(unix)]
#[test]
fn a_link_inside_the_project_is_written_through() {
    let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
    folder.write("config/real.env", "A=1\n# >>> portgen:dotenv >>>\n# <<< portgen:dotenv <<<\n");
    std::os::unix::fs::symlink("config/real.env", folder.file(".env")).expect("a link");
    let run = folder.run(&["render", "--force"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(folder.read("config/real.env").contains("API_PORT=23456"));
    assert!(std::fs::symlink_metadata(folder.file(".env")).expect("it is there").file_type().is_symlink());
}

#[test]
fn a_file_that_a_person_wrote_is_not_overwritten() {
    let folder = Folder::with_api("[[output]]\npath = \"ports.py\"\ntarget = \"python\"\n");
    folder.write("ports.py", "API_PORT = 1\n");
    folder.refuses(1, &["error[edited-output]", "--adopt", "ports.py:1:1"]);
    assert_eq!(folder.run(&["render", "--adopt"]).code, 0);
    assert_eq!(folder.run(&["check"]).code, 0);
}

#[test]
fn where_one_output_is_refused_none_is_written() {
    let folder = Folder::with_api(
        "[[output]]\npath = \"a.py\"\ntarget = \"python\"\n[[output]]\npath = \"b.py\"\ntarget = \"python\"\n",
    );
    folder.write("b.py", "mine\n");
    folder.refuses(1, &["b.py"]);
    assert!(!folder.file("a.py").exists());
}

#[test]
fn markers_that_are_not_one_pair_are_found_where_they_stand() {
    let start = "# >>> portgen:dotenv >>>\n";
    let end = "# <<< portgen:dotenv <<< sum:00000000\n";
    let cases = [
        (format!("A=1\n{start}"), ".env:2:1"),
        (format!("A=1\n{end}"), ".env:2:1"),
        (format!("{end}{start}"), ".env:1:1"),
        (format!("{start}{start}{end}{end}"), ".env:2:1"),
        (format!("{start}{end}{start}{end}"), ".env:3:1"),
    ];
    for (text, place) in cases {
        for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_owned()] {
            let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
            folder.write(".env", &text);
            folder.refuses(1, &["error[broken-markers]", place]);
        }
    }
}

#[test]
fn a_file_without_markers_is_found_at_its_end_with_the_snippet_to_paste() {
    for (text, place) in
        [("", ".env:1:1"), ("A=1\n", ".env:2:1"), ("A=1\r\n", ".env:2:1"), ("A=1", ".env:1:4")]
    {
        let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
        folder.write(".env", text);
        folder.refuses(
            1,
            &["error[broken-markers]", place, "# >>> portgen:dotenv >>>", "# <<< portgen:dotenv <<<"],
        );
        assert_eq!(folder.run(&["render", "--insert"]).code, 0);
        assert!(folder.read(".env").starts_with(text));
        assert_eq!(folder.run(&["check"]).code, 0);
    }
}

#[test]
fn a_file_without_a_final_newline_and_with_crlf_keeps_both() {
    let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
    folder.write(".env", "A=1\r\n# >>> portgen:dotenv >>>\r\n# <<< portgen:dotenv <<<\r\nB=2");
    assert_eq!(folder.run(&["render", "--force"]).code, 0);
    let text = folder.read(".env");
    assert!(text.starts_with("A=1\r\n# >>> portgen:dotenv >>>\r\n"), "{text:?}");
    assert!(text.contains("API_PORT=23456\r\n"), "{text:?}");
    assert!(text.ends_with("\r\nB=2"), "{text:?}");
}

#[test]
fn patches_that_match_nothing_twice_or_not_at_all_are_found() {
    let patch = |find: &str| {
        Folder::with_api(&format!("[[patch]]\npath = \"a.py\"\nfind = '{find}'\nservice = \"api\"\n"))
    };
    let folder = patch("port=(\\d+)");
    folder.refuses(1, &["a.py"]);
    folder.write("a.py", "run()\n");
    folder.refuses(1, &["error[unmatched-patch]"]);
    folder.write("a.py", "run(port=1)\nrun(port=2)\n");
    folder.refuses(1, &["error[unmatched-patch]", "matches 2 times in a.py", "[a.py:1:5]"]);
    assert_eq!(folder.places("unmatched-patch"), ["ports.toml:8:8", "a.py:1:5", "a.py:2:5"]);
    for (find, text) in [
        ("(", "the pattern cannot be used"),
        ("a", "0 groups"),
        ("(a)(b)", "2 groups"),
        ("(\\w{1000}){1000}", "cannot be used"),
    ] {
        patch(find).refuses(1, &["error[invalid-value]", text]);
    }
}

#[test]
fn a_catastrophic_pattern_ends() {
    let folder = Folder::with_api("[[patch]]\npath = \"a.txt\"\nfind = '(?:a+)+(\\d)$'\nservice = \"api\"\n");
    folder.write("a.txt", "a".repeat(200_000));
    folder.refuses(1, &["error[unmatched-patch]"]);
}

#[test]
fn files_that_are_no_texts_are_refused() {
    let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
    folder.write(".env", b"A=\xff\n");
    folder.refuses(1, &["error[unusable-output]", "UTF-8"]);
    let folder = Folder::with_api("[[output]]\npath = \"x\"\ntarget = \"dotenv\"\n");
    std::fs::create_dir(folder.file("x")).expect("a folder");
    folder.refuses(1, &["error[unusable-output]"]);
    let folder = Folder::with_api("[[output]]\npath = \"f/x\"\ntarget = \"dotenv\"\n");
    folder.write("f", "a file where a folder should be");
    folder.refuses(1, &["error[unusable-output]"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = Folder::with_api("[[output]]\npath = \"x\"\ntarget = \"dotenv\"\n");
    let made = std::process::Command::new("mkfifo").arg(folder.file("x")).status().expect("mkfifo");
    assert!(made.success());
    folder.refuses(1, &["error[unusable-output]"]);
}

#[test]
fn a_read_only_file_is_refused() {
    let folder = Folder::with_api("[[output]]\npath = \".env\"\ntarget = \"dotenv\"\n");
    folder.write(".env", "# >>> portgen:dotenv >>>\n# <<< portgen:dotenv <<< sum:e3b0c442\n");
    let mut permissions = std::fs::metadata(folder.file(".env")).expect("it is there").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(folder.file(".env"), permissions).expect("permissions can be set");
    let before = folder.snapshot();
    let run = folder.run(&["render"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("read-only"), "{}", run.stdout);
    assert_eq!(folder.snapshot(), before);
}

#[test]
fn blocks_that_are_nested_are_found_at_the_inner_marker() {
    let table = "[[output]]\npath = \".env\"\ntarget = \"dotenv\"\nid = \"a\"\n\
                 [[output]]\npath = \".env\"\ntarget = \"dotenv\"\nid = \"b\"\noptions = { values = { X = \"1\" } }\n";
    let folder = Folder::with_api(table);
    let text = "# >>> portgen:a >>>\n# >>> portgen:b >>>\n# <<< portgen:b <<<\n# <<< portgen:a <<<\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), text.trim_end().to_owned()] {
        folder.write(".env", text);
        folder.refuses(1, &["error[broken-markers]", "starts inside another", ".env:2:1"]);
        for options in [
            &["render", "--force"][..],
            &["render", "--insert"],
            &["render", "--adopt", "--force", "--insert"],
        ] {
            let before = folder.snapshot();
            assert_eq!(folder.run(options).code, 1, "{options:?}");
            assert_eq!(folder.snapshot(), before);
        }
    }
}

#[test]
fn a_path_cannot_steer_the_terminal() {
    let folder = Folder::with_api("[[output]]\npath = \"a\\u001b[2J\"\ntarget = \"dotenv\"\n");
    folder.refuses(1, &["[ports.toml:7:8]"]);
    let folder =
        Folder::with_api("[[output]]\npath = \"a\\u202eb.env\"\ntarget = \"dotenv\"\nmode = \"file\"\n");
    for format in formats() {
        let said = folder.run(&["check", "--format", format]).stdout;
        assert!(!said.contains('\u{202e}'), "{format}: {said:?}");
    }
    for arguments in [&["render"][..], &["list"], &["render", "--diff"]] {
        let run = folder.run(arguments);
        assert!(
            !run.stdout.contains('\u{202e}') && !run.stderr.contains('\u{202e}'),
            "{arguments:?}: {run:?}"
        );
    }
}

#[test]
fn a_patch_of_a_whole_file_output_is_refused() {
    let patch = "[[output]]\npath = \"a.py\"\ntarget = \"python\"\n[[patch]]\npath = \"./a.py\"\nfind = '(\\d+)'\nservice = \"api\"\n";
    let folder = Folder::with_api(patch);
    folder.refuses(1, &["error[invalid-value]", "[ports.toml:10:8]"]);
}

#[test]
fn a_patch_of_several_lines_is_refused() {
    let patch = "[[patch]]\npath = \"a.txt\"\nfind = '(\\d+)'\nvalue = '{{ \"1\\n2\" }}'\n";
    let folder = Folder::with_api(patch);
    folder.write("a.txt", "port 1\n");
    folder.refuses(1, &["error[template-error]", "a patch writes one line", "[ports.toml:9:"]);
}

#[test]
fn a_compose_file_that_is_broken_or_endlessly_nested_takes_no_block() {
    let output = "[services.api.compose]\nimage = \"x\"\n[[output]]\npath = \"c.yml\"\ntarget = \"compose\"\nmode = \"block\"\nservices = [\"api\"]\n";
    let folder = Folder::with_api(output);
    let nested = format!("services:\n  api:\n    x: {}\n", "[".repeat(50_000));
    let deep: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    for text in ["services: [\n", "\t- a\n", "services:\n  other: {}\n", &nested, &deep] {
        folder.write("c.yml", text);
        folder.refuses(1, &["error[broken-markers]", "c.yml"]);
        let before = folder.snapshot();
        assert_eq!(folder.run(&["render", "--insert"]).code, 1);
        assert_eq!(folder.snapshot(), before);
    }
}
