//! Addresses that services listen on.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// The address a claim is made on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    /// `localhost`: 127.0.0.1 and ::1 together.
    Localhost,
    /// A literal IPv4 or IPv6 address.
    Ip(IpAddr),
    /// A host name that this machine resolves.
    Name(String),
}

impl Address {
    /// Reads `localhost`, an IP address (IPv6 with or without brackets), `*`
    /// for every IPv4 interface, or a host name.
    ///
    /// `None` for a text that can be none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Some(Self::Ip(ip.to_canonical()));
        }
        if text == "*" {
            return Some(Self::Ip(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
        }
        if text.eq_ignore_ascii_case("localhost") {
            return Some(Self::Localhost);
        }
        // What ends in a number is an address to programs, `127.1` and `0` too.
        let is_name = is_host_name(text) && !ends_in_number(text);
        is_name.then(|| Self::Name(text.to_ascii_lowercase()))
    }

    /// Whether it stands for every address: `0.0.0.0` or `::`.
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Ip(ip) if ip.is_unspecified())
    }

    /// Whether only this machine can reach it.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Localhost => true,
            Self::Ip(ip) => ip.is_loopback(),
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Whether two listeners on these addresses would be in each other's way.
    ///
    /// A wildcard overlaps everything; `localhost` is both 127.0.0.1 and ::1.
    pub fn overlaps(&self, other: &Self) -> bool {
        if self == other || self.is_wildcard() || other.is_wildcard() {
            return true;
        }
        match (self, other) {
            (Self::Localhost, Self::Name(_)) | (Self::Name(_), Self::Localhost) => {
                self.is_loopback() && other.is_loopback()
            }
            (Self::Localhost, Self::Ip(ip)) | (Self::Ip(ip), Self::Localhost) => {
                matches!(ip, IpAddr::V4(v4) if *v4 == Ipv4Addr::LOCALHOST)
                    || matches!(ip, IpAddr::V6(v6) if v6.is_loopback())
            }
            _ => false,
        }
    }
}

/// Whether a text can be a host name: letters, digits, `-`, `_` and dots,
/// at most 253 characters.
pub(crate) fn is_host_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let labels = text.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    text.len() <= 253 && labels && text.bytes().all(allowed)
}

/// Whether the last part of a host is a number, decimal or hexadecimal, as the
/// URL standard asks it.
pub(crate) fn ends_in_number(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or(text);
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let is_decimal = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Localhost => formatter.write_str("localhost"),
            Self::Ip(ip) => ip.fmt(formatter),
            Self::Name(name) => formatter.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_is_symmetric_and_knows_localhost() {
        let check = |one: &str, two: &str, expect: bool| {
            let (one, two) =
                (Address::parse(one).expect("an address"), Address::parse(two).expect("an address"));
            assert_eq!(one.overlaps(&two), expect, "{one} {two}");
            assert_eq!(two.overlaps(&one), expect, "{two} {one}");
        };
        check("localhost", "127.0.0.1", true);
        check("localhost", "::1", true);
        check("localhost", "127.0.0.2", false);
        check("127.0.0.1", "::1", false);
        check("::ffff:127.0.0.1", "127.0.0.1", true);
        check("::ffff:0.0.0.0", "10.0.0.1", true);
        check("api.localhost", "localhost", true);
        check("api.localhost", "db.internal", false);
        check("0.0.0.0", "10.0.0.1", true);
        check("::", "127.0.0.1", true);
        check("[::]", "localhost", true);
        check("*", "db.internal", true);
        check("10.0.0.1", "10.0.0.2", false);
    }

    #[test]
    fn nonsense_is_no_address() {
        for text in ["", "a b", "a..b", "http://x", "x\n", "[::1", "a/b", "127.1", "0", "256.1.1.1", "0x7f.1"]
        {
            assert_eq!(Address::parse(text), None, "{text:?}");
        }
    }
}
