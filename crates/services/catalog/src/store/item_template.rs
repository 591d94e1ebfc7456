//! Table `item_template`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "item_template")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub catalog_item_id: Option<i64>,
    pub template_property_id: Option<i64>,
    pub template: Option<String>,
    pub inner_name: Option<String>,
    pub inner_inherit_code: Option<i64>,
    pub inner_inherit_version: Option<i64>,
    pub response: Option<String>,
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
