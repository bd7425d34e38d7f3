//! Every example of `docs/templates.md` renders what stands below it.

use super::run;

/// The fences of a text: what stands behind the backticks, and what is inside.
fn fences(text: &str) -> Vec<(&str, String)> {
    let mut fences = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => open = Some((kind, String::new())),
            (Some(_), Some(_)) => fences.extend(open.take()),
            (None, Some((_, inside))) => *inside += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    fences
}

#[test]
fn every_example_of_the_page_is_true() {
    let fences = fences(include_str!("../../../docs/templates.md"));
    let (_, table) = fences.iter().find(|(kind, _)| *kind == "toml table").expect("the page's table");
    let table =
        format!("{table}\n[[output]]\npath = \"out\"\ntemplate = \"t.j2\"\noptions = {{ comment = \"#\" }}");
    let mut examples = 0;
    for pair in fences.windows(2) {
        let [(kind, template), (_, expect)] = pair else { continue };
        if *kind != "jinja" {
            continue;
        }
        let outcome = run(&table, &[("t.j2", template)]);
        assert_eq!(outcome.words(), Vec::<String>::new(), "{template}");
        assert_eq!(outcome.rendering.outputs[0].text, *expect, "{template}");
        examples += 1;
    }
    assert_eq!(examples, fences.iter().filter(|(kind, _)| *kind == "text").count());
    assert!(examples >= 6, "{examples}");
}
