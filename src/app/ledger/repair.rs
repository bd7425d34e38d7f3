//! A damaged ledger is kept aside, and a new one made of what is known.

use std::path::PathBuf;

use super::asker::{Asker, prepare, read_at, read_here};
use crate::app::load::Location;
use crate::diagnostic::{Failure, printable};
use crate::ledger::{Draft, Salvaged, SqliteLedger, State};
use crate::world::{self, ThisMachine};

/// What became of a ledger that was to be repaired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Where the damaged one is kept; `None` where nothing was wrong.
    pub aside: Option<String>,
    /// What the new one has, a phrase each.
    pub saved: Vec<String>,
    /// What is lost, likewise.
    pub lost: Vec<String>,
    /// The file of the ledger.
    pub ledger: String,
}

/// Repairs a damaged ledger: with what can be read of it, and with the tables
/// that it knows, those that are named, and that of this folder.
///
/// # Errors
/// A [`Failure`] where a named table cannot be read, and where the file is
/// healthy in another portgen's eyes, somebody else's, or no ledger.
pub fn repair(location: &Location, from: &[PathBuf]) -> Result<Repaired, Failure> {
    let place = world::ledger_path()?;
    let mut repaired = Repaired { ledger: place.display().to_string(), ..Repaired::default() };
    let mut named: Vec<Asker> = from.iter().map(|path| read_at(path)).collect::<Result<_, _>>()?;
    // A folder without a table, or with a broken one, adds nothing here.
    let here = read_here(location).unwrap_or_default();
    named.extend(here.into_iter().filter(|asker| asker.project.is_some()));
    let machine = ThisMachine::new();
    let mut rebuild = |saved: &Salvaged| {
        let mut draft = Draft::default();
        repaired.lost = draft.restore(saved);
        repaired.saved = counted(draft.state());
        let known: Vec<PathBuf> =
            draft.state().checkouts.iter().filter_map(|one| Some(one.table.as_ref()?.0.clone())).collect();
        for path in known {
            match read_at(&path) {
                Ok(asker) => drop(prepare(&mut draft, &asker, &machine)),
                Err(failure) => {
                    let path = printable(&path.to_string_lossy()).into_owned();
                    repaired
                        .lost
                        .push(format!("nothing, but {path} was not read again: {}", failure.message));
                }
            }
        }
        for asker in &named {
            prepare(&mut draft, asker, &machine);
            repaired.saved.push(format!("the table of {}", asker.sighted.name));
        }
        draft.into_parts().1
    };
    let aside = SqliteLedger::repair(&place, &mut rebuild)?;
    repaired.aside = aside.map(|path| path.display().to_string());
    Ok(repaired)
}

fn counted(state: &State) -> Vec<String> {
    let counts = [
        (state.projects.len(), "project"),
        (state.checkouts.len(), "checkout"),
        (state.grants.len(), "given port"),
        (state.declared.len(), "declared port"),
        (state.dead.len(), "dead port"),
        (state.assignments.len(), "kept range"),
    ];
    let some = counts.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| crate::diagnostic::counted(count, word)).collect()
}
