//! Table `shared_access_log`: who was given data of a user.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shared_access_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub my_condition_book_id: i64,
    pub log_identifier: String,
    pub user_name: String,
    pub data_type: i16,
    pub share_catalog_code: Option<i64>,
    pub req_actor_catalog_code: i64,
    pub req_actor_catalog_version: i64,
    pub req_block_catalog_code: i64,
    pub req_block_catalog_version: i64,
    pub access_at: DateTime,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
