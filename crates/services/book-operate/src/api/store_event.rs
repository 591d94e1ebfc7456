//! Hearing that data of a user were stored elsewhere (spec: book-operate 4.13).

use axum::{Json, extract::State};
use platform::{
    ApiError, Application, Call, Incoming, Input,
    fields::{code_version, text},
};
use serde_json::{Value, json};
use vocabulary::CodeVersion;

use super::input;
use crate::BookOperate;

#[derive(Debug)]
pub(super) struct StoreEvent {
    operate: String,
    source_actor: CodeVersion,
    destination_app: CodeVersion,
}

impl Input for StoreEvent {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let kind = fields.required("type", text);
        let operate = fields.required("operate", text);
        fields.required("userId", text);
        fields.required("identifier", text);
        let source_actor = fields.required("sourceActor", code_version);
        fields.required("destinationActor", code_version);
        fields.required("sourceApp", code_version);
        let destination_app = fields.required("destinationApp", code_version);
        for name in ["document", "event", "thing", "trigger"] {
            fields.optional(name, code_version);
        }
        for name in ["sourceWf", "destinationWf"] {
            if fields.raw(name).is_some() {
                fields.refuse(name, "ワークフローには対応していません");
            }
        }
        if kind.is_some_and(|kind| kind != "store-event") {
            fields.refuse("type", "指定できない値です");
        }
        fields.build(|| {
            let (source_actor, destination_app) = (source_actor?, destination_app?);
            Some(Self { operate: operate?, source_actor, destination_app })
        })
    }
}

/// Takes the news for an application of this block. **Applications, through the proxies.** No way to publish them is
/// part of the platform: they are written to the log, where an operator of a block can pick them up.
pub(super) async fn receive(
    State(_): State<BookOperate>,
    call: Call<Application, StoreEvent>,
) -> Result<Json<Value>, ApiError> {
    let event = call.input;
    tracing::info!(
        target: "store-event", operate = event.operate, source = event.source_actor.value.0,
        app = event.destination_app.value.0, "data were stored elsewhere"
    );
    Ok(Json(json!({"result": "success"})))
}
