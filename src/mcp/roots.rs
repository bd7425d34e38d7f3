//! The folders that a client works in, as it tells of them.

use std::path::PathBuf;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio::sync::Mutex;

use crate::world;

/// How long a client has to tell of its folders.
const LONGEST: Duration = Duration::from_secs(2);

/// What a client told, asked for once until it says that they changed.
#[derive(Default)]
pub(super) struct Roots(Mutex<Option<Vec<PathBuf>>>);

impl Roots {
    /// Forgets them: the next tool asks again.
    pub(super) async fn forget(&self) {
        *self.0.lock().await = None;
    }

    /// The folders; none where the client does not tell of any.
    pub(super) async fn ask(&self, context: &RequestContext<RoleServer>) -> Vec<PathBuf> {
        let mut known = self.0.lock().await;
        if let Some(known) = &*known {
            return known.clone();
        }
        let tells = context.client_capabilities().is_some_and(|can| can.roots.is_some());
        let roots = if tells { fetch(context).await } else { Vec::new() };
        known.insert(roots).clone()
    }
}

#[expect(deprecated, reason = "the clients of today tell of their folders this way")]
async fn fetch(context: &RequestContext<RoleServer>) -> Vec<PathBuf> {
    match tokio::time::timeout(LONGEST, context.peer.list_roots()).await {
        Ok(Ok(told)) => told.roots.iter().filter_map(|root| world::path_of_address(&root.uri)).collect(),
        _ => Vec::new(),
    }
}
