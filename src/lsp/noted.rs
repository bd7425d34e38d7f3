//! Findings as the protocol's diagnostics.

use std::path::Path;

use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, TextEdit, Uri,
};

use super::text::Encoding;
use super::uri;
use crate::diagnostic::{Fix, Label, Reported, Severity, printable};
use crate::source::Sources;

/// A diagnostic, the file it is in, and how it is mended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Noted {
    pub(super) uri: Uri,
    pub(super) diagnostic: Diagnostic,
    pub(super) fix: Option<NotedFix>,
}

/// The change that mends a finding.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NotedFix {
    pub(super) title: String,
    pub(super) safe: bool,
    /// The edits of each file, each with the text that it replaces.
    pub(super) edits: Vec<(Uri, Vec<(TextEdit, String)>)>,
}

/// What is needed to say where something is.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) sources: &'a Sources,
    /// The folder that names of sources are relative to.
    pub(super) folder: &'a Path,
    pub(super) encoding: Encoding,
}

impl Frame<'_> {
    /// All findings that stand in files.
    pub(super) fn notes(&self, findings: &[Reported]) -> Vec<Noted> {
        findings.iter().filter_map(|reported| self.note(reported)).collect()
    }

    fn note(&self, reported: &Reported) -> Option<Noted> {
        let finding = &reported.finding;
        let place = self.location(&finding.primary)?;
        let related = finding.related.iter().filter_map(|label| {
            let message = if label.text.is_empty() { "see here" } else { &label.text };
            Some(DiagnosticRelatedInformation { location: self.location(label)?, message: shown(message) })
        });
        let mut message = shown(&finding.message);
        if !finding.primary.text.is_empty() {
            message += &format!(": {}", shown(&finding.primary.text));
        }
        if let Some(help) = &finding.help {
            message += &format!("\nhelp: {}", shown(help));
        }
        let severity = match reported.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        };
        let diagnostic = Diagnostic {
            range: place.range,
            severity: Some(severity),
            code: Some(NumberOrString::String(finding.rule.to_owned())),
            source: Some("portgen".to_owned()),
            message,
            related_information: Some(related.collect()),
            ..Diagnostic::default()
        };
        let fix = finding.fix.as_ref().and_then(|fix| self.fix(fix));
        Some(Noted { uri: place.uri, diagnostic, fix })
    }

    fn location(&self, label: &Label) -> Option<Location> {
        let source = self.sources.get(label.place.source);
        let uri = uri::of_path(&self.folder.join(source.name()))?;
        Some(Location { uri, range: self.encoding.range(source, label.place.span) })
    }

    fn fix(&self, fix: &Fix) -> Option<NotedFix> {
        let mut edits: Vec<(Uri, Vec<(TextEdit, String)>)> = Vec::new();
        for edit in &fix.edits {
            let source = self.sources.get(edit.place.source);
            let uri = uri::of_path(&self.folder.join(source.name()))?;
            let range = self.encoding.range(source, edit.place.span);
            let replaced = self.sources.text_at(edit.place).to_owned();
            let text_edit = (TextEdit { range, new_text: edit.text.clone() }, replaced);
            match edits.iter_mut().find(|(known, _)| *known == uri) {
                Some((_, known)) => known.push(text_edit),
                None => edits.push((uri, vec![text_edit])),
            }
        }
        Some(NotedFix { title: fix.title.clone(), safe: fix.safe, edits })
    }
}

/// A text with its control characters escaped, line by line.
fn shown(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}
