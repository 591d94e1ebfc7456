//! Table `cmatrix_thing`: the columns of a thing and its row hash.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix_thing")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub cmatrix_event_id: i64,
    #[sea_orm(column_name = "4_1_1")]
    pub identifier: String,
    #[sea_orm(column_name = "4_1_2_1")]
    pub code: i64,
    #[sea_orm(column_name = "4_1_2_2")]
    pub version: i64,
    #[sea_orm(column_name = "4_4_1_1")]
    pub actor_code: i64,
    #[sea_orm(column_name = "4_4_1_2")]
    pub actor_version: i64,
    #[sea_orm(column_name = "4_4_5_1")]
    pub app_code: Option<i64>,
    #[sea_orm(column_name = "4_4_5_2")]
    pub app_version: Option<i64>,
    pub row_hash: String,
    pub row_hash_create_at: String,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
