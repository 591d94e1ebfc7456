//! What is kept for readers is never old.

use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use testkit::{Bench, member, on_both_databases};

use super::{EXT, catalog, get, item, post};

fn child_of(code: i64) -> Value {
    let mut body = item(json!(null), json!(null), json!(null));
    body["catalogItem"]["inherit"] = json!({"_value": code, "_ver": 1});
    body
}

async fn overwrite(bench: &Bench, code: i64, body: Value) {
    let path = format!("/catalog/ext/{code}?versionUpFlag=false");
    let reply = bench.put(&path).session(&member()).json(body).send().await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

async fn template(bench: &Bench, code: i64) -> Value {
    let mut template = get(bench, &format!("/catalog/{code}")).await.body["template"].take();
    template.as_object_mut().unwrap().remove("_code");
    template
}

on_both_databases! {
    async fn grandchildren_follow_what_is_overwritten(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let with = |value: i64| item(json!(null), json!([{"key": "a", "type": {"of": "number"}}]), json!([{"key": "a", "value": value}]));
        post(&bench, "/catalog/ext", with(1)).await;
        post(&bench, "/catalog/ext", child_of(1000001)).await;
        post(&bench, "/catalog/ext", child_of(1000002)).await;
        assert_eq!(template(&bench, 1000003).await, json!({"a": 1}));
        overwrite(&bench, 1000001, with(2)).await;
        assert_eq!(template(&bench, 1000003).await, json!({"a": 2}));
        // A new version is no matter for those that inherit from the old one.
        let reply = bench.put("/catalog/ext/1000001").session(&member()).json(with(3)).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(template(&bench, 1000003).await, json!({"a": 2}));
        assert_eq!(bench.delete("/catalog/ext/1000001").session(&member()).send().await.status, 200);
        assert_eq!(template(&bench, 1000003).await, json!({}));
    }

    async fn who_came_before_the_parent_sees_it_once_it_is_there(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let mut early = child_of(1000009);
        early["catalogItem"]["_code"]["_value"] = json!(1000001);
        post(&bench, "/catalog/ext", early).await;
        assert_eq!(template(&bench, 1000001).await, json!({}));
        let parent = item(json!(1000009), json!([{"key": "a", "type": {"of": "string"}}]), json!(null));
        assert_eq!(post(&bench, "/catalog/ext", parent).await.status, 200);
        assert_eq!(template(&bench, 1000001).await, json!({"a": null}));
    }

    async fn embedded_items_are_followed_too(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let part = |kind: &str| item(json!(null), json!([{"key": "x", "type": {"of": kind}}]), json!(null));
        post(&bench, "/catalog/ext", part("string[]")).await;
        let whole = item(
            json!(null),
            json!([{"key": "part", "type": {"of": "item", "candidate": {"_code": [{"_value": 1000001, "_ver": 1}]}}}]),
            json!([{"key": "part", "value": [{"key": "x", "value": "1"}, {"key": "x", "value": "2"}]}]),
        );
        post(&bench, "/catalog/ext", whole).await;
        assert_eq!(template(&bench, 1000002).await, json!({"part": {"x": ["1", "2"]}}));
        overwrite(&bench, 1000001, part("string")).await;
        assert_eq!(template(&bench, 1000002).await, json!({"part": {"x": "2"}}));
    }

    async fn a_renamed_namespace_shows_everywhere(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let of_namespace = json!([{"key": "a", "type": {"of": "code", "candidate": {"ns": [format!("{EXT}/*")]}}}]);
        post(&bench, "/catalog/ext", item(json!(null), of_namespace, json!(null))).await;
        post(&bench, "/catalog/ext", child_of(1000001)).await;
        let id = get(&bench, &format!("/catalog/ns?ns={EXT}")).await.body[0]["id"].as_i64().unwrap();
        let renamed = json!({"ns": "catalog/ext/test-org/other", "description": "d"});
        assert_eq!(bench.put(&format!("/catalog/ns/ext/{id}")).session(&member()).json(renamed).send().await.status, 200);
        let child = get(&bench, "/catalog/1000002").await.body;
        assert_eq!(child["catalogItem"]["ns"], "catalog/ext/test-org/other");
        assert_eq!(child["prop"][0]["type"]["candidate"]["ns"], json!(["catalog/ext/test-org/other/*"]));
    }

    async fn readers_and_writers_at_once_end_with_the_newest(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let with = |value: i64| item(json!(null), json!([{"key": "a", "type": {"of": "number"}}]), json!([{"key": "a", "value": value}]));
        post(&bench, "/catalog/ext", with(0)).await;
        post(&bench, "/catalog/ext", child_of(1000001)).await;
        for value in 1..6 {
            let read = || get(&bench, "/catalog/1000002");
            tokio::join!(overwrite(&bench, 1000001, with(value)), read(), read(), read());
            assert_eq!(template(&bench, 1000002).await, json!({"a": value}));
        }
    }

    async fn nobody_renders_what_is_half_changed(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        post(&bench, "/catalog/ext", item(json!(null), json!(null), json!(null))).await;
        post(&bench, "/catalog/ext", child_of(1000001)).await;
        overwrite(&bench, 1000001, item(json!(null), json!(null), json!(null))).await;
        // Another process is changing something.
        let tx = bench.ground.store.write().await.unwrap();
        if bench.ground.store.backend() == DbBackend::Postgres {
            tx.execute_unprepared("select pg_advisory_xact_lock(7298)").await.unwrap();
        }
        let reading = tokio::spawn(bench.get("/catalog/1000002").session(&member()).send());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert!(!reading.is_finished());
        // What was rendered before the change is read meanwhile.
        assert_eq!(get(&bench, "/catalog/1000001").await.status, 200);
        tx.rollback().await.unwrap();
        assert_eq!(reading.await.unwrap().status, 200);
    }
}
