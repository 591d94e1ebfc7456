//! Our block, and a root of the reference that it calls.

use serde_json::{Value, json};

use super::wire::{Message, block};
use crate::{
    databases::on_both_databases,
    support::{Place, Platform},
};

/// A token: any printable text, never the same one twice.
fn opaque(url: &str) -> String {
    format!("an opaque text: {url}")
}

/// What a root of the reference answers.
fn answer(heard: &Message, root: i64) -> (u16, String) {
    if heard.start.contains("/access-control-manage/") {
        let asked: Value = serde_json::from_str(&heard.body).unwrap();
        let end = platform::Clock::system().now() + chrono::TimeDelta::minutes(580);
        let token = json!([{
            "apiToken": opaque(asked[0]["target"]["apiUrl"].as_str().unwrap()), "apiUrl": asked[0]["target"]["apiUrl"],
            "apiMethod": asked[0]["target"]["apiMethod"], "userId": asked[0]["caller"]["userId"],
            "expirationDate": vocabulary::TimeZone::UTC.text(end), "blockCode": root,
        }]);
        return (200, token.to_string());
    }
    if heard.start.contains("/reverse?") {
        return (200, json!({"ext_name": "told by the reference"}).to_string());
    }
    // It knows no blocks: ours knows itself.
    (500, json!({"status": 500, "message": "?"}).to_string())
}

on_both_databases! {
    async fn our_block_calls_a_root_of_the_reference_as_it_expects(place: Place) {
        let platform = Platform::built(place, "2").await;
        let (root, region) = (platform.code("root"), platform.code("region"));
        let server = platform.place.options.folder.join("root/certificates/server.pem");
        let (address, told) =
            block(&std::fs::read_to_string(server).unwrap(), move |heard| answer(heard, root)).await;
        // A login reads the catalog, too.
        let member = platform.login("region", "region_op0").await;
        let ours = format!("\"127.0.0.1:{}\"", platform.place.options.base_port + 100);
        let platform = platform.changed("region", &ours, &format!("\"{address}\"")).await;
        for _ in 0..2 {
            let (status, body) = platform.call("region", "GET root", "/catalog/name", &member, None).await;
            assert_eq!((status, body.as_str()), (200, r#"{"ext_name":"told by the reference"}"#));
        }

        let heard = told.lock().unwrap().clone();
        let of = |part: &str| -> Vec<&Message> {
            heard
                .iter()
                .filter(|one| {
                    one.start.contains(part) && !one.start.contains("revoked") && !one.body.contains("revoked")
                })
                .collect()
        };
        let asked = of("/access-control-manage/");
        assert_eq!(asked.len(), 1, "an end nine hours late is understood: the token is kept");
        assert_eq!(asked[0].start, "POST /access-control-manage/access-control-manage/block HTTP/1.1");
        let order: Value = serde_json::from_str(&asked[0].body).unwrap();
        let (caller, target) = (&order[0]["caller"], &order[0]["target"]);
        assert_eq!(caller.get("userId"), Some(&Value::Null), "null, not absent");
        assert_eq!(caller["apiCode"].as_str().unwrap().len(), 36);
        assert_eq!((&caller["blockCode"], &caller["apiUrl"]), (&json!(region), &json!("/pxr-block-proxy")));
        assert_eq!((&target["blockCode"], &target["apiUrl"]), (&json!(root), &json!("/catalog/name")));
        assert!(asked[0].header("content-type").unwrap().starts_with("application/json"));

        let called = of("/reverse?");
        assert_eq!(called.len(), 2, "a dropped connection after a whole answer is no failure");
        for call in called {
            let path = format!(
                "GET /pxr-block-proxy/pxr-block-proxy/reverse?block={root}&path=%2Fcatalog%2Fname&from_block={region}&from_path=%2Fpxr-block-proxy HTTP/1.1"
            );
            assert_eq!(call.start, path);
            let token = opaque("/catalog/name");
            assert_eq!((call.header("token"), call.body.as_str()), (Some(token.as_str()), "{}"));
            assert_eq!(call.header("host"), Some(format!("root-service:{}", address.port()).as_str()));
            assert!(call.header("accept").unwrap().contains("application/json"));
            assert!(call.header("session").unwrap().starts_with("%7B%22"), "as encodeURIComponent writes it");
            for private in ["cookie", "x-xsrf-token", "accept-encoding"] {
                assert_eq!(call.header(private), None, "{private}");
            }
        }
        let body = json!([{"_code": {"_value": 30, "_ver": null}}]);
        let (status, said) = platform.call("region", "POST root", "/catalog", &member, Some(body.clone())).await;
        assert_eq!(status, 200, "{said} {:?}", told.lock().unwrap());
        let heard = told.lock().unwrap().clone();
        let call = heard.iter().find(|one| one.start.starts_with("POST /pxr-block-proxy")).unwrap();
        assert!(call.start.contains("reverse?") && call.start.contains("path=%2Fcatalog&"), "{}", call.start);
        assert!(call.header("content-type").unwrap().contains("application/json"));
        assert_eq!(serde_json::from_str::<Value>(&call.body).unwrap(), body);
        assert_eq!(call.header("content-length"), Some(call.body.len().to_string().as_str()));
        platform.stage.stop().await;
    }
}
