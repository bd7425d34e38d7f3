//! The thread that checks everything: outputs, and what people wrote.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::noted::{Frame, Noted};
use super::text::Encoding;
use crate::app::{self, CheckOptions, Location};
use crate::diagnostic::Failure;
use crate::world::Buffers;

/// A workspace to be checked, as the editor has it.
pub(super) struct Job {
    pub(super) root: PathBuf,
    pub(super) buffers: Buffers,
    pub(super) encoding: Encoding,
}

/// What was found beside what the tables alone show; `None` where the disk
/// failed or a table is half typed, so that what was found before stays.
pub(super) struct Finished {
    pub(super) root: PathBuf,
    pub(super) notes: Option<Vec<Noted>>,
}

/// Starts the thread; it ends when nobody sends jobs any more, or nobody
/// listens to what it tells.
pub(super) fn start(tell: impl Fn(Finished) -> bool + Send + 'static) -> Sender<Job> {
    let (jobs, inbox) = mpsc::channel::<Job>();
    thread::spawn(move || {
        for job in inbox {
            let root = job.root.clone();
            // A panic is one check's, not the server's.
            let notes = catch_unwind(AssertUnwindSafe(|| run(job).ok().flatten())).ok().flatten();
            if !tell(Finished { root, notes }) {
                return;
            }
        }
    });
    jobs
}

fn run(job: Job) -> Result<Option<Vec<Noted>>, Failure> {
    let buffers = Rc::new(job.buffers);
    let open = app::open_table(&job.root, buffers.clone())?;
    if open.is_half_typed() {
        return Ok(None);
    }
    let folder = open.workspace.folder.clone();
    let of_table = Frame { sources: &open.workspace.sources, folder: &folder, encoding: job.encoding }
        .notes(&open.findings);
    let location = Location { directory: job.root, file: None };
    let checked = app::check(&location, &CheckOptions { buffers, ..CheckOptions::default() })?;
    let mut notes =
        Frame { sources: &checked.sources, folder: &folder, encoding: job.encoding }.notes(&checked.findings);
    notes.retain(|note| !of_table.contains(note));
    Ok(Some(notes))
}
