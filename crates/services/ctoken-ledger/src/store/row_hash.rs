//! Table `row_hash`: one thing of an event. Its workflow columns are obsolete and stay null.

use contract::matrix::{EventColumns, ThingColumns};
use platform::{Author, Store};
use sea_orm::{ActiveValue::NotSet, entity::prelude::*};
use vocabulary::Instant;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "row_hash")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub cmatrix_id: i64,
    #[sea_orm(column_name = "3_1_1")]
    pub event_identifier: String,
    #[sea_orm(column_name = "3_1_2_1")]
    pub event_code: i64,
    #[sea_orm(column_name = "3_1_2_2")]
    pub event_version: i64,
    #[sea_orm(column_name = "3_2_1")]
    pub event_start_at: Option<DateTime>,
    #[sea_orm(column_name = "3_2_2")]
    pub event_end_at: Option<DateTime>,
    #[sea_orm(column_name = "3_5_1_1")]
    pub event_actor_code: i64,
    #[sea_orm(column_name = "3_5_1_2")]
    pub event_actor_version: i64,
    #[sea_orm(column_name = "3_5_5_1")]
    pub event_app_code: Option<i64>,
    #[sea_orm(column_name = "3_5_5_2")]
    pub event_app_version: Option<i64>,
    #[sea_orm(column_name = "4_1_1")]
    pub thing_identifier: String,
    #[sea_orm(column_name = "4_1_2_1")]
    pub thing_code: i64,
    #[sea_orm(column_name = "4_1_2_2")]
    pub thing_version: i64,
    #[sea_orm(column_name = "4_4_1_1")]
    pub thing_actor_code: i64,
    #[sea_orm(column_name = "4_4_1_2")]
    pub thing_actor_version: i64,
    #[sea_orm(column_name = "4_4_5_1")]
    pub thing_app_code: Option<i64>,
    #[sea_orm(column_name = "4_4_5_2")]
    pub thing_app_version: Option<i64>,
    pub row_hash: String,
    pub row_hash_create_at: DateTime,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::cmatrix::Entity",
        from = "Column::CmatrixId",
        to = "super::cmatrix::Column::Id"
    )]
    Cmatrix,
    #[sea_orm(has_many = "super::document::Entity")]
    Document,
}

impl Related<super::cmatrix::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Cmatrix.def()
    }
}

impl Related<super::document::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Document.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// A row of a matrix.
pub(crate) fn new(
    store: &Store,
    author: &Author,
    cmatrix_id: i64,
    event: &EventColumns<Instant>,
    thing: &ThingColumns<Instant>,
) -> ActiveModel {
    let row = Model {
        id: 0,
        cmatrix_id,
        event_identifier: event.identifier.clone(),
        event_code: 0,
        event_version: 0,
        event_start_at: None,
        event_end_at: None,
        event_actor_code: 0,
        event_actor_version: 0,
        event_app_code: None,
        event_app_version: None,
        thing_identifier: thing.identifier.clone(),
        thing_code: 0,
        thing_version: 0,
        thing_actor_code: 0,
        thing_actor_version: 0,
        thing_app_code: None,
        thing_app_version: None,
        row_hash: String::new(),
        row_hash_create_at: author.now,
        is_disabled: false,
        created_by: author.login_id.clone(),
        created_at: author.now,
        updated_by: author.login_id.clone(),
        updated_at: author.now,
    };
    ActiveModel { id: NotSet, ..row.updated(store, event, thing).into() }
}

impl Model {
    /// The row as an update makes it; itself, when it says nothing new.
    pub(crate) fn updated(
        &self,
        store: &Store,
        event: &EventColumns<Instant>,
        thing: &ThingColumns<Instant>,
    ) -> Self {
        Self {
            event_code: event.code,
            event_version: event.version,
            event_start_at: event.start_at.map(|time| store.column(time)),
            event_end_at: event.end_at.map(|time| store.column(time)),
            event_actor_code: event.actor_code,
            event_actor_version: event.actor_version,
            event_app_code: event.app_code,
            event_app_version: event.app_version,
            thing_code: thing.code,
            thing_version: thing.version,
            thing_actor_code: thing.actor_code,
            thing_actor_version: thing.actor_version,
            thing_app_code: thing.app_code,
            thing_app_version: thing.app_version,
            row_hash: thing.row_hash.clone(),
            row_hash_create_at: store.column(thing.row_hash_create_at),
            ..self.clone()
        }
    }
}
