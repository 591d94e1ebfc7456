//! A catalog that is written down and loaded somewhere else is the same.

use std::collections::HashMap;

use serde_json::{Value, json};
use starter_catalog::{Settings, starter};
use testkit::{Bench, Database, member};

use super::{dormant, get, post};

fn kind_of(document: &Value) -> String {
    document
        .pointer("/ns")
        .or(document.pointer("/catalogItem/ns"))
        .and_then(Value::as_str)
        .unwrap()
        .split('/')
        .nth(1)
        .unwrap()
        .to_owned()
}

fn code(document: &Value) -> String {
    document["catalogItem"]["_code"].to_string()
}

async fn items(bench: &Bench) -> Vec<Value> {
    let (mut all, mut last) = (Vec::new(), 0);
    loop {
        let (part, end) = catalog::exported_items(&bench.ground.store, last).await.unwrap();
        if part.is_empty() {
            return all;
        }
        all.extend(part);
        last = end;
    }
}

async fn fill(bench: &Bench, name: Value, namespaces: &[Value], items: &[Value]) {
    assert_eq!(post(bench, "/catalog/name", name).await.status, 200);
    for body in namespaces {
        let reply = post(bench, &format!("/catalog/ns/{}", kind_of(body)), body.clone()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    for body in items {
        let reply = post(bench, &format!("/catalog/{}", kind_of(body)), body.clone()).await;
        assert_eq!(reply.status, 200, "{body}: {}", reply.body);
    }
}

#[tokio::test]
async fn an_exported_catalog_reads_the_same_when_it_is_loaded_again() {
    let ours = starter(&Settings::default()).unwrap();
    let first = dormant(Database::sqlite()).await;
    let name = json!({"name": "n", "description": "d", "ext_name": ours.society.ext_name});
    let namespaces: Vec<_> =
        ours.namespaces.iter().map(|ns| json!({"ns": ns.ns, "description": ns.description})).collect();
    let documents: Vec<_> = ours.items.iter().map(|item| item.document.clone()).collect();
    fill(&first, name.clone(), &namespaces, &documents).await;
    // A second version, a text that looks like JSON, attributes.
    let ns = format!("catalog/ext/{}/actor/app", ours.society.ext_name);
    let more = json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": 1000900}, "description": "[1]"},
        "attribute": {"objects": [{"key": {"_value": 36, "_ver": 1}, "value": {"a": 1}, "description": "d"}], "tags": [{"ns": ns, "values": [{"_value": 36, "_ver": 1}]}]}});
    assert_eq!(post(&first, "/catalog/ext", more.clone()).await.status, 200);
    assert_eq!(first.put("/catalog/ext/1000900").session(&member()).json(more).send().await.status, 200);

    let exported = items(&first).await;
    assert_eq!(exported.len(), documents.len() + 2);
    let second = dormant(Database::sqlite()).await;
    let namespaces = catalog::exported_namespaces(&first.ground.store).await.unwrap();
    let written = catalog::exported_name(&first.ground.store).await.unwrap();
    assert_eq!(written, name);
    fill(&second, written, &namespaces, &exported).await;
    let again: HashMap<_, _> = items(&second).await.into_iter().map(|item| (code(&item), item)).collect();
    assert_eq!(again.len(), exported.len());
    let differing: Vec<_> = exported.iter().filter(|item| again.get(&code(item)) != Some(item)).collect();
    assert!(differing.is_empty(), "{} {:?} {:?}", differing.len(), differing[0], again[&code(differing[0])]);
    for document in &exported {
        let code = &document["catalogItem"]["_code"];
        let path = format!("/catalog/{}/{}", code["_value"], code["_ver"]);
        let (one, other) = (get(&first, &path).await, get(&second, &path).await);
        assert_eq!(one.status, 200);
        assert_eq!(one.body, other.body, "{path}");
    }
}
