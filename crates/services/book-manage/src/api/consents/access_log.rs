//! To whom a resident's data were given, collected from all blocks (spec: book-manage 4.6).

use std::collections::{HashMap, HashSet};

use axum::{Json, extract::State};
use contract::{
    book_operate::{AccessPeriod, SharesWanted},
    ctoken_ledger::Bare,
};
use futures_util::future::join_all;
use platform::{
    ApiError, Call, Incoming, Individual, Input,
    fields::{Complaint, array, code, instant, nested},
};
use serde_json::{Map, Value};
use vocabulary::{Code, CodeVersion, Instant, Session};

use super::input::no_workflow;
use crate::{
    Books,
    access_log::{Log, merged, share_codes},
    body,
    neighbours::of_catalog,
    refusal::Refusal,
    store::{self, user_id_cooperate, users},
};

#[derive(Debug, Default)]
struct Between {
    start: Option<Instant>,
    end: Option<Instant>,
}

/// An application whose data are meant, and which kinds of them.
#[derive(Debug)]
struct Condition {
    actor: Code,
    app: Code,
    document: Vec<CodeVersion>,
    event: Vec<CodeVersion>,
    thing: Vec<CodeVersion>,
}

#[derive(Debug)]
pub(super) struct Search {
    between: Option<Between>,
    conditions: Vec<Condition>,
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let between = fields.optional("accessAt", between);
        let conditions = fields.optional("condition", array(condition));
        fields.build(|| Some(Self { between, conditions: conditions.unwrap_or_default() }))
    }
}

fn between(value: &Value) -> Result<Between, Complaint> {
    nested(value, |fields| {
        let start = fields.optional("start", instant);
        let end = fields.optional("end", instant);
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            fields.refuse("end", "開始日時より前の日時は指定できません");
        }
        fields.inside(|| Some(Between { start, end }))
    })
}

fn condition(value: &Value) -> Result<Condition, Complaint> {
    let bare = |value: &Value| {
        nested(value, |fields| {
            let code = fields.required("_value", code);
            fields.inside(|| code)
        })
    };
    nested(value, |fields| {
        let actor = fields.required("actor", bare);
        let app = fields.required("app", bare);
        let kinds = |name| fields.optional(name, array(platform::fields::code_version)).unwrap_or_default();
        let (document, event, thing) = (kinds("document"), kinds("event"), kinds("thing"));
        no_workflow(fields);
        fields.inside(|| Some(Condition { actor: actor?, app: app?, document, event, thing }))
    })
}

/// Shows to whom the caller's data were given. **Residents, their own.** A block that does not answer is left out.
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<Individual, Search>,
) -> Result<Json<Vec<Log>>, ApiError> {
    let (session, search) = (&call.who.0, call.input);
    let wanted = wanted(&service, session, search).await?;
    let logs = collect(&service, session, wanted).await?;
    if logs.is_empty() {
        return Err(ApiError::NoContent);
    }
    let names = names(&service, session, &logs).await?;
    Ok(Json(merged(logs, &names)))
}

/// What to ask which actor for: about every user id by which one of its applications knows the caller.
async fn wanted(
    service: &Books,
    session: &Session,
    search: Search,
) -> Result<Vec<(Code, SharesWanted)>, ApiError> {
    let connection = service.ground.store.read();
    let pxr_id = crate::who::pxr_id(session).unwrap_or_default();
    let Some(book) = store::book(connection, pxr_id).await? else { return Ok(Vec::new()) };
    let text = |instant: Option<Instant>| instant.map(|instant| service.ground.zone.text(instant));
    let access_at =
        search.between.map(|between| AccessPeriod { start: text(between.start), end: text(between.end) });
    let links = users::links(connection, book.id, None, None).await?;
    let ask = |link: &user_id_cooperate::Model, condition: Option<&Condition>| {
        let (document, event, thing) = condition
            .map(|condition| (condition.document.clone(), condition.event.clone(), condition.thing.clone()))
            .unwrap_or_default();
        let wanted = SharesWanted {
            access_at: access_at.clone(),
            app: link.app_catalog_code.map(|app| Bare { value: Code(app) }),
            wf: None,
            user_id: link.user_id.clone()?,
            document,
            event,
            thing,
        };
        Some((Code(link.actor_catalog_code), wanted))
    };
    let confirmed = links.iter().filter(|link| (1..=3).contains(&link.status));
    if search.conditions.is_empty() {
        return Ok(confirmed.filter_map(|link| ask(link, None)).collect());
    }
    let asked = search.conditions.iter().flat_map(|condition| {
        let of_it = |link: &&user_id_cooperate::Model| {
            link.actor_catalog_code == condition.actor.0 && link.app_catalog_code == Some(condition.app.0)
        };
        let links = confirmed.clone().filter(of_it);
        links.filter_map(|link| ask(link, Some(condition))).collect::<Vec<_>>()
    });
    Ok(asked.collect())
}

async fn collect(
    service: &Books,
    session: &Session,
    wanted: Vec<(Code, SharesWanted)>,
) -> Result<Vec<Map<String, Value>>, ApiError> {
    let actors: HashSet<Code> = wanted.iter().map(|(actor, _)| *actor).collect();
    let mut blocks = HashMap::new();
    for actor in actors {
        blocks.insert(actor, service.main_block(session, actor).await?);
    }
    let asked = wanted.iter().filter_map(|(actor, wanted)| Some((*blocks.get(actor)?, wanted)));
    let answers = join_all(asked.map(|(block, wanted)| async move {
        let answer = service.blocks.access_log(session, block, wanted).await;
        answer.inspect_err(|failure| tracing::warn!(%block, %failure, "a block gave no access log"))
    }))
    .await;
    // Where nobody answers there is nothing to show, which must not look like "nobody was given anything".
    if !answers.is_empty() && answers.iter().all(Result::is_err) {
        return Err(Refusal::NoAccessLog.into());
    }
    Ok(answers.into_iter().filter_map(Result::ok).flatten().collect())
}

/// The names of the share definitions that the logs mention.
async fn names(
    service: &Books,
    session: &Session,
    logs: &[Map<String, Value>],
) -> Result<HashMap<Code, String>, ApiError> {
    let codes = share_codes(logs);
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let items = service.catalog.items(session, &codes).await.map_err(of_catalog)?;
    let mut names = HashMap::new();
    for item in items {
        names.entry(item.head.code.value).or_insert(item.head.name.unwrap_or_default());
    }
    Ok(names)
}
