//! Each service of trust in a process of its own, all its neighbours elsewhere.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    http::{Method, StatusCode, Uri},
    response::IntoResponse,
};
use pxr::assembly::{Block, Serving};
use serde_json::{Value, json};

use crate::{
    split,
    support::{client, send},
};

const ROOT: i64 = 1_000_401;
const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// One that answers for all neighbours, and nothing but this.
async fn stand_in(answers: Vec<(&str, Value)>) -> String {
    let answers: HashMap<_, _> = answers.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let answers = Arc::new(answers);
    let router = Router::new().fallback(move |method: Method, uri: Uri| {
        let answers = Arc::clone(&answers);
        async move {
            match answers.get(&format!("{method} {}", uri.path())) {
                Some(answer) => Json(answer.clone()).into_response(),
                None => StatusCode::NOT_IMPLEMENTED.into_response(),
            }
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A service that runs, and how it is asked.
struct Alone {
    serving: Serving,
    base: String,
    _folder: tempfile::TempDir,
}

impl Alone {
    async fn runs(service: &str, database: &testkit::Database, neighbours: Vec<(&str, Value)>) -> Self {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), stand_in(neighbours).await);
        let all = [
            "operator",
            "catalog",
            "notification",
            "block-proxy",
            "access-control",
            "access-control-manage",
            "certification-authority",
            "certificate-manage",
        ];
        let peers: Vec<_> = all
            .iter()
            .filter(|peer| **peer != service)
            .map(|peer| format!("{peer} = \"{elsewhere}\""))
            .collect();
        let config = split::config_of(&database.url, service, &peers.join("\n"), folder.path());
        let serving = Block::assemble(config).await.unwrap().serve().await.unwrap();
        let base = format!("http://{}", serving.addresses.internal.unwrap());
        Self { serving, base, _folder: folder }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = client().request(method.parse().unwrap(), format!("{}{path}", self.base));
        let request = request.header("accept", "application/json");
        let request = request.header("session", testkit::member().header());
        let request = if body.is_null() { request } else { request.json(&body) };
        let (status, _, text) = send(request).await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// What it does not know is its neighbours' matter, not its own.
    async fn ends(self) {
        assert_eq!(self.ask("GET", "/book-manage", Value::Null).await.0, 404);
        self.serving.stop().await;
    }
}

fn call(url: &str) -> Value {
    json!({
        "caller": {
            "apiCode": "0abdbf81-686c-423b-823a-ac0d889b0ae6", "blockCode": ROOT, "apiUrl": "/pxr-block-proxy",
            "apiMethod": "GET", "userId": null, "operator": {"type": 3, "loginId": "member01"},
        },
        "target": {"blockCode": ROOT, "apiUrl": url, "apiMethod": "GET", "expirationDate": "2100-01-02T03:44:05.678+0000"},
    })
}

testkit::on_both_databases! {
    async fn the_block_proxy_runs_alone(database: Database) {
        let alone = Alone::runs("block-proxy", &database, vec![
            ("POST /access-control/token", json!([{"blockCode": ROOT, "apiToken": TOKEN}])),
            ("POST /access-control/collate", json!({"userId": null, "parameter": null})),
            ("GET /notification", json!([{"id": 1}])),
        ]).await;
        let path = "/pxr-block-proxy?from_path=%2Fx&path=%2Fnotification%3Fa%3D1";
        assert_eq!(alone.ask("GET", path, Value::Null).await, (200, json!([{"id": 1}])));
        let away = "/pxr-block-proxy?from_path=%2Fx&path=%2Foperator%2F5";
        assert_eq!(alone.ask("GET", away, Value::Null).await.0, 501, "what a neighbour answers is handed on");
        alone.ends().await;
    }

    async fn access_control_runs_alone(database: Database) {
        let granted = json!([{
            "apiUrl": "/catalog/1", "apiMethod": "GET", "apiToken": TOKEN, "userId": null,
            "expirationDate": "2100-01-02T03:44:05.678+0000", "blockCode": ROOT,
        }]);
        let alone =
            Alone::runs("access-control", &database, vec![("POST /access-control-manage/block", granted)]).await;
        let (status, tokens) = alone.ask("POST", "/access-control/token", json!([call("/catalog/1")])).await;
        assert_eq!((status, &tokens[0]["apiToken"]), (200, &json!(TOKEN)), "{tokens}");
        let (status, created) = alone.ask("POST", "/access-control", json!([call("/catalog/1")])).await;
        assert_eq!(status, 200, "{created}");
        let mut presented = json!({
            "caller": {"apiUrl": "/pxr-block-proxy", "blockCode": ROOT},
            "target": {"apiUrl": "/catalog/1", "apiMethod": "GET", "apiToken": created[0]["apiToken"]},
        });
        assert_eq!(alone.ask("POST", "/access-control/collate", presented.clone()).await.0, 200);
        presented["target"]["apiUrl"] = json!("/catalog/2");
        assert_eq!(alone.ask("POST", "/access-control/collate", presented).await.0, 400);
        alone.ends().await;
    }

    async fn access_control_manage_runs_alone(database: Database) {
        let block = json!({
            "catalogItem": {
                "ns": "catalog/ext/pxross1/block/pxr-root", "name": "n", "_code": {"_value": ROOT, "_ver": 1},
                "inherit": {"_value": 1, "_ver": 1},
            },
            "template": {"actor-type": "pxr-root", "base-url": "b", "service-name": "root-service"},
        });
        let created = json!([{"apiUrl": "/catalog/1", "apiMethod": "GET", "apiToken": TOKEN, "userId": null}]);
        let alone = Alone::runs("access-control-manage", &database, vec![
            ("GET /catalog/1000401", block),
            ("POST /access-control", created),
        ]).await;
        let (status, tokens) = alone.ask("POST", "/access-control-manage/block", json!([call("/catalog/1")])).await;
        assert_eq!((status, &tokens[0]["apiToken"]), (200, &json!(TOKEN)), "{tokens}");
        let (status, _) = alone.ask("POST", "/access-control-manage/block", json!([call("/book-manage/search")])).await;
        assert_eq!(status, 401, "what stands in no list");
        alone.ends().await;
    }

    async fn the_certification_authority_runs_alone(database: Database) {
        let alone = Alone::runs("certification-authority", &database, Vec::new()).await;
        let code = json!({"value": 10001, "ver": 1});
        let order = json!({"certType": "client", "actorName": "a", "actor": code, "block": code});
        let (status, issued) = alone.ask("POST", "/certification-authority/client", order).await;
        assert_eq!((status, &issued["certType"]), (200, &json!("client")), "{issued}");
        let of_actor = alone.ask("GET", "/certification-authority/list/10001", Value::Null).await;
        assert_eq!((of_actor.0, &of_actor.1[0]["serialNo"]), (200, &issued["serialNo"]));
        alone.ends().await;
    }

    async fn certificate_manage_runs_alone(database: Database) {
        let pem = "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nBB\n-----END CERTIFICATE-----\n";
        let known = json!({
            "certType": "server", "subject": {"C": "JP", "ST": "a", "L": "b", "O": "c", "OU": 1, "CN": "d"},
            "serialNo": "A1", "fingerPrint": "F1", "certificate": pem,
            "validPeriodStart": "2026-01-01T00:00:00.000+0900", "validPeriodEnd": "2100-01-01T00:00:00.000+0900",
        });
        let alone = Alone::runs("certificate-manage", &database, vec![
            ("GET /certification-authority/server/A1/F1", known),
            ("GET /certification-authority/actor/A1/F1", json!({"actor": null, "block": {"value": ROOT, "ver": 1}})),
        ]).await;
        let upload = json!({"certType": "server", "serialNo": "A1", "fingerPrint": "F1", "certificate": pem});
        assert_eq!(alone.ask("POST", "/certificate-manage", upload.clone()).await.0, 200);
        let mut unknown = upload;
        unknown["serialNo"] = json!("A2");
        assert_eq!(alone.ask("POST", "/certificate-manage", unknown).await.0, 503, "the authority says nothing of it");
        let (status, held) = alone.ask("GET", "/certificate-manage/certificates", Value::Null).await;
        assert_eq!((status, &held[0]["serialNo"], held.as_array().map(Vec::len)), (200, &json!("A1"), Some(1)));
        alone.ends().await;
    }
}
