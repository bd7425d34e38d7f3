//! The folders that a client works in, as it tells of them.

use std::path::PathBuf;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio::sync::Mutex;

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
        Ok(Ok(told)) => told.roots.iter().filter_map(|root| path_of(&root.uri)).collect(),
        _ => Vec::new(),
    }
}

/// The path of a `file:` address.
fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = unescaped(rest)?;
    let is_drive = |path: &str| {
        let mut bytes = path.bytes().skip(1);
        bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic()) && bytes.next() == Some(b':')
    };
    let path = if cfg!(windows) && is_drive(&path) { &path[1..] } else { &path };
    (path.starts_with('/') || cfg!(windows)).then(|| PathBuf::from(path))
}

/// `%20` and the like as what they stand for.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok())?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(windows))]
    fn an_address_of_a_folder_is_its_path() {
        let path = |uri| path_of(uri).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path("file:///home/a%20b/%C3%A9").as_deref(), Some("/home/a b/é"));
        assert_eq!(path("file://localhost/srv").as_deref(), Some("/srv"));
        for none in ["https://example.org/", "file://server/share", "file:///a%2", "file:///%ff", "/srv"] {
            assert_eq!(path(none), None, "{none}");
        }
    }
}
