//! Table `cmatrix_2_n_relation`: which events a document holds.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix_2_n_relation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub n: i64,
    pub cmatrix_event_id: i64,
    #[sea_orm(column_name = "cmatrix_2n_id")]
    pub cmatrix_document_id: i64,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
