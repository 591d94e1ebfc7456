//! Table `property_candidate`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "property_candidate")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub template_property_id: i64,
    pub ns_id: Option<i64>,
    pub is_descendant: bool,
    pub code: Option<i64>,
    pub version: Option<i64>,
    pub base_code: Option<i64>,
    pub base_version: Option<i64>,
    pub value: Option<String>,
    pub inners: Option<String>,
    pub description: Option<String>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
