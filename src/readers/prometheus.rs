//! Prometheus and what stands beside it: targets that are scraped, data
//! sources of Grafana, where alerts and logs are sent.

use super::config::{self, Runs};
use super::flat::Flat;
use super::{FilePath, Reader, Reading};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "prometheus",
    summary: "Prometheus, Grafana's data sources: targets and URLs",
    takes,
    knows,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["yml", "yaml", "json"])
}

fn knows(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has("scrape_configs:")
        || (has("datasources:") && has("url:"))
        || (has("alertmanagers:") && has("targets"))
        || (has("targets") && has("labels") && !has("apiVersion") && text.trim_start().starts_with(['-', '[']))
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    Flat::parse(path, text).each(text, &mut |setting| {
        let name = setting.name();
        let is_address = matches!(name, "targets" | "replacement" | "address" | "__address__" | "server" | "host");
        let value = text.get(setting.at.clone()).unwrap_or("");
        if is_address && config::is_address(value) {
            reading.sightings.extend(config::addresses(text, setting.at.clone(), Runs::InContainer));
        } else if let (true, Some(mut listen)) = (
            matches!(name, "http_listen_port" | "grpc_listen_port"),
            config::number(text, setting.at.clone(), super::Role::Listen),
        ) {
            listen.side = super::Side::Unknown;
            listen.variable = Some(name.to_owned());
            reading.sightings.push(listen);
        } else {
            reading.sightings.extend(config::urls(text, setting.at.clone(), Runs::InContainer));
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn targets_are_connected_to() {
        check(
            "monitoring/prometheus.yml",
            "global:\n  scrape_interval: 15s\n  timeout: 3000\nscrape_configs:\n  - job_name: api\n    static_configs:\n      - targets: ['api:8000', \"localhost:9090\", 'host.docker.internal:8001', 'shop.example.com:443']\n  - job_name: b\n    relabel_configs:\n      - replacement: blackbox:9115\n      - replacement: '$1:9'\n    static_configs:\n      - targets:\n        - http://web:3000/health\n        - 10.0.0.5:9100\nalerting:\n  alertmanagers:\n    - static_configs: [{targets: [alertmanager:9093]}]\nremote_write:\n  - url: http://mimir:9009/api\n    retention_size: 512\n",
            &[
                "7:24 8000 Connect Container host=api",
                "7:42 9090 Connect Unknown host=localhost",
                "7:71 8001 Connect host=host.docker.internal",
                "10:31 9115 Connect Container host=blackbox",
                "14:22 3000 Connect Container host=web",
                "18:48 9093 Connect Container host=alertmanager",
                "20:23 9009 Connect Container host=mimir",
            ],
        );
    }

    #[test]
    fn data_sources_of_grafana_are_connected_to() {
        check(
            "grafana/provisioning/datasources/all.yaml",
            "apiVersion: 1\ndatasources:\n  - name: p\n    url: http://prometheus:9090\n    jsonData: {maxLines: 5000}\n  - url: db:5432\n",
            &["4:28 9090 Connect Container host=prometheus"],
        );
    }
}
