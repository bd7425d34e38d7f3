//! The tables of the store, and how an older store becomes this one.

/// `application_id` of the file: the letters `port`.
pub(super) const APPLICATION: i32 = 0x706f_7274;

/// `user_version` of the file. A store with a higher one is refused.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

/// What makes a store of version n+1 of one of version n; the first makes one
/// of an empty file.
///
/// An entry is never changed once it was released: another is added.
pub(super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE project (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        identity BLOB NOT NULL,
        remote TEXT,
        UNIQUE (name, identity)
    ) STRICT;
    CREATE TABLE checkout (
        id INTEGER PRIMARY KEY,
        project INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
        folder BLOB NOT NULL,
        label TEXT NOT NULL,
        is_first INTEGER NOT NULL,
        mark TEXT NOT NULL,
        table_path BLOB,
        table_stamp TEXT,
        UNIQUE (project, folder)
    ) STRICT;
    CREATE TABLE declared (
        checkout INTEGER NOT NULL REFERENCES checkout ON DELETE CASCADE,
        service TEXT NOT NULL,
        name TEXT NOT NULL,
        port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
        protocol TEXT NOT NULL,
        address TEXT NOT NULL,
        PRIMARY KEY (checkout, service, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE given (
        id INTEGER PRIMARY KEY,
        checkout INTEGER NOT NULL REFERENCES checkout ON DELETE CASCADE,
        service TEXT,
        name TEXT NOT NULL,
        origin TEXT NOT NULL,
        purpose TEXT,
        lease_pid INTEGER,
        lease_start TEXT,
        since INTEGER NOT NULL,
        UNIQUE (checkout, service, name)
    ) STRICT;
    CREATE TABLE given_port (
        protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
        port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
        given INTEGER NOT NULL REFERENCES given ON DELETE CASCADE,
        PRIMARY KEY (protocol, port)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX given_port_given ON given_port (given);
    CREATE TABLE dead (
        port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
        protocol TEXT NOT NULL,
        reason TEXT NOT NULL,
        owner TEXT,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (port, protocol)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE assignment (
        id INTEGER PRIMARY KEY,
        ports TEXT NOT NULL,
        project INTEGER REFERENCES project ON DELETE CASCADE,
        owner TEXT,
        reason TEXT
    ) STRICT;
"];
