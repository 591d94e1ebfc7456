//! Table `alliance_manage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alliance_manage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub alliance_trader_code: i64,
    pub alliance_trader_version: i64,
    pub alliance_consumer_code: Option<i64>,
    pub alliance_consumer_version: Option<i64>,
    pub alliance_region_code: Option<i64>,
    pub alliance_region_version: Option<i64>,
    pub applicant_actor_code: i64,
    pub applicant_actor_version: i64,
    pub approval_expire_at: Option<DateTime>,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub applicant_date: Option<DateTime>,
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
