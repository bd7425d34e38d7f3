//! The processes of Linux, as `/proc` tells of them.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::machine::Process;

/// Variables that portgen sets for what it starts begin so.
const MARK: &[u8] = b"PORTGEN_";

/// The processes; who has which socket is read when that is first asked.
#[derive(Debug, Default)]
pub(super) struct Processes {
    by_socket: OnceCell<HashMap<u64, Vec<u32>>>,
}

impl Processes {
    /// The processes that have one of these sockets open, by number.
    pub(super) fn with_sockets(&self, inodes: impl Iterator<Item = u64>) -> BTreeSet<u32> {
        let mut inodes = inodes.peekable();
        if inodes.peek().is_none() {
            return BTreeSet::new();
        }
        let by_socket = self.by_socket.get_or_init(by_socket);
        inodes.filter_map(|inode| by_socket.get(&inode)).flatten().copied().collect()
    }

    /// A process, with what this user may see of it.
    pub(super) fn read(&self, pid: u32) -> Option<Process> {
        let folder = format!("/proc/{pid}");
        let stat = Stat::read(&read(&format!("{folder}/stat"))?)?;
        let status = read(&format!("{folder}/status")).unwrap_or_default();
        let command = read(&format!("{folder}/cmdline")).unwrap_or_default();
        let environment = read(&format!("{folder}/environ")).unwrap_or_default();
        Some(Process {
            pid,
            parent: stat.parent,
            name: stat.name,
            command: texts(&command).map(lossy).collect(),
            folder: fs::read_link(format!("{folder}/cwd")).ok(),
            user: user(&status),
            marks: texts(&environment).filter_map(mark).collect(),
        })
    }

    /// The tick that a process started in, the boot that counts it, and the
    /// namespace that its number is of.
    pub(super) fn start_of(&self, pid: u32) -> Option<String> {
        let stat = Stat::read(&read(&format!("/proc/{pid}/stat"))?)?;
        let boot = read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        Some(format!("{}@{}@{}", stat.start, lossy(boot.trim_ascii()), namespace.to_string_lossy()))
    }
}

/// What `/proc/PID/stat` tells of a process that lives.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    name: String,
    parent: u32,
    start: u64,
}

impl Stat {
    /// `PID (name) state parent …`; a name may hold spaces and parentheses.
    ///
    /// A process that has ended and that its parent never asked after is none:
    /// it has nothing open, and may stay for ever.
    fn read(text: &[u8]) -> Option<Self> {
        let (open, close) = (memchr::memchr(b'(', text)?, memchr::memrchr(b')', text)?);
        let name = text.get(open + 1..close)?;
        let rest = std::str::from_utf8(text.get(close + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        if matches!(fields.next()?, "Z" | "X" | "x") {
            return None;
        }
        let parent = fields.next()?.parse().ok()?;
        // Field 22 of the whole line; two of those after the name are read.
        let start = fields.nth(17)?.parse().ok()?;
        Some(Self { name: lossy(name), parent, start })
    }
}

/// The first number of the line `Uid:`, which is the real user's; the second
/// is what it acts as.
fn user(status: &[u8]) -> Option<u32> {
    let status = String::from_utf8_lossy(status);
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// Texts that end with a zero byte each.
fn texts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    bytes.split(|byte| *byte == 0).filter(move |_| !bytes.is_empty())
}

fn mark(variable: &[u8]) -> Option<(String, String)> {
    let equals = memchr::memchr(b'=', variable)?;
    let (name, value) = (variable.get(..equals)?, variable.get(equals + 1..)?);
    name.starts_with(MARK).then(|| (lossy(name), lossy(value)))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Who has which socket open, by the numbers of both. Other users' processes
/// are passed over where this one may not look into them.
fn by_socket() -> HashMap<u64, Vec<u32>> {
    let mut owners: HashMap<u64, Vec<u32>> = HashMap::new();
    for pid in names(Path::new("/proc")).filter_map(|name| name.to_str()?.parse::<u32>().ok()) {
        let files = Path::new("/proc").join(pid.to_string()).join("fd");
        for name in names(&files) {
            let inode = fs::read_link(files.join(name)).ok().and_then(|link| socket(link.as_os_str()));
            let Some(pids) = inode.map(|inode| owners.entry(inode).or_default()) else { continue };
            // A process may have one socket open twice.
            if pids.last() != Some(&pid) {
                pids.push(pid);
            }
        }
    }
    owners
}

/// The number in `socket:[4711]`.
fn socket(link: &OsStr) -> Option<u64> {
    let number = link.as_bytes().strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "this is the room that asks the machine")]
fn names(folder: &Path) -> impl Iterator<Item = std::ffi::OsString> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name())
}

/// A file of `/proc` has no size to go by: room is made beforehand, and the
/// system asked as seldom as can be.
#[expect(clippy::disallowed_methods, reason = "this is the room that asks the machine")]
fn read(file: &str) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(4096);
    let file = fs::File::open(file).ok()?;
    file.take(u64::MAX).read_to_end(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let rest = "1 4711 4711 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 33445 1000 1 184467440737";
        let check = |name: &[u8], state: &str, expect: Option<(&str, u64)>| {
            let text = [b"4711 (", name, b") ", state.as_bytes(), b" ", rest.as_bytes()].concat();
            let stat = Stat::read(&text);
            let found = stat.as_ref().map(|stat| (stat.name.as_str(), stat.start));
            assert_eq!(found, expect);
            assert!(stat.is_none_or(|stat| stat.parent == 1));
        };
        check(b"node", "S", Some(("node", 33445)));
        check(b"a) R (b", "R", Some(("a) R (b", 33445)));
        check(b"caf\xe9", "S", Some(("caf\u{fffd}", 33445)));
        check(b"node", "Z", None);
        check(b"node", "X", None);
        assert_eq!(Stat::read(b"4711 (node) S 1"), None);
        assert_eq!(Stat::read(b""), None);
    }

    #[test]
    fn texts_end_with_zero_bytes() {
        let check = |bytes: &[u8], expect: &[&str]| {
            assert_eq!(texts(bytes).map(lossy).collect::<Vec<_>>(), expect, "{bytes:?}");
        };
        check(b"", &[]);
        check(b"node\0server.js\0", &["node", "server.js"]);
        check(b"sh\0-c\0\0", &["sh", "-c", ""]);
        // What a program wrote over its own line.
        check(b"nginx: master process", &["nginx: master process"]);
    }

    #[test]
    fn only_what_portgen_set_is_read_of_an_environment() {
        let found: Vec<_> = texts(b"HOME=/\0PORTGEN_SERVICE=api\0PORTGEN_X=a=b\0SECRET=PORTGEN_\0PORTGEN_\0")
            .filter_map(mark)
            .collect();
        let expect = [("PORTGEN_SERVICE", "api"), ("PORTGEN_X", "a=b")];
        assert_eq!(found, expect.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_process_is_told_from_others_of_its_number() {
        let processes = Processes::default();
        let own = std::process::id();
        let start = processes.start_of(own).expect("this process lives");
        let (tick, boot) = start.split_once('@').expect("both");
        assert!(tick.parse::<u64>().is_ok_and(|tick| tick > 0) && !boot.is_empty(), "{start}");
        assert_eq!(processes.start_of(own), Some(start));
        assert_eq!(processes.start_of(u32::MAX), None);
        assert_eq!(processes.read(u32::MAX), None);
    }

    #[test]
    fn a_line_of_users_names_who_it_acts_as() {
        assert_eq!(user(b"Name:\tsh\nUid:\t1000\t0\t0\t0\n"), Some(0));
        assert_eq!(user(b"Name:\tsh\n"), None);
    }

    #[test]
    fn links_to_sockets_are_numbers() {
        assert_eq!(socket(OsStr::new("socket:[4711]")), Some(4711));
        for other in ["pipe:[4711]", "socket:[x]", "/dev/null", "socket:[4711"] {
            assert_eq!(socket(OsStr::new(other)), None);
        }
    }
}
