//! Ruby.

use super::code::{self, Language, block};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader =
    Reader { name: "ruby", summary: "Ruby: servers, clients, ENV.fetch", takes, knows: any_text, read };

static LANGUAGE: Language = Language {
    line_comments: &["#"],
    block_comment: None,
    quotes: &[block("\"", true, Some("#{")), block("'", true, None), block("`", true, Some("#{"))],
    has_characters: false,
    has_patterns: true,
    heredoc: Some("<<"),
    named_arguments: true,
    alternatives: &["||", "or"],
    arrow_entries: true,
    bare_calls: true,
    ..Language::C_LIKE
};

fn takes(path: &FilePath<'_>) -> bool {
    path.has_extension(&["rb", "ru", "rake"])
        || path.is_named(&["Rakefile", "Capfile", "Guardfile", "Vagrantfile", "Puma"])
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
            ("set :port, 4567", "1:12 4567 Listen Unknown variable=port"),
            ("port 3000", "1:6 3000 Listen Unknown"),
            ("port ENV.fetch(\"PORT\") { 3000 }", "1:26 3000 Fallback Unknown variable=PORT"),
            ("port ENV.fetch('PORT', 3000)", "1:24 3000 Fallback Unknown variable=PORT"),
            ("p = ENV[\"API_PORT\"] || 3000", "1:24 3000 Fallback Unknown variable=API_PORT"),
            ("WEBrick::HTTPServer.new(:Port => 8000)", "1:34 8000 Listen Unknown"),
            ("Rack::Server.start(app: app, Port: 9292)", "1:36 9292 Listen Unknown"),
            ("API_PORT = 8000", "1:12 8000 Define Unknown variable=API_PORT"),
            ("Redis.new(host: 'redis', port: 6379)", "1:32 6379 Connect Container host=redis"),
            ("bind 'tcp://0.0.0.0:9292'", "1:21 9292 Listen Unknown host=0.0.0.0"),
            ("u = \"http://#{host}:8080/\"", "1:21 8080 Connect Unknown confidence=Medium"),
        ] {
            check("a.rb", text, &[expect]);
        }
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in [
            "sleep 5000 # port",
            "=begin\nport 3000\n=end\n",
            "x = <<~SQL\n  port 3000\nSQL\n",
            "support 3000",
            "assert_equal 8080, port",
            "r = /localhost:8080/",
        ] {
            check("a.rb", none, &[]);
        }
    }
}
