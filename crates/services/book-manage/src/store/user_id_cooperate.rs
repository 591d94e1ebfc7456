//! Table `user_id_cooperate`.

use sea_orm::entity::prelude::*;
use vocabulary::CodeVersion;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_id_cooperate")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub book_id: i64,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub region_catalog_code: Option<i64>,
    pub region_catalog_version: Option<i64>,
    pub app_catalog_code: Option<i64>,
    pub app_catalog_version: Option<i64>,
    pub wf_catalog_code: Option<i64>,
    pub wf_catalog_version: Option<i64>,
    pub user_id: Option<String>,
    pub status: i16,
    pub start_at: Option<DateTime>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) const fn actor(&self) -> CodeVersion {
        CodeVersion::new(self.actor_catalog_code, self.actor_catalog_version)
    }

    pub(crate) fn region(&self) -> Option<CodeVersion> {
        self.region_catalog_code
            .zip(self.region_catalog_version)
            .map(|(code, ver)| CodeVersion::new(code, ver))
    }

    pub(crate) fn app(&self) -> Option<CodeVersion> {
        self.app_catalog_code.zip(self.app_catalog_version).map(|(code, ver)| CodeVersion::new(code, ver))
    }
}
