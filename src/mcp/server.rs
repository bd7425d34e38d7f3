//! What the protocol asks, handed to tools and resources.

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, CustomRequest, CustomResult,
    ErrorCode, ErrorData, Implementation, JsonObject, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig,
};
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{RoleServer, ServerHandler};

use super::call::Workers;
use super::roots::Roots;
use super::tools::{Answer, Tool};
use super::{resources, wire};
use crate::app::Reach;
use crate::diagnostic::Failure;

/// What an agent is told before it has asked anything.
const INSTRUCTIONS: &str = "\
Ports of this project (ports.toml) and of this machine. Never take a default such as 3000 or 8080: \
ask explain_port whether a number may be used, or allocate_port for one that nobody has, and get_port for one \
that is known. After a change of ports.toml: render_outputs, then check_ports. Working in another checkout? \
Say so with `folder`.";

/// One client's server.
pub(super) struct Server {
    reach: Reach,
    tools: &'static [&'static Tool],
    roots: Roots,
    pub(super) workers: Workers,
}

impl Server {
    pub(super) fn new(reach: Reach, tools: &'static [&'static Tool]) -> Self {
        Self { reach, tools, roots: Roots::default(), workers: Workers::new() }
    }

    /// Where tools may work, with the folders that the client told.
    async fn reach(&self, context: &RequestContext<RoleServer>) -> Reach {
        Reach { roots: self.roots.ask(context).await, ..self.reach.clone() }
    }

    /// Runs a tool where the client works.
    async fn run(
        &self,
        tool: &'static Tool,
        arguments: JsonObject,
        context: &RequestContext<RoleServer>,
    ) -> Result<Answer, Failure> {
        let reach = self.reach(context).await;
        // Nobody reads the answer to what was taken back.
        let ran = self.workers.run(tool, reach, arguments, context).await;
        ran.unwrap_or_else(|| Err(Failure::new("cancelled", "it was taken back")))
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let server = Implementation::new("portgen", env!("CARGO_PKG_VERSION"))
            .with_title("portgen")
            .with_description(env!("CARGO_PKG_DESCRIPTION"));
        let can = ServerCapabilities::builder().enable_tools().enable_resources().build();
        ServerConfig::new(can).with_server_info(server).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.iter().map(|tool| tool.definition()).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = self.tools.iter().copied().find(|tool| tool.answers_to(&request.name));
        let Some(tool) = tool else {
            return Err(ErrorData::invalid_params(
                format!("there is no tool `{}`", wire::cut(&request.name)),
                None,
            ));
        };
        let answer = self.run(tool, request.arguments.unwrap_or_default(), &context).await;
        Ok(CallToolResponse::from(result(answer)))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::all()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let Some(resource) = resources::find(&request.uri) else {
            return Err(ErrorData::resource_not_found(
                format!("there is no resource `{}`", wire::cut(&request.uri)),
                None,
            ));
        };
        match self.run(resource.reader, JsonObject::default(), &context).await {
            Ok(answer) => Ok(ReadResourceResponse::from(resource.contents(answer))),
            Err(failure) if failure.code == "no-table" => {
                Err(ErrorData::resource_not_found(failure.message, None))
            }
            Err(failure) => Err(ErrorData::internal_error(failure.message, None)),
        }
    }

    /// What has a name of the protocol and another shape is no request that it knows.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(match wire::misshapen(&request.method, request.params.as_ref()) {
            Some(reason) => ErrorData::invalid_params(reason, None),
            None => {
                let message = format!("there is no method `{}`", wire::cut(&request.method));
                ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None)
            }
        })
    }

    async fn on_roots_list_changed(&self, _: NotificationContext<RoleServer>) {
        self.roots.forget().await;
    }
}

/// An answer, or why there is none, as the result that an agent reads.
fn result(answer: Result<Answer, Failure>) -> CallToolResult {
    let answer = answer.unwrap_or_else(|failure| wire::refusal(&failure));
    let text = vec![ContentBlock::text(answer.text)];
    let mut result =
        if answer.is_error { CallToolResult::error(text) } else { CallToolResult::success(text) };
    result.structured_content = Some(answer.value);
    result
}
