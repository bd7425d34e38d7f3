//! What contradicts what: one file for each way in which places can speak of
//! one thing and say different numbers.
//!
//! Each of them looks at what [`links`](super::links) put together and gives
//! [`Disagreement`](super::Disagreement)s; none of them words a finding.

pub(super) mod addresses;
pub(super) mod assigned;
pub(super) mod aware;
pub(super) mod cluster;
pub(super) mod columns;
pub(super) mod connections;
pub(super) mod documented;
pub(super) mod frontends;
pub(super) mod hosted;
pub(super) mod inside;
pub(super) mod jobs;
pub(super) mod listening;
pub(super) mod looked;
pub(super) mod managed;
pub(super) mod neighbours;
pub(super) mod other_ways;
pub(super) mod own_address;
pub(super) mod pages;
pub(super) mod pointed;
pub(super) mod quoted;
pub(super) mod references;
pub(super) mod requests;
pub(super) mod told;
pub(super) mod urls;
pub(super) mod variables;
pub(super) mod vouched;
