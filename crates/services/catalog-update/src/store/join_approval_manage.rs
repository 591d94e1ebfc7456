//! Table `join_approval_manage`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "join_approval_manage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub join_manage_id: i64,
    pub auth_code: Option<String>,
    pub status: i16,
    pub comment: Option<String>,
    pub approval_actor_code: Option<i64>,
    pub approval_actor_version: Option<i64>,
    pub approver: Option<String>,
    pub approval_at: Option<DateTime>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::join_manage::Entity",
        from = "Column::JoinManageId",
        to = "super::join_manage::Column::Id"
    )]
    Application,
}

impl Related<super::join_manage::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
