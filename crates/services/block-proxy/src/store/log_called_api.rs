//! Table `log_called_api`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "log_called_api")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub api_method: String,
    pub caller_block_catalog_code: i64,
    pub caller_block_catalog_version: i64,
    pub caller_api_url: Option<String>,
    pub destination_block_catalog_code: i64,
    pub destination_block_catalog_version: i64,
    pub destination_api_url: String,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
