//! The database of a case: a copy of a migrated one, loaded with the recorded state.

use std::collections::BTreeMap;

use platform::{Seal, Store, StoreError, StoreUrl};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::Value;
use tempfile::TempDir;
use vocabulary::{ServiceName, TimeZone};

use crate::{
    case::{Case, Corpus, Row},
    services,
};

/// A migrated, empty database file of a service.
pub(crate) struct Template {
    folder: TempDir,
    service: ServiceName,
    /// The columns of each table.
    columns: BTreeMap<String, Vec<(String, Kind)>>,
}

/// What recordings write in a way of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `true`, where SQLite has 1.
    Boolean,
    /// `\x` and hexadecimal digits.
    Bytes,
    /// A text with hyphens, where SQLite has bytes.
    Uuid,
    Other,
}

impl Kind {
    fn of(column_type: &str) -> Self {
        match column_type.to_lowercase().as_str() {
            kind if kind.starts_with("bool") => Self::Boolean,
            kind if kind.contains("blob") => Self::Bytes,
            kind if kind.starts_with("uuid") => Self::Uuid,
            _ => Self::Other,
        }
    }

    /// A column as recordings write it.
    fn shown(self, name: &str) -> String {
        match self {
            Self::Bytes => format!("'\\x' || lower(hex(\"{name}\"))"),
            Self::Uuid => {
                let groups = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)];
                let group = |(from, length)| format!("lower(substr(hex(\"{name}\"), {from}, {length}))");
                groups.map(group).join(" || '-' || ")
            }
            _ => format!("\"{name}\""),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl Template {
    pub(crate) async fn new(service: ServiceName) -> Result<Self, DatabaseError> {
        let folder = tempfile::tempdir()?;
        let store =
            Store::open(&StoreUrl::Sqlite(folder.path().to_owned()), service, TimeZone::TOKYO).await?;
        services::migrate(service, &store).await?;
        let mut columns = BTreeMap::new();
        let tables =
            query(&store, "select name from sqlite_master where type = 'table' and name not like 'sqlite%'")
                .await?;
        for table in tables {
            let described =
                query(&store, &format!("select name || ':' || type from pragma_table_info('{table}')"))
                    .await?;
            let described = described.iter().filter_map(|column| column.split_once(':'));
            let kinds = described.map(|(name, kind)| (name.to_owned(), Kind::of(kind)));
            columns.insert(table, kinds.collect());
        }
        store.read().execute_unprepared("pragma wal_checkpoint(truncate)").await?;
        store.close().await?;
        Ok(Self { folder, service, columns })
    }

    /// A database of its own for a case, with its state.
    pub(crate) async fn load(&self, case: &Case, corpus: &Corpus) -> Result<(TempDir, Store), DatabaseError> {
        let folder = tempfile::tempdir()?;
        let file = format!("{}.sqlite", self.service.schema());
        std::fs::copy(self.folder.path().join(&file), folder.path().join(&file))?;
        let store =
            Store::open(&StoreUrl::Sqlite(folder.path().to_owned()), self.service, TimeZone::TOKYO).await?;
        let tx = store.write().await?;
        tx.execute_unprepared("pragma defer_foreign_keys = on").await?;
        for (name, sha) in &case.state {
            let table = name.rsplit('.').next().unwrap_or_default();
            for row in corpus.rows(sha) {
                insert(&tx, table, &self.columns[table], &row).await?;
            }
        }
        for (sequence, next) in &case.sequences {
            let table = sequence.rsplit('.').next().unwrap_or_default().trim_end_matches("_id_seq");
            let statement = "update sqlite_sequence set seq = $1 where name = $2";
            let values: [sea_orm::Value; 2] = [(next - 1).into(), table.into()];
            tx.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, statement, values)).await?;
        }
        tx.commit().await?;
        Ok((folder, store))
    }

    /// All rows of all tables, as recordings write them: what we keep sealed is opened.
    pub(crate) async fn rows(
        &self,
        store: &Store,
        seal: &Seal,
    ) -> Result<BTreeMap<String, Vec<Row>>, DatabaseError> {
        let mut all = BTreeMap::new();
        for (table, columns) in &self.columns {
            if table.contains("migration") || services::is_ours_alone(self.service, table) {
                continue;
            }
            let members: Vec<_> =
                columns.iter().map(|(name, kind)| format!("'{name}', {}", kind.shown(name))).collect();
            let rows =
                query(store, &format!("select json_object({}) from \"{table}\"", members.join(", "))).await?;
            let rows = rows.iter().filter_map(|row| serde_json::from_str::<Row>(row).ok());
            let rows = rows.map(|mut row| {
                for (name, _) in columns.iter().filter(|(_, kind)| *kind == Kind::Boolean) {
                    if let Some(value) = row.get_mut(name).filter(|value| value.is_number()) {
                        *value = Value::Bool(value.as_i64() == Some(1));
                    }
                }
                for value in row.values_mut() {
                    if let Some(Ok(opened)) = value.as_str().map(|text| seal.open(text)) {
                        *value = opened.into();
                    }
                }
                row
            });
            all.insert(table.clone(), rows.collect());
        }
        Ok(all)
    }
}

async fn insert(
    tx: &impl ConnectionTrait,
    table: &str,
    kinds: &[(String, Kind)],
    row: &Row,
) -> Result<(), DbErr> {
    let is = |name: &str, wanted: Kind| kinds.iter().any(|(column, kind)| column == name && *kind == wanted);
    let columns: Vec<_> = row.keys().map(|name| format!("\"{name}\"")).collect();
    let marks: Vec<_> = (1..=row.len()).map(|number| format!("${number}")).collect();
    let values = row.iter().map(|(name, value)| match value {
        Value::String(text) if is(name, Kind::Bytes) => bytes(text).into(),
        Value::String(text) if is(name, Kind::Uuid) => bytes(&text.replace('-', "")).into(),
        Value::Null => sea_orm::Value::String(None),
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => number.as_i64().unwrap_or_default().into(),
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    });
    let sql = format!("insert into \"{table}\" ({}) values ({})", columns.join(", "), marks.join(", "));
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
    Ok(())
}

/// The bytes that a recording writes as `\x` and hexadecimal digits.
fn bytes(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("\\x").unwrap_or(text).as_bytes();
    digits.chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

async fn query(store: &Store, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = store.read().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql.to_owned())).await?;
    rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect()
}
