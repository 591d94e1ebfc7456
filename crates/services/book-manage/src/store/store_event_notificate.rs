//! Table `store_event_notificate`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "store_event_notificate")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub notificate_type: Option<String>,
    pub store_event_notificate_catalog_code: Option<i64>,
    pub store_event_notificate_catalog_version: Option<i64>,
    pub share_catalog_code: Option<i64>,
    pub share_catalog_version: Option<i64>,
    pub share_uuid: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
