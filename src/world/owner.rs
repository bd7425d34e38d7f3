//! What the system says of a process beside its sockets: its group, its user's name.

/// What `/proc/PID/cgroup` says; `None` where the system has no such file.
pub fn group_of(pid: u32) -> Option<String> {
    read(&format!("/proc/{pid}/cgroup"))
}

/// The name of a user, as the system's own list has it.
pub fn user_name(user: u32) -> Option<String> {
    let list = read("/etc/passwd")?;
    let entry = list.lines().find(|line| line.split(':').nth(2) == Some(user.to_string().as_str()))?;
    entry.split(':').next().map(str::to_owned)
}

#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "this is the room that asks the machine")]
fn read(file: &str) -> Option<String> {
    std::fs::read_to_string(file).ok()
}

#[cfg(not(unix))]
fn read(_: &str) -> Option<String> {
    None
}
