//! What the values of `ports.toml` are, for the schema and for editors.

use super::keys;
use super::section::Section;

/// What a named thing is, where a value names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// A named range.
    Range,
    /// A service.
    Service,
    /// A profile.
    Profile,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// The version of the schema: a whole number.
    Version,
    /// A text of one line.
    Line,
    /// Any text.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A port.
    Port,
    /// A port, or `"auto"`.
    Number,
    /// A port, a range of ports, or a list of them.
    Ports,
    /// A host for URLs.
    Host,
    /// A name of the DNS, or a part of one.
    Domain,
    /// An address to listen on.
    Address,
    /// What begins a variable, or nothing.
    Prefix,
    /// An environment variable.
    Variable,
    /// A name: lower-case letters, digits, `_` and `-`; maybe of something that is there.
    Name(Option<Names>),
    /// Names of things that are there.
    NameList(Names),
    /// A scheme of URLs.
    Scheme,
    /// A path of a URL.
    UrlPath,
    /// A path of a URL, or `"tcp"`.
    Health,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A list of some of a few words.
    Words(&'static [&'static str]),
    /// A list of texts, or a single one.
    Texts,
    /// A path of a file in the project.
    Path,
    /// A regular expression.
    Pattern,
    /// A built-in target.
    Target,
    /// The options of a target.
    Options,
    /// A port of a service: `api` or `kafka.jmx`.
    PortId,
    /// Rules, each with the reason why it is off.
    Allow,
    /// A level of a rule: a word, or a table with a reason.
    Level,
    /// Levels of rules, by glob.
    PerPath,
    /// Named ports: numbers, or tables.
    NamedPorts(&'static Section),
    /// Keys of a service in a Compose file.
    ComposeService,
    /// Any table.
    Any,
    /// A table of known keys.
    Table(&'static Section),
    /// Several such tables, each under a header in double brackets.
    Tables(&'static Section),
    /// Several such tables, each under its name.
    Named(&'static Section),
}

impl Takes {
    /// What a value of it is, in words.
    pub fn as_words(self) -> String {
        let list = |words: &[&str]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
            quoted.join(", ")
        };
        match self {
            Self::Version => "a whole number".to_owned(),
            Self::Line => "a text of one line".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Port => "a port, 1 to 65535".to_owned(),
            Self::Number => "a port, 1 to 65535, or `\"auto\"`".to_owned(),
            Self::Ports => "a port, a range such as `\"9000-9099\"`, or a list of them".to_owned(),
            Self::Host => "a host: a name or an address".to_owned(),
            Self::Domain => "a name of the DNS".to_owned(),
            Self::Address => "an address or a name to listen on".to_owned(),
            Self::Prefix => "the beginning of a variable".to_owned(),
            Self::Variable => "an environment variable".to_owned(),
            Self::Name(_) => "a name: lower-case letters, digits, `_` and `-`".to_owned(),
            Self::NameList(_) => "a list of names".to_owned(),
            Self::Scheme => "a scheme: a lower-case word such as `\"http\"`".to_owned(),
            Self::UrlPath => "a path that starts with `/`".to_owned(),
            Self::Health => "a path that starts with `/`, or `\"tcp\"`".to_owned(),
            Self::Word(words) => format!("one of {}", list(words)),
            Self::Words(words) => format!("a list of {}", list(words)),
            Self::Texts => "a list of texts".to_owned(),
            Self::Path => "a path in the project".to_owned(),
            Self::Pattern => "a regular expression with one group".to_owned(),
            Self::Target => "a built-in target".to_owned(),
            Self::PortId => "a service, or one of its ports: `\"kafka.jmx\"`".to_owned(),
            Self::Allow => "a table of rules, each with a reason".to_owned(),
            Self::Level => format!("one of {}, or a table with a reason", list(keys::LEVELS)),
            Self::PerPath => "a table of globs, each with levels of rules".to_owned(),
            Self::NamedPorts(_) => "a table of names, each with a port or a table".to_owned(),
            Self::Options | Self::ComposeService | Self::Any | Self::Table(_) => "a table".to_owned(),
            Self::Tables(_) => "tables, each under a header in double brackets".to_owned(),
            Self::Named(_) => "tables, each under its name".to_owned(),
        }
    }
}
