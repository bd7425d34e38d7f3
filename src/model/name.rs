//! Names, each a type of its own, so that one cannot be taken for another.

use std::fmt;
use std::sync::{Arc, LazyLock};

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not `[a-z0-9][a-z0-9_-]*`.
    #[error("a name starts with a lower-case letter or a digit and has only a-z, 0-9, `_` and `-`")]
    Name,
    /// Longer than [`LONGEST_NAME`].
    #[error("a name has at most {LONGEST_NAME} characters, and this one has {0}")]
    Long(usize),
    /// Not `^[A-Z_][A-Z0-9_]*$`.
    #[error("a variable starts with a capital or `_` and has only A-Z, 0-9 and `_`")]
    Variable,
    /// The bare variable `PORT`.
    #[error("the variable PORT is set by Procfile runners and platforms, each to a number of its own")]
    BarePort,
    /// A variable that programs and shells depend on.
    #[error("the variable {0} is one that every program reads; a number in it breaks them")]
    Taken(&'static str),
}

/// Variables that shells and loaders read (POSIX.1-2024, XBD 8.3; ld.so(8)).
const TAKEN: &[&str] = &[
    "HOME",
    "IFS",
    "LANG",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "LOGNAME",
    "PATH",
    "PWD",
    "SHELL",
    "TERM",
    "TMPDIR",
    "USER",
];

/// How many characters a name has at most: people read it in tables and on
/// command lines, and programs in variables.
pub const LONGEST_NAME: usize = 100;

fn is_name(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    let starts_well =
        text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    starts_well && text.bytes().all(allowed)
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text of the form `[a-z0-9][a-z0-9_-]*`.
            ///
            /// # Errors
            /// [`NameError::Name`] for any other text, [`NameError::Long`] for
            /// one of more than [`LONGEST_NAME`] characters.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                match text.len() {
                    _ if !is_name(text) => Err(NameError::Name),
                    length if length > LONGEST_NAME => Err(NameError::Long(length)),
                    _ => Ok(Self(text.into())),
                }
            }

            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// The name of a project.
    ProjectName
    /// The name of a service.
    ServiceName
    /// The name of one port of a service; `default` for the only one.
    PortName
    /// The name of a range under `[ranges]`.
    RangeName
    /// The name of a profile.
    ProfileName
    /// The id on a block's markers.
    BlockId
}

impl PortName {
    /// The name of the port of a service that has `port = N`.
    pub fn default_name() -> Self {
        // Nearly every port has this name, so that its text is shared.
        static DEFAULT: LazyLock<Arc<str>> = LazyLock::new(|| "default".into());
        Self(DEFAULT.clone())
    }

    /// Whether it is `default`, which names and variables leave out.
    pub fn is_default(&self) -> bool {
        &*self.0 == "default"
    }
}

/// An environment variable: `^[A-Z_][A-Z0-9_]*$`, and not a bare `PORT`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Variable(String);

impl Variable {
    /// Takes the name of an environment variable.
    ///
    /// # Errors
    /// [`NameError::Variable`] for another form, [`NameError::BarePort`] for
    /// `PORT`, [`NameError::Taken`] for `PATH` and the like.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Self::check(text)?;
        Ok(Self(text.to_owned()))
    }

    fn check(text: &str) -> Result<(), NameError> {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase() || byte == b'_');
        if !starts_well || !text.bytes().all(allowed) {
            return Err(NameError::Variable);
        }
        if text == "PORT" {
            return Err(NameError::BarePort);
        }
        if let Some(taken) = TAKEN.iter().find(|taken| **taken == text) {
            return Err(NameError::Taken(taken));
        }
        Ok(())
    }

    /// The variable that a service's port has when none is written: prefix,
    /// names in capitals with `-` as `_`, and `_PORT`.
    ///
    /// # Errors
    /// Where the result is no variable, as for a name that starts with a digit.
    pub fn derive(prefix: &str, service: &ServiceName, port: &PortName) -> Result<Self, NameError> {
        let (separator, port) = if port.is_default() { ("", "") } else { ("_", port.as_str()) };
        let parts = [prefix, service.as_str(), separator, port, "_PORT"];
        let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            text.extend(
                part.chars()
                    .map(|character| if character == '-' { '_' } else { character.to_ascii_uppercase() }),
            );
        }
        Self::check(&text)?;
        Ok(Self(text))
    }

    /// The name of the variable.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_words() {
        for text in ["a", "web-ui", "web_ui", "2fa", "0"] {
            assert!(ServiceName::parse(text).is_ok(), "{text:?}");
        }
        for text in ["", "Web", "-a", "_a", "a b", "a\n", "a.b", "é", "a\u{1b}"] {
            assert!(ServiceName::parse(text).is_err(), "{text:?}");
        }
        let long = |length: usize| ServiceName::parse(&"a".repeat(length)).map(|name| name.as_str().len());
        assert_eq!((long(100), long(101)), (Ok(100), Err(NameError::Long(101))));
        assert_eq!(
            NameError::Long(101).to_string(),
            "a name has at most 100 characters, and this one has 101"
        );
    }

    #[test]
    fn variables_derive_from_names() {
        let derive = |prefix: &str, service: &str, port: &str| {
            let service = ServiceName::parse(service).expect("a name");
            let port = PortName::parse(port).expect("a name");
            Variable::derive(prefix, &service, &port).map(|variable| variable.to_string())
        };
        assert_eq!(derive("", "ticketing-mcp", "default"), Ok("TICKETING_MCP_PORT".into()));
        assert_eq!(derive("APP_", "kafka", "jmx"), Ok("APP_KAFKA_JMX_PORT".into()));
        assert_eq!(derive("", "2fa", "default"), Err(NameError::Variable));
        assert_eq!(Variable::parse("PORT"), Err(NameError::BarePort));
        assert_eq!(Variable::parse("PATH"), Err(NameError::Taken("PATH")));
    }
}
