//! Table `data_operation_data`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_operation_data")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub data_operation_id: i64,
    pub parent_data_id: Option<String>,
    #[sea_orm(column_name = "type")]
    pub kind: Option<i16>,
    pub identifier: Option<String>,
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
