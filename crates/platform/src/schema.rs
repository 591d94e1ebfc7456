//! Tables as the specs write them: the column types and habits that all services' schemas share.
//!
//! Every table of the reference has the same ways: a `bigserial` id, `varchar(255)` and `text`,
//! `timestamp(3)` without zone, and the common columns at its end. This module says them once, for both
//! databases, so that a migration reads like the data section of its spec.

use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sea_query::{Alias, ColumnDef, Expr, ForeignKey, Index, Table, TableCreateStatement},
};
use sea_orm_migration::{DbErr, SchemaManager};

pub use sea_orm::sea_query::ForeignKeyAction;

/// A table about to be made.
#[derive(Debug)]
pub struct NewTable {
    name: &'static str,
    statement: TableCreateStatement,
    backend: DbBackend,
    indexes: Vec<(String, Vec<&'static str>, bool)>,
}

/// A column about to be made; null is allowed unless said otherwise.
#[derive(Debug)]
pub struct Column(ColumnDef, DbBackend);

impl NewTable {
    #[must_use]
    pub fn new(manager: &SchemaManager<'_>, name: &'static str) -> Self {
        let mut statement = Table::create();
        statement.table(Alias::new(name));
        Self { name, statement, backend: manager.get_database_backend(), indexes: Vec::new() }
    }

    /// `id bigserial PRIMARY KEY`.
    #[must_use]
    pub fn id(mut self) -> Self {
        let mut column = ColumnDef::new(Alias::new("id"));
        match self.backend {
            // Only an `integer` primary key counts by itself in SQLite.
            DbBackend::Sqlite => column.integer(),
            _ => column.big_integer(),
        };
        self.statement.col(column.not_null().auto_increment().primary_key());
        self
    }

    /// `id varchar(255) PRIMARY KEY`.
    #[must_use]
    pub fn text_id(mut self) -> Self {
        self.statement.col(ColumnDef::new(Alias::new("id")).string_len(255).not_null().primary_key());
        self
    }

    /// `id uuid PRIMARY KEY`; ours come with their id.
    #[must_use]
    pub fn uuid_id(mut self) -> Self {
        self.statement.col(ColumnDef::new(Alias::new("id")).uuid().not_null().primary_key());
        self
    }

    #[must_use]
    pub fn column(mut self, name: &'static str, describe: impl FnOnce(Column) -> Column) -> Self {
        let mut column = describe(Column(ColumnDef::new(Alias::new(name)), self.backend));
        self.statement.col(&mut column.0);
        self
    }

    /// Nullable `bigint` columns: catalog codes and versions mostly.
    #[must_use]
    pub fn bigints(self, names: &[&'static str]) -> Self {
        names.iter().fold(self, |table, name| table.column(name, Column::bigint))
    }

    /// The columns that end every table: `is_disabled`, `created_by`, `created_at`, `updated_by`, `updated_at`.
    #[must_use]
    pub fn common(self) -> Self {
        self.column("is_disabled", |column| column.boolean().not_null().default(false)).audit()
    }

    /// The common columns of a table without logical deletion.
    #[must_use]
    pub fn audit(self) -> Self {
        self.column("created_by", |column| column.varchar().not_null())
            .column("created_at", |column| column.timestamp().not_null().default_now())
            .column("updated_by", |column| column.varchar().not_null())
            .column("updated_at", |column| column.timestamp().not_null().default_now())
    }

    /// A foreign key to the id of another table.
    #[must_use]
    pub fn foreign_key(self, column: &'static str, table: &'static str) -> Self {
        self.reference(column, table, "id", ForeignKeyAction::NoAction)
    }

    /// A foreign key whose rows vanish with the one they belong to.
    #[must_use]
    pub fn belongs_to(self, column: &'static str, table: &'static str) -> Self {
        self.reference(column, table, "id", ForeignKeyAction::Cascade)
    }

    #[must_use]
    pub fn reference(
        mut self,
        column: &'static str,
        table: &'static str,
        target: &'static str,
        on_delete: ForeignKeyAction,
    ) -> Self {
        self.statement.foreign_key(
            ForeignKey::create()
                .from(Alias::new(self.name), Alias::new(column))
                .to(Alias::new(table), Alias::new(target))
                .on_delete(on_delete),
        );
        self
    }

    #[must_use]
    pub fn index(mut self, name: impl Into<String>, columns: &[&'static str]) -> Self {
        self.indexes.push((name.into(), columns.to_vec(), false));
        self
    }

    #[must_use]
    pub fn unique(mut self, name: impl Into<String>, columns: &[&'static str]) -> Self {
        self.indexes.push((name.into(), columns.to_vec(), true));
        self
    }

    /// Makes the table, unless an adopted database has it already.
    pub async fn create(mut self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        if manager.has_table(self.name).await? {
            return Ok(());
        }
        manager.create_table(self.statement.take()).await?;
        for (name, columns, unique) in self.indexes {
            let mut index = Index::create();
            index.name(name).table(Alias::new(self.name)).if_not_exists();
            for column in columns {
                index.col(Alias::new(column));
            }
            if unique {
                index.unique();
            }
            manager.create_index(index.take()).await?;
        }
        Ok(())
    }
}

/// Whether a table may be changed: those of an adopted PostgreSQL database may belong to the role that made them.
pub async fn may_change(manager: &SchemaManager<'_>, table: &str) -> Result<bool, DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let question = "select pg_has_role(relowner, 'USAGE') as may from pg_class where oid = to_regclass($1)";
    let question = Statement::from_sql_and_values(DbBackend::Postgres, question, [table.into()]);
    let answer = manager.get_connection().query_one_raw(question).await?;
    answer.map_or(Ok(true), |row| row.try_get("", "may"))
}

/// Adds indexes to tables that stand already, adopted ones too; their names follow from table and columns.
///
/// Adds none and says so where the tables belong to another role; gives whether it could.
pub async fn add_indexes(
    manager: &SchemaManager<'_>,
    indexes: &[(&'static str, &[&'static str])],
) -> Result<bool, DbErr> {
    for (table, columns) in indexes {
        if !may_change(manager, table).await? {
            tracing::warn!(table, "the table belongs to another role: indexes are not added");
            return Ok(false);
        }
        let mut index = Index::create();
        index.name(format!("{table}_{}_idx", columns.join("_"))).table(Alias::new(*table)).if_not_exists();
        for column in *columns {
            index.col(Alias::new(*column));
        }
        manager.create_index(index.take()).await?;
    }
    Ok(true)
}

impl Column {
    #[must_use]
    pub fn bigint(mut self) -> Self {
        self.0.big_integer();
        self
    }

    #[must_use]
    pub fn smallint(mut self) -> Self {
        self.0.small_integer();
        self
    }

    #[must_use]
    pub fn integer(mut self) -> Self {
        self.0.integer();
        self
    }

    #[must_use]
    pub fn boolean(mut self) -> Self {
        self.0.boolean();
        self
    }

    /// `varchar(255)`.
    #[must_use]
    pub fn varchar(self) -> Self {
        self.varchar_of(255)
    }

    #[must_use]
    pub fn varchar_of(mut self, length: u32) -> Self {
        self.0.string_len(length);
        self
    }

    #[must_use]
    pub fn text(mut self) -> Self {
        self.0.text();
        self
    }

    #[must_use]
    pub fn bytes(mut self) -> Self {
        self.0.blob();
        self
    }

    /// A column type that only PostgreSQL has by that name; SQLite keeps it as text.
    #[must_use]
    pub fn postgres_type(mut self, name: &'static str) -> Self {
        match self.1 {
            DbBackend::Sqlite => self.0.text(),
            _ => self.0.custom(Alias::new(name)),
        };
        self
    }

    /// `timestamp(3)` without time zone.
    #[must_use]
    pub fn timestamp(mut self) -> Self {
        match self.1 {
            DbBackend::Sqlite => self.0.date_time(),
            _ => self.0.custom(Alias::new("timestamp(3)")),
        };
        self
    }

    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.0.not_null();
        self
    }

    #[must_use]
    pub fn unique(mut self) -> Self {
        self.0.unique_key();
        self
    }

    #[must_use]
    pub fn default(mut self, value: impl Into<sea_orm::Value>) -> Self {
        self.0.default(Expr::val(value));
        self
    }

    /// The database's time, for rows that other programs write; ours come with their time.
    #[must_use]
    pub fn default_now(mut self) -> Self {
        self.0.default(Expr::current_timestamp());
        self
    }
}
