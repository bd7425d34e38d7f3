//! reStructuredText: tables of ports, URLs and commands in the text.

use std::ops::Range;

use super::document::line::{bullet, lines, shift, trimmed};
use super::document::{self, Block, Fence, drawn};
use super::{FileKind, Reader};

/// Reads `*.rst`, but not what records the past.
pub static READER: Reader = Reader {
    name: "rst",
    summary: "tables, URLs and commands of reStructuredText documents",
    takes: |path| path.has_extension(&["rst", "rest"]) && path.kind() != FileKind::History,
    knows: document::may_speak_of_ports,
    read: |path, text, reading| document::read(path, text, &blocks(text), reading),
};

/// Directives whose text is shown as it is.
const CODE: &[&str] =
    &["code-block", "code", "sourcecode", "parsed-literal", "prompt", "console", "terminal", "literal"];

/// Directives whose text is no text: pictures, formulas, what once was.
const SKIPPED: &[&str] = &[
    "raw", "math", "graphviz", "toctree", "image", "figure", "versionadded", "versionchanged", "deprecated",
    "include", "literalinclude", "uml", "mermaid", "digraph", "plantuml", "doctest", "testcode", "testoutput",
    "ipython", "index", "meta", "contents", "highlight", "kernel-doc", "kernel-figure", "kernel-render",
    "bibliography", "replace", "unicode", "date", "role", "default-role",
];

/// The blocks of a text.
fn blocks(text: &str) -> Vec<Block> {
    let mut parser = Parser { text, lines: lines(text), next: 0, blocks: Vec::new(), marks: Vec::new() };
    while parser.next < parser.lines.len() {
        parser.step();
    }
    parser.blocks
}

struct Parser<'t> {
    text: &'t str,
    lines: Vec<Range<usize>>,
    next: usize,
    blocks: Vec<Block>,
    /// What headings are drawn with, and whether above too: the outermost first.
    marks: Vec<(char, bool)>,
}

impl<'t> Parser<'t> {
    /// A line without the blanks around it.
    fn inner(&self, index: usize) -> Option<Range<usize>> {
        let line = self.lines.get(index)?;
        Some(shift(&trimmed(&self.text[line.clone()], 0..line.len()), line.start))
    }

    fn written(&self, index: usize) -> &'t str {
        self.inner(index).map_or("", |inner| &self.text[inner])
    }

    fn indentation(&self, index: usize) -> usize {
        let line = self.lines.get(index).map_or("", |line| &self.text[line.clone()]);
        line.len() - line.trim_start().len()
    }

    /// The line behind the last that is indented deeper than a line.
    fn body_end(&self, index: usize) -> usize {
        let base = self.indentation(index);
        let mut end = index + 1;
        for line in index + 1..self.lines.len() {
            if self.written(line).is_empty() {
                continue;
            }
            if self.indentation(line) <= base {
                break;
            }
            end = line + 1;
        }
        end
    }

    fn step(&mut self) {
        let Some(inner) = self.inner(self.next) else { return };
        let line = &self.text[inner.clone()];
        if line.is_empty() {
            self.blocks.push(Block::Blank);
            self.next += 1;
        } else if drawn::is_grid_border(line) {
            let (grid, next) = drawn::grid_table(self.text, &self.lines, self.next);
            self.blocks.push(Block::Table(grid));
            self.next = next;
        } else if drawn::is_simple_border(line) {
            let (grid, next) = drawn::simple_table(self.text, &self.lines, self.next);
            self.blocks.push(Block::Table(grid));
            self.next = next;
        } else if line == ".." || line.starts_with(".. ") {
            self.explicit(inner);
        } else if line.starts_with(">>> ") || line == "__" || mark_of(line).is_some() && !self.is_overline() {
            self.blocks.push(Block::Blank);
            self.next += 1;
        } else if !self.heading() {
            self.text_line(inner);
        }
    }

    /// Whether the line is drawn above a heading.
    fn is_overline(&self) -> bool {
        let mark = mark_of(self.written(self.next));
        mark.is_some()
            && mark == mark_of(self.written(self.next + 2))
            && !self.written(self.next + 1).is_empty()
            && mark_of(self.written(self.next + 1)).is_none()
    }

    /// Takes a heading with the line below it, and the one above.
    fn heading(&mut self) -> bool {
        let is_over = self.is_overline();
        let at = self.next + usize::from(is_over);
        let Some(mark) = mark_of(self.written(at + 1)) else { return false };
        let begins = is_over || !matches!(self.blocks.last(), Some(Block::Line(_) | Block::Item(_)));
        let line = self.written(at);
        if !begins || self.indentation(at + 1) > 0 || (bullet(line) > 0 && !line.starts_with(|first: char| first.is_ascii_digit())) {
            return false;
        }
        let level = self.marks.iter().position(|other| *other == (mark, is_over)).unwrap_or_else(|| {
            self.marks.push((mark, is_over));
            self.marks.len() - 1
        });
        let Some(inner) = self.inner(at) else { return false };
        self.blocks.push(Block::Heading(u8::try_from(level + 1).unwrap_or(u8::MAX), inner));
        self.next = at + 2;
        true
    }

    /// A line of text; `::` at its end says that what is indented below is shown as it is.
    fn text_line(&mut self, inner: Range<usize>) {
        let line = &self.text[inner.clone()];
        let item = line.strip_prefix("#. ").map_or_else(|| bullet(line), |rest| line.len() - rest.trim_start().len());
        let is_literal = line.ends_with("::");
        let end = inner.end - usize::from(is_literal);
        let content = inner.start + item..end.max(inner.start + item);
        self.blocks.push(if item > 0 { Block::Item(content) } else { Block::Line(content) });
        if is_literal {
            let end = self.body_end(self.next);
            self.fence(inner.end..inner.end, self.next + 1, end);
            self.next = end;
        } else {
            self.next += 1;
        }
    }

    fn fence(&mut self, info: Range<usize>, from: usize, end: usize) {
        let from = (from..end).find(|&line| !self.written(line).is_empty());
        let Some(first) = from.and_then(|from| self.lines.get(from)) else { return };
        let body_end = self.lines.get(end).map_or(self.text.len(), |line| line.start);
        self.blocks.push(Block::Fence(Fence { info, body: first.start..body_end }));
    }

    /// `.. name:: arguments`, a target, a note, or a comment.
    fn explicit(&mut self, inner: Range<usize>) {
        let line = &self.text[inner.clone()];
        let rest = line[2..].trim_start();
        let start = inner.end - rest.len();
        if rest.starts_with(['_', '[']) {
            self.blocks.push(Block::Line(start + 1..inner.end));
            self.next += 1;
            return;
        }
        let is_of_name = |character: char| character.is_alphanumeric() || "-_.+:".contains(character);
        let name = rest.find("::").map(|end| &rest[..end]).filter(|name| !name.is_empty() && name.chars().all(is_of_name));
        let Some(name) = name else {
            self.next = self.body_end(self.next);
            return;
        };
        let arguments = start + name.len() + 2..inner.end;
        self.directive(name, shift(&trimmed(&self.text[arguments.clone()], 0..arguments.len()), arguments.start));
    }

    fn directive(&mut self, name: &str, arguments: Range<usize>) {
        let is_option = |&line: &usize| self.written(line).starts_with(':');
        let body = self.next + 1 + (self.next + 1..self.lines.len()).take_while(is_option).count();
        let is_text = !CODE.contains(&name) && !SKIPPED.contains(&name) && !name.ends_with("-table");
        if is_text {
            // What is in it is text as any other.
            if !arguments.is_empty() {
                self.blocks.push(Block::Line(arguments));
            }
            self.next = body;
            return;
        }
        let end = self.body_end(self.next).max(body);
        if CODE.contains(&name) {
            self.fence(arguments, body, end);
        } else if name == "list-table" {
            let grid = drawn::list_table(self.text, &self.lines[body..end]);
            self.blocks.push(Block::Table(grid));
        } else if name == "csv-table" {
            let header = (self.next + 1..body).find_map(|line| {
                let inner = self.inner(line)?;
                let rest = self.text[inner.clone()].strip_prefix(":header:")?;
                Some(inner.end - rest.len()..inner.end)
            });
            let grid = drawn::csv_table(self.text, header, &self.lines[body..end]);
            self.blocks.push(Block::Table(grid));
        }
        self.next = end;
    }
}

/// The mark that a line is drawn with.
fn mark_of(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(char::is_ascii_punctuation)?;
    (line.len() >= 3 && mark != ':' && line.chars().all(|other| other == mark)).then_some(mark)
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn tables_of_every_shape_are_read() {
        check(
            "docs/ports.rst",
            "Ports\n=====\n\n+-----------+-------+--------------+\n| Service   | Port  | Variable     |\n+===========+=======+==============+\n| **Mock**  | 9400  | ``IDP_PORT`` |\n| long name |       |              |\n+-----------+-------+--------------+\n| web       | 8080  | text                |\n+-----------+-------+--------------+\n",
            &["7:15 9400 State variable=IDP_PORT service=Mock ~", "10:15 8080 State service=web ~"],
        );
        check(
            "README.rst",
            "====== =====\nName   Port\n====== =====\napi    8000\nwörld  3000\n------ -----\n       3001\nspans both 9\n====== =====\n\ntext\n",
            &[
                "4:8 8000 State service=api ~",
                "5:8 3000 State service=wörld ~",
                "7:8 3001 State service=wörld ~",
            ],
        );
        check(
            "README.rst",
            ".. list-table:: Ports\n   :header-rows: 1\n\n   * - Service\n     - Port\n   * - api\n     - 8000\n   * - web\n\n       more\n     -\n       3000\n",
            &["7:8 8000 State service=api ~", "12:8 3000 State service=web more ~"],
        );
        check(
            "README.rst",
            ".. csv-table::\n   :header: \"Service\", \"Port\"\n\n   \"api, main\", 8000\n   web, \"3000\"\n",
            &["4:17 8000 State service=api, main ~", "5:10 3000 State service=web ~"],
        );
    }

    #[test]
    fn sentences_and_code_are_read() {
        check(
            "README.rst",
            "Run it::\n\n    docker run -p 9000:90 x\n\n.. code-block:: yaml\n\n   services:\n     web:\n       ports:\n         - \"8080:80\"\n\nSee `Kibana <http://localhost:5601>`_ and ``http://localhost:1``.\n",
            &[
                "3:19 9000 State container=90 confidence=Medium ~",
                "10:13 8080 State service=web container=80 ~",
                "12:31 5601 State host=localhost service=Kibana confidence=Medium ~",
                "12:62 1 State host=localhost confidence=Medium ~",
            ],
        );
        check(
            "README.rst",
            ".. code-block:: bash\n   :caption: port\n\n   docker run -p 9000:90 x\n",
            &["4:18 9000 State container=90 confidence=Medium ~"],
        );
    }

    #[test]
    fn what_is_no_text_gives_nothing() {
        for text in [
            ".. A comment on port 8080\n   and port 8081\n\ntext\n",
            ".. versionchanged:: 2.0\n   The port 8080\n",
            ".. code-block:: python\n\n   port = 8080\n",
            "Support\n=======\n\n====  ====\nPort  Pin\n====  ====\n1     5\n====  ====\n",
            ">>> port 8080\n",
        ] {
            check("README.rst", text, &[]);
        }
        check("CHANGES.rst", "port 8080\n", &["no reader"]);
    }

    #[test]
    fn hostile_texts_cost_no_more_than_their_length() {
        for piece in ["+-", "= ", "== ==\n", "+--+\n", "| ", "* - \n", ".. a::\n", " a::\n", "a\n==\n", "===\na\n"] {
            let text = format!("port 8080\n\n{}\n", piece.repeat(200_000 / piece.len()));
            let found = crate::readers::testing::sightings("README.rst", &text);
            assert_ne!(found, ["no reader"], "{piece}");
        }
    }
}
