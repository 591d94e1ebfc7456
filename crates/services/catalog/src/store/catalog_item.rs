//! Table `catalog_item`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_item")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub code: i64,
    pub version: i64,
    pub ns_id: Option<i64>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub inherit_code: Option<i64>,
    pub inherit_version: Option<i64>,
    pub is_reserved: bool,
    pub response: Option<String>,
    pub attributes: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
