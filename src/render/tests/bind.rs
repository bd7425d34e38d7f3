//! Mistakes in how an output is bound to its target.

use super::{TABLE, run};

/// The findings of a table's outputs, each with the text it points at.
fn check(lines: &str, expect: &[(&str, &str, &str)]) {
    let files = [
        ("mine.j2", "{{ options.x }}\n"),
        ("folder/target.toml", "description = \"d\"\nfile = \"f\"\ntemplate = \"t.j2\"\ncomment = \"#\"\n"),
        ("folder/t.j2", "{{ project.name }}\n"),
        ("broken/target.toml", "description = 1\n"),
    ];
    let outcome = run(&format!("{TABLE}\n{lines}"), &files);
    let found: Vec<(&str, &str, &str)> = outcome
        .rendering
        .findings
        .iter()
        .map(|finding| {
            let text = outcome.sources.text_at(finding.primary.place);
            (finding.rule, finding.message.as_str(), text)
        })
        .collect();
    assert_eq!(found, expect, "{lines}");
}

#[test]
fn unknown_targets_and_options_are_told_with_what_there_is() {
    check(
        "[[output]]\npath = \"a\"\ntarget = \"pyton\"",
        &[("unknown-name", "there is no target `pyton`", "\"pyton\"")],
    );
    check(
        "[[output]]\npath = \"a\"\ntarget = \"dotenv\"\noptions = { url = true }",
        &[("unknown-key", "unknown option `url`", "url")],
    );
    check(
        "[[output]]\npath = \"a\"\ntarget = \"dotenv\"\noptions = { urls = 1 }",
        &[("invalid-value", "`urls` is a boolean, not an integer", "1")],
    );
    check(
        "[[output]]\npath = \"a\"\ntarget = \"compose\"\noptions = { ports = \"litteral\" }",
        &[("invalid-value", "`ports` cannot be `litteral`", "\"litteral\"")],
    );
    check(
        "[[output]]\npath = \"a\"\ntarget = \"markdown\"\noptions = { columns = [\"title\", \"prot\", 1] }",
        &[
            ("invalid-value", "`columns` cannot be `prot`", "\"prot\""),
            ("invalid-value", "`columns` lists strings, not an integer", "1"),
        ],
    );
}

#[test]
fn one_path_has_one_owner() {
    let two = |first: &str, second: &str| {
        format!("[[output]]\npath = \"a\"\n{first}\n[[output]]\npath = \"./A\"\n{second}")
    };
    let file = "target = \"python\"";
    check(&two(file, file), &[("invalid-value", "A is rendered twice", "\"./A\"")]);
    let block = "target = \"dotenv\"";
    check(&two(block, file), &[("invalid-value", "A is rendered twice", "\"./A\"")]);
    check(&two(block, block), &[("invalid-value", "A has two blocks with the id `dotenv`", "\"./A\"")]);
    check(&two(block, "target = \"dotenv\"\nid = \"more\""), &[]);
    let patch = "[[output]]\npath = \"a\"\ntarget = \"python\"\n\
                 [[patch]]\npath = \"a\"\nfind = '(\\d+)'\nservice = \"api\"";
    check(patch, &[("invalid-value", "a is rendered as a whole", "\"a\"")]);
}

#[test]
fn a_mode_must_fit_its_target() {
    check(
        "[[output]]\npath = \"a\"\ntarget = \"json\"\nmode = \"block\"",
        &[("invalid-value", "a format without comments has no blocks", "\"block\"")],
    );
    let block = "[[output]]\npath = \"a\"\ntarget = \"compose\"\nmode = \"block\"\n";
    let message = "a compose block belongs to one service, and this shows 2";
    check(block, &[("invalid-value", message, "[[output]]")]);
    check(&format!("{block}services = [\"api\"]"), &[]);
}

#[test]
fn a_template_of_ones_own_is_found_or_told() {
    let own = |template: &str, rest: &str| {
        format!("[[output]]\npath = \"a.txt\"\ntemplate = \"{template}\"\n{rest}")
    };
    check(&own("none.j2", ""), &[("unknown-name", "the template none.j2 does not exist", "\"none.j2\"")]);
    check(&own("mine.j2", ""), &[("invalid-value", "the comment syntax of a.txt is not known", "\"a.txt\"")]);
    check(
        &own("mine.j2", "options = { comment = \"word\" }"),
        &[(
            "invalid-value",
            "`comment` is a prefix such as `#`, two marks such as `<!-- -->`, or `json`",
            "\"word\"",
        )],
    );
    check(&own("mine.j2", "options = { comment = \"#\", x = 1 }"), &[]);
    check(&own("folder", ""), &[]);
    check(&own("folder", "options = { x = 1 }"), &[("unknown-key", "unknown option `x`", "x")]);
    check(&own("broken", ""), &[("template-error", "invalid type: integer `1`, expected a string", "1")]);
}
