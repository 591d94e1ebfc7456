//! What the doctor says of healthy blocks, and of each thing that can be wrong with one.

use std::{fs, path::PathBuf};

use chrono::TimeDelta;
use platform::Clock;
use pxr::doctor::{self, Finding};
use sea_orm::{ConnectionTrait, Database};

use crate::support::{Place, Platform};

async fn holds(place: Place) {
    let platform = Platform::built(place, "nothing: the whole story").await;
    for block in ["root", "region", "app1", "app2", "app3"] {
        let findings = doctor::examine(&file(&platform, block), &Clock::system()).await;
        assert!(findings.iter().all(|finding| !finding.is_wrong()), "{block}: {findings:#?}");
        assert!(findings.len() > 8, "{findings:#?}");
    }
    a_clock_that_is_off_is_named(&platform).await;
    a_certificate_about_to_expire_is_named(&platform).await;
    a_misspelt_key_is_named(&platform).await;
    a_secret_that_others_can_read_is_named(&platform).await;
    a_missing_column_is_named(&platform).await;
    a_store_that_does_not_answer_is_named(&platform).await;
    let app2 = file(&platform, "app2");
    platform.stage.stop().await;
    let findings = doctor::examine(&app2, &Clock::system()).await;
    assert!(names(&findings, "root block", "start the root block"), "{findings:#?}");
}

fn file(platform: &Platform, block: &str) -> PathBuf {
    platform.place.options.folder.join(block).join("block.toml")
}

/// Whether a wrong thing is reported with these words.
fn names(findings: &[Finding], subject: &str, words: &str) -> bool {
    findings.iter().any(|finding| {
        finding.is_wrong() && finding.subject == subject && finding.to_string().contains(words)
    })
}

async fn a_clock_that_is_off_is_named(platform: &Platform) {
    let clock = Clock::standing_at(Clock::system().now() + TimeDelta::minutes(7));
    let findings = doctor::examine(&file(platform, "root"), &clock).await;
    assert!(names(&findings, "clock", "synchronise"), "{findings:#?}");
}

async fn a_certificate_about_to_expire_is_named(platform: &Platform) {
    let certificate = platform.place.options.folder.join("app1/certificates/server.pem");
    let text = fs::read(&certificate).unwrap();
    let pem = x509_parser::pem::Pem::iter_from_buffer(&text).flatten().find(|pem| pem.label == "CERTIFICATE");
    let ends = pem.unwrap().parse_x509().unwrap().validity().not_after.timestamp();
    let now = Clock::system().now();
    let soon = now + TimeDelta::seconds(ends - now.utc().timestamp()) - TimeDelta::days(10);
    let findings = doctor::examine(&file(platform, "app1"), &Clock::standing_at(soon)).await;
    assert!(names(&findings, "certificate of the blocks listener", "expires at"), "{findings:#?}");
    let after = Clock::standing_at(soon + TimeDelta::days(20));
    let findings = doctor::examine(&file(platform, "app1"), &after).await;
    assert!(names(&findings, "certificate of the blocks listener", "expired at"), "{findings:#?}");
}

async fn a_misspelt_key_is_named(platform: &Platform) {
    let file = file(platform, "app1");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("ext_name", "extname")).unwrap();
    let findings = doctor::examine(&file, &Clock::system()).await;
    assert!(names(&findings, "configuration", "extname"), "{findings:#?}");
    fs::write(&file, text).unwrap();
}

async fn a_secret_that_others_can_read_is_named(platform: &Platform) {
    use std::os::unix::fs::PermissionsExt;
    let key = platform.place.options.folder.join("app1/secrets/seal.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let findings = doctor::examine(&file(platform, "app1"), &Clock::system()).await;
    assert!(names(&findings, "secrets.seal_key", "chmod 600"), "{findings:#?}");
    let secret = fs::read_to_string(&key).unwrap();
    assert!(findings.iter().all(|finding| !finding.to_string().contains(secret.trim())));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
}

async fn a_missing_column_is_named(platform: &Platform) {
    let folder = platform.place.options.folder.join("app3");
    let config = pxr::config::Config::read(&folder.join("block.toml")).unwrap();
    let (url, table) = match config.store_url().strip_prefix("sqlite:") {
        Some(folder) => (format!("sqlite://{folder}/pxr_operator.sqlite"), "login_history"),
        None => (config.store_url(), "pxr_operator.login_history"),
    };
    let connection = Database::connect(url).await.unwrap();
    connection.execute_unprepared(&format!("alter table {table} drop column result")).await.unwrap();
    connection.close().await.unwrap();
    let findings = doctor::examine(&file(platform, "app3"), &Clock::system()).await;
    assert!(names(&findings, "tables", "login_history: the column result is missing"), "{findings:#?}");
}

async fn a_store_that_does_not_answer_is_named(platform: &Platform) {
    let file = file(platform, "region");
    let text = fs::read_to_string(&file).unwrap();
    let url = text.lines().find(|line| line.starts_with("url = ")).unwrap();
    let elsewhere = if url.contains("sqlite:") {
        "url = \"sqlite:nowhere\""
    } else {
        "url = \"postgres://pxr:secret@127.0.0.1:1/x\""
    };
    fs::write(&file, text.replace(url, elsewhere)).unwrap();
    let findings = doctor::examine(&file, &Clock::system()).await;
    assert!(findings.iter().any(|finding| finding.is_wrong() && finding.subject == "store"), "{findings:#?}");
    assert!(findings.iter().all(|finding| !finding.to_string().contains("secret@")), "no password is shown");
    fs::write(&file, text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_is_right_on_sqlite() {
    holds(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_is_right_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        holds(place).await;
    }
}
