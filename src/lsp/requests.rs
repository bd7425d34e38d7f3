//! Which requests there are, and who answers them.

use lsp_server::ErrorCode;
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CompletionOptions, CompletionParams,
    DocumentSymbolParams, GotoDefinitionParams, HoverParams, HoverProviderCapability, InitializeResult,
    OneOf, ReferenceParams, RenameOptions, RenameParams, SaveOptions, ServerCapabilities, ServerInfo,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::state::State;
use super::text::Encoding;
use super::{actions, completion, hover, navigate, rename, symbols};

/// Why a request has no result.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: i32,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code: code as i32, message: message.into() }
    }
}

/// Reads the parameters of a request.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refused> {
    serde_json::from_value(params).map_err(|error| Refused::new(ErrorCode::InvalidParams, error.to_string()))
}

fn written(result: impl Serialize) -> Result<Value, Refused> {
    serde_json::to_value(result).map_err(|error| Refused::new(ErrorCode::InternalError, error.to_string()))
}

/// What this server can do.
pub(super) fn capabilities(encoding: Encoding) -> Result<Value, Refused> {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let triggers = ["\"", "[", ".", "=", " "].map(str::to_owned).to_vec();
    let rename =
        RenameOptions { prepare_provider: Some(true), work_done_progress_options: Default::default() };
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, CodeActionKind::REFACTOR_REWRITE]),
        ..CodeActionOptions::default()
    };
    let capabilities = ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(triggers),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(rename)),
        code_action_provider: Some(actions.into()),
        document_symbol_provider: Some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    };
    let version = Some(env!("CARGO_PKG_VERSION").to_owned());
    let server_info = Some(ServerInfo { name: "portgen".to_owned(), version });
    written(InitializeResult { capabilities, server_info })
}

/// Answers a request; of a document that is not open, or belongs to no table,
/// there is nothing to say.
pub(super) fn answer(state: &mut State, method: &str, params: Value) -> Result<Value, Refused> {
    match method {
        "textDocument/completion" => {
            let params: CompletionParams = read(params)?;
            let at = params.text_document_position;
            let view = state.view(&at.text_document.uri);
            written(view.map(|view| completion::complete(&view, at.position)))
        }
        "textDocument/hover" => {
            let at = read::<HoverParams>(params)?.text_document_position_params;
            let view = state.view(&at.text_document.uri);
            written(view.and_then(|view| hover::hover(&view, at.position)))
        }
        "textDocument/definition" => {
            let at = read::<GotoDefinitionParams>(params)?.text_document_position_params;
            let view = state.view(&at.text_document.uri);
            written(view.map(|view| navigate::definition(&view, at.position)))
        }
        "textDocument/references" => {
            let params: ReferenceParams = read(params)?;
            let at = params.text_document_position;
            let view = state.view(&at.text_document.uri);
            let declared = params.context.include_declaration;
            written(view.map(|view| navigate::references(&view, at.position, declared)))
        }
        "textDocument/prepareRename" => {
            let at: TextDocumentPositionParams = read(params)?;
            let view = state.view(&at.text_document.uri);
            written(view.and_then(|view| rename::prepare(&view, at.position)))
        }
        "textDocument/rename" => {
            let params: RenameParams = read(params)?;
            let at = params.text_document_position;
            let Some(view) = state.view(&at.text_document.uri) else { return Ok(Value::Null) };
            let edit = rename::rename(&view, at.position, &params.new_name);
            written(edit.map_err(|reason| Refused::new(ErrorCode::RequestFailed, reason))?)
        }
        "textDocument/codeAction" => {
            let params: CodeActionParams = read(params)?;
            let view = state.view(&params.text_document.uri);
            written(view.map(|view| actions::actions(&view, params.range)))
        }
        "textDocument/documentSymbol" => {
            let params: DocumentSymbolParams = read(params)?;
            let view = state.view(&params.text_document.uri);
            written(view.filter(|view| view.is_table).map(|view| symbols::symbols(&view)))
        }
        _ => Err(Refused::new(ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
    }
}
