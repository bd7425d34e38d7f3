//! What variables are set to for Compose: `.env` beside the project, and env
//! files that are named. The environment of a shell is never looked at.

use std::collections::HashMap;

use super::set::Texts;
use crate::readers::dotenv;
use crate::readers::interpolation::{Stretch, Text, Values, fill};
use crate::readers::{FilePath, path};
use crate::source::{Place, SourceId};

/// Templates that stand in for a `.env` that is not there, the first that is.
const TEMPLATES: [&str; 10] = [
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "example.env",
    "env.example",
    ".example.env",
    "sample.env",
    "env.sample",
    ".env.defaults",
];

/// Variables and their values.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    values: HashMap<String, Text>,
    /// The names, in the order of their first assignment.
    names: Vec<String>,
}

impl Values for Environment {
    fn value(&self, name: &str) -> Option<&Text> {
        self.values.get(name)
    }
}

/// Two environments, of which the first one wins.
struct Both<'a>(&'a Environment, &'a Environment);

impl Values for Both<'_> {
    fn value(&self, name: &str) -> Option<&Text> {
        self.0.value(name).or_else(|| self.1.value(name))
    }
}

impl Environment {
    /// What the `.env` of a folder sets, or the template that stands in for
    /// it; what the files set that were named instead.
    pub(super) fn of_folder(folder: &str, texts: &mut Texts<'_>) -> Self {
        let mut environment = Self::default();
        let named = texts.env_files().to_vec();
        for source in named.iter().filter_map(|path| texts.open(path)).collect::<Vec<_>>() {
            environment.read(source, texts, &Self::default());
        }
        if !named.is_empty() {
            return environment;
        }
        let names = std::iter::once(".env").chain(TEMPLATES);
        for name in names {
            let Some(source) = path::join(folder, name).and_then(|path| texts.open_env_file(&path)) else { continue };
            environment.read(source, texts, &Self::default());
            break;
        }
        environment
    }

    /// Whether a folder has a `.env` of its own, or a template for it.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Reads an env file, whose values win over those that are there. Values of
    /// `outer` are seen by its variables, and win over its own.
    pub(super) fn read(&mut self, source: SourceId, texts: &Texts<'_>, outer: &Self) {
        let text = texts.sources.get(source).text();
        for one in dotenv::assignments(text) {
            let is_exact = text.get(one.place.range()) == Some(one.value.as_str());
            let stretch = Stretch { place: Place { source, span: one.place }, is_exact };
            let value = if one.is_literal {
                Text::plain(one.value, stretch)
            } else {
                fill(&one.value, stretch, &Both(outer, self))
            };
            self.set(one.name, value);
        }
    }

    /// Takes over what another one sets and this one does not.
    pub(super) fn complete(&mut self, other: &Self) {
        for (name, value) in other.iter() {
            if !self.values.contains_key(name) {
                self.set(name.to_owned(), value.clone());
            }
        }
    }

    /// The variables in the order in which they were set first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.names.iter().filter_map(|name| Some((name.as_str(), self.values.get(name)?)))
    }

    fn set(&mut self, name: String, value: Text) {
        if self.values.insert(name.clone(), value).is_none() {
            self.names.push(name);
        }
    }
}

/// The folder of a path.
pub(super) fn folder_of(path: &str) -> &str {
    FilePath::new(path).folder()
}
