//! A service's own tables: one pool and one schema each, on SQLite or on PostgreSQL.

use std::{
    fmt,
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

use chrono::NaiveDateTime;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use sea_orm_migration::MigratorTrait;
use vocabulary::{Instant, ServiceName, TimeZone};

use crate::{
    Transaction,
    changes::{Changes, Version},
    usage::Usage,
};

/// How long to wait for a connection, and on SQLite for the one that writes: a disk may be slow, and a request that
/// waits is better than one that fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a block keeps its data.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A directory with one file for each service.
    Sqlite(PathBuf),
    /// One database with one schema for each service; holds a password.
    Postgres(String),
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(directory) => write!(f, "sqlite:{}", directory.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(directory) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(directory.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::Url)
    }
}

/// The store of a service cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("a store URL is \"sqlite:<directory>\" or \"postgres://user:password@host/database\"")]
    Url,
    #[error("the directory {directory} of the store cannot be made")]
    Directory { directory: String, source: std::io::Error },
    #[error("the store of {service} cannot be opened")]
    Open { service: ServiceName, source: DbErr },
    #[error("the tables of {service} cannot be brought to the newest state")]
    Migrate { service: ServiceName, source: DbErr },
    #[error("{table}.{column} of row {row} holds {found}")]
    Unreadable { table: &'static str, column: &'static str, row: String, found: String },
}

/// The database of one service.
#[derive(Clone, Debug)]
pub struct Store {
    connection: DatabaseConnection,
    zone: TimeZone,
    usage: Arc<Usage>,
    /// None on PostgreSQL.
    changes: Option<Arc<Changes>>,
}

impl Store {
    /// Opens the store of a service and makes the directory or schema that it lacks.
    ///
    /// `zone` is the zone whose wall clock the columns without zone show.
    pub async fn open(url: &StoreUrl, service: ServiceName, zone: TimeZone) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Open { service, source };
        let changes = match url {
            StoreUrl::Sqlite(directory) => Some(Arc::new(Changes::of(&database_file(directory, service)))),
            StoreUrl::Postgres(_) => None,
        };
        let mut options = match url {
            StoreUrl::Sqlite(directory) => sqlite_options(directory, service)?,
            StoreUrl::Postgres(url) => {
                create_schema(url, service.schema()).await.map_err(failed)?;
                postgres_options(url, service.schema())
            }
        };
        options.sqlx_logging(false).acquire_timeout(PATIENCE);
        let mut connection = Database::connect(options).await.map_err(failed)?;
        let usage = Arc::new(Usage::default());
        let noted = Arc::clone(&usage);
        connection.set_metric_callback(move |statement| noted.note(1, statement.elapsed));
        Ok(Self { connection, zone, usage, changes })
    }

    /// Brings the tables to the newest state, from any older one.
    pub async fn migrate<M: MigratorTrait>(&self, service: ServiceName) -> Result<(), StoreError> {
        let failed = |source| StoreError::Migrate { service, source };
        M::up(&self.connection, None).await.map_err(failed)
    }

    /// For reading, and for single statements.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins a writing transaction. Never call a neighbour while one is open.
    pub async fn write(&self) -> Result<Transaction, DbErr> {
        let options = TransactionOptions {
            // A deferred transaction that reads before it writes fails when another one wrote meanwhile.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let stopwatch = Stopwatch::now();
        let begun = self.connection.begin_with_options(options).await?;
        self.usage.note(0, stopwatch.elapsed());
        Ok(Transaction::new(begun, Arc::clone(&self.usage)))
    }

    /// Whether the database answers, and on SQLite the file can be read.
    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        let question = match self.backend() {
            DbBackend::Sqlite => "select count(*) from sqlite_master",
            _ => "select 1",
        };
        self.connection.execute_unprepared(question).await.map(drop)
    }

    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    /// What a column without zone holds for an instant.
    #[must_use]
    pub fn column(&self, instant: Instant) -> NaiveDateTime {
        self.zone.wall_clock(instant)
    }

    /// The instant that a column without zone means.
    #[must_use]
    pub fn instant(&self, column: NaiveDateTime) -> Instant {
        self.zone.instant(column)
    }

    /// The state of the database, which is another one after every commit of whatever process; none where only a query
    /// could tell.
    pub(crate) fn version(&self) -> Option<Version> {
        self.changes.as_ref()?.version()
    }

    /// What the database did for this service so far.
    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
    }

    /// How many connections are open, and how many of them nobody uses.
    pub(crate) fn pool(&self) -> (u32, usize) {
        match self.backend() {
            DbBackend::Sqlite => {
                let pool = self.connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            _ => {
                let pool = self.connection.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        }
    }

    /// Ends all connections, after what runs on them.
    pub async fn close(self) -> Result<(), DbErr> {
        self.connection.close().await
    }
}

fn database_file(directory: &std::path::Path, service: ServiceName) -> PathBuf {
    directory.join(format!("{}.sqlite", service.schema()))
}

fn sqlite_options(directory: &std::path::Path, service: ServiceName) -> Result<ConnectOptions, StoreError> {
    std::fs::create_dir_all(directory)
        .map_err(|source| StoreError::Directory { directory: directory.display().to_string(), source })?;
    let file = database_file(directory, service);
    // The proxy holds nothing but its log, which costs every call two commits. It outlives the process as all does;
    // after a power failure its last moments may be missing, and nothing that was answered elsewhere is.
    let is_log = service == ServiceName::BlockProxy;
    let synchronous = if is_log { SqliteSynchronous::Normal } else { SqliteSynchronous::Full };
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", file.display()));
    // sqlx runs a thread for each SQLite connection.
    // A file does not go away as a server does: no connection is tried before it is used.
    options.max_connections(3).test_before_acquire(false).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("cache_size", "-1000")
    });
    Ok(options)
}

fn postgres_options(url: &str, schema: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.set_schema_search_path(schema).max_connections(10).min_connections(0);
    // Whether the server is still there is asked of connections that were idle; of all it would double every reading.
    options.test_before_acquire_if_idle_for(Duration::from_secs(1));
    options
}

async fn create_schema(url: &str, schema: &str) -> Result<(), DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    let exists = connection
        .query_one_raw(sea_orm::Statement::from_sql_and_values(
            DbBackend::Postgres,
            "select 1 from information_schema.schemata where schema_name = $1",
            [schema.into()],
        ))
        .await?;
    if exists.is_none() {
        connection.execute_unprepared(&format!("create schema if not exists {schema}")).await?;
    }
    connection.close().await
}
