//! What documents have people start, folder by folder, and what they say that
//! it then listens on.

use super::File;
use super::contradictions::pointed::is_page;
use super::dialect::{in_markdown, is_asciidoc};
use super::places::{Known, configured, headed, said_before, side_of};
use super::steps::{Step, steps};
use crate::readers::words::{is_loopback, is_wildcard};
use crate::readers::{Context, Side, Sighting, join};

/// How a document says what a program listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By a line of the folder's env file.
    Setting,
    /// By what the program prints, by a sentence, by a request to it.
    Sentence,
    /// By where people are to look once it is started.
    Page,
    /// By its name before a URL: `Frontend: http://localhost:3000`.
    Label,
}

/// What a document says of the program of a folder.
#[derive(Clone, Debug)]
pub(super) struct Claim<'a> {
    /// The folder.
    pub(super) folder: String,
    /// How it says so.
    pub(super) way: Way,
    /// Where it is said.
    pub(super) file: &'a File,
    /// The number.
    pub(super) sighting: &'a Sighting,
}

/// Everything that a document, or what a script prints, says of programs of folders.
pub(super) fn claims<'a>(file: &'a File, text: &str, known: &Known<'_>) -> Vec<Claim<'a>> {
    let mut walk =
        Walk { known, claims: Vec::new(), state: State::default(), is_script: !file.is_document() };
    let mut sightings = file.reading.sightings.iter().peekable();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let end = at + raw.len();
        let marked = in_markdown(raw, is_asciidoc(file));
        while sightings.next_if(|one| one.span.range().start < at).is_some() {}
        let line = walk.line(&marked);
        if let Some(line) = line {
            walk.pass(line);
        }
        while let Some(sighting) = sightings.next_if(|one| one.span.range().start < end) {
            let before = raw.get(..sighting.span.range().start - at).unwrap_or("");
            if let Some((folder, way)) = line.and_then(|line| walk.claim(line, before, sighting)) {
                walk.claims.push(Claim { folder, way, file, sighting });
            }
        }
        at = end;
    }
    walk.claims
}

/// Where in the document the walk is.
#[derive(Clone, Debug, Default)]
struct State {
    /// The headings above, without that of the document, with their depths.
    headings: Vec<(usize, String)>,
    /// The folder that the nearest heading, title or comment names a side of.
    named: Option<String>,
    /// The folder that commands are in.
    place: Option<String>,
    /// The folder whose program was started last, and nothing since.
    started: Option<String>,
    /// The last line of text.
    lead: String,
    is_in_fence: bool,
    /// The folder whose env file the fence shows.
    listed: Option<String>,
}

struct Walk<'k, 'f> {
    known: &'k Known<'k>,
    claims: Vec<Claim<'f>>,
    state: State,
    is_script: bool,
}

/// Words of headings and sentences of what is otherwise: another way, another
/// time, another machine.
const OTHERWISE: &str = "option opción opcion opção opcao alternative alternatively alternativa alternativas another \
     other different otro otra outro outra change changing changes cambiar cambia cambie mudar alterar trocar e.g \
     example ejemplo exemplo production producción produccion produção prod deploy deployment deploying \
     container containers compose kubernetes heroku vercel conflict conflicts previously formerly old legacy \
     suppose want custom customize override either staging preview remote vps ec2 optional 可选 修改 \
     更改 例如 生产";

fn is_otherwise(text: &str) -> bool {
    let lower = text.to_lowercase();
    let has = lower
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '.'))
        .any(|word| super::names::is_one_of(OTHERWISE, word.trim_matches('.')) && !word.is_empty());
    let is_condition = lower.contains("if ")
        && !["check if", "see if", "verify if", "if needed", "if necessary"]
            .iter()
            .any(|words| lower.contains(words));
    has || is_condition
}

impl<'k, 'f> Walk<'k, 'f> {
    /// A line as people read it; of a script only what it prints.
    fn line<'t>(&self, raw: &'t str) -> Option<&'t str> {
        let line = raw.trim().trim_start_matches("> ");
        if !self.is_script {
            return Some(line);
        }
        let printed = line.strip_prefix("echo ").or_else(|| line.strip_prefix("Write-Host "))?;
        Some(printed.trim_start_matches("-e ").trim_matches(['"', '\'', ' ']))
    }

    fn pass(&mut self, line: &str) {
        let state = &mut self.state;
        if line.starts_with("```") || line.starts_with("~~~") {
            state.is_in_fence = !state.is_in_fence;
            state.listed = None;
            if state.is_in_fence {
                self.open();
            }
            return;
        }
        if line.is_empty() {
            return;
        }
        if !state.is_in_fence && line.starts_with('#') {
            return self.enter(line);
        }
        let comment = line.strip_prefix('#').map(str::trim).filter(|_| state.is_in_fence);
        if let Some(comment) = comment {
            if let Some(named) = side_of(comment, self.known) {
                state.named = named;
            }
            return;
        }
        if !state.is_in_fence {
            line.clone_into(&mut state.lead);
            if let Some(named) = side_of(line, self.known).filter(|_| is_title(line)) {
                (state.named, state.started) = (named, None);
            }
        }
        self.run(line);
    }

    fn enter(&mut self, line: &str) {
        let depth = line.bytes().take_while(|byte| *byte == b'#').count();
        let heading = line.trim_matches(['#', ' ']);
        let state = &mut self.state;
        state.headings.retain(|(other, _)| *other < depth);
        if depth > 1 {
            state.headings.push((depth, heading.to_owned()));
        }
        heading.clone_into(&mut state.lead);
        (state.place, state.started, state.listed) = (None, None, None);
        let own = side_of(heading, self.known);
        let above = || {
            let named =
                state.headings.iter().rev().skip(1).find_map(|(_, heading)| side_of(heading, self.known));
            named.flatten()
        };
        state.named = own.unwrap_or_else(above);
    }

    /// A fence begins: whether it shows an env file, the line above it says.
    fn open(&mut self) {
        let state = &self.state;
        let lead = &state.lead;
        if is_otherwise(lead) || self.is_elsewhere() {
            return;
        }
        let heading = state.headings.last().map_or("", |(_, heading)| heading.as_str());
        let said = [lead.as_str(), heading].into_iter().find(|text| text.contains(".env"));
        let nearby = state.named.as_ref().or(state.place.as_ref());
        self.state.listed = said.and_then(|said| self.known.env_folder(said, nearby.map(String::as_str)));
    }

    fn is_elsewhere(&self) -> bool {
        self.state
            .headings
            .iter()
            .any(|(_, heading)| is_otherwise(heading) || heading.to_lowercase().contains("docker"))
    }

    /// What the commands of a line do.
    fn run(&mut self, line: &str) {
        let is_in_fence = self.state.is_in_fence || self.is_script;
        for step in steps(line, is_in_fence) {
            let state = &mut self.state;
            match step {
                Step::Into(path) => {
                    let home = self.known.home;
                    let place = state.place.as_deref().unwrap_or(home);
                    let into = self.known.resolve(place, &path);
                    // Of a folder that is not here nothing is known.
                    state.started = None;
                    state.named = if into.is_some() { None } else { state.named.take() };
                    state.place = into;
                }
                Step::Start => {
                    let place = state.place.clone().or_else(|| state.named.clone());
                    state.started = Some(place.unwrap_or_else(|| self.known.home.to_owned()));
                }
                Step::StartIn(path) => {
                    let home = self.known.home;
                    state.started = self.known.resolve(state.place.as_deref().unwrap_or(home), &path);
                }
                Step::StartAll => {
                    let place = state.place.as_deref().unwrap_or(self.known.home);
                    state.started = join(place, "Procfile");
                }
                Step::Otherwise => state.started = None,
            }
        }
    }

    /// The folder whose program a number is said of, and whether by a setting.
    fn claim(&self, line: &str, before: &str, sighting: &Sighting) -> Option<(String, Way)> {
        let state = &self.state;
        let is_own = sighting.host.as_deref().is_none_or(|host| is_loopback(host) || is_wildcard(host));
        let is_said = sighting.context == Context::Prose || self.is_script;
        if !is_own || !is_said || sighting.side == Side::Container || sighting.ports.len() != 1 {
            return None;
        }
        if let Some(folder) = state.listed.as_ref().filter(|_| sighting.variable.is_some()) {
            let is_shown = state.is_in_fence && !before.contains('#');
            let comment = line.split_once('#').map_or("", |(_, comment)| comment);
            return (is_shown && !is_otherwise_noted(comment)).then(|| (folder.clone(), Way::Setting));
        }
        if sighting.variable.is_some()
            || sighting.container.is_some()
            || is_otherwise(before)
            || self.is_elsewhere()
        {
            return None;
        }
        let said = said_before(before, self.known).or_else(|| configured(before, self.known));
        if let Some(folder) = said.or_else(|| headed(before, self.known)) {
            return Some((folder, Way::Sentence));
        }
        let named = side_of(before, self.known);
        if let Some(folder) = state.started.as_ref().filter(|_| is_answer(before, line)) {
            let is_another = named.is_some_and(|named| named.as_ref() != Some(folder))
                || self.known.is_front(folder) && is_of_a_server(before);
            return (!is_another).then(|| (folder.clone(), Way::Sentence));
        }
        let may_open = |folder: &&String| self.known.is_plain || self.known.is_front(folder);
        let opens = state.started.as_ref().filter(may_open);
        let is_page =
            is_opened(before) || self.known.is_plain && is_label(before) && is_page(label_of(before));
        if let Some(folder) = opens.filter(|_| named.is_none() && is_page && sighting.host.is_some()) {
            return Some((folder.clone(), Way::Page));
        }
        let asks = state.is_in_fence && line.trim_start_matches("$ ").starts_with("curl ") && is_health(line);
        if sighting.host.is_some() && is_label(before) {
            return named.flatten().map(|folder| (folder, Way::Label));
        }
        asks.then(|| state.named.clone()).flatten().map(|folder| (folder, Way::Sentence))
    }
}

/// Whether the comment behind a value says that it may be another one.
fn is_otherwise_noted(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    ["change", "cambia", "example", "e.g", "or ", "any", "if ", "your"]
        .iter()
        .any(|word| lower.contains(word))
}

/// Whether a line is a heading in all but its markup.
fn is_title(line: &str) -> bool {
    line.starts_with("**") && line.trim_end_matches([':', ' ']).ends_with("**") && line.len() <= 80
}

/// Whether a line is what a program prints, or is said to, once it listens.
fn is_answer(before: &str, line: &str) -> bool {
    const ANSWERS: &[&str] = &[
        "running on",
        "running at",
        "listening on",
        "listening at",
        "started on",
        "started at",
        "starts on",
        "runs on",
        "available at",
        "available on",
        "corriendo en",
        "rodando na",
        "rodando em",
        "escuchando en",
        "local:",
        "运行在",
    ];
    let lower = before.to_lowercase();
    let is_other =
        ["debugger", "metrics", "database", "mongo", "redis", "websocket", "grpc", "admin", "docs"];
    ANSWERS.iter().any(|words| lower.contains(words))
        && !is_other.iter().any(|word| line.to_lowercase().contains(word))
}

/// What stands before a URL, with the colon behind it.
fn label_of(before: &str) -> &str {
    before.split("http").next().unwrap_or("").trim_end_matches([' ', '<', '`', '*', '[', '('])
}

/// Whether nothing but a name stands before a URL: `- **Frontend**: http://localhost:`.
fn is_label(before: &str) -> bool {
    let name = label_of(before);
    let is_short = name.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() <= 2;
    is_short && name.ends_with([':', '：'])
}

/// Whether a line speaks of a server, and not of one that only shows pages while people develop.
fn is_of_a_server(before: &str) -> bool {
    let lower = before.to_lowercase();
    let serves = ["server", "api", "backend"].iter().any(|word| lower.contains(word));
    serves && !["dev server", "development server"].iter().any(|words| lower.contains(words))
}

fn is_opened(before: &str) -> bool {
    let lower = before.to_lowercase();
    ["open ", "visit", "browser", "navigate", "go to"].iter().any(|word| lower.contains(word))
}

/// Whether a request asks a program how it is.
fn is_health(line: &str) -> bool {
    line.contains("health") || line.contains("/ping") || line.contains("/status")
}
