//! Where the databases of cases come from. On SQLite each case has a copy of a file; on PostgreSQL a few databases are
//! used again and again, because to make one takes longer than a case.

use std::sync::{Mutex, MutexGuard, PoisonError};

use platform::{Store, StoreUrl};
use sea_orm::{ConnectionTrait, Database, DbErr};
use tempfile::TempDir;
use vocabulary::{ServiceName, TimeZone, random};

use super::{DatabaseError, Loaded};
use crate::services;

/// The databases of one service.
pub(super) struct Source {
    service: ServiceName,
    system: System,
}

enum System {
    /// A folder with the file that is copied.
    Sqlite(TempDir),
    Postgres(Server),
}

/// Where a database lies.
pub(super) enum Place {
    Folder(TempDir),
    Database(String),
}

impl Source {
    pub(super) async fn new(service: ServiceName, server: Option<&str>) -> Result<Self, DatabaseError> {
        let system = match server {
            Some(url) => System::Postgres(Server::new(url)?),
            None => System::Sqlite(migrated_folder(service).await?),
        };
        Ok(Self { service, system })
    }

    /// A database with our tables that nobody else uses. On PostgreSQL it may hold rows of an earlier use.
    pub(super) async fn take(&self) -> Result<Loaded, DatabaseError> {
        match &self.system {
            System::Sqlite(template) => {
                let (folder, file) = (tempfile::tempdir()?, format!("{}.sqlite", self.service.schema()));
                std::fs::copy(template.path().join(&file), folder.path().join(&file))?;
                let store = open(&StoreUrl::Sqlite(folder.path().to_owned()), self.service).await?;
                Ok(Loaded { store, place: Place::Folder(folder) })
            }
            System::Postgres(server) => {
                let used = server.free().pop();
                let is_new = used.is_none();
                let name = match used {
                    Some(name) => name,
                    None => server.create().await?,
                };
                let store = open(&StoreUrl::Postgres(server.url(&name)), self.service).await?;
                if is_new {
                    services::migrate(self.service, &store).await?;
                }
                Ok(Loaded { store, place: Place::Database(name) })
            }
        }
    }

    /// Ends the use of a database: thousands of them would leave too many files and connections open.
    pub(super) async fn put_back(&self, loaded: Loaded) -> Result<(), DatabaseError> {
        loaded.store.close().await?;
        match (&self.system, loaded.place) {
            (System::Postgres(server), Place::Database(name)) => server.free().push(name),
            (System::Sqlite(_), Place::Folder(folder)) => folder.close()?,
            (System::Postgres(_), Place::Folder(_)) | (System::Sqlite(_), Place::Database(_)) => {}
        }
        Ok(())
    }

    /// Leaves nothing behind.
    pub(super) async fn remove(self) -> Result<(), DatabaseError> {
        match self.system {
            System::Sqlite(folder) => Ok(folder.close()?),
            System::Postgres(server) => server.drop_all().await,
        }
    }
}

async fn migrated_folder(service: ServiceName) -> Result<TempDir, DatabaseError> {
    let folder = tempfile::tempdir()?;
    let store = open(&StoreUrl::Sqlite(folder.path().to_owned()), service).await?;
    services::migrate(service, &store).await?;
    store.read().execute_unprepared("pragma wal_checkpoint(truncate)").await?;
    store.close().await?;
    Ok(folder)
}

async fn open(url: &StoreUrl, service: ServiceName) -> Result<Store, DatabaseError> {
    Ok(Store::open(url, service, TimeZone::TOKYO).await?)
}

struct Server {
    /// The URL of a database whose user may create others, and that URL without its name.
    home: String,
    base: String,
    created: Mutex<Vec<String>>,
    free: Mutex<Vec<String>>,
}

impl Server {
    fn new(home: &str) -> Result<Self, DatabaseError> {
        let (base, _) =
            home.rsplit_once('/').filter(|(base, _)| base.contains("://")).ok_or(DatabaseError::Url)?;
        let (home, base) = (home.to_owned(), base.to_owned());
        Ok(Self { home, base, created: Mutex::default(), free: Mutex::default() })
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    fn free(&self) -> MutexGuard<'_, Vec<String>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn create(&self) -> Result<String, DbErr> {
        let name = format!("replay_{}", random::uuid().simple());
        self.execute(&format!("create database {name}")).await?;
        self.created.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        Ok(name)
    }

    async fn drop_all(self) -> Result<(), DatabaseError> {
        let created = std::mem::take(&mut *self.created.lock().unwrap_or_else(PoisonError::into_inner));
        for name in created {
            self.execute(&format!("drop database if exists {name} with (force)")).await?;
        }
        Ok(())
    }

    async fn execute(&self, statement: &str) -> Result<(), DbErr> {
        let connection = Database::connect(&self.home).await?;
        connection.execute_unprepared(statement).await?;
        connection.close().await
    }
}
