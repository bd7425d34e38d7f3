//! The ports that widely used container images listen on by default.
//!
//! Each row is taken from the image's own documentation, compiled 2026-11. A
//! row is complete where the program listens on nothing else unless it is told
//! to: only then is another number certainly wrong.

/// What is known of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownImage {
    /// The last part of the image's name, or what follows a `-` or `_` in it.
    pub names: &'static [&'static str],
    /// The ports inside the container.
    pub ports: &'static [u16],
    /// Whether it listens on these alone, unless it is told otherwise.
    pub is_complete: bool,
}

/// What is known of an image such as `docker.io/bitnami/postgresql:16`.
pub fn known_image(image: &str) -> Option<&'static KnownImage> {
    let name = image_name(image);
    let all = || IMAGES.iter();
    let exact = all().find(|row| row.names.contains(&name.as_str()));
    let by_part = || {
        let parts: Vec<&str> = name.split(['-', '_']).collect();
        // An exporter or an interface for a program is another program.
        let is_other = |part: &&str| OTHER_PROGRAMS.contains(part);
        if parts.iter().any(is_other) {
            return None;
        }
        all().find(|row| row.names.iter().any(|known| parts.contains(known)))
    };
    exact.or_else(by_part)
}

/// The last part of an image's name that says what it is (`mssql` of
/// `mssql/server:2022`), without registry, tag and digest, lower case.
pub fn image_name(image: &str) -> String {
    let bare = image.split('@').next().unwrap_or(image);
    let mut parts = bare.rsplit('/');
    let last = parts.next().unwrap_or(bare);
    let last = last.split(':').next().unwrap_or(last);
    let is_vague = matches!(last, "server" | "latest" | "standalone");
    let name = if is_vague { parts.next().unwrap_or(last) } else { last };
    name.to_ascii_lowercase()
}

const OTHER_PROGRAMS: &[&str] = &[
    "exporter",
    "admin",
    "ui",
    "express",
    "commander",
    "insight",
    "backup",
    "proxy",
    "operator",
    "client",
    "migrate",
    "migrations",
    "cli",
    "init",
    "setup",
    "web",
    "dashboard",
    "manager",
    "sentinel",
    "pool",
    "bouncer",
    "meta",
    "app",
    "api",
    "connect",
    "registry",
    "rest",
    "gateway",
    "webhook",
    "server",
    "worker",
    "agent",
    "sync",
    "hq",
];

const fn one(names: &'static [&'static str], ports: &'static [u16]) -> KnownImage {
    KnownImage { names, ports, is_complete: true }
}

const fn some(names: &'static [&'static str], ports: &'static [u16]) -> KnownImage {
    KnownImage { names, ports, is_complete: false }
}

const IMAGES: &[KnownImage] = &[
    one(&["postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector", "pg"], &[5432]),
    one(&["mysql", "mariadb", "percona"], &[3306, 33060]),
    one(&["redis", "valkey", "dragonfly", "keydb", "redis-stack-server"], &[6379]),
    one(&["memcached"], &[11211]),
    one(&["mongo", "mongodb", "ferretdb", "mongodb-community-server"], &[27017]),
    one(&["adminer"], &[8080]),
    one(&["mongo-express"], &[8081]),
    one(&["phpmyadmin"], &[80, 443]),
    one(&["mailhog"], &[1025, 8025]),
    one(&["mailpit"], &[1025, 8025, 1110]),
    one(&["mailcatcher"], &[1025, 1080]),
    one(&["maildev"], &[1025, 1080]),
    one(&["kibana"], &[5601]),
    one(&["grafana", "grafana-oss", "grafana-enterprise"], &[3000]),
    one(&["prometheus"], &[9090]),
    one(&["alertmanager"], &[9093, 9094]),
    one(&["node-exporter"], &[9100]),
    one(&["postgres-exporter"], &[9187]),
    one(&["redis_exporter"], &[9121]),
    one(&["mysqld-exporter"], &[9104]),
    one(&["mongodb_exporter"], &[9216]),
    one(&["nginx-prometheus-exporter"], &[9113]),
    one(&["elasticsearch-exporter", "elasticsearch_exporter"], &[9114]),
    one(&["blackbox-exporter"], &[9115]),
    one(&["cadvisor"], &[8080]),
    one(&["pushgateway"], &[9091]),
    one(&["loki"], &[3100, 9095, 7946]),
    one(&["promtail"], &[9080]),
    one(&["zipkin"], &[9411, 9410]),
    one(&["flower"], &[5555]),
    one(&["qdrant"], &[6333, 6334, 6335]),
    one(&["ollama"], &[11434]),
    one(&["elasticsearch", "opensearch"], &[9200, 9300, 9600]),
    one(&["influxdb"], &[8086, 8088]),
    one(&["mssql", "azure-sql-edge"], &[1433]),
    some(&["redis-stack"], &[6379, 8001]),
    some(&["redisinsight"], &[5540, 8001]),
    some(&["pgadmin4", "pgadmin"], &[80, 443]),
    some(&["rabbitmq"], &[5672, 5671, 15672, 15671, 15692, 25672, 4369, 1883, 61613, 15674, 15675, 5552]),
    some(&["nginx", "httpd", "caddy", "apache"], &[80, 443]),
    some(&["traefik"], &[80, 443, 8080]),
    some(&["haproxy"], &[80, 443, 8404]),
    some(&["zookeeper", "cp-zookeeper"], &[2181, 2888, 3888, 8080]),
    some(&["kafka", "cp-kafka", "redpanda"], &[9092, 9093, 29092, 9094, 19092]),
    some(&["minio"], &[9000, 9001]),
    some(
        &["jaeger", "all-in-one"],
        &[4317, 4318, 5775, 5778, 6831, 6832, 9411, 14250, 14268, 14269, 16685, 16686, 8888],
    ),
    some(&["tempo"], &[3200, 4317, 4318, 9095]),
    some(
        &["otel-collector", "opentelemetry-collector", "opentelemetry-collector-contrib"],
        &[4317, 4318, 8888, 8889, 13133, 55679],
    ),
    some(&["keycloak"], &[8080, 8443, 9000]),
    some(&["vault"], &[8200, 8201]),
    some(&["consul"], &[8300, 8301, 8302, 8500, 8501, 8502, 8600]),
    some(&["etcd"], &[2379, 2380]),
    some(&["nats"], &[4222, 6222, 8222]),
    some(&["neo4j"], &[7474, 7473, 7687]),
    some(&["clickhouse", "clickhouse-server"], &[8123, 9000, 9009, 9004, 9005, 9363]),
    some(&["cassandra", "scylla"], &[7000, 7001, 7199, 9042, 9160]),
    some(&["logstash"], &[5044, 9600]),
    some(&["localstack"], &[4566]),
    some(&["sonarqube"], &[9000, 9092]),
    some(&["jenkins"], &[8080, 50000]),
    some(&["gitea", "forgejo"], &[3000, 22]),
    some(&["n8n"], &[5678]),
    some(&["metabase"], &[3000]),
    some(&["wordpress", "nextcloud", "drupal", "joomla"], &[80, 443, 9000]),
    some(&["portainer", "portainer-ce"], &[8000, 9000, 9443]),
    some(&["meilisearch"], &[7700]),
    some(&["typesense"], &[8108]),
    some(&["weaviate"], &[8080, 50051]),
    some(&["milvus"], &[19530, 9091]),
    some(&["chroma"], &[8000]),
    some(&["mosquitto"], &[1883, 8883, 9001]),
    some(&["emqx"], &[1883, 8083, 8084, 8883, 18083]),
    some(&["cockroach", "cockroachdb"], &[26257, 8080]),
    some(&["couchdb"], &[5984, 4369, 9100]),
    some(&["solr"], &[8983]),
    some(&["victoria-metrics"], &[8428]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_whatever_its_registry_and_tag() {
        let ports = |image: &str| known_image(image).map(|row| row.ports);
        for image in [
            "postgres",
            "postgres:16-alpine",
            "docker.io/bitnami/postgresql:15@sha256:00",
            "POSTGRES",
            "imresamu/postgis-arm64",
        ] {
            assert_eq!(ports(image), Some(&[5432][..]), "{image}");
        }
        assert_eq!(ports("localhost:5000/mongo-express"), Some(&[8081][..]));
        assert_eq!(ports("mcr.example.com/mssql/server:2022-latest"), Some(&[1433][..]));
        for image in [
            "company/api",
            "vaultwarden/server",
            "oliver006/redis-sentinel",
            "company/postgres-backup",
            "nginxish",
            "",
        ] {
            assert_eq!(ports(image), None, "{image}");
        }
    }
}
