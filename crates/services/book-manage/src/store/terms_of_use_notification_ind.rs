//! Table `terms_of_use_notification_ind`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "terms_of_use_notification_ind")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub terms_of_use_notification_id: i64,
    pub book_id: i64,
    pub status: i16,
    pub last_sent_at: Option<DateTime>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
