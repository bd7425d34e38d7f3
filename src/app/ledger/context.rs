//! What a verb of the ledger works with: who asks, the store, the machine.

use std::path::PathBuf;

use super::asker::{Asker, asker, named, without_folder};
use crate::app::load::Location;
use crate::diagnostic::Failure;
use crate::ledger::{Ledger, SqliteLedger, State};
use crate::machine::Machine;
use crate::world::{self, ThisMachine};

/// Everything that a verb of the ledger works with.
pub struct Context {
    /// Who asks.
    pub asker: Asker,
    /// The store; `None` where none was made yet and nothing is to be written.
    pub ledger: Option<Box<dyn Ledger>>,
    /// The file of the store.
    pub place: PathBuf,
    /// The machine.
    pub machine: Box<dyn Machine>,
}

/// Finds who asks, and opens the ledger: to write, or only to read.
///
/// # Errors
/// As [`asker`], and where the ledger cannot be used.
pub fn context(location: &Location, project: Option<&str>, to_write: bool) -> Result<Context, Failure> {
    match project {
        Some(name) => context_of(Some(location), name, to_write),
        // Who asks is looked at first: a broken table makes no store.
        None => open(asker(location)?, to_write),
    }
}

/// The same for a project by its name, from anywhere: that of this folder
/// where it has the name, else the one that the ledger knows.
///
/// # Errors
/// As [`context`].
pub fn context_of(location: Option<&Location>, name: &str, to_write: bool) -> Result<Context, Failure> {
    let mut context = machine_context(to_write)?;
    let state = context.state()?;
    context.asker = named(location, name, &state)?;
    Ok(context)
}

/// The same for verbs that speak of the machine: nobody asks, and the folder,
/// its table, and whether they are there, have no say in it.
///
/// # Errors
/// A [`Failure`] where the ledger cannot be used.
pub fn machine_context(to_write: bool) -> Result<Context, Failure> {
    open(without_folder(""), to_write)
}

fn open(asker: Asker, to_write: bool) -> Result<Context, Failure> {
    let place = world::ledger_path()?;
    let ledger =
        if to_write { Some(SqliteLedger::open_or_create(&place)?) } else { SqliteLedger::open(&place)? };
    Ok(Context {
        asker,
        ledger: ledger.map(|ledger| Box::new(ledger) as Box<dyn Ledger>),
        place,
        machine: Box::new(ThisMachine::new()),
    })
}

impl Context {
    /// What the ledger holds; nothing where there is none.
    ///
    /// # Errors
    /// A [`Failure`] where it cannot be read.
    pub fn state(&mut self) -> Result<State, Failure> {
        match &mut self.ledger {
            Some(ledger) => Ok(ledger.read()?),
            None => Ok(State::default()),
        }
    }
}
