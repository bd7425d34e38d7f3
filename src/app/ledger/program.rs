//! The program that `run` starts: its words, its folder, its environment.

use std::ffi::OsString;

use super::asker::Asker;
use super::env::reserved_variables;
use super::given::reserved_of;
use super::numbers::localise;
use super::reserve::split;
use super::run::RunRequest;
use super::startup::{CHECKOUT, PROJECT, SERVICE};
use crate::app::add::chosen_project;
use crate::app::check::table_findings;
use crate::app::load::{Location, load};
use crate::check::{Strictness, gate, judge};
use crate::diagnostic::Failure;
use crate::ledger::{CheckoutId, State};
use crate::machine::Machine;
use crate::model::{Port, Project, ServiceName};
use crate::render;
use crate::world::{Program, Words};

/// What decides over a program: who asks for what, and the numbers here.
pub(super) struct Scene<'a> {
    pub(super) location: &'a Location,
    pub(super) request: &'a RunRequest,
    pub(super) asker: &'a Asker,
    pub(super) state: &'a State,
    pub(super) machine: &'a dyn Machine,
    pub(super) checkout: CheckoutId,
}

impl Scene<'_> {
    /// The program that was asked for, or the service's own.
    pub(super) fn program(&self) -> Result<Program, Failure> {
        let here = self.asker.project.clone().map(|mut project| {
            localise(&mut project, self.state, self.asker, self.machine);
            project
        });
        let numbers = self.numbers(here.as_ref());
        if self.asker.project.is_none() && self.request.name.is_none() && numbers.is_empty() {
            let message = "there is no ports.toml, and nothing is reserved for this folder";
            return Err(Failure::new("no-table", message)
                .help("name what the program is: `portgen run NAME -- …` reserves a port for it"));
        }
        let mut set: Vec<(String, OsString)> =
            numbers.into_iter().map(|(name, value)| (name, value.into())).collect();
        set.extend(self.main_port(here.as_ref()).map(|port| ("PORT".to_owned(), port.to_string().into())));
        set.push((PROJECT.to_owned(), self.asker.sighted.name.clone().into()));
        set.push((CHECKOUT.to_owned(), self.asker.sighted.folder.clone().into_os_string()));
        let service = split(self.request.name.as_deref()).0;
        let unset = if service.is_none() { vec![SERVICE] } else { Vec::new() };
        set.extend(service.map(|service| (SERVICE.to_owned(), service.into())));
        if self.request.command.is_empty() {
            let words = Words::Shell(self.own_command()?);
            return Ok(Program { words, folder: self.asker.sighted.folder.clone(), set, unset });
        }
        let words = Words::Plain(self.request.command.clone());
        Ok(Program { words, folder: self.location.directory.clone(), set, unset })
    }

    /// Every variable of the table, then those of what was reserved beside it.
    fn numbers(&self, here: Option<&Project>) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for endpoint in here.into_iter().flat_map(|project| project.plain().endpoints()) {
            if let (Some(variable), Some(port)) = (&endpoint.variable, endpoint.number.fixed()) {
                all.push((variable.to_string(), port.to_string()));
            }
        }
        for (name, value) in reserved_variables(&reserved_of(self.state, self.asker, self.machine)) {
            if all.iter().all(|(known, _)| *known != name) {
                all.push((name, value));
            }
        }
        all
    }

    /// The number for `PORT`: that of the port that was named, else the service's main one.
    fn main_port(&self, here: Option<&Project>) -> Option<Port> {
        let id = self.request.name.as_deref()?;
        if let Some(endpoint) = here.and_then(|project| project.plain().endpoint(id)) {
            return endpoint.number.fixed();
        }
        let (service, name) = split(Some(id));
        self.state.grant(self.checkout, &service?, &name).map(|grant| grant.port)
    }

    /// The `command` of the service, rendered with the numbers of this checkout.
    fn own_command(&self) -> Result<String, Failure> {
        let service = self.service_with_command().ok_or_else(|| {
            Failure::new("no-command", "ports.toml has no `command` for it")
                .help("write the program after `--`")
        })?;
        let mut workspace = load(self.location)?;
        let findings = table_findings(&mut workspace);
        let verdict = judge(&workspace.projects, &workspace.sources, findings, Strictness::default());
        let index = chosen_project(&workspace)?;
        let mut projects = workspace.projects;
        localise(&mut projects[index], self.state, self.asker, self.machine);
        // The ledger vouches for its numbers as the rules did for the table's.
        let sound = gate(&projects, &verdict);
        let sound = sound.ok_or_else(|| Failure::new("broken-table", "the table has errors"))?;
        render::command(sound[index], service)
            .map_err(|message| Failure::new("broken-table", format!("the command of `{service}`: {message}")))
    }

    fn service_with_command(&self) -> Option<&ServiceName> {
        let name = split(self.request.name.as_deref()).0?;
        let mut services = self.asker.project.as_ref()?.services.iter();
        let service = services.find(|service| service.name.as_str() == name)?;
        service.command.as_ref().map(|_| &service.name.value)
    }
}
