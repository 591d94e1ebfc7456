//! How much is held (spec: ctoken-ledger 4.2 processing 2, 6.6).

use platform::{ApiError, Store};
use sea_orm::{
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, SimpleExpr},
};
use vocabulary::CodeVersion;

use super::{
    Kind, Period, document,
    filter::{coded_as, rows, seen, with_documents},
    row_hash,
};
use crate::scope::Scope;

/// What is counted: a list of one kind narrows the counts of all kinds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    pub(crate) period: Period,
    pub(crate) codes: Option<(Kind, Vec<CodeVersion>)>,
}

#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Group {
    pub(crate) code: i64,
    pub(crate) version: i64,
    pub(crate) app: Option<i64>,
    pub(crate) actor: i64,
    pub(crate) count: i64,
}

/// Groups of one kind by code, application and actor of the event.
pub(crate) async fn groups(
    store: &Store,
    scope: &Scope,
    kind: Kind,
    question: &Question,
) -> Result<Vec<Group>, ApiError> {
    use row_hash::Column::{
        EventActorCode, EventAppCode, EventCode, EventStartAt, EventVersion, ThingCode, ThingVersion,
    };
    let mut rows = rows().filter(seen(scope, EventActorCode)).filter(question.period.on(store, EventStartAt));
    let by_document = question.codes.as_ref().is_some_and(|(kind, _)| *kind == Kind::Document);
    if kind == Kind::Document || by_document {
        rows = with_documents(rows);
    }
    if let Some((kind, codes)) = &question.codes {
        rows = rows.filter(coded_as(*kind, codes));
    }
    let query = match kind {
        Kind::Document => {
            let (code, version) = (document::Column::Code, document::Column::Version);
            rows.select_only()
                .column_as(code, "code")
                .column_as(version, "version")
                .group_by(code)
                .group_by(version)
                .order_by_asc(code)
                .order_by_asc(version)
        }
        Kind::Event | Kind::Thing => {
            let columns =
                if kind == Kind::Event { [EventCode, EventVersion] } else { [ThingCode, ThingVersion] };
            let [code, version] = columns;
            rows.select_only()
                .column_as(code, "code")
                .column_as(version, "version")
                .group_by(code)
                .group_by(version)
                .order_by_asc(code)
                .order_by_asc(version)
        }
    };
    let query = query
        .column_as(EventAppCode, "app")
        .column_as(EventActorCode, "actor")
        .column_as(counted(kind), "count")
        .group_by(EventAppCode)
        .group_by(EventActorCode)
        .order_by_asc(EventAppCode)
        .order_by_asc(EventActorCode);
    Ok(query.into_model::<Group>().all(store.read()).await?)
}

/// A row counts once, whatever number of documents holds it; a document of a person counts once, whatever number
/// of rows it holds.
pub(super) fn counted(kind: Kind) -> SimpleExpr {
    match kind {
        Kind::Document => Expr::cust(r#"count(distinct "cmatrix"."ctoken_id" || ':' || "document"."_1_1")"#),
        Kind::Event | Kind::Thing => Expr::cust(r#"count(distinct "row_hash"."id")"#),
    }
}
