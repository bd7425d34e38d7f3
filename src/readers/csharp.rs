//! C#.

use super::code::{self, Language, Prefix, block, line};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "csharp",
    summary: "C#: servers, clients, Environment.GetEnvironmentVariable",
    takes,
    knows: any_text,
    read,
};

static LANGUAGE: Language = Language {
    quotes: &[block("\"\"\"", false, None), line("\"", None)],
    prefix: Prefix::CSharp,
    named_arguments: true,
    alternatives: &["??"],
    arrow_entries: true,
    listens_to_backlog: true,
    binds_numbers: true,
    ..Language::C_LIKE
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["cs", "csx"])
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    code::read(&LANGUAGE, path, text, reading);
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn ports_are_seen() {
        for (text, expect) in [
            ("builder.WebHost.UseUrls(\"http://*:5000\");", "1:35 5000 Listen Unknown host=*"),
            ("options.ListenAnyIP(5000);", "1:21 5000 Listen Unknown"),
            ("app.Run(\"http://localhost:3000\");", "1:27 3000 Listen Unknown host=localhost"),
            ("new TcpListener(IPAddress.Any, 5000)", "1:32 5000 Listen Unknown"),
            ("server.WithPort(8080)", "1:17 8080 Listen Unknown"),
            ("Environment.GetEnvironmentVariable(\"PORT\") ?? \"5000\"", "1:48 5000 Fallback Unknown variable=PORT"),
            ("public int ApiPort { get; set; } = 8080;", "1:36 8080 Define Unknown variable=ApiPort"),
            ("public int Port => 8080;", "1:20 8080 Define Unknown variable=Port confidence=Medium"),
            ("var u = @\"http://localhost:8080\\\";", "1:28 8080 Connect Unknown host=localhost variable=u"),
            ("var u = $\"http://{host}:8080/\";", "1:25 8080 Connect Unknown confidence=Medium"),
        ] {
            check("A.cs", text, &[expect]);
        }
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in ["socket.Listen(100);", "Thread.Sleep(5000);", "await Task.Delay(3000); // port", "Assert.Equal(8080, port);"] {
            check("A.cs", none, &[]);
        }
    }
}
