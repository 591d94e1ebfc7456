//! Table `notification`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub from_block_catalog_code: i64,
    pub from_application_catalog_code: Option<i64>,
    pub from_workflow_catalog_code: Option<i64>,
    pub from_operator_id: i64,
    pub from_actor_code: Option<i64>,
    pub from_actor_version: Option<i64>,
    pub to_block_catalog_code: i64,
    pub to_operator_type: i16,
    pub category_catalog_code: i64,
    pub category_catalog_version: i64,
    pub is_send_all: bool,
    pub title: String,
    pub content: String,
    pub attributes: Option<String>,
    pub send_at: DateTime,
    pub is_transfer: bool,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
