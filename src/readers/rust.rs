//! Rust.

use super::code::{self, Language, Prefix, block};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader =
    Reader { name: "rust", summary: "Rust: servers, clients, env::var", takes, knows: any_text, read };

static LANGUAGE: Language = Language {
    nested_comments: true,
    quotes: &[block("\"", true, None)],
    prefix: Prefix::Rust,
    named_arguments: true,
    listens_to_backlog: true,
    ..Language::C_LIKE
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["rs"])
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    code::read(&LANGUAGE, path, text, reading);
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn servers_listen_and_clients_connect() {
        for (text, expect) in [
            ("TcpListener::bind(\"127.0.0.1:8080\")", "1:30 8080 Listen Unknown host=127.0.0.1"),
            ("SocketAddr::from(([0, 0, 0, 0], 3000))", "1:33 3000 Listen Unknown host=0.0.0.0"),
            ("HttpServer::new(x).bind((\"0.0.0.0\", 8080))", "1:37 8080 Listen Unknown host=0.0.0.0"),
            ("warp::serve(x).run(([127, 0, 0, 1], 3030))", "1:37 3030 Listen Unknown host=127.0.0.1"),
            ("TcpStream::connect(\"127.0.0.1:8080\")", "1:31 8080 Connect Unknown host=127.0.0.1"),
            ("let u = r#\"http://db:5432\"#;", "1:22 5432 Connect Container host=db variable=u"),
        ] {
            check("a.rs", text, &[expect]);
        }
    }

    #[test]
    fn variables_have_fallbacks() {
        for (text, column, variable) in [
            ("env::var(\"PORT\").unwrap_or(\"3000\".into())", 29, "PORT"),
            ("env::var(\"PORT\").unwrap_or_else(|_| \"3000\".to_string())", 38, "PORT"),
            ("std::env::var(\"API_PORT\").ok().and_then(|p| p.parse().ok()).unwrap_or(3000)", 71, "API_PORT"),
            ("option_env!(\"PORT\").unwrap_or(\"3000\")", 32, "PORT"),
            ("#[arg(long, env = \"PORT\", default_value_t = 3000)]\nport: u16,", 45, "PORT"),
            ("#[arg(long, env, default_value = \"3000\")]\nport: u16,", 35, "PORT"),
        ] {
            check("a.rs", text, &[&format!("1:{column} 3000 Fallback Unknown variable={variable}")]);
        }
    }

    #[test]
    fn names_define() {
        for (text, expect) in [
            ("const PORT: u16 = 8_000;", "1:19 8000 Define Unknown variable=PORT"),
            ("const PORT: u16 = 8000u16;", "1:19 8000 Define Unknown variable=PORT"),
            ("fn default_port() -> u16 { 8000 }", "1:28 8000 Define Unknown variable=default_port"),
            ("#[arg(long, default_value_t = 8000)]\npub port: u16,", "1:31 8000 Define Unknown variable=port"),
            ("Config { api_port: 8000 }", "1:20 8000 Define Unknown variable=api_port"),
        ] {
            check("a.rs", text, &[expect]);
        }
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in [
            "sqlx::query(q).bind(3000)",
            "socket.listen(1024)",
            "let c: char = ':'; let x: &'a str = \"10:30\";",
            "let port = uri.port_u16().unwrap_or(80);",
            "(8000..9000).find(|port| free(*port))",
            "match port { 80 => \"http\", 8080 => \"proxy\", _ => \"\" }",
            "Duration::from_millis(5000)",
            "assert_eq!(port, 8080);",
            "let port = 0x1F90;",
            "let port = 80.5;",
        ] {
            check("a.rs", none, &[]);
        }
    }

    #[test]
    fn tests_beside_the_code_are_less_sure() {
        check(
            "a.rs",
            "const PORT: u16 = 8000;\n#[cfg(test)]\nmod tests {\n    const API_PORT: u16 = 9000;\n}\n",
            &[
                "1:19 8000 Define Unknown variable=PORT",
                "4:27 9000 Define Unknown variable=API_PORT confidence=Medium",
            ],
        );
    }
}
