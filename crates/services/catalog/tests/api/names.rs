//! The catalog's own name.

use serde_json::json;
use testkit::{individual, member, on_both_databases};

use super::{dormant, get, post};

on_both_databases! {
    async fn nothing_answers_before_the_catalog_is_activated(database: Database) {
        let bench = dormant(database).await;
        let paths = [
            "/catalog/name", "/catalog/ns?ns=a", "/catalog/1", "/catalog?ns=a", "/catalog/code", "/catalog/public",
            "/catalog/updateSet/search/request", "/catalog/inner/1/A",
        ];
        for path in paths {
            assert_eq!(get(&bench, path).await.status, 401, "{path}");
        }
        let name = json!({"name": "n", "description": "d", "ext_name": "test-org"});
        assert_eq!(post(&bench, "/catalog/name", name.clone()).await.status, 200);
        assert_eq!(post(&bench, "/catalog/name", name).await.status, 409);
        assert_eq!(get(&bench, "/catalog/name/").await.body["ext_name"], "test-org");
    }

    async fn of_two_activations_at_once_one_counts(database: Database) {
        let bench = dormant(database).await;
        let name = json!({"name": "n", "description": "d", "ext_name": "test-org"});
        let activate = || post(&bench, "/catalog/name", name.clone());
        let (first, second) = tokio::join!(activate(), activate());
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let ranges = get(&bench, "/catalog/code").await.body;
        assert_eq!(ranges.as_array().unwrap().len(), 3);
    }

    async fn a_name_with_broken_fields_lists_them_all(database: Database) {
        let bench = dormant(database).await;
        let reply = post(&bench, "/catalog/name", json!({"name": "x".repeat(256), "description": 1})).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.refused_fields(), ["name", "description", "ext_name"]);
        assert_eq!(bench.post("/catalog/name").session(&member()).text("{").send().await.status, 400);
        assert_eq!(post(&bench, "/catalog/name", json!([])).await.status, 400);
        let unstorable = json!({"name": "a\u{0}b", "description": "d", "ext_name": "e"});
        assert_eq!(post(&bench, "/catalog/name", unstorable).await.refused_fields(), ["name"]);
    }

    async fn a_renamed_catalog_keeps_its_id(database: Database) {
        let bench = dormant(database).await;
        let name = |name: &str| json!({"name": name, "description": "d", "ext_name": "test-org"});
        let put = |body| bench.put("/catalog/name").session(&member()).json(body).send();
        assert_eq!(put(name("b")).await.status, 401);
        let activated = post(&bench, "/catalog/name", name("a")).await.body;
        let renamed = put(name("b")).await.body;
        assert_eq!(renamed["name"], "b");
        assert_eq!(renamed["id"], activated["id"]);
        assert_eq!(get(&bench, "/catalog/name").await.body, renamed);
        let reply = bench.put("/catalog/name").session(&individual()).json(name("c")).send().await;
        assert_eq!(reply.status, 401);
    }
}
