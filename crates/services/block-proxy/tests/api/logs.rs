//! Threat 10: what is logged betrays nobody.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use serde_json::json;
use testkit::member;

use super::*;

/// A log that a test reads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

// What the tests beside this one say is logged here, too, and must betray nobody either.
#[tokio::test]
async fn neither_credentials_nor_personal_data_are_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let item = block(OWN, "pxr-root", "test-service");
    let neighbours = permitting(Neighbours::new(), OWN)
        .answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{OWN}"), item)
        .refuses(
            ServiceName::Notification,
            Method::POST,
            "/notification",
            500,
            json!({"answered": "secret6"}),
        );
    let bench = proxy_on(BlockKind::Root, Database::sqlite(), neighbours).await;
    let reply = bench
        .post("/pxr-block-proxy?from_path=%2Fx&path=%2Fnotification%3Fuser%3Dsecret1")
        .session(&member())
        .header("access-token", "secret2")
        .header("x-secret", "secret3")
        .json(json!({"body": "secret4"}))
        .send()
        .await;
    assert_eq!(reply.status, 500);
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("answered"), "something is logged: {logged}");
    let ours: Vec<_> =
        logged.lines().filter(|line| !line.contains("sqlx") && !line.contains("sea_orm")).collect();
    for secret in ["secret", "member01", member().header(), "\"t1\""] {
        assert!(!ours.iter().any(|line| line.contains(secret)), "{secret} is in the log");
    }
}
