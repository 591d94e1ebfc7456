//! Giving out a code (spec: book-manage 4.4.2).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use contract::ctoken_ledger::Holder;
use http::StatusCode;
use platform::{
    AnyOperator, ApiError, Author, Call, Fields, Incoming, Input,
    fields::{Complaint, array, code, code_version, nested, text},
};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, Session, random};

use crate::{
    Books,
    api::consents::input::no_workflow,
    audit, body,
    consent::{DataKind, Datum},
    neighbours::{of_catalog, of_item, of_ledger},
    refusal::Refusal,
    share_code::{DAYS, Events, Node, expiry, only_source},
    store::{
        self,
        share_codes::{self, NewShareCode},
    },
    who::pxr_id,
};

/// How many entries the ledger gives at a time.
const PAGE: usize = 1000;

#[derive(Debug)]
pub(super) struct Wish {
    actor: Option<Code>,
    app: Code,
    /// The lists that were sent; an empty one counts as none.
    kinds: Vec<(DataKind, Vec<CodeVersion>)>,
    nodes: Vec<Node>,
    raw: Map<String, Value>,
}

impl Input for Wish {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let bare = |value| {
            nested(value, |fields: &Fields<'_>| {
                let code = fields.required("_value", code);
                fields.inside(|| code)
            })
        };
        let actor = fields.optional("actor", bare);
        let app = fields.required("app", bare);
        let mut kinds = Vec::new();
        for kind in [DataKind::Document, DataKind::Thing, DataKind::Event] {
            if let Some(codes) = fields.optional(kind.word(), array(code_version)) {
                kinds.push((kind, codes));
            }
        }
        let nodes = fields.optional("identifier", array(node));
        no_workflow(&fields);
        let raw = incoming.body().as_object().cloned().unwrap_or_default();
        fields.build(|| Some(Self { actor, app: app?, kinds, nodes: nodes.unwrap_or_default(), raw }))
    }
}

fn node(value: &Value) -> Result<Node, Complaint> {
    nested(value, |fields| {
        let document = fields.optional("document", text);
        let event = fields.optional("event", |value| match value {
            Value::String(_) => text(value).map(Events::One),
            _ => array(text)(value).map(Events::Many),
        });
        let thing = fields.optional("thing", array(text)).unwrap_or_default();
        fields.inside(|| Some(Node { document, event, thing }))
    })
}

/// Gives out a code for chosen data of one application, in place of the one given out for it before. **Whoever has a
/// book, about his own data.**
pub(super) async fn issue(
    State(service): State<Books>,
    call: Call<AnyOperator, Wish>,
) -> Result<Json<Value>, ApiError> {
    let (session, wish) = (&call.who.0, call.input);
    let pxr_id = pxr_id(session).ok_or(Refusal::NoPxrId)?;
    let (actor, app) = source(&service, session, &wish).await?;
    let known = store::own_book(service.ground.store.read(), session).await?;
    has_application(&service, session, actor.value, app.value).await?;
    exist(&service, session, &wish).await?;

    let code = random::uuid();
    let expire_at = service.ground.clock.now() + TimeDelta::days(DAYS);
    let of_kind = |(kind, codes): &(DataKind, Vec<CodeVersion>)| {
        let kind = *kind;
        codes.iter().map(move |code| Datum::new(kind, *code)).collect::<Vec<_>>()
    };
    let new = NewShareCode {
        book: known.id,
        actor,
        app,
        kinds: wish.kinds.iter().flat_map(of_kind).collect(),
        data: wish.nodes.iter().flat_map(Node::data).collect(),
        code,
        expire_at: service.ground.store.column(expire_at),
    };
    let tx = service.ground.store.write().await?;
    store::locked_book(&tx, pxr_id).await?.ok_or(Refusal::NoBook)?;
    share_codes::issue(&tx, &Author::new(&service.ground, session), new).await?;
    tx.commit().await?;
    audit::decided("issued a share code", session, pxr_id, app.value.0);
    Ok(Json(answer(wish, &code.to_string(), expiry(service.ground.zone, expire_at))))
}

/// What was sent, numbers as numbers and empty lists as null, with the code.
fn answer(wish: Wish, code: &str, expire_at: String) -> Value {
    let mut answer = wish.raw;
    for (kind, codes) in wish.kinds {
        answer.insert(kind.word().to_owned(), if codes.is_empty() { Value::Null } else { json!(codes) });
    }
    for (name, code) in [("actor", wish.actor), ("app", Some(wish.app))] {
        if let (Some(code), Some(sent)) = (code, answer.get_mut(name)) {
            sent["_value"] = json!(code);
        }
    }
    answer.insert("tempShareCode".to_owned(), json!(code));
    answer.insert("expireAt".to_owned(), json!(expire_at));
    Value::Object(answer)
}

/// The one application that the chosen data come from, which proves that they are the caller's, too: the ledger shows
/// nobody else's.
async fn source(
    service: &Books,
    session: &Session,
    wish: &Wish,
) -> Result<(CodeVersion, CodeVersion), ApiError> {
    let mut questions = Vec::new();
    for (kind, codes) in wish.kinds.iter().filter(|(_, codes)| !codes.is_empty()) {
        questions.push(json!({kind.word(): codes}));
    }
    for node in &wish.nodes {
        if let Some(document) = &node.document {
            questions.push(json!({"identifier": {"document": [document]}}));
        }
        match &node.event {
            Some(Events::One(event)) => questions.push(json!({"identifier": {"event": [event]}})),
            Some(Events::Many(events)) if !events.is_empty() => {
                questions.push(json!({"identifier": {"event": events}}));
            }
            _ => {}
        }
        if !node.thing.is_empty() {
            questions.push(json!({"identifier": {"thing": node.thing}}));
        }
    }
    let mut sources = Vec::new();
    for question in questions {
        let holders = holders(service, session, question).await?;
        let meant = holders.iter().filter_map(|holder| {
            let (actor, app) = (holder.actor?, holder.app?);
            let is_meant = wish.actor.is_none_or(|wanted| actor.value == wanted) && app.value == wish.app;
            is_meant.then_some((actor, Some(app)))
        });
        sources.push(only_source(meant).ok_or(Refusal::NoData)?);
    }
    let sources = sources.into_iter().map(|(actor, app)| (actor, Some(app)));
    Ok(only_source(sources).ok_or(Refusal::NoData)?)
}

async fn holders(service: &Books, session: &Session, question: Value) -> Result<Vec<Holder>, ApiError> {
    let mut all = Vec::new();
    loop {
        let mut wanted =
            json!({"createAt": {"start": null, "end": null}, "offset": all.len(), "limit": PAGE});
        if let (Some(wanted), Value::Object(question)) = (wanted.as_object_mut(), question.clone()) {
            wanted.extend(question);
        }
        let page = service.ledger.holders(session, &wanted).await.map_err(of_ledger)?;
        let is_last = page.len() < PAGE;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

async fn has_application(service: &Books, session: &Session, actor: Code, app: Code) -> Result<(), ApiError> {
    let item = service.catalog.item(session, actor).await.map_err(of_item)?;
    let is_actor = item.head.ns.starts_with("catalog/ext/") && item.head.ns.contains("/actor/");
    if !is_actor {
        return Err(Refusal::NotItsApplication.into());
    }
    if item.get("workflow").is_some() {
        return Err(Refusal::Workflow.into());
    }
    if item.codes("application").iter().any(|one| one.value == app) {
        Ok(())
    } else {
        Err(Refusal::NotItsApplication.into())
    }
}

/// All chosen kinds of data are the newest versions of items of their kind.
async fn exist(service: &Books, session: &Session, wish: &Wish) -> Result<(), ApiError> {
    let codes: Vec<_> = wish.kinds.iter().flat_map(|(_, codes)| codes).map(|code| code.value).collect();
    if codes.is_empty() {
        return Ok(());
    }
    let items = match service.catalog.items(session, &codes).await {
        Ok(items) => items,
        Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => Vec::new(),
        Err(failure) => return Err(of_catalog(failure)),
    };
    let ext_name = service.catalog.ext_name(session).await.map_err(of_catalog)?;
    for (kind, codes) in &wish.kinds {
        let ns = format!("catalog/ext/{ext_name}/{}/", kind.word());
        for code in codes {
            if !items.iter().any(|item| item.head.code == *code && item.head.ns.starts_with(&ns)) {
                return Err(Refusal::NoSuchKind(*code).into());
            }
        }
    }
    Ok(())
}
