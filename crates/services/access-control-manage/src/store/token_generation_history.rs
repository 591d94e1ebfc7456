//! Table `token_generation_history`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "token_generation_history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub caller_block_catalog_code: i64,
    pub caller_api_url: String,
    pub caller_api_method: String,
    pub caller_api_code: String,
    pub caller_workflow_catalog_code: Option<i64>,
    pub caller_workflow_catalog_version: Option<i64>,
    pub caller_application_catalog_code: Option<i64>,
    pub caller_application_catalog_version: Option<i64>,
    pub caller_operator_type: i16,
    pub caller_operator_id: Option<i64>,
    pub pxr_id: Option<i64>,
    pub caller_user_id: Option<String>,
    pub temporary_code: Option<String>,
    pub identity_code: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
