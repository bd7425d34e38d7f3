//! Two ranges that share a port.

use super::{Check, reserved_port};
use crate::diagnostic::Finding;
use crate::model::{NamedRange, PortIndex, PortSet, Project, Reserved};
use crate::source::{Place, Spanned};

declare_rule! {
    /// Finds named ranges that overlap each other or a reserved one.
    ///
    /// ## What it does
    /// Compares the ports of every named range with those of every other, and
    /// with every `[[reserved]]` entry.
    ///
    /// ## Why is this bad?
    /// A number of both belongs to neither: whoever takes the next free one of
    /// a range cannot know that it is spoken for.
    ///
    /// ## Example
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [ranges.web]
    /// ports = "9000-9099"
    ///
    /// [ranges.mcp]
    /// ports = "9050-9149" # error
    /// ```
    /// ```toml
    /// [project]
    /// name = "shop"
    ///
    /// [[reserved]]
    /// ports = "8000-8099"
    /// reason = "supervisor infrastructure"
    ///
    /// [ranges.web]
    /// ports = "8080-8179" # error
    ///
    /// [ranges.mcp]
    /// ports = "9000-9099"
    /// ```
    ///
    /// ## Known limitations
    /// Where three ranges share the same ports, the second and the third are
    /// each compared with the first.
    "overlapping-ranges", Deny, Check::Project(check)
}

fn check(project: &Project, findings: &mut Vec<Finding>) {
    if project.ranges.is_empty() {
        return;
    }
    let mut index = PortIndex::new();
    for (position, range) in project.ranges.iter().enumerate() {
        let others = index.add(position, &range.ports.value);
        let others = others.into_iter().filter_map(|position| project.ranges.get(position));
        findings.extend(others.map(|other| between_ranges(project, other, range)));
    }
    for entry in &project.reserved {
        let others = index.clone().add(project.ranges.len(), &entry.ports.value);
        let others = others.into_iter().filter_map(|position| project.ranges.get(position));
        findings.extend(others.map(|range| with_reserved(project, range, entry)));
    }
}

fn between_ranges(project: &Project, one: &NamedRange, two: &NamedRange) -> Finding {
    let (earlier, later) = in_order(project, one, two, |range| range.ports.place);
    let (first, second) = (&earlier.name.value, &later.name.value);
    let message = format!("ranges {first} and {second} overlap in {}", shared(&one.ports, &two.ports));
    Finding::new(RULE.name, later.ports.place, message)
        .label(format!("range {second}"))
        .related(earlier.ports.place, format!("range {first}"))
        .help("let each port belong to one range")
        .about_range(first.as_str())
        .about_range(second.as_str())
}

fn with_reserved(project: &Project, range: &NamedRange, entry: &Reserved) -> Finding {
    let name = &range.name.value;
    let message =
        format!("range {name} overlaps reserved ports in {}", shared(&range.ports, &entry.ports));
    let in_range = (range.ports.place, format!("range {name}"));
    let in_entry = (entry.ports.place, reserved_port::describe(entry));
    let (earlier, later) = in_order(project, &in_range, &in_entry, |place| place.0);
    Finding::new(RULE.name, later.0, message)
        .label(later.1.as_str())
        .related(earlier.0, earlier.1.as_str())
        .help(format!("take the reserved ports out of range {name}"))
        .about_range(name.as_str())
}

/// The ports of both that come first, for a message.
fn shared(one: &Spanned<PortSet>, two: &Spanned<PortSet>) -> String {
    one.overlap(&two.value).map(|range| range.to_string()).unwrap_or_default()
}

/// Two things as the file has them, the later one last; what another file says
/// comes before what the project's own says.
fn in_order<'a, T>(project: &Project, one: &'a T, two: &'a T, place: fn(&T) -> Place) -> (&'a T, &'a T) {
    let rank = |thing: &T| (place(thing).source == project.place.source, place(thing));
    if rank(one) <= rank(two) { (one, two) } else { (two, one) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;
    use super::*;

    #[test]
    fn the_later_of_two_is_found_whichever_is_reserved() {
        check(&RULE, "[ranges.a]\nports = \"9000-9099\"\n[[reserved]]\nports = \"9099\" # here\n");
        check(&RULE, "[[reserved]]\nports = \"9099\"\n[ranges.a]\nports = \"9000-9099\" # here\n");
        check(&RULE, "[ranges.a]\nports = \"9000-9098\"\n[[reserved]]\nports = \"9099\"\n");
        check(&RULE, "[[reserved]]\nports = \"9000-9099\"\n[[reserved]]\nports = \"9099\"\n");
        check(&RULE, "[ranges.a]\nports = [\"9000-9099\", \"9050\"]\n");
    }
}
