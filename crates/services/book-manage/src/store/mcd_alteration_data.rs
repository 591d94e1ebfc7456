//! Table `mcd_alteration_data`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mcd_alteration_data")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mcd_alteration_actor_id: i64,
    pub document_catalog_code: Option<i64>,
    pub document_catalog_version: Option<i64>,
    pub document_id: Option<String>,
    pub event_catalog_code: Option<i64>,
    pub event_catalog_version: Option<i64>,
    pub event_id: Option<String>,
    pub thing_catalog_code: Option<i64>,
    pub thing_catalog_version: Option<i64>,
    pub thing_id: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
