//! Table `shared_access_log_data_type`: what was given; a row for each item.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shared_access_log_data_type")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub share_access_log_id: i64,
    pub data_type: i16,
    pub data_type_catalog_code: i64,
    pub data_type_catalog_version: i64,
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
