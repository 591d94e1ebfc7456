//! Threat 10 (spec: trust-layer 9): whole blocks that log all they can betray no secret of whoever uses them.

use std::{collections::BTreeSet, fs, path::Path};

use platform::Store;
use pxr::config::Config;
use sea_orm::{ConnectOptions, ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use vocabulary::{ServiceName, TimeZone};

use crate::{
    commands::{Serves, local, well},
    figures::Told,
    support::{Cookies, Place, Platform, client, send},
};

const NEW_PASSWORD: &str = "Second-pass-01";
const WRONG_PASSWORD: &str = "Wrong-pass-02";
const ACCESS_TOKEN: &str = "0a1b2c-access-token-of-a-client";

/// What a log must not hold, with what it is.
#[derive(Default)]
struct Secrets(BTreeSet<(String, String)>);

impl Secrets {
    fn add(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 8, "{what} is too short to be told apart");
        self.0.insert((what.to_owned(), secret.to_owned()));
    }

    fn cookies(&mut self, cookies: &Cookies) {
        for (name, value) in &cookies.0 {
            self.add(&format!("the cookie {name}"), value);
        }
    }

    fn password(&mut self, platform: &Platform, password: &str) {
        self.add("a password", password);
        self.add("a client's hash of a password", &platform.variables.client_hash().of(password));
    }

    /// Every line of the private keys in a folder, and the key that seals them.
    fn keys(&mut self, folder: &Path) {
        for file in fs::read_dir(folder.join("certificates")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let Some((_, rest)) = text.split_once("PRIVATE KEY-----\n") else { continue };
            for line in rest.lines().take_while(|line| !line.starts_with("-----")) {
                self.add("a private key", line);
            }
        }
        self.add("the sealing key", fs::read_to_string(folder.join("secrets/seal.key")).unwrap().trim());
    }

    /// The tokens that a block handed out and took in.
    async fn tokens(&mut self, folder: &Path) {
        let url = Config::read(&folder.join("block.toml")).unwrap().store_url().parse().unwrap();
        let store = Store::open(&url, ServiceName::AccessControl, TimeZone::UTC).await.unwrap();
        for table in ["api_token", "api_access_permission"] {
            let backend = store.read().get_database_backend();
            let all = Statement::from_string(backend, format!("select token from {table}"));
            let rows = store.read().query_all_raw(all).await.unwrap();
            assert!(!rows.is_empty(), "{} has no {table}", folder.display());
            for row in rows {
                self.add("a token", &row.try_get_by_index::<String>(0).unwrap());
            }
        }
    }
}

/// Logs in, wrongly and rightly, calls the own block and the root, makes a member and gives it another password.
async fn lives(platform: &Platform, secrets: &mut Secrets) {
    let root = platform.login("root", "root").await;
    let app1 = platform.login("app1", "app1_op0").await;
    for (cookies, who) in [(&root, "root_password"), (&app1, "app1_op0_password")] {
        secrets.cookies(cookies);
        secrets.password(platform, &platform.known(who));
    }
    for password in [WRONG_PASSWORD, NEW_PASSWORD] {
        secrets.password(platform, password);
    }
    secrets.add("the access token", ACCESS_TOKEN);
    let hash = |password: &str| platform.variables.client_hash().of(password);
    let wrong = json!({"type": 3, "loginId": "root", "hpassword": hash(WRONG_PASSWORD)});
    let login = client().post(format!("{}/operator/operator/login", platform.url("root"))).json(&wrong);
    assert_eq!(send(Cookies::default().on(login)).await.unwrap().0, 401);

    let member = json!({"type": 3, "loginId": "second", "name": "second", "hpassword": hash(NEW_PASSWORD),
        "auth": {"member": {"add": true, "update": true, "delete": true}}});
    let (status, made) = platform.call("app1", "POST own", "/operator", &app1, Some(member)).await;
    assert_eq!(status, 200, "{made}");
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let path = format!("/operator/password/{}", made["operatorId"].as_i64().or(made["id"].as_i64()).unwrap());
    let other = json!({"newHpassword": hash(WRONG_PASSWORD)});
    let (status, body) = platform.call("app1", "PUT own", &path, &app1, Some(other)).await;
    assert_eq!(status, 200, "{body}");

    assert_eq!(platform.get("root", "/catalog/name", &root).await.0, 200);
    let target = contract::proxy::encoded("/catalog/name");
    let url = format!(
        "{}/pxr-block-proxy/pxr-block-proxy/?block=$pxr-root-block&path={target}",
        platform.url("app1")
    );
    let read = app1.on(client().get(url)).header("access-token", ACCESS_TOKEN);
    assert_eq!(send(read).await.unwrap().0, 200, "another block's call");
    let forged = client().get(format!("{}/operator/operator/session", platform.url("root")));
    send(forged.header("session", ACCESS_TOKEN).header("token", ACCESS_TOKEN)).await.unwrap();
}

/// Tables of which everything here reads or writes rows.
const TABLES: [&str; 6] = [
    "operator",
    "login_history",
    "api_token",
    "api_access_permission",
    "log_called_api",
    "certificate_manage",
];

/// Whether a line of a log holds a statement about one of the tables.
fn holds_sql(line: &str) -> bool {
    let line = line.to_lowercase().replace(['\\', '"', '`'], "");
    let begins = |before: &str, table: &str| {
        let mut rest = line.as_str();
        while let Some((_, after)) = rest.split_once(before) {
            let named = after.trim_start().strip_prefix(table);
            if named
                .is_some_and(|after| !after.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
            {
                return true;
            }
            rest = after;
        }
        false
    };
    TABLES.iter().any(|table| {
        begins("insert into ", table)
            || begins("delete from ", table)
            || line.contains("update ") && begins("update ", table) && line.contains(" set ")
            || line.contains("select ") && begins(" from ", table)
    })
}

/// What the driver would log, if it were not told to keep quiet.
#[tokio::test]
async fn a_statement_in_a_log_is_noticed() {
    for (line, is_one) in [
        (r#"DEBUG sqlx::query: summary="INSERT INTO \"operator\" (\"login_id\", …" rows_affected=1"#, true),
        (r#"TRACE query: SELECT "api_token"."token" FROM "api_token" WHERE "token" = $1"#, true),
        ("UPDATE certificate_manage SET is_disabled = true", true),
        ("delete from `log_called_api` where id = 1", true),
        ("INFO answered method=GET route=/operator/{id} status=200", false),
        ("the operator service selected a certificate from operators_of_another_name", false),
        ("inserted into operators", false),
    ] {
        assert_eq!(holds_sql(line), is_one, "{line}");
    }
    let Some(server) = testkit::Database::server().await else { return };
    let told = Told::default();
    let writer = told.clone();
    let lines =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    let listening = tracing::subscriber::set_default(lines.finish());
    for is_told in [false, true] {
        let mut options = ConnectOptions::new(&server);
        options.max_connections(1).sqlx_logging(is_told);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        connection.execute_unprepared("create temporary table api_token (token text)").await.unwrap();
        let all = Statement::from_string(DbBackend::Postgres, "select token from api_token");
        connection.query_all_raw(all).await.unwrap();
        connection.close().await.unwrap();
        assert_eq!(told.text().lines().any(holds_sql), is_told, "{}", told.text());
    }
    drop(listening);
}

async fn nothing_is_betrayed(place: Place) {
    let Platform { stage, variables, place } = Platform::built(place, "2").await;
    stage.stop().await;
    let platform = Platform { stage: place.stage(), variables, place };
    let folder = |block: &str| platform.place.options.folder.join(block);
    let file = |block: &str| folder(block).join("block.toml");
    let mut root = Serves::saying("trace", &file("root"), &platform.url("root")).await;
    let mut app1 = Serves::saying("trace", &file("app1"), &platform.url("app1")).await;

    let mut secrets = Secrets::default();
    lives(&platform, &mut secrets).await;
    secrets.keys(&folder("app1"));
    let (login_id, app1_file) = (platform.known("app1_op0_login"), file("app1"));
    let renew =
        [&["cert", "renew", "--wait", "0"][..], &local(app1_file.to_str().unwrap(), &login_id)].concat();
    well(&renew, &platform.known("app1_op0_password"));
    for block in ["root", "app1"] {
        secrets.keys(&folder(block));
        secrets.tokens(&folder(block)).await;
    }
    root.kill();
    app1.kill();

    for (block, log) in [("root", root.log()), ("app1", app1.log())] {
        assert!(log.contains("TRACE") && log.contains("answered"), "{block} says all it can");
        // Whatever is a secret in them: statements are not logged at all.
        if let Some(line) = log.lines().find(|line| holds_sql(line)) {
            panic!("the log of {block} holds a statement: {line}");
        }
        for (what, secret) in &secrets.0 {
            if let Some(at) = log.find(secret.as_str()) {
                let start = log[..at].rfind('\n').map_or(0, |at| at + 1);
                let line: String = log[start..].lines().next().unwrap().chars().take(400).collect();
                panic!("the log of {block} betrays {what}: {line}");
            }
        }
    }
    platform.stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_log_all_they_can_betray_no_secret_on_sqlite() {
    nothing_is_betrayed(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_log_all_they_can_betray_no_secret_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        nothing_is_betrayed(place).await;
    }
}
