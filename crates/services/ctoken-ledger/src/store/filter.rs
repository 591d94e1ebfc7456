//! Conditions that all questions to the ledger share (spec: ctoken-ledger 4.1, 4.2).

use chrono::{NaiveDateTime, Timelike};
use platform::Store;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect, RelationTrait,
    Select,
    sea_query::{Expr, IntoCondition},
};
use vocabulary::{CodeVersion, Instant};

use super::{cmatrix, ctoken, document, row_hash};
use crate::scope::Scope;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Document,
    Event,
    Thing,
}

/// A time span, in whole seconds; the end is not part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: Option<Instant>,
    pub(crate) end: Option<Instant>,
}

impl Period {
    /// The condition on a column.
    pub(crate) fn on(self, store: &Store, column: impl ColumnTrait) -> Condition {
        let bound = |time: Instant| whole_second(store.column(time));
        Condition::all()
            .add_option(self.start.map(|start| column.gte(bound(start))))
            .add_option(self.end.map(|end| column.lt(bound(end))))
    }
}

fn whole_second(time: NaiveDateTime) -> NaiveDateTime {
    time.with_nanosecond(0).unwrap_or(time)
}

/// All rows that count, with their matrix and their chain.
pub(super) fn rows() -> Select<row_hash::Entity> {
    row_hash::Entity::find()
        .join(JoinType::InnerJoin, row_hash::Relation::Cmatrix.def())
        .join(JoinType::InnerJoin, cmatrix::Relation::Ctoken.def())
        .filter(row_hash::Column::IsDisabled.eq(false))
        .filter(cmatrix::Column::IsDisabled.eq(false))
        .filter(ctoken::Column::IsDisabled.eq(false))
}

/// The same, with each of their documents.
pub(super) fn with_documents(rows: Select<row_hash::Entity>) -> Select<row_hash::Entity> {
    rows.join(JoinType::InnerJoin, row_hash::Relation::Document.def())
        .filter(document::Column::IsDisabled.eq(false))
}

/// The same, once for each document, and once without any.
pub(super) fn with_or_without_documents(rows: Select<row_hash::Entity>) -> Select<row_hash::Entity> {
    let there = row_hash::Relation::Document.def().on_condition(|_, documents| {
        Expr::col((documents, document::Column::IsDisabled)).eq(false).into_condition()
    });
    rows.join(JoinType::LeftJoin, there)
}

/// What the reader may see; `actor` is the column that says who holds it.
pub(super) fn seen(scope: &Scope, actor: impl ColumnTrait) -> Condition {
    Condition::all()
        .add_option(scope.pxr_id.as_ref().map(|pxr_id| ctoken::Column::PxrId.eq(pxr_id)))
        .add_option(scope.actors.as_ref().map(|actors| actor.is_in(actors.iter().copied())))
}

/// One of these codes; none means any.
pub(super) fn coded(codes: &[CodeVersion], code: impl ColumnTrait, version: impl ColumnTrait) -> Condition {
    let one = |wanted: &CodeVersion| code.eq(wanted.value.0).and(version.eq(wanted.ver.0));
    codes.iter().fold(if codes.is_empty() { Condition::all() } else { Condition::any() }, |any, wanted| {
        any.add(one(wanted))
    })
}

/// One of these codes, in the columns of a kind.
pub(super) fn coded_as(kind: Kind, codes: &[CodeVersion]) -> Condition {
    match kind {
        Kind::Document => coded(codes, document::Column::Code, document::Column::Version),
        Kind::Event => coded(codes, row_hash::Column::EventCode, row_hash::Column::EventVersion),
        Kind::Thing => coded(codes, row_hash::Column::ThingCode, row_hash::Column::ThingVersion),
    }
}
