//! Databases that the reference made: recognised, and taken over in place once they were compared.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use vocabulary::ServiceName;

use crate::tables::{ComparisonError, MIGRATIONS, connect};

/// Whose tables a schema holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// None at all.
    Nothing,
    /// Tables that this program made or adopted.
    Ours,
    /// Tables that the reference made.
    Foreign,
}

/// Whose tables the schemas of these services hold in a `PostgreSQL` database.
pub async fn holdings(
    url: &str,
    services: &[ServiceName],
) -> Result<Vec<(ServiceName, Holding)>, ComparisonError> {
    let connection = connect(url, "public").await?;
    let question = "select table_schema::text, bool_or(table_name = $1) as ours from information_schema.tables \
                    group by table_schema";
    let question = Statement::from_sql_and_values(DbBackend::Postgres, question, [MIGRATIONS.into()]);
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    for row in connection.query_all_raw(question).await? {
        known.insert(row.try_get("", "table_schema")?, row.try_get("", "ours")?);
    }
    connection.close().await?;
    let holding = |service: &ServiceName| match known.get(service.schema()) {
        None => Holding::Nothing,
        Some(true) => Holding::Ours,
        Some(false) => Holding::Foreign,
    };
    Ok(services.iter().map(|service| (*service, holding(service))).collect())
}
