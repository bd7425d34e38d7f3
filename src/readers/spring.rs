//! Spring's `application*.yml` and `.properties`, and those of Quarkus and
//! Micronaut, which say the same.
//!
//! A document or a key for one profile does not contradict the others: its
//! name carries the profile, `server.port@dev`.

use super::config::{self, Manner, Runs};
use super::flat::{Flat, Setting};
use super::{FilePath, Reader, Reading};
use crate::diagnostic::Confidence;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "spring",
    summary: "application.yml and .properties of Spring, Quarkus, Micronaut",
    takes,
    knows: config::may_say_a_port,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name().to_ascii_lowercase();
    let is_ours = name.starts_with("application") || name.starts_with("bootstrap");
    is_ours && path.has_extension(&["yml", "yaml", "properties"])
}

/// Keys of the port that the application itself listens on, without `-` and `_`.
const LISTENS: &[&str] = &[
    "server.port",
    "server.http.port",
    "management.port",
    "management.server.port",
    "quarkus.http.port",
    "quarkus.http.sslport",
    "quarkus.http.testport",
    "quarkus.management.port",
    "quarkus.grpc.server.port",
    "micronaut.server.port",
    "grpc.server.port",
    "spring.rsocket.server.port",
];

const SERVICE: &[&str] = &["spring.application.name", "quarkus.application.name", "micronaut.application.name"];

const PROFILE: &[&str] = &["spring.config.activate.onprofile", "spring.profiles"];

/// The path of a setting as Spring compares it.
fn relaxed(setting: &Setting<'_>) -> String {
    let path = setting.path().to_ascii_lowercase().replace(['-', '_'], "");
    match path.strip_prefix('%').and_then(|rest| rest.split_once('.')) {
        Some((_, rest)) => rest.to_owned(),
        None => path,
    }
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let flat = Flat::parse(path, text);
    let mut service = None;
    let mut profiles: Vec<(usize, String)> = Vec::new();
    flat.each(text, &mut |setting| {
        if !["name", "profile", "profiles", "on-profile"].iter().any(|end| setting.name().ends_with(end)) {
            return;
        }
        let path = relaxed(setting);
        let value = text.get(setting.at.clone()).unwrap_or("").trim();
        if SERVICE.contains(&path.as_str()) && !value.contains('$') {
            service = Some(value.to_owned());
        } else if PROFILE.contains(&path.as_str()) {
            profiles.push((setting.document, value.to_owned()));
        }
    });
    let name = |setting: &Setting<'_>| {
        let path = setting.path();
        let profile = profiles.iter().find(|(document, _)| *document == setting.document);
        profile.map_or_else(|| path.clone(), |(_, profile)| format!("{path}@{profile}"))
    };
    let manner = Manner {
        runs: Runs::OnMachine,
        number: Confidence::Medium,
        url: Confidence::High,
        listens: &|setting| LISTENS.contains(&relaxed(setting).as_str()),
        name: &name,
        service: service.as_deref(),
    };
    config::read(text, &flat, &manner, reading);
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn a_servers_port_and_what_it_connects_to_are_read() {
        check(
            "src/main/resources/application.yml",
            "spring:\n  application:\n    name: orders\n  datasource:\n    url: jdbc:postgresql://localhost:5432/x\n  data:\n    redis:\n      host: ${REDIS_HOST:cache}\n      port: 6379\n      timeout: 2000\n  kafka:\n    bootstrap-servers: a:9092,b:9093\n  mail:\n    host: smtp.example.com\n    port: 587\nserver:\n  port: ${SERVER_PORT:8080}\n  tomcat:\n    max-threads: 200\nmanagement.server.port: 9001\neureka.client.service-url.defaultZone: ${EUREKA:http://eureka:8761/eureka}\n",
            &[
                "5:38 5432 Connect host=localhost variable=spring.datasource.url",
                "9:13 6379 Connect Container host=cache variable=spring.data.redis.port",
                "12:26 9092 Connect Container host=a variable=spring.kafka.bootstrap-servers",
                "12:33 9093 Connect Container host=b variable=spring.kafka.bootstrap-servers",
                "17:23 8080 Fallback Unknown variable=SERVER_PORT service=orders",
                "20:25 9001 Listen Unknown variable=management.server.port service=orders",
                "21:63 8761 Fallback Container host=eureka variable=EUREKA",
            ],
        );
    }

    #[test]
    fn documents_of_profiles_do_not_contradict_each_other() {
        check(
            "application.yaml",
            "server:\n  port: 8080\n---\nspring:\n  config:\n    activate:\n      on-profile: dev\nserver:\n  port: 8081\n",
            &[
                "2:9 8080 Listen Unknown variable=server.port",
                "9:9 8081 Listen Unknown variable=server.port@dev",
            ],
        );
    }

    #[test]
    fn properties_say_the_same() {
        check(
            "application-prod.properties",
            "# server.port=1\nserver.port = 8443\nspring.datasource.url=jdbc:mysql://db:3306/x?a=1\n%dev.quarkus.http.port=8081\nspring.redis.host=localhost\nspring.redis.port=6380\nserver.max-http-header-size=8080\napi.url=https://api.example.com:8443\nlogging.file.max-history=3000\n",
            &[
                "2:15 8443 Listen Unknown variable=server.port",
                "3:39 3306 Connect Container host=db variable=spring.datasource.url",
                "4:24 8081 Listen Unknown variable=%dev.quarkus.http.port",
                "6:19 6380 Connect host=localhost variable=spring.redis.port",
            ],
        );
    }
}
