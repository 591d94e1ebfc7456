//! Who writes a row, and when: the columns that every row ends with.

use chrono::NaiveDateTime;
use vocabulary::Session;

use crate::Ground;

/// Whoever a transaction writes for.
#[derive(Clone, Debug)]
pub struct Author {
    pub login_id: String,
    /// The time of the request, as columns hold it.
    pub now: NaiveDateTime,
}

impl Author {
    #[must_use]
    pub fn new(ground: &Ground, session: &Session) -> Self {
        Self::named(ground, &session.login_id)
    }

    /// For what nobody with a session does.
    #[must_use]
    pub fn named(ground: &Ground, login_id: &str) -> Self {
        Self { login_id: login_id.to_owned(), now: ground.store.column(ground.clock.now()) }
    }
}

/// A new row of a table with its common columns: `new_row!(author, session { operator_id: 1, … })`.
/// Columns that are not named get the database's default.
/// `new_row!(author, table without is_disabled { … })` is for tables that never delete.
#[macro_export]
macro_rules! new_row {
    ($author:expr, $table:ident without is_disabled { $($field:ident: $value:expr),* $(,)? }) => {
        $table::ActiveModel {
            $($field: ::sea_orm::ActiveValue::Set($value),)*
            created_by: ::sea_orm::ActiveValue::Set($author.login_id.clone()),
            created_at: ::sea_orm::ActiveValue::Set($author.now),
            updated_by: ::sea_orm::ActiveValue::Set($author.login_id.clone()),
            updated_at: ::sea_orm::ActiveValue::Set($author.now),
            ..Default::default()
        }
    };
    ($author:expr, $table:ident { $($field:ident: $value:expr),* $(,)? }) => {
        $table::ActiveModel {
            $($field: ::sea_orm::ActiveValue::Set($value),)*
            is_disabled: ::sea_orm::ActiveValue::Set(false),
            created_by: ::sea_orm::ActiveValue::Set($author.login_id.clone()),
            created_at: ::sea_orm::ActiveValue::Set($author.now),
            updated_by: ::sea_orm::ActiveValue::Set($author.login_id.clone()),
            updated_at: ::sea_orm::ActiveValue::Set($author.now),
            ..Default::default()
        }
    };
}

/// Changes columns of the rows that a condition finds, and notes who did it: gives the number of rows.
/// `update_rows!(tx, author, session, { IsDisabled: true }, Column::Id.eq(1))`.
#[macro_export]
macro_rules! update_rows {
    ($connection:expr, $author:expr, $table:ident, { $($column:ident: $value:expr),* $(,)? }, $($condition:expr),+ $(,)?) => {{
        use ::sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
        $table::Entity::update_many()
            $(.col_expr($table::Column::$column, Expr::value($value)))*
            .col_expr($table::Column::UpdatedBy, Expr::value($author.login_id.clone()))
            .col_expr($table::Column::UpdatedAt, Expr::value($author.now))
            $(.filter($condition))+
            .exec($connection)
            .await
            .map(|updated| updated.rows_affected)
    }};
}
