//! Table `update_set`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "update_set")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    #[sea_orm(column_name = "type")]
    pub kind: Option<i16>,
    pub caller_actor_code: Option<i64>,
    pub caller_actor_version: Option<i64>,
    pub approval_actor_code: Option<i64>,
    pub approval_actor_version: Option<i64>,
    pub approver: Option<String>,
    pub approval_at: Option<DateTime>,
    pub comment: Option<String>,
    pub status: i16,
    pub register_actor_code: Option<i64>,
    pub register_actor_version: Option<i64>,
    pub register: Option<String>,
    pub regist_at: Option<DateTime>,
    pub appendix: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
