//! Update sets over HTTP (spec: catalog 4.11).

use std::collections::HashSet;

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input, Member, Transaction,
    fields::{any_text, number, one_of},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, sea_query::Expr,
};
use serde_json::{Value, json};
use vocabulary::Session;

use crate::{
    Catalog, codes,
    refusal::Refusal,
    register::Author,
    store::{self, attribute_update_set, catalog_update_set, ns_update_set, update_set},
    update_set::{
        ChangeKind, Draft, Status, apply, check_approver, check_entries, check_references, check_shape,
        needs_approval,
    },
};

fn positive(value: &Value) -> Result<i64, platform::fields::Complaint> {
    one_of(number, |id| id >= 1)(value)
}

#[derive(Debug)]
pub(crate) struct Id(i64);

impl Input for Id {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("id", positive);
        fields.build(|| id.map(Self))
    }
}

#[derive(Debug)]
pub(crate) struct Request {
    id: i64,
    approver: i64,
}

impl Input for Request {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let id = fields.required("id", positive);
        let approver = fields.required("approvalActor", positive);
        fields.build(|| Some(Self { id: id?, approver: approver? }))
    }
}

#[derive(Debug)]
pub(crate) struct Decision {
    status: Status,
    comment: Option<String>,
}

impl Input for Decision {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let status = fields.required("status", one_of(number, |status| status == 1 || status == 2));
        let comment = fields.optional("comment", any_text);
        let status = status.map(|status| if status == 1 { Status::Approved } else { Status::Denied });
        fields.build(|| Some(Self { status: status?, comment }))
    }
}

/// An update set with all that it proposes. **Any operator.**
pub(crate) async fn show(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Id>,
) -> Result<Json<Value>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    let row = update_set::Entity::find_by_id(call.input.0).one(connection).await?;
    let row = row.filter(|row| !row.is_disabled).ok_or(Refusal::UpdateSetNotFound)?;
    Ok(Json(full(&service, connection, &row).await?))
}

/// The caller's update sets that are not approved. **Any operator.**
pub(crate) async fn open(
    State(service): State<Catalog>,
    call: Call<AnyOperator>,
) -> Result<Json<Vec<Value>>, ApiError> {
    search(&service, &call.who.0, false).await
}

/// The caller's update sets that are approved. **Any operator.**
pub(crate) async fn approved(
    State(service): State<Catalog>,
    call: Call<AnyOperator>,
) -> Result<Json<Vec<Value>>, ApiError> {
    search(&service, &call.who.0, true).await
}

async fn search(service: &Catalog, session: &Session, approved: bool) -> Result<Json<Vec<Value>>, ApiError> {
    let connection = service.ground.store.read();
    store::activated(connection).await?;
    // Whoever has no actor has no update sets.
    let actor = session.actor.ok_or(Refusal::UpdateSetNotFound)?.value.0;
    let status = Status::Approved as i16;
    let rows = update_set::Entity::find()
        .filter(update_set::Column::IsDisabled.eq(false))
        .filter(if approved {
            update_set::Column::Status.eq(status)
        } else {
            update_set::Column::Status.ne(status)
        })
        .filter(
            Condition::any()
                .add(update_set::Column::CallerActorCode.eq(actor))
                .add(update_set::Column::ApprovalActorCode.eq(actor))
                .add(update_set::Column::RegisterActorCode.eq(actor)),
        )
        .order_by_asc(update_set::Column::Id)
        .all(connection)
        .await?;
    if rows.is_empty() {
        return Err(Refusal::UpdateSetNotFound.into());
    }
    Ok(Json(rows.iter().map(|row| short(service, row)).collect()))
}

/// Proposes changes. **Members.**
pub(crate) async fn register(
    State(service): State<Catalog>,
    call: Call<Member, Draft>,
) -> Result<Json<Value>, ApiError> {
    check_shape(&call.input)?;
    let session = &call.who.0;
    let author = Author::new(&service, &session.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    check_entries(&tx, &call.input).await?;
    let row = update_set::ActiveModel {
        status: Set(Status::Registered as i16),
        caller_actor_code: Set(session.actor.map(|actor| actor.value.0)),
        caller_actor_version: Set(session.actor.map(|actor| actor.ver.0)),
        is_disabled: Set(false),
        created_by: Set(author.login_id.clone()),
        created_at: Set(author.now),
        ..header(&call.input, session, &author)
    };
    let row = row.insert(&tx).await?;
    write_entries(&tx, row.id, &call.input, &author).await?;
    let answer = full(&service, &tx, &row).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

fn header(draft: &Draft, session: &Session, author: &Author) -> update_set::ActiveModel {
    update_set::ActiveModel {
        name: Set(draft.name.clone()),
        description: Set(draft.description.clone()),
        kind: Set(draft.kind.and_then(|kind| kind.try_into().ok())),
        register_actor_code: Set(session.actor.map(|actor| actor.value.0)),
        register: Set(Some(author.login_id.clone())),
        regist_at: Set(Some(author.now)),
        appendix: Set(draft.appendix.as_ref().map(ToString::to_string)),
        updated_by: Set(author.login_id.clone()),
        updated_at: Set(author.now),
        ..Default::default()
    }
}

/// Replaces a proposal that was not requested yet. **Members of the actor that registered it.**
pub(crate) async fn replace(
    State(service): State<Catalog>,
    call: Call<Member, (Id, Draft)>,
) -> Result<Json<Value>, ApiError> {
    let (Id(id), draft) = call.input;
    check_shape(&draft)?;
    let session = &call.who.0;
    let author = Author::new(&service, &session.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    let row = own_draft(&tx, id, session).await?;
    disable_entries(&tx, id, &author).await?;
    check_entries(&tx, &draft).await?;
    let row = update_set::ActiveModel {
        id: Set(row.id),
        approval_actor_code: Set(None),
        approval_actor_version: Set(None),
        approver: Set(None),
        approval_at: Set(None),
        comment: Set(None),
        ..header(&draft, session, &author)
    };
    let row = row.update(&tx).await?;
    write_entries(&tx, id, &draft, &author).await?;
    let answer = full(&service, &tx, &row).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Cancels a proposal that was not requested yet. **Members of the actor that registered it.**
pub(crate) async fn cancel(
    State(service): State<Catalog>,
    call: Call<Member, Id>,
) -> Result<Json<Value>, ApiError> {
    let session = &call.who.0;
    let author = Author::new(&service, &session.login_id, "");
    let tx = service.ground.store.write().await?;
    store::activated(&tx).await?;
    let mut row: update_set::ActiveModel = own_draft(&tx, call.input.0, session).await?.into();
    row.status = Set(Status::Cancelled as i16);
    row.updated_by = Set(author.login_id);
    row.updated_at = Set(author.now);
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(Json(json!({"id": call.input.0})))
}

/// Asks for approval; what concerns nobody else is approved at once, in the same transaction.
/// **Members of the actor that registered it.**
pub(crate) async fn request(
    State(service): State<Catalog>,
    call: Call<Member, Request>,
) -> Result<Json<Value>, ApiError> {
    let session = &call.who.0;
    let Request { id, approver } = call.input;
    let tx = service.ground.store.write().await?;
    let catalog = store::activated(&tx).await?;
    codes::lock(&tx).await?;
    let author = Author::new(&service, &session.login_id, &catalog.ext_name);
    let row = own_draft(&tx, id, session).await?;
    let draft = stored(&tx, &row).await?;
    check_entries(&tx, &draft).await?;
    let caller = session.actor.map(|actor| actor.value.0);
    check_references(&tx, &draft, &about_to_be(&tx, caller).await?).await?;
    let needs = needs_approval(&draft);
    if needs {
        check_approver(&tx, approver, caller).await?;
    }
    let mut row: update_set::ActiveModel = row.into();
    row.approval_actor_code = Set(Some(approver));
    row.approval_actor_version = Set(Some(1));
    row.status = Set(Status::Requested as i16);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    let mut row = row.update(&tx).await?;
    if !needs || Some(approver) == caller {
        row = finish(&tx, row, Status::Approved, None, &author).await?;
    }
    let answer = full(&service, &tx, &row).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

/// Approves or denies. **Members of the actor that is asked.**
pub(crate) async fn decide(
    State(service): State<Catalog>,
    call: Call<Member, (Id, Decision)>,
) -> Result<Json<Value>, ApiError> {
    let (Id(id), decision) = call.input;
    let session = &call.who.0;
    let tx = service.ground.store.write().await?;
    let catalog = store::activated(&tx).await?;
    codes::lock(&tx).await?;
    let author = Author::new(&service, &session.login_id, &catalog.ext_name);
    let row = update_set::Entity::find_by_id(id).one(&tx).await?.filter(|row| {
        !row.is_disabled
            && row.status == Status::Requested as i16
            && row.approval_actor_code.is_some()
            && row.approval_actor_code == session.actor.map(|actor| actor.value.0)
    });
    let row = row.ok_or(Refusal::NoSuchUpdateSet)?;
    let row = finish(&tx, row, decision.status, decision.comment, &author).await?;
    let answer = full(&service, &tx, &row).await?;
    tx.commit().await?;
    Ok(Json(answer))
}

async fn finish(
    tx: &Transaction,
    row: update_set::Model,
    status: Status,
    comment: Option<String>,
    author: &Author,
) -> Result<update_set::Model, ApiError> {
    // Of two decisions at once only one finds the set still requested.
    let claimed = update_set::Entity::update_many()
        .col_expr(update_set::Column::Status, Expr::value(status as i16))
        .col_expr(update_set::Column::Approver, Expr::value(author.login_id.clone()))
        .col_expr(update_set::Column::ApprovalAt, Expr::value(author.now))
        .col_expr(update_set::Column::Comment, Expr::value(comment))
        .col_expr(update_set::Column::UpdatedBy, Expr::value(author.login_id.clone()))
        .col_expr(update_set::Column::UpdatedAt, Expr::value(author.now))
        .filter(update_set::Column::Id.eq(row.id))
        .filter(update_set::Column::Status.eq(Status::Requested as i16))
        .exec(tx)
        .await?;
    if claimed.rows_affected != 1 {
        return Err(Refusal::NoSuchUpdateSet.into());
    }
    if status == Status::Approved {
        apply(tx, &row, author).await?;
    }
    let row = update_set::Entity::find_by_id(row.id).one(tx).await?;
    Ok(row.ok_or(Refusal::NoSuchUpdateSet)?)
}

async fn own_draft(tx: &Transaction, id: i64, session: &Session) -> Result<update_set::Model, ApiError> {
    let row = update_set::Entity::find_by_id(id).one(tx).await?.filter(|row| {
        let is_own = session.actor.is_none_or(|actor| {
            row.caller_actor_code == Some(actor.value.0) && row.caller_actor_version == Some(actor.ver.0)
        });
        !row.is_disabled && row.status == Status::Registered as i16 && is_own
    });
    Ok(row.ok_or(Refusal::NoSuchUpdateSet)?)
}

/// Codes that open proposals of the caller will register.
async fn about_to_be(tx: &Transaction, actor: Option<i64>) -> Result<HashSet<i64>, ApiError> {
    let sets = update_set::Entity::find()
        .filter(update_set::Column::IsDisabled.eq(false))
        .filter(update_set::Column::Status.is_in([Status::Registered as i16, Status::Requested as i16]))
        .filter(
            Condition::any()
                .add(update_set::Column::CallerActorCode.eq(actor))
                .add(update_set::Column::ApprovalActorCode.eq(actor))
                .add(update_set::Column::RegisterActorCode.eq(actor)),
        )
        .all(tx)
        .await?;
    let entries = catalog_update_set::Entity::find()
        .filter(catalog_update_set::Column::UpdateSetId.is_in(sets.into_iter().map(|set| set.id)))
        .filter(catalog_update_set::Column::Kind.eq(ChangeKind::Add as i16))
        .filter(catalog_update_set::Column::IsDisabled.eq(false))
        .all(tx)
        .await?;
    Ok(entries.into_iter().filter_map(|entry| entry.catalog_item_code).collect())
}

/// The proposal as it is stored.
async fn stored(tx: &impl ConnectionTrait, row: &update_set::Model) -> Result<Draft, ApiError> {
    let entries = Entries::of(tx, row.id).await?;
    let incoming = json!({
        "name": row.name,
        "ns": entries.namespaces.iter().map(|entry| json!({
            "type": entry.kind, "nsId": entry.ns_id, "template": text_json(&entry.template),
        })).collect::<Vec<_>>(),
        "catalog": entries.items.iter().map(|entry| json!({
            "type": entry.kind, "catalogCode": entry.catalog_item_code, "template": text_json(&entry.template),
        })).collect::<Vec<_>>(),
        "attribute": entries.attributes.iter().map(|entry| json!({
            "type": entry.kind, "catalogCode": entry.catalog_code, "attribute": text_json(&entry.attribute),
        })).collect::<Vec<_>>(),
    });
    Draft::of(&incoming)
}

fn text_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

struct Entries {
    namespaces: Vec<ns_update_set::Model>,
    items: Vec<catalog_update_set::Model>,
    attributes: Vec<attribute_update_set::Model>,
}

impl Entries {
    async fn of(connection: &impl ConnectionTrait, set: i64) -> Result<Self, ApiError> {
        let namespaces = ns_update_set::Entity::find()
            .filter(ns_update_set::Column::UpdateSetId.eq(set))
            .filter(ns_update_set::Column::IsDisabled.eq(false))
            .order_by_asc(ns_update_set::Column::Id)
            .all(connection)
            .await?;
        let items = catalog_update_set::Entity::find()
            .filter(catalog_update_set::Column::UpdateSetId.eq(set))
            .filter(catalog_update_set::Column::IsDisabled.eq(false))
            .order_by_asc(catalog_update_set::Column::Id)
            .all(connection)
            .await?;
        let attributes = attribute_update_set::Entity::find()
            .filter(attribute_update_set::Column::UpdateSetId.eq(set))
            .filter(attribute_update_set::Column::IsDisabled.eq(false))
            .order_by_asc(attribute_update_set::Column::Id)
            .all(connection)
            .await?;
        Ok(Self { namespaces, items, attributes })
    }
}

async fn write_entries(tx: &Transaction, set: i64, draft: &Draft, author: &Author) -> Result<(), ApiError> {
    let text = |template: &Option<Value>| template.as_ref().unwrap_or(&Value::Null).to_string();
    for change in &draft.namespaces {
        let row = new_row!(
            author,
            ns_update_set {
                update_set_id: set,
                kind: change.kind as i16,
                ns_id: change.target,
                comment: change.comment.clone(),
                template: text(&change.template),
            }
        );
        row.insert(tx).await?;
    }
    for change in &draft.items {
        let item = match change.target.filter(|_| change.kind != ChangeKind::Add) {
            Some(code) => store::all_versions(tx, code, false).await?.iter().map(|row| row.id).max(),
            None => None,
        };
        let row = new_row!(
            author,
            catalog_update_set {
                update_set_id: set,
                kind: change.kind as i16,
                catalog_item_id: item,
                catalog_item_code: change.target,
                comment: change.comment.clone(),
                template: text(&change.template),
            }
        );
        row.insert(tx).await?;
    }
    for change in &draft.attributes {
        let row = new_row!(
            author,
            attribute_update_set {
                update_set_id: set,
                kind: change.kind as i16,
                catalog_code: change.target,
                attribute: text(&change.template),
            }
        );
        row.insert(tx).await?;
    }
    Ok(())
}

async fn disable_entries(tx: &Transaction, set: i64, author: &Author) -> Result<(), ApiError> {
    macro_rules! disable {
        ($($table:ident),*) => {$(
            $table::Entity::update_many()
                .col_expr($table::Column::IsDisabled, Expr::value(true))
                .col_expr($table::Column::UpdatedBy, Expr::value(author.login_id.clone()))
                .col_expr($table::Column::UpdatedAt, Expr::value(author.now))
                .filter($table::Column::UpdateSetId.eq(set))
                .filter($table::Column::IsDisabled.eq(false))
                .exec(tx)
                .await?;
        )*};
    }
    disable!(ns_update_set, catalog_update_set, attribute_update_set);
    Ok(())
}

fn short(service: &Catalog, row: &update_set::Model) -> Value {
    let time = |column: Option<chrono::NaiveDateTime>| {
        column.map(|column| service.ground.zone.text(service.ground.store.instant(column)))
    };
    json!({
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "callerActorCode": row.caller_actor_code,
        "approvalActorCode": row.approval_actor_code,
        "approver": row.approver,
        "approvalAt": time(row.approval_at),
        "comment": row.comment,
        "status": row.status,
        "registerActorCode": row.register_actor_code,
        "register": row.register,
        "registAt": time(row.regist_at),
    })
}

async fn full(
    service: &Catalog,
    connection: &impl ConnectionTrait,
    row: &update_set::Model,
) -> Result<Value, ApiError> {
    let entries = Entries::of(connection, row.id).await?;
    let list = |entries: Vec<Value>| if entries.is_empty() { Value::Null } else { Value::Array(entries) };
    let mut answer = short(service, row);
    answer["ns"] = list(
        entries
            .namespaces
            .iter()
            .map(|entry| {
                json!({
                    "type": entry.kind, "nsId": entry.ns_id, "comment": entry.comment,
                    "template": text_json(&entry.template),
                })
            })
            .collect(),
    );
    answer["catalog"] = list(
        entries
            .items
            .iter()
            .map(|entry| {
                json!({
                    "type": entry.kind, "catalogCode": entry.catalog_item_code, "comment": entry.comment,
                    "template": text_json(&entry.template),
                })
            })
            .collect(),
    );
    answer["attribute"] = list(
        entries
            .attributes
            .iter()
            .map(|entry| {
                json!({"type": entry.kind, "catalogCode": entry.catalog_code, "attribute": text_json(&entry.attribute)})
            })
            .collect(),
    );
    answer["appendix"] = row.appendix.as_deref().map(text_json).unwrap_or_default();
    Ok(answer)
}
