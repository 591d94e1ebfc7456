//! Table `ctoken_outbox`: differences on their way to local-ctoken.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ctoken_outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub session: String,
    pub differences: String,
    pub attempts: i32,
    pub next_attempt_at: Option<DateTime>,
    pub claimed_until: Option<DateTime>,
    pub refused: bool,
    pub last_error: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
