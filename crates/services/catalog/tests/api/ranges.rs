//! Ranges of codes.

use serde_json::json;
use testkit::{individual, member, on_both_databases};

use super::{EXT, catalog, get, item, post};

on_both_databases! {
    async fn activation_brings_the_delivered_ranges(database: Database) {
        let bench = catalog(database, &[]).await;
        let all = get(&bench, "/catalog/code").await.body;
        assert_eq!(all[0], json!({"id": 1, "type": "model", "start_code": 1, "end_code": 10000}));
        assert_eq!(all[1]["type"], "built_in");
        assert_eq!(all[2], json!({"id": 3, "type": "ext", "start_code": 1000001, "end_code": 10000000}));
        assert_eq!(get(&bench, "/catalog/code/built_in").await.body, json!([all[1]]));
        assert_eq!(get(&bench, "/catalog/code/other").await.status, 404);
    }

    async fn ranges_never_touch(database: Database) {
        let bench = catalog(database, &[]).await;
        let range = |start, end| json!({"type": "ext", "start_code": start, "end_code": end});
        for (start, end) in [(10000000, 10000001), (1, 1), (0, 20000000), (5, 6)] {
            assert_eq!(post(&bench, "/catalog/code", range(start, end)).await.status, 400, "{start}-{end}");
        }
        let created = post(&bench, "/catalog/code", range(10000001, 10000002)).await.body;
        let id = created["id"].as_i64().unwrap();
        let change = |body| bench.put(&format!("/catalog/code/{id}")).session(&member()).json(body).send();
        assert_eq!(change(range(10000000, 10000002)).await.status, 400);
        // Its own old place is free for it.
        assert_eq!(change(range(10000002, 10000009)).await.status, 200);
        assert_eq!(get(&bench, "/catalog/code/ext").await.body[1]["end_code"], 10000009);
        assert_eq!(bench.delete(&format!("/catalog/code/{id}")).session(&member()).send().await.body, json!({"id": id}));
        assert_eq!(get(&bench, "/catalog/code/ext").await.body.as_array().unwrap().len(), 1);
        assert_eq!(change(range(10000002, 10000009)).await.status, 400);
    }

    async fn bad_ranges_are_refused(database: Database) {
        let bench = catalog(database, &[]).await;
        let reply = post(&bench, "/catalog/code", json!({"start_code": "1", "end_code": 1.5})).await;
        assert_eq!(reply.refused_fields(), ["type", "start_code", "end_code"]);
        for body in [
            json!({"type": "other", "start_code": 20000000, "end_code": 20000001}),
            json!({"type": "ext", "start_code": 20000001, "end_code": 20000000}),
            json!({}),
        ] {
            assert_eq!(post(&bench, "/catalog/code", body).await.status, 400);
        }
        let good = json!({"type": "ext", "start_code": 20000000, "end_code": 20000001});
        assert_eq!(bench.post("/catalog/code").session(&individual()).json(good).send().await.status, 401);
        assert_eq!(bench.delete("/catalog/code/x").session(&member()).send().await.refused_fields(), ["id"]);
    }

    async fn codes_go_on_in_the_next_range_until_none_is_left(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let ranges = [(1000001, 1000002), (2000005, 2000005), (3000000, 3000000)];
        bench.delete("/catalog/code/3").session(&member()).send().await;
        for (start, end) in ranges.iter().rev() {
            let range = json!({"type": "ext", "start_code": start, "end_code": end});
            assert_eq!(post(&bench, "/catalog/code", range).await.status, 200);
        }
        let create = || post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null)));
        for expected in [1000001, 1000002, 2000005, 3000000] {
            assert_eq!(create().await.body["catalogItem"]["_code"]["_value"], expected);
        }
        assert_eq!(create().await.status, 400);
    }
}
