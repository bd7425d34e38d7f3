//! Runs one tool: on a thread, for a bounded time, whatever it does.

use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::JsonObject;
use rmcp::service::RequestContext;
use tokio::sync::Semaphore;

use super::tools::{Answer, Tool};
use crate::app::Reach;
use crate::diagnostic::Failure;

/// Tools that run at the same time; others wait for their turn.
const AT_ONCE: usize = 8;
/// How long a tool may run before its client is told that it takes too long.
const LONGEST: Duration = Duration::from_secs(60);
/// How long a tool may wait for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The threads that tools run on.
pub(super) struct Workers {
    turns: Arc<Semaphore>,
    longest: Duration,
}

impl Workers {
    pub(super) fn new() -> Self {
        Self::lasting(LONGEST)
    }

    /// With tools that may run so long.
    pub(super) fn lasting(longest: Duration) -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), longest }
    }

    /// Runs a tool; `None` where the client took its question back.
    ///
    /// What was taken back before its turn never runs. What runs already is
    /// carried out, and nobody told: half of it would be worse.
    pub(super) async fn run(
        &self,
        tool: &'static Tool,
        reach: Reach,
        arguments: JsonObject,
        context: &RequestContext<RoleServer>,
    ) -> Option<Result<Answer, Failure>> {
        let turn = tokio::select! {
            biased;
            () = context.ct.cancelled() => return None,
            turn = tokio::time::timeout(LONGEST_WAIT, Arc::clone(&self.turns).acquire_owned()) => turn,
        };
        let Ok(Ok(turn)) = turn else { return Some(Err(busy())) };
        let work = tokio::task::spawn_blocking(move || {
            // Kept by the thread, and not by who waits: a thread that hangs counts.
            let _turn = turn;
            (tool.run)(&reach, arguments)
        });
        tokio::select! {
            () = context.ct.cancelled() => None,
            done = tokio::time::timeout(self.longest, work) => Some(match done {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(broken(tool)),
                Err(_) => Err(too_slow(tool, self.longest)),
            }),
        }
    }
}

fn busy() -> Failure {
    let failure = Failure::new("busy", "too many tools run already");
    failure.help("ask again when they have answered")
}

fn broken(tool: &Tool) -> Failure {
    let failure =
        Failure::new("internal", format!("{} ended in the middle: this is a mistake in portgen", tool.name));
    failure.help("what it was asked was not done, or not all of it; the server goes on")
}

fn too_slow(tool: &Tool, longest: Duration) -> Failure {
    let message = format!("{} takes more than {} seconds", tool.name, longest.as_secs());
    Failure::new("too-slow", message)
        .help("it may still end; ask for less, such as one folder, or look what came of it")
}
