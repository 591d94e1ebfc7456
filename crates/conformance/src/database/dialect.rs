//! How a database system says what a replay needs. Recordings write integers and booleans as JSON does, and everything
//! else as the text that PostgreSQL prints.

use sea_orm::DbBackend;

/// A column of a table.
pub(super) struct Column {
    pub(super) name: String,
    /// As the database system names it.
    kind: String,
}

impl Column {
    /// A table and one of its columns from `table:column:type`.
    pub(super) fn described(line: &str) -> Option<(String, Self)> {
        let (table, column) = line.split_once(':')?;
        let (name, kind) = column.split_once(':')?;
        Some((table.to_owned(), Self { name: name.to_owned(), kind: kind.to_lowercase() }))
    }
}

#[derive(Clone, Copy)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(super) const fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Sqlite => Self::Sqlite,
            _ => Self::Postgres,
        }
    }

    /// A query for `table:column:type` of all columns.
    pub(super) const fn columns(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "select tables.name || ':' || columns.name || ':' || columns.type
                 from sqlite_master tables, pragma_table_info(tables.name) columns
                 where tables.type = 'table' and tables.name not like 'sqlite%'"
            }
            Self::Postgres => {
                "select table_name || ':' || column_name || ':' || data_type
                 from information_schema.columns join information_schema.tables using (table_schema, table_name)
                 where table_schema = current_schema() and table_type = 'BASE TABLE' order by ordinal_position"
            }
        }
    }

    /// What goes before the loading of a state, whose rows may refer to others that come later, or never. On PostgreSQL
    /// the rows of the case before go, which takes less time than to truncate its many small tables.
    pub(super) fn before_loading<'a>(self, tables: impl Iterator<Item = &'a String>) -> String {
        match self {
            Self::Sqlite => "pragma defer_foreign_keys = on".to_owned(),
            Self::Postgres => {
                let deletions: Vec<_> = tables.map(|table| format!("delete from \"{table}\";")).collect();
                format!(
                    "set local session_replication_role = replica; {}
                    select setval(oid::regclass, 1, false) from pg_class
                    where relkind = 'S' and relnamespace = current_schema()::regnamespace",
                    deletions.join(" ")
                )
            }
        }
    }

    /// Inserts rows, a parameter with a JSON array of objects.
    pub(super) fn insertion(self, table: &str, columns: &[&Column]) -> String {
        let list = |shown: &dyn Fn(&Column) -> String| list(columns.iter().copied(), shown);
        let names = list(&|column| format!("\"{}\"", column.name));
        match self {
            Self::Sqlite => {
                let values = list(&sqlite_value);
                format!("insert into \"{table}\" ({names}) select {values} from json_each($1)")
            }
            Self::Postgres => {
                let (texts, values) = (
                    list(&|column| format!("\"{}\" text", column.name)),
                    list(&|column| format!("\"{}\"::{}", column.name, column.kind)),
                );
                format!(
                    "insert into \"{table}\" ({names}) select {values} from json_to_recordset($1::json) as row ({texts})"
                )
            }
        }
    }

    /// What goes after the rows of a table: new ones get ids that are free. A sequence that is not recorded may be behind
    /// the rows, and ours uses it where the reference wrote nothing.
    pub(super) fn after_loading(self, table: &str, columns: &[Column]) -> Option<String> {
        let id = columns.iter().find(|column| column.name == "id")?;
        let is_numbered = matches!(self, Self::Postgres) && matches!(id.kind.as_str(), "integer" | "bigint");
        let sequence = format!("pg_get_serial_sequence('\"{table}\"', 'id')");
        is_numbered.then(|| format!("select setval({sequence}, max(id)) from \"{table}\" having max(id) > 0"))
    }

    /// Sets the value that a sequence gives next.
    pub(super) fn sequence(self, name: &str, next: i64) -> String {
        match self {
            Self::Sqlite => {
                let (table, last) = (name.trim_end_matches("_id_seq"), next - 1);
                format!("update sqlite_sequence set seq = {last} where name = '{table}'")
            }
            Self::Postgres => format!("select setval('\"{name}\"', {next}, false)"),
        }
    }

    /// A query for all rows of a table, each a JSON object as recordings write it.
    pub(super) fn rows_of(self, table: &str, columns: &[Column]) -> String {
        match self {
            Self::Sqlite => {
                let members = list(columns, |column| format!("'{}', {}", column.name, sqlite_shown(column)));
                format!("select json_object({members}) from \"{table}\"")
            }
            Self::Postgres => {
                let members =
                    list(columns, |column| format!("{} as \"{}\"", postgres_shown(column), column.name));
                format!("select row_to_json(shown)::text from (select {members} from \"{table}\") as shown")
            }
        }
    }
}

fn list<'a>(columns: impl IntoIterator<Item = &'a Column>, shown: impl Fn(&Column) -> String) -> String {
    columns.into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn sqlite_value(Column { name, kind }: &Column) -> String {
    let value = format!("value ->> '$.{name}'");
    if kind.contains("blob") {
        format!("unhex(substr({value}, 3))")
    } else if kind.starts_with("uuid") {
        format!("unhex({value}, '-')")
    } else {
        value
    }
}

fn sqlite_shown(Column { name, kind }: &Column) -> String {
    if kind.starts_with("bool") {
        format!("json(case \"{name}\" when 1 then 'true' when 0 then 'false' else 'null' end)")
    } else if kind.contains("blob") {
        format!("iif(\"{name}\" is null, null, '\\x' || lower(hex(\"{name}\")))")
    } else if kind.starts_with("uuid") {
        let groups = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)];
        let group = |(from, length)| format!("lower(substr(hex(\"{name}\"), {from}, {length}))");
        format!("iif(\"{name}\" is null, null, {})", groups.map(group).join(" || '-' || "))
    } else {
        format!("\"{name}\"")
    }
}

fn postgres_shown(Column { name, kind }: &Column) -> String {
    let is_plain = matches!(kind.as_str(), "boolean" | "smallint" | "integer" | "bigint");
    let text = if is_plain { "" } else { "::text" };
    format!("\"{name}\"{text}")
}
