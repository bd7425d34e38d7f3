//! How a name is written in a target: `web-ui` as `WEB_UI`, `webUi`, `web_ui`.

/// How a target turns the name of a port into an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Casing {
    /// The environment variable's name.
    Variable,
    /// The port's id as it is: `web-ui`, `kafka.jmx`.
    AsIs,
    /// `webUi`
    Camel,
    /// `WEB_UI`
    Constant,
    /// `web-ui`
    Kebab,
    /// `WebUi`
    Pascal,
    /// `web_ui`
    Snake,
}

impl Casing {
    /// The identifier of a port with this id and this variable.
    pub fn identifier(self, id: &str, variable: &str) -> String {
        match self {
            Self::Variable => variable.to_owned(),
            Self::AsIs => id.to_owned(),
            Self::Camel => camel(id),
            Self::Constant => constant(id),
            Self::Kebab => kebab(id),
            Self::Pascal => pascal(id),
            Self::Snake => snake(id),
        }
    }
}

/// The text in capitals with `_` between its words.
pub fn constant(text: &str) -> String {
    words(text).join("_").to_uppercase()
}

/// The text in small letters with `_` between its words.
pub fn snake(text: &str) -> String {
    words(text).join("_").to_lowercase()
}

/// The text in small letters with `-` between its words.
pub fn kebab(text: &str) -> String {
    words(text).join("-").to_lowercase()
}

/// The text with each word but the first capitalised.
pub fn camel(text: &str) -> String {
    let pascal = pascal(text);
    let mut characters = pascal.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// The text with each word capitalised.
pub fn pascal(text: &str) -> String {
    words(text).into_iter().map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters.flat_map(char::to_lowercase)).collect()
}

/// Splits at everything that is no letter or digit, and before a capital that
/// follows a small letter or a digit.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in text.split(|character: char| !character.is_alphanumeric()) {
        let mut start = 0;
        let mut before = None;
        for (index, character) in part.char_indices() {
            let continues = before.is_some_and(|before: char| before.is_lowercase() || before.is_numeric());
            if character.is_uppercase() && continues {
                words.push(&part[start..index]);
                start = index;
            }
            before = Some(character);
        }
        words.push(&part[start..]);
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_every_case() {
        let check = |text: &str, expect: [&str; 5]| {
            let got = [constant(text), snake(text), kebab(text), camel(text), pascal(text)];
            assert_eq!(got, expect, "{text:?}");
        };
        check("web-ui", ["WEB_UI", "web_ui", "web-ui", "webUi", "WebUi"]);
        check("kafka.jmx", ["KAFKA_JMX", "kafka_jmx", "kafka-jmx", "kafkaJmx", "KafkaJmx"]);
        check("apiUrl2", ["API_URL2", "api_url2", "api-url2", "apiUrl2", "ApiUrl2"]);
        check("API_PORT", ["API_PORT", "api_port", "api-port", "apiPort", "ApiPort"]);
        check("", ["", "", "", "", ""]);
    }
}
