//! Table `cmatrix_event`: the columns of an event that row hashes cover.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "1_1")]
    pub user_id: String,
    #[sea_orm(column_name = "1_2")]
    pub birth: Option<DateTime>,
    #[sea_orm(column_name = "1_3")]
    pub sex: Option<i16>,
    #[sea_orm(column_name = "3_1_1")]
    pub identifier: String,
    #[sea_orm(column_name = "3_1_2_1")]
    pub code: i64,
    #[sea_orm(column_name = "3_1_2_2")]
    pub version: i64,
    #[sea_orm(column_name = "3_2_1")]
    pub start_at: Option<DateTime>,
    #[sea_orm(column_name = "3_2_2")]
    pub end_at: Option<DateTime>,
    #[sea_orm(column_name = "3_3_1")]
    pub location: Option<String>,
    #[sea_orm(column_name = "3_5_1_1")]
    pub actor_code: i64,
    #[sea_orm(column_name = "3_5_1_2")]
    pub actor_version: i64,
    #[sea_orm(column_name = "3_5_5_1")]
    pub app_code: Option<i64>,
    #[sea_orm(column_name = "3_5_5_2")]
    pub app_version: Option<i64>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
