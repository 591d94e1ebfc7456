//! Lists of numbers in conditions. A list is one parameter, however long it is: databases limit their number,
//! and the statement stays the same.

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, sea_query::Expr};
use serde_json::{Value, json};
use vocabulary::CodeVersion;

/// The column is one of these numbers.
pub(crate) fn among(
    connection: &impl ConnectionTrait,
    column: impl ColumnTrait,
    numbers: impl IntoIterator<Item = i64>,
) -> Expr {
    let list = Value::from_iter(numbers).to_string();
    let condition = match connection.get_database_backend() {
        DbBackend::Postgres => {
            "$1 in (select cast(number as bigint) from json_array_elements_text(cast($2 as json)) as list(number))"
        }
        _ => "? in (select value from json_each(?))",
    };
    Expr::cust_with_exprs(condition, [Expr::col(column.as_column_ref()), Expr::value(list)])
}

/// The two columns together are one of these codes and versions.
pub(crate) fn among_codes<C: ColumnTrait>(
    connection: &impl ConnectionTrait,
    (code, version): (C, C),
    codes: &[CodeVersion],
) -> Expr {
    let list: Value = codes.iter().map(|code| json!([code.value, code.ver])).collect();
    let condition = match connection.get_database_backend() {
        DbBackend::Postgres => {
            "($1, $2) in (select cast(pair->>0 as bigint), cast(pair->>1 as bigint) \
             from json_array_elements(cast($3 as json)) as list(pair))"
        }
        _ => "(?, ?) in (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?))",
    };
    let (code, version) = (Expr::col(code.as_column_ref()), Expr::col(version.as_column_ref()));
    Expr::cust_with_exprs(condition, [code, version, Expr::value(list.to_string())])
}
