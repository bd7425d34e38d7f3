//! Every fact of this machine that decides over ports, and what is wrong.

use super::asker::{is_over, read_at};
use crate::diagnostic::{Failure, printable};
use crate::facts::default_pool;
use crate::ledger::{Ledger, LedgerError, SqliteLedger, State, StoreFile, Trouble};
use crate::machine::{Machine, MachineFacts, System};
use crate::model::{PortRange, PortSet};
use crate::report::Cell;
use crate::world::{self, ThisMachine};

/// Something that is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What `doctor` found.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// What this machine is like, in the order it is told.
    pub machine: Vec<(&'static str, Cell)>,
    /// What the ledger is like.
    pub ledger: Vec<(&'static str, Cell)>,
    /// What is so and may surprise.
    pub notes: Vec<String>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Why the ledger cannot be used.
    pub failure: Option<Failure>,
}

/// Examines the machine and the ledger; changes neither.
pub fn doctor() -> Examined {
    let machine = ThisMachine::new();
    let mut found = Examined::default();
    tell_limits(machine.facts(), &mut found);
    if let Err(failure) = tell_ledger(&machine, &mut found) {
        found.failure = Some(failure);
    }
    found
}

fn tell_limits(facts: &MachineFacts, found: &mut Examined) {
    let set = |ports: &PortSet| if ports.is_empty() { Cell::Absent } else { ports.to_string().into() };
    found.machine = vec![
        ("system", facts.system.as_str().into()),
        ("ephemeral", facts.ephemeral.map(|range| range.to_string()).into()),
        ("kept_by_kernel", set(&facts.kept_by_kernel)),
        ("unprivileged_start", facts.unprivileged_start.into()),
        ("may_bind_privileged", Cell::Boolean(facts.may_bind_privileged)),
        ("excluded", set(&facts.excluded)),
        ("ipv6", Cell::Boolean(facts.has_ipv6)),
        ("default_pool", default_pool().to_string().into()),
    ];
    match facts.system {
        System::Wsl => found.notes.push(
            "this is Linux under Windows: what Windows listens on, and what it excludes, is not seen from here"
                .to_owned(),
        ),
        System::MacOs => found
            .notes
            .push("AirPlay Receiver listens on 5000 and 7000 where it is switched on".to_owned()),
        _ => {}
    }
    if !facts.has_ipv6 {
        found.notes.push("this machine has no IPv6: ports are tried on IPv4 alone".to_owned());
    }
    let Some(range) = facts.ephemeral else { return };
    let overlap = default_pool().intersection(&std::iter::once(range).collect());
    let open: Vec<PortRange> = overlap.ranges().to_vec();
    let is_kept = |range: &PortRange| {
        let kept = facts.kept_by_kernel.intersection(&std::iter::once(*range).collect());
        kept.ranges() == [*range]
    };
    if let Some(first) = open.iter().find(|range| !is_kept(range)) {
        found.problems.push(Problem {
            message: format!(
                "outgoing connections take ports {range}, the default pool's {first} among them"
            ),
            help: "keep the pool from them with the system's settings (on Linux \
                   `sysctl net.ipv4.ip_local_reserved_ports=20000-29999`), or give projects ranges elsewhere"
                .to_owned(),
        });
    }
}

fn tell_ledger(machine: &dyn Machine, found: &mut Examined) -> Result<(), Failure> {
    let place = world::ledger_path()?;
    found.ledger.push(("path", place.display().to_string().into()));
    let file = StoreFile::at(&place);
    found.ledger.push(("exists", Cell::Boolean(file.is_some())));
    if let Some(file) = file {
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        found.ledger.push(("size", Cell::Number(size)));
        found.ledger.push(("mode", file.mode.map(|mode| format!("{mode:04o}")).into()));
        let name = |user: u32| world::user_name(user).unwrap_or_else(|| user.to_string());
        found.ledger.push(("owner", file.owner.map(name).into()));
    }
    let Some(mut ledger) = SqliteLedger::open(&place)? else { return Ok(()) };
    let (version, journal) = ledger.schema()?;
    found.ledger.push(("schema", Cell::Number(version)));
    found.ledger.push(("journal", journal.as_str().into()));
    let said = ledger.examine()?;
    found.ledger.push(("integrity", if said.is_empty() { "ok".into() } else { said.join("; ").into() }));
    if let Some(first) = said.first() {
        let shown = place.display().to_string();
        let message = format!("the ledger is damaged: {first}");
        return Err(LedgerError::new(Trouble::Corrupt, shown, message).into());
    }
    let state = ledger.read()?;
    tell_counts(&state, machine, found);
    judge_file(file, &journal, found);
    judge_tables(&state, found);
    Ok(())
}

fn tell_counts(state: &State, machine: &dyn Machine, found: &mut Examined) {
    let over = state.grants.iter().filter(|grant| is_over(grant, machine)).count();
    let counts = [
        ("projects", state.projects.len()),
        ("checkouts", state.checkouts.len()),
        ("declared", state.declared.len()),
        ("grants", state.grants.len()),
        ("leases_over", over),
        ("dead", state.dead.len()),
        ("assigned_ranges", state.assignments.len()),
    ];
    let cells = counts.map(|(name, count)| (name, Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))));
    found.ledger.extend(cells);
}

fn judge_file(file: Option<StoreFile>, journal: &str, found: &mut Examined) {
    if let Some(mode) = file.filter(StoreFile::is_open_to_others).and_then(|file| file.mode) {
        found.problems.push(Problem {
            message: format!("the ledger's permissions are {mode:04o}: others than you may use it"),
            help: "`chmod 600` on it makes it yours alone".to_owned(),
        });
    }
    if journal != "wal" {
        found.notes.push(format!(
            "the ledger's journal is `{journal}`, not `wal`, as on a network file system: who reads waits for who writes"
        ));
    }
}

/// Tables that the ledger knows and that cannot be read now.
fn judge_tables(state: &State, found: &mut Examined) {
    for checkout in &state.checkouts {
        let Some((path, _)) = &checkout.table else { continue };
        let shown = printable(&path.to_string_lossy()).into_owned();
        if !world::is_there(&checkout.folder) {
            found
                .notes
                .push(format!("{shown} is not there now: `portgen gc` says whether it could be forgotten"));
        } else if let Err(failure) = read_at(path) {
            found.problems.push(Problem {
                message: format!("{shown}: {}", failure.message),
                help: "its last good numbers count until it is mended; `portgen check` shows what is wrong"
                    .to_owned(),
            });
        }
    }
}
