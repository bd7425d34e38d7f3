//! What programs take for a port: tables, nothing else.

use crate::readers::words;

/// Words before a program that run another one, or only set variables for it.
const WRAPPERS: &str = "sudo exec env cross-env cross-env-shell nohup time npx bunx pnpx yarn pnpm bun deno run x dlx python \
    python3 python2 py node ruby bundle poetry uv uvx pipenv pdm hatch rye dumb-init tini gosu su-exec \
    export set local declare readonly typeset setx do then else if elif while until ! { call start command \
    nodemon ts-node-dev dotenv timeout watch winpty doppler coverage opentelemetry-instrument ddtrace-run \
    reflex infisical @ -- xvfb-run caffeinate";

/// Programs whose `-p` is the port that they listen on.
const LISTENS_P: &str = "serve http-server next nuxt nuxi flask rails puma rackup thin unicorn shotgun gatsby hexo hugo vuepress \
    start-storybook storybook sb json-server parcel daphne memcached sirv ws ng ember meteor expo prisma \
    docusaurus postgres mlflow airflow superset sanic quart litestar mitmproxy mitmdump mitmweb iperf3 ttyd \
    nc ncat netcat eleventy honcho foreman goreman overmind hivemind httpd live-server local-web-server \
    dagster dagit gitea sls serverless remix-serve php-server swa";

/// Programs that connect to somewhere, by `-p`.
const CONNECTS_P: &str = "psql pg_isready pg_dump pg_restore pg_dumpall createdb dropdb createuser pgbench redis-cli \
    redis-benchmark mongosh mongo mongodump mongorestore lt localtunnel";

/// Programs that connect to somewhere, by `-P`.
const CONNECTS_LARGE_P: &str = "mysql mysqladmin mysqldump mariadb mariadb-admin mycli";

/// Programs to which any `name:port` among their words is an address.
const CLIENTS: &str = "curl wget http https xh wait-for-it wait-for wait dockerize wait-on telnet nc ncat netcat redis-cli kcat \
    kafkacat mongosh mongo ab hey wrk grpcurl websocat wscat nats mc start-server-and-test grpc_health_probe \
    invoke-webrequest invoke-restmethod iwr irm wait4x waitforit";

/// Programs that only print.
const PRINTERS: &str = "echo printf print log info warn error success log_info log_success log_warn write-host write-output \
    write-information say cat print_status print_success echo_info";

/// Programs that run what stands in quotes.
const RUNNERS: &str = "sh bash zsh ash dash cmd powershell pwsh eval su concurrently conc npm-run-all run-p run-s \
    start-server-and-test cmd-shell cross-env-shell xargs trap wait-on tmux screen start start-process \
    gnome-terminal osascript watchexec nodemon tsc-watch air onchange chokidar pm2 script";

/// Programs whose words say nothing about ports here: what they name is elsewhere, or is a text.
const MUTE: &str = "rem :: git gh mkdir chmod chown kill sleep rm cp mv tar scp sftp rsync grep egrep rg sed awk find apt-get apk \
    pip pip3 gem adduser useradd groupadd head tail ulimit seq usermod test [ [[";

/// What the name of a program says of its words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Program<'a> {
    /// The name: the last part of its path, lower case where it counts.
    pub(super) name: &'a str,
    /// Where it stands among the words.
    pub(super) index: usize,
    /// Whether an option beside it says which addresses it listens on.
    pub(super) binds: bool,
}

fn is(list: &str, name: &str) -> bool {
    list.split(' ').any(|other| other.eq_ignore_ascii_case(name))
}

/// The last part of a path, without the ending of a script or an executable.
pub(super) fn base_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word).trim_start_matches(['@', '-']);
    [".exe", ".cmd", ".sh", ".bat", ".ps1"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

pub(super) fn is_wrapper(name: &str) -> bool {
    is(WRAPPERS, name)
}

impl Program<'_> {
    pub(super) fn is_mute(self) -> bool {
        is(MUTE, self.name)
    }

    pub(super) fn is_printer(self) -> bool {
        is(PRINTERS, self.name)
    }

    pub(super) fn is_runner(self) -> bool {
        is(RUNNERS, self.name)
    }

    pub(super) fn is_client(self) -> bool {
        is(CLIENTS, self.name)
    }

    /// Whether it connects with the port that an option gives it.
    pub(super) fn connects(self) -> bool {
        is(CONNECTS_P, self.name) || is(CONNECTS_LARGE_P, self.name)
    }
}

/// Whether a line of a script ends programs that it started, waits for them, or
/// begins what may run instead of what stands before it.
pub fn ends_what_runs(line: &str) -> bool {
    const ENDS: &str = "kill pkill killall wait stop fuser rm down else elif fi esac ;; exit return trap";
    let mut words = line.split(|one: char| one.is_whitespace() || matches!(one, '"' | '\'' | '$' | '('));
    words.any(|word| is(ENDS, word.trim_end_matches(';')) && !word.is_empty())
        || line.trim_end().ends_with(";;")
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// A port that is listened on.
    Port,
    /// A port that is probably listened on: `-p` of a script of unknown make.
    MaybePort,
    /// A port of something else.
    RemotePort,
    /// An address that is listened on, or a port alone.
    Address,
    /// An address of something else.
    RemoteAddress,
    /// Nothing of ours.
    Other,
}

/// Words of an option's name that say that the port is another program's.
const REMOTE: &[&str] = &[
    "db",
    "database",
    "postgres",
    "pg",
    "mysql",
    "redis",
    "mongo",
    "upstream",
    "target",
    "backend",
    "peer",
    "smtp",
    "broker",
    "kafka",
    "advertise",
    "advertised",
    "server",
    "servers",
    "connect",
    "bootstrap",
    "endpoint",
];

/// What an option, written with its dashes, takes.
pub(super) fn takes(program: Program<'_>, option: &str) -> Takes {
    let name = program.name;
    let is_script = |name: &str| matches!(name, "dev" | "start" | "serve" | "preview" | "npm");
    match option {
        "-p" if is(LISTENS_P, name) => return Takes::Port,
        "-p" if is(CONNECTS_P, name) => return Takes::RemotePort,
        // `server run --host 0.0.0.0 -p 9020`: what listens on an address has a port there.
        "-p" if program.binds && !program.connects() => return Takes::Port,
        "-p" if is_script(name) => return Takes::MaybePort,
        "-P" if is(CONNECTS_LARGE_P, name) => return Takes::RemotePort,
        "-P" if matches!(name, "jekyll" | "locust") => return Takes::Port,
        "-b" if matches!(name, "gunicorn" | "hypercorn" | "puma" | "thin") => return Takes::Address,
        "-l" if matches!(name, "serve" | "vercel" | "verdaccio") => return Takes::Address,
        "-a" | "-S" if matches!(name, "mkdocs" | "php") => return Takes::Address,
        "--http" | "--https" | "--http-socket" | "--socket" if name == "uwsgi" => return Takes::Address,
        "--inspect" | "--inspect-brk" => return Takes::Address,
        "--url" | "--urls" => return Takes::RemoteAddress,
        _ => {}
    }
    let Some(long) = long_name(option) else { return Takes::Other };
    let words = words::words_of(long);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&["backlog", "queue", "timeout", "file", "token", "proto", "protocol"]) {
        return Takes::Other;
    }
    if words::names_a_port(long) {
        let is_remote = program.connects() || (has(REMOTE) && words.len() > 1 && !long.contains('.'));
        return if is_remote { Takes::RemotePort } else { Takes::Port };
    }
    match (has(REMOTE), has(&["listen", "bind", "addr", "address", "http"])) {
        (true, _) => Takes::RemoteAddress,
        (_, true) => Takes::Address,
        _ => Takes::Other,
    }
}

/// The name of `--long-option`, `-Dsystem.property` and Go's `-option`.
fn long_name(option: &str) -> Option<&str> {
    if let Some(long) = option.strip_prefix("--") {
        return Some(long);
    }
    let short = option.strip_prefix('-')?;
    let property = short.strip_prefix(['D', 'P']).filter(|rest| rest.contains('.'));
    property.or_else(|| (short.len() >= 4).then_some(short))
}
