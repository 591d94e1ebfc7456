//! The public part of the catalog.

use serde_json::json;
use testkit::on_both_databases;

use super::{catalog, post};

const APP: &str = "catalog/ext/test-org/actor/app";
const APPLICATION: &str = "catalog/ext/test-org/actor/app/actor_1000001/application";
const SECRET: &str = "catalog/ext/test-org/actor/app/actor_1000001/secret";

on_both_databases! {
    async fn anybody_sees_public_items_and_no_others(database: Database) {
        let bench = catalog(database, &[APP, APPLICATION, SECRET]).await;
        assert_eq!(bench.get("/catalog/public").send().await.body, json!([]));
        for (code, ns) in [(1000003, SECRET), (1000002, APPLICATION), (1000001, APP), (1000371, SECRET)] {
            let body = json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code}}});
            assert_eq!(post(&bench, "/catalog/ext", body).await.status, 200);
        }
        let seen = bench.get("/catalog/public").send().await.body;
        let codes: Vec<_> =
            seen.as_array().unwrap().iter().map(|item| item["catalogItem"]["_code"]["_value"].as_i64().unwrap()).collect();
        assert_eq!(codes, [1000001, 1000002, 1000371]);
        assert_eq!(bench.get("/catalog/public").without_header("accept").send().await.status, 406);
    }

    async fn the_public_part_follows_the_name_of_the_installation(database: Database) {
        let bench = catalog(database, &[APP, "catalog/ext/other-org/actor/app"]).await;
        for (code, ns) in [(1000001, APP), (1000002, "catalog/ext/other-org/actor/app")] {
            let body = json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code}}});
            assert_eq!(post(&bench, "/catalog/ext", body).await.status, 200);
        }
        let seen = async || bench.get("/catalog/public").send().await.body[0]["catalogItem"]["_code"]["_value"].clone();
        assert_eq!(seen().await, 1000001);
        let name = json!({"name": "n", "description": "d", "ext_name": "other-org"});
        assert_eq!(bench.put("/catalog/name").session(&testkit::member()).json(name).send().await.status, 200);
        assert_eq!(seen().await, 1000002);
    }
}
