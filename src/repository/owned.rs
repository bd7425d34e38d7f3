//! What portgen renders, and so nobody wrote.

use std::collections::BTreeMap;

use crate::source::{Place, SourceId, Span};

/// The places that are portgen's own: generated files, blocks between markers,
/// what a patch holds.
#[derive(Clone, Debug, Default)]
pub struct Owned {
    spans: BTreeMap<SourceId, Vec<Span>>,
}

impl Owned {
    /// Says what of a text is portgen's.
    pub fn add(&mut self, source: SourceId, spans: Vec<Span>) {
        if !spans.is_empty() {
            self.spans.entry(source).or_default().extend(spans);
        }
    }

    /// Whether any of a place is portgen's.
    pub fn has(&self, place: Place) -> bool {
        self.spans.get(&place.source).is_some_and(|spans| touches(spans, place.span))
    }
}

/// Whether a span shares a byte with one of some spans.
pub fn touches(spans: &[Span], span: Span) -> bool {
    spans.iter().any(|own| own.start < span.end && span.start < own.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn a_place_is_owned_where_a_span_holds_any_of_it() {
        let mut sources = Sources::new();
        let (one, two) = (sources.add("one", "0123456789"), sources.add("two", ""));
        let mut owned = Owned::default();
        owned.add(one, vec![Span::new(2, 6)]);
        for (source, range, expect) in
            [(one, 2..6, true), (one, 3..4, true), (one, 5..7, true), (one, 6..7, false), (two, 3..4, false)]
        {
            assert_eq!(owned.has(Place::new(source, range.clone())), expect, "{range:?}");
        }
    }
}
