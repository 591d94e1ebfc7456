//! Table `document`: the documents that hold the event of a row. Its workflow columns are obsolete and stay null.

use contract::matrix::DocumentColumns;
use platform::{Author, Store};
use sea_orm::{ActiveValue::NotSet, entity::prelude::*};
use vocabulary::Instant;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub row_hash_id: i64,
    #[sea_orm(column_name = "_1_1")]
    pub identifier: String,
    #[sea_orm(column_name = "_1_2_1")]
    pub code: i64,
    #[sea_orm(column_name = "_1_2_2")]
    pub version: i64,
    #[sea_orm(column_name = "_2_1")]
    pub doc_created_at: DateTime,
    #[sea_orm(column_name = "_3_1_1")]
    pub actor_code: i64,
    #[sea_orm(column_name = "_3_1_2")]
    pub actor_version: i64,
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
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::row_hash::Entity",
        from = "Column::RowHashId",
        to = "super::row_hash::Column::Id"
    )]
    RowHash,
}

impl Related<super::row_hash::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::RowHash.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// A document of a row.
pub(crate) fn new(
    store: &Store,
    author: &Author,
    row_hash_id: i64,
    columns: &DocumentColumns<Instant>,
) -> ActiveModel {
    let row = Model {
        id: 0,
        row_hash_id,
        identifier: columns.identifier.clone(),
        code: 0,
        version: 0,
        doc_created_at: author.now,
        actor_code: 0,
        actor_version: 0,
        app_code: None,
        app_version: None,
        is_disabled: false,
        created_by: author.login_id.clone(),
        created_at: author.now,
        updated_by: author.login_id.clone(),
        updated_at: author.now,
    };
    ActiveModel { id: NotSet, ..row.updated(store, columns).into() }
}

impl Model {
    /// The row as an update makes it; itself, when it says nothing new. An application 0 is none.
    pub(crate) fn updated(&self, store: &Store, columns: &DocumentColumns<Instant>) -> Self {
        Self {
            code: columns.code,
            version: columns.version,
            doc_created_at: store.column(columns.created_at),
            actor_code: columns.actor_code,
            actor_version: columns.actor_version,
            app_code: columns.app_code.filter(|code| *code != 0),
            app_version: columns.app_version.filter(|version| *version != 0),
            ..self.clone()
        }
    }
}
