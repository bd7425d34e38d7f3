//! Asking the container engines of this machine which ports their containers
//! have. Only read, and only where something listens for a container.

#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::path::PathBuf;
#[cfg(unix)]
use std::time::Duration;

use crate::machine::Container;
#[cfg(unix)]
use crate::machine::read_containers;
#[cfg(unix)]
use crate::world::environment::variable_path;
#[cfg(unix)]
use crate::world::normalise;

/// How long an engine may take.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);
/// An answer that is longer is cut.
#[cfg(unix)]
const LONGEST: u64 = 16 * 1024 * 1024;

/// The containers that run; none where no engine answers.
#[cfg(unix)]
pub(super) fn containers() -> Vec<Container> {
    let answers = places().into_iter().filter_map(|place| ask(&place));
    let all = answers.flat_map(|answer| read_containers(&answer));
    // Folders are compared as they are without links.
    all.map(|one| Container { folder: one.folder.map(|folder| normalise(&folder)), ..one }).collect()
}

/// Engines that listen on a socket of the system have none here.
#[cfg(not(unix))]
pub(super) fn containers() -> Vec<Container> {
    Vec::new()
}

/// Where engines listen: as `DOCKER_HOST` says, else where they do by default.
#[cfg(unix)]
fn places() -> Vec<PathBuf> {
    if let Some(host) = variable_path("DOCKER_HOST") {
        let path = host.to_str().and_then(|host| host.strip_prefix("unix://"));
        return path.map(PathBuf::from).into_iter().collect();
    }
    let mut places = vec![PathBuf::from("/var/run/docker.sock")];
    if let Some(own) = variable_path("XDG_RUNTIME_DIR") {
        places.extend(["docker.sock", "podman/podman.sock"].map(|name| own.join(name)));
    }
    if let Some(home) = variable_path("HOME") {
        places.push(home.join(".docker/run/docker.sock"));
    }
    places
}

/// The body of an engine's answer.
#[cfg(unix)]
fn ask(place: &std::path::Path) -> Option<Vec<u8>> {
    let mut stream = UnixStream::connect(place).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    // Of this version on no answer comes in pieces.
    stream.write_all(b"GET /containers/json HTTP/1.0\r\nHost: localhost\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).ok()?;
    let head = memchr::memmem::find(&answer, b"\r\n\r\n")?;
    let is_ok = answer.get(..head)?.split(|byte| *byte == b' ').nth(1)? == b"200";
    is_ok.then(|| answer.split_off(head + 4))
}
