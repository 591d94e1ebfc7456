//! Table `identify_verify_url`: codes in portal URLs, each with the user id that an application gave.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identify_verify_url")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub code: String,
    /// 0 for the person concerned, 1 for a third party; nothing depends on it.
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub user_id: String,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub region_catalog_code: Option<i64>,
    pub region_catalog_version: Option<i64>,
    pub application_catalog_code: Option<i64>,
    pub application_catalog_version: Option<i64>,
    pub workflow_catalog_code: Option<i64>,
    pub workflow_catalog_version: Option<i64>,
    pub expiration_at: Option<DateTime>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
