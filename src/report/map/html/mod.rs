//! The map as one page of HTML that needs nothing else: no network, no script
//! but a plain one to filter, which it also does without.
//!
//! Everything that is drawn is also in a table, and every port of the picture
//! leads to its row. The content security policy allows the page's own style
//! and script, by their hashes, and nothing else.

use sha2::{Digest, Sha256};

use super::escape::escape;
use super::layout::{Cell, Line, Run, lines};
use super::palette::{DARK, LIGHT, Palette};
use super::{Band, BandKind, Entry, Holder, PortMap, svg};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Ports of a row; two rows stand beside each other where there is room.
const WIDTH: u16 = 50;

pub(super) fn draw(map: &PortMap) -> String {
    let style = style();
    let title = escape(&map.title);
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT)
    );
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Ports of {title}</title>\n\
         <style>{style}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#ports\">Skip to the ports</a>\n\
         <header>\n<h1>{title}</h1>\n<p class=\"faint\">{}</p>\n",
        escape(&map.summary())
    );
    out += &svg::space(map);
    out += &legend(map);
    out += "</header>\n";
    out += &form(map);
    out += "<main id=\"ports\">\n";
    if map.entries().next().is_none() {
        out += NOTHING;
    }
    out += &contents(map);
    let mut ids = Ids::default();
    for index in 0..map.bands.len() {
        out += &section(map, index, &mut ids);
    }
    out += "<p id=\"none\" hidden>No port is like that.</p>\n</main>\n";
    out += &footer(map);
    out += &format!("<script>{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

/// The style with its colours, and a class for each column and each width.
fn style() -> String {
    let colours = |palette: &Palette| {
        let Palette { ground, ink, faint, line, free, kept, taken, other, bad } = palette;
        format!(
            "--ground:{ground};--ink:{ink};--faint:{faint};--line:{line};--free:{free};--kept:{kept};--taken:{taken};--other:{other};--bad:{bad}"
        )
    };
    let dark = format!("@media (prefers-color-scheme:dark){{:root{{{}}}}}", colours(&DARK));
    let mut out = format!(":root{{{}}}\n{dark}\n", colours(&LIGHT));
    for column in 1..WIDTH {
        out += &format!(".c{column}{{left:calc(var(--w)*{column})}}");
    }
    out += "\n";
    for width in 2..=WIDTH {
        out += &format!(".cells .w{width}{{width:calc(var(--w)*{width} - 1px)}}");
    }
    // What is said of a port on the right opens to the left.
    let right: Vec<String> = (WIDTH / 2..WIDTH).map(|column| format!(".cells a.c{column}::after")).collect();
    format!("{out}\n{STYLE}{}{{left:auto!important;right:-4px}}", right.join(","))
}

/// A source expression of a content security policy.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text)))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0);
            out.push(if at <= chunk.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    out
}

/// What stands where no service has a port.
const NOTHING: &str = "<p>No service has a port yet: <code>portgen add NAME</code> declares one, \
    <code>portgen init</code> makes a table of what the files say.</p>\n";

/// What the signs mean that may be there: those of the pictures, then those
/// that only the bar of all ports has.
fn legend(map: &PortMap) -> String {
    let has = |wanted: &dyn Fn(&Entry) -> bool| map.entries().any(wanted);
    let is_there = |wanted: &[BandKind]| map.bands.iter().any(|band| wanted.contains(&band.kind));
    let kept = is_there(&[BandKind::Reserved, BandKind::Machine]);
    let items = [
        (has(&|entry| entry.holder.is_own()), "taken", "a service"),
        (has(&|entry| !entry.collides.is_empty()), "bad", "a collision"),
        (has(&|entry| !entry.holder.is_own()), "foreign", "of others on this machine"),
        (has(&|entry| entry.listening.is_some()), "on", "somebody listens"),
        (kept, "kept", "reserved"),
        (has_inner(map), "inner", "in a range of its own"),
        (true, "free", "free"),
        (is_there(&[BandKind::Project, BandKind::Pool]), "frame", "in the bar: a project"),
        (is_there(&[BandKind::Range]), "range", "in the bar: a range"),
        (kept, "solid", kept_word(map)),
    ];
    let items = items.iter().filter(|(is_there, ..)| *is_there);
    let items: String =
        items.map(|(_, class, word)| format!("<li><i class=\"{class}\"></i>{word}</li>\n")).collect();
    format!("<ul class=\"legend\" aria-label=\"Signs\">\n{items}</ul>\n")
}

/// What the bar has in grey.
fn kept_word(map: &PortMap) -> &'static str {
    let has = |kind| map.bands.iter().any(|band| band.kind == kind);
    match (has(BandKind::Reserved), has(BandKind::Machine)) {
        (true, true) => "in the bar: reserved, or kept by this machine (outgoing connections and the like)",
        (false, true) => "in the bar: kept by this machine (outgoing connections and the like)",
        _ => "in the bar: reserved",
    }
}

/// Whether a picture has ports of a narrower range in it.
fn has_inner(map: &PortMap) -> bool {
    let is_inner = |line: &Line<'_>| match line {
        Line::Row { runs, .. } => runs.iter().any(|run| run.cell == Cell::Inner),
        Line::Gap(_) => false,
    };
    (0..map.bands.len()).any(|index| lines(map, index, WIDTH).iter().any(is_inner))
}

/// The filter, which only the script shows.
fn form(map: &PortMap) -> String {
    let collisions = map.entries().filter(|entry| !entry.collides.is_empty()).count();
    let only = if collisions > 0 {
        format!("<label><input type=\"checkbox\" id=\"bad\">Only collisions ({collisions})</label>\n")
    } else {
        String::new()
    };
    format!(
        "<form role=\"search\" hidden>\n<label>Filter <input type=\"search\" id=\"find\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"name, number, variable\"></label>\n\
         {only}<output aria-live=\"polite\"></output>\n</form>\n"
    )
}

/// The ranges, each with how full it is.
fn contents(map: &PortMap) -> String {
    if map.bands.len() < 2 {
        return String::new();
    }
    let mut out = String::from(
        "<section aria-labelledby=\"ranges\">\n<h2 id=\"ranges\">Ranges</h2>\n<table>\n<thead><tr><th scope=\"col\">Range<th scope=\"col\">Ports<th scope=\"col\" class=\"number\">Taken</thead>\n<tbody>\n",
    );
    for (index, band) in map.bands.iter().enumerate() {
        let ports = if band.kind == BandKind::Other { String::new() } else { band.shown_ports() };
        out += &format!(
            "<tr><td><a href=\"#band{index}\">{}</a><td>{ports}<td class=\"number\">{}\n",
            escape(&band.title),
            escape(band.count().trim_end_matches(" taken"))
        );
    }
    out + "</tbody>\n</table>\n</section>\n"
}

fn section(map: &PortMap, index: usize, ids: &mut Ids) -> String {
    let band = &map.bands[index];
    let ports = if band.kind == BandKind::Other { String::new() } else { band.shown_ports() };
    let mut out = format!(
        "<section class=\"ports\" aria-labelledby=\"band{index}\">\n<h2 id=\"band{index}\">{} <small>{ports}</small></h2>\n",
        escape(&band.title)
    );
    let note = band.note.as_deref().map(|note| format!(": {}", escape(note))).unwrap_or_default();
    out += &format!("<p class=\"faint\">{}{note}</p>\n", escape(&band.count()));
    if let Some(waiting) = band.waiting_line() {
        out += &format!("<p class=\"faint\">{}</p>\n", escape(&waiting));
    }
    if band.entries.is_empty() {
        return out + "</section>\n";
    }
    let label = escape(&format!("Ports of {}", band.title));
    if band.kind == BandKind::Other {
        out += &format!("<div class=\"chips\" role=\"group\" aria-label=\"{label}\">\n");
        out.extend(band.entries.chunk_by(|one, two| one.ports == two.ports).map(chip));
    } else {
        out += &format!("<div class=\"grid\" role=\"group\" aria-label=\"{label}\">\n");
        out.extend(lines(map, index, WIDTH).iter().map(line));
    }
    out += "</div>\n";
    out + &table(band, &label, ids) + "</section>\n"
}

fn line(line: &Line<'_>) -> String {
    match line {
        Line::Gap(ports) => {
            format!("<p class=\"gap\">{} nothing taken</p>\n", ports.to_string().replace('-', "\u{2013}"))
        }
        Line::Row { first, runs } => {
            let cells: String = runs.iter().map(|run| cell(*first, run)).collect();
            format!(
                "<div class=\"row\"><b aria-hidden=\"true\">{first}</b><div class=\"cells\">{cells}</div></div>\n"
            )
        }
    }
}

fn cell(first: u16, run: &Run<'_>) -> String {
    let place = |class: &str| {
        let width = if run.len > 1 { format!(" w{}", run.len) } else { String::new() };
        format!("<i class=\"c{} {class}{width}\"></i>", run.column)
    };
    match &run.cell {
        Cell::Free => String::new(),
        Cell::Outside => place("none"),
        Cell::Inner => place("inner"),
        Cell::Kept => place("kept"),
        Cell::Taken(entries) => {
            let port = usize::from(first) + run.column;
            let target = entries.first().map(|entry| entry.ports.first()).map_or(0, |port| port.get());
            let class = mark_class(entries.iter().copied());
            let class = format!("c{} {class}", run.column);
            format!(
                "<a class=\"{}\" href=\"#{target}\" aria-label=\"{port} {}\"></a>",
                class.trim(),
                names(entries.iter().copied())
            )
        }
    }
}

fn chip(entries: &[Entry]) -> String {
    let ports = entries.first().map(|entry| entry.ports.to_string()).unwrap_or_default();
    let target = entries.first().map_or(0, |entry| entry.ports.first().get());
    let class = mark_class(entries.iter());
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    format!("<a{class} href=\"#{target}\" title=\"{}\">{ports}</a>\n", names(entries.iter()))
}

/// How a port is marked; the mark of an own service is the plain one.
fn mark_class<'a>(mut entries: impl Iterator<Item = &'a Entry> + Clone) -> String {
    let mut class = Vec::new();
    if entries.clone().any(|entry| !entry.collides.is_empty()) {
        class.push("bad");
    } else if !entries.clone().any(|entry| entry.holder.is_own()) {
        class.push("foreign");
    }
    if entries.any(|entry| entry.listening.is_some() && entry.holder != Holder::Listener) {
        class.push("on");
    }
    class.join(" ")
}

fn names<'a>(entries: impl Iterator<Item = &'a Entry> + Clone) -> String {
    let names: Vec<&str> = entries.clone().map(|entry| entry.service.as_str()).collect();
    let is_bad = entries.clone().any(|entry| !entry.collides.is_empty());
    escape(&format!("{}{}", names.join(", "), if is_bad { ": collision" } else { "" }))
}

/// Every port of a band, with columns for what any of them has.
fn table(band: &Band, label: &str, ids: &mut Ids) -> String {
    let has_variable = band.entries.iter().any(|entry| !entry.note.is_empty());
    let has_remark = band.entries.iter().any(|entry| !entry.remarks().is_empty());
    let column = |is_there: bool, name: &str| {
        if is_there { format!("<th scope=\"col\">{name}") } else { String::new() }
    };
    let mut out = format!(
        "<div class=\"rows\"><table>\n<caption class=\"said\">{label}</caption>\n<thead><tr><th scope=\"col\">Port<th scope=\"col\">Service{}{}</thead>\n<tbody>\n",
        column(has_variable, "Variable"),
        column(has_remark, "Remarks")
    );
    for entry in &band.entries {
        let class = match (entry.collides.is_empty(), entry.holder.is_own()) {
            (false, _) => " class=x",
            (true, false) => " class=f",
            (true, true) => "",
        };
        let id = ids.next(entry);
        out += &format!("<tr id={id}{class}><th scope=row>{}<td>{}", entry.ports, escape(&entry.service));
        if has_variable {
            let variable = escape(&entry.note);
            out +=
                &if variable.is_empty() { "<td>".to_owned() } else { format!("<td><code>{variable}</code>") };
        }
        if has_remark {
            out += &format!("<td>{}", escape(&entry.remarks().join("; ")));
        }
        out.push('\n');
    }
    out + "</tbody>\n</table></div>\n"
}

/// Names of rows: the port, and `_2` and so on where it stands twice.
#[derive(Default)]
struct Ids {
    used: std::collections::BTreeMap<u16, u32>,
}

impl Ids {
    fn next(&mut self, entry: &Entry) -> String {
        let port = entry.ports.first().get();
        let count = self.used.entry(port).or_default();
        *count += 1;
        if *count == 1 { port.to_string() } else { format!("{port}_{count}") }
    }
}

fn footer(map: &PortMap) -> String {
    let machine = if map.has_machine {
        "What others on this machine have is as of the moment this page was made. "
    } else {
        "What this page shows is what the files say. "
    };
    format!(
        "<footer>\n<p>{machine}<span class=\"keys\"><kbd>/</kbd> filters, <kbd>Esc</kbd> clears; in a picture, the arrow keys go from port to port and <kbd>Enter</kbd> to its row.</span></p>\n</footer>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::map::fixture;

    #[test]
    fn base64_is_that_of_the_standard() {
        let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, expect) in pairs {
            assert_eq!(base64(text.as_bytes()), expect);
        }
    }

    #[test]
    fn names_are_escaped_and_nothing_is_fetched() {
        let page = draw(&fixture::map());
        assert!(page.contains("Ports of shop &lt;&amp;&gt;"));
        assert_eq!(page.matches("<script>").count(), 1, "only its own");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{1b}[2J"));
        assert!(!page.contains('\u{1b}') && !page.contains("http:") && !page.contains("https:"));
        assert!(!page.contains(" style=") && !page.contains(" onclick"), "the policy would refuse it");
    }

    #[test]
    fn every_link_leads_to_a_name_that_is_there_once() {
        let page = draw(&fixture::map());
        let ids: Vec<&str> = page
            .split("id=")
            .skip(1)
            .map(|rest| rest.trim_start_matches('"').split(['"', '>', ' ', '\n']).next().unwrap_or(""))
            .collect();
        for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(ids.iter().filter(|id| **id == target).count(), 1, "{target}: {ids:?}");
        }
        assert!(ids.contains(&"2001") && ids.contains(&"2001_2"), "{ids:?}");
    }

    #[test]
    fn what_collides_is_said_in_words() {
        let page = draw(&fixture::map());
        assert!(page.contains("aria-label=\"2001 admin, api: collision\""), "{page}");
        assert!(page.contains("collides with admin"));
        assert!(page.contains("worker gets a number of it on each machine"));
        assert_eq!(draw(&fixture::map()), page);
    }

    #[test]
    fn every_sign_of_the_bar_is_explained_and_an_empty_page_says_what_to_do() {
        let page = draw(&fixture::map());
        for class in ["frame", "range", "solid"] {
            assert!(page.contains(&format!("<li><i class=\"{class}\"></i>in the bar: ")), "{class}");
        }
        assert!(!page.contains("No service has a port yet"));
        let nothing = draw(&PortMap::arrange("shop".to_owned(), Vec::new(), Vec::new()));
        assert!(nothing.contains("No service has a port yet"), "{nothing}");
        assert!(!nothing.contains("in the bar"), "{nothing}");
    }
}
