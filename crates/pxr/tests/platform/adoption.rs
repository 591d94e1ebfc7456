//! A database that the reference made is compared, adopted in place, and used.

use std::{path::Path, process::Command};

use platform::StoreUrl;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::json;
use vocabulary::password::ClientHash;

use crate::support::{client, send};

/// The operator service's tables as its spec's data section writes them (spec: operator 3).
const TABLES: &str = "
create schema pxr_operator;
set search_path = pxr_operator;
create table operator (
  id bigserial primary key, type smallint not null default 0, login_id varchar(255) not null, hpassword varchar(255),
  pxr_id varchar(255), user_information text, name varchar(255), mobile_phone varchar(255), mail varchar(255),
  auth text, last_login_at timestamp(3), password_changed_flg boolean not null default false,
  login_prohibited_flg boolean not null default false, attributes text, lock_flg boolean not null default false,
  lock_start_at timestamp(3), password_updated_at timestamp(3) default now(), user_id varchar(255),
  region_catalog_code bigint, app_catalog_code bigint, wf_catalog_code bigint, client_id varchar(255),
  is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now(), unique_check_login_id text not null unique
);
create table session (
  id varchar(255) primary key, operator_id bigint not null references operator(id), expire_at timestamp(3) not null,
  is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table one_time_login_code (
  id bigserial primary key, code varchar(255) not null, operator_id bigint not null references operator(id),
  expire_at timestamp(3) not null, created_by varchar(255) not null, created_at timestamp(3) not null default now(),
  updated_by varchar(255) not null, updated_at timestamp(3) not null default now()
);
create table role_setting (
  id bigserial primary key, operator_id bigint not null references operator(id), role_catalog_code bigint not null,
  role_catalog_version bigint not null, is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table login_history (
  id bigserial primary key, operator_id bigint not null, login_at timestamp(3) not null,
  result boolean not null default false, is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table password_history (
  id bigserial primary key, operator_id bigint not null, hpassword varchar(255) not null,
  is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table manage_block_info (
  id bigserial primary key, actor_code bigint not null, actor_version bigint not null,
  is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table user_information (
  id bigserial primary key, operator_id bigint not null, catalog_code bigint not null, catalog_version bigint not null,
  value text not null, is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table identify_code (
  id bigserial primary key, code varchar(255) not null, pxr_id varchar(255) not null,
  expiration_at timestamp(3) not null, is_disabled boolean not null default false, created_by varchar(255) not null,
  created_at timestamp(3) not null default now(), updated_by varchar(255) not null,
  updated_at timestamp(3) not null default now()
);
create table sms_verification_code (
  id bigserial primary key, operator_id bigint not null references operator(id),
  verification_code varchar(255) not null, verification_code_expiration timestamp(3) not null,
  verification_result smallint not null, is_disabled boolean not null default false,
  created_by varchar(255) not null, created_at timestamp(3) not null default now(),
  updated_by varchar(255) not null, updated_at timestamp(3) not null default now()
);";

struct Installation {
    folder: tempfile::TempDir,
    url: String,
    _database: testkit::Database,
}

impl Installation {
    /// A database of the reference with one member; none where there is no `PostgreSQL`.
    async fn new() -> Option<Self> {
        let database = testkit::Database::postgres().await?;
        let StoreUrl::Postgres(url) = database.url.clone() else { return None };
        let installation = Self { folder: tempfile::tempdir().unwrap(), url, _database: database };
        let connection = installation.connect().await;
        let hpassword = ClientHash::default().of("Old-pass-01");
        connection.execute_unprepared(TABLES).await.unwrap();
        connection
            .execute_unprepared(&format!(
                "insert into pxr_operator.operator (type, login_id, hpassword, name, auth, attributes, created_by, \
                 updated_by, unique_check_login_id) values (3, 'veteran', '{hpassword}', '古参', \
                 '{{\"member\":{{\"add\":true}}}}', '{{}}', 'sql', 'sql', 'veteran3')"
            ))
            .await
            .unwrap();
        connection.close().await.unwrap();
        installation.configure();
        Some(installation)
    }

    async fn connect(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }

    fn configure(&self) {
        std::fs::write(self.folder.path().join("seal.key"), "5a".repeat(32)).unwrap();
        let text = format!(
            "[block]\nkind = \"root\"\ncode = 1000401\nactor = 1000431\nservice_name = \"root-service\"\n\
             ext_name = \"pxross1\"\n[listen]\ninternal = \"127.0.0.1:0\"\n[store]\nurl = \"{}\"\ntime_zone = \"Asia/Tokyo\"\n[secrets]\nseal_key = \"seal.key\"\n",
            self.url
        );
        std::fs::write(self.file(), text).unwrap();
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("block.toml")
    }

    /// Runs `pxr db …`: whether it went well, and what it said.
    fn db(&self, command: &str) -> (bool, String) {
        run(&["db", command, "-c"], &self.file())
    }

    /// A picture of the database: every table with its columns, and the member's row.
    async fn picture(&self) -> Vec<String> {
        let connection = self.connect().await;
        let mut lines = Vec::new();
        for question in [
            "select concat_ws('|', table_name, column_name, data_type) as line from information_schema.columns \
             where table_schema = 'pxr_operator' order by 1",
            "select operator::text as line from pxr_operator.operator order by id",
        ] {
            let rows = connection
                .query_all_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, question))
                .await
                .unwrap();
            lines.extend(rows.iter().map(|row| row.try_get::<String>("", "line").unwrap()));
        }
        connection.close().await.unwrap();
        lines
    }

    async fn execute(&self, statement: &str) {
        let connection = self.connect().await;
        connection.execute_unprepared(statement).await.unwrap();
        connection.close().await.unwrap();
    }
}

fn run(arguments: &[&str], file: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pxr")).args(arguments).arg(file).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_reference_is_adopted_and_its_operator_logs_in() {
    let Some(installation) = Installation::new().await else { return };
    let (well, said) = run(&["serve", "-c"], &installation.file());
    assert!(!well && said.contains("pxr db adopt"), "nothing is changed unasked: {said}");
    let before = installation.picture().await;

    let (well, said) = installation.db("check");
    assert!(well && said.contains("made by another program"), "{said}");
    assert_eq!(installation.picture().await, before, "a check changes nothing");

    let (well, said) = installation.db("adopt");
    assert!(well, "{said}");
    let adopted = installation.picture().await;
    let (well, said) = installation.db("adopt");
    assert!(well, "{said}");
    assert_eq!(installation.picture().await, adopted, "a second run changes nothing");

    let (well, said) = run(&["catalog", "load", "-c"], &installation.file());
    assert!(well, "{said}");
    let config = pxr::config::Config::read(&installation.file()).unwrap();
    let serving = pxr::assembly::Block::assemble(config).await.unwrap().serve().await.unwrap();
    let base = format!("http://{}", serving.addresses.internal.unwrap());
    for _ in 0..2 {
        // Once against the row as it was, once against the row as the first login left it.
        let body =
            json!({"type": 3, "loginId": "veteran", "hpassword": ClientHash::default().of("Old-pass-01")});
        let login = client().post(format!("{base}/operator/login")).header("accept", "application/json");
        let (status, _, body) = send(login.json(&body)).await.unwrap();
        assert_eq!(status, 200, "{body}");
    }
    serving.stop().await;
    let row = installation.picture().await.pop().unwrap();
    assert!(row.contains("$argon2id$"), "the password was upgraded: {row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_differs_is_reported_and_left_alone() {
    let Some(installation) = Installation::new().await else { return };
    installation.execute("alter table pxr_operator.operator alter column name type text").await;
    installation.execute("alter table pxr_operator.session drop column expire_at").await;
    installation.execute("drop table pxr_operator.identify_code").await;
    let before = installation.picture().await;
    for command in ["check", "adopt"] {
        let (well, said) = installation.db(command);
        assert!(!well, "{said}");
        for expected in [
            "pxr_operator.operator: the column name is text instead of character varying(255)",
            "pxr_operator.session: the column expire_at is missing",
            "pxr_operator.identify_code: the table is missing",
        ] {
            assert!(said.contains(expected), "{expected}\nis not in\n{said}");
        }
    }
    assert_eq!(installation.picture().await, before);
}
