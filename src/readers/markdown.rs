//! Markdown: tables of ports, URLs and commands in the text.

use std::ops::Range;

use super::document::line::{bullet, is_line_of_marks, lines, shift, trimmed};
use super::document::{self, Block, Fence, Grid};
use super::{FileKind, Reader};

/// Reads `*.md`, but not what records the past.
pub static READER: Reader = Reader {
    name: "markdown",
    summary: "tables, URLs and commands of Markdown documents",
    takes: |path| {
        (path.has_extension(&["md", "markdown", "mdown", "mkd", "mdx", "mdc", "qmd"])
            || path.is_named(&["readme.txt", "ports.txt"]))
            && path.kind() != FileKind::History
    },
    knows: document::may_speak_of_ports,
    read: |path, text, reading| document::read(path, text, &blocks(text), reading),
};

/// The blocks of a text.
fn blocks(text: &str) -> Vec<Block> {
    let mut parser = Parser { text, lines: lines(text), next: 0, blocks: Vec::new() };
    parser.skip_front_matter();
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
}

impl<'t> Parser<'t> {
    fn line(&self, index: usize) -> Option<&'t str> {
        self.lines.get(index).map(|line| &self.text[line.clone()])
    }

    /// A line without quotation marks and blanks before it.
    fn inner(&self, index: usize) -> Option<Range<usize>> {
        let line = self.lines.get(index)?.clone();
        let rest = self.text[line.clone()].trim_start_matches(['>', ' ', '\t']);
        let rest = rest.trim_end();
        let start = line.end - self.text[line.clone()].trim_start_matches(['>', ' ', '\t']).len();
        Some(start..start + rest.len())
    }

    fn skip_front_matter(&mut self) {
        if self.line(0).map(str::trim_end) != Some("---") {
            return;
        }
        let end = (1..self.lines.len().min(200)).find(|&index| matches!(self.line(index).map(str::trim_end), Some("---" | "...")));
        self.next = end.map_or(0, |end| end + 1);
    }

    fn step(&mut self) {
        let Some(inner) = self.inner(self.next) else { return };
        let line = &self.text[inner.clone()];
        if line.is_empty() {
            self.blocks.push(Block::Blank);
            self.next += 1;
        } else if let Some(fence) = fence_of(line) {
            self.fence(inner, fence);
        } else if line.starts_with("<!--") {
            self.comment(inner.start);
        } else if line.len() >= 6 && line.as_bytes()[..6].eq_ignore_ascii_case(b"<table") {
            self.html_table(inner.start);
        } else if let Some((level, text)) = heading(line) {
            self.blocks.push(Block::Heading(level, shift(&text, inner.start)));
            self.next += 1;
        } else if self.is_table(line) {
            self.table();
        } else {
            self.text_line(inner);
        }
    }

    /// A line of text, with a rule below it a heading.
    fn text_line(&mut self, inner: Range<usize>) {
        let line = &self.text[inner.clone()];
        let below = self.inner(self.next + 1).map(|below| &self.text[below]);
        let is_rule = |mark: char| below.is_some_and(|below| below.len() >= 3 && below.chars().all(|other| other == mark));
        let is_paragraph = matches!(self.blocks.last(), None | Some(Block::Blank | Block::Heading(..)));
        let item = bullet(line);
        if item == 0 && is_paragraph && (is_rule('=') || is_rule('-')) && !is_line_of_marks(line) {
            self.blocks.push(Block::Heading(if is_rule('=') { 1 } else { 2 }, inner));
            self.next += 2;
            return;
        }
        self.next += 1;
        if item == 0 {
            self.blocks.push(Block::Line(inner));
            return;
        }
        // `- ```bash` opens a fence in an item.
        if let Some(fence) = fence_of(&line[item..]) {
            self.next -= 1;
            self.fence(inner.start + item..inner.end, fence);
            return;
        }
        self.blocks.push(Block::Item(inner.start + item..inner.end));
    }

    fn fence(&mut self, opening: Range<usize>, (mark, length): (u8, usize)) {
        let info = opening.start + length..opening.end;
        let closes = |index: usize| {
            let Some(inner) = self.inner(index) else { return true };
            let line = self.text[inner].as_bytes();
            line.len() >= length && line.iter().all(|&byte| byte == mark)
        };
        let end = (self.next + 1..self.lines.len()).find(|&index| closes(index)).unwrap_or(self.lines.len());
        let body = match (self.lines.get(self.next + 1), self.lines.get(end)) {
            (Some(first), Some(last)) => first.start..last.start.max(first.start),
            (Some(first), None) => first.start..self.text.len(),
            _ => self.text.len()..self.text.len(),
        };
        self.blocks.push(Block::Fence(Fence { info, body }));
        self.next = end + 1;
    }

    /// Goes behind the end of a comment.
    fn comment(&mut self, start: usize) {
        let end = memchr::memmem::find(&self.text.as_bytes()[start..], b"-->");
        let end = end.map_or(self.text.len(), |end| start + end);
        self.next = self.lines.partition_point(|line| line.start <= end).max(self.next + 1);
    }

    fn is_table(&self, line: &str) -> bool {
        let Some(below) = self.inner(self.next + 1) else { return false };
        let below = &self.text[below];
        let is_delimiter = below.contains('-') && below.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'+'));
        is_delimiter && line.contains('|') && below.contains(['|', '+'])
    }

    fn table(&mut self) {
        let Some(header) = self.inner(self.next) else { return };
        let mut grid = Grid { header: cells(self.text, header), rows: Vec::new() };
        self.next += 2;
        while let Some(row) = self.inner(self.next).filter(|row| self.text[row.clone()].contains('|')) {
            grid.rows.push(cells(self.text, row));
            self.next += 1;
        }
        self.blocks.push(Block::Table(grid));
    }

    /// A table of tags.
    fn html_table(&mut self, start: usize) {
        let (grid, end) = document::html_table(self.text, start);
        self.blocks.push(Block::Table(grid));
        self.next = self.lines.partition_point(|line| line.start < end).max(self.next + 1);
    }
}

/// The mark and the length of a fence that a line opens.
fn fence_of(line: &str) -> Option<(u8, usize)> {
    let mark = *line.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = line.bytes().take_while(|&byte| byte == mark).count();
    let is_code = mark == b'`' && line[length..].contains('`');
    (length >= 3 && !is_code).then_some((mark, length))
}

fn heading(line: &str) -> Option<(u8, Range<usize>)> {
    let level = line.bytes().take_while(|&byte| byte == b'#').count();
    let rest = line.get(level..)?;
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let text = rest.trim_end_matches(['#', ' ', '\t']);
    let start = level + text.len() - text.trim_start().len();
    Some((u8::try_from(level).unwrap_or(6), start..(level + text.len()).max(start)))
}

/// The cells of a row; a `|` behind a backslash or in code belongs to its cell.
fn cells(text: &str, row: Range<usize>) -> Vec<Range<usize>> {
    let line = &text[row.clone()];
    let bytes = line.as_bytes();
    let mut bars = Vec::new();
    let mut is_escaped = false;
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\\' => is_escaped = !is_escaped,
            b'|' if !is_escaped => bars.push(index),
            _ => is_escaped = false,
        }
    }
    let mut starts = vec![0];
    starts.extend(bars.iter().map(|bar| bar + 1));
    let ends = bars.iter().copied().chain([line.len()]);
    let mut cells: Vec<Range<usize>> = starts.into_iter().zip(ends).map(|(start, end)| trimmed(line, start..end.max(start))).collect();
    if line.starts_with('|') {
        cells.remove(0);
    }
    if line.ends_with('|') && bars.last() == Some(&(line.len() - 1)) {
        cells.pop();
    }
    cells.into_iter().map(|cell| shift(&cell, row.start)).collect()
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn tables_of_every_shape_are_read() {
        check(
            "docs/ports.md",
            "## Ports\r\n| Service | Port | Variable |\r\n|---|:-:|--|\r\n| **Mock IDP** | 9400 | `IDP_PORT` |\r\n| [web](./web) | `8080:80` | |\r\n",
            &[
                "4:18 9400 State variable=IDP_PORT service=Mock IDP ~",
                "5:19 8080 State service=web container=80 ~",
            ],
        );
        check(
            "README.md",
            "Service | Host port | Container port\n--- | --- | ---\napi | 3000 / 3001 | 80\n| | 3002 | N/A |\na \\| b | ${API_PORT} | 81\n\ndone | 9 | 9\n",
            &[
                "3:7 3000 State service=api ~",
                "3:14 3001 State service=api ~",
                "3:21 80 State Container service=api ~",
                "4:5 3002 State service=api ~",
                "5:24 81 State Container service=a | b ~",
            ],
        );
        check(
            "README.md",
            "<table>\n<tr><th>Name</th><th>Port</th></tr>\n<tr>\n<td>api</td><td>8000</td>\n</tr></table>\nport\n",
            &["4:17 8000 State service=api ~"],
        );
    }

    #[test]
    fn variables_with_defaults_are_read() {
        check(
            "README.md",
            "| Variable | Default | Description |\n|-|-|-|\n| `PORT` | `3000` | the port |\n| `API_URL` | http://localhost:8000/x | |\n| `TIMEOUT` | 5000 | |\n| `REPORT_SIZE` | 8080 | |\n",
            &["3:13 3000 State variable=PORT ~", "4:32 8000 State host=localhost variable=API_URL ~"],
        );
        check(
            "README.md",
            "| Option | Default |\n|-|-|\n| `port` | 3000 |\n",
            &["3:12 3000 State variable=port confidence=Medium ~"],
        );
    }

    #[test]
    fn columns_that_are_no_ports_give_nothing() {
        for table in [
            "| Model | Import | Support |\n|-|-|-|\n| a | 8080 | 3000 |\n",
            "| Port | Pin |\n|-|-|\n| 1 | 5 |\n| 2 | 6 |\n",
            "| Year | Exports |\n|-|-|\n| transport | 2019 |\n",
            "| Number of ports | Price |\n|-|-|\n| 1024 | 2048 |\n",
            "```\n| Service | Port |\n|-|-|\n| a | 8080 |\n```\n",
            "<!--\n| Service | Port |\n|-|-|\n| a | 8080 |\n-->\n",
        ] {
            check("README.md", &format!("{table}\nOf a port.\n"), &[]);
        }
        check("README.md", "| Support |\n|-|\n| 8080 |\n", &["no reader"]);
        check("CHANGELOG.md", "| Service | Port |\n|-|-|\n| a | 8080 |\n", &["no reader"]);
    }

    #[test]
    fn sentences_are_read_with_less_confidence() {
        check(
            "README.md",
            "- **API**: <http://localhost:8000/docs>\n- [Kibana](http://localhost:5601)\n- [http://localhost:1](http://localhost:1)\n\nSee https://example.com:8443 and http://192.168.1.5:80.\n",
            &[
                "1:30 8000 State host=localhost service=API confidence=Medium ~",
                "2:29 5601 State host=localhost service=Kibana confidence=Medium ~",
                "3:21 1 State host=localhost confidence=Medium ~",
            ],
        );
        check(
            "README.md",
            "It listens on port 8080, since 2019 on 8081. Ports 80, 443 and `8443`; `PORT=3000 npm start`. Take 5000 users, 3 ports.\nCompose maps port 80 of the web service container to port 8080 of the host.\n`docker run -p 127.0.0.1:8080:80 x`\n",
            &[
                "1:20 8080 State confidence=Low ~",
                "1:52 80 State confidence=Low ~",
                "1:56 443 State confidence=Low ~",
                "1:65 8443 State confidence=Low ~",
                "1:78 3000 State variable=PORT confidence=Medium ~",
                "2:19 80 State Container confidence=Low ~",
                "2:59 8080 State service=web container=80 ~",
                "3:26 8080 State host=127.0.0.1 container=80 confidence=Medium ~",
            ],
        );
    }

    fn stated(text: &str) -> Vec<String> {
        let path = crate::readers::FilePath::new("PORTS.md");
        let Some((_, reading)) = crate::readers::read(&path, text) else { return Vec::new() };
        let show = |stated: &crate::readers::StatedRange| {
            let section = stated.section.map_or(String::new(), |section| format!(" {}", text[section.range()].lines().count()));
            format!("{} {:?} {}{section}", &text[stated.place.range()], stated.kind, stated.title)
        };
        reading.stated.iter().map(show).collect()
    }

    #[test]
    fn ranges_are_stated_by_headings_lists_and_sentences() {
        for (text, expect) in [
            ("# Ports\n### Core (3000-3099)\ntext\n## Next\n", &["3000-3099 Range Core 2"][..]),
            ("### Core (3000–3099)\n| A | Port |\n|-|-|\n| a | 3001 |\n", &["3000–3099 Range Core 4"]),
            ("# Port ranges\n- **8000-8099**: Shared things\n- Web: 4000 to 4099\n", &["8000-8099 Range Shared things", "4000 to 4099 Range Web"]),
            ("**Ports of others:**\n- **3000-3099**: Legacy (DO NOT USE)\n", &["3000-3099 Reserved Legacy (DO NOT USE)"]),
            ("# Reserved ports\n- 3000-3099: Core\n", &["3000-3099 Reserved Core"]),
            ("# Reserved ports\n- 3000-3099: Core\n# Ports\n| A | Port |\n|-|-|\n| a | 3001 |\n", &["3000-3099 Range Core"]),
            ("# Plan\nIt allocates ports from the range 50000-51000.\n", &["50000-51000 Range Plan"]),
            ("# Plan\n| Team | Port range |\n|-|-|\n| Red | 4000-4099 |\n", &["4000-4099 Range Red"]),
            ("# Ports\n100 ports per project (e.g., 5000-5099, 5100-5199)\nTypically ports in the range 5000-5099\n", &[]),
            ("# Ports\nThe ephemeral port range is 32768-60999.\n", &[]),
            ("# Report (2019-2024)\nport\n# Sizes (3000-4000)\n", &[]),
            ("# Support\nLines 2000-2100 of the import\n", &[]),
        ] {
            assert_eq!(stated(text), expect, "{text}");
        }
    }

    #[test]
    fn fences_are_read_as_what_they_hold() {
        check(
            "README.md",
            "1. Do it\n\n   ```yaml\n   services:\n     web:\n       ports:\n         - \"8080:80\"\n   ```\n```env\nAPI_PORT=3000\n```\n```bash\ndocker run -p 9000:90 x\n```\n",
            &[
                "7:13 8080 State service=web container=80 ~",
                "10:10 3000 State Unknown variable=API_PORT ~",
                "13:15 9000 State container=90 confidence=Medium ~",
            ],
        );
        check("README.md", "```js\nserver.listen({ port: 3000 })\n```\n```\nlistening on port 8080\n```\n", &["5:19 8080 State confidence=Low ~"]);
    }

    // Quadratic work on these would not end within the patience of anybody.
    #[test]
    fn a_long_line_is_read_to_its_end() {
        for piece in ["port 8080, ", "[a](http://localhost:80) ", "8080:80/", "a=1 port", "`<b ", "| 80 ", "> "] {
            let line = piece.repeat(100_000 / piece.len());
            let text = format!("| port |\n|-|\n| {line} |\n\n{line}\n\n| port |\n|-|\n| 8123 |\n");
            let path = crate::readers::FilePath::new("README.md");
            let (_, reading) = crate::readers::read(&path, &text).expect("Markdown is read");
            let last = reading.sightings.last().expect("the last table has a port");
            assert_eq!(last.ports.to_string(), "8123", "{piece}");
        }
    }
}
