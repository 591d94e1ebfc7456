//! Table `join_manage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "join_manage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub join_actor_code: i64,
    pub join_actor_version: i64,
    pub join_region_code: i64,
    pub join_region_version: i64,
    pub applicant_actor_code: Option<i64>,
    pub applicant_actor_version: Option<i64>,
    pub approval_expire_at: Option<DateTime>,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub applicant_date: Option<DateTime>,
    pub is_draft: bool,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::join_approval_manage::Entity")]
    Approval,
}

impl Related<super::join_approval_manage::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Approval.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
