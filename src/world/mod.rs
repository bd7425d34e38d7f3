//! The one room that touches disk, environment, sockets, git, and the program of `run`.

mod address;
mod buffers;
mod checkout;
mod child;
mod environment;
mod files;
mod generated;
mod git;
mod health;
mod hold;
mod ignored;
mod index;
mod leftover;
mod locate;
mod machine;
mod owner;
mod root;
mod state;
mod walk;
mod write;

pub use address::{address_of_path, path_of_address};
pub use buffers::Buffers;
pub use checkout::{Absence, GitCheckout, absence, file_stamp, folder_mark, parent_mark};
pub use child::{Ended, NotStarted, Program, Words, own_process, replace, supervise};
pub use environment::{Environment, current_dir};
pub use files::{make_folder, own_program, read_text_if_any, remove_file, rename, write_executable};
pub use git::{GitRepository, has_unstaged_changes, stage, staged_text, tracked};
pub use health::{HealthAnswer, HealthQuestion, ask_health};
pub use hold::{Held, Listening, Sockets};
pub use ignored::is_ignored;
pub use index::{Index, StagedFile};
pub use leftover::sweep;
pub use locate::{
    MAXIMUM_TEXT, find_upwards, is_file, is_folder, is_there, matches_any, member_folders, names_in,
    normalise, read_text,
};
pub use machine::ThisMachine;
pub use owner::{group_of, user_name};
pub use root::Root;
pub use state::{LEDGER_VARIABLE, ledger_path};
pub use walk::{MAXIMUM_FILE, Walk, Wanted, walk};
pub use write::Staged;
