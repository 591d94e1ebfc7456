//! Many rows, straight into the stores.

use pxr::assembly::Block;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value};
use vocabulary::ServiceName;

/// Where the codes of the items begin.
pub(crate) const FIRST_CODE: usize = 50_000_000;

/// Rows `from + 1` to `to` beside a statement that uses them.
fn numbered(from: usize, to: usize, statement: &str) -> String {
    format!(
        "with recursive n(i) as (select {from} + 1 union all select i + 1 from n where i < {to}) {statement}"
    )
}

async fn run(connection: &DatabaseConnection, sql: String, values: Vec<Value>) {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.execute_raw(statement).await.expect("rows");
}

fn store(block: &Block, service: ServiceName) -> &DatabaseConnection {
    block.ground(service).expect("the service").store.read()
}

/// Operators like the one with that login, each with a session whose id is [`session_id`].
pub(crate) async fn sessions(block: &Block, like: &str, (from, to): (usize, usize)) {
    let connection = store(block, ServiceName::Operator);
    let same = "hpassword, name, auth, password_changed_flg, login_prohibited_flg, lock_flg, is_disabled, \
                created_by, created_at, updated_by, updated_at";
    let operators = format!(
        "insert into operator (type, login_id, unique_check_login_id, {same})
         select type, 'bench-' || i, 'bench-' || i, {same} from operator, n where login_id = '{like}'"
    );
    run(connection, numbered(from, to, &operators), Vec::new()).await;
    let sessions = "insert into session (id, operator_id, expire_at, is_disabled, created_by, created_at, updated_by, updated_at)
         select 'session-' || login_id, id, $1, is_disabled, created_by, created_at, updated_by, updated_at
         from operator where login_id like 'bench-%' and not exists (select 1 from session where operator_id = operator.id)";
    let end = chrono::NaiveDate::from_ymd_opt(2099, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0));
    run(connection, sessions.to_owned(), vec![end.into()]).await;
    run(connection, "analyze".to_owned(), Vec::new()).await;
}

pub(crate) fn session_id(number: usize) -> String {
    format!("session-bench-{number}")
}

/// Items like that one, which was rendered before; their codes follow [`FIRST_CODE`].
pub(crate) async fn items(block: &Block, like: i64, (from, to): (usize, usize)) {
    let connection = store(block, ServiceName::Catalog);
    let items = format!(
        "insert into catalog_item (code, version, ns_id, name, description, inherit_code, inherit_version, is_reserved,
                                   response, attributes, is_disabled, created_by, created_at, updated_by, updated_at)
         select {FIRST_CODE} + i, 1, ns_id, name, description, inherit_code, inherit_version, is_reserved,
                replace(response, '{like}', cast({FIRST_CODE} + i as text)),
                attributes, is_disabled, created_by, created_at, updated_by, updated_at
         from catalog_item, n where code = {like} and response is not null"
    );
    run(connection, numbered(from, to, &items), Vec::new()).await;
    run(connection, "analyze".to_owned(), Vec::new()).await;
}
