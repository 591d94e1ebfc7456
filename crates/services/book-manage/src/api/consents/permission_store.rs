//! May these data be stored? Asked for every call that stores (spec: book-manage 4.2.3).

use axum::{Json, extract::State};
use platform::{
    ApiError, Application, Call, Fields, Incoming, Input,
    fields::{array, code, strict_number, text},
};
use serde::Serialize;
use vocabulary::{Code, CodeVersion};

use super::input::{boolean_parameter, data_kind, non_empty};
use crate::{
    Books,
    consent::{Asset, Purpose, may_store},
    refusal::Refusal,
    store::{agreements, users},
};

#[derive(Debug)]
pub(super) struct Question {
    user_id: String,
    actor: Code,
    app: Option<Code>,
    asset: Code,
    kinds: Vec<CodeVersion>,
    /// Whether some of the data may go without the rest.
    partially: bool,
}

impl Input for Question {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let query = Fields::of(&parameters);
        let partially = query.optional("allowPartialStore", boolean_parameter);
        let partially = query.build(|| Some(partially.unwrap_or(false)))?;
        let fields = incoming.fields();
        let user_id = fields.required("userId", text);
        let actor = fields.required("actorCode", strict_number);
        let app = fields.optional("appCode", code);
        let wf = fields.optional("wfCode", code);
        if app.or(wf).is_none() {
            fields.refuse("appCode", platform::fields::REQUIRED);
        }
        let kinds = fields.required("datatype", non_empty(array(data_kind)));
        fields.build(|| {
            let asset = app.or(wf)?;
            Some(Self { user_id: user_id?, actor: Code(actor?), app, asset, kinds: kinds?, partially })
        })
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Answer {
    #[serde(rename = "checkResult")]
    is_permitted: bool,
    datatype: Option<Vec<CodeVersion>>,
}

/// Answers which data may be stored about a user. **Applications, about their own actor's users.**
pub(super) async fn permission(
    State(service): State<Books>,
    call: Call<Application, Question>,
) -> Result<Json<Answer>, ApiError> {
    let (session, question) = (&call.who.0, call.input);
    if session.actor.map(|actor| actor.value) != Some(question.actor) {
        return Err(Refusal::NotPermitted.into());
    }
    let connection = service.ground.store.read();
    let book = users::book_of(connection, &question.user_id, question.actor, question.app).await?;
    let book = book.ok_or(Refusal::NoSuchUser)?;
    let about = agreements::Application { actor: question.actor, asset: question.asset };
    let assets = service.agreements(session, book.id, Purpose::Store, Some(about)).await?;
    let agreements = Asset::about(&assets, question.asset);
    let asked = question.kinds.len();
    let permitted: Vec<_> = question.kinds.into_iter().filter(|kind| may_store(agreements, *kind)).collect();
    let is_permitted = permitted.len() == asked || question.partially && !permitted.is_empty();
    Ok(Json(Answer { is_permitted, datatype: is_permitted.then_some(permitted) }))
}
