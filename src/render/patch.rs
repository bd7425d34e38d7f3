//! Renders what a patch writes: a number, or a template of one line.

use super::context::Context;
use super::fault::Fault;
use super::shown::Shown;
use super::table::{Numbers, Table};
use super::{PatchText, Renderer, environment, error};
use crate::diagnostic::{Finding, did_you_mean, printable};
use crate::model::{Number, Patch, PatchValue, Selection, Status};
use crate::source::Spanned;
use crate::target::Boolean;

impl Renderer<'_> {
    /// Renders a patch, or says what is in the way.
    pub(super) fn patch(&mut self, index: usize) {
        let Some(patch) = self.project.patches.get(index) else { return };
        let table = self.table(patch.profile.as_ref().map(|profile| &profile.value));
        let text = match &patch.value {
            PatchValue::Port(id) => self.number(patch, &table, id),
            PatchValue::Template(template) => self.line(patch, &table, template),
        };
        if let Some(text) = text {
            self.rendering.patches.push(PatchText { patch: index, text });
        }
    }

    fn number(&mut self, patch: &Patch, table: &Table, id: &Spanned<String>) -> Option<String> {
        let view = self.project.view(patch.profile.as_ref().map(|profile| &profile.value));
        let Some(endpoint) = view.endpoint(&id.value) else {
            let ids: Vec<String> = view.endpoints().map(|endpoint| endpoint.id()).collect();
            let near = did_you_mean(&id.value, ids.iter().map(String::as_str));
            let help = near.map_or_else(
                || format!("ports: {}", ids.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("there is no port `{}`", printable(&id.value));
            self.rendering.findings.push(Finding::new("unknown-name", id.place, message).help(help));
            return None;
        };
        match endpoint.number.value {
            Number::Fixed(port) => Some(port.to_string()),
            Number::Auto => {
                let met = (endpoint.number.place, endpoint.id());
                self.unassigned(patch.place, patch.path.as_str(), table, None, (met.0, &met.1));
                None
            }
        }
    }

    fn line(
        &mut self,
        patch: &Patch,
        table: &std::sync::Arc<Table>,
        template: &Spanned<String>,
    ) -> Option<String> {
        let every = Selection { status: Some(ALL.to_vec()), ..Selection::default() };
        let shown = Shown::of(table, &every, Numbers::Literal);
        let context =
            Context { shared: self.shared.clone(), table: table.clone(), shown, options: None, output: None };
        let engine = environment::bare(Boolean::Lower);
        let fault = match environment::render_text(&engine, &template.value, context.value()) {
            Ok(text) if !text.contains(['\n', '\r']) => return Some(text),
            Ok(_) => Fault::new("a patch writes one line, and this renders several"),
            Err(error) => error::in_string(&error, template),
        };
        match &fault.unassigned {
            Some((number, id)) => {
                self.unassigned(patch.place, patch.path.as_str(), table, None, (*number, id));
            }
            None => {
                let finding = fault.finding(template.place, self.sources);
                self.rendering.findings.push(finding);
            }
        }
        None
    }
}

/// A patch sees every service.
const ALL: &[Status] = &[Status::Active, Status::Reserved, Status::Disabled, Status::Failed];
