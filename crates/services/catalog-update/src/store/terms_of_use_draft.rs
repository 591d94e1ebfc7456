//! Table `terms_of_use_draft`: which rows of terms of use are drafts.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "terms_of_use_draft")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Of the platform or of regions.
    pub kind: i16,
    /// The row in their table.
    pub terms_id: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
