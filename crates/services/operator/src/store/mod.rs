//! The tables of the operator service and the questions asked of them.

pub(crate) mod login_history;
pub(crate) mod one_time_login_code;
pub(crate) mod operator;
pub(crate) mod password_history;
pub(crate) mod role_setting;
pub(crate) mod session;

use std::collections::HashMap;

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use vocabulary::CodeVersion;

/// Operators that are not deleted.
pub(crate) fn live() -> Select<operator::Entity> {
    operator::Entity::find().filter(operator::Column::IsDisabled.eq(false)).order_by_asc(operator::Column::Id)
}

/// An operator that is not deleted.
pub(crate) async fn by_id(
    connection: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<operator::Model>, ApiError> {
    Ok(live().filter(operator::Column::Id.eq(id)).one(connection).await?)
}

/// The roles of operators, in one query for all of them.
pub(crate) async fn roles(
    connection: &impl ConnectionTrait,
    operators: &[i64],
) -> Result<HashMap<i64, Vec<CodeVersion>>, ApiError> {
    let rows = role_setting::Entity::find()
        .filter(role_setting::Column::OperatorId.is_in(operators.to_vec()))
        .filter(role_setting::Column::IsDisabled.eq(false))
        .order_by_asc(role_setting::Column::Id)
        .all(connection)
        .await?;
    let mut roles: HashMap<i64, Vec<CodeVersion>> = HashMap::new();
    for row in rows {
        let role = CodeVersion::new(row.role_catalog_code, row.role_catalog_version);
        roles.entry(row.operator_id).or_default().push(role);
    }
    Ok(roles)
}

pub(crate) async fn roles_of(
    connection: &impl ConnectionTrait,
    operator: i64,
) -> Result<Vec<CodeVersion>, ApiError> {
    Ok(roles(connection, &[operator]).await?.remove(&operator).unwrap_or_default())
}
