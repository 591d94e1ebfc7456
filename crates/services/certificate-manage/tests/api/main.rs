//! The certificates of a block through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod check;
mod revoke;
mod store;

use certificate_manage::{Migrator, Settings, router};
use http::Method;
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, member};
use vocabulary::{BlockKind, ServiceName};

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nBB\n-----END CERTIFICATE-----\n";

/// What the authority says about the certificate `A1`/`F1`.
fn known() -> Value {
    json!({
        "certType": "client",
        "subject": {"C": "JP", "ST": "Tokyo", "L": "Minato-ku", "O": "PxR", "OU": 10001, "CN": "block-1000401"},
        "serialNo": "A1", "fingerPrint": "F1",
        "validPeriodStart": "2026-01-01T00:00:00.000+0900", "validPeriodEnd": "2027-01-01T00:00:00.000+0900",
        "certificate": PEM,
    })
}

fn holder() -> Value {
    json!({"actor": {"value": 10001, "ver": 1}, "block": {"value": 1_000_401, "ver": 1}})
}

/// An authority that knows one certificate.
fn authority() -> Neighbours {
    let of = ServiceName::CertificationAuthority;
    Neighbours::new().answers(of, Method::GET, "/certification-authority/client/A1/F1", known()).answers(
        of,
        Method::GET,
        "/certification-authority/actor/A1/F1",
        holder(),
    )
}

async fn certificates(database: Database, neighbours: Neighbours) -> Bench {
    certificates_on(BlockKind::Root, database, neighbours).await
}

async fn certificates_on(kind: BlockKind, database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| router(ground, Settings::default());
    Bench::start_on::<Migrator>(kind, ServiceName::CertificateManage, database, neighbours, router).await
}

fn upload() -> Value {
    json!({"certType": "client", "serialNo": "A1", "fingerPrint": "F1", "certificate": PEM})
}

async fn store(bench: &Bench, upload: Value) -> Reply {
    bench.post("/certificate-manage").session(&member()).json(upload).send().await
}
