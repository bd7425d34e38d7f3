//! What documents, scripts and Makefiles run of the images that they build:
//! `docker build -t shop .`, and further down `docker run -p 8080:8000 shop`;
//! and what a cluster runs of the one image that a repository builds.

use std::collections::BTreeMap;

use super::contradictions::hosted::slice;
use super::disagreement::Statement;
use super::units::{Unit, is_own_port_variable};
use super::{File, Seen};
use crate::facts::{image_name, known_image};
use crate::readers::compose::Texts;
use crate::readers::{Context, FileKind, FilePath, Role, Sighting, Variant, join};
use crate::source::{Place, Span};

/// A container's port that somebody maps, of an image that is built here.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// The path of the Dockerfile that the image is built by.
    pub(super) dockerfile: String,
    /// The container's port.
    pub(super) statement: Statement,
    /// What an env file tells the program, where the command names one.
    pub(super) told: Option<Statement>,
}

/// How many of one file are looked at.
const MOST_RUNS: usize = 256;

/// Every such port.
pub(super) fn runs(files: &[File], units: &[Unit], texts: &Texts<'_>) -> Vec<Run> {
    let mut found = of_clusters(files, units);
    for file in files.iter().filter(|file| may_run(file)) {
        let all = file.reading.sightings.iter();
        let mut mapped = all.filter(|sighting| sighting.container.is_some()).peekable();
        if mapped.peek().is_none() {
            continue;
        }
        let text = texts.sources.get(file.source).text();
        let built = built_images(text);
        let title = title(text).filter(|_| file.is_document());
        for sighting in mapped.take(MOST_RUNS) {
            let (Some(ports), start) = (sighting.container, sighting.span.range().end) else { continue };
            let line = command_line(&text[start..]);
            let Some(digits) = container_digits(line) else { continue };
            let words = || line.split_ascii_whitespace();
            let by_build = words().find_map(|word| built.get(word).cloned());
            let is_title = |word: &str| title.as_deref().is_some_and(|title| is_of(word, title));
            let by_title = || words().any(is_title).then(|| "Dockerfile".to_owned());
            if let Some(dockerfile) = by_build.or_else(by_title) {
                let span = Span::new(start + 1, start + 1 + digits);
                let place = Place { source: file.source, span };
                let statement = Statement { ports, place, role: "mapped" };
                let told = told(files, file, line);
                found.push(Run { dockerfile: beside(files, file, &dockerfile), statement, told });
            }
        }
    }
    found
}

fn may_run(file: &File) -> bool {
    let is_read = file.is_document() || matches!(file.reader, "shell" | "makefile" | "workflow");
    is_read && file.path().kind() == FileKind::Plain
}

/// A path as a command of a file means it: in the file's folder, or in the root,
/// which scripts of their own folder are started in.
fn beside(files: &[File], file: &File, path: &str) -> String {
    let is_there = |path: &String| files.iter().any(|other| other.path == *path);
    let own = file.path().join(path).unwrap_or_default();
    let root = || join("", path).filter(|_| !file.is_document()).filter(is_there);
    if is_there(&own) { own } else { root().unwrap_or(own) }
}

/// What the env file of a command says of the program's own port; a template
/// speaks for the file that is made of it.
fn told(files: &[File], file: &File, line: &str) -> Option<Statement> {
    // What the command itself sets wins.
    if line.contains("PORT=") {
        return None;
    }
    let rest = &line[line.find("--env-file")? + "--env-file".len()..];
    let named = rest.trim_start_matches(['=', ' ', '"', '\'']);
    let named = named.split([' ', '"', '\'', '\\', '\n', '`']).next().filter(|name| !name.is_empty())?;
    let names = ["", ".example", ".sample", ".template", ".dist"];
    let found = names.iter().find_map(|end| {
        let path = beside(files, file, &format!("{named}{end}"));
        files.iter().find(|other| other.is_env_file() && other.path == path)
    })?;
    let is_own = |one: &&Sighting| {
        one.role == Role::Assign && one.context == Context::Code && one.variable.as_deref() == Some("PORT")
    };
    let own = found.reading.sightings.iter().find(is_own)?;
    let place = Place { source: found.source, span: own.span };
    Some(Statement { ports: own.ports, place, role: "told to listen on" })
}

/// The ports of containers that a cluster runs of images which are built here.
fn of_clusters(files: &[File], units: &[Unit]) -> Vec<Run> {
    let is_plain =
        |file: &&File| file.path().kind() == FileKind::Plain && file.path().variant() == Variant::None;
    let dockerfiles: Vec<&File> =
        files.iter().filter(|file| file.reader == "dockerfile").filter(is_plain).collect();
    let clusters: Vec<&File> =
        files.iter().filter(|file| file.reader == "kubernetes").filter(is_plain).collect();
    let images: std::collections::BTreeSet<String> = clusters
        .iter()
        .flat_map(|file| &file.reading.objects)
        .flat_map(|object| &object.images)
        .filter(|image| known_image(image).is_none())
        .map(|image| image_name(image))
        .collect();
    // A Dockerfile that states no port is not among the files.
    let is_built_elsewhere =
        |only: &File| units.iter().flat_map(|unit| &unit.dockerfiles).any(|path| *path != only.path);
    let built = |image: &str| {
        let mut paths = units.iter().flat_map(|unit| &unit.dockerfiles);
        paths.find(|path| FilePath::new(path).folder().rsplit('/').next() == Some(image)).cloned()
    };
    let dockerfile = |image: &str| {
        let is_its = |file: &&&File| file.path().folder().rsplit('/').next() == Some(image);
        let mut named = dockerfiles.iter().filter(is_its);
        match (&dockerfiles[..], named.next(), named.next()) {
            (_, Some(one), None) => Some(one.path.clone()),
            (_, None, _) if built(image).is_some() => built(image),
            ([only], None, _) if images.len() == 1 && !is_built_elsewhere(only) => Some(only.path.clone()),
            _ => None,
        }
    };
    let mut found = Vec::new();
    for file in clusters {
        for object in file.reading.objects.iter().take(MOST_RUNS) {
            let [image] = &object.images[..] else { continue };
            // What it is told may move it.
            if object.is_told || known_image(image).is_some() || image.contains(['$', '{']) {
                continue;
            }
            let Some(dockerfile) = dockerfile(&image_name(image)) else { continue };
            let listed: Vec<Seen<'_>> = listed(file, &object.name);
            found.extend(listed.into_iter().map(|seen| Run {
                dockerfile: dockerfile.clone(),
                statement: Statement {
                    ports: seen.sighting.ports,
                    place: seen.place(),
                    role: "the container's port",
                },
                told: None,
            }));
        }
    }
    found
}

/// The one port that the containers of an object list, if nothing tells them another.
fn listed<'a>(file: &'a File, name: &str) -> Vec<Seen<'a>> {
    let own = || {
        let is_its = |one: &&Sighting| one.service.as_deref() == Some(name) && one.context == Context::Code;
        file.reading.sightings.iter().filter(is_its)
    };
    let is_listed = |one: &&Sighting| one.variable.as_deref() == Some("containerPort");
    let tells = |one: &Sighting| {
        one.role == Role::Listen || one.variable.as_deref().is_some_and(is_own_port_variable)
    };
    let all: Vec<Seen<'a>> = own().filter(is_listed).map(|sighting| Seen { file, sighting }).collect();
    if all.len() == 1 && !own().any(tells) { all } else { Vec::new() }
}

/// A command to its end, that of lines which go on included.
fn command_line(text: &str) -> &str {
    // Nobody writes a longer one, and the time must not be the square of one line.
    let text = slice(text, 0, 4096);
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

/// The names of the images that a text builds, and the Dockerfile of each.
fn built_images(text: &str) -> BTreeMap<&str, String> {
    let mut names = BTreeMap::new();
    for (at, command) in text.match_indices("docker build") {
        let line = command_line(&text[at + command.len()..]);
        let Some((name, dockerfile)) = built_image(line.split('`').next().unwrap_or(line)) else { continue };
        names.entry(name).or_insert(dockerfile);
    }
    names
}

/// The name that the words behind `docker build` give an image, and its Dockerfile.
fn built_image(line: &str) -> Option<(&str, String)> {
    const TAKING: &[&str] = &["--build-arg", "--target", "--platform", "--progress", "--network", "--label"];
    let (mut name, mut file, mut folder) = (None, None, None);
    let mut words = line.split_ascii_whitespace().filter(|word| *word != "\\");
    while let Some(word) = words.next() {
        match word {
            "-t" | "--tag" => name = name.or(words.next()),
            "-f" | "--file" => file = words.next(),
            "&&" | "||" | ";" | "|" => break,
            _ if TAKING.contains(&word) => drop(words.next()),
            _ if word.starts_with("--tag=") => name = name.or(word.strip_prefix("--tag=")),
            _ if word.starts_with("--file=") => file = word.strip_prefix("--file="),
            _ if word.starts_with('-') => {}
            _ => folder = folder.or(Some(word)),
        }
    }
    let folder = folder?.trim_end_matches(';');
    let path = match file {
        Some(file) => file.to_owned(),
        None if folder == "." => "Dockerfile".to_owned(),
        None => format!("{}/Dockerfile", folder.trim_end_matches('/')),
    };
    let is_told = !path.contains(['$', '<', '{']) && !FilePath::new(&path).name().is_empty();
    name.filter(|_| is_told).map(|name| (name, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_built_here_or_elsewhere() {
        for (text, expected) in [
            ("docker build -t shop .", &[("shop", "Dockerfile")][..]),
            ("$ docker build . --tag shop:dev && docker run shop", &[("shop:dev", "Dockerfile")]),
            ("docker build --build-arg A=b -t shop \\\n  ./api\n", &[("shop", "./api/Dockerfile")]),
            ("docker build -f other.Dockerfile -t shop .", &[("shop", "other.Dockerfile")]),
            ("\tdocker build -t $(IMAGE) .\n", &[("$(IMAGE)", "Dockerfile")]),
            ("docker build -t shop $HERE", &[]),
            ("docker run -t shop .", &[]),
        ] {
            let built = built_images(text);
            let built: Vec<(&str, &str)> = built.iter().map(|(name, path)| (*name, path.as_str())).collect();
            assert_eq!(built, expected, "{text}");
        }
        assert_eq!(container_digits(":8000 shop"), Some(4));
        assert_eq!(container_digits(" 8000"), None);
    }
}
