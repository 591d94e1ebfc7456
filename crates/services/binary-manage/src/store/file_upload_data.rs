//! Table `file_upload_data`: the chunks of files.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_upload_data")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub file_upload_manage_id: String,
    pub seq_no: i64,
    pub file_data: Vec<u8>,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
