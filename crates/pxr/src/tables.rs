//! What the tables of a service look like, and where they differ from what they must be.
//!
//! What they must be is not written down a second time: our own migrations make them in a schema, or a file, that
//! exists for the comparison only.

use std::{collections::BTreeMap, fmt};

use platform::{Store, StoreError, StoreUrl};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, FromQueryResult,
    Statement,
};
use vocabulary::{ServiceName, TimeZone, random};

use crate::assembly::{Extent, migrate};

/// sea-orm's own table; where it is, the tables beside it are ours.
pub(crate) const MIGRATIONS: &str = "seaql_migrations";

/// The comparison could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ComparisonError {
    #[error("the database cannot be compared: {0}")]
    Database(#[from] DbErr),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a folder for the comparison cannot be made: {0}")]
    Folder(#[from] std::io::Error),
}

/// A place where a database differs from what it must be.
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

/// What the database says of a column.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Column {
    table_name: String,
    column_name: String,
    shape: String,
    nullable: bool,
    has_default: bool,
}

type Tables = BTreeMap<String, BTreeMap<String, Column>>;

/// Compares the tables of a service with what they must be. Nothing of the service's own is changed.
pub async fn compare(
    url: &StoreUrl,
    service: ServiceName,
    extent: Extent,
) -> Result<Vec<Mismatch>, ComparisonError> {
    let schema = service.schema();
    let (expected, found) = match url {
        StoreUrl::Postgres(url) => {
            let connection = connect(url, schema).await?;
            let found = tables(&connection, schema).await?;
            let expected = expected_in_postgres(url, &connection, service, extent).await;
            connection.close().await?;
            (expected?, found)
        }
        StoreUrl::Sqlite(_) => {
            let store = Store::open(url, service, TimeZone::UTC).await?;
            let found = tables(store.read(), schema).await?;
            store.close().await?;
            (expected_in_sqlite(service, extent).await?, found)
        }
    };
    Ok(mismatches(schema, &expected, &found))
}

/// A connection whose search path is one schema.
pub(crate) async fn connect(url: &str, schema: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.set_schema_search_path(schema).max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

async fn expected_in_postgres(
    url: &str,
    connection: &DatabaseConnection,
    service: ServiceName,
    extent: Extent,
) -> Result<Tables, DbErr> {
    let scratch = format!("pxr_expected_{}", random::uuid().simple());
    connection.execute_unprepared(&format!("create schema {scratch}")).await?;
    let made = async {
        let connection = connect(url, &scratch).await?;
        migrate(&connection, service, extent).await?;
        let tables = tables(&connection, &scratch).await?;
        connection.close().await?;
        Ok(tables)
    };
    let made = made.await;
    connection.execute_unprepared(&format!("drop schema {scratch} cascade")).await?;
    made
}

async fn expected_in_sqlite(service: ServiceName, extent: Extent) -> Result<Tables, ComparisonError> {
    let connection = Database::connect("sqlite::memory:").await?;
    migrate(&connection, service, extent).await?;
    let tables = tables(&connection, service.schema()).await?;
    connection.close().await?;
    Ok(tables)
}

async fn tables(connection: &DatabaseConnection, schema: &str) -> Result<Tables, DbErr> {
    let postgres = "select table_name::text, column_name::text, is_nullable = 'YES' as nullable, \
                    column_default is not null as has_default, \
                    concat(data_type, '(' || character_maximum_length || ')', \
                           '(' || case when data_type like 'timestamp%' then datetime_precision end || ')') as shape \
                    from information_schema.columns where table_schema = $1";
    let sqlite = "select m.name as table_name, p.name as column_name, p.type as shape, \
                  p.\"notnull\" = 0 as nullable, p.dflt_value is not null as has_default \
                  from sqlite_master m, pragma_table_info(m.name) p where m.type = 'table' and $1 <> ''";
    let backend = connection.get_database_backend();
    let question = if backend == DbBackend::Postgres { postgres } else { sqlite };
    let question = Statement::from_sql_and_values(backend, question, [schema.into()]);
    let mut tables = Tables::new();
    for column in Column::find_by_statement(question).all(connection).await? {
        tables.entry(column.table_name.clone()).or_default().insert(column.column_name.clone(), column);
    }
    tables.remove(MIGRATIONS);
    Ok(tables)
}

fn mismatches(schema: &'static str, expected: &Tables, found: &Tables) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for (table, expected) in expected {
        let mut note = |problem| mismatches.push(Mismatch { schema, table: table.clone(), problem });
        match found.get(table) {
            Some(found) => problems(expected, found).into_iter().for_each(note),
            None => note(Problem::NoTable),
        }
    }
    mismatches
}

fn problems(expected: &BTreeMap<String, Column>, found: &BTreeMap<String, Column>) -> Vec<Problem> {
    let known = expected.iter().filter_map(|(name, expected)| {
        let column = name.clone();
        match found.get(name) {
            None => Some(Problem::NoColumn { column }),
            Some(found) if found.shape != expected.shape => Some(Problem::OtherType {
                column,
                expected: expected.shape.clone(),
                found: found.shape.clone(),
            }),
            Some(found) if found.nullable != expected.nullable => {
                Some(Problem::Nullability { column, expected_nullable: expected.nullable })
            }
            Some(_) => None,
        }
    });
    let unknown = found.iter().filter(|(name, _)| !expected.contains_key(*name));
    let unknown = unknown
        .filter(|(_, column)| !column.nullable && !column.has_default)
        .map(|(name, _)| Problem::UnknownRequired { column: name.clone() });
    known.chain(unknown).collect()
}
