//! Ranges of ports, both ends included, and sets of them.

use std::fmt;

use super::port::{Port, PortError};

/// The ports from `first` to `last`, both included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortRange {
    first: Port,
    last: Port,
}

/// Why something is no range of ports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// An end is no port.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The first port is above the last.
    #[error("the range is upside down: {first} is above {last}")]
    UpsideDown {
        /// What stands first.
        first: Port,
        /// What stands last.
        last: Port,
    },
}

impl PortRange {
    /// Every port, 1 to 65535.
    pub const ALL: Self = Self { first: Port::MIN, last: Port::MAX };

    /// The range from `first` to `last`.
    ///
    /// # Errors
    /// [`RangeError::UpsideDown`] where `first` is above `last`.
    pub fn new(first: Port, last: Port) -> Result<Self, RangeError> {
        if first > last {
            return Err(RangeError::UpsideDown { first, last });
        }
        Ok(Self { first, last })
    }

    /// The range of one port.
    pub fn single(port: Port) -> Self {
        Self { first: port, last: port }
    }

    /// Reads `9000-9099` or `8080`.
    ///
    /// # Errors
    /// Where an end is no port, or the ends are upside down.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        match text.split_once('-') {
            Some((first, last)) => Self::new(Port::parse(first.trim())?, Port::parse(last.trim())?),
            None => Ok(Self::single(Port::parse(text.trim())?)),
        }
    }

    /// The lowest port.
    pub fn first(self) -> Port {
        self.first
    }

    /// The highest port.
    pub fn last(self) -> Port {
        self.last
    }

    /// How many ports it has, 1 to 65535.
    pub fn len(self) -> usize {
        usize::from(self.last.get() - self.first.get()) + 1
    }

    /// Never: a range has at least one port.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Whether the port lies in it.
    pub fn contains(self, port: Port) -> bool {
        self.first <= port && port <= self.last
    }

    /// The ports that both have, if any.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last)).ok()
    }

    /// Whether both have a port.
    pub fn overlaps(self, other: Self) -> bool {
        self.intersection(other).is_some()
    }

    /// Its ports, lowest first.
    pub fn ports(self) -> impl Iterator<Item = Port> {
        (self.first.get()..=self.last.get()).filter_map(Port::new)
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return self.first.fmt(formatter);
        }
        write!(formatter, "{}-{}", self.first, self.last)
    }
}

/// A set of ports, kept as the ranges that were written, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortSet {
    ranges: Vec<PortRange>,
}

impl PortSet {
    /// The ranges, in the order they were written.
    pub fn ranges(&self) -> &[PortRange] {
        &self.ranges
    }

    /// Whether it has no port.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether the port lies in one of its ranges.
    pub fn contains(&self, port: Port) -> bool {
        self.ranges.iter().any(|range| range.contains(port))
    }

    /// Its lowest port; `None` where it has none.
    pub fn first(&self) -> Option<Port> {
        self.ranges.iter().map(|range| range.first()).min()
    }

    /// The first pair of ranges, one of each set, that share a port.
    pub fn overlap(&self, other: &Self) -> Option<PortRange> {
        self.intersection(other).ranges.first().copied()
    }

    /// The ports that both have.
    pub fn intersection(&self, other: &Self) -> Self {
        let pairs =
            self.ranges.iter().flat_map(|&mine| other.ranges.iter().map(move |&theirs| (mine, theirs)));
        Self { ranges: pairs.filter_map(|(mine, theirs)| mine.intersection(theirs)).collect() }
    }

    /// Its ports, lowest first, each once.
    pub fn ports(&self) -> impl Iterator<Item = Port> {
        let mut sorted = self.ranges.clone();
        sorted.sort_unstable();
        let mut next = Some(Port::MIN);
        sorted.into_iter().flat_map(move |range| {
            let first = next.map(|next| next.max(range.first()));
            let rest = first.and_then(|first| PortRange::new(first, range.last()).ok());
            if rest.is_some() {
                next = range.last().next();
            }
            rest.into_iter().flat_map(PortRange::ports)
        })
    }
}

impl FromIterator<PortRange> for PortSet {
    fn from_iter<I: IntoIterator<Item = PortRange>>(ranges: I) -> Self {
        Self { ranges: ranges.into_iter().collect() }
    }
}

impl From<PortRange> for PortSet {
    fn from(range: PortRange) -> Self {
        Self { ranges: vec![range] }
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.ranges.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(formatter, "{separator}{range}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> PortRange {
        PortRange::parse(text).expect("a range")
    }

    fn set(texts: &[&str]) -> PortSet {
        texts.iter().map(|text| range(text)).collect()
    }

    #[test]
    fn ranges_read_and_print_alike() {
        for text in ["1-65535", "8080", "9000-9099"] {
            assert_eq!(range(text).to_string(), text);
        }
        assert_eq!(range("1-65535").len(), 65535);
        assert!(matches!(PortRange::parse("9-8"), Err(RangeError::UpsideDown { .. })));
        for text in ["", "-", "1-", "-1", "1-2-3", "a-b", "0-5", "1-70000"] {
            assert!(PortRange::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_set_gives_each_port_once_lowest_first() {
        let ports = |texts: &[&str]| set(texts).ports().map(Port::get).collect::<Vec<_>>();
        assert_eq!(ports(&["5-6", "1-3", "2-5"]), [1, 2, 3, 4, 5, 6]);
        assert_eq!(ports(&["65534-65535", "65535"]), [65534, 65535]);
        assert_eq!(ports(&["2-9", "3-4"]), [2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn sets_intersect() {
        assert_eq!(set(&["1-10", "20"]).intersection(&set(&["5-30"])), set(&["5-10", "20"]));
        assert_eq!(set(&["1-10"]).overlap(&set(&["11-20"])), None);
    }
}
