//! The verbs of the ledger: what `ports.toml` declares and what this machine
//! gave, as one.

mod asker;
mod context;
mod dead;
mod doctor;
mod env;
mod evidence;
mod gc;
mod give;
mod given;
mod local;
mod may_use;
mod numbers;
mod pool;
mod program;
mod projects;
mod reached;
mod reassign;
mod release;
mod repair;
mod reserve;
mod run;
mod stand;
mod startup;
mod status;
mod undo;
mod who;

pub use asker::{Asker, asker};
pub(super) use asker::{declarations, is_over, prepare};
pub use context::{Context, context, context_of, machine_context};
pub use dead::{Buried, bury, dead_ports, revive};
pub use doctor::{Examined, Problem, doctor};
pub use env::{reserved_variables, variables};
pub(super) use evidence::machine_findings;
pub use gc::{Reclaimable, Reclaimed, gc};
pub(super) use give::search;
pub(super) use given::here;
pub use given::{GivenPort, everyone, given};
pub use local::Local;
pub(super) use local::{local, plan_with_numbers, read_local};
pub use may_use::{MayUse, may_use, next_number};
pub use numbers::{LocalNumber, local_number, settle};
pub(super) use pool::{pass_over_assigned, shown, take_claims};
pub use projects::{
    Block, ListedProject, ListedReservation, add_project, assign, keep_ports, projects, remove_project,
    unassign,
};
pub use reached::Meant;
pub use reassign::{Reassigned, reassign};
pub use release::{ReleaseRequest, Released, release};
pub use repair::{Repaired, repair};
pub use reserve::{ReserveRequest, Reserved, get_or_reserve, give_back, reserve};
pub use run::{Keep, Ran, RunRequest, run};
pub use status::{MachineStatus, PortStatus, StatusOptions, status};
pub use who::{PortOwner, Who, who};

use crate::diagnostic::Failure;

/// A verb that writes was given no store.
fn no_ledger() -> Failure {
    Failure::new("ledger-io", "there is no ledger")
}
