//! Table `attribute_update_set`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attribute_update_set")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub update_set_id: i64,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub catalog_code: Option<i64>,
    pub comment: Option<String>,
    pub attribute: String,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
