//! Looking into the tables of a service under test, and putting rows there.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::Bench;

impl Bench {
    /// The texts that `select {column} from {rest}` finds; null is an empty one.
    pub async fn texts(&self, column: &str, rest: &str) -> Vec<String> {
        let store = &self.ground.store;
        let sql = format!("select coalesce(cast({column} as text), '') from {rest}");
        let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await;
        rows.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The last of them.
    pub async fn text(&self, column: &str, rest: &str) -> String {
        self.texts(column, rest).await.pop().expect("a row")
    }

    /// How many rows there are.
    pub async fn count(&self, rest: &str) -> usize {
        self.texts("1", rest).await.len()
    }

    /// The names of all indexes.
    pub async fn indexes(&self) -> Vec<String> {
        match self.ground.store.backend() {
            DbBackend::Sqlite => self.texts("name", "sqlite_master where type = 'index'").await,
            _ => self.texts("indexname", "pg_indexes where schemaname = current_schema()").await,
        }
    }

    pub async fn execute(&self, sql: &str) {
        self.ground.store.read().execute_unprepared(sql).await.unwrap();
    }
}
