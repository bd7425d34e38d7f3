//! Names of one service, however differently people write them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::foreign::in_english;
use crate::facts::{image_name, known_image};
use crate::readers::words::words_of;

/// How well two names fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// All words of one are among those of the other.
    Part,
    /// They are the same, words that say nothing aside.
    Whole,
}

/// Words that many services have, and that tell none of them apart.
const FILLERS: &str = "service services svc server app application container the a an our main host local localhost dev \
     development port ports url uri base endpoint address addr default process instance node module \
     microservice ms http https public internal external via docker web";

/// What people add to a name: what it is made with, what it offers.
const TRIMMINGS: &str = "api rest ui react vue vuejs angular next nextjs nuxt svelte vite fastapi flask django express \
     nestjs nest spring boot go golang rust python node nodejs java kotlin php laravel rails ruby dotnet \
     net asp core tcp udp db cache broker queue spa client swagger docs console dashboard uvicorn gin js \
     ts typescript website site s3 grpc";

/// Words that people also write as two.
const PAIRS: &str = "frontend backend rabbitmq mongodb pgadmin minio postgresql mysql mariadb graphql phpmyadmin \
     opensearch localstack mailhog mailpit zookeeper clickhouse influxdb nextcloud keycloak nextjs \
     fastapi nodejs vuejs timescaledb couchdb cockroachdb elasticsearch";

/// Whether a word is one of a list.
pub(super) fn is_one_of(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// Whether a word is one that people add to a name.
pub(super) fn is_trimming(word: &str) -> bool {
    is_one_of(TRIMMINGS, word)
}

/// Whether a name is one that anything may have: `the server`, `web app`.
pub(super) fn says_nothing(name: &str) -> bool {
    words_of(name).iter().all(|word| is_one_of(FILLERS, word))
}

/// The words of a name that tell it apart: brands by one name, words that say
/// nothing left out unless there is nothing else.
pub(super) fn telling_words(name: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for word in words_of(&in_english(name)) {
        // `front end` and `frontend`, `PostgreSQL` and `postgresql` are one.
        let pair = joined.last().map(|last| format!("{last}{word}"));
        match pair.filter(|pair| is_one_of(PAIRS, pair)) {
            Some(pair) => {
                joined.pop();
                joined.push(pair);
            }
            None => joined.push(word),
        }
    }
    let joined: Vec<String> = joined.iter().map(|word| one_spelling(word)).collect();
    let is_telling = |word: &&String| !is_one_of(FILLERS, word) && !is_version(word);
    let telling: Vec<String> = joined.iter().filter(is_telling).cloned().collect();
    // `web app` is `web`, `app server` is `app`: the first of what says nothing.
    let mut telling = if telling.is_empty() { joined.into_iter().take(1).collect() } else { telling };
    telling.sort();
    telling.dedup();
    telling
}

/// How many names' words are kept.
const MOST_KNOWN: usize = 50_000;

thread_local! {
    /// The words of names that were asked for: every name that somebody wrote is
    /// held against every service's.
    static KNOWN: RefCell<HashMap<String, Rc<[String]>>> = RefCell::default();
}

/// The words that a name is held against others by.
pub(super) fn words_of_name(name: &str) -> Rc<[String]> {
    known_words(name)
}

/// The words that a name must have one of to be that of a container image.
pub(super) fn words_of_image(image: &str) -> Vec<String> {
    let known = known_image(image).into_iter().flat_map(|known| known.names.iter());
    let own = known_words(&image_name(image));
    known.map(|name| one_spelling(name)).chain(own.iter().cloned()).collect()
}

fn known_words(name: &str) -> Rc<[String]> {
    KNOWN.with_borrow_mut(|known| {
        if let Some(words) = known.get(name) {
            return Rc::clone(words);
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let words: Rc<[String]> = telling_words(name).into();
        known.insert(name.to_owned(), Rc::clone(&words));
        words
    })
}

fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches('v');
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn one_spelling(word: &str) -> String {
    let bare = word.trim_end_matches(|character: char| character.is_ascii_digit());
    let one = match bare {
        "database" | "databases" => "db",
        "postgres" | "postgresql" | "pgsql" | "psql" => "postgres",
        "mongo" | "mongodb" => "mongo",
        "rabbit" | "rabbitmq" => "rabbitmq",
        "elastic" | "elasticsearch" => "elasticsearch",
        "fe" | "frontend" => "frontend",
        "be" | "backend" => "backend",
        "gw" | "gateway" => "gateway",
        "auth" | "authentication" | "authn" => "auth",
        "notifications" => "notification",
        "pgadmin" => "pgadmin",
        _ => word,
    };
    one.to_owned()
}

/// How well a name that somebody wrote fits the name of a service: not at all
/// where they have no word in common, which is how services are found by name.
pub(super) fn fit(written: &str, name: &str) -> Option<Fit> {
    let (written, name) = (known_words(written), known_words(name));
    fit_words(&written, &name)
}

fn fit_words(written: &[String], name: &[String]) -> Option<Fit> {
    if written.is_empty() || name.is_empty() {
        return None;
    }
    if written == name {
        return Some(Fit::Whole);
    }
    let covers = |all: &[String], part: &[String]| part.iter().all(|word| all.contains(word));
    let rest_is_trimming = |all: &[String], part: &[String]| {
        all.iter().filter(|word| !part.contains(word)).all(|word| is_one_of(TRIMMINGS, word))
    };
    if covers(written, name) && rest_is_trimming(written, name) {
        return Some(Fit::Part);
    }
    (covers(name, written) && rest_is_trimming(name, written)).then_some(Fit::Part)
}

/// Whether a name that somebody wrote is that of a container image: `Postgres`
/// of `postgis/postgis`, `PostgreSQL 16` of `postgres:16`.
pub(super) fn fits_image(written: &str, image: &str) -> bool {
    let mut written = known_words(written).to_vec();
    if *written == *known_words(&image_name(image)) {
        return true;
    }
    written.retain(|word| word != "db" && word != "cache" && word != "management");
    let Some(known) = known_image(image) else { return false };
    let is_known = |word: &String| known.names.iter().any(|name| one_spelling(name) == *word);
    !written.is_empty() && written.iter().all(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_service_has_many_names() {
        for (written, name) in [
            ("API", "api"),
            ("Auth Service", "auth"),
            ("Front-end", "frontend"),
            ("Front end app", "frontend"),
            ("Database", "db"),
            ("PostgreSQL 16", "postgres"),
            ("the order-service", "orders-service"),
            ("Backend server", "backend"),
            ("RabbitMQ", "rabbitmq"),
            ("PostgreSQL", "postgres"),
            ("MinIO", "minio"),
        ] {
            let expected = (written != "the order-service").then_some(Fit::Whole);
            assert_eq!(fit(written, name), expected, "{written} {name}");
        }
        for (written, name) in
            [("Backend API", "backend"), ("Frontend (React)", "frontend"), ("Postgres DB", "postgres")]
        {
            assert_eq!(fit(written, name), Some(Fit::Part), "{written} {name}");
        }
        for (written, name) in
            [("API gateway", "api"), ("auth", "billing"), ("", "api"), ("user", "user-auth")]
        {
            assert_eq!(fit(written, name), None, "{written} {name}");
        }
    }

    #[test]
    fn an_image_is_a_name_too() {
        assert!(fits_image("PostgreSQL", "postgis/postgis:16"));
        assert!(fits_image("Postgres DB", "postgres:16"));
        assert!(fits_image("Redis cache", "redis"));
        assert!(fits_image("Mailpit", "axllent/mailpit"));
        assert!(!fits_image("database", "postgres"));
        assert!(!fits_image("api", "company/web"));
    }
}
