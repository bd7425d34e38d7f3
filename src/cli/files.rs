//! `--files` of `check` and `survey`

use super::Status;
use super::console::Console;
use super::options::{ListFormat, ReportFormat};
use crate::app::ListedFiles;
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Table};

/// Lists the files that are read, with their readers, and why others are not:
/// in the format of the list itself, or as `--format` has it.
pub(super) fn list(
    command: &'static str,
    listed: &ListedFiles,
    (own, of_report): (ListFormat, Option<ReportFormat>),
    console: &Console,
) -> Result<Status, Failure> {
    let format = match of_report {
        None | Some(ReportFormat::Full | ReportFormat::Concise) => own,
        Some(ReportFormat::Json) => ListFormat::Json,
        Some(_) => {
            let message = "--files is a list, which has other formats";
            return Err(Failure::new("usage", message).help("ask for --files=table, json or csv"));
        }
    };
    let row = |file: &crate::app::ListedFile| {
        let skipped = file.verdict.err().map(crate::readers::skip::Skipped::as_str);
        vec![Cell::from(file.path.as_str()), Cell::from(file.verdict.ok()), Cell::from(skipped)]
    };
    let columns = ["path", "reader", "skipped"].map(Column::text).to_vec();
    let rows = listed.files.iter().map(row).collect();
    console.table(format.into(), &Table { command, key: "files", ok: true, columns, rows })?;
    let files = if listed.others == 1 { "file is" } else { "files are" };
    console.say(&format!("{} further {files} no reader's", listed.others));
    Ok(Status::Done)
}
