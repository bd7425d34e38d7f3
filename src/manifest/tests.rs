//! Tests of reading `ports.toml`: what is found, at which text.

use super::{VERSION, read};
use crate::model::{Health, Number, Project};
use crate::source::Sources;

/// Reads a text; each finding as `rule `text it points at`: message`.
fn findings(text: &str) -> (Project, Vec<String>) {
    let mut sources = Sources::new();
    let (project, findings) = read(&mut sources, "ports.toml", text);
    let line = |finding: &crate::diagnostic::Finding| {
        let place = finding.primary.place;
        format!(
            "{} {}: `{}` {}",
            sources.start_of(place).line,
            finding.rule,
            sources.text_at(place),
            finding.message
        )
    };
    let lines = findings.iter().map(line).collect();
    (project, lines)
}

#[track_caller]
fn check(text: &str, expect: &[&str]) -> Project {
    let (project, found) = findings(text);
    assert_eq!(found, expect, "in:\n{text}");
    project
}

#[track_caller]
fn check_body(body: &str, expect: &[&str]) -> Project {
    check(&format!("[project]\nname = \"p\"\n{body}"), expect)
}

#[test]
fn all_kinds_of_mistakes_show_in_one_run() {
    check(
        "[project]\nname = \"p\"\n[services.a]\nprot = 80\nport = 70000\n[services.b]\nport = \n[services.c]\nport = \"80a\"\n[services.D]\nport = 1\n",
        &[
            "7 syntax: `` string values must be quoted",
            "4 unknown-key: `prot` unknown key `prot` in a service",
            "5 invalid-value: `70000` 70000 is no port: a port is a number from 1 to 65535",
            "9 invalid-value: `\"80a\"` \"80a\" is no port",
            "10 invalid-value: `D` `D` is no name: a name starts with a lower-case letter or a digit and has only a-z, 0-9, `_` and `-`",
        ],
    );
}

#[test]
fn what_follows_a_syntax_error_is_a_guess_until_the_next_header() {
    check(
        "[project]\nname = \"p\"\n[services.a\nport = 99999\nnonsense = 1\n[services.b]\nport = 0\n",
        &[
            "3 syntax: `` unclosed table",
            "7 invalid-value: `0` 0 is no port: a port is a number from 1 to 65535",
        ],
    );
    check_body(
        "[services.a]\nport = 1\n[[output]]\npath = \"x\ntarget = \"json\"\nservices = [\"zzz\"]\n",
        &["6 syntax: `` invalid basic string"],
    );
}

#[test]
fn a_key_or_a_header_twice_is_one_finding_and_the_rest_is_read() {
    let project = check_body(
        "[services.a]\nport = 1\nport = 2\n[services.b]\nport = 0\n",
        &[
            "5 syntax: `port` `port` stands here a second time",
            "7 invalid-value: `0` 0 is no port: a port is a number from 1 to 65535",
        ],
    );
    assert_eq!(project.services.len(), 2);
}

#[test]
fn ports_are_integers_from_1_to_65535_or_auto() {
    for bad in [
        "0",
        "-1",
        "65536",
        "70000",
        "99999999999999999999",
        "\"80a\"",
        "\"8080\"",
        "80.5",
        "10:20",
        "true",
        "[80]",
        "{}",
    ] {
        let (project, found) = findings(&format!("[project]\nname = \"p\"\n[services.a]\nport = {bad}\n"));
        assert_eq!(found.len(), 1, "{bad}: {found:?}");
        assert!(found[0].contains("4 invalid-value"), "{bad}: {found:?}");
        assert!(project.services[0].endpoints.is_empty(), "{bad}");
    }
    for (good, expect) in [
        ("1", Some(1)),
        ("65535", Some(65535)),
        ("0x1F90", Some(8080)),
        ("1_0", Some(10)),
        ("\"auto\"", None),
    ] {
        let project = check_body(&format!("[services.a]\nport = {good}\n"), &[]);
        assert_eq!(
            project.services[0].endpoints[0].number.value.fixed().map(crate::model::Port::get),
            expect
        );
    }
}

#[test]
fn a_quoted_port_has_a_safe_fix() {
    let mut sources = Sources::new();
    let (_, found) =
        read(&mut sources, "ports.toml", "[project]\nname = \"p\"\n[services.a]\nport = \"8080\"\n");
    let fix = found[0].fix.as_ref().expect("a fix");
    assert!(fix.safe);
    assert_eq!(fix.edits[0].text, "8080");
}

#[test]
fn ranges_are_texts_or_lists_and_not_upside_down() {
    let project = check("[project]\nname = \"p\"\nrange = [\"4200-4299\", \"8080\", 9000]\n", &[]);
    assert_eq!(project.range.expect("a range").to_string(), "4200-4299, 8080, 9000");
    check_body(
        "[ranges.r]\nports = \"9-8\"\n",
        &["4 invalid-value: `\"9-8\"` `9-8` is no range: the range is upside down: 9 is above 8"],
    );
    check_body("[ranges.r]\nports = []\n", &["4 invalid-value: `[]` expected at least one range of ports"]);
    check_body("[ranges.r]\n", &["3 invalid-value: `r` range `r` says no ports"]);
    check_body(
        "[[reserved]]\nowner = \"x\"\n",
        &["3 invalid-value: `[[reserved]]` [[reserved]] says no ports"],
    );
}

#[test]
fn names_that_lead_nowhere_are_found_where_they_stand() {
    check_body(
        "[services.api]\nport = 1\nrange = \"mpc\"\n[ranges.mcp]\nports = \"1-2\"\n[profiles.prod.services.web]\nport = 2\n\
         [[output]]\npath = \"x\"\ntarget = \"json\"\nservices = [\"apo\"]\nranges = [\"no\"]\nprofile = \"pro\"\n\
         [[patch]]\npath = \"y\"\nfind = '(\\d+)'\nservice = \"api.jmx\"\n",
        &[
            "5 unknown-name: `\"mpc\"` there is no range `mpc`",
            "8 unknown-name: `web` there is no service `web`",
            "15 unknown-name: `\"pro\"` there is no profile `pro`",
            "13 unknown-name: `\"apo\"` there is no service `apo`",
            "14 unknown-name: `\"no\"` there is no range `no`",
            "19 unknown-name: `\"api.jmx\"` there is no port `api.jmx`",
        ],
    );
}

#[test]
fn named_ports_inherit_and_default_adds_nothing_to_a_variable() {
    let project = check_body(
        "[services.kafka]\nscheme = \"tcp\"\nbind = \"0.0.0.0\"\ntags = [\"x\"]\n[services.kafka.ports]\nclient = 9092\n\
         jmx = { port = 9999, env = \"JMX\", scheme = \"http\" }\ndefault = 7\n",
        &[],
    );
    let ports: Vec<String> = project.services[0]
        .endpoints
        .iter()
        .map(|endpoint| {
            let variable = endpoint.variable.as_ref().expect("a variable");
            format!(
                "{} {variable} {} {} {}",
                endpoint.id(),
                endpoint.scheme.as_str(),
                endpoint.bind,
                endpoint.title
            )
        })
        .collect();
    assert_eq!(
        ports,
        [
            "kafka.client KAFKA_CLIENT_PORT tcp 0.0.0.0 kafka client",
            "kafka.jmx JMX http 0.0.0.0 kafka jmx",
            "kafka KAFKA_PORT tcp 0.0.0.0 kafka"
        ]
    );
}

#[test]
fn a_key_that_speaks_of_one_port_needs_one() {
    check_body(
        "[services.k]\nhealth = \"/ok\"\n[services.k.ports]\na = 1\nb = 2\n",
        &["4 invalid-value: `\"/ok\"` `health` speaks of one port, and `k` has 2"],
    );
    check_body(
        "[services.k]\nnotes = \"x\"\n[services.k.ports]\na = 1\nb = 2\n",
        &["4 invalid-value: `\"x\"` `notes` speaks of one port, and `k` has 2"],
    );
    let project = check_body("[services.k]\nhealth = \"/ok\"\n[services.k.ports]\na = 1\n", &[]);
    let endpoint = &project.services[0].endpoints[0];
    assert_eq!(endpoint.health, Some(Health::Path("/ok".to_owned())));
    assert_eq!(endpoint.url().as_deref(), Some("http://localhost:1"));
}

#[test]
fn urls_leave_out_the_schemes_own_port_and_bracket_ipv6() {
    let url = |keys: &str| {
        let project = check_body(&format!("[services.a]\n{keys}\n"), &[]);
        project.services[0].endpoints[0].url()
    };
    assert_eq!(
        url("port = 443\nscheme = \"https\"\nhost = \"x.example\"\npath = \"/a\""),
        Some("https://x.example/a".to_owned())
    );
    assert_eq!(url("port = 80\nscheme = \"ws\""), Some("ws://localhost".to_owned()));
    assert_eq!(url("port = 80\nscheme = \"https\"\nhost = \"::1\""), Some("https://[::1]:80".to_owned()));
    assert_eq!(url("port = 5432\nscheme = \"postgres\""), Some("postgres://localhost:5432".to_owned()));
    assert_eq!(url("port = 5432"), None);
    assert_eq!(url("port = 53\nscheme = \"udp\""), None);
}

#[test]
fn a_profile_sets_values_and_moves_a_service_elsewhere() {
    let text = "[services.api]\nport = 8080\nscheme = \"http\"\n[services.db]\nport = 5432\nbind = \"127.0.0.1\"\n\
        [profiles.production]\nkind = \"production\"\n[profiles.production.services.api]\nhost = \"api.example.com\"\nport = 443\nscheme = \"https\"\n\
        [profiles.production.services.db]\nhost = \"db.example.com\"\n";
    let project = check_body(text, &[]);
    let production = &project.profiles[0];
    assert_eq!(production.services[0].endpoints[0].url().as_deref(), Some("https://api.example.com"));
    assert!(production.services[0].endpoints[0].claim().is_none(), "a host elsewhere moves the claim");
    assert!(production.services[1].endpoints[0].claim().is_some(), "an explicit bind keeps it");
    assert!(project.services[0].endpoints[0].claim().is_some());
    check_body(
        "[services.api]\nport = 1\n[profiles.p.services.api]\ntitle = \"x\"\nports = { jmx = 2 }\n",
        &[
            "6 unknown-key: `title` unknown key `title` in a service of a profile",
            "7 unknown-name: `jmx` there is no port `jmx`",
        ],
    );
}

#[test]
fn a_newer_version_is_refused_and_nothing_else_is_said() {
    check(
        &format!("version = {}\nnew-key = 1\n[services.a]\nport = 0\n", VERSION + 1),
        &["1 invalid-value: `2` version 2 of the schema is newer than this portgen"],
    );
    check("version = 1\n[project]\nname = \"p\"\n", &[]);
}

#[test]
fn an_empty_file_and_a_byte_order_mark_are_no_trouble() {
    check("", &["1 invalid-value: `` there is no [project]"]);
    check(
        "\u{feff}[project]\r\nname = \"p\"\r\n[services.a]\r\nport = 0\r\n",
        &["4 invalid-value: `0` 0 is no port: a port is a number from 1 to 65535"],
    );
    check("[workspace]\nmembers = [\"a\"]\n", &[]);
}

#[test]
fn a_variable_that_cannot_be_derived_must_be_written() {
    check_body(
        "[services.2fa]\nport = 1\n",
        &[
            "3 invalid-value: `2fa` no variable can be derived from `2fa`: a variable starts with a capital or `_` and has only A-Z, 0-9 and `_`",
        ],
    );
    check_body("[services.2fa]\nport = 1\nenv = \"TWO_FA_PORT\"\n", &[]);
    check_body(
        "[services.a]\nport = 1\nenv = \"PORT\"\n",
        &[
            "5 invalid-value: `\"PORT\"` `PORT` is no name: the variable PORT is set by Procfile runners and platforms, each to a number of its own",
        ],
    );
}

#[test]
fn outputs_and_patches_say_what_they_lack() {
    check_body(
        "[[output]]\npath = \"../x\"\ntarget = \"json\"\n[[output]]\ntarget = \"json\"\n[[output]]\npath = \"x\"\n\
         [[patch]]\npath = \"y\"\nfind = '(a)(b)'\nservice = \"s\"\n[[patch]]\npath = \"y\"\nfind = '('\nvalue = \"1\"\n",
        &[
            "4 invalid-value: `\"../x\"` `../x` cannot be used: the path leaves the project",
            "6 invalid-value: `[[output]]` the output has no `path`",
            "8 invalid-value: `[[output]]` the output has neither a `target` nor a `template`",
            "12 invalid-value: `'(a)(b)'` the pattern has 2 groups",
            "16 invalid-value: `'('` the pattern cannot be used",
        ],
    );
}

#[test]
fn texts_and_names_with_control_characters_are_refused() {
    check_body(
        "[services.a]\nport = 1\ntitle = \"x\\u001b[2J\"\n",
        &["5 invalid-value: `\"x\\u001b[2J\"` expected one line without control characters"],
    );
    let (_, found) = findings("[project]\nname = \"a\\nb\"\n");
    assert_eq!(found.len(), 1);
}

#[test]
fn deep_nesting_and_many_errors_end_with_a_finding() {
    let (_, found) = findings(&format!("a = {}", "[".repeat(100_000)));
    assert!(!found.is_empty());
    let (_, found) = findings(&"x\n".repeat(100_000));
    assert_eq!(found.len(), 1, "one doubtful part, one finding");
}

#[test]
fn auto_is_a_number_that_is_not_known_yet() {
    let project = check_body("[services.a]\nport = \"auto\"\n", &[]);
    assert_eq!(project.services[0].endpoints[0].number.value, Number::Auto);
    assert!(project.services[0].endpoints[0].claim().is_none());
}

#[test]
fn an_allow_needs_a_reason() {
    check_body(
        "[services.a]\nport = 1\nallow = { privileged-port = \" \" }\n",
        &["5 invalid-value: `\" \"` `privileged-port` is allowed without a reason"],
    );
}
