//! Table `operator`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[expect(clippy::struct_excessive_bools, reason = "the table has that many flags")]
#[sea_orm(table_name = "operator")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub login_id: String,
    pub hpassword: Option<String>,
    pub pxr_id: Option<String>,
    pub user_information: Option<String>,
    pub name: Option<String>,
    pub mobile_phone: Option<String>,
    pub mail: Option<String>,
    pub auth: Option<String>,
    pub last_login_at: Option<DateTime>,
    pub password_changed_flg: bool,
    pub login_prohibited_flg: bool,
    pub attributes: Option<String>,
    pub lock_flg: bool,
    pub lock_start_at: Option<DateTime>,
    pub password_updated_at: Option<DateTime>,
    pub user_id: Option<String>,
    pub region_catalog_code: Option<i64>,
    pub app_catalog_code: Option<i64>,
    pub wf_catalog_code: Option<i64>,
    pub client_id: Option<String>,
    pub unique_check_login_id: String,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
