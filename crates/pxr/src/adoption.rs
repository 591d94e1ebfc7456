//! Databases that the reference made: recognised, compared column by column, and taken over in place.
//!
//! What the tables must look like is not written down a second time: our own first migration makes them in a schema
//! that exists for the comparison only.

use std::{collections::BTreeMap, fmt};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, FromQueryResult,
    Statement,
};
use vocabulary::{ServiceName, random};

use crate::assembly::{Extent, migrate};

/// sea-orm's own table; where it is, the tables beside it are ours.
const MIGRATIONS: &str = "seaql_migrations";

/// The comparison could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the database cannot be compared: {0}")]
pub struct ComparisonError(#[from] DbErr);

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

/// A place where a database differs from what the specs prescribe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub schema: &'static str,
    pub table: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    NoTable,
    NoColumn {
        column: String,
    },
    OtherType {
        column: String,
        expected: String,
        found: String,
    },
    /// A column that we may leave empty must be filled, or the other way round.
    Nullability {
        column: String,
        expected_nullable: bool,
    },
    /// A column that we do not know must be filled, and has no default.
    UnknownRequired {
        column: String,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}: ", self.schema, self.table)?;
        match &self.problem {
            Problem::NoTable => write!(f, "the table is missing"),
            Problem::NoColumn { column } => write!(f, "the column {column} is missing"),
            Problem::OtherType { column, expected, found } => {
                write!(f, "the column {column} is {found} instead of {expected}")
            }
            Problem::Nullability { column, expected_nullable: true } => {
                write!(f, "the column {column} must accept null")
            }
            Problem::Nullability { column, expected_nullable: false } => {
                write!(f, "the column {column} must not be null")
            }
            Problem::UnknownRequired { column } => {
                write!(f, "the column {column} is unknown, must not be null and has no default")
            }
        }
    }
}

/// What the catalog of PostgreSQL says of a column.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Column {
    table_name: String,
    column_name: String,
    shape: String,
    nullable: bool,
    has_default: bool,
}

type Tables = BTreeMap<String, BTreeMap<String, Column>>;

/// A connection whose search path is one schema.
async fn connect(url: &str, schema: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.set_schema_search_path(schema).max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

/// Whose tables the schemas of these services hold.
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

/// Compares the tables of a service with what they must be. Nothing of the service's own is changed.
pub async fn compare(url: &str, service: ServiceName) -> Result<Vec<Mismatch>, ComparisonError> {
    let schema = service.schema();
    let connection = connect(url, schema).await?;
    let found = tables(&connection, schema).await?;
    let expected = expected(url, &connection, service).await;
    connection.close().await?;
    Ok(mismatches(schema, &expected?, &found))
}

/// The tables as our first migration makes them.
async fn expected(url: &str, connection: &DatabaseConnection, service: ServiceName) -> Result<Tables, DbErr> {
    let scratch = format!("pxr_expected_{}", random::uuid().simple());
    connection.execute_unprepared(&format!("create schema {scratch}")).await?;
    let made = async {
        let connection = connect(url, &scratch).await?;
        migrate(&connection, service, Extent::Tables).await?;
        let mut tables = tables(&connection, &scratch).await?;
        tables.remove(MIGRATIONS);
        connection.close().await?;
        Ok(tables)
    };
    let made = made.await;
    connection.execute_unprepared(&format!("drop schema {scratch} cascade")).await?;
    made
}

async fn tables(connection: &DatabaseConnection, schema: &str) -> Result<Tables, DbErr> {
    let question = "select table_name::text, column_name::text, is_nullable = 'YES' as nullable, \
                    column_default is not null as has_default, \
                    concat(data_type, '(' || character_maximum_length || ')', \
                           '(' || case when data_type like 'timestamp%' then datetime_precision end || ')') as shape \
                    from information_schema.columns where table_schema = $1";
    let question = Statement::from_sql_and_values(DbBackend::Postgres, question, [schema.into()]);
    let mut tables = Tables::new();
    for column in Column::find_by_statement(question).all(connection).await? {
        tables.entry(column.table_name.clone()).or_default().insert(column.column_name.clone(), column);
    }
    Ok(tables)
}

fn mismatches(schema: &'static str, expected: &Tables, found: &Tables) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for (table, expected) in expected {
        let mut note = |problem| mismatches.push(Mismatch { schema, table: table.clone(), problem });
        let Some(found) = found.get(table) else {
            note(Problem::NoTable);
            continue;
        };
        for (column, expected) in expected {
            let column = column.clone();
            match found.get(&column) {
                None => note(Problem::NoColumn { column }),
                Some(found) if found.shape != expected.shape => {
                    let (expected, found) = (expected.shape.clone(), found.shape.clone());
                    note(Problem::OtherType { column, expected, found });
                }
                Some(found) if found.nullable != expected.nullable => {
                    note(Problem::Nullability { column, expected_nullable: expected.nullable });
                }
                Some(_) => {}
            }
        }
        for (column, found) in found.iter().filter(|(column, _)| !expected.contains_key(*column)) {
            if !found.nullable && !found.has_default {
                note(Problem::UnknownRequired { column: column.clone() });
            }
        }
    }
    mismatches
}
