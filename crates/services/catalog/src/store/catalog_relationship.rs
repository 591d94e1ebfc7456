//! Table `catalog_relationship`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_relationship")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub catalog_item_id: i64,
    pub ref_catalog_item_id: i64,
    pub ref_type: String,
    pub is_get_latest: bool,
    pub item_template_id: Option<i64>,
    pub template_property_id: Option<i64>,
    pub property_candidate_id: Option<i64>,
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
