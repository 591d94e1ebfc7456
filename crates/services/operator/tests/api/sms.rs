//! Codes on their way to a phone (spec: operator D14, D27).

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Json, Router, extract::State, routing::post};
use http::StatusCode;
use operator::{Settings, SmsSettings};
use serde_json::{Value, json};
use testkit::{Bench, Database, on_both_databases};
use tokio::time::sleep;

use super::{add, catalog, hash, log_in, operators_with, text};
use crate::{onetime::careful_resident, phone};

/// A gateway that answers with these statuses, one after the other, and then no more.
#[derive(Clone, Debug, Default)]
struct Gateway {
    statuses: Arc<Mutex<Vec<u16>>>,
    received: Arc<Mutex<Vec<Value>>>,
}

async fn take(State(gateway): State<Gateway>, Json(message): Json<Value>) -> StatusCode {
    gateway.received.lock().unwrap().push(message);
    let status = gateway.statuses.lock().unwrap().pop();
    match status {
        Some(status) => StatusCode::from_u16(status).unwrap(),
        None => std::future::pending().await,
    }
}

impl Gateway {
    /// The service with a gateway, and with another country than the usual one.
    async fn before(database: Database, mut statuses: Vec<u16>) -> (Self, Bench) {
        statuses.reverse();
        let gateway = Self { statuses: Arc::new(Mutex::new(statuses)), ..Self::default() };
        let router = Router::new().route("/send", post(take)).with_state(gateway.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let driver = serde_json::from_value(json!({"http": {"url": url}})).unwrap();
        let sms = SmsSettings { driver, country_code: "+99-".to_owned(), ..SmsSettings::default() };
        let settings = Settings { sms, ..Settings::default() };
        (gateway, operators_with(database, catalog(), settings).await)
    }

    /// The messages that arrived, as soon as there are so many.
    async fn messages(&self, number: usize) -> Vec<Value> {
        for _ in 0..1000 {
            if self.received.lock().unwrap().len() >= number {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.received.lock().unwrap().clone()
    }
}

/// What is told to a phone: the code must stand in it.
fn is_told(message: &Value, to: &str, code: &str) -> bool {
    message["to"] == to && message["text"].as_str().is_some_and(|text| text.contains(code))
}

on_both_databases! {
    async fn codes_go_to_the_phone_in_the_country_of_the_settings(database: Database) {
        let (gateway, bench) = Gateway::before(database, vec![200, 200]).await;
        let id = add(&bench, careful_resident()).await;
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.body["result"], "onetime");
        let code = text(&bench, "code", "one_time_login_code").await;
        let messages = gateway.messages(1).await;
        assert!(is_told(&messages[0], "+99-9011112222", &code), "{messages:?}");
        let mut own = Value::Object(testkit::individual().object().clone());
        own["operatorId"] = json!(id);
        let own = vocabulary::Session::from_json(own).unwrap();
        assert_eq!(phone::send(&bench, &own, json!("080-1")).await.status, 200);
        let code = text(&bench, "verification_code", "sms_verification_code").await;
        let messages = gateway.messages(2).await;
        assert!(is_told(&messages[1], "+99-80-1", &code), "{messages:?}");
    }

    async fn a_gateway_that_fails_at_first_gets_the_code_again(database: Database) {
        let (gateway, bench) = Gateway::before(database, vec![503, 200]).await;
        add(&bench, careful_resident()).await;
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.body["result"], "onetime");
        let messages = gateway.messages(2).await;
        assert_eq!((messages.len(), &messages[0]), (2, &messages[1]));
        assert!(is_told(&messages[1], "+99-9011112222", &text(&bench, "code", "one_time_login_code").await));
    }

    async fn a_gateway_that_hangs_keeps_nobody_waiting(database: Database) {
        let (gateway, bench) = Gateway::before(database, vec![]).await;
        add(&bench, careful_resident()).await;
        let asked = Instant::now();
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.body["result"], "onetime");
        // The client gives up after 15 seconds; nobody waits for that.
        assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
        assert_eq!(gateway.messages(1).await.len(), 1);
        // Whoever got the code all the same may use it.
        let code = text(&bench, "code", "one_time_login_code").await;
        assert_eq!(crate::onetime::enter(&bench, &code).await.status, 200);
    }
}
