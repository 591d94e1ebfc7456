//! Table `token_access_history`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "token_access_history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub created_history_id: Option<i64>,
    pub api_token: String,
    pub destination_block_catalog_code: i64,
    pub destination_api_url: String,
    pub destination_api_method: String,
    pub destination_user_id: Option<String>,
    pub expiration_at: DateTime,
    pub parameter: Option<String>,
    pub status: Option<i16>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
