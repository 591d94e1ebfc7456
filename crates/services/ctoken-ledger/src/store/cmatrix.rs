//! Table `cmatrix`: rows that were reported together.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub ctoken_id: i64,
    /// The actor that reported.
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    #[sea_orm(column_name = "1_1")]
    pub user_id: String,
    pub cmatrix_hash: String,
    pub cmatrix_hash_create_at: DateTime,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::ctoken::Entity",
        from = "Column::CtokenId",
        to = "super::ctoken::Column::Id"
    )]
    Ctoken,
}

impl ActiveModelBehavior for ActiveModel {}
