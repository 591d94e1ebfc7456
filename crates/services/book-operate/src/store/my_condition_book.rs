//! Table `my_condition_book`: a user of an application or a region.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "my_condition_book")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: String,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub region_catalog_code: Option<i64>,
    pub region_catalog_version: Option<i64>,
    pub app_catalog_code: Option<i64>,
    pub app_catalog_version: Option<i64>,
    pub wf_catalog_code: Option<i64>,
    pub wf_catalog_version: Option<i64>,
    pub open_start_at: DateTime,
    pub identify_code: Option<String>,
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
