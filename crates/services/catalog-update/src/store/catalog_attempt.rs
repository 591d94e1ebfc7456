//! Table `catalog_attempt`: changes of the catalog that were begun and whose row is not written yet.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_attempt")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub actor_code: i64,
    /// What is asked for, in short.
    pub request_hash: String,
    /// The update set at the catalog.
    pub update_set_id: i64,
    pub begun_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
