//! Table `data_operation_notification`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_operation_notification")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "_value")]
    pub value: i64,
    #[sea_orm(column_name = "_ver")]
    pub ver: Option<i64>,
    pub status: i16,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
