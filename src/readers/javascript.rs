//! JavaScript and TypeScript, and the scripts of Vue and Svelte components.

use super::code::{self, Language, block, line};
use super::{FilePath, Reader, Reading, any_text};

/// This file's reader.
pub static READER: Reader = Reader {
    name: "javascript",
    summary: "JavaScript and TypeScript: servers, clients, process.env",
    takes,
    knows: any_text,
    read,
};

static LANGUAGE: Language = Language {
    quotes: &[line("\"", None), line("'", None), block("`", true, Some("${"))],
    has_characters: false,
    has_patterns: true,
    alternatives: &["||", "??"],
    ..Language::C_LIKE
};

fn takes(path: &FilePath<'_>) -> bool {
    let is_script = path.has_extension(&["js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "cts", "vue", "svelte"]);
    is_script && !path.name().contains(".min.")
}

/// Reads a script.
pub(super) fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    if !path.has_extension(&["vue", "svelte"]) {
        return code::read(&LANGUAGE, path, text, reading);
    }
    let mut at = 0;
    while let Some(open) = text[at..].find("<script").map(|open| at + open) {
        let Some(start) = text[open..].find('>').map(|end| open + end + 1) else { return };
        let end = text[start..].find("</script").map_or(text.len(), |end| start + end);
        code::read_part(&LANGUAGE, path, text, start..end, reading);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn servers_listen() {
        for (text, expect) in [
            ("app.listen(3000, () => {})", "1:12 3000 Listen Unknown"),
            ("app.listen(PORT || 3000)", "1:20 3000 Listen Unknown confidence=Medium"),
            ("fastify.listen({ port: 3000, host: '0.0.0.0' })", "1:24 3000 Listen Unknown host=0.0.0.0"),
            ("Bun.serve({\n  port: 3000,\n})", "2:9 3000 Listen Unknown"),
            ("http.createServer(app).listen(8080, 'localhost')", "1:31 8080 Listen Unknown host=localhost"),
            ("new Server(3000, { cors: {} })", "1:12 3000 Listen Unknown"),
            ("new WebSocketServer({ port: 8080 })", "1:29 8080 Listen Unknown"),
        ] {
            check("a.ts", text, &[expect]);
        }
    }

    #[test]
    fn clients_connect() {
        for (text, expect) in [
            ("createConnection({host:'db', port: 5432})", "1:36 5432 Connect Container host=db"),
            ("new WebSocket(\"ws://localhost:8080\")", "1:31 8080 Connect Unknown host=localhost"),
            ("apiUrl: 'http://localhost:8000'", "1:27 8000 Connect Unknown host=localhost variable=apiUrl"),
            ("fetch(`http://localhost:8000/${id}`)", "1:25 8000 Connect Unknown host=localhost"),
            ("const x = `ws://${host}:8000/a`", "1:25 8000 Connect Unknown confidence=Medium"),
            ("const r = 'redis://redis:6379'", "1:26 6379 Connect Container host=redis variable=r"),
        ] {
            check("a.ts", text, &[expect]);
        }
    }

    #[test]
    fn variables_have_fallbacks() {
        for (text, variable, column) in [
            ("const p = process.env.API_PORT || 3000;", "API_PORT", 35),
            ("const p = process.env['API_PORT'] ?? '3000';", "API_PORT", 39),
            ("const p = Number(process.env.PORT) || 3000", "PORT", 39),
            ("const p = +process.env.PORT! || 3000", "PORT", 33),
            ("const p = (process.env.PORT as any) || 3000", "PORT", 40),
            ("const p = parseInt(process.env.PORT || \"3000\", 10)", "PORT", 41),
            ("const { PORT = 3000 } = process.env", "PORT", 16),
            ("const p = Deno.env.get(\"PORT\") ?? 3000", "PORT", 35),
            ("app.listen(process.env.PORT || 3000)", "PORT", 32),
            ("const p = process.env.PORT ? Number(process.env.PORT) : 3000", "PORT", 57),
            ("cleanEnv(process.env, { PORT: port({ default: 3000 }) })", "PORT", 47),
            ("configService.get<number>('PORT', 3000)", "PORT", 35),
            ("const p = process.env.API_PORT || process.env.PORT || 3000", "API_PORT", 55),
        ] {
            check("a.ts", text, &[&format!("1:{column} 3000 Fallback Unknown variable={variable}")]);
        }
        check(
            "a.ts",
            "const u = import.meta.env.VITE_X || \"http://localhost:8000\"\nz.object({ PORT: z.coerce.number().default(3000) })",
            &[
                "1:55 8000 Fallback Unknown host=localhost variable=VITE_X",
                "2:44 3000 Fallback Unknown variable=PORT confidence=Medium",
            ],
        );
    }

    #[test]
    fn names_define() {
        for (text, expect) in [
            ("const port = 3000;", "1:14 3000 Define Unknown variable=port"),
            ("const API_PORT: number = 3000", "1:26 3000 Define Unknown variable=API_PORT"),
            ("x = { apiPort: 3000 }", "1:16 3000 Define Unknown variable=apiPort"),
            ("x = { server: { port: 3000 } }", "1:23 3000 Define Unknown variable=server.port confidence=Medium"),
            ("app.set('port', 3000)", "1:17 3000 Define Unknown variable=port"),
            ("function f(port = 3000) {}", "1:19 3000 Define Unknown variable=port"),
            (".option('-p, --port <port>', 'the port', '3000')", "1:43 3000 Define Unknown variable=port"),
        ] {
            check("a.ts", text, &[expect]);
        }
    }

    #[test]
    fn what_looks_like_a_port_is_told_apart() {
        for none in [
            "setTimeout(() => support(), 4000)",
            "res.status(404); listen()",
            "const viewport = { width: 1280, height: 1024 }",
            "if (port > 65535 || port < 1024) {}",
            "const p = url.port || 443",
            "const p = scheme === 'https' ? 443 : 80",
            "switch (port) { case 80: x() }",
            "isPort(80)",
            "const ports = { http: 80, https: 443 }",
            "const r = /localhost:8080/; import x from 'y'",
            "import { x } from 'y'; const a = 3000",
            "fn.bind(this, 3000)",
            "const xmlns = 'http://www.w3.org:80/2000/svg'",
            "const s = `${port}:8080`",
            "expect(port).toBe(8080)",
            "const port = 0",
            "const port = base + 8000",
            "<div>it's port: </div>\nconst x = 3000",
        ] {
            check("a.tsx", none, &[]);
        }
    }

    #[test]
    fn scripts_of_components_are_read() {
        check(
            "a.vue",
            "<p>http://localhost:1</p>\n<script setup>\nconst port = 3000\n</script>\n",
            &["3:14 3000 Define Unknown variable=port"],
        );
    }

    #[test]
    fn tests_are_less_sure() {
        check("a.test.ts", "app.listen(3000)", &["1:12 3000 Listen Unknown confidence=Medium"]);
    }

    #[test]
    fn what_is_broken_off_is_no_trouble() {
        for text in ["const port = `${", "`${`${`${", "/* listen(", "'\\", "/[", "\u{feff}listen(`é\\"] {
            check("a.ts", text, &[]);
        }
    }
}
