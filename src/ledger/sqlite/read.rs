//! Rows to records.

use std::path::PathBuf;

use rusqlite::types::Type;
use rusqlite::{Connection, Row};

use crate::ledger::record::{
    Assignment, AssignmentId, Checkout, CheckoutId, DeadPort, Declaration, Grant, GrantId, Holder,
    KnownProject, Lease, Moment, Origin, ProjectId,
};
use crate::ledger::state::State;
use crate::model::{Port, PortSet, Protocol};

type Result<T> = rusqlite::Result<T>;

/// Everything in the store.
pub(super) fn state(connection: &Connection) -> Result<State> {
    Ok(State {
        projects: all(connection, "SELECT id, name, identity, remote FROM project ORDER BY id", project)?,
        checkouts: all(
            connection,
            "SELECT id, project, folder, label, is_first, mark, table_path, table_stamp
             FROM checkout ORDER BY id",
            checkout,
        )?,
        declared: all(
            connection,
            "SELECT checkout, service, name, port, protocol, address
             FROM declared ORDER BY checkout, service, name",
            declaration,
        )?,
        grants: all(
            connection,
            "SELECT given.id, checkout, service, name, min(port), group_concat(protocol), origin, purpose,
                    lease_pid, lease_start, since, min(port) = max(port)
             FROM given JOIN given_port ON given_port.given = given.id GROUP BY given.id ORDER BY given.id",
            grant,
        )?,
        dead: all(
            connection,
            "SELECT port, protocol, reason, owner, first, last, count FROM dead ORDER BY port, protocol",
            dead,
        )?,
        assignments: all(
            connection,
            "SELECT id, ports, project, owner, reason FROM assignment ORDER BY id",
            assignment,
        )?,
    })
}

/// What SQLite finds wrong with the file.
pub(super) fn examine(connection: &Connection) -> Result<Vec<String>> {
    let mut said: Vec<String> = all(connection, "PRAGMA integrity_check", |row| row.get(0))?;
    said.retain(|line| line != "ok");
    let broken: Vec<String> = all(connection, "PRAGMA foreign_key_check", |row| row.get(0))?;
    said.extend(broken.into_iter().map(|table| format!("a row of {table} belongs to nothing")));
    Ok(said)
}

fn all<T>(connection: &Connection, query: &str, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    connection.prepare(query)?.query_map([], read)?.collect()
}

pub(super) fn project(row: &Row<'_>) -> Result<KnownProject> {
    Ok(KnownProject {
        id: ProjectId(row.get(0)?),
        name: row.get(1)?,
        identity: row.get(2)?,
        remote: row.get(3)?,
    })
}

pub(super) fn checkout(row: &Row<'_>) -> Result<Checkout> {
    let table = row.get::<_, Option<Vec<u8>>>(6)?.map(|bytes| path(6, bytes)).transpose()?;
    Ok(Checkout {
        id: CheckoutId(row.get(0)?),
        project: ProjectId(row.get(1)?),
        folder: path(2, row.get(2)?)?,
        label: row.get(3)?,
        is_first: row.get(4)?,
        mark: row.get(5)?,
        table: table.zip(row.get(7)?),
    })
}

pub(super) fn declaration(row: &Row<'_>) -> Result<Declaration> {
    Ok(Declaration {
        checkout: CheckoutId(row.get(0)?),
        service: row.get(1)?,
        name: row.get(2)?,
        port: port(row, 3)?,
        protocol: protocol(row, 4)?,
        address: row.get(5)?,
    })
}

fn grant(row: &Row<'_>) -> Result<Grant> {
    let protocols: String = row.get(5)?;
    let protocol = if protocols.contains(',') { Some(Protocol::Both) } else { Protocol::parse(&protocols) };
    let is_one: bool = row.get(11)?;
    let origin: String = row.get(6)?;
    let lease_start: Option<String> = row.get(9)?;
    Ok(Grant {
        id: GrantId(row.get(0)?),
        checkout: CheckoutId(row.get(1)?),
        service: row.get(2)?,
        name: row.get(3)?,
        port: port(row, 4)?,
        protocol: protocol.filter(|_| is_one).ok_or_else(|| odd(5, &protocols))?,
        origin: Origin::parse(&origin).ok_or_else(|| odd(6, &origin))?,
        purpose: row.get(7)?,
        lease: row.get::<_, Option<u32>>(8)?.zip(lease_start).map(|(pid, start)| Lease { pid, start }),
        since: Moment(row.get(10)?),
    })
}

pub(super) fn dead(row: &Row<'_>) -> Result<DeadPort> {
    Ok(DeadPort {
        port: port(row, 0)?,
        protocol: protocol(row, 1)?,
        reason: row.get(2)?,
        owner: row.get(3)?,
        first: Moment(row.get(4)?),
        last: Moment(row.get(5)?),
        count: row.get(6)?,
    })
}

pub(super) fn assignment(row: &Row<'_>) -> Result<Assignment> {
    let ports: String = row.get(1)?;
    let holder = match row.get::<_, Option<i64>>(2)? {
        Some(project) => Holder::Project(ProjectId(project)),
        None => Holder::Other { owner: row.get(3)?, reason: row.get(4)? },
    };
    Ok(Assignment {
        id: AssignmentId(row.get(0)?),
        ports: port_set(&ports).ok_or_else(|| odd(1, &ports))?,
        holder,
    })
}

pub(super) fn port(row: &Row<'_>, column: usize) -> Result<Port> {
    let number: i64 = row.get(column)?;
    Port::try_from(number).map_err(|_| odd(column, &number.to_string()))
}

pub(super) fn protocol(row: &Row<'_>, column: usize) -> Result<Protocol> {
    let word: String = row.get(column)?;
    Protocol::parse(&word).ok_or_else(|| odd(column, &word))
}

/// The ports of a text that this store wrote: `8000-8010, 9000`.
fn port_set(text: &str) -> Option<PortSet> {
    text.split(", ").map(|range| crate::model::PortRange::parse(range).ok()).collect()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no path for every text")]
fn path(_: usize, bytes: Vec<u8>) -> Result<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Ok(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn path(column: usize, bytes: Vec<u8>) -> Result<PathBuf> {
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| odd(column, "a path that is no text"))
}

/// A value that portgen never wrote.
pub(super) fn odd(column: usize, value: &str) -> rusqlite::Error {
    let what = format!("a value that portgen does not write: {value:?}");
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
}
