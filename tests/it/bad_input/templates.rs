//! Templates that are broken, endless, or reach outside.

use super::Folder;

/// A folder whose only output uses this template.
fn with_template(template: &str) -> Folder {
    let folder = Folder::with_api(
        "[[output]]\npath = \"out.txt\"\ntemplate = \"t.j2\"\noptions = { comment = \"#\" }\n",
    );
    folder.write("t.j2", template);
    folder
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let forever = "{% for a in range(10000) %}{% for b in range(10000) %}{{ a * b }}{% endfor %}{% endfor %}";
    with_template(forever).refuses(1, &["error[template-error]", "t.j2"]);
}

#[test]
fn a_text_that_grows_without_end_is_stopped() {
    with_template("{{ 'x' * 100000000 }}").refuses(1, &["error[template-error]", "t.j2:1:"]);
    let twice = "{% set ns.s %}{{ ns.s }}{{ ns.s }}{% endset %}";
    let doubled =
        format!("{{% set ns = namespace(s='xxxxxxxxxx') %}}{{% for i in range(40) %}}{twice}{{% endfor %}}");
    with_template(&doubled).refuses(1, &["error[template-error]", "t.j2:1:"]);
    let endless = "{% macro more(n) %}x{{ more(n + 1) }}{% endmacro %}{{ more(0) }}";
    with_template(endless).refuses(1, &["error[template-error]", "t.j2:1:"]);
}

#[test]
fn a_name_that_is_not_there_is_found_in_the_template() {
    with_template("ok\n{{ services[0].prot }}\n").refuses(1, &["error[template-error]", "t.j2:2:"]);
    with_template("{{ nothing }}").refuses(1, &["error[template-error]", "t.j2:1:"]);
    with_template("{{ services | map(attribute='prot') | join(',') }}")
        .refuses(1, &["error[template-error]"]);
}

#[test]
fn a_syntax_error_is_found_in_the_template() {
    with_template("line\n{% if %}\n").refuses(1, &["error[template-error]", "t.j2:2:"]);
}

#[test]
fn an_include_outside_the_root_is_refused() {
    for include in ["../secret", "/etc/passwd", "x/../../secret"] {
        with_template(&format!("{{% include '{include}' %}}")).refuses(1, &["error[template-error]"]);
    }
}

#[test]
fn a_template_that_is_not_there_is_found() {
    Folder::with_api("[[output]]\npath = \"x\"\ntemplate = \"gone.j2\"\n")
        .refuses(1, &["gone.j2", "[ports.toml:8:12]"]);
    Folder::with_api("[[output]]\npath = \"x\"\ntemplate = \"../gone.j2\"\n")
        .refuses(1, &["[ports.toml:8:12]"]);
}

#[test]
fn a_cycle_of_includes_ends() {
    let folder = with_template("{% include 'u.j2' %}");
    folder.write("u.j2", "{% include 't.j2' %}");
    folder.refuses(1, &["error[template-error]"]);
}

#[test]
fn deep_nesting_is_found() {
    for template in ["{{ ".to_owned() + &"(".repeat(50_000), "{% if 1 %}".repeat(20_000)] {
        with_template(&template).refuses(1, &["error[template-error]", "t.j2:1:"]);
    }
}

#[test]
fn chains_that_no_stack_holds_are_found() {
    for chain in ["-", "not ", "1+", "1 if 1 else ", "1|"] {
        with_template(&format!("{{{{ {}1 }}}}", chain.repeat(50_000)))
            .refuses(1, &["error[template-error]", "t.j2:1:1", "more than 1,000"]);
    }
    let branches = "{% elif 1 %}".repeat(200_000);
    with_template(&format!("{{% if 1 %}}{branches}{{% endif %}}"))
        .refuses(1, &["error[template-error]", "`elif`"]);
    let command = format!("command = \"{{{{ {}1 }}}}\"\n", "-".repeat(50_000));
    let folder =
        Folder::with_api(&format!("{command}[[output]]\npath = \"Procfile\"\ntarget = \"procfile\"\n"));
    folder.refuses(1, &["error[template-error]", "more than 1,000", "ports.toml:6:"]);
}

#[test]
fn a_template_that_is_no_text_is_found() {
    let folder = with_template("");
    folder.write("t.j2", b"\xff");
    folder.refuses(1, &["t.j2", "UTF-8", "[ports.toml:8:12]"]);
    std::fs::remove_file(folder.file("t.j2")).expect("it is there");
    std::fs::create_dir(folder.file("t.j2")).expect("a folder");
    folder.refuses(1, &["t.j2", "[ports.toml:8:12]"]);
}
