//! Every key that `ports.toml` may have, stated once.
//!
//! The parser asks this table which keys it knows, the JSON Schema is made of
//! it, and editors complete and explain keys from it. A key that stands here
//! and that the parser does not read, or the reverse, fails a test.

use super::section::{Key, Scope, Section};
use super::takes::{Names, Takes};

/// The words of `allocation`.
pub(super) const ALLOCATIONS: &[&str] = &["static", "scan", "increment"];
/// The words of `priority`.
pub(super) const PRIORITIES: &[&str] = &["high", "medium", "low"];
/// The words of `status`.
pub(super) const STATUSES: &[&str] = &["active", "reserved", "disabled", "failed"];
/// The words of `protocol`.
pub(super) const PROTOCOLS: &[&str] = &["tcp", "udp", "both"];
/// The words of `kind`.
pub(super) const KINDS: &[&str] = &["development", "production"];
/// The words of `mode`.
pub(super) const MODES: &[&str] = &["file", "block"];
/// The words of a level.
pub const LEVELS: &[&str] = &["allow", "warn", "deny"];

static TOP_KEYS: [Key; 11] = [
    Key::new("version", Takes::Version, "1", "the version of the schema"),
    Key::new("project", Takes::Table(&PROJECT), "", "the project: its name, and the ports it may take")
        .only(&[Scope::Top]),
    Key::new("reserved", Takes::Tables(&RESERVED), "", "ports that no service of the project may take"),
    Key::new("ranges", Takes::Named(&RANGE), "", "named pools that services belong to"),
    Key::new("services", Takes::Named(&SERVICE), "", "the services and their ports").only(&[Scope::Top]),
    Key::new("compose", Takes::Any, "", "top-level keys of the Compose file, passed through")
        .only(&[Scope::Top]),
    Key::new("profiles", Takes::Named(&PROFILE), "", "other value sets, for the outputs that ask for one")
        .only(&[Scope::Top]),
    Key::new("output", Takes::Tables(&OUTPUT), "", "a file, or a block in one, that follows from the table")
        .only(&[Scope::Top]),
    Key::new("patch", Takes::Tables(&PATCH), "", "one number in a line that a person wrote")
        .only(&[Scope::Top]),
    Key::new("lint", Takes::Table(&LINT), "", "levels of rules, and the files that no rule looks at"),
    Key::new("workspace", Takes::Table(&WORKSPACE), "", "projects that share a machine and a repository")
        .only(&[Scope::Top]),
];

/// The top of `ports.toml`.
pub static TOP: Section = Section::shared("ports.toml", Scope::Top, &TOP_KEYS);

/// The top of a file that `extends` names.
pub static POLICY: Section = Section::shared("a file that `extends` names", Scope::Policy, &TOP_KEYS);

/// `[project]`
pub static PROJECT: Section = Section::new(
    "[project]",
    &[
        Key::new("name", Takes::Name(None), "", "what the project is called").required(),
        Key::new("description", Takes::Line, "", "one sentence"),
        Key::new("range", Takes::Ports, "any port", "the ports that the project may take on a machine"),
        Key::new("host", Takes::Host, "\"localhost\"", "the host in URLs, where a service names none"),
        Key::new("domain", Takes::Domain, "", "with a service's `subdomain`, its public hostname"),
        Key::new(
            "env-prefix",
            Takes::Prefix,
            "\"\"",
            "put before every variable that is derived from a name",
        ),
        Key::new("extends", Takes::Texts, "[]", "files with shared `reserved`, `ranges` and `lint`"),
        Key::new("allow", Takes::Allow, "", "rules that are off for the project, each with a reason"),
    ],
);

/// `[[reserved]]`
pub static RESERVED: Section = Section::new(
    "[[reserved]]",
    &[
        Key::new("ports", Takes::Ports, "", "which ports").required(),
        Key::new("owner", Takes::Line, "", "whose they are"),
        Key::new("reason", Takes::Line, "", "why; shown to whoever takes one"),
    ],
);

/// `[ranges.NAME]`
pub static RANGE: Section = Section::new(
    "a range",
    &[
        Key::new("title", Takes::Line, "the name", "what people call it"),
        Key::new("ports", Takes::Ports, "", "its ports; every service in it must have one of these")
            .required(),
        Key::new(
            "allocation",
            Takes::Word(ALLOCATIONS),
            "\"static\"",
            "how a number is chosen: it is fixed, or where a search begins that wraps or only goes up",
        ),
        Key::new("priority", Takes::Word(PRIORITIES), "\"medium\"", "how much it matters; shown in tables"),
        Key::new("description", Takes::Line, "", "one sentence"),
        Key::new("allow", Takes::Allow, "", "rules that are off for the range and its services"),
    ],
);

const NOT_IN_PROFILE: &[Scope] = &[Scope::Service, Scope::Port];

static SERVICE_KEYS: [Key; 23] = [
    Key::new("title", Takes::Line, "the name", "what people call it").only(NOT_IN_PROFILE),
    Key::new("port", Takes::Number, "", "its number, or \"auto\": the ledger of this machine chooses"),
    Key::new("ports", Takes::NamedPorts(&PORT), "", "several named ports instead of `port`")
        .only(&[Scope::Service]),
    Key::new("ports", Takes::NamedPorts(&PROFILE_PORT), "", "the values of named ports that differ")
        .only(&[Scope::ProfileService]),
    Key::new("range", Takes::Name(Some(Names::Range)), "", "the named range it belongs to")
        .only(NOT_IN_PROFILE),
    Key::new("allocation", Takes::Word(ALLOCATIONS), "the range's", "how its number is chosen")
        .only(NOT_IN_PROFILE),
    Key::new("description", Takes::Line, "", "one sentence").only(NOT_IN_PROFILE),
    Key::new(
        "status",
        Takes::Word(STATUSES),
        "\"active\"",
        "whether it is in use; the number is kept whatever it says",
    )
    .only(NOT_IN_PROFILE),
    Key::new(
        "env",
        Takes::Variable,
        "derived from the name",
        "its environment variable: capitals, digits and `_`",
    )
    .only(NOT_IN_PROFILE),
    Key::new(
        "scheme",
        Takes::Scheme,
        "\"tcp\"; \"http\" where `health` is a path",
        "what is spoken on it; decides URLs and which rules apply",
    ),
    Key::new("protocol", Takes::Word(PROTOCOLS), "the scheme's", "the transport protocols it takes"),
    Key::new("host", Takes::Host, "the project's", "where clients reach it; appears in URLs only"),
    Key::new(
        "bind",
        Takes::Address,
        "\"localhost\"",
        "the address it listens on, or is published at, on this machine",
    ),
    Key::new("remote", Takes::Boolean, "false", "whether it runs elsewhere and takes no port here"),
    Key::new("container-port", Takes::Port, "the port", "its port inside its container").only(NOT_IN_PROFILE),
    Key::new("path", Takes::UrlPath, "", "put behind its URL"),
    Key::new("health", Takes::Health, "", "a path that answers when it is well, or \"tcp\"")
        .only(NOT_IN_PROFILE),
    Key::new("subdomain", Takes::Domain, "", "its public hostname, under `project.domain`")
        .only(NOT_IN_PROFILE),
    Key::new("command", Takes::Line, "", "its line in a Procfile; `{{ port }}` is rendered")
        .only(&[Scope::Service]),
    Key::new("tags", Takes::Texts, "[]", "words to select it by").only(NOT_IN_PROFILE),
    Key::new("notes", Takes::Text, "", "free text for tables, such as known conflicts").only(NOT_IN_PROFILE),
    Key::new("allow", Takes::Allow, "", "rules that are off for it, each with a reason").only(NOT_IN_PROFILE),
    Key::new(
        "compose",
        Takes::ComposeService,
        "",
        "its keys in a Compose file, passed through; `ports` come from the table",
    )
    .only(&[Scope::Service]),
];

/// `[services.NAME]`
pub static SERVICE: Section = Section::shared("a service", Scope::Service, &SERVICE_KEYS);

/// One of a service's named ports.
pub static PORT: Section = Section::shared("a named port", Scope::Port, &SERVICE_KEYS);

/// `[profiles.NAME.services.NAME]`
pub static PROFILE_SERVICE: Section =
    Section::shared("a service of a profile", Scope::ProfileService, &SERVICE_KEYS);

/// A named port of a service of a profile.
pub static PROFILE_PORT: Section = Section::shared("a named port", Scope::ProfilePort, &SERVICE_KEYS);

/// `[profiles.NAME]`
pub static PROFILE: Section = Section::new(
    "a profile",
    &[
        Key::new(
            "kind",
            Takes::Word(KINDS),
            "\"development\"",
            "what it is for; the production rules apply to one",
        ),
        Key::new(
            "services",
            Takes::Named(&PROFILE_SERVICE),
            "",
            "the values that differ, by service; it adds none",
        ),
    ],
);

/// `[[output]]`
pub static OUTPUT: Section = Section {
    either: Some(["target", "template"]),
    ..Section::new(
        "[[output]]",
        &[
            Key::new("path", Takes::Path, "", "the file, inside the project").required(),
            Key::new("target", Takes::Target, "", "a built-in target"),
            Key::new("template", Takes::Path, "", "a template of your own instead"),
            Key::new(
                "mode",
                Takes::Word(MODES),
                "the target's",
                "whether portgen owns the whole file, or a block between two markers",
            ),
            Key::new("id", Takes::Name(None), "the target's name", "tells the blocks of one file apart"),
            Key::new(
                "local",
                Takes::Boolean,
                "false",
                "whether it holds this machine's numbers; git should ignore it then",
            ),
            Key::new("profile", Takes::Name(Some(Names::Profile)), "", "the values it shows"),
            Key::new("services", Takes::NameList(Names::Service), "", "the services it shows"),
            Key::new("tags", Takes::Texts, "", "shows the services that have one of these tags"),
            Key::new("ranges", Takes::NameList(Names::Range), "", "shows the services of these ranges"),
            Key::new(
                "status",
                Takes::Words(STATUSES),
                "[\"active\"]",
                "shows the services with one of these statuses",
            ),
            Key::new("options", Takes::Options, "", "the target's own options"),
        ],
    )
};

/// `[[patch]]`
pub static PATCH: Section = Section {
    either: Some(["service", "value"]),
    ..Section::new(
        "[[patch]]",
        &[
            Key::new("path", Takes::Path, "", "the file; not one that is rendered as a whole").required(),
            Key::new("find", Takes::Pattern, "", "a regular expression with exactly one group: the number")
                .required(),
            Key::new("service", Takes::PortId, "", "the port, such as `api` or `kafka.jmx`"),
            Key::new("value", Takes::Line, "", "a template of one line instead"),
            Key::new("all", Takes::Boolean, "false", "whether it may match more than once"),
            Key::new("profile", Takes::Name(Some(Names::Profile)), "", "the values it shows"),
        ],
    )
};

/// `[lint]`
pub static LINT: Section = Section {
    others: Some(Takes::Level),
    ..Section::new(
        "[lint]",
        &[
            Key::new("exclude", Takes::Texts, "[]", "globs of files that no rule looks at"),
            Key::new("per-path", Takes::PerPath, "", "levels for the files of a glob"),
        ],
    )
};

/// A level that is a table.
pub static LEVEL: Section = Section::new(
    "a lint's table",
    &[
        Key::new("level", Takes::Word(LEVELS), "", "what becomes of what the rule finds").required(),
        Key::new("reason", Takes::Line, "", "why"),
    ],
);

/// `[workspace]`
pub static WORKSPACE: Section = Section::new(
    "[workspace]",
    &[Key::new("members", Takes::Texts, "[]", "globs of folders with a `ports.toml` each")],
);

/// Every table of the file, each once.
pub static SECTIONS: &[&Section] = &[
    &TOP,
    &POLICY,
    &PROJECT,
    &RESERVED,
    &RANGE,
    &SERVICE,
    &PORT,
    &PROFILE,
    &PROFILE_SERVICE,
    &PROFILE_PORT,
    &OUTPUT,
    &PATCH,
    &LINT,
    &LEVEL,
    &WORKSPACE,
];
