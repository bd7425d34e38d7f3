//! What a table of ports means: numbers, names, claims, services, outputs.
//!
//! The types rule out what cannot be: port 0 or 70000, a range upside down, a
//! path that leaves the project. They know nothing of TOML.

mod address;
mod claim;
mod comment;
mod condition;
mod data;
mod name;
mod output;
mod path;
mod pattern;
mod pool;
mod port;
mod port_index;
mod port_range;
mod project;
mod scheme;
mod service;

pub use address::Address;
pub(crate) use address::{ends_in_number, is_host_name};
pub use claim::{Claim, Protocol};
pub use comment::Comment;
pub use condition::{Condition, Marker, Problem};
pub use data::Data;
pub use name::{
    BlockId, LONGEST_NAME, NameError, PortName, ProfileName, ProjectName, RangeName, ServiceName, Variable,
};
pub use output::{Mode, Output, OutputKind, Patch, PatchValue, Selection};
pub use path::{PathError, RelativePath};
pub use pattern::{Pattern, PatternError};
pub use pool::{Exhausted, PassedOver, Pool, Refusal, Released};
pub use port::{Port, PortError};
pub use port_index::PortIndex;
pub use port_range::{PortRange, PortSet, RangeError};
pub use project::{Allow, Lint, LintLevel, NamedRange, Profile, ProfileKind, Project, Reserved, View};
pub use scheme::Scheme;
pub use service::{Allocation, Endpoint, Health, Number, Priority, Service, Status};
