//! What can still be read of a damaged store, row by row.

use rusqlite::{Connection, Error, Row};

use super::read;
use crate::ledger::record::{CheckoutId, Grant, GrantId, Lease, Moment, Origin};
use crate::ledger::salvaged::Salvaged;
use crate::model::{Port, Protocol};

type Result<T> = rusqlite::Result<T>;

/// Everything that can be read; what cannot is named, and never an error.
pub(super) fn salvage(connection: &Connection) -> Salvaged {
    let mut lost = Vec::new();
    let mut saved = Salvaged::default();
    let state = &mut saved.state;
    let columns = "id, name, identity, remote";
    state.projects = rows(connection, columns, "project", "id", &mut lost, read::project);
    let columns = "id, project, folder, label, is_first, mark, table_path, table_stamp";
    state.checkouts = rows(connection, columns, "checkout", "id", &mut lost, read::checkout);
    let columns = "checkout, service, name, port, protocol, address";
    let key = "checkout, service, name";
    state.declared = rows(connection, columns, "declared", key, &mut lost, read::declaration);
    let columns = "port, protocol, reason, owner, first, last, count";
    state.dead = rows(connection, columns, "dead", "port, protocol", &mut lost, read::dead);
    let columns = "id, ports, project, owner, reason";
    state.assignments = rows(connection, columns, "assignment", "id", &mut lost, read::assignment);
    saved.lost = lost;
    add_grants(connection, &mut saved);
    saved
}

/// A grant is a row of its own and one for each protocol, either of which may be lost.
fn add_grants(connection: &Connection, saved: &mut Salvaged) {
    let columns = "id, checkout, service, name, origin, purpose, lease_pid, lease_start, since";
    let mut lost = Vec::new();
    let mut grants = rows(connection, columns, "given", "id", &mut lost, given);
    let ports =
        rows(connection, "protocol, port, given", "given_port", "protocol, port", &mut lost, given_port);
    saved.lost.extend(lost);
    let mut has_port: Vec<GrantId> = Vec::new();
    for (protocol, port, id) in ports {
        match grants.iter_mut().find(|grant| grant.id == id) {
            Some(grant) if has_port.contains(&id) && grant.port == port => grant.protocol = Protocol::Both,
            Some(grant) if !has_port.contains(&id) => {
                (grant.port, grant.protocol) = (port, protocol);
                has_port.push(id);
            }
            _ => saved.ownerless.push(port),
        }
    }
    let whole = |grant: &Grant| has_port.contains(&grant.id);
    for grant in grants.iter().filter(|grant| !whole(grant)) {
        let whose = grant.id_of_service().unwrap_or_else(|| "a project".to_owned());
        saved.lost.push(format!("the number that was given for {whose}"));
    }
    grants.retain(whole);
    grants.sort_by_key(|grant| grant.id);
    saved.state.grants = grants;
}

/// The rows of a table from its beginning, and where that breaks off from its
/// end; a row that portgen never wrote is left out.
fn rows<T: PartialEq>(
    connection: &Connection,
    columns: &str,
    table: &str,
    key: &str,
    lost: &mut Vec<String>,
    read: fn(&Row<'_>) -> Result<T>,
) -> Vec<T> {
    // An index may be what is damaged.
    let query = |order: &str| format!("SELECT {columns} FROM {table} NOT INDEXED ORDER BY {order}");
    let mut found = Vec::new();
    let mut odd = 0_usize;
    let whole = collect(connection, &query(key), read, &mut found, &mut odd);
    if !whole {
        let backwards: Vec<String> = key.split(", ").map(|column| format!("{column} DESC")).collect();
        let mut from_end = Vec::new();
        collect(connection, &query(&backwards.join(", ")), read, &mut from_end, &mut odd);
        for row in from_end.into_iter().rev() {
            if !found.contains(&row) {
                found.push(row);
            }
        }
        lost.push(format!("rows of the table `{table}` that cannot be read"));
    } else if odd > 0 {
        lost.push(format!("{odd} rows of the table `{table}` that portgen never wrote"));
    }
    found
}

/// Reads until the store breaks off; whether it did not.
fn collect<T>(
    connection: &Connection,
    query: &str,
    read: fn(&Row<'_>) -> Result<T>,
    found: &mut Vec<T>,
    odd: &mut usize,
) -> bool {
    let Ok(mut statement) = connection.prepare(query) else { return false };
    let Ok(mut rows) = statement.query([]) else { return false };
    loop {
        match rows.next() {
            Ok(Some(row)) => match read(row) {
                Ok(record) => found.push(record),
                Err(Error::SqliteFailure(..)) => return false,
                Err(_) => *odd += 1,
            },
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

fn given(row: &Row<'_>) -> Result<Grant> {
    let origin: String = row.get(4)?;
    let start: Option<String> = row.get(7)?;
    Ok(Grant {
        id: GrantId(row.get(0)?),
        checkout: CheckoutId(row.get(1)?),
        service: row.get(2)?,
        name: row.get(3)?,
        // Its own is read beside it.
        port: Port::MIN,
        protocol: Protocol::Tcp,
        origin: Origin::parse(&origin).ok_or_else(|| read::odd(4, &origin))?,
        purpose: row.get(5)?,
        lease: row.get::<_, Option<u32>>(6)?.zip(start).map(|(pid, start)| Lease { pid, start }),
        since: Moment(row.get(8)?),
    })
}

fn given_port(row: &Row<'_>) -> Result<(Protocol, Port, GrantId)> {
    Ok((read::protocol(row, 0)?, read::port(row, 1)?, GrantId(row.get(2)?)))
}
