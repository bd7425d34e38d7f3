//! What the name of a variable, or of a file that speaks of it, says of whose it is.

use super::File;
use super::names::is_one_of;
use crate::model::PortRange;
use crate::readers::words::words_of;
use crate::readers::{FilePath, Variant};

/// How much a variable's name says of whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Telling {
    /// Every program may have one: `PORT`, `HTTP_PORT`.
    Nothing,
    /// A part of most projects: `API_PORT`, `DB_PORT`.
    Part,
    /// One thing: `BILLING_PORT`.
    One,
}

pub(super) fn telling(name: &str) -> Telling {
    const NOTHING: &str = "port ports host server service app application http https grpc metrics admin debug debugger \
         health listen node ws wss websocket socket tcp udp rpc management internal external public \
         private base default main url uri addr address bind test dev ssl tls container my env local \
         proxy remote target client endpoint spring vite next react number num hmr site origin flask";
    const PART: &str = "api web db ui backend frontend database website www";
    let words = words_of(name);
    let rest: Vec<&String> = words.iter().filter(|word| !is_one_of(NOTHING, word)).collect();
    if rest.is_empty() {
        Telling::Nothing
    } else if rest.iter().all(|word| is_one_of(PART, word)) {
        Telling::Part
    } else {
        Telling::One
    }
}

/// Numbers that a technology has by itself, and the words of variables that speak of it.
const DEFAULTS: &[(&[&str], &[u16])] = &[
    (
        &["db", "database", "pg", "postgres", "postgresql", "psql", "sql", "mysql", "mariadb", "mssql"],
        &[5432, 3306, 1433],
    ),
    (&["redis", "cache", "valkey", "celery", "broker", "queue"], &[6379]),
    (&["mongo", "mongodb"], &[27017]),
    (&["rabbitmq", "amqp", "rabbit", "broker", "mq", "celery"], &[5672, 15672]),
    (&["kafka", "broker", "bootstrap"], &[9092, 29092]),
    (&["elastic", "elasticsearch", "es", "opensearch"], &[9200]),
    (&["smtp", "mail", "email", "mailer"], &[25, 465, 587, 1025, 2525]),
    (&["http", "https", "web", "nginx", "proxy", "traefik", "caddy"], &[80, 443]),
    (&["ssh", "sftp"], &[22]),
    (&["minio", "s3"], &[9000, 9001]),
    (&["ollama"], &[11434]),
    (&["qdrant"], &[6333, 6334]),
    (&["memcached", "memcache"], &[11211]),
];

/// Whether a number is the default of what a variable speaks of.
pub(super) fn is_technology_default(variable: &str, ports: PortRange) -> bool {
    let words = words_of(variable);
    let number = ports.first().get();
    DEFAULTS.iter().any(|(names, numbers)| {
        numbers.contains(&number) && words.iter().any(|word| names.contains(&word.as_str()))
    })
}

/// What stands between `.env` and the words of a template: `docker` of `.env.docker.example`.
pub(super) fn family_of(path: FilePath<'_>) -> &str {
    let is_plain = |word: &str| {
        [
            "", "env", "example", "sample", "template", "dist", "default", "defaults", "tpl", "tmpl", "ex",
            "dotenv",
        ]
        .contains(&word)
            || FilePath::new(&format!("{word}.x")).variant() != Variant::None
    };
    path.name().split(['.', '-', '_']).find(|word| !is_plain(word)).unwrap_or("")
}

/// Whether a variable's name says that it holds a number, and no address.
pub(super) fn names_a_number(name: &str) -> bool {
    words_of(name).last().is_some_and(|word| word == "port")
}

/// What a file is for: of a compose file, every word beside what all have is a
/// variant (`docker-compose.gpu.yaml`).
pub(super) fn variant_of(file: &File) -> Variant<'_> {
    let path = file.path();
    if file.reader != "compose" || path.variant() != Variant::None {
        return path.variant();
    }
    let is_common = |word: &&str| {
        ["", "docker", "compose", "podman", "container", "override", "yml", "yaml", "base", "common"]
            .contains(word)
    };
    let word = path.name().split(['.', '-', '_']).rfind(|word| !is_common(word));
    word.map_or(Variant::None, Variant::Named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_whose_a_variable_is() {
        for (name, expected) in [
            ("PORT", Telling::Nothing),
            ("SERVER_PORT", Telling::Nothing),
            ("VITE_PORT", Telling::Nothing),
            ("API_PORT", Telling::Part),
            ("BILLING_PORT", Telling::One),
            ("REDIS_URL", Telling::One),
        ] {
            assert_eq!(telling(name), expected, "{name}");
        }
    }

    #[test]
    fn an_env_file_is_one_of_a_family() {
        let of = |path: &'static str| family_of(FilePath::new(path));
        for plain in [".env", ".env.example", "example.env", ".env.production", "env.sample", "api/.env.dist"]
        {
            assert_eq!(of(plain), "", "{plain}");
        }
        assert_eq!(of(".env.docker.example"), "docker");
    }
}
