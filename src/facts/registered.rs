//! The ports that frameworks and widely used services have by default.
//!
//! A curated list, not IANA's registry: a number is here because two programs
//! on one machine really meet on it. Each row is the default in the program's
//! own documentation, compiled 2026-11; at most 60 rows, so that a warning means
//! something. Numbers that many unrelated programs have, such as 9000, are not here.

use crate::model::Port;

/// A number that a program has by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WellKnown {
    /// The number.
    pub port: u16,
    /// Whose default it is, for messages.
    pub holder: &'static str,
    /// Words that say a service is such a program: in lower case, found in its
    /// name, its title, its scheme or the image of its container.
    pub words: &'static [&'static str],
}

impl WellKnown {
    /// Whether a text says that it is this program: one of its words, taken
    /// apart at everything that is no letter or digit, is one of
    /// [`words`](Self::words), digits at its end aside (`postgres16`).
    pub fn is_named_in(&self, text: &str) -> bool {
        let mut words = text.split(|character: char| !character.is_ascii_alphanumeric());
        words.any(|word| {
            let bare = word.trim_end_matches(|character: char| character.is_ascii_digit());
            self.words
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known) || bare.eq_ignore_ascii_case(known))
        })
    }
}

/// The program that has the port by default, if it is a well-known one.
pub fn well_known(port: Port) -> Option<&'static WellKnown> {
    let index = WELL_KNOWN.binary_search_by_key(&port.get(), |row| row.port).ok()?;
    WELL_KNOWN.get(index)
}

const fn row(port: u16, holder: &'static str, words: &'static [&'static str]) -> WellKnown {
    WellKnown { port, holder, words }
}

const WELL_KNOWN: [WellKnown; 53] = [
    row(1025, "Mailpit and MailHog", &["mailpit", "mailhog", "smtp", "mailcatcher"]),
    row(1313, "Hugo", &["hugo"]),
    row(1433, "SQL Server", &["mssql", "sqlserver"]),
    row(1521, "Oracle Database", &["oracle"]),
    row(1883, "MQTT brokers", &["mqtt", "mosquitto", "emqx", "hivemq"]),
    row(2181, "ZooKeeper", &["zookeeper", "zk"]),
    row(2375, "the Docker daemon", &["docker", "dind"]),
    row(2379, "etcd", &["etcd"]),
    row(
        3000,
        "Next.js, Rails, Express and Grafana",
        &["next", "nextjs", "nuxt", "rails", "puma", "express", "grafana", "gitea", "metabase"],
    ),
    row(3306, "MySQL and MariaDB", &["mysql", "mariadb", "percona"]),
    row(4000, "Phoenix, Apollo Server and Jekyll", &["phoenix", "apollo", "jekyll"]),
    row(4200, "the Angular CLI", &["angular", "ng"]),
    row(4222, "NATS", &["nats"]),
    row(4317, "OpenTelemetry (OTLP over gRPC)", &["otlp", "otel", "opentelemetry", "jaeger", "tempo"]),
    row(4318, "OpenTelemetry (OTLP over HTTP)", &["otlp", "otel", "opentelemetry", "jaeger", "tempo"]),
    row(4321, "Astro", &["astro"]),
    row(5005, "the debugger of the JVM", &["jdwp", "debug"]),
    row(5173, "Vite", &["vite", "svelte", "sveltekit"]),
    row(5432, "PostgreSQL", &["postgres", "postgresql", "pg", "postgis", "timescaledb", "pgvector"]),
    row(5601, "Kibana", &["kibana"]),
    row(5672, "RabbitMQ", &["rabbitmq", "rabbit", "amqp"]),
    row(5678, "n8n and debugpy", &["n8n", "debugpy", "debug"]),
    row(6006, "Storybook and TensorBoard", &["storybook", "tensorboard"]),
    row(6333, "Qdrant", &["qdrant"]),
    row(6379, "Redis and Valkey", &["redis", "valkey", "dragonfly", "keydb"]),
    row(6443, "the Kubernetes API", &["kubernetes", "kube", "k8s", "k3s", "apiserver"]),
    row(7474, "Neo4j", &["neo4j"]),
    row(7687, "Neo4j (Bolt)", &["neo4j", "bolt", "memgraph"]),
    row(8000, "Django, uvicorn and `python -m http.server`", &["django", "uvicorn", "gunicorn"]),
    row(8025, "Mailpit and MailHog", &["mailpit", "mailhog"]),
    row(
        8080,
        "Tomcat, Spring Boot and Jenkins",
        &["tomcat", "spring", "jenkins", "jetty", "keycloak", "adminer"],
    ),
    row(8086, "InfluxDB", &["influx", "influxdb"]),
    row(8123, "ClickHouse and Home Assistant", &["clickhouse", "homeassistant", "hass"]),
    row(8200, "Vault", &["vault", "openbao"]),
    row(8443, "Tomcat and Kubernetes dashboards over TLS", &["tomcat", "keycloak", "unifi"]),
    row(8500, "Consul", &["consul"]),
    row(8888, "Jupyter", &["jupyter", "jupyterlab", "notebook"]),
    row(8983, "Solr", &["solr"]),
    row(9090, "Prometheus", &["prometheus", "prom"]),
    row(9092, "Kafka", &["kafka", "redpanda"]),
    row(9200, "Elasticsearch and OpenSearch", &["elasticsearch", "elastic", "opensearch"]),
    row(9229, "the inspector of Node.js", &["inspector", "inspect", "debug"]),
    row(9411, "Zipkin", &["zipkin", "jaeger"]),
    row(11211, "memcached", &["memcached", "memcache"]),
    row(11434, "Ollama", &["ollama"]),
    row(15672, "the management interface of RabbitMQ", &["rabbitmq", "rabbit"]),
    row(16686, "Jaeger", &["jaeger"]),
    row(19006, "Expo", &["expo"]),
    row(27017, "MongoDB", &["mongo", "mongodb", "ferretdb"]),
    row(28015, "RethinkDB", &["rethinkdb", "rethink"]),
    row(29092, "Kafka (for clients on the host)", &["kafka", "redpanda"]),
    row(50051, "gRPC servers", &["grpc"]),
    row(61616, "ActiveMQ", &["activemq", "artemis"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u16) -> &'static WellKnown {
        Port::new(number).and_then(well_known).expect("a row")
    }

    #[test]
    fn the_table_is_sorted_and_its_words_are_whole_lower_case_words() {
        assert!(WELL_KNOWN.is_sorted_by(|one, two| one.port < two.port));
        for row in &WELL_KNOWN {
            assert!(!row.words.is_empty(), "{}", row.port);
            for word in row.words {
                assert!(row.is_named_in(&format!("my-{word}-1")), "{} {word}", row.port);
                assert_eq!(*word, word.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn a_name_an_image_and_a_scheme_say_what_a_service_is() {
        let postgres = row(5432);
        for text in ["postgres", "main_postgres2", "docker.io/bitnami/postgresql:15", "PostgreSQL 16", "pg"] {
            assert!(postgres.is_named_in(text), "{text}");
        }
        for text in ["db", "database", "postgresish", "pgbouncer", ""] {
            assert!(!postgres.is_named_in(text), "{text}");
        }
        assert!(row(50051).is_named_in("grpc"));
        assert_eq!(Port::new(9400).and_then(well_known), None);
    }
}
