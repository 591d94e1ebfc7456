//! Table `temporarily_shared_code`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "temporarily_shared_code")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub data_operate_definition_id: i64,
    pub expire_at: DateTime,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
