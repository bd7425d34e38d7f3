//! Python.

use super::code::{self, Language, Prefix, block, line};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader =
    Reader { name: "python", summary: "Python: servers, clients, settings, os.getenv", takes, knows: any_text, read };

static LANGUAGE: Language = Language {
    line_comments: &["#"],
    block_comment: None,
    quotes: &[
        block("\"\"\"", true, None),
        block("'''", true, None),
        line("\"", None),
        line("'", None),
    ],
    prefix: Prefix::Python,
    has_characters: false,
    named_arguments: true,
    alternatives: &["or"],
    docstrings: true,
    listens_to_backlog: true,
    ..Language::C_LIKE
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["py", "pyi", "pyw"])
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    code::read(&LANGUAGE, path, text, reading);
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn servers_listen() {
        for (text, expect) in [
            ("uvicorn.run(app, host=\"0.0.0.0\", port=8000)", "1:39 8000 Listen Unknown host=0.0.0.0"),
            ("app.run(debug=True, port=5000)", "1:26 5000 Listen Unknown"),
            ("HTTPServer((\"\", 8000), Handler)", "1:17 8000 Listen Unknown"),
            ("server.bind((\"\", 9000))", "1:18 9000 Listen Unknown"),
            ("start_http_server(8000)", "1:19 8000 Listen Unknown"),
            ("server.add_insecure_port('[::]:50051')", "1:32 50051 Listen Unknown host=::"),
            ("app.listen(8_888)", "1:12 8888 Listen Unknown"),
            ("subprocess.run([\"uvicorn\", \"--port\", \"8000\"])", "1:39 8000 Listen Unknown"),
        ] {
            check("a.py", text, &[expect]);
        }
    }

    #[test]
    fn clients_connect() {
        for (text, expect) in [
            ("r = Redis(host=\"redis\", port=6379)", "1:30 6379 Connect Container host=redis"),
            ("psycopg2.connect(port=5432)", "1:23 5432 Connect Unknown"),
            ("grpc.insecure_channel(\"api:50051\")", "1:28 50051 Connect Container host=api"),
            ("API_URL = \"http://localhost:8000\"", "1:29 8000 Connect Unknown host=localhost variable=API_URL"),
            ("s.connect((\"localhost\", 9000))", "1:25 9000 Connect Unknown host=localhost"),
            ("x = f\"http://{host}:8000/a\"", "1:21 8000 Connect Unknown confidence=Medium"),
            (
                "DATABASES = {'default': {'HOST': 'db', 'PORT': '5432'}}",
                "1:49 5432 Connect Container host=db variable=default.PORT",
            ),
        ] {
            check("a.py", text, &[expect]);
        }
    }

    #[test]
    fn variables_have_fallbacks() {
        for (text, variable, column) in [
            ("os.getenv(\"API_PORT\", 8000)", "API_PORT", 23),
            ("int(os.getenv(\"API_PORT\", \"8000\"))", "API_PORT", 28),
            ("p = os.environ.get('API_PORT', '8000')", "API_PORT", 33),
            ("p = int(os.getenv(\"PORT\") or 8000)", "PORT", 30),
            ("p = env.int(\"API_PORT\", default=8000)", "API_PORT", 33),
            ("p = config(\"API_PORT\", default=8000, cast=int)", "API_PORT", 32),
            ("p = os.environ['PORT'] if 'PORT' in os.environ else 8000", "PORT", 53),
            ("@click.option(\"--port\", default=8000, envvar=\"API_PORT\")", "API_PORT", 33),
        ] {
            check("a.py", text, &[&format!("1:{column} 8000 Fallback Unknown variable={variable}")]);
        }
        check(
            "a.py",
            "url = os.getenv(\"API_URL\", \"http://localhost:8000\")",
            &["1:46 8000 Fallback Unknown host=localhost variable=API_URL"],
        );
    }

    #[test]
    fn settings_take_their_fields_from_the_environment() {
        check(
            "a.py",
            "class Settings(BaseSettings):\n    api_port: int = 8000\n    url: str = \"http://db:5432\"\n    \
             web_port: int = Field(3000, env=\"WEB\")\n    class Config:\n        env_prefix = \"app_\"\n\n\
             other_port = 9000\n",
            &[
                "2:21 8000 Fallback Unknown variable=APP_API_PORT",
                "3:27 5432 Fallback Container host=db variable=APP_URL",
                "8:14 9000 Define Unknown variable=other_port",
            ],
        );
    }

    #[test]
    fn names_define() {
        for (text, expect) in [
            ("API_PORT = 8000", "1:12 8000 Define Unknown variable=API_PORT"),
            ("self.port: int = 8000", "1:18 8000 Define Unknown variable=port"),
            ("def __init__(self, port: int = 8000): pass", "1:32 8000 Define Unknown variable=port"),
            ("def f(port=8000): pass", "1:12 8000 Define Unknown variable=port"),
            ("c = {\"port\": 8000}", "1:14 8000 Define Unknown variable=c.port confidence=Medium"),
            ("p.add_argument(\"--port\", type=int, default=8000)", "1:44 8000 Define Unknown variable=port"),
            ("HOST, PORT = \"localhost\", 9999", "1:27 9999 Define Unknown variable=PORT"),
        ] {
            check("a.py", text, &[expect]);
        }
    }

    #[test]
    fn comments_speak_of_addresses_only() {
        check(
            "a.py",
            "# see http://localhost:8000, port = 9000\ndef f():\n    \"\"\"On 127.0.0.1:9000, PORT=80.\"\"\"\n",
            &[
                "1:24 8000 Connect Unknown host=localhost confidence=Medium *",
                "3:21 9000 Connect Unknown host=127.0.0.1 confidence=Medium *",
            ],
        );
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in [
            "timeout=5000",
            "max_tokens = 50000",
            "x = range(3000)",
            "time.sleep(5000)",
            "assert port == 8080",
            "self.assertEqual(port, 8080)",
            "if port < 1024: pass",
            "PORTS = {80: 'http', 443: 'https'}",
            "DEFAULT_PORTS = {'http': 80, 'https': 443}",
            "sock.listen(128)",
            "sock.listen(1024)",
            "port = url.port or 443",
            "port: int = 0",
            "t = '10:30'",
            "image = 'redis:7'",
            "u = 'https://example.com:8443'",
            "x = os.getenv('MAX_TOKENS', 50000)",
            "report: 2000",
            "d = {'report': 2000}",
            "for port in range(8000, 9000): pass",
            "port = 1024 * 8",
            "a[port:8080]",
            "port = 443 if tls else 80",
            "f'{port:5}'",
            "MAX_PORT = 65535",
            "Redis(host='redis.example.com', port=6379)",
            "x = 'line:1234'",
        ] {
            check("a.py", none, &[]);
        }
    }
}
