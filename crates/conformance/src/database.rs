//! The database of a case: one with the tables of our service, loaded with the recorded state.

mod dialect;
mod source;

use std::collections::BTreeMap;

use platform::{Seal, Store, StoreError, Transaction};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use vocabulary::ServiceName;

use self::{
    dialect::{Column, Dialect},
    source::{Place, Source},
};
use crate::{
    case::{Case, Corpus, Row},
    services,
};

/// The databases of a service's cases.
pub(crate) struct Databases {
    service: ServiceName,
    source: Source,
    dialect: Dialect,
    /// The columns of each table.
    tables: BTreeMap<String, Vec<Column>>,
}

/// A database that one case uses.
pub(crate) struct Loaded {
    pub(crate) store: Store,
    place: Place,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("the URL of a PostgreSQL server is \"postgres://user:password@host/database\"")]
    Url,
    #[error("the service lacks the table {0}, or a column of its recorded rows")]
    Unknown(String),
}

impl Databases {
    /// `server`: a database on a PostgreSQL server, whose user may create others and leave foreign keys unchecked; none
    /// for SQLite.
    pub(crate) async fn new(service: ServiceName, server: Option<&str>) -> Result<Self, DatabaseError> {
        let source = Source::new(service, server).await?;
        let empty = source.take().await?;
        let dialect = Dialect::of(empty.store.backend());
        let mut tables = BTreeMap::<_, Vec<_>>::new();
        for line in query(&empty.store, dialect.columns()).await? {
            let described = Column::described(&line);
            if let Some((table, column)) = described.filter(|(table, _)| !table.contains("migration")) {
                tables.entry(table).or_default().push(column);
            }
        }
        source.put_back(empty).await?;
        Ok(Self { service, source, dialect, tables })
    }

    /// A database with the state of a case, and nothing else.
    pub(crate) async fn load(&self, case: &Case, corpus: &Corpus) -> Result<Loaded, DatabaseError> {
        let loaded = self.source.take().await?;
        let tx = loaded.store.write().await?;
        tx.execute_unprepared(&self.dialect.before_loading(self.tables.keys())).await?;
        for (name, sha) in &case.state {
            self.insert(&tx, name, &corpus.rows(sha)).await?;
        }
        for (name, next) in &case.sequences {
            let sequence = name.rsplit('.').next().unwrap_or_default();
            tx.execute_unprepared(&self.dialect.sequence(sequence, *next)).await?;
        }
        tx.commit().await?;
        Ok(loaded)
    }

    /// Inserts the rows of a table of the state.
    async fn insert(&self, tx: &Transaction, name: &str, rows: &[Row]) -> Result<(), DatabaseError> {
        let Some(first) = rows.first() else { return Ok(()) };
        let unknown = || DatabaseError::Unknown(name.to_owned());
        let table = name.rsplit('.').next().unwrap_or_default();
        let columns = self.tables.get(table).ok_or_else(unknown)?;
        let find = |name: &String| columns.iter().find(|column| column.name == *name);
        let recorded: Vec<_> = first.keys().map(find).collect::<Option<_>>().ok_or_else(unknown)?;
        let (sql, rows) = (self.dialect.insertion(table, &recorded), serde_json::to_string(rows)?);
        let backend = tx.get_database_backend();
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [rows.into()])).await?;
        if let Some(statement) = self.dialect.after_loading(table, columns) {
            tx.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    /// All rows of all tables, as recordings write them: what we keep sealed is opened.
    pub(crate) async fn rows(
        &self,
        loaded: &Loaded,
        seal: &Seal,
    ) -> Result<BTreeMap<String, Vec<Row>>, DatabaseError> {
        let mut all = BTreeMap::new();
        for (table, columns) in &self.tables {
            if services::is_ours_alone(self.service, table) {
                continue;
            }
            let mut rows = Vec::new();
            for text in query(&loaded.store, &self.dialect.rows_of(table, columns)).await? {
                let mut row: Row = serde_json::from_str(&text)?;
                for value in row.values_mut() {
                    if let Some(Ok(opened)) = value.as_str().map(|text| seal.open(text)) {
                        *value = opened.into();
                    }
                }
                rows.push(row);
            }
            all.insert(table.clone(), rows);
        }
        Ok(all)
    }

    /// Ends the use of a database.
    pub(crate) async fn release(&self, loaded: Loaded) -> Result<(), DatabaseError> {
        self.source.put_back(loaded).await
    }

    /// Leaves nothing behind.
    pub(crate) async fn remove(self) -> Result<(), DatabaseError> {
        self.source.remove().await
    }
}

/// The first column of an answer's rows.
async fn query(store: &Store, sql: &str) -> Result<Vec<String>, DbErr> {
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql.to_owned())).await?;
    rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect()
}
