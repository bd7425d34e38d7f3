//! Where steps of a workflow's job look for its services, held against where
//! those are on the machine that the job runs on.

use super::urls::server_url;
use crate::diagnostic::Confidence;
use crate::model::Port;
use crate::readers::words::is_loopback;
use crate::readers::{Role, Sighting};
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::{File, Seen};
use crate::source::{Place, Sources, Span};

/// Every URL of this machine in a job whose service is elsewhere on it.
pub(in crate::repository) fn jobs(files: &[File], sources: &Sources) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.reader == "workflow") {
        let text = sources.get(file.source).text();
        for job in &file.reading.jobs {
            found.extend(Job::new(file, *job, text).judge());
        }
    }
    found
}

struct Job<'a> {
    file: &'a File,
    text: &'a str,
    inside: Vec<&'a Sighting>,
    /// Its services' ports, the machine's and the container's both known.
    published: Vec<&'a Sighting>,
}

impl<'a> Job<'a> {
    fn new(file: &'a File, span: Span, text: &'a str) -> Self {
        let is_inside = |one: &&Sighting| span.start <= one.span.start && one.span.end <= span.end;
        let inside: Vec<&Sighting> = file.reading.sightings.iter().filter(is_inside).collect();
        let is_service = |one: &&&Sighting| one.role == Role::Publish && one.service.is_some();
        let published = inside.iter().filter(is_service).copied().collect();
        let text = if starts_others(text.get(span.range()).unwrap_or("")) { "" } else { text };
        Self { file, text, inside, published }
    }

    fn judge(&self) -> Vec<Disagreement> {
        if self.text.is_empty() || self.published.is_empty() {
            return Vec::new();
        }
        let urls = self.inside.iter().filter(|one| {
            one.role == Role::Connect && one.host.as_deref().is_some_and(is_loopback) && one.ports.len() == 1
        });
        urls.filter_map(|url| self.judge_url(url)).collect()
    }

    fn judge_url(&self, url: &Sighting) -> Option<Disagreement> {
        let port = url.ports.first();
        let takes =
            |one: &&Sighting| matches!(one.role, Role::Publish | Role::Listen) && one.ports.contains(port);
        if self.inside.iter().copied().any(|one| takes(&one)) {
            return None;
        }
        let (_, own) = server_url(self.text, Seen { file: self.file, sighting: url })?;
        let is_its = |one: &&&Sighting| {
            one.container.is_some_and(|container| Port::new(own).is_some_and(|own| container.contains(own)))
        };
        let servers: Vec<&&Sighting> = self.published.iter().filter(is_its).collect();
        let (first, rest) = servers.split_first()?;
        let right = Statement {
            ports: first.ports,
            place: Place { source: self.file.source, span: first.span },
            role: "published",
        };
        let place = Place { source: self.file.source, span: url.span };
        let wrong = vec![Statement { ports: url.ports, place, role: "looked for" }];
        let name = first.service.as_deref().and_then(|name| name.rsplit('.').next()).unwrap_or("the service");
        let confidence = if rest.is_empty() { Confidence::High } else { Confidence::Medium };
        Some(Disagreement {
            topic: Topic::Address,
            subject: name.to_owned(),
            wrong,
            right: vec![right],
            confidence,
        })
    }
}

/// Whether a job starts servers beside its services.
fn starts_others(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "docker compose",
        "docker-compose",
        "docker run",
        "systemctl start",
        "systemctl restart",
        "brew services",
        "pg_ctl",
        "pg_ctlcluster",
        "initdb",
        "/etc/init.d/",
        "supabase start",
        "socat",
        "ssh -",
    ];
    STARTS.iter().any(|start| text.contains(start))
        || text.lines().any(|line| line.contains("service ") && line.contains(" start"))
}
