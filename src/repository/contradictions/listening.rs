//! What one program is said to listen on: by its source, its command, its
//! Dockerfile, its environment and the compose file that publishes it.

use std::collections::BTreeSet;

use crate::diagnostic::Confidence;
use crate::readers::FileKind;
use crate::repository::Repository;
use crate::repository::disagreement::{Disagreement, Statement, Topic};
use crate::repository::links::Links;
use crate::repository::program::Program;
use crate::repository::runs::Run;

/// Every program of which different places say that it listens on different ports.
pub(in crate::repository) fn listening(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut judged = BTreeSet::new();
    for unit in links.units.iter().filter(|unit| !unit.is_on_host_network) {
        let Some(component) = &unit.component else { continue };
        judged.insert(component.clone());
        let program = Program::of_unit(repository, links, unit, component);
        found.extend(program.judge());
    }
    for file in repository.files.iter().filter(|file| file.reader == "dockerfile") {
        let folder = file.path().folder();
        if !judged.contains(folder) && file.path().kind() == FileKind::Plain {
            let program = Program::of_dockerfile(repository, links, file, false);
            found.extend(program.judge());
            found.extend(program.judge_checked());
        }
    }
    found
}

/// Every container's port that a document maps of an image that it builds, and
/// that nothing of the program speaks of.
pub(in crate::repository) fn runs(repository: &Repository, links: &Links) -> Vec<Disagreement> {
    let judge = |run: &Run| {
        let wrong = [run.statement.clone()];
        let file = repository.file(&run.dockerfile);
        let program = file.map(|file| Program::of_dockerfile(repository, links, file, true));
        let program = match program {
            Some(program) => program,
            None => Program::of_missing(repository, links, &run.dockerfile),
        };
        let said = [&program.decided[..], &program.coded, &program.supposed, &program.exposed].concat();
        if let Some(told) = run.told.clone().filter(|told| !told.ports.overlaps(run.statement.ports)) {
            return Some(program.found(&wrong, &[&[told], &program.exposed], true));
        }
        let is_known = meet(&wrong, &said) || program.is_mentioned(&wrong);
        (!said.is_empty() && !is_known).then(|| program.found(&wrong, &[&said], true))
    };
    links.runs.iter().filter_map(judge).collect()
}

impl Program {
    fn judge(&self) -> Option<Disagreement> {
        self.judge_mapped().or_else(|| self.judge_exposed())
    }

    /// What the Dockerfile's own health check asks against what is said to listen.
    fn judge_checked(&self) -> Option<Disagreement> {
        let said = [&self.decided[..], &self.coded, &self.exposed].concat();
        let is_known = meet(&self.checked, &said) || self.is_mentioned(&self.checked);
        if self.checked.is_empty() || said.is_empty() || is_known {
            return None;
        }
        let found = self.found(&self.checked, &[&said], true);
        Some(Disagreement { topic: Topic::HealthCheck, ..found })
    }

    /// What is mapped into the container against what listens there.
    fn judge_mapped(&self) -> Option<Disagreement> {
        if self.mapped.is_empty() {
            return None;
        }
        if !self.decided.is_empty() {
            let is_met = meet(&self.decided, &self.mapped);
            return (!is_met && !self.is_mentioned(&self.mapped))
                .then(|| self.found(&self.decided, &[&self.mapped, &self.exposed], true));
        }
        if !self.coded.is_empty() && !meet(&self.coded, &self.mapped) && !self.is_mentioned(&self.mapped) {
            return Some(self.found(&self.coded, &[&self.mapped, &self.exposed], self.coded.len() == 1));
        }
        if self.is_bundled_elsewhere() {
            return Some(self.found(&self.bundled, &[&self.mapped], true));
        }
        if !self.supposed.is_empty()
            && !meet(&self.supposed, &self.mapped)
            && !self.is_mentioned(&self.mapped)
        {
            return Some(self.found(&self.supposed, &[&self.mapped, &self.exposed], true));
        }
        if self.coded.is_empty()
            && !self.is_started_otherwise
            && !self.exposed.is_empty()
            && !meet(&self.exposed, &self.mapped)
            && !self.is_mentioned(&self.mapped)
        {
            return Some(self.found(&self.exposed, &[&self.mapped], true));
        }
        None
    }

    /// Whether a container that runs a development server is mapped where that
    /// listens by itself, and its configuration takes it elsewhere.
    fn is_bundled_elsewhere(&self) -> bool {
        /// Nothing but Vite's development server has it by itself.
        const OWN: u16 = 5173;
        let is_own = |one: &Statement| one.ports.len() == 1 && one.ports.first().get() == OWN;
        self.coded.is_empty()
            && !self.is_started_otherwise
            && self.mapped.iter().all(is_own)
            && self.bundled.len() == 1
            && !meet(&self.bundled, &self.mapped)
            && !self.is_mentioned(&self.mapped)
    }

    /// What is exposed against what listens.
    fn judge_exposed(&self) -> Option<Disagreement> {
        let said = [&self.decided, &self.coded].into_iter().find(|all| !all.is_empty());
        let listens = said.unwrap_or(&self.supposed);
        if self.is_started_otherwise
            || self.exposed.is_empty()
            || listens.is_empty()
            || meet(&self.exposed, listens)
            || self.is_mentioned(&self.exposed)
            || self
                .exposed
                .iter()
                .any(|one| one.ports.ports().take(64).any(|port| self.alone.contains(&port.get())))
        {
            return None;
        }
        // What is mapped rightly is reached whatever is exposed.
        let is_sure = listens.len() == 1 && self.exposed.len() == 1;
        Some(self.found(&self.exposed, &[listens, &self.mapped], is_sure))
    }

    fn is_mentioned(&self, statements: &[Statement]) -> bool {
        statements.iter().any(|statement| {
            statement.ports.ports().take(64).any(|port| self.mentioned.contains(&port.get()))
        })
    }

    fn found(&self, wrong: &[Statement], right: &[&[Statement]], is_sure: bool) -> Disagreement {
        Disagreement {
            topic: Topic::Listening,
            subject: self.name.clone(),
            wrong: wrong.to_vec(),
            right: right.concat(),
            confidence: if is_sure { Confidence::High } else { Confidence::Medium },
        }
    }
}

fn meet(one: &[Statement], other: &[Statement]) -> bool {
    one.iter().any(|one| other.iter().any(|other| one.ports.overlaps(other.ports)))
}

/// Whether a command starts a server that listens for the program: what its
/// source would listen on by itself does not count then.
pub(in crate::repository) fn starts_a_server(command: &str) -> bool {
    const SERVERS: &[&str] = &[
        "gunicorn",
        "uvicorn",
        "hypercorn",
        "daphne",
        "granian",
        "waitress",
        "uwsgi",
        "flask",
        "fastapi",
        "celery",
        "streamlit",
        "nginx",
        "next",
        "vite",
        "serve",
        "http-server",
        "puma",
        "rails",
        "php",
        "apache2",
        "caddy",
    ];
    let mut words =
        command.split(|character: char| !(character.is_ascii_alphanumeric() || "-_.".contains(character)));
    words.any(|word| SERVERS.contains(&word))
}

/// Whether what a Dockerfile ends with is a web server for built files, or a
/// server that is told by its command: what the source listens on is then
/// only for development.
pub(in crate::repository) fn is_web_server(text: &str) -> bool {
    let from = text.lines().rev().find_map(|line| {
        let line = line.trim_start();
        line.get(..5)
            .filter(|word| word.eq_ignore_ascii_case("from "))
            .map(|_| line[5..].to_ascii_lowercase())
    });
    let is_command = |line: &&str| {
        let line = line.trim_start().to_ascii_uppercase();
        line.starts_with("CMD") || line.starts_with("ENTRYPOINT")
    };
    if text.lines().filter(is_command).any(starts_a_server) {
        return true;
    }
    from.is_some_and(|image| {
        ["nginx", "caddy", "httpd", "apache", "static-web-server", "busybox"]
            .iter()
            .any(|name| image.contains(name))
    })
}
