//! Configuration of what serves a front end while it is developed and tested:
//! Vite, Nuxt, Astro, webpack, Vue, Next and Playwright.
//!
//! It is JavaScript and read as such; here the keys say more than elsewhere.

use super::{FilePath, Reader, Reading, Role, any_text, javascript};
use crate::diagnostic::Confidence;

/// This file's reader.
pub static READER: Reader = Reader {
    name: "vite",
    summary: "vite.config and its like: development servers, proxies, web servers of tests",
    takes,
    knows: any_text,
    read,
};

const TOOLS: &[&str] = &[
    "vite", "vitest", "nuxt", "astro", "webpack", "vue", "next", "playwright", "svelte", "rsbuild", "rspack",
    "farm", "electron.vite",
];

/// Keys of the port that a server of the tool listens on.
const SERVERS: &[&str] = &["server.port", "preview.port", "devServer.port", "dev.port"];

fn takes(path: &FilePath<'_>) -> bool {
    let name = path.name();
    let tool = name.split_once(".config.").map(|(tool, _)| tool);
    // `webpack.dev.js`, `vite.config.dev.ts`
    let is_tool = tool.is_some_and(|tool| TOOLS.contains(&tool)) || name.starts_with("webpack.");
    is_tool && path.has_extension(&["js", "mjs", "cjs", "ts", "mts", "cts"])
}

fn read(path: &FilePath<'_>, text: &str, reading: &mut Reading) {
    javascript::read(path, text, reading);
    for sighting in &mut reading.sightings {
        let Some(key) = sighting.variable.as_deref() else { continue };
        match sighting.role {
            Role::Define | Role::Listen if SERVERS.contains(&key) => {
                sighting.role = Role::Listen;
                sighting.confidence = Confidence::High;
            }
            // Beside the server; it is no port of the program.
            Role::Define if key == "hmr.port" => sighting.role = Role::Listen,
            // The port to wait for: the tests' own server.
            Role::Define if key == "webServer.port" => {
                sighting.role = Role::Connect;
                sighting.host = Some("localhost".to_owned());
                sighting.confidence = Confidence::High;
            }
            _ => {}
        }
    }
    // What a browser sees, behind a proxy.
    reading.sightings.retain(|sighting| {
        sighting.role != Role::Define
            || !sighting.variable.as_deref().is_some_and(|key| key.ends_with("clientPort"))
    });
}

#[cfg(test)]
mod tests {
    use crate::readers::testing::check;

    #[test]
    fn vite_listens_and_passes_on() {
        let text = "export default defineConfig({
  server: {
    port: 5173,
    proxy: { '/api': 'http://localhost:8000', '/ws': { target: 'ws://localhost:8001' } },
    hmr: { port: 24678, clientPort: 443 },
  },
  preview: { port: 4173 },
  build: { chunkSizeWarningLimit: 1600 },
  test: { testTimeout: 30000 },
})";
        let expect = [
            "3:11 5173 Listen Unknown variable=server.port",
            "4:40 8000 Connect Unknown host=localhost",
            "4:80 8001 Connect Unknown host=localhost variable=target",
            "5:18 24678 Listen Unknown variable=hmr.port confidence=Medium",
            "7:20 4173 Listen Unknown variable=preview.port",
        ];
        check("vite.config.ts", text, &expect);
        check("vite.config.dev.mts", text, &expect);
    }

    #[test]
    fn its_like_do_too() {
        for (path, text, expect) in [
            ("a/vue.config.js", "x = { devServer: { port: 8081 } }", "1:26 8081 Listen Unknown variable=devServer.port"),
            ("webpack.dev.js", "x = { devServer: { port: 8081 } }", "1:26 8081 Listen Unknown variable=devServer.port"),
            ("nuxt.config.ts", "x({ devServer: { port: 3005 } })", "1:24 3005 Listen Unknown variable=devServer.port"),
            ("astro.config.mjs", "x({ server: { port: 4321 } })", "1:21 4321 Listen Unknown variable=server.port"),
            (
                "next.config.js",
                "return [{ source: '/api', destination: 'http://localhost:8000/:path*' }]",
                "1:58 8000 Connect Unknown host=localhost variable=destination",
            ),
            (
                "playwright.config.ts",
                "x({ webServer: { port: 3003, timeout: 12000 } })",
                "1:24 3003 Connect Unknown host=localhost variable=webServer.port",
            ),
            (
                "vite.config.ts",
                "x({ server: { port: Number(process.env.VITE_PORT) || 5173 } })",
                "1:54 5173 Fallback Unknown variable=VITE_PORT",
            ),
        ] {
            check(path, text, &[expect]);
        }
    }

    #[test]
    fn other_configuration_is_javascript() {
        check("app.config.ts", "x({ server: { port: 4321 } })", &[
            "1:21 4321 Define Unknown variable=server.port confidence=Medium",
        ]);
        for none in ["x({ server: { port: 0 } })", "// port\nx({ timeout: 30000 })", "x({ port: \u{fffd}"] {
            check("vite.config.ts", none, &[]);
        }
    }
}
