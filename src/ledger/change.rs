//! What a decision writes.

use super::record::{
    Assignment, AssignmentId, Checkout, CheckoutId, DeadPort, Declaration, Grant, GrantId, KnownProject,
    ProjectId,
};
use crate::model::{Port, Protocol};

/// One change of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A project is known from now on, or what is known of it is this.
    PutProject(KnownProject),
    /// A project, its checkouts, and all they have are forgotten.
    RemoveProject(ProjectId),
    /// A checkout is known from now on, or what is known of it is this.
    PutCheckout(Checkout),
    /// A checkout and all it has are forgotten.
    RemoveCheckout(CheckoutId),
    /// What the table of a checkout declares is this, and nothing else.
    Declare(CheckoutId, Vec<Declaration>),
    /// A port is given.
    Give(Grant),
    /// A grant ends.
    Free(GrantId),
    /// A port is dead, or what is known of its death is this.
    Bury(DeadPort),
    /// A port is not dead any more.
    Revive(Port, Protocol),
    /// A range is kept for somebody.
    Assign(Assignment),
    /// A range is kept for nobody any more.
    Unassign(AssignmentId),
}
