//! Creating a user (spec: book-operate 4.1).

use axum::{Json, extract::State};
use contract::{CallFailure, book_manage::LinkedUser};
use platform::{
    ApiError, Author, Call, Incoming, Input, Outgoing,
    fields::{Complaint, any_text, array, boolean, code_version, nested, text},
};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Instant, OperatorType, Session};

use super::{super::input, UserNotice, check_link, from, identify_code};
use crate::{
    BookOperate, application::ActorKind, neighbours, refusal::Refusal, users::established, who::Provider,
};

#[derive(Debug)]
pub(in crate::api) struct NewUserInput {
    identify_code: String,
    attributes: Value,
    /// What the provider knows of the user, and the item that describes it.
    information: Option<(CodeVersion, Value)>,
}

impl Input for NewUserInput {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let attributes = fields.optional("attributes", |value| match value {
            Value::Object(_) => Ok(value.clone()),
            Value::Bool(false) => Ok(json!({})),
            Value::Number(number) if number.as_f64() == Some(0.0) => Ok(json!({})),
            Value::String(text) if text.is_empty() => Ok(json!({})),
            _ => Err("オブジェクトではありません".into()),
        });
        let identify_code = fields.required("identifyCode", identify_code);
        let information = fields.optional("userInformation", information);
        fields.build(|| {
            Some(Self {
                identify_code: identify_code?,
                attributes: attributes.unwrap_or_else(|| json!({})),
                information,
            })
        })
    }
}

fn information(value: &Value) -> Result<(CodeVersion, Value), Complaint> {
    nested(value, |fields| {
        let code = fields.required("_code", code_version);
        let _ = fields.required("item-group", array(item_group));
        fields.inside(|| Some((code?, value.clone())))
    })
}

fn item_group(value: &Value) -> Result<(), Complaint> {
    nested(value, |fields| {
        fields.required("title", text);
        fields.required("item", array(item));
        fields.inside(|| Some(()))
    })
}

fn item(value: &Value) -> Result<(), Complaint> {
    nested(value, |fields| {
        fields.required("title", text);
        fields.required("type", code_version);
        fields.optional("content", |value| match value {
            Value::String(_) => any_text(value).map(drop),
            Value::Array(_) | Value::Object(_) => Err("文字列、数値または真偽値を指定してください".into()),
            _ => Ok(()),
        });
        fields.optional("changeable-flag", boolean);
        fields.inside(|| Some(()))
    })
}

/// Links a resident to the region or application that knows him by a code, and opens his book here. **Managing
/// members**; applications are told that they may not (spec: 4.1).
///
/// The link at the root comes first, the book that is opened here last: whoever repeats a creation that broke off finds
/// the link made, and creates what is missing. (The batch that creates the users of confirmed links does so, too.) The
/// notice is sent before the book is opened; it may come twice after a failure, but is never missing.
pub(in crate::api) async fn create(
    State(service): State<BookOperate>,
    call: Call<Provider, NewUserInput>,
) -> Result<Json<Value>, ApiError> {
    let (Provider(session), new) = (call.who, call.input);
    if session.operator_type != OperatorType::Member {
        return Err(Refusal::NotAMember.into());
    }
    let user = service.link(&session, &new.identify_code).await?;
    check_link(&user)?;
    if let Some((code, _)) = &new.information {
        service.described(&session, *code).await?;
    }
    let kind = service.actor_kind(&session).await?;
    let established = match service.open_book_of(&user).await? {
        Some(book) => established(&book),
        None => service.open(&session, kind, &user, &new).await?,
    };

    let mut answer = Map::new();
    answer.insert("actor".to_owned(), json!(user.actor));
    for (name, code) in [("region", user.region), ("app", user.app)] {
        if let Some(code) = code {
            answer.insert(name.to_owned(), json!(code));
        }
    }
    answer.insert("userId".to_owned(), json!(user.user_id));
    answer.insert("establishAt".to_owned(), json!(service.ground.zone.text(established)));
    answer.insert("attributes".to_owned(), new.attributes);
    Ok(Json(Value::Object(answer)))
}

impl BookOperate {
    /// Makes a linked resident a user of this block.
    async fn open(
        &self,
        session: &Session,
        kind: ActorKind,
        user: &LinkedUser,
        new: &NewUserInput,
    ) -> Result<Instant, ApiError> {
        self.create_operator(session, user).await.map_err(neighbours::standard)?;
        if let Some((_, information)) = &new.information {
            self.keep_information(session, kind, user, information).await?;
        }
        let notice = UserNotice {
            category: 156,
            title: "利用者作成完了",
            content: format!("利用者ID{}の利用者作成および連携が完了しました", user.user_id),
            attribute: Some(new.attributes.clone()),
            from: from(user.app.map(|app| app.value)),
        };
        self.tell_operators(session, notice).await?;

        let author = Author::new(&self.ground, session);
        let now = self.ground.clock.now();
        let tx = self.ground.store.write().await?;
        self.open_book(&tx, &author, user, now, Some(&new.identify_code), false).await?;
        tx.commit().await?;
        tracing::info!(target: "audit", operator = session.login_id, user = user.user_id, "a user was created");
        Ok(now)
    }

    /// The item that describes what is known of a user must exist.
    async fn described(&self, session: &Session, code: CodeVersion) -> Result<(), ApiError> {
        let path = format!("/catalog/{}/{}?includeDeleted=false", code.value, code.ver);
        let answer = self.catalog.send(Outgoing::get(path).session(session)).await;
        let answer = answer.map_err(|error| neighbours::standard(error.into()))?;
        CallFailure::accepted("catalog", &answer).map_err(neighbours::standard)
    }

    /// Keeping what is known of the user is not worth failing for: the provider can say it again.
    async fn keep_information(
        &self,
        session: &Session,
        kind: ActorKind,
        user: &LinkedUser,
        information: &Value,
    ) -> Result<(), ApiError> {
        let fits = match kind {
            ActorKind::App => user.app.is_some(),
            ActorKind::Region => user.region.is_some(),
        };
        if !fits {
            return Err(Refusal::Input("アクターと連携の種別が一致しません").into());
        }
        let (region, app) = (user.region.map(|code| code.value), user.app.map(|code| code.value));
        let kept = self.operators.keep_user_info(session, &user.user_id, app, region, information).await;
        if let Err(failure) = kept {
            tracing::warn!(%failure, "what is known of a user was not kept");
        }
        Ok(())
    }
}
