//! Update sets over HTTP (spec: catalog 4.11).

mod draft;

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, Member, Routes, Transaction,
    fields::{any_text, number, one_of},
    update_rows,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait};
use serde_json::{Value, json};
use vocabulary::Session;

use super::{Id, body};
use crate::{
    Catalog,
    codes::Kind,
    ownership::{Touched, Writer, reader},
    refusal::Refusal,
    store::{self, Entries, update_set},
    update_set::{
        Changes, Draft, Status, check_approver, check_entries, check_references, check_shape, decide, full,
        needs_approval, short,
    },
};

pub(super) fn routes() -> Routes<Catalog> {
    Routes::new()
        .get("/catalog/updateSet/search/info/{id}", show)
        .get("/catalog/updateSet/search/request", open)
        .get("/catalog/updateSet/search/approval", approved)
        .post("/catalog/updateSet/register", register)
        .put("/catalog/updateSet/register/{id}", replace)
        .delete("/catalog/updateSet/register/{id}", cancel)
        .post("/catalog/updateSet/request", request)
        .post("/catalog/updateSet/approval/{id}", approve)
}

#[derive(Debug)]
struct Request {
    id: i64,
    approver: i64,
}

impl Input for Request {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = Fields::of(body(incoming)?);
        let id = fields.required("id", one_of(number, |id| id >= 1));
        let approver = fields.required("approvalActor", one_of(number, |code| code >= 1));
        fields.build(|| Some(Self { id: id?, approver: approver? }))
    }
}

#[derive(Debug)]
struct Decision {
    status: Status,
    comment: Option<String>,
}

impl Input for Decision {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = Fields::of(body(incoming)?);
        let status = fields.required("status", one_of(number, |status| status == 1 || status == 2));
        let comment = fields.optional("comment", any_text);
        let status = status.map(|status| if status == 1 { Status::Approved } else { Status::Denied });
        fields.build(|| Some(Self { status: status?, comment }))
    }
}

/// An update set with all that it proposes. **Operators of the actor that proposed it or that is asked to approve it.**
async fn show(State(service): State<Catalog>, call: Call<AnyOperator, Id>) -> Result<Json<Value>, ApiError> {
    let connection = service.reading().await?;
    let actor = reader(&service, &call.who.0).await?.ok_or(Refusal::UpdateSetNotFound)?;
    let concerns = |row: &update_set::Model| {
        [row.caller_actor_code, row.register_actor_code, row.approval_actor_code].contains(&Some(actor))
    };
    let row = store::find_update_set(connection, call.input.0).await?.filter(concerns);
    let row = row.ok_or(Refusal::UpdateSetNotFound)?;
    Ok(Json(full(&service.ground, &row, &Entries::of(connection, row.id).await?)))
}

/// The update sets of the caller's actor that are not approved. **Any operator.**
async fn open(State(service): State<Catalog>, call: Call<AnyOperator>) -> Result<Json<Vec<Value>>, ApiError> {
    let statuses = [Status::Registered, Status::Denied, Status::Requested, Status::Cancelled];
    search(&service, &call.who.0, &statuses).await
}

/// The update sets of the caller's actor that are approved. **Any operator.**
async fn approved(
    State(service): State<Catalog>,
    call: Call<AnyOperator>,
) -> Result<Json<Vec<Value>>, ApiError> {
    search(&service, &call.who.0, &[Status::Approved]).await
}

async fn search(
    service: &Catalog,
    session: &Session,
    statuses: &[Status],
) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.reading().await?;
    // Whoever has no actor has no update sets.
    let actor = reader(service, session).await?.ok_or(Refusal::UpdateSetNotFound)?;
    let rows = store::of_actor(connection, actor, statuses.iter().map(|status| *status as i16)).await?;
    if rows.is_empty() {
        return Err(Refusal::UpdateSetNotFound.into());
    }
    Ok(Json(rows.iter().map(|row| short(&service.ground, row)).collect()))
}

fn actor(session: &Session) -> Option<i64> {
    session.actor.map(|actor| actor.value.0)
}

/// Proposes changes of what is the own actor's. **Members.**
async fn register(
    State(service): State<Catalog>,
    call: Call<Member, Draft>,
) -> Result<Json<Value>, ApiError> {
    let (session, draft) = (&call.who.0, &call.input);
    check_shape(&draft.changes)?;
    let (tx, author) = service.changing(session).await?;
    check_entries(&tx, &draft.changes).await?;
    check_owner(&tx, &service, session, &draft.changes).await?;
    let row = update_set::ActiveModel {
        status: Set(Status::Registered as i16),
        caller_actor_code: Set(actor(session)),
        caller_actor_version: Set(session.actor.map(|actor| actor.ver.0)),
        is_disabled: Set(false),
        created_by: Set(author.login_id.clone()),
        created_at: Set(author.now),
        ..header(draft, session, &author)
    };
    let row = row.insert(&tx).await?;
    store::write_entries(&tx, row.id, &draft.changes, &author).await?;
    answer(&service, tx, &row).await
}

fn header(draft: &Draft, session: &Session, author: &Author) -> update_set::ActiveModel {
    update_set::ActiveModel {
        name: Set(draft.name.clone()),
        description: Set(draft.description.clone()),
        kind: Set(draft.kind),
        register_actor_code: Set(actor(session)),
        register: Set(Some(author.login_id.clone())),
        regist_at: Set(Some(author.now)),
        appendix: Set(draft.appendix.as_ref().map(ToString::to_string)),
        updated_by: Set(author.login_id.clone()),
        updated_at: Set(author.now),
        ..Default::default()
    }
}

/// Replaces a proposal that was not requested yet. **Members of the actor that proposed it.**
async fn replace(
    State(service): State<Catalog>,
    call: Call<Member, (Id, Draft)>,
) -> Result<Json<Value>, ApiError> {
    let (Id(id), draft) = call.input;
    check_shape(&draft.changes)?;
    let session = &call.who.0;
    let (tx, author) = service.changing(session).await?;
    own_draft(&tx, id, session).await?;
    store::disable_entries(&tx, id, &author).await?;
    check_entries(&tx, &draft.changes).await?;
    check_owner(&tx, &service, session, &draft.changes).await?;
    let row = update_set::ActiveModel {
        id: Set(id),
        approval_actor_code: Set(None),
        approval_actor_version: Set(None),
        approver: Set(None),
        approval_at: Set(None),
        comment: Set(None),
        ..header(&draft, session, &author)
    };
    let row = row.update(&tx).await?;
    store::write_entries(&tx, id, &draft.changes, &author).await?;
    answer(&service, tx, &row).await
}

/// Cancels a proposal that was not requested yet. **Members of the actor that proposed it.**
async fn cancel(State(service): State<Catalog>, call: Call<Member, Id>) -> Result<Json<Value>, ApiError> {
    let id = call.input.0;
    let (tx, author) = service.changing(&call.who.0).await?;
    own_draft(&tx, id, &call.who.0).await?;
    Writer::of_session(&tx, &service, &call.who.0).await?;
    let is_it = update_set::Column::Id.eq(id);
    update_rows!(&tx, author, update_set, { Status: Status::Cancelled as i16 }, is_it)?;
    tx.commit().await?;
    Ok(Json(json!({"id": id})))
}

/// Asks for approval; what concerns nobody else is approved at once, in the same transaction.
/// **Members of the actor that proposed it.**
async fn request(
    State(service): State<Catalog>,
    call: Call<Member, Request>,
) -> Result<Json<Value>, ApiError> {
    let Request { id, approver } = call.input;
    let caller = actor(&call.who.0);
    let (tx, author) = service.changing(&call.who.0).await?;
    own_draft(&tx, id, &call.who.0).await?;
    let changes = Changes::of(&Entries::of(&tx, id).await?)?;
    check_entries(&tx, &changes).await?;
    check_references(&tx, &changes, caller).await?;
    let needs_approval = needs_approval(&changes);
    if needs_approval {
        check_approver(&tx, approver, caller).await?;
    }
    check_owner(&tx, &service, &call.who.0, &changes).await?;
    let row = update_set::ActiveModel {
        id: Set(id),
        approval_actor_code: Set(Some(approver)),
        approval_actor_version: Set(Some(1)),
        status: Set(Status::Requested as i16),
        updated_by: Set(author.login_id.clone()),
        updated_at: Set(author.now),
        ..Default::default()
    };
    let mut row = row.update(&tx).await?;
    if !needs_approval || Some(approver) == caller {
        row = decide(&tx, id, Status::Approved, None, &author).await?;
    }
    answer(&service, tx, &row).await
}

/// Approves or denies. **Members of the actor that is asked.**
async fn approve(
    State(service): State<Catalog>,
    call: Call<Member, (Id, Decision)>,
) -> Result<Json<Value>, ApiError> {
    let (Id(id), Decision { status, comment }) = call.input;
    let (tx, author) = service.changing(&call.who.0).await?;
    let asked = store::find_update_set(&tx, id).await?.and_then(|row| row.approval_actor_code);
    if asked.is_none() || asked != actor(&call.who.0) {
        return Err(Refusal::NoSuchUpdateSet.into());
    }
    Writer::of_session(&tx, &service, &call.who.0).await?;
    let row = decide(&tx, id, status, comment, &author).await?;
    answer(&service, tx, &row).await
}

async fn answer(
    service: &Catalog,
    tx: Transaction,
    row: &update_set::Model,
) -> Result<Json<Value>, ApiError> {
    let answer = full(&service.ground, row, &Entries::of(&tx, row.id).await?);
    tx.commit().await?;
    Ok(Json(answer))
}

/// A set changes what is its actor's, whoever approves it.
async fn check_owner(
    tx: &Transaction,
    service: &Catalog,
    session: &Session,
    changes: &Changes,
) -> Result<(), ApiError> {
    let writer = Writer::of_session(tx, service, session).await?;
    writer.check(tx, Kind::Ext, &Touched::by(changes)).await
}

/// Only a proposal of the caller's own actor that was not requested yet.
async fn own_draft(tx: &Transaction, id: i64, session: &Session) -> Result<(), ApiError> {
    let version = session.actor.map(|actor| actor.ver.0);
    let is_own = |row: &update_set::Model| {
        row.status == Status::Registered as i16
            && row.caller_actor_code == actor(session)
            && row.caller_actor_version == version
    };
    store::find_update_set(tx, id).await?.filter(is_own).ok_or(Refusal::NoSuchUpdateSet)?;
    Ok(())
}
