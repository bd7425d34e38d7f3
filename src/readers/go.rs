//! Go.

use super::code::{self, Language, block, line};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader =
    Reader { name: "go", summary: "Go: servers, clients, flags, os.Getenv", takes, knows: any_text, read };

static LANGUAGE: Language =
    Language { quotes: &[line("\"", None), block("`", false, None)], bare_types: true, ..Language::C_LIKE };

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["go"])
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
            ("http.ListenAndServe(\":8080\", nil)", "1:23 8080 Listen Unknown"),
            ("net.Listen(\"tcp\", \":9000\")", "1:21 9000 Listen Unknown"),
            ("s := &http.Server{Addr: \":8080\"}", "1:27 8080 Listen Unknown variable=Addr"),
            ("r.Run(\"0.0.0.0:8080\")", "1:16 8080 Listen Unknown host=0.0.0.0"),
            ("flag.String(\"addr\", \":8080\", \"x\")", "1:23 8080 Listen Unknown variable=addr"),
            ("r.Run(8080)", "1:7 8080 Listen Unknown"),
            ("kingpin.Flag(\"web.listen-address\", \"Where to listen.\").Default(\":9100\").String()", "1:66 9100 Listen Unknown variable=web.listen-address"),
            ("app.Flag(\"port\", \"The port.\").Default(\"9717\").Int()", "1:40 9717 Define Unknown variable=port"),
            ("app.Flag(\"port\", \"The port.\").Default(9717).Int()", "1:39 9717 Define Unknown variable=port"),
            ("if p := os.Getenv(\"PORT\"); p == \"\" { p = \"4200\" }", "1:43 4200 Fallback Unknown variable=PORT"),
            ("grpc.Dial(\"localhost:9000\")", "1:22 9000 Connect Unknown host=localhost"),
            ("redis.NewClient(&redis.Options{Addr: \"redis:6379\"})", "1:45 6379 Connect Container host=redis variable=Addr"),
        ] {
            check("a.go", text, &[expect]);
        }
    }

    #[test]
    fn variables_have_fallbacks() {
        for (text, expect) in [
            ("getEnv(\"API_PORT\", \"8080\")", "1:21 8080 Fallback Unknown variable=API_PORT"),
            (
                "port := os.Getenv(\"PORT\")\nif port == \"\" {\n\tport = \"8080\"\n}",
                "3:10 8080 Fallback Unknown variable=PORT",
            ),
            ("type C struct {\n\tP int `env:\"PORT\" envDefault:\"8080\"`\n}", "2:32 8080 Fallback Unknown variable=PORT"),
            ("addr := envOr(\"ADDR\", \":8080\")", "1:25 8080 Fallback Unknown variable=ADDR"),
        ] {
            check("a.go", text, &[expect]);
        }
    }

    #[test]
    fn names_define() {
        for (text, expect) in [
            ("viper.SetDefault(\"api.port\", 8080)", "1:30 8080 Define Unknown variable=api.port"),
            ("flag.Int(\"port\", 8080, \"the port\")", "1:18 8080 Define Unknown variable=port"),
            ("var apiPort int = 8080", "1:19 8080 Define Unknown variable=apiPort"),
            ("const DefaultPort = 8080", "1:21 8080 Define Unknown variable=DefaultPort"),
        ] {
            check("a.go", text, &[expect]);
        }
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in [
            "time.Sleep(5000)",
            "fmt.Sprintf(\"%d:%d\", 80, 8080)",
            "switch port { case 80: x() }",
            "buf := make([]byte, 4096)",
            "var wellKnown = map[int]string{80: \"http\", 8080: \"proxy\"}",
            "if port > 65535 { return }",
            "t := \"15:04\"",
            "http.Get(\"https://example.com:8443\")",
            "c.JSON(404, report)",
        ] {
            check("a.go", none, &[]);
        }
    }
}
