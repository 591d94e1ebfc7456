//! Table `ctoken_history`: heads that a newer one took the place of.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ctoken_history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub ctoken_id: i64,
    pub ctoken: String,
    pub ctoken_create_at: DateTime,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
