//! A built-in target that was copied out renders the same.

use super::run;
use crate::target::TARGETS;

#[test]
fn an_ejected_target_renders_the_same_bytes() {
    let table = include_str!("full.toml");
    for target in TARGETS {
        let folder = format!("templates/{}", target.id);
        let files: Vec<(String, &str)> =
            target.files().iter().map(|(name, text)| (format!("{folder}/{name}"), *text)).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let built_in = run(&format!("{table}\n[[output]]\npath = \"x\"\ntarget = \"{}\"", target.id), &[]);
        let ejected = run(&format!("{table}\n[[output]]\npath = \"x\"\ntemplate = \"{folder}\""), &files);
        assert_eq!(ejected.words(), Vec::<String>::new(), "{}", target.id);
        let texts = |outcome: &super::Outcome| {
            let outputs = outcome.rendering.outputs.iter();
            outputs
                .map(|output| (output.text.clone(), output.mode, output.comment.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&ejected), texts(&built_in), "{}", target.id);
        assert_eq!(texts(&ejected).len(), 1, "{}", target.id);
    }
}

#[test]
fn two_renders_are_equal_to_the_byte() {
    let outputs: String = TARGETS
        .iter()
        .map(|target| format!("\n[[output]]\npath = \"{0}\"\ntarget = \"{0}\"\n", target.id))
        .collect();
    let table = format!("{}{outputs}", include_str!("full.toml"));
    let texts =
        || run(&table, &[]).rendering.outputs.into_iter().map(|output| output.text).collect::<Vec<_>>();
    let first = texts();
    assert_eq!(first.len(), TARGETS.len());
    assert_eq!(first, texts());
}
