//! Table `catalog_item_attribute`.

use sea_orm::entity::prelude::*;

/// The two kinds of rows.
pub const OBJECT: i16 = 1;
pub const TAG: i16 = 2;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_item_attribute")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub catalog_item_id: Option<i64>,
    pub catalog_code: Option<i64>,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub key_code: Option<i64>,
    pub key_version: Option<i64>,
    pub ns_id: Option<i64>,
    pub value: Option<String>,
    pub description: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
