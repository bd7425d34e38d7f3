//! PHP.

use super::code::{self, Language, block};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader =
    Reader { name: "php", summary: "PHP: servers, clients, env() and getenv()", takes, knows: any_text, read };

static LANGUAGE: Language = Language {
    line_comments: &["//", "#"],
    quotes: &[block("\"", true, None), block("'", true, None), block("`", true, None)],
    has_characters: false,
    heredoc: Some("<<<"),
    is_embedded: true,
    named_arguments: true,
    alternatives: &["?:", "??", "||", "or"],
    arrow_entries: true,
    listens_to_backlog: true,
    ..Language::C_LIKE
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["php", "phtml"])
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
            ("<?php $p = getenv('PORT') ?: 8000;", "1:30 8000 Fallback Unknown variable=PORT"),
            ("<?php $p = $_ENV['PORT'] ?? 8000;", "1:29 8000 Fallback Unknown variable=PORT"),
            ("<?php return ['port' => env('DB_PORT', '3306')];", "1:41 3306 Fallback Unknown variable=DB_PORT"),
            ("<?php define('APP_PORT', 8000);", "1:26 8000 Define Unknown variable=APP_PORT"),
            ("<?php $apiPort = 8000;", "1:18 8000 Define Unknown variable=apiPort"),
            ("<?php $u = env('APP_URL', 'http://localhost:8000');", "1:45 8000 Fallback Unknown host=localhost variable=APP_URL"),
            ("<?php new Redis(['host' => 'redis', 'port' => 6379]);", "1:47 6379 Connect Container host=redis"),
        ] {
            check("a.php", text, &[expect]);
        }
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in [
            "<p>port = 8000</p>",
            "<?php sleep(5000); ?> $port = 8000;",
            "<?php $x = <<<EOT\n$port = 8000;\nEOT;\n",
            "<?php # $port = 8000\n",
        ] {
            check("a.php", none, &[]);
        }
    }
}
