//! Table `my_condition_data_output_code`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "my_condition_data_output_code")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub book_id: i64,
    pub code: Option<String>,
    pub output_type: i64,
    pub actor_catalog_code: Option<i64>,
    pub actor_catalog_version: Option<i64>,
    pub region_catalog_code: Option<i64>,
    pub region_catalog_version: Option<i64>,
    pub app_catalog_code: Option<i64>,
    pub app_catalog_version: Option<i64>,
    pub wf_catalog_code: Option<i64>,
    pub wf_catalog_version: Option<i64>,
    pub bucket_name: Option<String>,
    pub presigned_url_expire_at: Option<DateTime>,
    pub presigned_url_status: Option<i16>,
    pub release_cooperate_approval_status: Option<i16>,
    pub release_cooperate_status: Option<i16>,
    pub release_service_cooperate_status: Option<i16>,
    pub is_processing: bool,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
