//! The use-cases, one file each, shared by every front end.
mod load;
pub use load::{FILE_NAME, Location, Workspace, load};
