//! `explain_port`

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Effect, Tool, input_of, output_of};
use crate::app::{self, MayUse, Reach, Who};
use crate::diagnostic::Failure;
use crate::mcp::arguments;
use crate::model::{Port, Protocol};

/// This file's tool.
pub(super) static TOOL: Tool = Tool {
    name: "explain_port",
    title: "Explain a port",
    description: "What a number is, who holds it on this machine and how it is freed, and whether this project \
                  may use it; if not, which number instead.",
    also: &[],
    effect: Effect::Reads,
    input: input_of::<Arguments>,
    output: output_of::<Explained>,
    run,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The number
    #[serde(deserialize_with = "arguments::some_port")]
    #[schemars(with = "u16", range(min = 1))]
    port: Port,
    /// tcp, udp or both; tcp when left out
    #[serde(default, deserialize_with = "arguments::protocol")]
    #[schemars(with = "Option<String>")]
    protocol: Option<Protocol>,
    /// The checkout to work in, where it is not the server's
    #[serde(default)]
    folder: Option<String>,
}

#[derive(JsonSchema, Serialize)]
struct Explained {
    port: u16,
    protocol: &'static str,
    /// free, busy, cooling, outbound, forbidden, claimed, dead or unknown.
    verdict: &'static str,
    message: String,
    /// Whether this project has it, or would be given it.
    may_use: bool,
    /// Whose it is of this project.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<String>,
    /// The number to ask for instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<u16>,
    holders: Vec<Holder>,
    claims: Vec<String>,
    facts: Vec<String>,
    /// How it is freed.
    advice: Vec<String>,
}

#[derive(JsonSchema, Serialize)]
struct Holder {
    pid: u32,
    name: String,
    command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

fn run(reach: &Reach, given: JsonObject) -> Result<Answer, Failure> {
    let asked: Arguments = arguments::read(given)?;
    let location = reach.locate(asked.folder.as_deref())?;
    let protocol = asked.protocol.unwrap_or(Protocol::Tcp);
    let who = app::who(Some(&location), asked.port, protocol)?;
    let may = match app::context(&location, None, false) {
        Ok(mut context) => app::may_use(&mut context, asked.port, protocol),
        Err(failure) => Err(failure),
    };
    // A table with errors gives no port; who has this one is known all the same.
    let may = may.unwrap_or_else(|failure| MayUse {
        is_allowed: false,
        own: None,
        reason: Some(failure.message),
        instead: None,
    });
    let explained = Explained::of(who, may);
    Ok(Answer::new(explained.text(), &explained))
}

impl Explained {
    fn of(who: Who, may: MayUse) -> Self {
        let holder = |owner: app::PortOwner| Holder {
            pid: owner.pid,
            name: owner.name,
            command: super::port_status::cut(&owner.command),
            folder: owner.folder,
            user: owner.user,
        };
        Self {
            port: who.port.get(),
            protocol: who.protocol.as_str(),
            verdict: who.verdict,
            message: who.sentence,
            may_use: may.is_allowed,
            own: may.own,
            why_not: may.reason,
            instead: may.instead.filter(|_| !may.is_allowed).map(Port::get),
            holders: who.owners.into_iter().map(holder).collect(),
            claims: who.claims,
            facts: who.facts,
            advice: who.advice,
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![self.message.clone()];
        lines.push(match (&self.own, &self.why_not) {
            (Some(own), _) => format!("this project may use it: it is its own ({own})"),
            (None, Some(why)) => format!("this project may not use it: {why}"),
            (None, None) => "this project may use it: allocate_port reserves it".to_owned(),
        });
        lines.extend(self.instead.map(|port| format!("ask for {port} instead")));
        lines.extend(self.holders.iter().map(|holder| format!("held by pid {}: {}", holder.pid, holder.command)));
        for (heading, texts) in [("ledger", &self.claims), ("known", &self.facts), ("to free it", &self.advice)] {
            lines.extend(texts.iter().map(|text| format!("{heading}: {text}")));
        }
        lines.join("\n")
    }
}
