//! The tables of the operator service and the questions asked of them.

pub(crate) mod identify_code;
pub(crate) mod login_history;
pub(crate) mod names;
pub(crate) mod one_time_login_code;
pub(crate) mod operator;
pub(crate) mod password_history;
pub(crate) mod phone_verification;
pub(crate) mod role_setting;
pub(crate) mod session;
pub(crate) mod sms_verification_code;
pub(crate) mod user_information;

use std::collections::HashMap;

use platform::{ApiError, Author, Store, Transaction, new_row, update_rows};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Value,
};
use vocabulary::{CodeVersion, OperatorType};

use crate::{authority::is_full, refusal::Refusal};

/// Operators that are not deleted.
pub(crate) fn live() -> Select<operator::Entity> {
    operator::Entity::find().filter(operator::Column::IsDisabled.eq(false)).order_by_asc(operator::Column::Id)
}

/// How many values a query asks for; databases limit their number in a statement.
const AT_ONCE: usize = 1000;

/// Operators that are not deleted and have one of these values, each once, the oldest first.
pub(crate) async fn with_any<V: Clone + Into<Value>>(
    connection: &impl ConnectionTrait,
    column: operator::Column,
    values: &[V],
) -> Result<Vec<operator::Model>, ApiError> {
    let mut rows = Vec::new();
    for some in values.chunks(AT_ONCE) {
        rows.extend(live().filter(column.is_in(some.to_vec())).all(connection).await?);
    }
    rows.sort_by_key(|row| row.id);
    // A value that is named twice, far apart, finds twice.
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// An operator that is not deleted.
pub(crate) async fn by_id(
    connection: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<operator::Model>, ApiError> {
    Ok(live().filter(operator::Column::Id.eq(id)).one(connection).await?)
}

/// The same, locked until the end of a transaction.
pub(crate) async fn locked(tx: &Transaction, id: i64) -> Result<Option<operator::Model>, ApiError> {
    Ok(live().filter(operator::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// Refuses to take all rights over members from the last one who has them (spec: operator D4).
pub(crate) async fn keep_a_full_member(tx: &Transaction, id: i64) -> Result<(), ApiError> {
    let members = live().filter(operator::Column::Kind.eq(OperatorType::Member.number()));
    let members = members.lock_exclusive().all(tx).await?;
    let mut full = members.iter().filter(|row| row.rights().is_some_and(|auth| is_full(&auth)));
    let last = full.next().is_some_and(|row| row.id == id) && full.next().is_none();
    if last { Err(Refusal::LastFullMember.into()) } else { Ok(()) }
}

/// Any number, as long as nothing else in the database uses it.
const REGISTRATION: i64 = 3000;

/// Begins a registration. Only one at a time, over all processes: some of what must exist once has no unique
/// key in the tables. `SQLite`'s writing transactions do that by themselves.
pub(crate) async fn registering(store: &Store) -> Result<Transaction, ApiError> {
    let tx = store.write().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("select pg_advisory_xact_lock({REGISTRATION})")).await?;
    }
    Ok(tx)
}

/// Adds roles of an operator.
pub(crate) async fn add_roles(
    tx: &Transaction,
    operator: i64,
    roles: &[CodeVersion],
    author: &Author,
) -> Result<(), ApiError> {
    let rows = roles.iter().map(|role| {
        new_row!(
            author,
            role_setting {
                operator_id: operator,
                role_catalog_code: role.value.0,
                role_catalog_version: role.ver.0,
            }
        )
    });
    if !roles.is_empty() {
        role_setting::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Disables all roles of an operator.
pub(crate) async fn remove_roles(tx: &Transaction, operator: i64, author: &Author) -> Result<(), ApiError> {
    update_rows!(
        tx, author, role_setting, { IsDisabled: true },
        role_setting::Column::OperatorId.eq(operator), role_setting::Column::IsDisabled.eq(false),
    )?;
    Ok(())
}

/// The roles of operators, in few queries for all of them.
pub(crate) async fn roles(
    connection: &impl ConnectionTrait,
    operators: &[i64],
) -> Result<HashMap<i64, Vec<CodeVersion>>, ApiError> {
    let mut roles: HashMap<i64, Vec<CodeVersion>> = HashMap::new();
    for some in operators.chunks(AT_ONCE) {
        let rows = role_setting::Entity::find()
            .filter(role_setting::Column::OperatorId.is_in(some.to_vec()))
            .filter(role_setting::Column::IsDisabled.eq(false))
            .order_by_asc(role_setting::Column::Id)
            .all(connection)
            .await?;
        for row in rows {
            let role = CodeVersion::new(row.role_catalog_code, row.role_catalog_version);
            roles.entry(row.operator_id).or_default().push(role);
        }
    }
    Ok(roles)
}

pub(crate) async fn roles_of(
    connection: &impl ConnectionTrait,
    operator: i64,
) -> Result<Vec<CodeVersion>, ApiError> {
    Ok(roles(connection, &[operator]).await?.remove(&operator).unwrap_or_default())
}
