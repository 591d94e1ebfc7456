//! Table `data_operation`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_operation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub book_id: i64,
    pub region_use_id: Option<i64>,
    #[sea_orm(column_name = "type")]
    pub kind: String,
    pub operation_catalog_code: Option<i64>,
    pub operation_catalog_version: Option<i64>,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub app_catalog_code: Option<i64>,
    pub app_catalog_version: Option<i64>,
    pub wf_catalog_code: Option<i64>,
    pub wf_catalog_version: Option<i64>,
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
