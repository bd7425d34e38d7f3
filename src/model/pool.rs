//! A pool that numbers are given from, the lowest free one first.
//!
//! It knows nothing of sockets, files or processes: what is taken, dead or
//! passed over is told to it. A question costs at most a walk over 1,024 words
//! of bits, however many ports are taken.

use std::collections::BTreeMap;
use std::fmt;

use super::{Port, PortSet};
use crate::diagnostic::printable;

/// Why a port of a pool is never given although nobody has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassedOver {
    /// It lies in a `[[reserved]]` entry.
    Reserved {
        /// Whose it is.
        owner: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// It lies in a named range that the service does not belong to.
    Range(String),
    /// Browsers refuse to fetch from it.
    Blocked,
    /// Only root may listen on it.
    Privileged,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserved { owner, reason } => {
                formatter.write_str("is reserved")?;
                if let Some(owner) = owner {
                    write!(formatter, " for {}", printable(owner))?;
                }
                reason.as_ref().map_or(Ok(()), |reason| write!(formatter, ": {}", printable(reason)))
            }
            Self::Range(name) => write!(formatter, "belongs to range {name}"),
            Self::Blocked => formatter.write_str("is one that browsers refuse to fetch from"),
            Self::Privileged => formatter.write_str("is privileged: only root may listen below 1024"),
        }
    }
}

/// Why a port that was asked for is not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no port of the pool.
    #[error("port {port} is outside {pool} ({ports})")]
    Outside {
        /// What was asked for.
        port: Port,
        /// The pool's name.
        pool: String,
        /// The pool's ports.
        ports: PortSet,
    },
    /// Somebody has it.
    #[error("port {port} is taken by {by}")]
    Taken {
        /// What was asked for.
        port: Port,
        /// Who has it.
        by: String,
    },
    /// It failed before and was not revived.
    #[error("port {port} is dead: {reason}")]
    Dead {
        /// What was asked for.
        port: Port,
        /// What happened to it.
        reason: String,
    },
    /// It is never given.
    #[error("port {port} {why}")]
    PassedOver {
        /// What was asked for.
        port: Port,
        /// Why not.
        why: PassedOver,
    },
}

/// A pool has no free port left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The pool's name.
    pub pool: String,
    /// The pool's ports.
    pub ports: PortSet,
    /// How many ports it has.
    pub size: usize,
    /// How many of them somebody has.
    pub taken: usize,
    /// How many of them are dead.
    pub dead: usize,
    /// How many of them are never given.
    pub passed_over: usize,
}

impl std::error::Error for Exhausted {}

impl fmt::Display for Exhausted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pool, ports, size, taken, dead, passed_over } = self;
        if *size == 0 {
            return write!(formatter, "no free port in {pool}: it has no ports");
        }
        write!(formatter, "no free port in {ports} ({pool}): {taken} of {size} are taken")?;
        if *dead > 0 {
            write!(formatter, ", {dead} dead")?;
        }
        if *passed_over > 0 {
            write!(formatter, ", {passed_over} reserved or otherwise passed over")?;
        }
        Ok(())
    }
}

/// What became of a port that was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// It was taken and is free now.
    Freed,
    /// Nobody had it; nothing changed.
    WasFree,
    /// It is dead and stays so until it is revived.
    StaysDead,
}

/// Ports under a name, and what is known of each.
#[derive(Clone, Debug)]
pub struct Pool {
    name: String,
    ports: PortSet,
    size: usize,
    /// The ports of the pool that can be given now.
    free: Bits,
    taken: BTreeMap<Port, String>,
    dead: BTreeMap<Port, String>,
    passed_over: Vec<(PortSet, PassedOver)>,
}

impl Pool {
    /// A pool of these ports, all free, under the name that messages use, such
    /// as `range mcp`.
    pub fn new(name: impl Into<String>, ports: PortSet) -> Self {
        let mut free = Bits::empty();
        ports.ports().for_each(|port| free.insert(port));
        let size = free.count();
        Self {
            name: name.into(),
            ports,
            size,
            free,
            taken: BTreeMap::new(),
            dead: BTreeMap::new(),
            passed_over: Vec::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ports, free or not.
    pub fn ports(&self) -> &PortSet {
        &self.ports
    }

    /// How many ports it has, free or not.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many of its ports are free.
    pub fn free_count(&self) -> usize {
        self.free.count()
    }

    /// The lowest free port.
    pub fn lowest_free(&self) -> Option<Port> {
        self.free.first_from(Port::MIN)
    }

    /// The lowest free port that is not below `first`.
    pub fn lowest_free_from(&self, first: Port) -> Option<Port> {
        self.free.first_from(first)
    }

    /// Records that somebody has a port, inside the pool or not. Who had it
    /// first stays on record.
    pub fn take(&mut self, port: Port, by: impl Into<String>) {
        self.free.remove(port);
        self.taken.entry(port).or_insert_with(|| by.into());
    }

    /// Records ports that are never given. Where several entries hold a port,
    /// the first is the reason that is told.
    pub fn pass_over(&mut self, ports: PortSet, why: PassedOver) {
        ports.ports().for_each(|port| self.free.remove(port));
        self.passed_over.push((ports, why));
    }

    /// Gives the lowest free port.
    ///
    /// # Errors
    /// [`Exhausted`] where none is free.
    pub fn allocate(&mut self, by: impl Into<String>) -> Result<Port, Exhausted> {
        let port = self.lowest_free().ok_or_else(|| self.exhausted())?;
        self.take(port, by);
        Ok(port)
    }

    /// Gives the port that is asked for.
    ///
    /// # Errors
    /// A [`Refusal`] that says why it is not free.
    pub fn request(&mut self, port: Port, by: impl Into<String>) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal(port) {
            return Err(refusal);
        }
        self.take(port, by);
        Ok(())
    }

    /// Why a port would not be given; `None` where it is free.
    pub fn refusal(&self, port: Port) -> Option<Refusal> {
        if self.free.contains(port) {
            return None;
        }
        if let Some(by) = self.taken.get(&port) {
            return Some(Refusal::Taken { port, by: by.clone() });
        }
        if let Some(reason) = self.dead.get(&port) {
            return Some(Refusal::Dead { port, reason: reason.clone() });
        }
        if let Some((_, why)) = self.passed_over.iter().find(|(ports, _)| ports.contains(port)) {
            return Some(Refusal::PassedOver { port, why: why.clone() });
        }
        Some(Refusal::Outside { port, pool: self.name.clone(), ports: self.ports.clone() })
    }

    /// Gives a port back. One that nobody has is left as it is, and a dead one
    /// stays dead.
    pub fn release(&mut self, port: Port) -> Released {
        if self.dead.contains_key(&port) {
            return Released::StaysDead;
        }
        if self.taken.remove(&port).is_none() {
            return Released::WasFree;
        }
        self.free_again(port);
        Released::Freed
    }

    /// Records that a port cannot be used, whoever has it; it is not given
    /// again until it is revived.
    pub fn mark_dead(&mut self, port: Port, reason: impl Into<String>) {
        self.free.remove(port);
        self.taken.remove(&port);
        self.dead.insert(port, reason.into());
    }

    /// Takes a port's death back; `false` where it was not dead.
    pub fn revive(&mut self, port: Port) -> bool {
        let was_dead = self.dead.remove(&port).is_some();
        if was_dead {
            self.free_again(port);
        }
        was_dead
    }

    /// What there is to say when no port is free.
    pub fn exhausted(&self) -> Exhausted {
        let inside =
            |ports: &BTreeMap<Port, String>| ports.keys().filter(|&&port| self.ports.contains(port)).count();
        let (taken, dead) = (inside(&self.taken), inside(&self.dead));
        Exhausted {
            pool: self.name.clone(),
            ports: self.ports.clone(),
            size: self.size,
            taken,
            dead,
            passed_over: self.size.saturating_sub(taken + dead),
        }
    }

    fn free_again(&mut self, port: Port) {
        let passed_over = self.passed_over.iter().any(|(ports, _)| ports.contains(port));
        if self.ports.contains(port) && !passed_over {
            self.free.insert(port);
        }
    }
}

/// One bit for each number from 0 to 65535.
#[derive(Clone, Debug)]
struct Bits {
    words: Vec<u64>,
}

impl Bits {
    fn empty() -> Self {
        Self { words: vec![0; 65536 / 64] }
    }

    fn index(port: Port) -> (usize, u64) {
        (usize::from(port.get()) / 64, 1 << (port.get() % 64))
    }

    fn insert(&mut self, port: Port) {
        let (word, bit) = Self::index(port);
        self.words[word] |= bit;
    }

    fn remove(&mut self, port: Port) {
        let (word, bit) = Self::index(port);
        self.words[word] &= !bit;
    }

    fn contains(&self, port: Port) -> bool {
        let (word, bit) = Self::index(port);
        self.words[word] & bit != 0
    }

    fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn first_from(&self, port: Port) -> Option<Port> {
        let (first, bit) = Self::index(port);
        for (index, &word) in self.words.iter().enumerate().skip(first) {
            let word = if index == first { word & !(bit - 1) } else { word };
            if word != 0 {
                let number = index * 64 + word.trailing_zeros() as usize;
                return u16::try_from(number).ok().and_then(Port::new);
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
