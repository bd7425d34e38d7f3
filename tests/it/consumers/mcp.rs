//! `portgen mcp`, asked by the official clients for Python and TypeScript.

use super::tools::{Tools, done, json};
use super::workspace::Workspace;

const TABLE: &str = r#"[project]
name = "shop"
range = "23500-23599"

[services.api]
port = 23510
title = "The API"

[[output]]
path = ".env"
target = "dotenv"
"#;

/// A client session in Python: what it saw, as JSON.
const PYTHON: &str = r#"
import asyncio, json, pathlib, sys
from mcp import Client, ClientSession, StdioServerParameters, stdio_client, types

binary, folder, ledger = sys.argv[1:]
server = StdioServerParameters(command=binary, args=["mcp"], cwd=folder, env={"PORTGEN_LEDGER": ledger})
seen = {}

async def roots(context):
    return types.ListRootsResult(roots=[types.Root(uri=pathlib.Path(folder).as_uri())])

async def tool(session, name, arguments):
    result = await session.call_tool(name, arguments)
    return {"error": bool(result.is_error), "value": result.structured_content, "text": result.content[0].text}

async def with_handshake():
    async with stdio_client(server) as streams:
        async with ClientSession(*streams, list_roots_callback=roots) as session:
            begun = await session.initialize()
            seen["server"] = [begun.server_info.name, begun.server_info.version]
            seen["tools"] = [tool.name for tool in (await session.list_tools()).tools]
            seen["list"] = await tool(session, "list_ports", {})
            seen["given"] = await tool(session, "allocate_port", {"projectName": "shop", "purpose": "a trial"})
            seen["outside"] = await tool(session, "allocate_port", {"port": 3000})
            seen["wrong"] = await tool(session, "allocate_port", {"port": 70000})
            seen["strange"] = await tool(session, "allocate_port", {"colour": "red"})
            seen["render"] = await tool(session, "render_outputs", {})
            seen["check"] = await tool(session, "check_ports", {})
            seen["explain"] = await tool(session, "explain_port", {"port": 23510})
            seen["status"] = await tool(session, "port_status", {})
            seen["survey"] = await tool(session, "survey_ports", {})
            seen["get"] = await tool(session, "get_port", {"name": "api"})
            seen["released"] = await tool(session, "release_port", {"port": seen["given"]["value"]["port"]})
            try:
                await session.call_tool("kill_port", {})
            except Exception as error:
                seen["unknown"] = str(error)
            cancelled = asyncio.create_task(session.call_tool("survey_ports", {}))
            await asyncio.sleep(0)
            cancelled.cancel()
            try:
                await cancelled
            except asyncio.CancelledError:
                seen["cancelled"] = True
            resources = (await session.list_resources()).resources
            seen["resources"] = [str(resource.uri) for resource in resources]
            seen["table"] = (await session.read_resource("portgen://ports.toml")).contents[0].text

async def without_handshake():
    async with Client(server) as client:
        seen["newest"] = client.protocol_version
        seen["newest list"] = (await client.call_tool("list_ports", {})).structured_content

asyncio.run(with_handshake())
asyncio.run(without_handshake())
print(json.dumps(seen))
"#;

/// The same in TypeScript's SDK, which holds every answer, refusals too,
/// against the schema of its tool.
const NODE: &str = r#"
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { ListRootsRequestSchema } = require("@modelcontextprotocol/sdk/types.js");
const [binary, cwd, ledger] = process.argv.slice(1);
const seen = {};

async function main() {
  const transport = new StdioClientTransport({ command: binary, args: ["mcp"], cwd, env: { PORTGEN_LEDGER: ledger } });
  const client = new Client({ name: "test", version: "1" }, { capabilities: { roots: {} } });
  const roots = [{ uri: require("url").pathToFileURL(cwd).href }];
  client.setRequestHandler(ListRootsRequestSchema, async () => ({ roots }));
  await client.connect(transport);
  const tool = async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    return { error: result.isError === true, value: result.structuredContent, text: result.content[0].text };
  };
  const server = client.getServerVersion();
  seen.server = [server.name, server.version];
  seen.tools = (await client.listTools()).tools.map((tool) => tool.name);
  seen.list = await tool("list_ports", {});
  seen.given = await tool("allocate_port", { projectName: "shop", purpose: "a trial" });
  seen.outside = await tool("allocate_port", { port: 3000 });
  seen.wrong = await tool("allocate_port", { port: 70000 });
  seen.strange = await tool("allocate_port", { colour: "red" });
  seen.render = await tool("render_outputs", {});
  seen.check = await tool("check_ports", {});
  seen.explain = await tool("explain_port", { port: 23510 });
  seen.status = await tool("port_status", {});
  seen.survey = await tool("survey_ports", {});
  seen.get = await tool("get_port", { name: "api" });
  seen.released = await tool("release_port", { port: seen.given.value.port });
  seen.unknown = await client.callTool({ name: "kill_port", arguments: {} }).catch((error) => error.message);
  const abort = new AbortController();
  const cancelled = client.callTool({ name: "survey_ports", arguments: {} }, undefined, { signal: abort.signal });
  abort.abort("the user left");
  seen.cancelled = await cancelled.then(() => false, () => true);
  seen.resources = (await client.listResources()).resources.map((resource) => resource.uri);
  seen.table = (await client.readResource({ uri: "portgen://ports.toml" })).contents[0].text;
  await client.close();
  console.log(JSON.stringify(seen));
}

main().catch((error) => { console.error(error); process.exit(1); });
"#;

/// What either client saw in a folder with the table.
fn check(seen: &serde_json::Value) {
    assert_eq!(seen["server"], serde_json::json!(["portgen", env!("CARGO_PKG_VERSION")]));
    assert_eq!(seen["tools"].as_array().map(Vec::len), Some(9), "{seen}");
    assert_eq!(seen["list"]["value"]["ports"][0]["port"], 23510);
    assert_eq!(seen["given"]["value"]["purpose"], "a trial");
    let given = seen["given"]["value"]["port"].as_u64().expect("a number");
    assert!((23500..23600).contains(&given), "{seen}");
    for (refused, code) in [("outside", "refused"), ("wrong", "arguments"), ("strange", "arguments")] {
        assert_eq!(seen[refused]["error"], true, "{refused}: {seen}");
        assert_eq!(seen[refused]["value"]["error"]["code"], code, "{seen}");
    }
    let instead = seen["outside"]["value"]["error"]["instead"].as_u64().expect("a number");
    assert!((23500..23600).contains(&instead), "{seen}");
    assert_eq!(seen["render"]["value"]["outputs"][0]["result"], "created");
    assert_eq!(seen["check"]["value"]["ok"], true, "{seen}");
    assert_eq!(seen["explain"]["value"]["own"], "service api");
    assert_eq!(seen["status"]["value"]["ports"][0]["service"], "api");
    assert_eq!(seen["survey"]["error"], false);
    assert_eq!(seen["get"]["value"]["variable"], "API_PORT");
    assert_eq!(seen["released"]["value"]["released"][0]["port"], given);
    assert!(seen["unknown"].as_str().is_some_and(|text| text.contains("kill_port")), "{seen}");
    assert_eq!(seen["cancelled"], true);
    assert_eq!(seen["resources"], serde_json::json!(["portgen://ports.toml", "portgen://ports"]));
    assert_eq!(seen["table"], TABLE);
}

#[test]
fn the_python_client_is_served() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new(TABLE);
    let ledger = tempfile::tempdir().expect("a folder");
    let mut command = tools.python_text(PYTHON);
    command.arg(env!("CARGO_BIN_EXE_portgen")).arg(workspace.folder()).arg(ledger.path().join("ledger.db"));
    let seen = json(&done(&mut command));
    check(&seen);
    assert_eq!(seen["newest list"]["ports"][0]["port"], 23510, "{seen}");
}

#[test]
fn the_typescript_client_is_served() {
    let Some(tools) = Tools::find() else { return };
    let workspace = Workspace::new(TABLE);
    let ledger = tempfile::tempdir().expect("a folder");
    let mut command = tools.node_text(NODE);
    command.arg(env!("CARGO_BIN_EXE_portgen")).arg(workspace.folder()).arg(ledger.path().join("ledger.db"));
    check(&json(&done(&mut command)));
}
