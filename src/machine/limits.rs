//! What systems write about their limits: files of Linux, answers of Windows.

use crate::model::{Port, PortRange, PortSet};

/// `net.ipv4.ip_local_port_range`: two numbers.
pub fn read_local_range(text: &str) -> Option<PortRange> {
    let mut numbers = text.split_whitespace().map(Port::parse);
    let (first, last) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    PortRange::new(first, last).ok()
}

/// `net.ipv4.ip_local_reserved_ports`: `8080,9000-9099`, or nothing.
pub fn read_reserved(text: &str) -> PortSet {
    text.trim().split(',').filter_map(|part| PortRange::parse(part).ok()).collect()
}

/// Whether `CapEff` of `/proc/self/status` has `CAP_NET_BIND_SERVICE`; `None`
/// where it does not say.
pub fn read_may_bind_privileged(status: &str) -> Option<bool> {
    const CAP_NET_BIND_SERVICE: u32 = 10;
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    let effective = u64::from_str_radix(effective.trim(), 16).ok()?;
    Some(effective >> CAP_NET_BIND_SERVICE & 1 == 1)
}

/// Whether a kernel's release or version is that of Windows' Linux.
pub fn is_wsl(release: &str) -> bool {
    release.to_ascii_lowercase().contains("microsoft")
}

/// `netsh interface ipv4 show excludedportrange protocol=tcp`: rows of a first
/// and a last port, a `*` after what an administrator keeps. The words around
/// them are in the language of the system.
pub fn read_excluded_ranges(text: &str) -> PortSet {
    let rows = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (first, last) = (Port::parse(words.next()?).ok()?, Port::parse(words.next()?).ok()?);
        let is_row = matches!(words.next(), None | Some("*"));
        is_row.then(|| PortRange::new(first, last).ok()).flatten()
    });
    rows.collect()
}

/// `netsh interface ipv4 show dynamicport tcp`: the first port, then how many,
/// each at the end of a line.
pub fn read_dynamic_ports(text: &str) -> Option<PortRange> {
    let mut numbers = text.lines().filter_map(|line| line.rsplit(':').next()?.trim().parse::<u16>().ok());
    let (first, count) = (numbers.next()?, numbers.next()?);
    let last = u32::from(first) + u32::from(count).checked_sub(1)?;
    PortRange::new(Port::new(first)?, Port::new(u16::try_from(last).ok()?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_linux_are_read() {
        let range = |text| read_local_range(text).map(|range| range.to_string());
        assert_eq!(range("32768\t60999\n").as_deref(), Some("32768-60999"));
        for text in ["", "32768", "60999 32768", "x y", "0 1"] {
            assert_eq!(range(text), None, "{text:?}");
        }
        let check = |text, expect: &str| assert_eq!(read_reserved(text).to_string(), expect);
        check("\n", "");
        check("8080,9000-9099,35000\n", "8080, 9000-9099, 35000");
        check("8080,x,9000", "8080, 9000");
        let check = |text, expect| assert_eq!(read_may_bind_privileged(text), expect, "{text}");
        check("Name:\tsh\nCapPrm:\t0\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n", Some(true));
        check("CapEff:\t0000000000000400\n", Some(true));
        check("CapEff:\t000001fffffffbff\n", Some(false));
        check("CapEff:\t0000000000000000\n", Some(false));
        check("Name:\tsh\n", None);
        assert!(is_wsl("5.15.153.1-microsoft-standard-WSL2\n"));
        assert!(is_wsl("4.4.0-19041-Microsoft\n"));
        assert!(!is_wsl("6.8.0-45-generic\n"));
    }

    #[test]
    fn the_excluded_ranges_of_windows_are_read_in_any_language() {
        let check = |text, expect: &str| assert_eq!(read_excluded_ranges(text).to_string(), expect, "{text}");
        check(
            "\r\nProtocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port\r\n\
             ----------    --------\r\n      1053        1152\r\n     50000       50059     *\r\n\r\n\
             * - Administered port exclusions.\r\n\r\n",
            "1053-1152, 50000-50059",
        );
        check(
            "\r\nProtokoll tcp-Portausschlussbereiche\r\n\r\nStartport      Endport\r\n\
             ----------    --------\r\n      5357        5357\r\n\r\n* - Verwaltete Portausschl\u{fc}sse.\r\n",
            "5357",
        );
        check("Protocol tcp Port Exclusion Ranges\r\n\r\nStart Port    End Port\r\n", "");
        check("80 90 records were read\r\n90 80\r\n0 70000\r\n", "");
    }

    #[test]
    fn the_dynamic_ports_of_windows_are_read_in_any_language() {
        let check = |text, expect: Option<&str>| {
            assert_eq!(read_dynamic_ports(text).map(|range| range.to_string()).as_deref(), expect, "{text}");
        };
        check(
            "\r\nProtocol tcp Dynamic Port Range\r\n---------------------------------\r\n\
             Start Port      : 49152\r\nNumber of Ports : 16384\r\n\r\n",
            Some("49152-65535"),
        );
        check(
            "\r\nDynamischer Portbereich f\u{fc}r Protokoll \"tcp\"\r\n----\r\n\
             Startport               : 1024\r\nAnzahl von Ports        : 64511\r\n",
            Some("1024-65534"),
        );
        check("Start Port      : 49152\r\n", None);
        check("Start Port : 65000\r\nNumber of Ports : 16384\r\n", None);
        check("Start Port : 1024\r\nNumber of Ports : 0\r\n", None);
    }
}
