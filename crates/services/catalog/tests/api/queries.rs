//! How often the database is asked.

use axum::body::{Body, to_bytes};
use http::Request;
use platform::{Health, listen::internal};
use serde_json::json;
use testkit::{Bench, on_both_databases};
use tower::ServiceExt;

use super::{EXT, catalog, get, item, post};

const FEW: &str = "catalog/ext/test-org/few";
const MANY: &str = "catalog/ext/test-org/many";

/// Statements so far, as the block shows them.
async fn statements(bench: &Bench) -> i64 {
    let ground = &bench.ground;
    let router = internal(ground.channel.clone(), [].into(), ground.metrics.clone(), Health::of(Vec::new()));
    let answer = router.oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    let text = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let line = text.lines().find(|line| line.starts_with("pxr_database_queries_total")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

on_both_databases! {
    async fn many_items_cost_no_more_queries_than_few(database: Database) {
        let bench = catalog(database, &[EXT, FEW, MANY]).await;
        let parent = item(json!(1000001), json!([{"key": "a", "type": {"of": "number"}}]), json!([{"key": "a", "value": 1}]));
        post(&bench, "/catalog/ext", parent).await;
        for code in 1000002..1000042 {
            let mut body = item(json!(code), json!([{"key": "b", "type": {"of": "code", "candidate": {"_code": [{"_value": 1000001, "_ver": 1}]}}}]), json!(null));
            body["catalogItem"]["inherit"] = json!({"_value": 1000001, "_ver": 1});
            body["catalogItem"]["ns"] = json!(if code < 1000004 { FEW } else { MANY });
            assert_eq!(post(&bench, "/catalog/ext", body).await.status, 200);
        }
        let mut costs = Vec::new();
        for (ns, items) in [(FEW, 2), (MANY, 38)] {
            bench.execute("update catalog_item set response = null").await;
            let before = statements(&bench).await;
            let shown = get(&bench, &format!("/catalog?ns={ns}")).await.body;
            assert_eq!(shown.as_array().unwrap().len(), items);
            // Each answer is kept by a statement of its own, once.
            costs.push(statements(&bench).await - before - i64::try_from(items).unwrap());
            let before = statements(&bench).await;
            get(&bench, &format!("/catalog?ns={ns}")).await;
            costs.push(statements(&bench).await - before);
        }
        assert_eq!(costs[..2], costs[2..], "{costs:?}");
        assert!(costs[0] > costs[1], "{costs:?}");
    }
}
