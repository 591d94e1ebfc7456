//! One service alone: in a process of its own, its neighbours elsewhere.

use axum::{Json, Router, extract::Path, routing::get};
use pxr::{assembly::Block, config::Config};
use serde_json::json;

use crate::support::{client, send};

/// Stands in for the catalog: whatever is asked for is a block, or a kind of notice.
pub(crate) async fn catalog() -> String {
    let item = async |Path(code): Path<i64>| {
        let ns = if code == 117 { "catalog/model/notification" } else { "catalog/ext/x/block/app" };
        let head = json!({"ns": ns, "name": "x", "_code": {"_value": code, "_ver": 1}, "inherit": null});
        Json(json!({"catalogItem": head, "template": {}}))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/catalog/{code}", get(item));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// The notification service with a catalog elsewhere.
pub(crate) fn config(store: &platform::StoreUrl, catalog: &str, folder: &std::path::Path) -> Config {
    config_of(store, "notification", &format!("catalog = \"{catalog}\""), folder)
}

/// One service, its neighbours where `peers` says.
pub(crate) fn config_of(
    store: &platform::StoreUrl,
    service: &str,
    peers: &str,
    folder: &std::path::Path,
) -> Config {
    let store = match store {
        platform::StoreUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        platform::StoreUrl::Postgres(url) => url.clone(),
    };
    let text = format!(
        r#"
        [block]
        kind = "root"
        code = 1000401
        actor = 1000431
        service_name = "root-service"
        ext_name = "pxross1"
        [listen]
        internal = "127.0.0.1:0"
        [services]
        run = ["{service}"]
        [services.peers]
        {peers}
        [store]
        url = "{store}"
        [secrets]
        seal_key = "seal.key"
        "#
    );
    std::fs::write(folder.join("seal.key"), "5a".repeat(32)).unwrap();
    let file = folder.join("block.toml");
    std::fs::write(&file, text).unwrap();
    Config::read(&file).unwrap()
}

testkit::on_both_databases! {
    async fn a_service_alone_serves_its_api(database: Database) {
        let folder = tempfile::tempdir().unwrap();
        let config = config(&database.url, &catalog().await, folder.path());
        let serving = Block::assemble(config).await.unwrap().serve().await.unwrap();
        let base = format!("http://{}", serving.addresses.internal.unwrap());

        let session = testkit::member();
        let notice = json!({
            "type": 0, "title": "t", "content": "c", "category": {"_value": 117, "_ver": 1},
            "destination": {"blockCode": session.block.unwrap().value, "operatorType": 3, "isSendAll": true},
        });
        let as_member = |request: reqwest::RequestBuilder| {
            request.header("accept", "application/json").header("session", session.header())
        };
        let sent = as_member(client().post(format!("{base}/notification"))).json(&notice);
        let (status, _, body) = send(sent).await.unwrap();
        assert_eq!(status, 200, "{body}");

        let list = as_member(client().get(format!("{base}/notification?is_send=false&is_unread=true&is_approval=false&type=0&num=0")));
        let (status, _, body) = send(list).await.unwrap();
        assert!(status == 200 && body.contains("\"t\""), "{status} {body}");

        let elsewhere = as_member(client().get(format!("{base}/catalog/name")));
        assert_eq!(send(elsewhere).await.unwrap().0, 404, "what runs elsewhere is not served here");
        serving.stop().await;
    }
}
