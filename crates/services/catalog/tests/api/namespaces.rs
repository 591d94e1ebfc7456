//! Namespaces.

use serde_json::json;
use testkit::{application, member, on_both_databases};

use super::{EXT as NS, catalog, get, item, post};

on_both_databases! {
    async fn a_namespace_exists_once_and_not_while_it_is_used(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let again = json!({"ns": NS, "description": "d"});
        assert_eq!(post(&bench, "/catalog/ns/ext", again.clone()).await.status, 409);
        assert_eq!(post(&bench, "/catalog/ns/model", again).await.status, 400);
        // An underscore is no wildcard.
        let near = json!({"ns": "catalog/ext/test-org/thin_", "description": "d"});
        let near = post(&bench, "/catalog/ns/ext", near).await;
        assert_eq!(near.status, 200);
        assert_eq!(post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await.status, 200);
        let used = get(&bench, &format!("/catalog/ns?ns={NS}")).await.body[0]["id"].as_i64().unwrap();
        let delete = |id: i64| bench.delete(&format!("/catalog/ns/ext/{id}")).session(&member()).send();
        assert_eq!(delete(used).await.status, 409);
        let unused = near.body["id"].as_i64().unwrap();
        assert_eq!(delete(unused).await.body, json!({"nsId": unused}));
        assert_eq!(get(&bench, &format!("/catalog/ns/{unused}")).await.status, 404);
    }

    async fn of_two_equal_namespaces_created_at_once_one_counts(database: Database) {
        let bench = catalog(database, &[]).await;
        let create = || post(&bench, "/catalog/ns/ext", json!({"ns": NS, "description": "d"}));
        let (first, second) = tokio::join!(create(), create());
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }

    async fn a_prefix_is_meant_to_the_letter(database: Database) {
        let names = ["catalog/ext/o/actor_1", "catalog/ext/o/actor_1/x", "catalog/ext/o/actorX1", "catalog/ext/o/Actor_1"];
        let bench = catalog(database, &names).await;
        let found = get(&bench, "/catalog/ns?ns=catalog/ext/o/actor_").await.body;
        let found: Vec<_> = found.as_array().unwrap().iter().map(|ns| ns["ns"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, names[..2]);
        assert_eq!(get(&bench, "/catalog/ns?ns=%25").await.status, 404);
        assert_eq!(get(&bench, "/catalog/ns").await.status, 400);
        assert_eq!(get(&bench, "/catalog/ns/0").await.status, 404);
        assert_eq!(get(&bench, "/catalog/ns/1abc").await.refused_fields(), ["nsId"]);
        assert_eq!(get(&bench, "/catalog/ns?ns=%00").await.status, 400);
    }

    async fn a_description_may_be_a_list_of_pairs(database: Database) {
        let bench = catalog(database, &[NS]).await;
        let id = get(&bench, &format!("/catalog/ns?ns={NS}")).await.body[0]["id"].as_i64().unwrap();
        let pairs = json!([{"key": "title", "value": "t"}, {"key": "section", "value": [{"key": "a", "value": 1}]}]);
        let body = json!({"ns": NS, "description": pairs});
        let reply = bench.put(&format!("/catalog/ns/ext/{id}")).session(&member()).json(body).send().await;
        assert_eq!(reply.body, json!({"id": id, "ns": NS, "description": {"title": "t", "section": {"a": 1}}}));
        assert_eq!(get(&bench, &format!("/catalog/ns/{id}")).await.body, reply.body);
    }

    async fn bad_namespaces_are_refused(database: Database) {
        let bench = catalog(database, &[]).await;
        for (body, fields) in [
            (json!({"description": "d"}), vec!["ns"]),
            (json!({"ns": "catalog/ext/o/x"}), vec!["description"]),
            (json!({"ns": 1, "description": ""}), vec!["ns", "description"]),
        ] {
            assert_eq!(post(&bench, "/catalog/ns/ext", body).await.refused_fields(), fields);
        }
        for ns in ["x/catalog/ext/o", "catalog/extra/o", "catalog/model/o"] {
            assert_eq!(post(&bench, "/catalog/ns/ext", json!({"ns": ns, "description": "d"})).await.status, 400, "{ns}");
        }
        let body = json!({"ns": NS, "description": "d"});
        assert_eq!(bench.post("/catalog/ns/ext").session(&application()).json(body.clone()).send().await.status, 401);
        // An unknown id changes nothing, as ever.
        assert_eq!(bench.put("/catalog/ns/ext/99").session(&member()).json(body.clone()).send().await.status, 200);
        assert_eq!(bench.put("/catalog/ns/ext/x").session(&member()).json(body).send().await.status, 400);
        assert_eq!(bench.delete("/catalog/ns/ext/99").session(&member()).send().await.status, 200);
    }

    async fn a_name_that_is_taken_is_not_given_again(database: Database) {
        let other = "catalog/ext/test-org/other";
        let bench = catalog(database, &[NS, other]).await;
        let id = get(&bench, &format!("/catalog/ns?ns={other}")).await.body[0]["id"].as_i64().unwrap();
        let put = async |id: i64, ns: &str| {
            let body = json!({"ns": ns, "description": "new"});
            bench.put(&format!("/catalog/ns/ext/{id}")).session(&member()).json(body).send().await.status
        };
        assert_eq!(put(id, NS).await, 400);
        assert_eq!(get(&bench, &format!("/catalog/ns/{id}")).await.body["description"], "d");
        assert_eq!(put(id, other).await, 200);
        assert_eq!(put(id, "catalog/ext/test-org/third").await, 200);
        // Older programs gave two the same name: each may keep it.
        bench.execute(&format!("update ns set name = '{NS}' where id = {id}")).await;
        assert_eq!(put(id, NS).await, 200);
        assert_eq!(get(&bench, &format!("/catalog/ns/{id}")).await.body["description"], "new");
    }

    async fn a_description_that_looks_like_a_number_is_a_text(database: Database) {
        let bench = catalog(database, &[]).await;
        for text in ["123", "true", "null", "[1]", "{"] {
            let ns = format!("catalog/ext/test-org/{}", text.len());
            let made = post(&bench, "/catalog/ns/ext", json!({"ns": ns, "description": text})).await.body;
            assert_eq!(made["description"], text);
            let id = made["id"].as_i64().unwrap();
            assert_eq!(get(&bench, &format!("/catalog/ns/{id}")).await.body["description"], text);
            assert_eq!(bench.delete(&format!("/catalog/ns/ext/{id}")).session(&member()).send().await.status, 200);
        }
    }

    async fn the_path_of_a_request_says_the_kind_and_not_its_query(database: Database) {
        let bench = catalog(database, &[]).await;
        let body = json!({"ns": NS, "description": "d"});
        assert_eq!(post(&bench, "/catalog/ns/ext?a=/model", body).await.status, 200);
        assert_eq!(bench.texts("type", "ns").await, ["ext"]);
        assert_eq!(post(&bench, "/catalog/ext?a=/model", item(json!(null), json!(null), json!(null))).await.status, 200);
    }
}
