//! Table `event_set_event_relation`: the events of chapters.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_set_event_relation")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub event_set_id: i64,
    pub event_id: i64,
    pub source_id_at_created: Option<String>,
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
