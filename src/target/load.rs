//! Finds the target of an output: a built-in one, or the project's own files.

use std::borrow::Cow;

use super::{SharedTarget, Spec, Target, TemplateFile, comment, find, includes};
use crate::diagnostic::{Finding, did_you_mean, printable};
use crate::model::{Comment, Output, OutputKind, RelativePath};
use crate::source::{Place, Sources, Spanned};

/// Reads a file of the project: `None` where there is none.
///
/// # Errors
/// A clause saying why a file that exists cannot be read.
pub type ReadFile<'a> = dyn Fn(&RelativePath) -> Result<Option<String>, String> + 'a;

/// How many templates one template may include.
const MOST_INCLUDES: usize = 64;

/// Loads targets, each only once.
pub(super) struct Loader<'a> {
    pub(super) sources: &'a mut Sources,
    pub(super) read: &'a ReadFile<'a>,
    loaded: Vec<SharedTarget>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(sources: &'a mut Sources, read: &'a ReadFile<'a>) -> Self {
        Self { sources, read, loaded: Vec::new() }
    }

    /// The target of an output.
    pub(super) fn target_of(&mut self, output: &Output) -> Result<SharedTarget, Box<Finding>> {
        match &output.kind {
            OutputKind::Target(name) => self.built_in(name),
            OutputKind::Template(path) => self.own(path, output).map(SharedTarget::new),
        }
    }

    fn built_in(&mut self, name: &Spanned<String>) -> Result<SharedTarget, Box<Finding>> {
        if let Some(known) = self.loaded.iter().find(|target| target.id == name.value) {
            return Ok(known.clone());
        }
        let Some(files) = find(&name.value) else { return Err(unknown_target(name).into()) };
        let spec = files.spec().cloned().map_err(|error| {
            Finding::new(
                "template-error",
                name.place,
                format!("the metadata of {} is broken: {error}", files.id),
            )
        })?;
        let template = TemplateFile {
            name: "template.j2".to_owned(),
            shown: format!("built-in template {}/template.j2", files.id),
            text: Cow::Borrowed(files.template),
        };
        let id = files.id.to_owned();
        let target = SharedTarget::new(Target { id, built_in: true, spec, template, includes: Vec::new() });
        self.loaded.push(target.clone());
        Ok(target)
    }

    /// A template, or a folder with a `target.toml`, in the project.
    fn own(&mut self, path: &Spanned<RelativePath>, output: &Output) -> Result<Target, Box<Finding>> {
        if path.extension().is_none()
            && let Some(target) = self.folder(path)?
        {
            return Ok(target);
        }
        if let Some(text) = self.text_of(path.place, &path.value)? {
            return self.single(path, text, output);
        }
        self.folder(path)?.ok_or_else(|| {
            Finding::new("unknown-name", path.place, format!("the template {} does not exist", path.value))
                .label("no such file in the project")
                .help("`template` names a file, or a folder with a `target.toml`, beside ports.toml")
                .into()
        })
    }

    fn single(
        &mut self,
        path: &Spanned<RelativePath>,
        text: String,
        output: &Output,
    ) -> Result<Target, Box<Finding>> {
        let spec = Spec::of_template(comment_of(output)?);
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let template = TemplateFile { name: name.to_owned(), shown: path.to_string(), text: text.into() };
        let includes = self.includes_of(folder, &template)?;
        Ok(Target { id: name_of(path), built_in: false, spec, template, includes })
    }

    /// The target in a folder; `None` where it has no `target.toml`.
    fn folder(&mut self, path: &Spanned<RelativePath>) -> Result<Option<Target>, Box<Finding>> {
        let inside = |name: &str| RelativePath::parse(&format!("{}/{name}", path.value));
        let Ok(metadata_path) = inside("target.toml") else { return Ok(None) };
        let Some(metadata) = self.text_of(path.place, &metadata_path)? else { return Ok(None) };
        let spec = Spec::parse(&metadata).map_err(|error| {
            let message = printable(&error.message).into_owned();
            let range = error.range.unwrap_or(0..0);
            let source = self.sources.add(metadata_path.as_str(), metadata.as_str());
            Finding::new("template-error", Place::new(source, range), message)
                .related(path.place, "used here")
        })?;
        let missing = || {
            Finding::new(
                "unknown-name",
                path.place,
                format!("the template {}/{} does not exist", path.value, printable(&spec.template)),
            )
            .help("`template` in target.toml names a file in the same folder")
        };
        let template_path = inside(&spec.template).map_err(|_| missing())?;
        let text = self.text_of(path.place, &template_path)?.ok_or_else(missing)?;
        let template = TemplateFile {
            name: spec.template.clone(),
            shown: template_path.to_string(),
            text: Cow::Owned(text),
        };
        let includes = self.includes_of(path.as_str(), &template)?;
        Ok(Some(Target { id: name_of(path), built_in: false, spec, template, includes }))
    }

    /// Every template that `first` names, and that those name, from `folder`.
    fn includes_of(&mut self, folder: &str, first: &TemplateFile) -> Result<Vec<TemplateFile>, Box<Finding>> {
        let mut found: Vec<TemplateFile> = Vec::new();
        let mut next = 0;
        let mut current = first.clone();
        loop {
            for (name, range) in includes::names(&current.text) {
                if name == first.name || found.iter().any(|file| file.name == name) {
                    continue;
                }
                let place = |loader: &mut Self| {
                    let source = loader.sources.add(current.shown.as_str(), current.text.as_ref());
                    Place::new(source, range.clone())
                };
                if found.len() == MOST_INCLUDES {
                    let message = format!("more than {MOST_INCLUDES} templates are included");
                    return Err(Finding::new("template-error", place(self), message).into());
                }
                let Ok(path) = RelativePath::parse(name) else {
                    return Err(outside(place(self), name).into());
                };
                let full = if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") };
                let Ok(full) = RelativePath::parse(&full) else {
                    return Err(outside(place(self), name).into());
                };
                match (self.read)(&full) {
                    Ok(Some(text)) => found.push(TemplateFile {
                        name: name.to_owned(),
                        shown: full.to_string(),
                        text: Cow::Owned(text),
                    }),
                    // `ignore missing` may be meant; rendering complains where it is not.
                    Ok(None) => {}
                    Err(reason) => return Err(unreadable(place(self), &full, &reason).into()),
                }
            }
            let Some(file) = found.get(next) else { return Ok(found) };
            current = file.clone();
            next += 1;
        }
    }

    fn text_of(&self, place: Place, path: &RelativePath) -> Result<Option<String>, Box<Finding>> {
        let text = (self.read)(path).map_err(|reason| unreadable(place, path, &reason))?;
        Ok(text.map(|text| text.replace("\r\n", "\n")))
    }
}

fn unknown_target(name: &Spanned<String>) -> Finding {
    let known: Vec<&str> = super::TARGETS.iter().map(|target| target.id).collect();
    let list = format!("built-in targets: {}", known.join(", "));
    let help = match did_you_mean(&name.value, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => format!("{list}; `template = \"…\"` names one of your own"),
    };
    Finding::new("unknown-name", name.place, format!("there is no target `{}`", printable(&name.value)))
        .label("not a built-in target")
        .help(help)
}

fn unreadable(place: Place, path: &RelativePath, reason: &str) -> Finding {
    Finding::new("template-error", place, format!("cannot read {path}: {}", printable(reason)))
}

fn outside(place: Place, name: &str) -> Finding {
    let message = format!("the template `{}` is outside the template's folder", printable(name));
    Finding::new("template-error", place, message)
        .label("leads out of the folder")
        .help("a template includes files of its own folder, and of folders in it")
}

/// The comment syntax of an output with a template of one's own.
fn comment_of(output: &Output) -> Result<Comment, Box<Finding>> {
    let forms = "a prefix such as `#`, two marks such as `<!-- -->`, or `json`";
    if let Some(option) = output.options.get("comment") {
        return option.as_str().and_then(Comment::parse).ok_or_else(|| {
            Finding::new("invalid-value", option.place, format!("`comment` is {forms}"))
                .label("no comment syntax")
                .into()
        });
    }
    comment::by_path(&output.path).ok_or_else(|| {
        Finding::new(
            "invalid-value",
            output.path.place,
            format!("the comment syntax of {} is not known", output.path.value),
        )
        .label("needs a header or markers in comments")
        .help(format!("say it with `options = {{ comment = \"#\" }}`: {forms}"))
        .into()
    })
}

/// The last part of a path without extensions, made into a name.
fn name_of(path: &RelativePath) -> String {
    let stem = path.file_name().trim_start_matches('.').split('.').next().unwrap_or_default();
    let plain = |character: char| match character.to_ascii_lowercase() {
        fine @ ('a'..='z' | '0'..='9' | '_' | '-') => fine,
        _ => '-',
    };
    let name: String = stem.chars().map(plain).collect();
    let name = name.trim_start_matches(['-', '_']);
    if name.is_empty() { "template".to_owned() } else { name.to_owned() }
}
