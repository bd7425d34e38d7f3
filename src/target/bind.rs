//! Gives each output its target, mode, id, comment syntax and options.

use std::collections::HashMap;

use super::load::{Loader, ReadFile};
use super::{SharedTarget, options};
use crate::diagnostic::Finding;
use crate::model::{BlockId, Comment, Data, Mode, Output, Project};
use crate::source::{Sources, Spanned};

/// An output with its target, everything defaulted and checked.
#[derive(Clone, Debug)]
pub struct BoundOutput {
    /// Its index among the project's outputs.
    pub index: usize,
    /// What it is made with.
    pub target: SharedTarget,
    /// How much of the file is owned.
    pub mode: Mode,
    /// The id on its markers.
    pub id: BlockId,
    /// The comment syntax of the file.
    pub comment: Comment,
    /// The value of each option; `None` where neither it nor a default is given.
    pub options: Vec<(String, Option<Spanned<Data>>)>,
}

impl BoundOutput {
    /// Whether its block belongs inside what a person wrote, by its options.
    pub fn is_placed_by_hand(&self) -> bool {
        let is_given =
            |name: &str, value: &str| self.option(name).and_then(|data| data.as_str()) == Some(value);
        self.target.spec.by_hand_with.iter().any(|(name, value)| is_given(name, value))
    }

    /// The value of an option.
    pub fn option(&self, name: &str) -> Option<&Spanned<Data>> {
        self.options.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.as_ref())
    }
}

/// Binds every output of a project; an output with a mistake is left out.
///
/// Templates of the project's own are read through `read`, and their text is
/// added to `sources` where a finding points into it.
pub fn bind(
    project: &Project,
    sources: &mut Sources,
    read: &ReadFile<'_>,
) -> (Vec<BoundOutput>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut loader = Loader::new(sources, read);
    let mut bound = Vec::new();
    for (index, output) in project.outputs.iter().enumerate() {
        match bind_one(index, output, &mut loader, &mut findings) {
            Ok(output) => bound.push(output),
            Err(finding) => findings.push(*finding),
        }
    }
    check_paths(project, &bound, &mut findings);
    check_patches(project, &bound, &mut findings);
    (bound, findings)
}

fn bind_one(
    index: usize,
    output: &Output,
    loader: &mut Loader<'_>,
    findings: &mut Vec<Finding>,
) -> Result<BoundOutput, Box<Finding>> {
    let target = loader.target_of(output)?;
    let spec = &target.spec;
    let options = options::resolve(&output.options, spec, &target.id, findings);
    let file_option = spec.file_mode_with.as_ref().and_then(|name| output.options.get(name));
    let default_mode = if file_option.is_some() { Mode::File } else { spec.mode };
    let mode = output.mode.as_ref().map_or(default_mode, |mode| mode.value);
    let comment = spec.comment.clone();
    if mode == Mode::Block && comment == Comment::JsonKey {
        let place = output.mode.as_ref().map_or(output.place, |mode| mode.place);
        return Err(Box::new(
            Finding::new("invalid-value", place, "a format without comments has no blocks")
                .label("cannot be `block`")
                .help("leave `mode` out: the whole file is rendered"),
        ));
    }
    let id = match &output.id {
        Some(id) => id.value.clone(),
        None => BlockId::parse(&target.id).map_err(|error| {
            let message = format!("`{}` cannot be the id of a block: {error}", target.id);
            Box::new(Finding::new("invalid-value", output.place, message).help("give the output an `id`"))
        })?,
    };
    Ok(BoundOutput { index, mode, id, comment, options, target })
}

/// One path has one owner, or several blocks with different ids.
fn check_paths(project: &Project, bound: &[BoundOutput], findings: &mut Vec<Finding>) {
    let output_of = |bound: &BoundOutput| project.outputs.get(bound.index);
    // Two paths are one file on systems that ignore case.
    let mut files: HashMap<String, Owners<'_>> = HashMap::new();
    for (position, current) in bound.iter().enumerate() {
        let Some(output) = output_of(current) else { continue };
        let owners = files.entry(output.path.as_str().to_lowercase()).or_default();
        let earlier = owners.in_the_way_of(current).and_then(|position| bound.get(position));
        if let Some((earlier, first)) = earlier.and_then(|earlier| Some((earlier, output_of(earlier)?))) {
            findings.push(twice(current, output, earlier, first));
        }
        owners.add(position, current);
    }
}

/// The positions of the outputs that own a file, or blocks in it.
#[derive(Default)]
struct Owners<'a> {
    first: Option<usize>,
    first_of_whole_file: Option<usize>,
    first_of_block: HashMap<&'a str, usize>,
}

impl<'a> Owners<'a> {
    fn in_the_way_of(&self, output: &BoundOutput) -> Option<usize> {
        if output.mode == Mode::File {
            return self.first;
        }
        let same = self.first_of_block.get(output.id.as_str()).copied();
        self.first_of_whole_file.into_iter().chain(same).min()
    }

    fn add(&mut self, position: usize, output: &'a BoundOutput) {
        self.first.get_or_insert(position);
        if output.mode == Mode::File {
            self.first_of_whole_file.get_or_insert(position);
        }
        self.first_of_block.entry(output.id.as_str()).or_insert(position);
    }
}

fn twice(current: &BoundOutput, output: &Output, earlier: &BoundOutput, first: &Output) -> Finding {
    let path = &output.path.value;
    if current.mode == Mode::Block && earlier.mode == Mode::Block {
        let place = output.id.as_ref().map_or(output.path.place, |id| id.place);
        let first_place = first.id.as_ref().map_or(first.path.place, |id| id.place);
        return Finding::new(
            "invalid-value",
            place,
            format!("{path} has two blocks with the id `{}`", current.id),
        )
        .label("and again here")
        .related(first_place, "first used here")
        .help("give one of them another `id`");
    }
    Finding::new("invalid-value", output.path.place, format!("{path} is rendered twice"))
        .label("and again here")
        .related(first.path.place, "first rendered here")
        .help("one file has several outputs only where all are `mode = \"block\"` with different ids")
}

/// A patch and a whole-file output cannot own the same number.
fn check_patches(project: &Project, bound: &[BoundOutput], findings: &mut Vec<Finding>) {
    for patch in &project.patches {
        let path = patch.path.as_str().to_lowercase();
        let owner = bound
            .iter()
            .filter(|bound| bound.mode == Mode::File)
            .filter_map(|bound| project.outputs.get(bound.index))
            .find(|output| output.path.as_str().to_lowercase() == path);
        if let Some(output) = owner {
            findings.push(
                Finding::new(
                    "invalid-value",
                    patch.path.place,
                    format!("{} is rendered as a whole", patch.path.value),
                )
                .label("patched here")
                .related(output.path.place, "rendered here")
                .help("a patch changes a file that a person wrote: drop one of the two"),
            );
        }
    }
}
