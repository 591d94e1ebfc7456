//! From which actors may these data be shared? Asked for every call that shares (spec: book-manage 4.3.2).

use axum::{Json, extract::State};
use contract::ctoken_ledger::Wanted;
use platform::{
    ApiError, Application, Call, Incoming, Input,
    fields::{array, boolean, code, strict_number, text},
};
use serde::Serialize;
use vocabulary::{Code, CodeVersion, Session};

use super::input::data_kind;
use crate::{
    Books,
    consent::{Agreement, Asset, DataKind, Datum, Purpose, may_share, prohibiting, things_of},
    neighbours::{of_item, of_ledger},
    refusal::Refusal,
    store::{agreements, my_condition_book, store_events, users},
};

#[derive(Debug)]
pub(super) struct Question {
    user_id: String,
    actor: Code,
    app: Option<Code>,
    asset: Code,
    from: Option<Code>,
    is_trigger: bool,
    documents: Vec<CodeVersion>,
    events: Vec<CodeVersion>,
    things: Vec<CodeVersion>,
}

impl Input for Question {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = incoming.fields();
        let user_id = fields.required("userId", text);
        let actor = fields.required("actorCode", strict_number);
        let app = fields.optional("appCode", code);
        let wf = fields.optional("wfCode", code);
        if app.or(wf).is_none() {
            fields.refuse("appCode", platform::fields::REQUIRED);
        }
        let from = fields.optional("sourceActorCode", code);
        fields.optional("sourceAssetCode", code);
        let is_trigger = fields.optional("isTriggerRequest", boolean).unwrap_or(false);
        if is_trigger && from.is_none() {
            fields.refuse("sourceActorCode", platform::fields::REQUIRED);
        }
        let kinds = |name| fields.optional(name, array(data_kind)).unwrap_or_default();
        let (documents, events, things) = (kinds("document"), kinds("event"), kinds("thing"));
        fields.build(|| {
            let (user_id, actor, asset) = (user_id?, Code(actor?), app.or(wf)?);
            Some(Self { user_id, actor, app, asset, from, is_trigger, documents, events, things })
        })
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Answer {
    #[serde(rename = "checkResult")]
    is_permitted: bool,
    permission: Option<Vec<FromActor>>,
}

/// What may be shared out of one actor's data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FromActor {
    source_actor_code: Code,
    document: Vec<CodeVersion>,
    event: Vec<CodeVersion>,
    thing: Vec<CodeVersion>,
}

/// Answers whose data an application may receive about a user. **Applications.**
///
/// The receiver need not be the caller: a share may name another destination (spec: access-control-manage 4.5), and no
/// proxy lets anybody but the root's access control ask.
pub(super) async fn permission(
    State(service): State<Books>,
    call: Call<Application, Question>,
) -> Result<Json<Answer>, ApiError> {
    let (session, question) = (&call.who.0, call.input);
    let connection = service.ground.store.read();
    let book = users::book_of(connection, &question.user_id, question.actor, question.app).await?;
    let book = book.ok_or(Refusal::NoSuchUser)?;
    let about = agreements::Application { actor: question.actor, asset: question.asset };
    let assets = service.agreements(session, book.id, Purpose::Share, Some(about)).await?;
    let agreements = Asset::about(&assets, question.asset);
    let permission = match question.from {
        _ if agreements.is_empty() => Vec::new(),
        Some(from) if question.is_trigger => triggered(&service, session, agreements, question, from).await?,
        _ => shared(&service, session, &book, agreements, question).await?,
    };
    let is_permitted = !permission.is_empty();
    Ok(Json(Answer { is_permitted, permission: is_permitted.then_some(permission) }))
}

/// A permitted datum with the actors whose data are meant; anybody's when there are none.
struct Permitted {
    datum: Datum,
    sources: Vec<Code>,
    prohibiting: Vec<Code>,
}

async fn shared(
    service: &Books,
    session: &Session,
    book: &my_condition_book::Model,
    agreements: &[Agreement],
    question: Question,
) -> Result<Vec<FromActor>, ApiError> {
    let destination = service.destination(session, question.asset).await?;
    let restrictions = service.restrictions(session, book.id).await?;
    let mut permitted = Vec::new();
    for datum in asked(agreements, &question) {
        let prohibiting = prohibiting(&restrictions, datum, &destination);
        if let Some(permission) = may_share(agreements, datum, question.from, &prohibiting) {
            permitted.push(Permitted { datum, sources: permission.sources, prohibiting });
        }
    }
    let holders = holders(service, session, book, &permitted).await?;
    let mut shared = Vec::new();
    for Permitted { datum, sources, prohibiting } in permitted {
        let sources = if sources.is_empty() { holders.of(datum) } else { sources };
        let allowed = sources.into_iter().filter(|actor| !prohibiting.contains(actor));
        for actor in allowed.filter(|actor| question.from.is_none_or(|from| from == *actor)) {
            add(&mut shared, actor, datum);
        }
    }
    Ok(shared)
}

/// Everything that is asked for: with an event, the things that the definitions name under it, too.
fn asked(agreements: &[Agreement], question: &Question) -> Vec<Datum> {
    let more = things_of(agreements, &question.events);
    let more: Vec<_> = more.into_iter().filter(|thing| !question.things.contains(thing)).collect();
    let of =
        |kind, codes: &[CodeVersion]| codes.iter().map(|code| Datum::new(kind, *code)).collect::<Vec<_>>();
    [
        of(DataKind::Document, &question.documents),
        of(DataKind::Event, &question.events),
        of(DataKind::Thing, &more),
        of(DataKind::Thing, &question.things),
    ]
    .concat()
}

fn add(shared: &mut Vec<FromActor>, actor: Code, datum: Datum) {
    let at = shared.iter().position(|one| one.source_actor_code == actor).unwrap_or_else(|| {
        let (document, event, thing) = (Vec::new(), Vec::new(), Vec::new());
        shared.push(FromActor { source_actor_code: actor, document, event, thing });
        shared.len() - 1
    });
    match datum.kind {
        DataKind::Document => shared[at].document.push(datum.code),
        DataKind::Event => shared[at].event.push(datum.code),
        DataKind::Thing => shared[at].thing.push(datum.code),
    }
}

/// Which actors hold which data of a resident, as the ledger knows it.
struct Holders(Vec<(Datum, Code)>);

impl Holders {
    fn of(&self, datum: Datum) -> Vec<Code> {
        let mut actors: Vec<Code> = Vec::new();
        for (_, actor) in self.0.iter().filter(|(held, _)| *held == datum) {
            if !actors.contains(actor) {
                actors.push(*actor);
            }
        }
        actors
    }
}

/// Asks the ledger, once for each kind of data, who holds what may be anybody's.
async fn holders(
    service: &Books,
    session: &Session,
    book: &my_condition_book::Model,
    permitted: &[Permitted],
) -> Result<Holders, ApiError> {
    let mut held = Vec::new();
    for kind in DataKind::ALL {
        let open = permitted.iter().filter(|one| one.sources.is_empty() && one.datum.kind == kind);
        let codes: Vec<_> = open.map(|one| one.datum.code).collect();
        if codes.is_empty() {
            continue;
        }
        let mut wanted = Wanted { pxr_id: Some(book.pxr_id.clone()), ..Wanted::default() };
        match kind {
            DataKind::Document => wanted.document = codes,
            DataKind::Event => wanted.event = codes,
            DataKind::Thing => wanted.thing = codes,
        }
        let counts = service.ledger.count(session, &wanted).await.map_err(of_ledger)?;
        for count in counts {
            let kinds = match kind {
                DataKind::Document => count.document,
                DataKind::Event => count.event,
                DataKind::Thing => count.thing,
            };
            held.extend(kinds.into_iter().map(|one| (Datum::new(kind, one.code), count.actor.value)));
        }
    }
    Ok(Holders(held))
}

/// What a share trigger may hand out: all that was asked, when the start or the end condition of one of the
/// application's triggers names all of it.
async fn triggered(
    service: &Books,
    session: &Session,
    agreements: &[Agreement],
    question: Question,
    from: Code,
) -> Result<Vec<FromActor>, ApiError> {
    let definitions: Vec<_> =
        agreements.iter().filter_map(|agreement| Some(agreement.effective.as_ref()?.code)).collect();
    let triggers = store_events::triggers(service.ground.store.read(), &definitions).await?;
    for trigger in triggers {
        let item = service.catalog.item_at(session, trigger.value, trigger.ver).await.map_err(of_item)?;
        let names_all = |condition: &str| {
            let condition = item.get(condition);
            let names = |kind: DataKind, codes: &[CodeVersion]| {
                let named = condition.and_then(|condition| condition.get(kind.word()));
                let named = named.and_then(serde_json::Value::as_array);
                let named: Vec<_> = named.into_iter().flatten().filter_map(CodeVersion::read).collect();
                codes.iter().all(|code| named.contains(code))
            };
            condition.is_some()
                && names(DataKind::Document, &question.documents)
                && names(DataKind::Event, &question.events)
                && names(DataKind::Thing, &question.things)
        };
        if names_all("startCondition") || names_all("endCondition") {
            return Ok(vec![FromActor {
                source_actor_code: from,
                document: question.documents,
                event: question.events,
                thing: question.things,
            }]);
        }
    }
    Ok(Vec::new())
}
