//! Table `certificate_manage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "certificate_manage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub cert_type: String,
    pub subject: String,
    pub serial_no: String,
    pub finger_print: String,
    pub valid_period_start: DateTime,
    pub valid_period_end: DateTime,
    pub certificate: String,
    pub actor_code: Option<i64>,
    pub actor_version: Option<i64>,
    pub block_code: Option<i64>,
    pub block_version: Option<i64>,
    pub is_distributed: bool,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
