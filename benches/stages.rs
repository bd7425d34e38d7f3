//! What each stage costs, from a text to a report, on generated tables.
//!
//! `cargo bench --bench stages`; a word behind `--` selects by name.

#![expect(clippy::expect_used, reason = "what cannot be measured ends the run")]

use std::collections::BTreeMap;

use divan::Bencher;
use portgen::check::{self, SoundProject, Verdict};
use portgen::manifest;
use portgen::model::{Mode, PortRange, Project, RelativePath};
use portgen::plan::{self, Anchor, Content, Existing, Options, Wanted};
use portgen::render::{self, Rendering};
use portgen::report::{self, Appearance, Band, BandKind, Entry, Holder, MapFormat, PortMap, Report};
use portgen::source::Sources;
use portgen::target::{self, BoundOutput};

mod tables;

fn main() {
    divan::main();
}

/// A table without a mistake.
fn read(text: &str) -> (Sources, Project) {
    let mut sources = Sources::new();
    let (project, findings) = manifest::read(&mut sources, "ports.toml", text);
    assert!(findings.is_empty(), "the table is valid: {findings:?}");
    (sources, project)
}

#[divan::bench(args = [1_000, 60_000])]
fn parse_and_resolve(bencher: Bencher, services: usize) {
    let text = tables::bare(services);
    bencher.bench(|| read(&text));
}

#[divan::bench(args = [1_000, 60_000])]
fn check_table(bencher: Bencher, services: usize) {
    let (_, project) = read(&tables::bare(services));
    let projects = [project];
    bencher.bench(|| {
        let findings = check::check_table(&projects);
        assert_ne!(findings.len(), services);
        findings
    });
}

/// The project for rendering, which no rule speaks against.
fn sound<'a>(projects: &'a [Project], sources: &Sources) -> SoundProject<'a> {
    let verdict = check::judge(projects, sources, check::check_table(projects), check::Strictness::default());
    let sound = check::gate(projects, &verdict);
    sound.and_then(|projects| projects.first().copied()).expect("a sound table")
}

/// A table with its outputs bound.
fn bound(services: usize) -> (Sources, [Project; 1], Vec<BoundOutput>) {
    let (mut sources, project) = read(&tables::with_outputs(services));
    let (outputs, findings) = target::bind(&project, &mut sources, &|_| Ok(None));
    assert_eq!((outputs.len(), findings), (tables::OUTPUTS.len(), Vec::new()));
    (sources, [project], outputs)
}

#[divan::bench(args = [10, 1_000])]
fn bind_and_render_into_8_outputs(bencher: Bencher, services: usize) {
    let text = tables::with_outputs(services);
    let (mut sources, project) = read(&text);
    let projects = [project];
    let project = sound(&projects, &sources);
    bencher.bench_local(|| {
        let (outputs, _) = target::bind(&project, &mut sources, &|_| Ok(None));
        let rendering = render::render(&mut sources, project, &outputs);
        assert_eq!(rendering.outputs.len(), outputs.len(), "{:?}", rendering.findings);
        rendering
    });
}

/// Every drawing of a map with ten ranges.
#[divan::bench(args = [10, 1_000])]
fn draw_map_as_html_svg_and_text(bencher: Bencher, services: u16) {
    let range = |from: u16, to: u16| PortRange::parse(&format!("{from}-{to}")).expect("a range");
    let bands = (0..10).map(|index| {
        let first = 20_000 + index * 500;
        Band::new(format!("range {index}"), BandKind::Range, range(first, first + 299).into())
    });
    let entry = |index: u16| {
        let port = 20_000 + index % 10 * 500 + index / 10 * 5 / 2;
        let name = format!("service-{index}");
        Entry { note: name.to_uppercase(), ..Entry::new(range(port, port), name, Holder::Service) }
    };
    let map = PortMap::arrange("shop".to_owned(), bands.collect(), (0..services).map(entry).collect());
    bencher.bench(|| {
        [MapFormat::Html, MapFormat::Svg, MapFormat::Text]
            .map(|format| map.draw(format, &Appearance::PLAIN).len())
    });
}

/// What is to be written of a rendered table.
fn wanted(project: &Project, rendering: &Rendering) -> Vec<Wanted> {
    let of = |rendered: &render::Rendered| {
        let (text, comment) = (rendered.text.clone(), rendered.comment.clone());
        let content = match rendered.mode {
            Mode::File => Content::File { text, comment },
            Mode::Block => Content::Block {
                id: rendered.id.clone(),
                text,
                comment,
                assignment: None,
                anchor: Anchor::End,
            },
        };
        Wanted {
            declared: project.outputs[rendered.output].path.place,
            path: rendered.path.clone(),
            local: false,
            label: rendered.target.clone(),
            content,
        }
    };
    rendering.outputs.iter().map(of).collect()
}

/// The files as a first render leaves them.
fn on_disk(wanted: &[Wanted], sources: &mut Sources) -> BTreeMap<RelativePath, Existing> {
    let first = plan::plan(wanted, &BTreeMap::new(), sources, Options::default());
    let written = first.steps.into_iter().map(|step| {
        let source = sources.add(step.path.as_str(), step.after.unwrap_or_default());
        (step.path, Existing::Text { source, read_only: false })
    });
    written.collect()
}

#[divan::bench(args = [10, 1_000])]
fn plan_8_outputs_that_are_as_they_should_be(bencher: Bencher, services: usize) {
    let (mut sources, projects, outputs) = bound(services);
    let project = sound(&projects, &sources);
    let rendering = render::render(&mut sources, project, &outputs);
    let wanted = wanted(&project, &rendering);
    let existing = on_disk(&wanted, &mut sources);
    bencher.bench(|| {
        let plan = plan::plan(&wanted, &existing, &sources, Options::default());
        assert_eq!((plan.changes().count(), plan.is_refused()), (0, false));
        plan
    });
}

fn judged(findings: usize) -> (Sources, Verdict) {
    let (sources, project) = read(&tables::in_pairs(findings));
    let projects = [project];
    let found = check::check_table(&projects);
    let verdict = check::judge(&projects, &sources, found, check::Strictness::default());
    assert_eq!(verdict.findings.len(), findings);
    (sources, verdict)
}

#[divan::bench(args = ["full", "concise", "json", "github", "sarif"])]
fn report_1000_findings(bencher: Bencher, format: &str) {
    let (sources, verdict) = judged(1_000);
    let format = report::find(format).expect("a format");
    let report = Report {
        findings: &verdict.findings,
        summary: Some(verdict.summary()),
        ..Report::new("check", false, &sources)
    };
    bencher.bench(|| {
        let mut out = Vec::new();
        (format.write)(&report, &Appearance::PLAIN, &mut out).expect("a vector takes every byte");
        out
    });
}
