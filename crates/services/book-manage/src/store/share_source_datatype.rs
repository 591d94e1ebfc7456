//! Table `share_source_datatype`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share_source_datatype")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub store_event_notificate_id: i64,
    pub share_catalog_code: Option<i64>,
    pub share_catalog_version: Option<i64>,
    pub share_uuid: Option<String>,
    pub document_catalog_code: Option<i64>,
    pub document_catalog_version: Option<i64>,
    pub event_catalog_code: Option<i64>,
    pub event_catalog_version: Option<i64>,
    pub thing_catalog_code: Option<i64>,
    pub thing_catalog_version: Option<i64>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
