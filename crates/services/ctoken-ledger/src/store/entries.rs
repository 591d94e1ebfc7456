//! What is held: documents, events or things (spec: ctoken-ledger 4.1 processing 3).

use chrono::NaiveDateTime;
use platform::{ApiError, Store};
use sea_orm::{
    ColumnTrait, FromQueryResult, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::NullOrdering,
};
use vocabulary::CodeVersion;

use super::{
    Kind, Period, document,
    filter::{coded_as, rows, seen, with_documents},
    row_hash,
};
use crate::scope::Scope;

/// Which entries are asked for, and which part of them.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) kind: Kind,
    pub(crate) period: Period,
    pub(crate) codes: Vec<CodeVersion>,
    pub(crate) identifiers: Vec<String>,
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Found {
    pub(crate) identifier: String,
    pub(crate) code: i64,
    pub(crate) version: i64,
    pub(crate) created_at: Option<NaiveDateTime>,
    pub(crate) actor_code: i64,
    pub(crate) actor_version: i64,
    pub(crate) app_code: Option<i64>,
    pub(crate) app_version: Option<i64>,
}

pub(crate) async fn entries(
    store: &Store,
    scope: &Scope,
    question: &Question,
) -> Result<Vec<Found>, ApiError> {
    let query = match question.kind {
        Kind::Document => {
            use document::Column::{
                ActorCode, ActorVersion, AppCode, AppVersion, Code, DocCreatedAt, Identifier, Version,
            };
            let columns =
                [Identifier, Code, Version, DocCreatedAt, ActorCode, ActorVersion, AppCode, AppVersion];
            let rows = with_documents(rows()).filter(seen(scope, ActorCode));
            select(store, question, rows, columns)
        }
        Kind::Event => {
            use row_hash::Column::{
                EventActorCode, EventActorVersion, EventAppCode, EventAppVersion, EventCode, EventIdentifier,
                EventStartAt, EventVersion,
            };
            let columns = [
                EventIdentifier,
                EventCode,
                EventVersion,
                EventStartAt,
                EventActorCode,
                EventActorVersion,
                EventAppCode,
                EventAppVersion,
            ];
            select(store, question, rows().filter(seen(scope, EventActorCode)), columns)
        }
        Kind::Thing => {
            use row_hash::Column::{
                EventActorCode, EventStartAt, ThingActorCode, ThingActorVersion, ThingAppCode,
                ThingAppVersion, ThingCode, ThingIdentifier, ThingVersion,
            };
            let columns = [
                ThingIdentifier,
                ThingCode,
                ThingVersion,
                EventStartAt,
                ThingActorCode,
                ThingActorVersion,
                ThingAppCode,
                ThingAppVersion,
            ];
            select(store, question, rows().filter(seen(scope, EventActorCode)), columns)
        }
    };
    Ok(query.into_model::<Found>().all(store.read()).await?)
}

/// Each entry once, whatever number of rows it stands in.
fn select<C: ColumnTrait>(
    store: &Store,
    question: &Question,
    rows: Select<row_hash::Entity>,
    [identifier, code, version, created_at, actor_code, actor_version, app_code, app_version]: [C; 8],
) -> Select<row_hash::Entity> {
    let mut query =
        rows.filter(question.period.on(store, created_at)).filter(coded_as(question.kind, &question.codes));
    if !question.identifiers.is_empty() {
        query = query.filter(identifier.is_in(question.identifiers.iter().map(String::as_str)));
    }
    query
        .select_only()
        .column_as(identifier, "identifier")
        .column_as(code, "code")
        .column_as(version, "version")
        .column_as(created_at, "created_at")
        .column_as(actor_code, "actor_code")
        .column_as(actor_version, "actor_version")
        .column_as(app_code, "app_code")
        .column_as(app_version, "app_version")
        .distinct()
        .order_by_asc(code)
        .order_by_asc(version)
        .order_by_with_nulls(created_at, Order::Desc, NullOrdering::First)
        .order_by_asc(identifier)
        .offset(question.offset)
        .limit(question.limit)
}
