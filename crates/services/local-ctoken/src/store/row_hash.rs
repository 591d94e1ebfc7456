//! Table `row_hash`. Its workflow columns are obsolete and stay null.

use platform::{Author, Store, new_row};
use sea_orm::entity::prelude::*;

use crate::history::{Key, Note};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "row_hash")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    /// 0: unsent, 1: sent.
    pub status: i16,
    #[sea_orm(column_name = "1_1")]
    pub user_id: String,
    #[sea_orm(column_name = "3_1_1")]
    pub event_identifier: String,
    #[sea_orm(column_name = "3_1_2_1")]
    pub event_code: Option<i64>,
    #[sea_orm(column_name = "3_1_2_2")]
    pub event_version: Option<i64>,
    #[sea_orm(column_name = "3_2_1")]
    pub event_start_at: Option<DateTime>,
    #[sea_orm(column_name = "3_2_2")]
    pub event_end_at: Option<DateTime>,
    #[sea_orm(column_name = "3_5_1_1")]
    pub event_actor_code: Option<i64>,
    #[sea_orm(column_name = "3_5_1_2")]
    pub event_actor_version: Option<i64>,
    #[sea_orm(column_name = "3_5_5_1")]
    pub event_app_code: Option<i64>,
    #[sea_orm(column_name = "3_5_5_2")]
    pub event_app_version: Option<i64>,
    #[sea_orm(column_name = "4_1_1")]
    pub thing_identifier: String,
    #[sea_orm(column_name = "4_1_2_1")]
    pub thing_code: Option<i64>,
    #[sea_orm(column_name = "4_1_2_2")]
    pub thing_version: Option<i64>,
    #[sea_orm(column_name = "4_4_1_1")]
    pub thing_actor_code: Option<i64>,
    #[sea_orm(column_name = "4_4_1_2")]
    pub thing_actor_version: Option<i64>,
    #[sea_orm(column_name = "4_4_5_1")]
    pub thing_app_code: Option<i64>,
    #[sea_orm(column_name = "4_4_5_2")]
    pub thing_app_version: Option<i64>,
    pub row_hash: Option<String>,
    pub row_hash_create_at: Option<DateTime>,
    pub is_disabled: bool,
    pub created_by: String,
    pub created_at: DateTime,
    pub updated_by: String,
    pub updated_at: DateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// An unsent row. Of a deletion only the identifiers are noted.
pub(crate) fn new(store: &Store, author: &Author, key: &Key, note: &Note) -> ActiveModel {
    use crate::store::row_hash;

    let (event, thing) = note.columns.as_ref().map(|(event, thing)| (event, thing)).unzip();
    // A code 0 is no code.
    let some = |code: Option<i64>| code.filter(|code| *code != 0);
    new_row!(
        author,
        row_hash {
            kind: note.kind as i16,
            status: 0,
            user_id: key.user_id.clone(),
            event_identifier: key.event.clone(),
            event_code: event.map(|event| event.code),
            event_version: event.map(|event| event.version),
            event_start_at: event.and_then(|event| event.start_at).map(|time| store.column(time)),
            event_end_at: event.and_then(|event| event.end_at).map(|time| store.column(time)),
            event_actor_code: event.map(|event| event.actor_code),
            event_actor_version: event.map(|event| event.actor_version),
            event_app_code: some(event.and_then(|event| event.app_code)),
            event_app_version: some(event.and_then(|event| event.app_version)),
            thing_identifier: key.thing.clone(),
            thing_code: thing.map(|thing| thing.code),
            thing_version: thing.map(|thing| thing.version),
            thing_actor_code: thing.map(|thing| thing.actor_code),
            thing_actor_version: thing.map(|thing| thing.actor_version),
            thing_app_code: some(thing.and_then(|thing| thing.app_code)),
            thing_app_version: some(thing.and_then(|thing| thing.app_version)),
            row_hash: thing.map(|thing| thing.row_hash.clone()),
            row_hash_create_at: thing.map(|thing| store.column(thing.row_hash_create_at)),
        }
    )
}
