//! Table `file_upload_manage`: files.

use sea_orm::entity::prelude::*;

use crate::status::Status;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_upload_manage")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub file_name: String,
    pub status: i16,
    pub chunk_count: i16,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether a rule of the file's status holds.
    pub(crate) fn may(&self, rule: fn(Status) -> bool) -> bool {
        Status::of(self.status).is_some_and(rule)
    }
}
