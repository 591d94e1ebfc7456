//! Table `document`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub my_condition_book_id: i64,
    pub source_id: Option<String>,
    pub doc_identifier: String,
    pub doc_catalog_code: i64,
    pub doc_catalog_version: i64,
    pub doc_create_at: Option<DateTime>,
    pub doc_actor_code: i64,
    pub doc_actor_version: i64,
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
