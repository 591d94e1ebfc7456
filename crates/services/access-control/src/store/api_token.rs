//! Table `api_token`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub token: String,
    pub target_block_code: Option<i64>,
    pub target_api_url: String,
    pub target_api_method: String,
    pub target_user_id: Option<String>,
    pub expiration_date: DateTime,
    pub caller_block_code: i64,
    pub caller_api_url: String,
    pub caller_api_method: String,
    pub caller_api_code: String,
    pub caller_wf_code: Option<i64>,
    pub caller_wf_version: Option<i64>,
    pub caller_app_code: Option<i64>,
    pub caller_app_version: Option<i64>,
    pub caller_operator_type: i16,
    pub caller_operator_login_id: String,
    pub attribute: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
