//! Table `share_source_source`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share_source_source")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub share_source_datatype_id: i64,
    pub actor_catalog_code: Option<i64>,
    pub actor_catalog_version: Option<i64>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
