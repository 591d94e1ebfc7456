//! Table `binary_file`: files of things, which another service writes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "binary_file")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub thing_id: i64,
    pub file_path: String,
    pub mime_type: String,
    pub file_size: i64,
    pub file_hash: String,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
