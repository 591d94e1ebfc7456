//! Searching by words, namespaces and attributes.

use std::collections::HashMap;

use platform::{Channel, Outgoing};
use serde_json::{Value, json};
use testkit::{Bench, application, member, on_both_databases, resident};
use vocabulary::ServiceName;

use super::{EXT, catalog, dormant, post, router};

const OTHER: &str = "catalog/ext/test-org/other";

async fn add(bench: &Bench, code: i64, ns: &str, name: &str, attribute: Value) {
    let body = json!({
        "catalogItem": {"ns": ns, "name": name, "_code": {"_value": code},
                        "description": {"title": null, "section": [{"content": [{"sentence": format!("{name}の説明")}]}]}},
        "attribute": attribute,
    });
    let reply = post(bench, "/catalog/ext", body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

async fn change(bench: &Bench, path: &str, name: &str) {
    let body = json!({"catalogItem": {"ns": EXT, "name": name}});
    let reply = bench.put(path).session(&member()).json(body).send().await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

/// The codes that an answer of 200 names; none for 404.
fn codes(status: u16, body: &Value) -> Vec<i64> {
    assert!(status == 200 || status == 404, "{status} {body}");
    let hits = body.as_array().into_iter().flatten();
    hits.map(|hit| hit["_code"]["_value"].as_i64().unwrap()).collect()
}

async fn found(bench: &Bench, question: Value) -> Vec<i64> {
    let reply = post(bench, "/catalog/text", question).await;
    codes(reply.status, &reply.body)
}

async fn by_word(bench: &Bench, word: &str) -> Vec<i64> {
    found(bench, json!({"keyword": word})).await
}

/// Another process on the same database.
fn replica(bench: &Bench) -> Channel {
    let channel = Channel::new(HashMap::new()).unwrap();
    channel.connect(HashMap::from([(ServiceName::Catalog, router(bench.ground.clone()))]));
    channel
}

async fn found_there(replica: &Channel, word: &str) -> Vec<i64> {
    let request = Outgoing::post("/catalog/text").session(&member()).json(&json!({"keyword": word}));
    let answer = replica.send(ServiceName::Catalog, request).await.unwrap();
    let body = serde_json::from_slice(&answer.body).unwrap();
    codes(answer.status.as_u16(), &body)
}

on_both_databases! {
    async fn items_are_found_by_parts_of_their_words(database: Database) {
        let bench = catalog(database, &[EXT, OTHER]).await;
        add(&bench, 1000001, EXT, "体温センサー", json!(null)).await;
        add(&bench, 1000002, OTHER, "Temperature Recorder", json!(null)).await;
        for (word, expected) in [
            ("センサ", vec![1000001]),
            ("せんさー", vec![1000001]),
            ("説明", vec![1000001, 1000002]),
            ("record temp", vec![1000002]),
            ("RECORDERの説明", vec![1000002]),
            ("test-org/other", vec![1000002]),
            ("体温 recorder", vec![]),
            ("sentence", vec![]),
        ] {
            let mut codes = by_word(&bench, word).await;
            codes.sort_unstable();
            assert_eq!(codes, expected, "{word}");
        }
        let reply = post(&bench, "/catalog/text", json!({"keyword": "体温"})).await;
        assert!(reply.body[0]["_score"].as_f64().unwrap() > 0.0);
        let expected = r#"[{"_code":{"_value":1000001,"_ver":null},"_score":"#;
        assert!(String::from_utf8_lossy(&reply.bytes).starts_with(expected));
    }

    async fn every_change_is_found_in_every_process(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let replica = replica(&bench);
        for word in ["first", "second", "third"] {
            assert_eq!((by_word(&bench, word).await, found_there(&replica, word).await), (vec![], vec![]));
        }
        add(&bench, 1000001, EXT, "first", json!(null)).await;
        assert_eq!((by_word(&bench, "first").await, found_there(&replica, "first").await), (vec![1000001], vec![1000001]));
        change(&bench, "/catalog/ext/1000001", "second").await;
        assert_eq!((by_word(&bench, "first").await, found_there(&replica, "first").await), (vec![], vec![]));
        assert_eq!((by_word(&bench, "second").await, found_there(&replica, "second").await), (vec![1000001], vec![1000001]));
        change(&bench, "/catalog/ext/1000001?versionUpFlag=false", "third").await;
        assert_eq!((by_word(&bench, "second").await, found_there(&replica, "second").await), (vec![], vec![]));
        assert_eq!(found_there(&replica, "third").await, [1000001]);
        assert_eq!(bench.delete("/catalog/ext/1000001").session(&member()).send().await.status, 200);
        assert_eq!((by_word(&bench, "third").await, found_there(&replica, "third").await), (vec![], vec![]));
    }

    async fn a_process_that_starts_later_finds_everything(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        add(&bench, 1000001, EXT, "first", json!(null)).await;
        change(&bench, "/catalog/ext/1000001", "second").await;
        assert_eq!(found_there(&replica(&bench), "first").await, Vec::<i64>::new());
        assert_eq!(found_there(&replica(&bench), "second").await, [1000001]);
    }

    async fn a_renamed_namespace_is_found_by_its_new_path(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        let tags = json!({"tags": [{"ns": EXT, "values": [{"_value": 5, "_ver": 1}]}]});
        add(&bench, 1000001, EXT, "n", tags).await;
        assert_eq!(by_word(&bench, "thing").await, [1000001]);
        let renamed = json!({"ns": OTHER, "description": "d"});
        let ns = bench.get(&format!("/catalog/ns?ns={EXT}")).session(&member()).send().await.body[0]["id"].clone();
        assert_eq!(bench.put(&format!("/catalog/ns/ext/{ns}")).session(&member()).json(renamed).send().await.status, 200);
        assert_eq!(by_word(&bench, "thing").await, Vec::<i64>::new());
        assert_eq!(by_word(&bench, "other").await, [1000001]);
        assert_eq!(found(&bench, json!({"namespace": [EXT]})).await, Vec::<i64>::new());
        assert_eq!(found(&bench, json!({"namespace": [OTHER]})).await, [1000001]);
        assert_eq!(found(&bench, json!({"attribute": [{"tags": [{"ns": OTHER}]}]})).await, [1000001]);
    }

    async fn namespaces_and_attributes_are_found_and_narrow_words(database: Database) {
        let bench = catalog(database, &[EXT, OTHER]).await;
        let object = json!({"objects": [{"key": {"_value": 30004, "_ver": 1}}]});
        let tag = json!({"tags": [{"ns": OTHER, "values": [{"_value": 77, "_ver": 1}]}]});
        add(&bench, 1000001, EXT, "sensor", object).await;
        add(&bench, 1000002, OTHER, "sensor", tag).await;
        add(&bench, 1000003, OTHER, "recorder", json!(null)).await;
        let objects = |version: Value| json!([{"objects": [{"key": {"_value": 30004, "_ver": version}}]}]);
        for (question, expected) in [
            (json!({"namespace": [EXT]}), vec![1000001]),
            (json!({"namespace": ["", null, OTHER]}), vec![1000002, 1000003]),
            (json!({"namespace": ["catalog/ext"]}), vec![]),
            (json!({"attribute": objects(json!(1))}), vec![1000001]),
            (json!({"attribute": objects(json!(2))}), vec![]),
            (json!({"attribute": objects(json!(null))}), vec![1000001]),
            (json!({"attribute": [{"tags": [{"ns": OTHER}]}]}), vec![1000002]),
            (json!({"attribute": [{"_value": 30004}]}), vec![1000001]),
            (json!({"attribute": [{"_value": "77", "_ver": 1}]}), vec![1000002]),
            (json!({"attribute": [{"_value": 7}, {}]}), vec![]),
            // Without words, each finds its own; with words, all narrow.
            (json!({"namespace": [EXT], "attribute": [{"_value": 77}]}), vec![1000001, 1000002]),
            (json!({"keyword": "sensor", "namespace": [OTHER]}), vec![1000002]),
            (json!({"keyword": "sensor", "attribute": [{"_value": 30004}]}), vec![1000001]),
            (json!({"keyword": "sensor", "namespace": [EXT], "attribute": [{"_value": 77}]}), vec![]),
            (json!({"keyword": " ", "namespace": [EXT]}), vec![1000001]),
            (json!({"keyword": null, "namespace": null, "attribute": null}), vec![]),
            (json!({}), vec![]),
        ] {
            assert_eq!(found(&bench, question.clone()).await, expected, "{question}");
        }
        let reply = post(&bench, "/catalog/text", json!({"namespace": [EXT]})).await;
        assert_eq!(reply.body, json!([{"_code": {"_value": 1000001, "_ver": null}, "_score": null}]));
        // Attributes that are replaced are found and lost at once.
        let body = json!({"code": 1000003, "attribute": {"tags": [{"ns": EXT, "values": [{"_value": 77, "_ver": 1}]}]}});
        assert_eq!(bench.put("/catalog/attribute").session(&member()).json(body).send().await.status, 200);
        assert_eq!(found(&bench, json!({"attribute": [{"_value": 77}]})).await, [1000002, 1000003]);
    }

    async fn approved_update_sets_are_found(database: Database) {
        let bench = catalog(database, &[OTHER]).await;
        assert_eq!(by_word(&bench, "approved").await, Vec::<i64>::new());
        let item = json!({"catalogItem": {"ns": OTHER, "name": "approved"}});
        let set = json!({"name": "n", "catalog": [{"type": 1, "template": item}]});
        let set = post(&bench, "/catalog/updateSet/register", set).await.body;
        let request = json!({"id": set["id"], "approvalActor": 1000431});
        assert_eq!(post(&bench, "/catalog/updateSet/request", request).await.body["status"], 1);
        assert_eq!(by_word(&bench, "approved").await, [1000001]);
    }

    async fn who_may_search_and_what_is_refused(database: Database) {
        let bench = dormant(database).await;
        assert_eq!(post(&bench, "/catalog/text", json!({"keyword": "x"})).await.status, 401);
        let name = json!({"name": "n", "description": "d", "ext_name": "test-org"});
        assert_eq!(post(&bench, "/catalog/name", name).await.status, 200);
        for session in [member(), application(), resident("pxr-id")] {
            let reply = bench.post("/catalog/text").session(&session).json(json!({"keyword": "x"})).send().await;
            assert_eq!(reply.status, 404);
        }
        assert_eq!(bench.post("/catalog/text").json(json!({"keyword": "x"})).send().await.status, 401);
        for (body, fields) in [
            (json!({"keyword": 1, "namespace": "x", "attribute": {}}), vec!["keyword", "namespace", "attribute"]),
            (json!({"keyword": "長".repeat(1001)}), vec!["keyword"]),
            (json!({"namespace": [EXT, 1]}), vec!["1"]),
            (json!({"attribute": [1]}), vec!["0"]),
            (json!({"attribute": [{"objects": 1, "tags": 1, "_value": "x"}]}), vec!["objects", "tags", "_value"]),
            (json!({"attribute": [{"objects": [{"key": {}}]}]}), vec!["_value"]),
            (json!({"attribute": [{"tags": [{"ns": 1}]}]}), vec!["ns"]),
            (json!([]), vec!["body"]),
            (json!({"keyword": "a\u{0}"}), vec!["keyword"]),
        ] {
            let reply = post(&bench, "/catalog/text", body.clone()).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, fields), "{body}");
        }
        // Whatever signs there are, they are words.
        for keyword in ["\"", "*", "a:b", "(", "AND", "\u{1f600}", "%", "\\", " \u{3000} "] {
            assert_eq!(post(&bench, "/catalog/text", json!({"keyword": keyword})).await.status, 404, "{keyword}");
        }
    }

    async fn not_more_are_answered_than_an_installation_wants(database: Database) {
        let bench = catalog(database, &[EXT]).await;
        for code in 1000001..1000006 {
            add(&bench, code, EXT, "alike", json!(null)).await;
        }
        let settings = catalog::Settings { search_hits: 3, ..Default::default() };
        let channel = Channel::new(HashMap::new()).unwrap();
        channel.connect(HashMap::from([(ServiceName::Catalog, catalog::router(bench.ground.clone(), settings))]));
        assert_eq!(found_there(&channel, "alike").await, [1000001, 1000002, 1000003]);
        assert_eq!(by_word(&bench, "alike").await.len(), 5);
    }
}
