//! Table `mcd_alteration_actor`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mcd_alteration_actor")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mcd_alteration_id: i64,
    pub target_term_start: Option<DateTime>,
    pub target_term_end: Option<DateTime>,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub app_catalog_code: Option<i64>,
    pub app_catalog_version: Option<i64>,
    pub wf_catalog_code: Option<i64>,
    pub wf_catalog_version: Option<i64>,
    pub alteration: Option<String>,
    pub approval_status: i16,
    pub message: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
