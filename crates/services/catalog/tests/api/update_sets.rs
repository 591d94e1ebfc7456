//! Update sets.

use serde_json::{Value, json};
use testkit::{Bench, member, on_both_databases};
use vocabulary::Session;

use super::{catalog, get, post};

const THING: &str = "catalog/ext/test-org/thing/actor_1";
const PLAIN: &str = "catalog/ext/test-org/actor/app";
const ROOT: &str = "catalog/ext/test-org/actor/pxr-root";

fn of_actor(actor: i64) -> Session {
    let mut operator = member().object().clone();
    operator.insert("actor".into(), json!({"_value": actor, "_ver": 1}));
    Session::from_json(Value::Object(operator)).unwrap()
}

fn add(ns: &str, code: Value, inherit: Value) -> Value {
    json!({"type": 1, "catalogCode": null, "comment": "c", "template": {
        "catalogItem": {"ns": ns, "name": "n", "_code": {"_value": code, "_ver": null}, "inherit": inherit},
        "template": {"prop": null, "value": null}}})
}

async fn register(bench: &Bench, who: &Session, entries: Value) -> testkit::Reply {
    let body = json!({"name": "set", "catalog": entries});
    bench.post("/catalog/updateSet/register").session(who).json(body).send().await
}

async fn root_actor(bench: &Bench) -> i64 {
    let body = json!({"catalogItem": {"ns": ROOT, "name": "root"}});
    post(bench, "/catalog/ext", body).await.body["catalogItem"]["_code"]["_value"].as_i64().unwrap()
}

on_both_databases! {
    async fn data_types_wait_for_the_approval_of_another_actor(database: Database) {
        let bench = catalog(database, &[THING, PLAIN, ROOT]).await;
        let root = root_actor(&bench).await;
        let (applicant, approver) = (of_actor(1000500), of_actor(root));
        let set = register(&bench, &applicant, json!([add(THING, json!(null), json!(null))])).await;
        assert_eq!(set.body["status"], 0);
        let id = set.body["id"].as_i64().unwrap();
        let request = json!({"id": id, "approvalActor": root});
        let reply = bench.post("/catalog/updateSet/request").session(&applicant).json(request).send().await;
        assert_eq!(reply.body["status"], 3, "{}", reply.body);
        let approval = format!("/catalog/updateSet/approval/{id}");
        let decide = |who: &Session| bench.post(&approval).session(who).json(json!({"status": 1})).send();
        assert_eq!(decide(&applicant).await.status, 400);
        let (first, second) = tokio::join!(decide(&approver), decide(&approver));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
        let shown = get(&bench, &format!("/catalog/updateSet/search/info/{id}")).await.body;
        assert_eq!(shown["status"], 1);
        let code = shown["catalog"][0]["catalogCode"].as_i64().unwrap();
        assert_eq!(get(&bench, &format!("/catalog/{code}")).await.status, 200);
    }

    async fn what_concerns_nobody_else_is_approved_at_once(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let applicant = of_actor(1000500);
        let set = register(&bench, &applicant, json!([
            add(PLAIN, json!(-1), json!(null)),
            add(PLAIN, json!(null), json!({"_value": -1, "_ver": 1})),
        ])).await;
        let request = json!({"id": set.body["id"], "approvalActor": 1000500});
        let reply = bench.post("/catalog/updateSet/request").session(&applicant).json(request).send().await;
        assert_eq!(reply.body["status"], 1, "{}", reply.body);
        let child = get(&bench, "/catalog/1000002").await.body;
        assert_eq!(child["catalogItem"]["inherit"]["_value"], 1000001);
    }

    async fn a_proposal_that_makes_no_sense_is_refused(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        for entries in [
            json!([]),
            json!([{"type": 1}]),
            json!([{"type": 2, "template": {}}]),
            json!([{"type": 4}]),
            json!([add(PLAIN, json!(-1), json!(null)), add(PLAIN, json!(-1), json!(null))]),
            json!([add(PLAIN, json!(null), json!({"_value": -9}))]),
            json!([{"type": 3, "catalogCode": 77}]),
            json!("x"),
        ] {
            let reply = register(&bench, &who, entries.clone()).await;
            assert_eq!(reply.status, 400, "{entries}");
        }
        assert_eq!(get(&bench, "/catalog/updateSet/search/request").await.status, 404);
    }

    async fn nobody_touches_the_proposal_of_another_actor(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let (owner, other) = (of_actor(1000500), of_actor(1000501));
        let set = register(&bench, &owner, json!([add(PLAIN, json!(null), json!(null))])).await;
        let id = set.body["id"].as_i64().unwrap();
        let path = format!("/catalog/updateSet/register/{id}");
        assert_eq!(bench.delete(&path).session(&other).send().await.status, 400);
        let request = json!({"id": id, "approvalActor": 1000501});
        assert_eq!(bench.post("/catalog/updateSet/request").session(&other).json(request).send().await.status, 400);
        assert_eq!(bench.delete(&path).session(&owner).send().await.status, 200);
        assert_eq!(bench.delete(&path).session(&owner).send().await.status, 400);
    }
}
