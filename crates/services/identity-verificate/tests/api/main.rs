//! The identity verification through HTTP, on both databases.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod acquisition;
mod claims;
mod code;
mod code_verified;
mod collate;
mod crash;
mod stand_ins;
mod url;
mod user;
mod verify;

use identity_verificate::Settings;
use platform::Ground;
use serde_json::{Value, json};
use testkit::{Bench, Database, Neighbours, Reply, application, individual, of_actor};
use vocabulary::{ServiceName, Session};

use crate::stand_ins::{APP, APP_ACTOR, neighbours};

async fn verifications(database: Database) -> Bench {
    verifications_with(database, neighbours()).await
}

async fn verifications_with(database: Database, neighbours: Neighbours) -> Bench {
    let router = |ground: Ground| identity_verificate::router(ground, Settings::default());
    let service = ServiceName::IdentityVerificate;
    Bench::start::<identity_verificate::Migrator>(service, database, neighbours, router).await
}

async fn post(bench: &Bench, session: &Session, path: &str, body: Value) -> Reply {
    bench.post(&format!("/identity-verificate/{path}")).session(session).json(body).send().await
}

fn code(value: i64) -> Value {
    json!({"_value": value, "_ver": 1})
}

/// The application that residents link with in these tests.
fn partner_app() -> Session {
    of_actor(&application(), APP_ACTOR)
}

/// Issues a code of the usual resident for the usual application.
async fn issue(bench: &Bench) -> String {
    issue_for(bench, &individual(), json!({"actor": code(APP_ACTOR), "app": code(APP)})).await
}

async fn issue_for(bench: &Bench, session: &Session, body: Value) -> String {
    let reply = post(bench, session, "code", body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body["identifyCode"].as_str().unwrap().to_owned()
}

/// The code in the URL that the usual application makes for a user id.
async fn path_for(bench: &Bench, session: &Session, user_id: &str) -> String {
    let reply = post(bench, session, "url/issue", json!({"urlType": 1, "userId": user_id})).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let url = reply.body["url"].as_str().unwrap();
    url.split_once("?identifyCode=").unwrap().1.to_owned()
}

/// Every route that reads a body refuses one that is none, and names what it lacks.
async fn refuses_bad_bodies(bench: &Bench, session: &Session, path: &str, cases: &[(Value, &str)]) {
    for body in [json!({}), json!([]), json!("text"), json!(7)] {
        assert_eq!(post(bench, session, path, body.clone()).await.status, 400, "{path} {body}");
    }
    let request = bench.post(&format!("/identity-verificate/{path}")).session(session);
    assert_eq!(request.text("{").send().await.status, 400, "{path}");
    for (body, field) in cases {
        let reply = post(bench, session, path, body.clone()).await;
        assert_eq!(reply.status, 400, "{path} {body}");
        assert!(reply.body.to_string().contains(field), "{path} {body}: {}", reply.body);
    }
}

/// What a neighbour was asked at a path, in order.
fn asked(bench: &Bench, path: &str) -> Vec<Value> {
    let asked = bench.neighbours.asked().into_iter();
    asked.filter(|asked| asked.path.trim_end_matches('/') == path).map(|asked| asked.body).collect()
}
