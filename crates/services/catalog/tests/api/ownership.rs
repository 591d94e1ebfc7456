//! Whose items and namespaces are: what other blocks send may change only what is their actor's.

use serde_json::{Value, json};
use testkit::{Bench, Database, Reply, member, on_both_databases};
use vocabulary::Session;

use super::{catalog, get, post};

const ROOT: &str = "catalog/ext/test-org/actor/pxr-root";
const APPS: &str = "catalog/ext/test-org/actor/app";

/// Codes of the root's actor and of two providers; each has its block, a thing and a definition.
const ACTORS: [i64; 3] = [1_000_100, 1_000_101, 1_000_102];
const THINGS: [i64; 2] = [1_000_201, 1_000_202];
const DEFINITIONS: [i64; 2] = [1_000_301, 1_000_302];
const BLOCKS: [i64; 2] = [71, 72];

fn thing_ns(actor: i64) -> String {
    format!("catalog/ext/test-org/thing/actor_{actor}")
}

fn share_ns(actor: i64) -> String {
    format!("{APPS}/actor_{actor}/share")
}

fn item(ns: &str, code: i64) -> Value {
    json!({"catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": null}}, "template": {}})
}

fn actor_item(ns: &str, code: i64, block: i64) -> Value {
    let mut item = item(ns, code);
    item["template"] = json!({
        "prop": [{"key": "main-block", "type": {"of": "code"}}],
        "value": [{"key": "main-block", "value": [{"key": "_value", "value": block}, {"key": "_ver", "value": 1}]}],
    });
    item
}

/// Somebody of an actor, in a block.
fn of(actor: i64, block: i64) -> Session {
    let mut operator = member().object().clone();
    operator.insert("actor".into(), json!({"_value": actor, "_ver": 1}));
    operator.insert("block".into(), json!({"_value": block, "_ver": 1}));
    Session::from_json(Value::Object(operator)).unwrap()
}

fn first() -> Session {
    of(ACTORS[1], BLOCKS[0])
}

fn root() -> Session {
    of(ACTORS[0], member().block.unwrap().value.0)
}

async fn platform(database: Database) -> Bench {
    let own: Vec<_> = ACTORS[1..].iter().flat_map(|actor| [thing_ns(*actor), share_ns(*actor)]).collect();
    let namespaces: Vec<_> = [ROOT, APPS, "catalog/ext/test-org/block/app"]
        .into_iter()
        .chain(own.iter().map(String::as_str))
        .collect();
    let bench = catalog(database, &namespaces).await;
    let mut items = vec![actor_item(ROOT, ACTORS[0], 1)];
    for (index, actor) in ACTORS[1..].iter().enumerate() {
        items.push(actor_item(APPS, *actor, BLOCKS[index]));
        items.push(item(&thing_ns(*actor), THINGS[index]));
        items.push(item(&share_ns(*actor), DEFINITIONS[index]));
    }
    for item in items {
        assert_eq!(post(&bench, "/catalog/ext", item).await.status, 200);
    }
    bench
}

async fn ns_id(bench: &Bench, ns: &str) -> i64 {
    get(bench, &format!("/catalog/ns?ns={ns}")).await.body[0]["id"].as_i64().unwrap()
}

async fn register(bench: &Bench, who: &Session, set: Value) -> Reply {
    bench.post("/catalog/updateSet/register").session(who).json(set).send().await
}

async fn request(bench: &Bench, who: &Session, id: &Value, approver: i64) -> Reply {
    let body = json!({"id": id, "approvalActor": approver});
    bench.post("/catalog/updateSet/request").session(who).json(body).send().await
}

async fn approve(bench: &Bench, who: &Session, id: &Value) -> Reply {
    let path = format!("/catalog/updateSet/approval/{id}");
    bench.post(&path).session(who).json(json!({"status": 1})).send().await
}

/// As the block's proxy hands it on.
async fn proxied(bench: &Bench, who: &Session, method: &str, path: &str, body: Option<Value>) -> u16 {
    let request = match method {
        "POST" => bench.post(path),
        "PUT" => bench.put(path),
        _ => bench.delete(path),
    };
    let request = request.session(who).header("pxr-from-block", "71");
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    request.send().await.status
}

on_both_databases! {
    async fn beside_what_is_its_own_a_set_changes_nothing_of_others(database: Database) {
        let bench = platform(database).await;
        let (own, other) = (share_ns(ACTORS[1]), share_ns(ACTORS[2]));
        let (own_id, other_id) = (ns_id(&bench, &own).await, ns_id(&bench, &other).await);
        let changed = |code: i64, ns: &str| json!({"type": 2, "catalogCode": code, "template": item(ns, code)});
        let mut version = item(&own, DEFINITIONS[1]);
        version["catalogItem"]["_code"]["_ver"] = json!(9);
        let attribute = json!({"objects": null, "tags": []});
        for (list, entry) in [
            ("catalog", changed(DEFINITIONS[1], &own)),
            ("catalog", changed(DEFINITIONS[0], &other)),
            ("catalog", json!({"type": 3, "catalogCode": DEFINITIONS[1]})),
            ("catalog", json!({"type": 3, "catalogCode": ACTORS[2]})),
            ("catalog", json!({"type": 1, "template": version})),
            ("catalog", json!({"type": 1, "template": actor_item(APPS, 1_000_900, BLOCKS[0])})),
            ("catalog", changed(ACTORS[2], APPS)),
            ("attribute", json!({"type": 1, "catalogCode": DEFINITIONS[1], "attribute": attribute})),
            ("ns", json!({"type": 3, "nsId": other_id})),
            ("ns", json!({"type": 2, "nsId": other_id, "template": {"ns": format!("{own}/x"), "description": "d"}})),
            ("ns", json!({"type": 2, "nsId": own_id, "template": {"ns": format!("{other}/x"), "description": "d"}})),
            ("ns", json!({"type": 1, "template": {"ns": "catalog/ext/test-org/thing/x", "description": "d"}})),
        ] {
            let mut set = json!({"name": "set", "catalog": [changed(THINGS[0], &thing_ns(ACTORS[1]))], "ns": [], "attribute": []});
            set[list].as_array_mut().unwrap().push(entry.clone());
            let reply = register(&bench, &first(), set).await;
            assert_eq!(reply.status, 401, "{entry}: {}", reply.body);
        }
        assert_eq!(get(&bench, "/catalog/updateSet/search/request").await.status, 404, "nothing is left of them");

        let set = json!({
            "name": "set",
            "catalog": [changed(DEFINITIONS[0], &own), changed(ACTORS[1], APPS)],
            "ns": [{"type": 1, "template": {"ns": format!("{own}/new"), "description": "d"}},
                   {"type": 2, "nsId": own_id, "template": {"ns": own, "description": "e"}}],
            "attribute": [{"type": 1, "catalogCode": DEFINITIONS[0], "attribute": attribute}],
        });
        let set = register(&bench, &first(), set).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let done = request(&bench, &first(), &set.body["id"], ACTORS[1]).await;
        assert_eq!(done.body["status"], 1, "{}", done.body);
        assert_eq!(get(&bench, &format!("/catalog/{}", ACTORS[1])).await.body["catalogItem"]["_code"]["_ver"], 2);
    }

    async fn a_draft_is_judged_again_when_it_is_replaced(database: Database) {
        let bench = platform(database).await;
        let own = json!({"name": "set", "catalog": [{"type": 3, "catalogCode": DEFINITIONS[0]}]});
        let set = register(&bench, &first(), own.clone()).await.body;
        let path = format!("/catalog/updateSet/register/{}", set["id"]);
        let other = json!({"name": "set", "catalog": [{"type": 3, "catalogCode": DEFINITIONS[1]}]});
        assert_eq!(bench.put(&path).session(&first()).json(other).send().await.status, 401);
        assert_eq!(bench.put(&path).session(&first()).json(own).send().await.status, 200);
        assert_eq!(request(&bench, &first(), &set["id"], ACTORS[1]).await.body["status"], 1);
        assert_eq!(get(&bench, &format!("/catalog/{}", DEFINITIONS[0])).await.status, 404);
        assert_eq!(get(&bench, &format!("/catalog/{}", DEFINITIONS[1])).await.status, 200);
    }

    async fn what_became_another_s_is_not_changed_by_an_approval(database: Database) {
        let bench = platform(database).await;
        let change = json!({"type": 2, "catalogCode": THINGS[0], "template": item(&thing_ns(ACTORS[1]), THINGS[0])});
        let register = async || {
            let set = register(&bench, &first(), json!({"name": "set", "catalog": [change]})).await.body["id"].clone();
            assert_eq!(request(&bench, &first(), &set, ACTORS[0]).await.body["status"], 3);
            set
        };
        let (before, after) = (register().await, register().await);
        assert_eq!(approve(&bench, &root(), &before).await.body["status"], 1, "the approver need not own it");
        let path = format!("/catalog/ext/{}", THINGS[0]);
        let moved = bench.put(&path).session(&member()).json(item(&thing_ns(ACTORS[2]), THINGS[0])).send().await;
        assert_eq!(moved.status, 200);
        assert_eq!(approve(&bench, &root(), &after).await.status, 401);
        let item = get(&bench, &format!("/catalog/{}", THINGS[0])).await.body;
        assert_eq!(item["catalogItem"]["ns"], json!(thing_ns(ACTORS[2])));
        let path = format!("/catalog/updateSet/search/info/{after}");
        assert_eq!(bench.get(&path).session(&root()).send().await.body["status"], 3, "it can still be denied");
    }

    async fn items_of_others_are_not_written_by_other_blocks(database: Database) {
        let bench = platform(database).await;
        let (own, other) = (share_ns(ACTORS[1]), share_ns(ACTORS[2]));
        let path = |code: i64| format!("/catalog/ext/{code}");
        let mut version = item(&own, DEFINITIONS[1]);
        version["catalogItem"]["_code"]["_ver"] = json!(9);
        let attribute = |code: i64| json!({"code": code, "attribute": {"objects": null, "tags": []}});
        for (method, path, body, status) in [
            ("POST", "/catalog/ext".to_owned(), Some(item(&other, 1_000_400)), 401),
            ("POST", "/catalog/ext".to_owned(), Some(version), 401),
            ("POST", "/catalog/ext".to_owned(), Some(actor_item(APPS, 1_000_900, BLOCKS[0])), 401),
            ("PUT", path(DEFINITIONS[1]), Some(item(&own, DEFINITIONS[1])), 401),
            ("PUT", path(DEFINITIONS[0]), Some(item(&other, DEFINITIONS[0])), 401),
            ("PUT", path(ACTORS[2]), Some(actor_item(APPS, ACTORS[2], BLOCKS[0])), 401),
            ("DELETE", path(DEFINITIONS[1]), None, 401),
            ("PUT", "/catalog/attribute".to_owned(), Some(attribute(DEFINITIONS[1])), 401),
            ("POST", "/catalog/model".to_owned(), Some(item("catalog/model/x", 5)), 401),
            ("POST", "/catalog/ext".to_owned(), Some(item(&own, 1_000_400)), 200),
            ("PUT", path(DEFINITIONS[0]), Some(item(&own, DEFINITIONS[0])), 200),
            ("PUT", "/catalog/attribute".to_owned(), Some(attribute(DEFINITIONS[0])), 200),
            ("DELETE", path(1_000_999), None, 400),
            ("DELETE", path(DEFINITIONS[0]), None, 200),
        ] {
            assert_eq!(proxied(&bench, &first(), method, &path, body.clone()).await, status, "{method} {path} {body:?}");
        }
        let block = item("catalog/ext/test-org/block/app", 1_000_500);
        assert_eq!(proxied(&bench, &root(), "POST", "/catalog/ext", Some(block.clone())).await, 200);
        assert_eq!(proxied(&bench, &first(), "PUT", &path(1_000_500), Some(block)).await, 401);
        // A code that was deleted is not free for others.
        assert_eq!(bench.delete(&path(DEFINITIONS[1])).session(&member()).send().await.status, 200);
        let mut revived = item(&own, DEFINITIONS[1]);
        revived["catalogItem"]["_code"]["_ver"] = json!(2);
        assert_eq!(proxied(&bench, &first(), "POST", "/catalog/ext", Some(revived)).await, 401);
    }

    async fn namespaces_of_others_are_not_written_by_other_blocks(database: Database) {
        let bench = platform(database).await;
        let (own, other) = (share_ns(ACTORS[1]), share_ns(ACTORS[2]));
        let (own_id, other_id) = (ns_id(&bench, &own).await, ns_id(&bench, &other).await);
        let apps = ns_id(&bench, APPS).await;
        let named = |ns: &str| Some(json!({"ns": ns, "description": "d"}));
        let path = |id: i64| format!("/catalog/ns/ext/{id}");
        let new = "catalog/ext/test-org/something/new";
        for (who, method, path, body, status) in [
            (first(), "POST", "/catalog/ns/ext".to_owned(), named(&format!("{other}/x")), 401),
            (first(), "POST", "/catalog/ns/ext".to_owned(), named(new), 401),
            (first(), "PUT", path(other_id), named(&format!("{own}/x")), 401),
            (first(), "PUT", path(own_id), named(&format!("{other}/x")), 401),
            (first(), "PUT", path(apps), named("catalog/ext/test-org/actor/apps"), 401),
            (first(), "DELETE", path(other_id), None, 401),
            (root(), "POST", "/catalog/ns/ext".to_owned(), named(&format!("{other}/x")), 401),
            (first(), "POST", "/catalog/ns/ext".to_owned(), named(&format!("{own}/x")), 200),
            (first(), "PUT", path(own_id), named(&own), 200),
            (root(), "POST", "/catalog/ns/ext".to_owned(), named(new), 200),
        ] {
            assert_eq!(proxied(&bench, &who, method, &path, body.clone()).await, status, "{method} {path} {body:?}");
        }
        let id = ns_id(&bench, &format!("{own}/x")).await;
        assert_eq!(proxied(&bench, &of(ACTORS[2], BLOCKS[1]), "DELETE", &path(id), None).await, 401);
        assert_eq!(proxied(&bench, &first(), "DELETE", &path(id), None).await, 200);
    }

    async fn nobody_speaks_for_the_actor_of_another_block(database: Database) {
        let bench = platform(database).await;
        let set = json!({"name": "set", "catalog": [{"type": 3, "catalogCode": THINGS[0]}]});
        let id = register(&bench, &first(), set.clone()).await.body["id"].clone();
        let waiting = json!({"name": "set", "catalog": [{"type": 2, "catalogCode": THINGS[0], "template": item(&thing_ns(ACTORS[1]), THINGS[0])}]});
        let waiting = register(&bench, &first(), waiting).await.body["id"].clone();
        assert_eq!(request(&bench, &first(), &waiting, ACTORS[0]).await.body["status"], 3);
        let (forged, forged_root) = (of(ACTORS[1], BLOCKS[1]), of(ACTORS[0], BLOCKS[1]));
        assert_eq!(register(&bench, &forged, set.clone()).await.status, 401);
        assert_eq!(request(&bench, &forged, &id, ACTORS[1]).await.status, 401);
        assert_eq!(approve(&bench, &forged_root, &waiting).await.status, 401);
        assert_eq!(bench.delete(&format!("/catalog/updateSet/register/{id}")).session(&forged).send().await.status, 401);
        let info = format!("/catalog/updateSet/search/info/{id}");
        for path in [&info, "/catalog/updateSet/search/request", "/catalog/updateSet/search/approval"] {
            assert_eq!(bench.get(path).session(&forged).send().await.status, 401, "{path}");
        }
        assert_eq!(proxied(&bench, &forged, "DELETE", &format!("/catalog/ext/{}", THINGS[0]), None).await, 401);
        let unknown = of(1_000_777, BLOCKS[1]);
        assert_eq!(register(&bench, &unknown, set).await.status, 401);
        assert_eq!(proxied(&bench, &unknown, "DELETE", &format!("/catalog/ext/{}", THINGS[0]), None).await, 401);
        assert_eq!(get(&bench, &format!("/catalog/{}", THINGS[0])).await.status, 200);
    }

    async fn a_set_is_shown_to_whom_it_concerns(database: Database) {
        let bench = platform(database).await;
        let set = json!({"name": "set", "catalog": [{"type": 2, "catalogCode": THINGS[0], "template": item(&thing_ns(ACTORS[1]), THINGS[0])}]});
        let id = register(&bench, &first(), set).await.body["id"].clone();
        let path = format!("/catalog/updateSet/search/info/{id}");
        let show = async |who: &Session| bench.get(&path).session(who).send().await.status;
        assert_eq!(show(&first()).await, 200);
        assert_eq!(show(&of(ACTORS[2], BLOCKS[1])).await, 404);
        assert_eq!(show(&root()).await, 404, "it was not asked yet");
        let mut nobody = first().object().clone();
        nobody.remove("actor");
        assert_eq!(show(&Session::from_json(Value::Object(nobody)).unwrap()).await, 404);
        assert_eq!(request(&bench, &first(), &id, ACTORS[0]).await.body["status"], 3);
        assert_eq!(show(&root()).await, 200);
        assert_eq!(show(&of(ACTORS[2], BLOCKS[1])).await, 404);
    }
}
