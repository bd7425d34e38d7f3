//! How far a long command is: one line on a terminal, written over and
//! cleared at the end.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::app::Progress;

/// What takes no longer than this needs no line.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the line is written over, in milliseconds.
const BEAT: u64 = 100;

/// Files between two looks at the clock.
const STRIDE: usize = 64;

static START: OnceLock<Instant> = OnceLock::new();
/// When the line was last written, in milliseconds from the start.
static LAST: AtomicU64 = AtomicU64::new(0);
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Starts the clock.
pub(super) fn start() -> Progress {
    now();
    Progress::new(tell)
}

/// Clears the line, where there is one.
pub(super) fn end() {
    if IS_SHOWN.swap(false, Ordering::Relaxed) {
        // A terminal that is gone is no failure.
        let _ = io::stderr().write_all(b"\r\x1b[K");
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing of it is kept: it says when to speak")]
fn now() -> Duration {
    START.get_or_init(Instant::now).elapsed()
}

fn tell(files: usize) {
    if !files.is_multiple_of(STRIDE) {
        return;
    }
    let now = now();
    let milliseconds = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    let last = LAST.load(Ordering::Relaxed);
    if now < PATIENCE || milliseconds < last + BEAT {
        return;
    }
    // Of several threads one writes.
    if LAST.compare_exchange(last, milliseconds, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
        IS_SHOWN.store(true, Ordering::Relaxed);
        let _ = write!(io::stderr(), "\r\x1b[K{files} files read");
    }
}
