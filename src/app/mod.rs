//! The use-cases, one file each, shared by every front end.
//!
//! A use-case takes plain arguments and gives plain data: it prints nothing
//! and reads no arguments. `Err` means that the world failed.

mod add;
mod baseline;
mod check;
mod editor;
mod eject;
mod env_files;
mod files;
mod fix;
mod hook;
mod init;
mod ledger;
mod list;
mod load;
mod map;
mod outputs;
mod ownership;
mod pages;
mod reach;
mod render;
mod repository;
mod scan;
mod stage;
mod statements;
mod survey;

pub use add::{AddRequest, Added, add};
pub use baseline::{BASELINE_NAME, BaselineOptions};
pub use check::{CheckOptions, Checked, check};
pub use editor::{OpenTable, RenderedPlace, open_table};
pub use eject::{Ejected, eject, find as find_target};
pub use files::{ListedFile, ListedFiles, checked_files, surveyed_files};
pub use fix::{FixOptions, Fixed};
pub use hook::{HookAction, HookOutcome, hook};
pub use init::{InitOptions, Initialized, init};
pub use ledger::*;
pub use list::{Listed, ListedPort, find_port, list};
pub use load::{FILE_NAME, Location, Workspace, load, project_folder};
pub use map::{MapOptions, map};
pub use pages::{Page, WrittenPage, write_pages};
pub use reach::{Reach, table_text};
pub use render::{RenderOptions, Rendered, render};
pub use scan::Progress;
pub use statements::Statement;
pub use survey::{SurveyOptions, Surveyed, survey};
