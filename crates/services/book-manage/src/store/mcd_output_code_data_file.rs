//! Table `mcd_output_code_data_file`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mcd_output_code_data_file")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mcd_output_code_actor_id: Option<i64>,
    pub mcd_output_code: String,
    pub actor_catalog_code: Option<i64>,
    pub actor_catalog_version: Option<i64>,
    pub output_data_approval_status: Option<i16>,
    pub output_file_type: i16,
    pub upload_file_type: Option<i16>,
    pub notification_status: Option<i16>,
    pub file_name: Option<String>,
    pub input_file_preparation_status: i16,
    pub output_status: i16,
    pub delete_data_spec: i16,
    pub delete_status: i16,
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
