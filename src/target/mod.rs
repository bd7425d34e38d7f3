//! What a target is: metadata, options, casing of names, and what an output is bound to.
//!
//! A target is one folder, `templates/<id>/`, with `target.toml` and a
//! template. The built-in ones are named once, in `targets!`; a project's own
//! are folders of the same layout, or a single template. This room knows no
//! target's text.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

mod bind;
mod casing;
mod comment;
mod includes;
mod load;
mod options;
mod spec;

pub use bind::{BoundOutput, bind};
pub use casing::{Casing, camel, constant, kebab, pascal, snake};
pub use load::ReadFile;
pub use spec::{Boolean, OptionKind, OptionSpec, Reader, Spec, SpecError};

/// A built-in target's files, as they stand under `templates/`.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name, and its folder's.
    pub id: &'static str,
    /// The text of its `target.toml`.
    pub metadata: &'static str,
    /// The text of its template.
    pub template: &'static str,
    spec: OnceLock<Result<Spec, SpecError>>,
}

/// Names every built-in target once: its folder, and its place in [`TARGETS`].
macro_rules! targets {
    ($($id:ident)*) => {
        /// Every built-in target, in the order of the documentation.
        pub static TARGETS: &[BuiltIn] = &BUILT_IN;

        static BUILT_IN: [BuiltIn; [$(stringify!($id)),*].len()] = [$(BuiltIn {
            id: stringify!($id),
            metadata: include_str!(concat!("../../templates/", stringify!($id), "/target.toml")),
            template: include_str!(concat!("../../templates/", stringify!($id), "/template.j2")),
            spec: OnceLock::new(),
        }),*];
    };
}

targets! {
    dotenv
    compose
    procfile
    python
    angular
    markdown
    json
    typescript
    shell
    batch
    powershell
    caddy
    cloudflared
}

/// The built-in target of a name.
pub fn find(id: &str) -> Option<&'static BuiltIn> {
    TARGETS.iter().find(|target| target.id == id)
}

impl BuiltIn {
    /// Its metadata, parsed at the first call.
    ///
    /// # Errors
    /// Where its `target.toml` is no metadata, which a test rules out.
    pub fn spec(&self) -> Result<&Spec, &SpecError> {
        self.spec.get_or_init(|| Spec::read(self.metadata)).as_ref()
    }

    /// Its files, each with its path inside the target's folder, for `eject`.
    pub fn files(&self) -> [(&'static str, &'static str); 2] {
        [("target.toml", self.metadata), ("template.j2", self.template)]
    }
}

/// A template's text and the name that findings show it under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// The name that `include` uses: a path inside the template's folder.
    pub name: String,
    /// What a finding calls it: the path in the project, or `built-in template …`.
    pub shown: String,
    /// Its text.
    pub text: Cow<'static, str>,
}

/// A target that an output can be made with: a built-in one, or the project's own.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name: the folder's, or the template's without its extension.
    pub id: String,
    /// Whether it is one of [`TARGETS`].
    pub built_in: bool,
    /// Its metadata.
    pub spec: Spec,
    /// Its template.
    pub template: TemplateFile,
    /// The templates that it includes, directly or through others.
    pub includes: Vec<TemplateFile>,
}

/// A target shared by the outputs that use it.
pub type SharedTarget = Arc<Target>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares the list with the folder")]
    fn every_folder_of_templates_is_listed_and_parses() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let entries = std::fs::read_dir(root).expect("a folder").map(|entry| entry.expect("an entry"));
        // The one file there is no target: GitLab looks for its components in this folder.
        let folders = entries.filter(|entry| entry.file_type().expect("a type").is_dir());
        let mut folders: Vec<String> =
            folders.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect();
        folders.sort();
        let mut listed: Vec<&str> = TARGETS.iter().map(|target| target.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, folders);
        for target in TARGETS {
            let spec = Spec::parse(target.metadata).unwrap_or_else(|error| panic!("{}: {error}", target.id));
            assert_eq!(spec.template, "template.j2", "{}", target.id);
            assert!(!spec.description.ends_with('.'), "{}", target.id);
        }
    }
}
