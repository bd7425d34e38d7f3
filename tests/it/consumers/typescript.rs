//! TypeScript that compiles, and files that prettier leaves alone.

use serde_json::Value;

use super::tools::{Tools, done, json};
use super::workspace::Workspace;

/// Every check that a strict project turns on.
const STRICT: &[&str] = &[
    "--strict",
    "--noEmit",
    "--noUnusedLocals",
    "--exactOptionalPropertyTypes",
    "--noPropertyAccessFromIndexSignature",
    "--target",
    "es2022",
    "--module",
    "es2022",
    "--moduleResolution",
    "bundler",
];

/// As `ng new` sets prettier up.
const ANGULAR_STYLE: &[&str] = &["--single-quote", "--print-width", "100"];

fn compiles(tools: &Tools, workspace: &Workspace, files: &[&str]) {
    done(tools.node("tsc").args(STRICT).args(files).current_dir(workspace.folder()));
}

/// What a module exports, as JSON: transpiled by tsc, run by Node.
fn exports(tools: &Tools, workspace: &Workspace, file: &str) -> Value {
    let text = "const ts = require('typescript');
        const source = require('fs').readFileSync(process.argv[1], 'utf8');
        const { outputText } = ts.transpileModule(source, { compilerOptions: { module: 'commonjs' } });
        const module_ = { exports: {} };
        new Function('module', 'exports', 'require', outputText)(module_, module_.exports, require);
        console.log(JSON.stringify(module_.exports));";
    json(&done(tools.node_text(text).arg(workspace.path(file))))
}

const TABLE: &str = r#"[project]
name = "shop"

[services.api]
title = "It's the \"API\" \\ here"
port = 21000
scheme = "http"
path = "/v1"
description = "Serves */ everything, with a | in it and <b>tags</b>"
notes = "Known to *conflict* with_some_thing"
health = "/health"

[services.kafka]
scheme = "tcp"

[services.kafka.ports]
client = 21010
jmx = { port = 21011, env = "KAFKA_JMX" }

[services.the-organization-directory-synchronization-service]
port = 21030
scheme = "http"
path = "/a/rather/long/path/to/the/entry/point/of/a/service"

[profiles.production]
kind = "production"

[profiles.production.services.api]
host = "api.example.com"
port = 443
scheme = "https"
"#;

#[test]
fn a_typescript_module_compiles_and_has_the_numbers() {
    let Some(tools) = Tools::find() else { return };
    let output = "\n[[output]]\npath = \"src/ports.ts\"\ntarget = \"typescript\"\n";
    let workspace = Workspace::rendered(&format!("{TABLE}{output}"));
    workspace.write(
        "src/main.ts",
        "import { API_PORT, KAFKA_JMX } from './ports';\nexport const sum: number = API_PORT + KAFKA_JMX;\n",
    );
    compiles(&tools, &workspace, &["src/ports.ts", "src/main.ts"]);
    let exports = exports(&tools, &workspace, "src/ports.ts");
    assert_eq!((&exports["API_PORT"], &exports["KAFKA_CLIENT_PORT"]), (&21000.into(), &21010.into()));
    tools.prettier(workspace.folder(), &["--single-quote", "src/ports.ts"]);
}

#[test]
fn both_angular_environments_compile_and_have_one_shape() {
    let Some(tools) = Tools::find() else { return };
    let output = |path: &str, profile: &str, production: bool| {
        format!(
            "\n[[output]]\npath = \"{path}\"\ntarget = \"angular\"\n{profile}services = [\"api\"]\n\
             options = {{ values = {{ production = {production}, apiUrl = \"{{{{ service('api').url }}}}/x\", \
             retries = 3, nested = {{ a-b = \"it's\", list = [1, 2] }} }} }}\n"
        )
    };
    let development = output("src/environment.ts", "", false);
    let production = output("src/environment.prod.ts", "profile = \"production\"\n", true);
    let workspace = Workspace::rendered(&format!("{TABLE}{development}{production}"));
    workspace.write(
        "src/main.ts",
        "import { environment } from './environment';\n\
         import { environment as production } from './environment.prod';\n\
         const shape: typeof environment = production;\n\
         export const same: typeof production = environment;\n\
         export const text: string = shape.apiUrl;\n\
         export const flag: boolean = shape.production;\n",
    );
    let files = ["src/environment.ts", "src/environment.prod.ts"];
    compiles(&tools, &workspace, &[&files[..], &["src/main.ts"]].concat());
    tools.prettier(workspace.folder(), &[ANGULAR_STYLE, &files].concat());
    let environment = |file: &str| exports(&tools, &workspace, file)["environment"].clone();
    let (development, production) = (environment(files[0]), environment(files[1]));
    assert_eq!(development["apiUrl"], "http://localhost:21000/v1/x");
    assert_eq!(production["apiUrl"], "https://api.example.com/v1/x");
    assert_eq!((&development["production"], &production["production"]), (&false.into(), &true.into()));
    assert_eq!(development["nested"]["a-b"], "it's");
}

#[test]
fn an_angular_block_and_a_separate_file_compile() {
    let Some(tools) = Tools::find() else { return };
    let output = "\n[[output]]\npath = \"src/ports.ts\"\ntarget = \"angular\"\nmode = \"file\"\n\
                  \n[[output]]\npath = \"src/environment.ts\"\ntarget = \"angular\"\n";
    let workspace = Workspace::new(&format!("{TABLE}{output}"));
    workspace.write("src/environment.ts", "export const environment = {\n  production: false,\n};\n");
    workspace.portgen(&["render", "--insert"]);
    let files = ["src/ports.ts", "src/environment.ts"];
    compiles(&tools, &workspace, &files);
    tools.prettier(workspace.folder(), &[ANGULAR_STYLE, &files].concat());
    assert!(
        workspace.read("src/environment.ts").contains("21000"),
        "{}",
        workspace.read("src/environment.ts")
    );
    assert!(exports(&tools, &workspace, "src/ports.ts").to_string().contains("21000"));
}

#[test]
fn the_environments_of_the_example_compile() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::example("ai-assistant");
    let folder = "ai-assistant-ui/src/environments";
    let (development, production) =
        (format!("{folder}/environment.ts"), format!("{folder}/environment.prod.ts"));
    let files = [development.as_str(), production.as_str()];
    compiles(&tools, &workspace, &files);
    tools.prettier(workspace.folder(), &[ANGULAR_STYLE, &files].concat());
    let url = exports(&tools, &workspace, files[0])["environment"]["apiUrl"].clone();
    assert_eq!(url, "http://localhost:8080/api");
}

#[test]
fn prettier_leaves_documents_alone() {
    let Some(tools) = Tools::find() else { return };
    let lists = ["services", "ranges", "reserved", "health", "conflicts"].map(|list| {
        format!("\n[[output]]\npath = \"PORTS.md\"\ntarget = \"markdown\"\nid = \"{list}\"\noptions = {{ list = \"{list}\" }}\n")
    });
    let ranges = "\n[ranges.all]\ntitle = \"All | of them\"\nports = \"21000-21099\"\ndescription = \"wide\"\n\
                  \n[[reserved]]\nports = [\"22000-22099\", \"23000\"]\nowner = \"somebody\"\nreason = \"it *is* so\"\n";
    let others = "\n[[output]]\npath = \"whole.md\"\ntarget = \"markdown\"\nmode = \"file\"\n\
                  \n[[output]]\npath = \"ports.json\"\ntarget = \"json\"\n";
    let workspace = Workspace::rendered(&format!("{TABLE}{ranges}{}{others}", lists.concat()));
    let files = ["PORTS.md", "whole.md", "ports.json"];
    tools.prettier(workspace.folder(), &files);
    let text = workspace.read("ports.json");
    assert!(json(&text).to_string().contains("21000"), "{text}");
}

#[test]
fn prettier_leaves_the_documents_of_the_examples_alone() {
    let Some(tools) = Tools::find() else { return };
    let files: [(&str, &[&str]); 3] = [
        ("ai-assistant", &["PORT_CONFIG.md", "README.md"]),
        ("devflow", &["docs/PORT_MAPPING.md"]),
        ("consilio", &["docker-compose.yml", "cloudflared/config.yml", "docs/deployment.md"]),
    ];
    for (name, files) in files {
        let workspace = Workspace::example(name);
        tools.prettier(workspace.folder(), files);
    }
}
