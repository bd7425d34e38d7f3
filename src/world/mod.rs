//! The one room that touches disk, environment and git.

mod environment;
mod locate;

pub use environment::{Environment, current_dir};
pub use locate::{MAXIMUM_TEXT, find_upwards, is_file, is_folder, matches_any, member_folders, read_text};
