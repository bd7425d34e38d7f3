//! What any template may do, and what it may not.

use super::{TABLE, run};

/// Renders a template of the project's own, and gives its text or its finding.
fn own(template: &str) -> Result<String, String> {
    let table = format!(
        "{TABLE}\n[[output]]\npath = \"out.txt\"\ntemplate = \"t.j2\"\noptions = {{ comment = \"#\" }}"
    );
    let outcome = run(&table, &[("t.j2", template), ("inner.j2", "inner {{ options.comment }}\n")]);
    match outcome.rendering.outputs.as_slice() {
        [output] => Ok(output.text.clone()),
        _ => Err(format!("{} <{}>", outcome.words().join("\n"), outcome.pointed())),
    }
}

#[test]
fn a_template_sees_what_is_documented() {
    let check =
        |template: &str, expect: &str| assert_eq!(own(template), Ok(format!("{expect}\n")), "{template}");
    check("{{ project.name }} {{ project.host }} {{ project.domain }}", "shop localhost example.com");
    check("{{ ports | map(attribute='id') | join(',') }}", "api,cache");
    check("{{ services | map(attribute='title') | join(',') }}", "API,cache");
    check("{{ service('old').port }} {{ port('api').url }}", "9002 http://localhost:9000/v1");
    check(
        "{{ service('api').hostname }} {{ service('api').health_url }}",
        "api.example.com http://localhost:9000/health",
    );
    check("{{ service('cache').bind_ip }}:{{ service('cache').container_port }}", "127.0.0.1:6390");
    check(
        "{{ ranges[0].ports }} {{ ranges[0].first }} {{ ranges[0].numbers | join }}",
        "9000-9099 9000 9000",
    );
    check("{{ output.path }} {{ output.mode }} {{ output.id }} {{ profile is none }}", "out.txt file t true");
    check(
        "{{ 'web-ui' | constant }} {{ 'web-ui' | camel }} {{ \"it's\" | js }} {{ 'a b' | sh }}",
        "WEB_UI webUi \"it's\" 'a b'",
    );
    check(
        "{{ {'a': [1, true]} | tojson }} {{ {'a': [1, true]} | py }}",
        "{\"a\": [1, true]} {\"a\": [1, True]}",
    );
    check("{% include 'inner.j2' %}", "inner #");
    check("{{ service('api').has_url }}", "true");
    check("a  \n\n{{ 1 }}\r\n\n", "a\n\n1");
}

#[test]
fn a_mistake_in_a_template_points_into_it() {
    let check =
        |template: &str, expect: &str| assert_eq!(own(template), Err(expect.to_owned()), "{template}");
    check("{{ nobody }}", "t.j2:1:4: template-error: `nobody` is undefined <nobody>");
    check(
        "\n{{ service('apj').port }}",
        "t.j2:2:4: template-error: there is no service `apj` <service('apj')>",
    );
    check("{{ ports[0].prot }}", "t.j2:1:9: template-error: a port has no field `prot` <[0].prot>");
    check(
        "{{ ports | map(attribute='prot') | join }}",
        "t.j2:1:12: template-error: a port has no field `prot` <map(attribute='prot')>",
    );
    check(
        "{{ ports[1].subdomain }}",
        "t.j2:1:9: template-error: a field that is not set cannot be printed <[1].subdomain>",
    );
    check("{{ ports }}", "t.j2:1:4: template-error: a list cannot be printed <ports>");
    check("{{ project }}", "t.j2:1:4: template-error: an object cannot be printed <project>");
    check(
        "{{ service('cache').url }}",
        "ports.toml:22:10: template-error: cache has no URL: its scheme is tcp <\"tcp\">",
    );
    check("{% if %}", "t.j2:1:7: template-error: unexpected end of block <%}>");
    check(
        "{% include 'none.j2' %}",
        "t.j2:1:4: template-error: tried to include non-existing template 'none.j2' <include 'none.j2'>",
    );
    check(
        "{% include '../x' %}",
        "t.j2:1:13: template-error: the template `../x` is outside the template's folder <../x>",
    );
    check("{% include 't.j2' %}", "t.j2:1:4: template-error: recursion limit exceeded <include 't.j2'>");
    check("{{ fail('no', service('api')) }}", "ports.toml:10:11: template-error: no <api>");
    check("{{ 1 | nofilter }}", "t.j2:1:8: template-error: there is no filter `nofilter` <nofilter>");
}

#[test]
fn a_template_that_takes_too_much_is_stopped() {
    let check = |template: &str, expect: &str| {
        let error = own(template).expect_err("too much");
        assert!(error.contains(expect), "{error}");
    };
    check(
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "more than 5000000 steps",
    );
    check("{{ 'x' * 100000000 }}", "larger than 16 MiB");
    check("{{ 'x' * 100000001 }}", "too large");
    check("{% for a in range(2000) %}{{ 'x' * 10000 }}{% endfor %}", "larger than 16 MiB");
    check("{{ ('x' * 10000) | replace('x', 'y' * 10000) }}", "larger than 16 MiB");
    check("{{ 'x' | indent(1000000000) }}", "at most 200");
    check("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "recursion");
}
