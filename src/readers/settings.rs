//! Settings of applications and tools in YAML, JSON, TOML, `.ini`, `.conf` and
//! `.properties`, whatever they belong to: keys that name a port, and addresses.

use super::config::{self, Manner, Runs};
use super::flat::{Flat, Setting};
use super::{FilePath, Reader, Reading, Role, Side, words};
use crate::diagnostic::Confidence;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "settings",
    summary: "settings in YAML, JSON, TOML, ini: keys of ports, addresses",
    takes,
    knows: config::may_say_a_port,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["yml", "yaml", "json", "jsonc", "json5", "toml", "ini", "conf", "cfg", "cnf", "properties"])
        || path.is_named(&[".graphqlrc", ".lighthouserc"])
}

/// Files whose keys of ports mean what a tool listens on: a part of the path,
/// and the last keys, all where there is none.
const LISTENERS: &[(&str, &[&str])] = &[
    ("fly.toml", &["internal_port"]),
    ("wrangler.toml", &["port"]),
    ("wrangler.json", &["port"]),
    ("netlify.toml", &["port"]),
    ("rocket.toml", &["port"]),
    ("firebase.json", &["port"]),
    ("supabase/config.toml", &["port", "shadow_port", "inspector_port", "smtp_port", "pop3_port"]),
    ("redis.conf", &["port"]),
    ("postgresql.conf", &["port"]),
    ("mosquitto.conf", &["listener", "port"]),
    ("loki", &["http_listen_port", "grpc_listen_port"]),
    ("promtail", &["http_listen_port", "grpc_listen_port"]),
    ("tempo", &["http_listen_port", "grpc_listen_port"]),
    ("grafana.ini", &["http_port"]),
    ("gitpod.yml", &["port"]),
    ("envoy", &["port_value"]),
];

/// Names of files, or parts of them, that hold settings.
const SETTINGS: &[&str] = &[
    "config", "conf", "configuration", "settings", "appsettings", "setting", "default", "defaults", "env",
    "environment", "environments", "local", "development", "production", "dev", "prod", "server", "service",
    "services", "app", "database", "cable", "openapi", "swagger", "mcp", "cypress", "lighthouserc", "codegen",
    "graphqlrc", "mkdocs", "loki", "promtail", "tempo", "otel", "collector", "alertmanager", "kong", "envoy",
    "ocelot",
    "values", "datasource", "datasources", "gateway", "skaffold", "gitpod", "serverless", "firebase", "realm",
];

fn is_settings(path: &FilePath<'_>) -> bool {
    let holds = |part: &str| words::words_of(part).iter().any(|word| SETTINGS.contains(&word.as_str()));
    let folder = path.folder().rsplit('/').next().unwrap_or("");
    let is_folder = ["config", "conf", "configs", "settings", "etc", "provisioning", "datasources"].contains(&folder);
    let is_flat = path.has_extension(&["toml", "ini", "conf", "cfg", "cnf", "properties"]);
    is_flat || is_folder || holds(path.name().split('.').find(|part| !part.is_empty()).unwrap_or(""))
}

fn listens(path: &str, setting: &Setting<'_>) -> bool {
    let name = setting.name();
    let is_listener = |(file, keys): &&(&str, &[&str])| path.contains(*file) && keys.contains(&name);
    LISTENERS.iter().any(|row| is_listener(&row))
        || (setting.keys.len() == 2 && setting.keys[0] == "inet_http_server" && name == "port")
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let lower = path.as_str().to_ascii_lowercase();
    let is_settings = is_settings(path);
    let flat = Flat::parse(path, text);
    let manner = Manner {
        runs: Runs::OnMachine,
        number: if is_settings { Confidence::Medium } else { Confidence::Low },
        url: if is_settings { Confidence::High } else { Confidence::Medium },
        listens: &|setting| listens(&lower, setting),
        name: &|setting| setting.path(),
        service: None,
    };
    config::read(text, &flat, &manner, reading);
    let is_own = |name: &str| name.contains("Kestrel.") || name.eq_ignore_ascii_case("urls");
    for sighting in &mut reading.sightings {
        // Values of a chart are those of containers.
        let is_chart = path.name().starts_with("values") && sighting.role == Role::Define;
        if lower.ends_with("fly.toml") || is_chart {
            sighting.side = Side::Container;
        }
        if sighting.role == Role::Connect && sighting.variable.as_deref().is_some_and(is_own) {
            sighting.role = Role::Listen;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn keys_of_ports_and_addresses_are_read() {
        check(
            "config/default.json",
            r#"{"port": 8000, "db": {"host": "localhost", "port": 5432}, "cache": {"host": "redis", "port": "6379"},
               "api": {"baseUrl": "http://localhost:9000/v1", "timeout": 3000}, "listen": "0.0.0.0:7000"}"#,
            &[
                "1:10 8000 Define Unknown variable=port confidence=Medium",
                "1:52 5432 Connect host=localhost variable=db.port",
                "1:95 6379 Connect Container host=redis variable=cache.port",
                "2:53 9000 Connect host=localhost variable=api.baseUrl",
                "2:100 7000 Listen Unknown host=0.0.0.0 variable=listen",
            ],
        );
        check(
            "settings.toml",
            "[server]\nhost = \"127.0.0.1\"\nport = 8000\n[kafka]\nbrokers = [\"kafka:9092\"]\naddr = \":8081\"\n",
            &[
                "3:8 8000 Listen Unknown host=127.0.0.1 variable=server.port confidence=Medium",
                "5:19 9092 Connect Container host=kafka variable=kafka.brokers",
                "6:10 8081 Listen Unknown variable=kafka.addr",
            ],
        );
        check(
            "alembic.ini",
            "[alembic]\nsqlalchemy.url = postgresql://u:p@localhost:5433/x\nport = 99 ; c\n",
            &[
                "2:45 5433 Connect host=localhost variable=alembic.sqlalchemy.url",
                "3:8 99 Define Unknown variable=alembic.port confidence=Medium",
            ],
        );
        check(
            "appsettings.Development.json",
            r#"{"Kestrel": {"Endpoints": {"Http": {"Url": "http://*:5000"}}}, "Urls": "http://localhost:5001"}"#,
            &[
                "1:54 5000 Listen Unknown host=* variable=Kestrel.Endpoints.Http.Url",
                "1:90 5001 Listen host=localhost variable=Urls",
            ],
        );
    }

    #[test]
    fn some_files_say_what_a_tool_listens_on() {
        check("fly.toml", "[http_service]\ninternal_port = 8080\n", &[
            "2:17 8080 Listen Container variable=http_service.internal_port",
        ]);
        check("redis.conf", "port 6380\nmaxclients 10000\ntcp-backlog 511\ntimeout 3000\n", &[
            "1:6 6380 Listen Unknown variable=port",
        ]);
        check(
            "fluent.conf",
            "<source>\n  @type forward\n  port 24224\n  bind 0.0.0.0\n</source>\n<match *.**>\n  <store>\n    host elasticsearch\n    port 9200\n  </store>\n</match>\n",
            &[
                "3:8 24224 Listen Unknown host=0.0.0.0 variable=port confidence=Medium",
                "9:10 9200 Connect Container host=elasticsearch variable=port",
            ],
        );
        check("config/database.yml", "development:\n  url: <%= ENV.fetch(\"DATABASE_URL\") { \"postgres://localhost:5433\" } %>\n  port: <%= ENV.fetch('DB_PORT', 5434) %>\n", &[
            "2:62 5433 Fallback host=localhost variable=DATABASE_URL",
            "3:34 5434 Fallback Unknown variable=DB_PORT",
        ]);
    }

    #[test]
    fn values_of_a_chart_are_those_of_containers() {
        check(
            "charts/api/values.yaml",
            "replicaCount: 3000\nimage: {tag: 8000}\nservice:\n  port: 80\n  targetPort: 8000\nurl: http://localhost:9000\n",
            &[
                "4:9 80 Define Container variable=service.port confidence=Medium",
                "5:15 8000 Define Container variable=service.targetPort confidence=Medium",
                "6:23 9000 Connect host=localhost variable=url",
            ],
        );
    }

    #[test]
    fn a_file_of_no_settings_is_read_with_less_trust() {
        check("data/things.json", r#"{"port": 8000, "a": "see http://localhost:3000."}"#, &[
            "1:10 8000 Define Unknown variable=port confidence=Low",
            "1:43 3000 Connect host=localhost variable=a confidence=Medium",
        ]);
    }

    #[test]
    fn other_numbers_are_no_ports() {
        check("pg_hba.conf", "host  all  all  ::1/128  trust\nhost all all 127.0.0.1/32 md5 # port\n", &[]);
        check(
            "config.yaml",
            "memory: 512\nreplicas: 3000\nimage: redis:7\nmax_tokens: 50000\nsupport: 8000\nport_timeout: 3000\nversion: 2.1\ntime: '10:30'\nsmtp:\n  port: 587\nremote:\n  host: db.example.com\n  port: 5432\nuser: 1000:1000\nratio: 16:9\nport: 0\nurl: https://api.example.com:8443\nports:\n  - '8080:80x'\nhost: 192.168.1.5:80\n",
            &[],
        );
    }
}
