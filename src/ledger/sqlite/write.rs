//! Changes to rows.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::ledger::change::Change;
use crate::ledger::record::{
    Assignment, Checkout, CheckoutId, DeadPort, Declaration, Grant, Holder, KnownProject,
};
use crate::model::Protocol;

type Result = rusqlite::Result<()>;

/// Writes one change, within a transaction.
pub(super) fn change(connection: &Connection, change: &Change) -> Result {
    match change {
        Change::PutProject(project) => put_project(connection, project),
        Change::RemoveProject(id) => run(connection, "DELETE FROM project WHERE id = ?1", params![id.0]),
        Change::PutCheckout(checkout) => put_checkout(connection, checkout),
        Change::RemoveCheckout(id) => run(connection, "DELETE FROM checkout WHERE id = ?1", params![id.0]),
        Change::Declare(id, declared) => declare(connection, *id, declared),
        Change::Give(grant) => give(connection, grant),
        Change::Free(id) => run(connection, "DELETE FROM given WHERE id = ?1", params![id.0]),
        Change::Bury(dead) => bury(connection, dead),
        Change::Revive(port, protocol) => {
            let query = "DELETE FROM dead WHERE port = ?1
                         AND (protocol = ?2 OR protocol = 'both' OR ?2 = 'both')";
            run(connection, query, params![port.get(), protocol.as_str()])
        }
        Change::Assign(assignment) => assign(connection, assignment),
        Change::Unassign(id) => run(connection, "DELETE FROM assignment WHERE id = ?1", params![id.0]),
    }
}

fn run(connection: &Connection, query: &str, values: &[&dyn rusqlite::ToSql]) -> Result {
    connection.prepare(query)?.execute(values).map(drop)
}

fn put_project(connection: &Connection, project: &KnownProject) -> Result {
    let query = "INSERT INTO project (id, name, identity, remote) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET name = ?2, identity = ?3, remote = ?4";
    run(connection, query, params![project.id.0, project.name, project.identity, project.remote])
}

fn put_checkout(connection: &Connection, checkout: &Checkout) -> Result {
    let query = "INSERT INTO checkout (id, project, folder, label, is_first, mark, table_path, table_stamp)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (id) DO UPDATE SET project = ?2, folder = ?3, label = ?4, is_first = ?5,
                     mark = ?6, table_path = ?7, table_stamp = ?8";
    let (table, stamp) = match &checkout.table {
        Some((path, stamp)) => (Some(bytes(path)), Some(stamp)),
        None => (None, None),
    };
    let values = params![
        checkout.id.0,
        checkout.project.0,
        bytes(&checkout.folder),
        checkout.label,
        checkout.is_first,
        checkout.mark,
        table,
        stamp
    ];
    run(connection, query, values)
}

fn declare(connection: &Connection, id: CheckoutId, declared: &[Declaration]) -> Result {
    run(connection, "DELETE FROM declared WHERE checkout = ?1", params![id.0])?;
    let query = "INSERT INTO declared (checkout, service, name, port, protocol, address)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    for own in declared {
        let values = params![id.0, own.service, own.name, own.port.get(), own.protocol.as_str(), own.address];
        run(connection, query, values)?;
    }
    Ok(())
}

fn give(connection: &Connection, grant: &Grant) -> Result {
    let query =
        "INSERT INTO given (id, checkout, service, name, origin, purpose, lease_pid, lease_start, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (id) DO UPDATE SET checkout = ?2, service = ?3, name = ?4, origin = ?5,
                     purpose = ?6, lease_pid = ?7, lease_start = ?8, since = ?9";
    let lease = grant.lease.as_ref();
    let values = params![
        grant.id.0,
        grant.checkout.0,
        grant.service,
        grant.name,
        grant.origin.as_str(),
        grant.purpose,
        lease.map(|lease| lease.pid),
        lease.map(|lease| lease.start.as_str()),
        grant.since.0
    ];
    run(connection, query, values)?;
    run(connection, "DELETE FROM given_port WHERE given = ?1", params![grant.id.0])?;
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        if grant.protocol.overlaps(protocol) {
            let query = "INSERT INTO given_port (protocol, port, given) VALUES (?1, ?2, ?3)";
            run(connection, query, params![protocol.as_str(), grant.port.get(), grant.id.0])?;
        }
    }
    Ok(())
}

fn bury(connection: &Connection, dead: &DeadPort) -> Result {
    let query = "INSERT INTO dead (port, protocol, reason, owner, first, last, count)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (port, protocol) DO UPDATE SET reason = ?3, owner = ?4, first = ?5, last = ?6,
                     count = ?7";
    let values = params![
        dead.port.get(),
        dead.protocol.as_str(),
        dead.reason,
        dead.owner,
        dead.first.0,
        dead.last.0,
        dead.count
    ];
    run(connection, query, values)
}

fn assign(connection: &Connection, assignment: &Assignment) -> Result {
    let query = "INSERT INTO assignment (id, ports, project, owner, reason) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET ports = ?2, project = ?3, owner = ?4, reason = ?5";
    let (project, owner, reason) = match &assignment.holder {
        Holder::Project(project) => (Some(project.0), None, None),
        Holder::Other { owner, reason } => (None, owner.as_ref(), reason.as_ref()),
    };
    run(connection, query, params![assignment.id.0, assignment.ports.to_string(), project, owner, reason])
}

/// A path as bytes, so that one that is no text comes back as it was.
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
