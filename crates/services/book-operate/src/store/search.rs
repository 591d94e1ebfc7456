//! Selecting what a user has stored, by code, identifier and time (spec: book-operate 4.8).

use chrono::NaiveDateTime;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{chapter, chapter_event, document, event, find, thing};

/// What is looked for; nothing given means no condition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) user_id: String,
    pub(crate) app: i64,
    pub(crate) identifiers: Vec<String>,
    /// Codes with a version each; version 0 stands for every version.
    pub(crate) codes: Vec<(i64, i64)>,
    pub(crate) updated: Option<(NaiveDateTime, NaiveDateTime)>,
}

impl Wanted {
    /// One of the codes, or none was asked for.
    fn coded(&self, code: impl ColumnTrait, version: impl ColumnTrait) -> Condition {
        if self.codes.is_empty() {
            return Condition::all();
        }
        self.codes.iter().fold(Condition::any(), |any, (wanted, wanted_version)| {
            let one = Condition::all().add(code.eq(*wanted));
            any.add(if *wanted_version == 0 { one } else { one.add(version.eq(*wanted_version)) })
        })
    }

    fn identified(&self, column: impl ColumnTrait) -> Condition {
        if self.identifiers.is_empty() {
            return Condition::all();
        }
        Condition::all().add(column.is_in(self.identifiers.iter().map(String::as_str)))
    }

    /// At least one of these times lies after the start, and one before the end.
    fn updated(&self, columns: &[Expr]) -> Condition {
        let Some((start, end)) = self.updated else { return Condition::all() };
        let any = |condition: fn(Expr, NaiveDateTime) -> Expr, time| {
            columns.iter().fold(Condition::any(), |any, column| any.add(condition(column.clone(), time)))
        };
        Condition::all().add(any(Expr::gte, start)).add(any(Expr::lte, end))
    }
}

/// Documents that still hold something: a live chapter with a live event with a live thing.
pub(crate) async fn documents(
    connection: &impl ConnectionTrait,
    wanted: &Wanted,
) -> Result<Vec<document::Model>, DbErr> {
    use document::{Column, Entity};
    let books = find::book_ids(connection, &wanted.user_id).await?;
    let times =
        [column("document", "updated_at"), column("event", "updated_at"), column("thing", "updated_at")];
    let mut held = Query::select();
    held.expr(Expr::value(1))
        .from(chapter::Entity)
        .inner_join(
            chapter_event::Entity,
            equal(("event_set_event_relation", "event_set_id"), ("document_event_set_relation", "id")),
        )
        .inner_join(event::Entity, equal(("event", "id"), ("event_set_event_relation", "event_id")))
        .inner_join(thing::Entity, equal(("thing", "event_id"), ("event", "id")))
        .and_where(equal(("document_event_set_relation", "document_id"), ("document", "id")))
        .and_where(live("document_event_set_relation"))
        .and_where(live("event_set_event_relation"))
        .and_where(live("event"))
        .and_where(live("thing"))
        .cond_where(wanted.updated(&times));
    let found = Entity::find()
        .filter(Column::MyConditionBookId.is_in(books))
        .filter(Column::IsDisabled.eq(false))
        .filter(Column::AppCatalogCode.eq(wanted.app))
        .filter(wanted.identified(Column::DocIdentifier))
        .filter(wanted.coded(Column::DocCatalogCode, Column::DocCatalogVersion));
    holding(found, held).order_by_asc(Column::Id).all(connection).await
}

/// Events with at least one live thing.
pub(crate) async fn events(
    connection: &impl ConnectionTrait,
    wanted: &Wanted,
) -> Result<Vec<event::Model>, DbErr> {
    use event::{Column, Entity};
    let books = find::book_ids(connection, &wanted.user_id).await?;
    let times = [column("event", "updated_at"), column("thing", "updated_at")];
    let mut held = Query::select();
    held.expr(Expr::value(1))
        .from(thing::Entity)
        .and_where(equal(("thing", "event_id"), ("event", "id")))
        .and_where(live("thing"))
        .cond_where(wanted.updated(&times));
    let found = Entity::find()
        .filter(Column::MyConditionBookId.is_in(books))
        .filter(Column::IsDisabled.eq(false))
        .filter(Column::AppCatalogCode.eq(wanted.app))
        .filter(wanted.identified(Column::EventIdentifier))
        .filter(wanted.coded(Column::EventCatalogCode, Column::EventCatalogVersion));
    holding(found, held).order_by_asc(Column::Id).all(connection).await
}

/// Things of live events.
pub(crate) async fn things(
    connection: &impl ConnectionTrait,
    wanted: &Wanted,
) -> Result<Vec<thing::Model>, DbErr> {
    use thing::{Column, Entity};
    let books = find::book_ids(connection, &wanted.user_id).await?;
    let mut within = Query::select();
    within
        .expr(Expr::value(1))
        .from(event::Entity)
        .and_where(equal(("event", "id"), ("thing", "event_id")))
        .and_where(live("event"))
        .and_where(column("event", "my_condition_book_id").is_in(books));
    let found = Entity::find()
        .filter(Column::IsDisabled.eq(false))
        .filter(Column::AppCatalogCode.eq(wanted.app))
        .filter(wanted.identified(Column::ThingIdentifier))
        .filter(wanted.coded(Column::ThingCatalogCode, Column::ThingCatalogVersion))
        .filter(wanted.updated(&[column("thing", "updated_at")]));
    holding(found, within).order_by_asc(Column::Id).all(connection).await
}

fn holding<E: EntityTrait>(found: Select<E>, held: SelectStatement) -> Select<E> {
    found.filter(Expr::exists(held))
}

fn column(table: &'static str, name: &'static str) -> Expr {
    Expr::col((table, name))
}

fn equal(left: (&'static str, &'static str), right: (&'static str, &'static str)) -> Expr {
    column(left.0, left.1).eq(column(right.0, right.1))
}

fn live(table: &'static str) -> Expr {
    column(table, "is_disabled").eq(false)
}
