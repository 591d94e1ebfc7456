//! Table `store_event_notificate_history`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "store_event_notificate_history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub notificate_type: Option<String>,
    pub process_type: Option<String>,
    pub user_id: Option<String>,
    pub data_id: Option<String>,
    pub document_catalog_code: Option<i64>,
    pub document_catalog_version: Option<i64>,
    pub event_catalog_code: Option<i64>,
    pub event_catalog_version: Option<i64>,
    pub thing_catalog_code: Option<i64>,
    pub thing_catalog_version: Option<i64>,
    pub share_source_actor_catalog_code: Option<i64>,
    pub share_source_actor_catalog_version: Option<i64>,
    pub share_source_app_catalog_code: Option<i64>,
    pub share_source_app_catalog_version: Option<i64>,
    pub share_source_wf_catalog_code: Option<i64>,
    pub share_source_wf_catalog_version: Option<i64>,
    pub share_target_actor_catalog_code: Option<i64>,
    pub share_target_actor_catalog_version: Option<i64>,
    pub share_target_app_catalog_code: Option<i64>,
    pub share_target_app_catalog_version: Option<i64>,
    pub share_target_wf_catalog_code: Option<i64>,
    pub share_target_wf_catalog_version: Option<i64>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
