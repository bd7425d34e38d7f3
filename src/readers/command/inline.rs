//! Code in a command: `python -c "…HTTPConnection('localhost', 8080)…"`.

use super::{Role, Sighting, values, words};
use crate::model::PortRange;
use crate::readers::values::Setting;

/// The ports that code in a command connects to on its own machine, where host
/// and port stand beside each other as the arguments of a call.
pub(super) fn connections(text: &str, base: usize, setting: &Setting, out: &mut Vec<Sighting>) {
    if !text.contains(" -c") && !text.contains("-e") {
        return;
    }
    for host in ["localhost", "127.0.0.1"] {
        for (at, _) in text.match_indices(host) {
            let before = text[..at].trim_end_matches('\\');
            let rest = &text[at + host.len()..];
            let after = rest.trim_start_matches(['\\', '\'', '"']);
            let is_quoted = before.ends_with(['\'', '"']) && after.len() < rest.len();
            let Some(number) = after.strip_prefix(',').map(str::trim_start).filter(|_| is_quoted) else {
                continue;
            };
            let digits = number.bytes().take_while(u8::is_ascii_digit).count();
            if !number[digits..].starts_with([')', ',']) {
                continue;
            }
            let Some(port) = words::port(&number[..digits]) else { continue };
            let start = base + text.len() - number.len();
            let mut sighting = setting.sight(start..start + digits, PortRange::single(port), Role::Connect);
            let Some(side) = words::side_of_host(host) else { continue };
            sighting.side = values::side_here(host, side, setting);
            sighting.host = Some(host.to_owned());
            if out.iter().all(|one| one.span != sighting.span) {
                out.push(sighting);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn arguments_of_a_call_are_an_address() {
        check(
            "Dockerfile",
            "FROM python\nHEALTHCHECK CMD python3 -c \"import http.client; c = http.client.HTTPConnection('localhost', 8081); c.request('GET', '/')\"\n",
            &["2:93 8081 Connect Container host=localhost"],
        );
        check("a.sh", "python -c \"print('localhost', 3000.5)\"\necho 'localhost', 8080\n", &[]);
    }
}
