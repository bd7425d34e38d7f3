//! The one room that touches disk, environment and git.

mod environment;
mod files;
mod git;
mod locate;

pub use environment::{Environment, current_dir};
pub use files::{own_program, read_text_if_any, remove_file, rename, write_executable};
pub use git::{GitRepository, refuse_partly_staged, stage};
pub use locate::{
    MAXIMUM_TEXT, find_upwards, is_file, is_folder, matches_any, member_folders, normalise, read_text,
};
