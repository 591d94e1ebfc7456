//! Table `stopped_region`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stopped_region")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub region_catalog_code: i64,
    pub region_catalog_version: i64,
    pub closed_at: Option<DateTime>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
