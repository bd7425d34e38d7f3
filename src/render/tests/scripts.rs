//! The targets `shell`, `batch` and `powershell`.

use super::{findings, full};

#[test]
fn a_shell_script_sets_what_is_not_set() {
    let expect = r##"export API_PORT="${API_PORT:-21000}"
export KAFKA_CLIENT_PORT="${KAFKA_CLIENT_PORT:-21010}"
export KAFKA_JMX="${KAFKA_JMX:-21011}"
export THE_ORGANIZATION_DIRECTORY_SYNCHRONIZATION_SERVICE_PORT="${THE_ORGANIZATION_DIRECTORY_SYNCHRONIZATION_SERVICE_PORT:-21030}"
"##;
    assert_eq!(full("shell", r##""##), expect);
}

#[test]
fn a_shell_script_has_urls_that_follow_the_variables() {
    let expect = r##"export API_PORT="${API_PORT:-21000}"
export API_URL=http://localhost:"${API_PORT}"/v1
"##;
    assert_eq!(
        full(
            "shell",
            r##"services = ["api"]
options = { urls = true }"##
        ),
        expect
    );
}

#[test]
fn a_shell_script_can_set_plainly_and_add_urls() {
    let expect = r##"API_PORT=21000
API_URL=http://localhost:21000/v1

# The ports that are listened on here, for loops.
PORTS="${API_PORT:-21000}"
"##;
    assert_eq!(
        full(
            "shell",
            r##"services = ["api"]
options = { variables = "plain", export = false, urls = true, parts = ["variables", "list"] }"##
        ),
        expect
    );
}

#[test]
fn a_shell_script_shows_and_awaits_listeners() {
    let expect = r##"# Whether something listens on a TCP port of this machine.
if ! command -v is_listening >/dev/null 2>&1; then
  is_listening() {
    if command -v ss >/dev/null 2>&1; then
      ss -ltn | grep -Eq "[:.]$1[[:space:]]"
    elif command -v netstat >/dev/null 2>&1; then
      netstat -an | grep -Eq "[:.]$1[[:space:]].*LISTEN"
    else
      lsof -nP -iTCP:"$1" -sTCP:LISTEN >/dev/null 2>&1
    fi
  }
fi

# Shows one port: its number, ACTIVE or free, what it is for.
show_port() {
  if is_listening "$1"; then
    printf '%-5s  ACTIVE  %s\n' "$1" "$2"
  else
    printf '%-5s  free    %s\n' "$1" "$2"
  fi
}

# Shows every port.
show_ports() {
  show_port "${API_PORT:-21000}" 'It'\''s the "API" `id` $HOME 100%'
}

# Waits until every port has a listener, at most as many seconds as it is told (30).
wait_for_ports() {
  seconds_left="${1:-30}"
  wait_for_port "${API_PORT:-21000}" || return 1
}

wait_for_port() {
  until is_listening "$1"; do
    if [ "$seconds_left" -le 0 ]; then
      echo "nothing listens on port $1" >&2
      return 1
    fi
    sleep 1
    seconds_left=$((seconds_left - 1))
  done
}
"##;
    assert_eq!(
        full(
            "shell",
            r##"services = ["api", "dns"]
options = { parts = ["status", "wait"] }"##
        ),
        expect
    );
}

#[test]
fn a_batch_file_sets_variables() {
    let expect = r##"@set "API_PORT=21000"
@set "API_URL=http://localhost:21000/v1"
"##;
    assert_eq!(
        full(
            "batch",
            r##"services = ["api"]
options = { urls = true }"##
        ),
        expect
    );
}

#[test]
fn a_batch_file_can_keep_what_is_set() {
    let expect = r##"@if not defined API_PORT set "API_PORT=21000"
@if not defined API_URL set "API_URL=http://localhost:%API_PORT%/v1"
"##;
    assert_eq!(
        full(
            "batch",
            r##"services = ["api"]
options = { variables = "default", urls = true }"##
        ),
        expect
    );
}

#[test]
fn a_powershell_script_sets_variables() {
    let expect = r##"$env:API_PORT = '21000'
$env:API_URL = 'http://localhost:21000/v1'
"##;
    assert_eq!(
        full(
            "powershell",
            r##"services = ["api"]
options = { urls = true }"##
        ),
        expect
    );
}

#[test]
fn a_powershell_script_can_keep_what_is_set() {
    let expect = r##"if (-not $env:API_PORT) { $env:API_PORT = '21000' }
if (-not $env:API_URL) { $env:API_URL = 'http://localhost:' + $env:API_PORT + '/v1' }
"##;
    assert_eq!(
        full(
            "powershell",
            r##"services = ["api"]
options = { variables = "default", urls = true }"##
        ),
        expect
    );
}

#[test]
fn a_variable_is_not_set_twice() {
    let check = |target: &str, options: &str, name: &str| {
        let service = "[services.more]\nport = 9007\nenv = \"API_URL\"\n";
        let output = format!("{service}[[output]]\npath = \"x\"\ntarget = \"{target}\"\noptions = {options}");
        let found = findings(&output);
        let expect = format!("`{name}` is set twice");
        assert!(matches!(found.as_slice(), [one] if one.contains(&expect)), "{found:?}");
    };
    check("shell", "{ parts = [\"list\"], list = \"API_PORT\" }", "API_PORT");
    for target in ["shell", "batch", "powershell"] {
        check(target, "{ urls = true }", "API_URL");
    }
}
