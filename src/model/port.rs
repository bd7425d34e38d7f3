//! A TCP or UDP port number, 1 to 65535.

use std::fmt;
use std::num::NonZeroU16;

/// A port number from 1 to 65535 (RFC 6335 reserves 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Port(NonZeroU16);

/// Why something is no port number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Not made of decimal digits alone.
    #[error("not a port number")]
    NotANumber,
    /// Outside 1 to 65535.
    #[error("a port is a number from 1 to 65535")]
    OutOfBounds,
}

impl Port {
    /// The lowest port, 1.
    pub const MIN: Self = Self(NonZeroU16::MIN);
    /// The highest port, 65535.
    pub const MAX: Self = Self(NonZeroU16::MAX);

    /// The port of a number; `None` for 0.
    pub const fn new(number: u16) -> Option<Self> {
        match NonZeroU16::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// Reads a decimal number without sign, space or leading zero.
    ///
    /// # Errors
    /// [`PortError::NotANumber`] for other text, [`PortError::OutOfBounds`]
    /// for 0 and for numbers above 65535.
    pub fn parse(text: &str) -> Result<Self, PortError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (text.len() > 1 && text.starts_with('0')) {
            return Err(PortError::NotANumber);
        }
        let number = text.parse::<u16>().map_err(|_| PortError::OutOfBounds)?;
        Self::new(number).ok_or(PortError::OutOfBounds)
    }

    /// The number, 1 to 65535.
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// The next higher port; `None` after 65535.
    pub fn next(self) -> Option<Self> {
        self.get().checked_add(1).and_then(Self::new)
    }
}

impl TryFrom<i64> for Port {
    type Error = PortError;
    fn try_from(number: i64) -> Result<Self, PortError> {
        let number = u16::try_from(number).map_err(|_| PortError::OutOfBounds)?;
        Self::new(number).ok_or(PortError::OutOfBounds)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_from_1_to_65535_are_ports() {
        let check = |text, expect: Result<u16, PortError>| {
            assert_eq!(Port::parse(text).map(Port::get), expect, "{text:?}")
        };
        check("1", Ok(1));
        check("65535", Ok(65535));
        check("0", Err(PortError::OutOfBounds));
        check("65536", Err(PortError::OutOfBounds));
        check("99999999999999", Err(PortError::OutOfBounds));
        for text in ["", "80a", "-1", "+80", " 80", "080", "8_0", "80.5", "٣"] {
            check(text, Err(PortError::NotANumber));
        }
        assert_eq!(Port::try_from(70000), Err(PortError::OutOfBounds));
        assert_eq!(Port::try_from(-1), Err(PortError::OutOfBounds));
    }
}
