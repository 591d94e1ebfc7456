//! Table `cmatrix_floating_column`: members of a thing that have no column of their own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix_floating_column")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub cmatrix_thing_id: i64,
    pub index_key: String,
    pub value: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
