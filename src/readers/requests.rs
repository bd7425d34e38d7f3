//! Requests that editors send: `.http` and `.rest` files.

use super::config::{self, Runs};
use super::{FilePath, Reader, Reading};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "requests",
    summary: "requests in .http and .rest files: variables and addresses",
    takes: |path| path.has_extension(&["http", "rest"]),
    knows: |text| text.lines().any(|line| is_request(line) || variable(line).is_some()),
    read,
};

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "WEBSOCKET", "GRPC"];

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let at = start..start + line.trim_end().len();
        let variable = variable(line);
        // The rest is comments, headers and bodies.
        if variable.is_none() && !is_request(line) {
            continue;
        }
        // An editor sends them from this machine.
        for mut found in config::urls(text, at, Runs::OnMachine) {
            found.variable = variable.map(str::to_owned);
            reading.sightings.push(found);
        }
    }
}

/// The name in `@name = value`.
fn variable(line: &str) -> Option<&str> {
    let (name, _) = line.trim_start_matches('\u{feff}').trim_start().strip_prefix('@')?.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    is_name.then_some(name)
}

/// Whether a line is a request: a method and an address, or the address alone.
fn is_request(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}');
    let first = line.split_ascii_whitespace().next().unwrap_or("");
    METHODS.contains(&first) || first.starts_with("http://") || first.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn variables_and_requests_are_read_and_bodies_are_not() {
        check(
            "api/Api.http",
            "\u{feff}@Api_HostAddress = http://localhost:5251\n\n### GET http://localhost:5000/old\n# http://localhost:5001\nGET {{Api_HostAddress}}/weather\n\nPOST http://localhost:5002/orders HTTP/1.1\nOrigin: http://localhost:3000\n\n{\"url\": \"http://localhost:4000\"}\n###\nhttp://localhost:5003/\n",
            &[
                "1:38 5251 Connect host=localhost variable=Api_HostAddress",
                "7:23 5002 Connect host=localhost",
                "12:18 5003 Connect host=localhost",
            ],
        );
    }
}
