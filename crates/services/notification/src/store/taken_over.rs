//! Table `taken_over`: the keys under which other blocks handed notices over.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "taken_over")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub from_block: i64,
    pub transfer_key: String,
    pub notification_id: i64,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
