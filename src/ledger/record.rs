//! The records of a ledger: plain data, as of one moment.

use std::fmt;
use std::path::PathBuf;

use crate::model::{Port, PortSet, Protocol};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);
    )*};
}

ids! {
    /// Names a project in one ledger.
    ProjectId
    /// Names a checkout in one ledger.
    CheckoutId
    /// Names a grant in one ledger.
    GrantId
    /// Names an assigned range in one ledger.
    AssignmentId
}

/// A moment, in whole seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl fmt::Display for Moment {
    /// RFC 3339 in UTC: `2026-01-31T08:05:00Z`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// The date of a day since 1970-01-01 in the Gregorian calendar, by counting
/// eras of 400 years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// A project that this machine knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProject {
    /// Its number in this ledger.
    pub id: ProjectId,
    /// The name that it gives itself; a folder's where there is no table.
    pub name: String,
    /// What tells it from others of its name: the git common directory and the
    /// folder below it, else its canonical path.
    pub identity: Vec<u8>,
    /// The URL that its repository was cloned from.
    pub remote: Option<String>,
}

/// One copy of a project on this machine: a clone or a git worktree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Its number in this ledger.
    pub id: CheckoutId,
    /// Of which project.
    pub project: ProjectId,
    /// Its canonical folder.
    pub folder: PathBuf,
    /// What people call it: `main`, or the worktree's name.
    pub label: String,
    /// Whether the numbers of the table are its own.
    pub is_first: bool,
    /// What the folder is to the file system, so that one that was moved is
    /// known again, even where a copy is in its place; empty where that cannot be told.
    pub mark: String,
    /// The table that was read last, and what its size and time were then.
    pub table: Option<(PathBuf, String)>,
}

/// Why a number was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody asked for it: `reserve`.
    Reserved,
    /// A service of a table has no number of its own here: `port = "auto"`, or
    /// a second checkout.
    Assigned,
    /// `scan` or `increment` found it because the declared one was taken.
    Found,
}

impl Origin {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Assigned => "assigned",
            Self::Found => "found",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Reserved, Self::Assigned, Self::Found].into_iter().find(|origin| origin.as_str() == word)
    }
}

/// A process that a grant lives as long as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The process.
    pub pid: u32,
    /// When it started, as the system tells it: a later process of the same
    /// number has another.
    pub start: String,
}

/// A port that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its number in this ledger.
    pub id: GrantId,
    /// To which checkout.
    pub checkout: CheckoutId,
    /// For which service; `None` for a port of the project.
    pub service: Option<String>,
    /// Which of the service's ports; `default` for the only one.
    pub name: String,
    /// The number.
    pub port: Port,
    /// For which protocol; `both` takes the number for tcp and for udp.
    pub protocol: Protocol,
    /// Why it was given.
    pub origin: Origin,
    /// What it is for, as somebody put it.
    pub purpose: Option<String>,
    /// The process that it goes with.
    pub lease: Option<Lease>,
    /// When it was given.
    pub since: Moment,
}

impl Grant {
    /// `api`, `kafka.jmx`, or `None` for a port of the project.
    pub fn id_of_service(&self) -> Option<String> {
        let service = self.service.as_ref()?;
        Some(if self.name == "default" { service.clone() } else { format!("{service}.{}", self.name) })
    }
}

/// A number that a table declares; it is never given to anyone else, and may
/// coincide with that of another project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// By the table of which checkout.
    pub checkout: CheckoutId,
    /// For which service.
    pub service: String,
    /// Which of its ports.
    pub name: String,
    /// The number.
    pub port: Port,
    /// For which protocol.
    pub protocol: Protocol,
    /// On which address.
    pub address: String,
}

impl Declaration {
    /// `api`, or `kafka.jmx` for a named port; `api@production` in a profile.
    pub fn id_of_service(&self) -> String {
        match self.name.strip_prefix("default") {
            Some(profile) if profile.is_empty() || profile.starts_with('@') => {
                format!("{}{profile}", self.service)
            }
            _ => format!("{}.{}", self.service, self.name),
        }
    }

    /// Whether it is a profile's, and says what another of these says without it.
    pub fn repeats(&self, others: &[Self]) -> bool {
        let Some((plain, _)) = self.name.split_once('@') else { return false };
        let is_plain = |other: &Self| {
            (other.checkout, &other.service, other.name.as_str()) == (self.checkout, &self.service, plain)
        };
        others.iter().any(|other| is_plain(other) && other.port == self.port)
    }
}

/// A port that failed to bind, passed over until it is revived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadPort {
    /// The number.
    pub port: Port,
    /// For which protocol.
    pub protocol: Protocol,
    /// What happened, the system's error included.
    pub reason: String,
    /// Who had it then, where that was seen.
    pub owner: Option<String>,
    /// When it was marked first.
    pub first: Moment,
    /// When it was marked last.
    pub last: Moment,
    /// How often it was marked.
    pub count: u32,
}

/// For whom a range is kept on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// For one project: its requests lie inside, no other's do.
    Project(ProjectId),
    /// For nobody who asks: reserved for something else.
    Other {
        /// Whose it is.
        owner: Option<String>,
        /// Why.
        reason: Option<String>,
    },
}

/// A range of this machine that was assigned or reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its number in this ledger.
    pub id: AssignmentId,
    /// The ports.
    pub ports: PortSet,
    /// For whom.
    pub holder: Holder,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_shown_as_dates() {
        let check = |seconds, expect: &str| assert_eq!(Moment(seconds).to_string(), expect);
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_399, "2000-02-28T23:59:59Z");
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(1_709_251_199, "2024-02-29T23:59:59Z");
        check(4_107_542_400, "2100-03-01T00:00:00Z");
        check(-1, "1969-12-31T23:59:59Z");
    }
}
