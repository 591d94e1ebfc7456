//! Table `document`: the documents that hold the event of a row. Its workflow columns are obsolete and stay null.

use platform::{Author, Store, new_row};
use sea_orm::entity::prelude::*;

use crate::history::NotedDocument;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub row_hash_id: i64,
    #[sea_orm(column_name = "_1_1")]
    pub identifier: String,
    #[sea_orm(column_name = "_1_2_1")]
    pub code: Option<i64>,
    #[sea_orm(column_name = "_1_2_2")]
    pub version: Option<i64>,
    #[sea_orm(column_name = "_2_1")]
    pub doc_created_at: Option<DateTime>,
    #[sea_orm(column_name = "_3_1_1")]
    pub actor_code: Option<i64>,
    #[sea_orm(column_name = "_3_1_2")]
    pub actor_version: Option<i64>,
    #[sea_orm(column_name = "_3_5_1")]
    pub app_code: Option<i64>,
    #[sea_orm(column_name = "_3_5_2")]
    pub app_version: Option<i64>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A document of a row; of a deleted one only the identifier is noted.
pub(crate) fn new(store: &Store, author: &Author, row_hash_id: i64, noted: &NotedDocument) -> ActiveModel {
    use crate::store::document;

    let columns = noted.columns.as_ref();
    new_row!(
        author,
        document {
            row_hash_id: row_hash_id,
            identifier: noted.identifier.clone(),
            code: columns.map(|columns| columns.code),
            version: columns.map(|columns| columns.version),
            doc_created_at: columns.map(|columns| store.column(columns.created_at)),
            actor_code: columns.map(|columns| columns.actor_code),
            actor_version: columns.map(|columns| columns.actor_version),
            app_code: columns.and_then(|columns| columns.app_code),
            app_version: columns.and_then(|columns| columns.app_version),
        }
    )
}
