//! Table `cmatrix_2_n`: the columns of a document.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cmatrix_2_n")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "_1_1")]
    pub identifier: String,
    #[sea_orm(column_name = "_1_2_1")]
    pub code: i64,
    #[sea_orm(column_name = "_1_2_2")]
    pub version: i64,
    #[sea_orm(column_name = "_2_1")]
    pub created_on: DateTime,
    #[sea_orm(column_name = "_3_1_1")]
    pub actor_code: i64,
    #[sea_orm(column_name = "_3_1_2")]
    pub actor_version: i64,
    #[sea_orm(column_name = "_3_2_1")]
    pub workflow_code: Option<i64>,
    #[sea_orm(column_name = "_3_2_2")]
    pub workflow_version: Option<i64>,
    #[sea_orm(column_name = "_3_3_1")]
    pub role_code: Option<i64>,
    #[sea_orm(column_name = "_3_3_2")]
    pub role_version: Option<i64>,
    #[sea_orm(column_name = "_3_5_1")]
    pub app_code: Option<i64>,
    #[sea_orm(column_name = "_3_5_2")]
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
