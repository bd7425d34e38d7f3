//! The findings that a repository started with: known, and not reported again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fingerprint::fingerprint_of;
use crate::diagnostic::{Finding, printable};
use crate::rules::{self, Check};
use crate::source::{Place, SourceId, Sources};

/// The version of the format.
const VERSION: u64 = 1;

/// Findings that are known, by what does not move with the lines around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// What is known, each fingerprint once, in the order of paths and rules.
    pub entries: Vec<Entry>,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rule's name.
    pub rule: String,
    /// The file, relative to the workspace with `/`.
    pub path: String,
    /// The key of [`fingerprint_of`].
    pub fingerprint: String,
    /// How many findings have it.
    pub count: usize,
    /// Where it stands in the baseline file.
    pub place: Place,
}

#[derive(Deserialize, Serialize)]
struct WireEntry {
    rule: String,
    path: String,
    fingerprint: String,
    count: usize,
}

#[derive(Deserialize)]
struct Wire {
    findings: Vec<WireEntry>,
}

/// Whether a finding is one of those that a baseline may know: in what people wrote.
pub(super) fn may_hold(finding: &Finding) -> bool {
    rules::find(finding.rule).is_some_and(|rule| matches!(rule.check, Check::Repository(_)))
}

impl Baseline {
    /// A baseline of these findings; what is wrong with the table and its
    /// outputs is left out, for `allow` and `render` are the way there.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>, sources: &Sources) -> Self {
        let mut counts: BTreeMap<(String, &str, String), usize> = BTreeMap::new();
        for finding in findings {
            if may_hold(finding) {
                let path = sources.get(finding.primary.place.source).name().to_owned();
                *counts.entry((path, finding.rule, fingerprint_of(finding, sources))).or_default() += 1;
            }
        }
        let entry = |((path, rule, fingerprint), count): ((String, &str, String), usize)| Entry {
            rule: rule.to_owned(),
            path,
            fingerprint,
            count,
            place: Place::default(),
        };
        Self { entries: counts.into_iter().map(entry).collect() }
    }

    /// The text of its file: JSON, one entry a line, so that a diff is small.
    pub fn to_text(&self) -> String {
        let mut text = format!("{{\n  \"version\": {VERSION},\n  \"findings\": [");
        for (index, entry) in self.entries.iter().enumerate() {
            let wire = WireEntry {
                rule: entry.rule.clone(),
                path: entry.path.clone(),
                fingerprint: entry.fingerprint.clone(),
                count: entry.count,
            };
            let line = serde_json::to_string(&wire).unwrap_or_default();
            text += if index == 0 { "\n    " } else { ",\n    " };
            text += &line;
        }
        text + if self.entries.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" }
    }

    /// Reads the text of a source.
    ///
    /// # Errors
    /// A clause that says why it is no baseline.
    pub fn parse(source: SourceId, text: &str) -> Result<Self, String> {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: serde_json::Value =
            serde_json::from_str(bare).map_err(|error| format!("it is not JSON: {error}"))?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => return Err(format!("it is of version {other}, and this portgen reads {VERSION}")),
            None => return Err("it has no `version`, so it is no baseline of portgen".to_owned()),
        }
        let wire: Wire = serde_json::from_value(value)
            .map_err(|error| format!("it is no baseline: {}", printable(&error.to_string())))?;
        let places = places(source, text);
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(wire.findings.len());
        for (index, wire) in wire.findings.into_iter().enumerate() {
            let place = places.get(index).copied().unwrap_or(Place::new(source, 0..0));
            // A merge of two branches may leave an entry twice.
            if let Some(entry) = known.get(&wire.fingerprint).and_then(|&index| entries.get_mut(index)) {
                entry.count = entry.count.saturating_add(wire.count);
                continue;
            }
            known.insert(wire.fingerprint.clone(), entries.len());
            let WireEntry { rule, path, fingerprint, count } = wire;
            entries.push(Entry { rule, path, fingerprint, count, place });
        }
        Ok(Self { entries })
    }
}

/// Where the entries stand: from their key `"rule"`, which in valid JSON is
/// nothing else with these quotes, to their line's end.
fn places(source: SourceId, text: &str) -> Vec<Place> {
    let starts = memchr::memmem::find_iter(text.as_bytes(), b"\"rule\"");
    let place = |start: usize| {
        let line = text[start..].lines().next().unwrap_or("");
        let line = line.trim_end().trim_end_matches(',').trim_end_matches('}');
        Place::new(source, start..start + line.len())
    };
    starts.map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> (Sources, Vec<Finding>) {
        let mut sources = Sources::new();
        let source = sources.add("src/é.py", text);
        let places = text.match_indices("8000").map(|(at, _)| Place::new(source, at..at + 4));
        let findings = places.map(|place| Finding::new("published-port-collision", place, "m")).collect();
        (sources, findings)
    }

    #[test]
    fn a_baseline_reads_back_and_counts_what_is_the_same() {
        let (sources, mut findings) = sample("a(8000)\nb(8000)\na(8000)\n");
        let place = findings[0].primary.place;
        findings.push(Finding::new("syntax", place, "a mistake in the table is never known"));
        let baseline = Baseline::of(&findings, &sources);
        let counts: Vec<usize> = baseline.entries.iter().map(|entry| entry.count).collect();
        assert_eq!(counts.iter().sum::<usize>(), 3);
        assert_eq!(counts.len(), 2);
        let text = baseline.to_text();
        let mut sources = Sources::new();
        let source = sources.add(".portgen-baseline.json", text.as_str());
        let read = Baseline::parse(source, &text).expect("a baseline");
        assert_eq!(read.to_text(), text);
        let shown = sources.text_at(read.entries[1].place);
        assert!(shown.starts_with("\"rule\":\"published-port-collision\",\"path\":\"src/é.py\""), "{shown}");
        assert!(shown.ends_with(&format!("\"count\":{}", read.entries[1].count)), "{shown}");
        assert_eq!(Baseline::default().to_text(), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
    }

    #[test]
    fn what_is_no_baseline_says_why() {
        let source = Sources::new().add("b", "");
        for (text, expect) in [
            ("", "it is not JSON: "),
            ("[]", "it has no `version`"),
            ("{\"version\": 2, \"findings\": []}", "it is of version 2, and this portgen reads 1"),
            ("{\"version\": 1}", "it is no baseline: missing field `findings`"),
            ("{\"version\": 1, \"findings\": [{\"rule\": 1}]}", "it is no baseline: "),
        ] {
            let found = Baseline::parse(source, text).expect_err("no baseline");
            assert!(found.starts_with(expect), "{text:?}: {found}");
        }
    }
}
