//! How much actors hold about persons (spec: ctoken-ledger 4.4 processing 3).

use platform::{ApiError, Store};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use vocabulary::CodeVersion;

use super::{
    AT_ONCE, Kind,
    counts::counted,
    ctoken,
    filter::{coded_as, rows, with_documents, with_or_without_documents},
    row_hash,
};

#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Total {
    pub(crate) pxr_id: String,
    pub(crate) actor: i64,
    pub(crate) count: i64,
}

/// What each actor holds about each of these persons with that code; without a kind: anything.
pub(crate) async fn totals(
    store: &Store,
    pxr_ids: &[String],
    wanted: Option<(Kind, CodeVersion)>,
) -> Result<Vec<Total>, ApiError> {
    let mut totals = Vec::new();
    for some in pxr_ids.chunks(AT_ONCE) {
        let mut rows = rows().filter(ctoken::Column::PxrId.is_in(some));
        if let Some((kind, code)) = wanted {
            rows = rows.filter(coded_as(kind, &[code]));
        }
        // Events and things count once for each document that holds them: so the conditions of clients mean it.
        let (rows, counted) = match wanted {
            Some((Kind::Document, _)) => (with_documents(rows), counted(Kind::Document)),
            _ => (with_or_without_documents(rows), Expr::cust("count(*)")),
        };
        let query = rows
            .select_only()
            .column_as(ctoken::Column::PxrId, "pxr_id")
            .column_as(row_hash::Column::ThingActorCode, "actor")
            .column_as(counted, "count")
            .group_by(ctoken::Column::PxrId)
            .group_by(row_hash::Column::ThingActorCode)
            .order_by_asc(ctoken::Column::PxrId)
            .order_by_asc(row_hash::Column::ThingActorCode);
        totals.extend(query.into_model::<Total>().all(store.read()).await?);
    }
    Ok(totals)
}
