//! Table `audit_report_manage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_report_manage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub target_actor_code: i64,
    pub target_actor_version: i64,
    pub audit_actor_code: i64,
    pub audit_actor_version: i64,
    pub auditor: String,
    pub report_template: Option<String>,
    pub report_created_at: DateTime,
    pub is_draft: bool,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
