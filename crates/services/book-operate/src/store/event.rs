//! Table `event`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub my_condition_book_id: i64,
    pub source_id: Option<String>,
    pub event_identifier: String,
    pub event_catalog_code: i64,
    pub event_catalog_version: i64,
    pub event_start_at: Option<DateTime>,
    pub event_end_at: Option<DateTime>,
    pub event_outbreak_position: Option<String>,
    pub event_actor_code: i64,
    pub event_actor_version: i64,
    pub wf_catalog_code: Option<i64>,
    pub wf_catalog_version: Option<i64>,
    pub wf_role_code: Option<i64>,
    pub wf_role_version: Option<i64>,
    pub wf_staff_identifier: Option<String>,
    pub app_catalog_code: Option<i64>,
    pub app_catalog_version: Option<i64>,
    pub template: Option<String>,
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
