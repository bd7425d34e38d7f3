//! One entry of a `ports:` list, as Compose takes it.

use std::ops::Range;

use crate::model::{Address, Port, PortRange, Protocol};

/// What an entry asks for. Ranges of bytes are of the entry's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The address as it was written, brackets aside; `None` for every interface.
    pub address: Option<String>,
    /// The ports of the host and where they stand; `None` where the engine
    /// chooses one, as for 0.
    pub published: Option<(PortRange, Range<usize>)>,
    /// Whether the engine takes any one of the published ports.
    pub is_pool: bool,
    /// The ports of the container.
    pub target: PortRange,
    /// Where those stand.
    pub target_at: Range<usize>,
    /// The transport protocol.
    pub transport: Transport,
}

/// A transport protocol of a container's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP, whose ports are apart from those of the other two.
    Sctp,
}

impl Transport {
    fn parse(text: &str) -> Option<Self> {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        match () {
            () if is("tcp") => Some(Self::Tcp),
            () if is("udp") => Some(Self::Udp),
            () if is("sctp") => Some(Self::Sctp),
            () => None,
        }
    }

    /// The protocol of sightings; they know of no SCTP.
    pub(super) fn protocol(self) -> Option<Protocol> {
        match self {
            Self::Tcp => Some(Protocol::Tcp),
            Self::Udp => Some(Protocol::Udp),
            Self::Sctp => None,
        }
    }
}

impl Entry {
    /// The address of the entry; `None` where none is said.
    pub(super) fn bound_to(&self) -> Option<Address> {
        self.address.as_deref().and_then(Address::parse)
    }
}

/// The first and the last number of a range, 0 included.
type Numbers = (u16, u16);

/// Reads the short syntax, `[[address:][host]:]container[/protocol]`.
pub(super) fn short(text: &str) -> Option<Entry> {
    let (before, container) = text.rsplit_once(':').map_or((None, text), |(before, last)| (Some(before), last));
    let container_at = text.len() - container.len();
    let mut parts = container.split('/');
    let target_text = parts.next().unwrap_or("");
    let transport = match parts.next() {
        None | Some("") => Transport::Tcp,
        Some(name) => Transport::parse(name)?,
    };
    let target = target(numbers(target_text)?)?;
    let target_at = container_at..container_at + target_text.len();
    let (address, host) = match before {
        None => ("", 0..0),
        Some(before) => match before.rsplit_once(':') {
            None => ("", 0..before.len()),
            Some((address, _)) => (address, address.len() + 1..before.len()),
        },
    };
    let published = match &text[host.clone()] {
        "" => None,
        digits => Some(numbers(digits)?),
    };
    let address = if address.is_empty() { None } else { Some(literal_address(address)?) };
    entry(address, published, host, target, target_at, transport)
}

/// An IP address, IPv6 in brackets alone.
fn literal_address(text: &str) -> Option<String> {
    let inner = match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None if text.contains(':') => return None,
        None => text,
    };
    inner.parse::<std::net::IpAddr>().is_ok().then(|| inner.to_owned())
}

/// A scalar that YAML takes for a whole number, as an entry: the container's
/// port alone. `017` is 15, `8_0` is 80.
pub(super) fn integer(text: &str) -> Option<Entry> {
    let plain = text.replace('_', "");
    let (digits, radix) = match plain.as_bytes() {
        [b'0', b'x', ..] => (&plain[2..], 16),
        [b'0', b'o', ..] => (&plain[2..], 8),
        [b'0', b'b', ..] => (&plain[2..], 2),
        [b'0', _, ..] => (&plain[1..], 8),
        _ => (plain.as_str(), 10),
    };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let number = u16::from_str_radix(digits, radix).ok().filter(|_| is_plain)?;
    let target = target((number, number))?;
    entry(None, None, 0..0, target, 0..text.len(), Transport::Tcp)
}

/// The fields of the long syntax, as their texts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Long<'a> {
    /// `target`, required, one port.
    pub target: &'a str,
    /// `published`, maybe a range; empty where it is not given.
    pub published: &'a str,
    /// `host_ip`; empty where it is not given.
    pub host_ip: &'a str,
    /// `protocol`; empty where it is not given.
    pub protocol: &'a str,
}

/// Reads the long syntax; places are those in the text of `published` and `target`.
pub(super) fn long(fields: Long<'_>) -> Option<Entry> {
    let number: u16 = fields.target.parse().ok()?;
    let target = target((number, number))?;
    let published = match fields.published {
        "" => None,
        text => Some(numbers(text)?),
    };
    let transport =
        if fields.protocol.is_empty() { Transport::Tcp } else { Transport::parse(fields.protocol)? };
    let address = fields.host_ip.trim_start_matches('[').trim_end_matches(']');
    let address = (!address.is_empty()).then(|| address.to_owned());
    entry(address, published, 0..fields.published.len(), target, 0..fields.target.len(), transport)
}

fn entry(
    address: Option<String>,
    published: Option<Numbers>,
    published_at: Range<usize>,
    target: PortRange,
    target_at: Range<usize>,
    transport: Transport,
) -> Option<Entry> {
    let mut is_pool = false;
    if let Some((first, last)) = published {
        let length = usize::from(last - first) + 1;
        is_pool = length > 1 && target.len() == 1;
        if length != target.len() && !is_pool {
            return None;
        }
    }
    let published = published.and_then(ports).map(|ports| (ports, published_at));
    Some(Entry { address, published, is_pool, target, target_at, transport })
}

/// A number or a range of them, digits alone, first not above last.
fn numbers(text: &str) -> Option<Numbers> {
    let number = |text: &str| -> Option<u16> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain)
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last).then_some((first, last))
}

fn ports((first, last): Numbers) -> Option<PortRange> {
    PortRange::new(Port::new(first)?, Port::new(last)?).ok()
}

fn target(numbers: Numbers) -> Option<PortRange> {
    ports(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(entry: Option<Entry>) -> String {
        let Some(entry) = entry else { return "none".to_owned() };
        let address = entry.address.map(|address| format!("{address} ")).unwrap_or_default();
        let published = entry.published.map_or_else(|| "-".to_owned(), |(ports, _)| ports.to_string());
        let protocol = match entry.transport {
            Transport::Tcp => "",
            Transport::Udp => "/udp",
            Transport::Sctp => "/sctp",
        };
        format!("{address}{published}:{}{protocol}", entry.target)
    }

    #[test]
    fn the_short_syntax_is_read_as_compose_reads_it() {
        for (text, expect) in [
            ("3000", "-:3000"),
            ("3000-3005", "-:3000-3005"),
            ("8000:80", "8000:80"),
            ("9090-9091:8080-8081", "9090-9091:8080-8081"),
            ("8000-9000:80", "8000-9000:80"),
            ("127.0.0.1:8001:80", "127.0.0.1 8001:80"),
            ("127.0.0.1::5000", "127.0.0.1 -:5000"),
            ("6060:6060/udp", "6060:6060/udp"),
            ("80:80/TCP", "80:80"),
            ("80:80/sctp", "80:80/sctp"),
            ("80:80/", "80:80"),
            ("80:80/tcp/udp", "80:80"),
            (":80", "-:80"),
            ("::80", "-:80"),
            ("[::1]:6000:6000", "::1 6000:6000"),
            ("[::1]::6000", "::1 -:6000"),
            ("0:80", "-:80"),
            ("080:80", "80:80"),
            ("3000-3000:80", "3000:80"),
            ("22:22", "22:22"),
        ] {
            assert_eq!(show(short(text)), expect, "{text}");
        }
        for text in [
            "", "0", "80:0", "-1:80", "65536:80", "80:65536", "80:80:80", "1.2.3.4:80", "localhost:80:80",
            "::1:6000:6000", "80:80/foo", " 80:80", "80:80 ", "80 : 80", "0x50:80", "80:http", "+80:80",
            "3000:3000-3001", "3000-3002:3000-3001", "3005-3000:3005-3000", "8_0:80", "a", "${X}:80",
        ] {
            assert_eq!(short(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_read_as_yaml_reads_them() {
        for (text, expect) in
            [("3000", "-:3000"), ("8_0", "-:80"), ("0o17", "-:15"), ("017", "-:15"), ("0x50", "-:80")]
        {
            assert_eq!(show(integer(text)), expect, "{text}");
        }
        for text in ["3000.0", "3e3", "true", "", "~", "-1", "+80", "0", "70000"] {
            assert_eq!(integer(text), None, "{text:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_digits() {
        let text = "127.0.0.1:8001-8002:80-81/udp";
        let entry = short(text).expect("an entry");
        assert_eq!(&text[entry.published.expect("ports").1], "8001-8002");
        assert_eq!(&text[entry.target_at], "80-81");
    }
}
