//! Which service manager or container runtime a process is kept by.

/// Who starts a process, and starts it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A service of the system.
    System(String),
    /// A service of one user.
    User(String),
    /// A container, by the beginning of its number.
    Container(String),
}

impl Unit {
    /// How it is stopped by its own means.
    pub fn how_to_stop(&self) -> String {
        match self {
            Self::System(unit) => format!("`systemctl stop {unit}`"),
            Self::User(unit) => format!("`systemctl --user stop {unit}`"),
            Self::Container(id) => format!("`docker stop {id}`, or `podman stop {id}`"),
        }
    }
}

/// Reads what `/proc/PID/cgroup` says; `None` for a session, a terminal, or
/// nothing that is known.
pub fn read_unit(text: &str) -> Option<Unit> {
    // `0::/path` of version 2, else the line of systemd's own hierarchy.
    let paths = text.lines().filter_map(|line| line.splitn(3, ':').nth(2).map(|path| (line, path)));
    let own = paths.clone().find(|(line, _)| line.starts_with("0::"));
    let (_, path) = own.or_else(|| paths.clone().find(|(line, _)| line.contains(":name=systemd:")))?;
    let parts: Vec<&str> = path.split('/').filter(|part| is_plain(part)).collect();
    if let Some(id) = parts.iter().rev().find_map(|part| container(part)) {
        return Some(Unit::Container(id));
    }
    let unit = (*parts.last()?).to_owned();
    let is_service = unit.ends_with(".service") && !unit.starts_with("user@");
    let is_users = parts.iter().any(|part| part.starts_with("user@"));
    is_service.then_some(if is_users { Unit::User(unit) } else { Unit::System(unit) })
}

/// Whether a name can stand in a command as it is.
fn is_plain(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"@._:-\\".contains(&byte);
    !part.is_empty() && !part.starts_with('-') && part.bytes().all(allowed)
}

/// The number of a container in `docker-0123….scope`, `libpod-0123….scope` or `0123…`.
fn container(part: &str) -> Option<String> {
    let name = part.strip_suffix(".scope").unwrap_or(part);
    let id = name.rsplit('-').next().unwrap_or(name);
    let is_id = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.chars().take(12).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_process_is_told_by_its_group() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(read_unit(text).map(|unit| unit.how_to_stop()).as_deref(), expect, "{text}");
        };
        check("0::/system.slice/nginx.service\n", Some("`systemctl stop nginx.service`"));
        let user = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service";
        check(user, Some("`systemctl --user stop syncthing.service`"));
        let id = "a".repeat(64);
        let stop = "`docker stop aaaaaaaaaaaa`, or `podman stop aaaaaaaaaaaa`";
        check(&format!("0::/system.slice/docker-{id}.scope"), Some(stop));
        check(&format!("12:pids:/x\n1:name=systemd:/docker/{id}\n"), Some(stop));
        check("0::/user.slice/user-1000.slice/session-2.scope", None);
        check("0::/user.slice/user-1000.slice/user@1000.service/init.scope", None);
        check("0::/user.slice/user-1000.slice/user@1000.service", None);
        check("0::/system.slice/$(reboot).service", None);
        check("0::/", None);
        check("", None);
    }
}
