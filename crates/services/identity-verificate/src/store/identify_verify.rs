//! Table `identify_verify`: identification codes.

use contract::linking::Partner;
use sea_orm::entity::prelude::*;
use vocabulary::CodeVersion;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identify_verify")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub code: String,
    pub actor_catalog_code: i64,
    pub actor_catalog_version: i64,
    pub region_catalog_code: Option<i64>,
    pub region_catalog_version: Option<i64>,
    pub application_catalog_code: Option<i64>,
    pub application_catalog_version: Option<i64>,
    pub workflow_catalog_code: Option<i64>,
    pub workflow_catalog_version: Option<i64>,
    pub pxr_id: String,
    pub user_id: Option<String>,
    /// 0 not verified, 1 verified, 2 the verification failed.
    pub is_verified: i16,
    pub expiration_at: Option<DateTime>,
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
    /// With whom the code links.
    pub(crate) fn partner(&self) -> Partner {
        let code = |value: Option<i64>, version: Option<i64>| {
            value.map(|value| CodeVersion::new(value, version.unwrap_or(1)))
        };
        Partner::new(
            CodeVersion::new(self.actor_catalog_code, self.actor_catalog_version),
            code(self.region_catalog_code, self.region_catalog_version),
            code(self.application_catalog_code, self.application_catalog_version),
        )
    }

    /// An empty one counts as none.
    pub(crate) fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref().filter(|user_id| !user_id.is_empty())
    }
}
