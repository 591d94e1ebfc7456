//! Table `region_terms_of_use_manage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "region_terms_of_use_manage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub terms_of_use_code: Option<i64>,
    pub terms_of_use_version: Option<i64>,
    pub template: Option<String>,
    pub application_actor_code: i64,
    pub application_block_code: i64,
    pub application_at: DateTime,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
