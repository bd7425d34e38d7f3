//! Which of several sets of ports holds a port, answered at once.

use super::{Port, PortSet};

/// For each port the first of several sets that has it.
///
/// Building costs as many steps as the sets have ports together.
#[derive(Clone, Debug)]
pub struct PortIndex {
    /// For each number 0, or the set's position plus 1.
    holders: Vec<u32>,
}

impl PortIndex {
    /// An index without any set.
    pub fn new() -> Self {
        Self { holders: vec![0; 65536] }
    }

    /// The index of some sets, the first at position 0.
    pub fn of<'a>(sets: impl IntoIterator<Item = &'a PortSet>) -> Self {
        let mut index = Self::new();
        for (position, set) in sets.into_iter().enumerate() {
            index.add(position, set);
        }
        index
    }

    /// Adds a set; gives the positions of the sets that have some of its ports
    /// already, each once, in the order of those ports.
    pub fn add(&mut self, position: usize, set: &PortSet) -> Vec<usize> {
        let own = u32::try_from(position + 1).unwrap_or(u32::MAX);
        let mut others = Vec::new();
        let mut last_other = 0;
        for range in set.ranges() {
            let slots =
                self.holders.get_mut(usize::from(range.first().get())..=usize::from(range.last().get()));
            for slot in slots.unwrap_or_default() {
                if *slot == 0 {
                    *slot = own;
                } else if *slot != own && *slot != last_other {
                    last_other = *slot;
                    others.push(last_other as usize - 1);
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        others.retain(|&other| seen.insert(other));
        others
    }

    /// The position of the first set that has the port.
    pub fn get(&self, port: Port) -> Option<usize> {
        let holder = self.holders.get(usize::from(port.get())).copied().unwrap_or(0);
        (holder as usize).checked_sub(1)
    }
}

impl Default for PortIndex {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PortRange;

    fn set(text: &str) -> PortSet {
        text.split(", ").map(|range| PortRange::parse(range).expect("a range")).collect()
    }

    #[test]
    fn the_first_set_that_has_a_port_is_told() {
        let sets = [set("10-20"), set("15-30, 5"), set("65535")];
        let index = PortIndex::of(&sets);
        let at = |number| Port::new(number).and_then(|port| index.get(port));
        assert_eq!(
            [5, 10, 15, 20, 21, 65535].map(at),
            [Some(1), Some(0), Some(0), Some(0), Some(1), Some(2)]
        );
        assert_eq!([1, 9, 31, 65534].map(at), [None; 4]);
    }

    #[test]
    fn adding_tells_every_set_that_was_there_first() {
        let mut index = PortIndex::of(&[set("10-20"), set("30-40")]);
        assert_eq!(index.add(2, &set("35-50, 1-12, 38")), [1, 0]);
        assert_eq!(index.add(3, &set("60, 60")), [] as [usize; 0]);
    }
}
