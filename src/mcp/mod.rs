//! A server of the Model Context Protocol: tools for agents over two pipes.
//!
//! This room is a front end. It has the protocol's own types, turns arguments
//! into a use-case's request and its answer into a result, and decides nothing.
//! A refusal is a result with `isError`, which the agent reads; an error of the
//! protocol is for what no tool was asked.
//!
//! One thread runs the protocol's loop, one reads, one writes; a tool runs on
//! a thread of its own, so that no lock and no large tree holds the loop up.

mod arguments;
mod call;
mod pipe;
mod resources;
mod roots;
mod server;
mod tools;
mod wire;

use std::io::{Read, Write};

use rmcp::ServiceExt;

use crate::app::Reach;
use crate::diagnostic::Failure;
use pipe::Pipe;
use server::Server;

/// Stack of a thread that a tool runs on: as much as the command line's.
const STACK: usize = 8 << 20;

/// Serves a client until it closes its end.
///
/// # Errors
/// A [`Failure`] where the threads cannot be started.
pub fn serve(
    reach: Reach,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<(), Failure> {
    serve_tools(Server::new(reach, tools::TOOLS), input, output)
}

fn serve_tools(
    server: Server,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<(), Failure> {
    let no_thread = |error| Failure::new("io", format!("a thread cannot be started: {error}"));
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().thread_stack_size(STACK).build().map_err(no_thread)?;
    let pipe = {
        let _inside = runtime.enter();
        Pipe::new(input, output).map_err(no_thread)?
    };
    let written = pipe.written();
    runtime.block_on(async {
        // A client that leaves before it has begun has ended, too.
        if let Ok(running) = server.serve(pipe).await {
            let _ = running.waiting().await;
        }
        written.wait().await;
    });
    // What still runs is nobody's any more: a ledger and a file are whole at every moment.
    runtime.shutdown_background();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::time::Duration;

    use rmcp::model::JsonObject;
    use serde_json::{Value, json};

    use super::call::Workers;
    use super::tools::{Answer, Effect, Tool};
    use super::*;
    use crate::app::Location;

    fn tool(name: &'static str, run: fn(&Reach, JsonObject) -> Result<Answer, Failure>) -> Tool {
        let schema = || schemars::json_schema!({ "type": "object", "properties": {} });
        let (title, description, also) = ("", "", &[]);
        Tool { name, title, description, also, effect: Effect::Reads, input: schema, output: schema, run }
    }

    /// Tools that go wrong, and one that does not.
    fn tools() -> &'static [&'static Tool] {
        let all: Vec<&'static Tool> = [
            tool("panics", |_, _| panic!("on purpose")),
            tool("hangs", |_, _| {
                std::thread::sleep(Duration::from_secs(3_600));
                Err(Failure::new("never", "never"))
            }),
            tool("works", |_, _| Ok(Answer::new("well", &json!({ "ok": true })))),
        ]
        .into_iter()
        .map(|tool| &*Box::leak(Box::new(tool)))
        .collect();
        Box::leak(all.into_boxed_slice())
    }

    /// Asks a server for these tools, one after the other; what each answered.
    fn ask(names: &[&str]) -> Vec<Value> {
        let (input, mut questions) = std::io::pipe().expect("a pipe");
        let (answers, output) = std::io::pipe().expect("a pipe");
        let directory = std::path::PathBuf::from("/");
        let reach = Reach { start: Location { directory, file: None }, is_said: true, roots: Vec::new() };
        let mut server = Server::new(reach, tools());
        server.workers = Workers::lasting(Duration::from_secs(2));
        let serving = std::thread::spawn(move || serve_tools(server, input, output));
        let mut lines = BufReader::new(answers).lines();
        let mut say = |message: Value| writeln!(questions, "{message}").expect("it reads");
        let client = json!({ "name": "test", "version": "1" });
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        say(json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }));
        lines.next().expect("a line").expect("it is read");
        let mut seen = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let params = json!({ "name": name, "arguments": {} });
            say(json!({ "jsonrpc": "2.0", "id": index + 1, "method": "tools/call", "params": params }));
            let line = lines.next().expect("a line").expect("it is read");
            let answer: Value = serde_json::from_str(&line).expect("JSON");
            assert_eq!(answer["id"], index + 1);
            seen.push(answer["result"].clone());
        }
        drop(questions);
        serving.join().expect("no panic").expect("it ends well");
        seen
    }

    #[test]
    fn a_tool_that_panics_or_hangs_is_a_refusal_and_the_server_goes_on() {
        let seen = ask(&["panics", "works", "hangs", "panics", "works"]);
        let codes: Vec<&Value> =
            seen.iter().map(|result| &result["structuredContent"]["error"]["code"]).collect();
        let none = &Value::Null;
        assert_eq!(codes, [&json!("internal"), none, &json!("too-slow"), &json!("internal"), none]);
        assert_eq!(seen[1]["structuredContent"], json!({ "ok": true }));
        assert_eq!(seen[0]["isError"], true);
    }
}
