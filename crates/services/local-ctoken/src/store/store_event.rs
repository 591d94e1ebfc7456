//! Table `store_event`: what book-manage has not heard of yet. Ours alone; the reference has no such table.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "store_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The identity of whoever stored, sealed.
    pub session: String,
    pub body: String,
    /// Somebody is at it, or it has to wait, until then.
    pub not_before: DateTime,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
