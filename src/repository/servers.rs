//! The ports that servers take by themselves, where neither their command nor
//! their configuration says another.

use super::startup::Word;
use crate::model::Port;

/// A server that has a port by itself.
struct Server {
    name: &'static str,
    /// Words of which one must follow the name; none where it needs no more.
    commands: &'static [&'static str],
    /// What its options that take a port or an address begin with.
    options: &'static [&'static str],
    /// Files that may say the port.
    files: &'static [&'static str],
    port: u16,
}

const fn server(
    name: &'static str,
    commands: &'static [&'static str],
    options: &'static [&'static str],
    files: &'static [&'static str],
    port: u16,
) -> Server {
    Server { name, commands, options, files, port }
}

const PORT: &[&str] = &["-p", "--port"];

static SERVERS: &[Server] = &[
    server("uvicorn", &[], &["--port", "--uds", "--fd", "--env-file"], &[], 8000),
    server(
        "gunicorn",
        &[],
        &["-b", "--bind", "-c", "--config"],
        &["gunicorn.conf.py", "gunicorn_conf.py", "gunicorn_config.py"],
        8000,
    ),
    server("flask", &["run"], PORT, &[".flaskenv"], 5000),
    server("fastapi", &["run", "dev"], PORT, &[], 8000),
    server("streamlit", &["run"], &["--server.port"], &[".streamlit/config.toml"], 8501),
    server("rails", &["s", "server"], &["-p", "--port", "-b", "-C"], &["config/puma.rb"], 3000),
    server("next", &["start", "dev"], PORT, &[], 3000),
    server("react-scripts", &["start"], &[], &[".env"], 3000),
    server("ng", &["serve"], PORT, &[], 4200),
    server("vue-cli-service", &["serve"], PORT, &["vue.config.js", "vue.config.ts"], 8080),
    server("manage.py", &["runserver"], &[], &[], 8000),
    server("http-server", &[], PORT, &[], 8080),
];

/// The port that a command's server takes by itself; `has` tells whether a file
/// lies beside the program.
pub(super) fn own_port(words: &[Word<'_>], mut has: impl FnMut(&str) -> bool) -> Option<Port> {
    let ((program, _), rest) = words.split_first()?;
    let name = program.rsplit('/').next().unwrap_or(program);
    let server = SERVERS.iter().find(|server| server.name == name)?;
    let first = rest.iter().position(|(word, _)| server.commands.contains(word));
    let is_started = server.commands.is_empty() || first.is_some();
    let says = |word: &str| {
        let is_option = server.options.iter().any(|option| {
            word.strip_prefix(option).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with('=') || option.len() == 2 && !rest.starts_with('-')
            })
        });
        // What a variable brings may be anything.
        is_option || word.contains('$') || word.contains('@')
    };
    // `runserver 0.0.0.0:8000` says it without an option.
    let is_said_bare =
        name == "manage.py" && rest.iter().any(|(word, _)| word.bytes().any(|byte| byte.is_ascii_digit()));
    let is_said = is_said_bare || rest.iter().any(|(word, _)| says(word));
    if !is_started || is_said || server.files.iter().any(|file| has(file)) {
        return None;
    }
    Port::new(server.port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str) -> Option<u16> {
        let words: Vec<Word<'_>> = command.split(' ').map(|word| (word, 0)).collect();
        own_port(&words, |path| path == "config/puma.rb").map(Port::get)
    }

    #[test]
    fn a_server_has_its_port_where_nothing_says_another() {
        for (command, expected) in [
            ("uvicorn main:app --host 0.0.0.0", Some(8000)),
            ("uvicorn main:app --port 80", None),
            ("uvicorn main:app --host $HOST", None),
            ("flask --app web run --host=0.0.0.0", Some(5000)),
            ("flask run -p8080", None),
            ("flask db upgrade", None),
            ("gunicorn -b:80 app", None),
            ("gunicorn app.wsgi --workers 4", Some(8000)),
            ("manage.py runserver", Some(8000)),
            ("manage.py runserver 0.0.0.0:9000", None),
            ("rails server", None),
            ("next start", Some(3000)),
            ("next build", None),
            ("./node_modules/.bin/ng serve --host 0.0.0.0", Some(4200)),
        ] {
            assert_eq!(of(command), expected, "{command}");
        }
    }
}
