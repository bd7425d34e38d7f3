//! One writer at a time: a lock file beside the store.
//!
//! SQLite has a lock of its own, but who waits for it asks again and again
//! with growing pauses, and may starve among a hundred. A file lock is a queue
//! in the kernel, and ends with its process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use super::fault::Faults;
use crate::ledger::error::{LedgerError, Trouble};

/// How long a process waits for the others.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for the lock beside the store; it is held until the file is dropped.
pub(super) fn lock(path: &Path) -> Result<File, LedgerError> {
    let faults = Faults(path);
    let failed = |error: &io::Error| faults.io("the ledger cannot be locked", error);
    let file = private_file(&beside(path, ".lock"))
        .map_err(|error| faults.io("the ledger's lock file cannot be made", &error))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(failed(&error)),
    }
    // The wait has no end of its own: a thread waits, and this one for the thread.
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let locked = file.lock().map(|()| file);
        // Nobody may wait any more; the lock ends with the file then.
        let _ = sender.send(locked);
    });
    match receiver.recv_timeout(PATIENCE) {
        Ok(locked) => locked.map_err(|error| failed(&error)),
        Err(_) => {
            let message =
                format!("another process holds the ledger for more than {} seconds", PATIENCE.as_secs());
            Err(faults.fault(Trouble::Locked, &message))
        }
    }
}

/// A file beside the store.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens a file that only this user may read, made where it is not there.
#[expect(clippy::disallowed_methods, reason = "a ledger makes its own store")]
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
