//! Table `my_condition_book`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "my_condition_book")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub pxr_id: String,
    pub status: i16,
    pub book_close_available: bool,
    pub book_close_available_at: Option<DateTime>,
    pub attributes: Option<String>,
    pub appendix: Option<String>,
    pub force_deletion_flag: bool,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
