//! The ports that browsers refuse to fetch from.
//!
//! Source: the Fetch standard, section "Port blocking",
//! <https://fetch.spec.whatwg.org/#port-blocking>, draft of 2026-06. Every
//! browser follows the list, and so do `fetch` of Node, Deno and Bun.

use crate::model::Port;

/// A port of the list and the service it is blocked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The typical service, where the standard names one.
    pub service: Option<&'static str>,
}

/// The entry of the Fetch standard's list for a port; `None` for a port that
/// browsers fetch from.
pub fn blocked_by_browsers(port: Port) -> Option<Blocked> {
    let index = BAD_PORTS.binary_search_by_key(&port.get(), |&(number, _)| number).ok()?;
    BAD_PORTS.get(index).map(|&(_, service)| Blocked { service })
}

/// Every blocked port, lowest first; the list's port 0 is no [`Port`].
pub fn all_blocked() -> impl Iterator<Item = Port> {
    BAD_PORTS.iter().filter_map(|&(number, _)| Port::new(number))
}

const BAD_PORTS: [(u16, Option<&str>); 83] = [
    (0, None),
    (1, Some("tcpmux")),
    (7, Some("echo")),
    (9, Some("discard")),
    (11, Some("systat")),
    (13, Some("daytime")),
    (15, Some("netstat")),
    (17, Some("qotd")),
    (19, Some("chargen")),
    (20, Some("ftp-data")),
    (21, Some("ftp")),
    (22, Some("ssh")),
    (23, Some("telnet")),
    (25, Some("smtp")),
    (37, Some("time")),
    (42, Some("name")),
    (43, Some("nicname")),
    (53, Some("domain")),
    (69, Some("tftp")),
    (77, None),
    (79, Some("finger")),
    (87, None),
    (95, Some("supdup")),
    (101, Some("hostname")),
    (102, Some("iso-tsap")),
    (103, Some("gppitnp")),
    (104, Some("acr-nema")),
    (109, Some("pop2")),
    (110, Some("pop3")),
    (111, Some("sunrpc")),
    (113, Some("auth")),
    (115, Some("sftp")),
    (117, Some("uucp-path")),
    (119, Some("nntp")),
    (123, Some("ntp")),
    (135, Some("epmap")),
    (137, Some("netbios-ns")),
    (139, Some("netbios-ssn")),
    (143, Some("imap")),
    (161, Some("snmp")),
    (179, Some("bgp")),
    (389, Some("ldap")),
    (427, Some("svrloc")),
    (465, Some("submissions")),
    (512, Some("exec")),
    (513, Some("login")),
    (514, Some("shell")),
    (515, Some("printer")),
    (526, Some("tempo")),
    (530, Some("courier")),
    (531, Some("chat")),
    (532, Some("netnews")),
    (540, Some("uucp")),
    (548, Some("afp")),
    (554, Some("rtsp")),
    (556, Some("remotefs")),
    (563, Some("nntps")),
    (587, Some("submission")),
    (601, Some("syslog-conn")),
    (636, Some("ldaps")),
    (989, Some("ftps-data")),
    (990, Some("ftps")),
    (993, Some("imaps")),
    (995, Some("pop3s")),
    (1719, Some("h323gatestat")),
    (1720, Some("h323hostcall")),
    (1723, Some("pptp")),
    (2049, Some("nfs")),
    (3659, Some("apple-sasl")),
    (4045, Some("npp")),
    (4190, Some("sieve")),
    (5060, Some("sip")),
    (5061, Some("sips")),
    (6000, Some("x11")),
    (6566, Some("sane-port")),
    (6665, Some("ircu")),
    (6666, Some("ircu")),
    (6667, Some("ircu")),
    (6668, Some("ircu")),
    (6669, Some("ircu")),
    (6679, Some("osaut")),
    (6697, Some("ircs-u")),
    (10080, Some("amanda")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_found_by_number() {
        assert!(BAD_PORTS.is_sorted_by(|one, two| one.0 < two.0));
        let service = |number| Port::new(number).and_then(blocked_by_browsers).map(|entry| entry.service);
        assert_eq!(service(6000), Some(Some("x11")));
        assert_eq!(service(77), Some(None));
        assert_eq!(service(80), None);
        assert_eq!(service(10081), None);
        assert_eq!(all_blocked().count(), 82);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test compares with a file beside the package")]
    fn the_list_is_the_standard_s() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/inputs/facts/fetch_bad_ports.csv");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: no list to compare with at {path}");
            return;
        };
        let listed: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
        let ours: Vec<String> = BAD_PORTS
            .iter()
            .map(|(number, service)| format!("{number},{}", service.unwrap_or("—")))
            .collect();
        assert_eq!(ours, listed);
    }
}
