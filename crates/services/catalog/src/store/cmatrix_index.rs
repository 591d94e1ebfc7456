//! Table `cmatrix_index`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix_index")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub catalog_item_id: i64,
    pub index_key: String,
    pub value: Option<String>,
    pub reserved: bool,
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
