//! What documents run of the images that they build: `docker build -t shop .`,
//! and further down `docker run -p 8080:8000 shop`.

use std::collections::BTreeSet;

use super::File;
use super::disagreement::Statement;
use crate::readers::FileKind;
use crate::readers::compose::Texts;
use crate::source::{Place, Span};

/// A container's port that a document maps, of an image that it builds above.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The path of the Dockerfile that the image is built by.
    pub(super) dockerfile: String,
    /// The container's port.
    pub(super) statement: Statement,
}

/// Every such port.
pub(super) fn runs(files: &[File], texts: &Texts<'_>) -> Vec<Run> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_document() && file.path().kind() == FileKind::Plain) {
        let all = file.reading.sightings.iter();
        let mut mapped = all.filter(|sighting| sighting.container.is_some()).peekable();
        if mapped.peek().is_none() {
            continue;
        }
        let text = texts.sources.get(file.source).text();
        let built = built_images(text);
        let title = title(text);
        for sighting in mapped {
            let (Some(ports), start) = (sighting.container, sighting.span.range().end) else { continue };
            let line = command_line(&text[start..]);
            let Some(digits) = container_digits(line) else { continue };
            let is_its =
                |word: &str| built.contains(word) || title.as_deref().is_some_and(|title| is_of(word, title));
            if line.split_ascii_whitespace().any(is_its) {
                let span = Span::new(start + 1, start + 1 + digits);
                let place = Place { source: file.source, span };
                let statement = Statement { ports, place, role: "mapped" };
                found.push(Run { dockerfile: file.path().join("Dockerfile").unwrap_or_default(), statement });
            }
        }
    }
    found
}

/// A command to its end, that of lines which go on included.
fn command_line(text: &str) -> &str {
    let mut end = 0;
    for line in text.split_inclusive('\n').take(30) {
        end += line.len();
        if !line.trim_end().ends_with('\\') {
            break;
        }
    }
    text[..end].trim_end()
}

/// What a document is about, by its first heading.
fn title(text: &str) -> Option<String> {
    let line = text.lines().take(60).find_map(|line| line.strip_prefix("# "))?;
    let title: String = line.chars().filter(|one| one.is_alphanumeric()).collect();
    (title.len() > 2).then(|| title.to_lowercase())
}

/// Whether a word is the image of what a document is about: `somebody/shop:latest` of `# Shop`.
fn is_of(word: &str, title: &str) -> bool {
    let Some((_, name)) =
        word.rsplit_once('/').filter(|(owner, _)| !owner.starts_with(['.', '/', '$', '-', '"']))
    else {
        return false;
    };
    let name = name.split([':', '@']).next().unwrap_or(name);
    !word.contains("://")
        && name.chars().filter(|one| one.is_alphanumeric()).collect::<String>().to_lowercase() == title
}

/// How many digits follow the colon that a line begins with.
fn container_digits(line: &str) -> Option<usize> {
    let digits = line.strip_prefix(':')?.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then_some(digits)
}

/// The names of the images that a text builds in the folder that it lies in.
fn built_images(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for line in text.lines().filter(|line| line.contains("docker build")) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_here =
            words.contains(&".") && !words.iter().any(|word| *word == "-f" || word.starts_with("--file"));
        for pair in words.windows(2).filter(|pair| is_here && matches!(pair[0], "-t" | "--tag")) {
            names.insert(pair[1]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_built_here_or_elsewhere() {
        for (text, expected) in [
            ("docker build -t shop .", &["shop"][..]),
            ("$ docker build . --tag shop:dev && docker run shop", &["shop:dev"]),
            ("docker build -t shop api", &[]),
            ("docker build -f other.Dockerfile -t shop .", &[]),
            ("docker run -t shop .", &[]),
        ] {
            assert_eq!(built_images(text).into_iter().collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(container_digits(":8000 shop"), Some(4));
        assert_eq!(container_digits(" 8000"), None);
    }
}
