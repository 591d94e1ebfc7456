//! Table `identify_verify_claim`: codes that are being used right now. It is ours alone; a database of the reference
//! gets it by migration.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identify_verify_claim")]
pub struct Model {
    /// The id of the code's row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub identify_verify_id: i64,
    /// Which request holds it.
    pub holder: String,
    pub taken_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
