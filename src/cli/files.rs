//! `--files` of `check` and `survey`

use super::Status;
use super::console::Console;
use super::options::ReportFormat;
use crate::app::ListedFiles;
use crate::diagnostic::Failure;
use crate::report::{Cell, Column, Table, TableFormat};

/// Lists the files that are read, with their readers, and why others are not.
pub(super) fn list(
    command: &'static str,
    listed: &ListedFiles,
    format: Option<ReportFormat>,
    console: &Console,
) -> Result<Status, Failure> {
    let format = match format {
        None | Some(ReportFormat::Full | ReportFormat::Concise) => TableFormat::Table,
        Some(ReportFormat::Json) => TableFormat::Json,
        Some(_) => return Err(Failure::new("usage", "--files is listed as full, concise or json")),
    };
    let row = |file: &crate::app::ListedFile| {
        let skipped = file.verdict.err().map(crate::readers::skip::Skipped::as_str);
        vec![Cell::from(file.path.as_str()), Cell::from(file.verdict.ok()), Cell::from(skipped)]
    };
    let columns = ["path", "reader", "skipped"].map(Column::text).to_vec();
    let rows = listed.files.iter().map(row).collect();
    console.table(format, &Table { command, key: "files", ok: true, columns, rows })?;
    console.say(&format!("{} further files are no reader's", listed.others));
    Ok(Status::Done)
}
