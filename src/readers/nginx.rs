//! nginx: what it listens on and where it passes requests to; Apache's
//! `VirtualHost` and `ProxyPass`, HAProxy's `bind` and `server` beside it.

use std::ops::Range;

use super::config::{self, Runs};
use super::{FilePath, Reader, Reading, Sighting};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "nginx",
    summary: "nginx, Apache, HAProxy: addresses listened on, upstreams",
    takes,
    knows,
    read,
};

fn takes(path: &FilePath<'_>) -> bool {
    let lower = path.as_str().to_ascii_lowercase();
    let is_near = ["nginx", "conf.d/", "sites-", "apache", "httpd", "haproxy"].iter().any(|word| lower.contains(word));
    let is_configuration = path.has_extension(&["conf", "cfg", "template", "tmpl", "j2", "vhost", "nginx", "htaccess", "inc"]);
    is_configuration || (is_near && !lower.rsplit('/').next().unwrap_or("").contains('.'))
}

fn knows(text: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let is_nginx = has("_pass ") || (has("listen") && has("server {")) || (has("upstream ") && has("server "));
    is_nginx || has("<VirtualHost ") || has("ProxyPass") || (has("bind ") && (has("frontend ") || has("backend ")))
}

fn read(_: &FilePath<'_>, text: &str, reading: &mut Reading) {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = without_comment(line);
        if !line.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let mut at = start;
        for statement in line.split([';', '{', '}']) {
            let from = at;
            at += statement.len() + 1;
            directive(text, from..from + statement.len(), &mut reading.sightings);
        }
        // `http://${HOST}:80` has braces of its own.
        if line.contains("${") {
            reading.sightings.extend(config::urls(text, start..start + line.len(), Runs::InContainer));
            reading.sightings.extend(config::fallbacks(text, start..start + line.len(), false));
        }
    }
}

/// A line before its comment.
fn without_comment(line: &str) -> &str {
    let is_start = |at: &usize| *at == 0 || line.as_bytes()[at - 1].is_ascii_whitespace();
    let cut = memchr::memchr_iter(b'#', line.as_bytes()).find(is_start);
    line[..cut.unwrap_or(line.len())].trim_end()
}

/// The words of a part of the text and where they stand.
fn words_at(text: &str, at: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = at.start;
    for word in text.get(at).unwrap_or("").split([' ', '\t', '\r', '\n']) {
        let quotes = word.len() - word.trim_start_matches(['"', '\'', '<']).len();
        let inner = word.trim_matches(['"', '\'', '<', '>']);
        if !inner.is_empty() {
            found.push(start + quotes..start + quotes + inner.len());
        }
        start += word.len() + 1;
    }
    found
}

fn directive(text: &str, at: Range<usize>, found: &mut Vec<Sighting>) {
    let words = words_at(text, at.clone());
    let [name, arguments @ ..] = words.as_slice() else { return };
    let word = |at: &Range<usize>| text.get(at.clone()).unwrap_or("");
    let listens = |at: &Range<usize>| config::listen(text, at.clone(), true);
    let connects = |at: &Range<usize>| {
        let is_pair = config::is_address(word(at));
        if is_pair { config::addresses(text, at.clone(), Runs::InContainer) } else { Vec::new() }
    };
    match word(name).to_ascii_lowercase().as_str() {
        "listen" => {
            let is_udp = arguments.iter().any(|at| word(at) == "udp");
            let Some(mut listen) = arguments.first().and_then(listens) else { return };
            if is_udp {
                listen.protocol = crate::model::Protocol::Udp;
            }
            found.push(listen);
        }
        "virtualhost" => found.extend(arguments.iter().filter_map(listens)),
        "bind" => {
            for argument in arguments.first().into_iter() {
                found.extend(parts(text, argument).iter().filter_map(|at| config::listen(text, at.clone(), false)));
            }
        }
        "server" => found.extend(arguments.iter().take(2).flat_map(connects)),
        name if name.ends_with("_pass") || name == "set" || name == "default" => {
            found.extend(arguments.iter().flat_map(connects));
            found.extend(config::urls(text, at, Runs::InContainer));
        }
        _ => found.extend(config::urls(text, at, Runs::InContainer)),
    }
}

/// The parts of a word between its commas.
fn parts(text: &str, at: &Range<usize>) -> Vec<Range<usize>> {
    let mut start = at.start;
    let mut found = Vec::new();
    for part in text.get(at.clone()).unwrap_or("").split(',') {
        found.push(start..start + part.len());
        start += part.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn nginx_listens_and_passes() {
        check(
            "deploy/nginx/default.conf",
            "worker_processes 4;\nevents { worker_connections 1024; }\nupstream api {\n  server api:8000 weight=5 max_fails=3;\n  server unix:/run/app.sock;\n  keepalive 3000;\n}\nserver {\n  listen 80 default_server; # listen 81;\n  listen [::]:8443 ssl;\n  listen 127.0.0.1:53 udp;\n  server_name shop.example.com;\n  client_max_body_size 5000m;\n  proxy_read_timeout 3600;\n  location / { proxy_pass http://web:3000/; }\n  location /a { proxy_pass http://localhost:8001; }\n  location /p { fastcgi_pass php:9000; }\n  location /v { proxy_pass http://${API_HOST}:8002; }\n  location /h { set $up host.docker.internal:8003; proxy_pass http://$up; }\n  # proxy_pass http://old:9999;\n  return 301 https://shop.example.com:8443$request_uri;\n  error_page 500 502 503 504 /50x.html;\n  resolver 127.0.0.11 valid=30s;\n}\n",
            &[
                "4:14 8000 Connect Container host=api",
                "9:10 80 Listen Unknown",
                "10:15 8443 Listen Unknown host=::",
                "11:20 53 Listen Unknown host=127.0.0.1 protocol=udp",
                "15:38 3000 Connect Container host=web",
                "16:45 8001 Connect Unknown host=localhost",
                "17:34 9000 Connect Container host=php",
                "18:47 8002 Connect Unknown confidence=Medium",
                "19:46 8003 Connect host=host.docker.internal",
            ],
        );
    }

    #[test]
    fn apache_and_haproxy_say_the_same() {
        check(
            "site.conf",
            "Listen 8080\n<VirtualHost *:8080>\n  ProxyPass /api http://api:8000/\n  Timeout 3000\n</VirtualHost>\n",
            &["1:8 8080 Listen Unknown", "2:16 8080 Listen Unknown host=*", "3:29 8000 Connect Container host=api"],
        );
        check(
            "haproxy.cfg",
            "global\n  maxconn 4096\nfrontend http\n  bind *:80,:8443 ssl\n  timeout client 5000\nbackend web\n  server web1 web:8080 check inter 2000\n",
            &[
                "4:10 80 Listen Unknown host=*",
                "4:14 8443 Listen Unknown",
                "7:19 8080 Connect Container host=web",
            ],
        );
    }
}
