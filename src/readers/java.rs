//! Java, Kotlin, Scala and Groovy.

use super::code::{self, Language, Prefix, block, line};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "java",
    summary: "Java, Kotlin, Scala and Groovy: servers, clients, @Value, System.getenv",
    takes,
    knows: any_text,
    read,
};

static JAVA: Language = Language {
    quotes: &[block("\"\"\"", true, None), line("\"", None)],
    named_arguments: true,
    placeholders: true,
    binds_numbers: true,
    ..Language::C_LIKE
};

static KOTLIN: Language = Language {
    nested_comments: true,
    quotes: &[block("\"\"\"", false, Some("${")), line("\"", Some("${"))],
    alternatives: &["?:"],
    ..JAVA
};

static SCALA: Language = Language {
    nested_comments: true,
    quotes: &[block("\"\"\"", false, None), line("\"", None)],
    prefix: Prefix::Scala,
    ..JAVA
};

static GROOVY: Language = Language {
    quotes: &[
        block("\"\"\"", true, Some("${")),
        block("'''", true, None),
        line("\"", Some("${")),
        line("'", None),
    ],
    has_characters: false,
    alternatives: &["?:"],
    ..JAVA
};

fn takes(path: &FilePath<'_>) -> bool {
    language(path).is_some()
}

fn language(path: &FilePath<'_>) -> Option<&'static Language> {
    match path.extension().to_ascii_lowercase().as_str() {
        "java" => Some(&JAVA),
        "kt" | "kts" => Some(&KOTLIN),
        "scala" | "sc" => Some(&SCALA),
        "groovy" | "gradle" => Some(&GROOVY),
        _ => None,
    }
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    if let Some(language) = language(path) {
        code::read(language, path, text, reading);
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn java_is_read() {
        for (text, expect) in [
            ("new ServerSocket(8080)", "1:18 8080 Listen Unknown"),
            ("HttpServer.create(new InetSocketAddress(\"localhost\", 8080), 0)", "1:54 8080 Listen Unknown host=localhost"),
            ("new Socket(\"db\", 5432)", "1:18 5432 Connect Container host=db"),
            ("private static final int SERVER_PORT = 8080;", "1:40 8080 Define Unknown variable=SERVER_PORT"),
            ("@Value(\"${server.port:9000}\") int p;", "1:23 9000 Fallback Unknown variable=server.port"),
            ("@Value(\"${x:http://localhost:9000}\") String u;", "1:30 9000 Fallback Unknown host=localhost variable=x"),
            ("System.getenv().getOrDefault(\"PORT\", \"8080\")", "1:39 8080 Fallback Unknown variable=PORT"),
            ("Optional.ofNullable(System.getenv(\"PORT\")).orElse(\"8080\")", "1:52 8080 Fallback Unknown variable=PORT"),
            ("ServerBuilder.forPort(50051)", "1:23 50051 Listen Unknown"),
            ("ManagedChannelBuilder.forAddress(\"localhost\", 50051)", "1:47 50051 Connect Unknown host=localhost"),
        ] {
            check("A.java", text, &[expect]);
        }
        for none in ["Thread.sleep(5000);", "case 80: x();", "port = 80 + 1;", "char c = ':'; int x = 8080;", "response.setStatus(404); // port"] {
            check("A.java", none, &[]);
        }
    }

    #[test]
    fn kotlin_is_read() {
        for (text, expect) in [
            ("embeddedServer(Netty, port = 8080)", "1:30 8080 Listen Unknown"),
            ("val p = System.getenv(\"PORT\") ?: \"8080\"", "1:35 8080 Fallback Unknown variable=PORT"),
            ("val p = System.getenv(\"PORT\")?.toInt() ?: 8080", "1:43 8080 Fallback Unknown variable=PORT"),
            ("class Server(val port: Int = 8080)", "1:30 8080 Define Unknown variable=port"),
            ("@Value(\"\\${api.port:8080}\") val p: Int", "1:21 8080 Fallback Unknown variable=api.port"),
        ] {
            check("A.kt", text, &[expect]);
        }
    }

    #[test]
    fn scala_and_groovy_are_read() {
        check("A.scala", "val port: Int = 9000", &["1:17 9000 Define Unknown variable=port"]);
        check("build.gradle", "def port = 9000", &["1:12 9000 Define Unknown variable=port"]);
    }
}
