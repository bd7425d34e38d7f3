//! Where the state of this user's programs is kept.

use std::path::PathBuf;

use etcetera::{AppStrategy, AppStrategyArgs};

use super::environment::variable_path;
use crate::diagnostic::Failure;

/// The variable that names another ledger.
pub const LEDGER_VARIABLE: &str = "PORTGEN_LEDGER";

/// The file of the ledger: as `PORTGEN_LEDGER` says, else `ledger.db` in this
/// user's folder for the state of programs.
///
/// # Errors
/// A [`Failure`] where this user has no home.
pub fn ledger_path() -> Result<PathBuf, Failure> {
    if let Some(path) = variable_path(LEDGER_VARIABLE) {
        return Ok(path);
    }
    let own = AppStrategyArgs {
        top_level_domain: String::new(),
        author: String::new(),
        app_name: "portgen".to_owned(),
    };
    let strategy = etcetera::choose_app_strategy(own).map_err(|error| no_home(&error.to_string()))?;
    // Windows has no folder for state alone.
    Ok(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("ledger.db"))
}

fn no_home(why: &str) -> Failure {
    Failure::new("ledger-io", format!("there is no place for the ledger: {why}"))
        .help(format!("set {LEDGER_VARIABLE} to a file of yours"))
}
