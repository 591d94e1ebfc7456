//! The cmatrix tables: the columns of what is stored, and the hash of each row (spec: book-operate 3.8 to 3.11).

use std::collections::HashMap;

use platform::{Author, new_row, update_rows};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value};

use super::{ROWS_AT_ONCE, cmatrix_event, cmatrix_floating_column, cmatrix_thing, insert_all};

/// The cmatrix rows of some events of a user, in order.
pub(crate) async fn events(
    connection: &impl ConnectionTrait,
    user_id: &str,
    identifiers: impl IntoIterator<Item = &str>,
) -> Result<Vec<cmatrix_event::Model>, DbErr> {
    use cmatrix_event::{Column, Entity};
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Identifier.is_in(identifiers))
        .filter(Column::IsDisabled.eq(false))
        .order_by_asc(Column::Id)
        .all(connection)
        .await
}

/// The cmatrix rows of the things of some events, in order.
pub(crate) async fn things_of(
    connection: &impl ConnectionTrait,
    events: impl IntoIterator<Item = i64>,
) -> Result<Vec<cmatrix_thing::Model>, DbErr> {
    use cmatrix_thing::{Column, Entity};
    Entity::find()
        .filter(Column::CmatrixEventId.is_in(events))
        .filter(Column::IsDisabled.eq(false))
        .order_by_asc(Column::Id)
        .all(connection)
        .await
}

/// Rows of an event, by the identifiers of their things.
pub(crate) async fn by_identifiers(
    tx: &impl ConnectionTrait,
    cmatrix_event: i64,
    identifiers: &[&str],
) -> Result<HashMap<String, cmatrix_thing::Model>, DbErr> {
    use cmatrix_thing::{Column, Entity};
    let mut found = HashMap::new();
    for part in identifiers.chunks(ROWS_AT_ONCE) {
        let rows = Entity::find()
            .filter(Column::CmatrixEventId.eq(cmatrix_event))
            .filter(Column::Identifier.is_in(part.iter().copied()))
            .filter(Column::IsDisabled.eq(false))
            .all(tx)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.identifier.clone(), row)));
    }
    Ok(found)
}

/// The floating members of a thing as rows.
pub(crate) fn floating_rows(
    author: &Author,
    thing: i64,
    floating: &Map<String, Value>,
) -> Vec<cmatrix_floating_column::ActiveModel> {
    let row = |(key, value): (&String, &Value)| {
        new_row!(
            author,
            cmatrix_floating_column {
                cmatrix_thing_id: thing,
                index_key: key.clone(),
                value: column_value(value),
            }
        )
    };
    floating.iter().map(row).collect()
}

/// Texts as they are, everything else as JSON.
fn column_value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Replaces the floating members of things whose keys start with a prefix.
pub(crate) async fn replace_floating(
    tx: &impl ConnectionTrait,
    author: &Author,
    things: &[i64],
    prefix: &str,
    floating: &Map<String, Value>,
    stores_data: bool,
) -> Result<(), DbErr> {
    use cmatrix_floating_column::Column;
    update_rows!(
        tx, author, cmatrix_floating_column, { IsDisabled: true },
        Column::CmatrixThingId.is_in(things.iter().copied()),
        Column::IndexKey.starts_with(prefix),
        Column::IsDisabled.eq(false),
    )?;
    if stores_data {
        let rows = things.iter().flat_map(|thing| floating_rows(author, *thing, floating)).collect();
        insert_all(tx, rows).await?;
    }
    Ok(())
}

/// Disables the cmatrix rows of things with their floating members.
pub(crate) async fn disable_things(
    tx: &impl ConnectionTrait,
    author: &Author,
    things: &[i64],
) -> Result<(), DbErr> {
    update_rows!(
        tx, author, cmatrix_floating_column, { IsDisabled: true },
        cmatrix_floating_column::Column::CmatrixThingId.is_in(things.iter().copied()),
        cmatrix_floating_column::Column::IsDisabled.eq(false),
    )?;
    update_rows!(
        tx, author, cmatrix_thing, { IsDisabled: true },
        cmatrix_thing::Column::Id.is_in(things.iter().copied()),
    )?;
    Ok(())
}
