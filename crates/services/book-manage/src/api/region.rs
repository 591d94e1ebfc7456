//! The end of regions (spec: book-manage 4.8). Numbers come as texts where the batches know them so.

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{Complaint, code_version, nested, number, text},
    new_row, update_rows,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use serde::Serialize;
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{Done, paging::Page};
use crate::{
    Books, body,
    refusal::Refusal,
    store::{self, my_condition_book, stopped_region, user_id_cooperate},
    terms::moment,
};

#[derive(Debug)]
pub(super) struct Announcement {
    actor: CodeVersion,
    region: CodeVersion,
    end: String,
}

impl Input for Announcement {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let actor = fields.required("actor", code_version);
        let region = fields.required("region", code_version);
        let end = fields.required("endDate", text);
        fields.build(|| Some(Self { actor: actor?, region: region?, end: end? }))
    }
}

/// Announces the end of a region. **Members of its operator or of the root.**
pub(super) async fn announce(
    State(service): State<Books>,
    call: Call<Member, Announcement>,
) -> Result<Json<Done>, ApiError> {
    let (session, end) = (call.who.0, call.input);
    service.may_link_for(&session, end.actor.value)?;
    let at =
        moment(&end.end, service.ground.zone).ok_or(Refusal::Input("終了日時の形式が正しくありません"))?;
    let author = Author::new(&service.ground, &session);
    let row = new_row!(
        author,
        stopped_region {
            actor_catalog_code: end.actor.value.0,
            actor_catalog_version: end.actor.ver.0,
            region_catalog_code: end.region.value.0,
            region_catalog_version: end.region.ver.0,
            closed_at: Some(service.ground.store.column(at)),
        }
    );
    row.insert(service.ground.store.read()).await?;
    tracing::info!(target: "audit", what = "region ends", by = author.login_id, region = end.region.value.0);
    Ok(Json(Done::SUCCESS))
}

/// A code as texts.
#[derive(Debug, Serialize)]
struct TextCode {
    #[serde(rename = "_value")]
    value: String,
    #[serde(rename = "_ver")]
    ver: String,
}

impl TextCode {
    fn new(value: i64, ver: i64) -> Self {
        Self { value: value.to_string(), ver: ver.to_string() }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Targets<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    targets: Vec<T>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    book_id: String,
    pxr_id: String,
    actor: TextCode,
    region: TextCode,
}

/// The residents of regions that end. **Members of the root.**
pub(super) async fn users(
    State(service): State<Books>,
    call: Call<Member, Page>,
) -> Result<Json<Targets<User>>, ApiError> {
    service.of_root(&call.who.0)?;
    let page = call.input;
    let ending = Query::select()
        .expr(Expr::val(1))
        .from(stopped_region::Entity)
        .and_where(stopped_region::Column::IsDisabled.eq(false))
        .and_where(same(
            stopped_region::Column::ActorCatalogCode,
            user_id_cooperate::Column::ActorCatalogCode,
        ))
        .and_where(same(
            stopped_region::Column::RegionCatalogCode,
            user_id_cooperate::Column::RegionCatalogCode,
        ))
        .to_owned();
    let rows = store::links()
        .join(JoinType::InnerJoin, book_of_link())
        .filter(my_condition_book::Column::IsDisabled.eq(false))
        .filter(Expr::exists(ending))
        .order_by_asc(user_id_cooperate::Column::BookId)
        .select_also(my_condition_book::Entity)
        .offset(page.offset)
        .limit(page.limit)
        .all(service.ground.store.read())
        .await?;
    let targets = rows.into_iter().filter_map(|(link, book)| {
        let (actor, region) = (link.actor(), link.region()?);
        Some(User {
            book_id: link.book_id.to_string(),
            pxr_id: book?.pxr_id,
            actor: TextCode::new(actor.value.0, actor.ver.0),
            region: TextCode::new(region.value.0, region.ver.0),
        })
    });
    Ok(Json(Targets { offset: page.asked_offset, targets: targets.collect() }))
}

fn same(one: stopped_region::Column, other: user_id_cooperate::Column) -> Expr {
    Expr::col((stopped_region::Entity, one)).eq(Expr::col((user_id_cooperate::Entity, other)))
}

fn book_of_link() -> sea_orm::RelationDef {
    user_id_cooperate::Entity::belongs_to(my_condition_book::Entity)
        .from(user_id_cooperate::Column::BookId)
        .to(my_condition_book::Column::Id)
        .into()
}

#[derive(Debug, Serialize)]
pub(super) struct Region {
    actor: TextCode,
    region: TextCode,
}

/// The regions whose end has come. **Members of the root.**
pub(super) async fn ended(
    State(service): State<Books>,
    call: Call<Member, Page>,
) -> Result<Json<Targets<Region>>, ApiError> {
    service.of_root(&call.who.0)?;
    let page = call.input;
    let now = service.ground.store.column(service.ground.clock.now());
    let rows = stopped_region::Entity::find()
        .filter(stopped_region::Column::IsDisabled.eq(false))
        .filter(stopped_region::Column::ClosedAt.lte(now))
        .order_by_asc(stopped_region::Column::RegionCatalogCode)
        .order_by_asc(stopped_region::Column::Id)
        .offset(page.offset)
        .limit(page.limit)
        .all(service.ground.store.read())
        .await?;
    let targets = rows.into_iter().map(|row| Region {
        actor: TextCode::new(row.actor_catalog_code, row.actor_catalog_version),
        region: TextCode::new(row.region_catalog_code, row.region_catalog_version),
    });
    Ok(Json(Targets { offset: page.asked_offset, targets: targets.collect() }))
}

#[derive(Debug)]
pub(super) struct Which {
    actor: i64,
    region: i64,
}

impl Input for Which {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let actor = fields.required("actor", value);
        let region = fields.required("region", value);
        fields.build(|| Some(Self { actor: actor?, region: region? }))
    }
}

fn value(code: &Value) -> Result<i64, Complaint> {
    nested(code, |fields| {
        let value = fields.required("_value", number);
        fields.inside(|| value)
    })
}

/// Notes that everything about the end of a region is done. **Members of the root.**
pub(super) async fn done(
    State(service): State<Books>,
    call: Call<Member, Which>,
) -> Result<Json<Done>, ApiError> {
    let session = &call.who.0;
    service.of_root(session)?;
    let author = Author::new(&service.ground, session);
    update_rows!(
        service.ground.store.read(), author, stopped_region, { IsDisabled: true },
        stopped_region::Column::ActorCatalogCode.eq(call.input.actor),
        stopped_region::Column::RegionCatalogCode.eq(call.input.region),
        stopped_region::Column::IsDisabled.eq(false),
    )?;
    tracing::info!(target: "audit", what = "region ended", by = author.login_id, region = call.input.region);
    Ok(Json(Done::SUCCESS))
}
