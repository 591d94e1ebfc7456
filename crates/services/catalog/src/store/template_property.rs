//! Table `template_property`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "template_property")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub item_template_id: i64,
    pub key_name: String,
    #[sea_orm(column_name = "type")]
    pub kind: Option<String>,
    pub code: Option<i64>,
    pub version: Option<i64>,
    pub filter: Option<String>,
    pub index_key: Option<String>,
    pub format_code: Option<i64>,
    pub format_version: Option<i64>,
    pub unit_code: Option<i64>,
    pub unit_version: Option<i64>,
    pub description: Option<String>,
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
