//! Update sets.

use serde_json::{Value, json};
use testkit::{Bench, individual, member, on_both_databases};
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
        let shown = bench.get(&format!("/catalog/updateSet/search/info/{id}")).session(&applicant).send().await.body;
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

    async fn a_set_does_all_it_says_in_its_order(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let old = post(&bench, "/catalog/ext", json!({"catalogItem": {"ns": PLAIN, "name": "old"}})).await;
        assert_eq!(old.status, 200);
        post(&bench, "/catalog/ext", json!({"catalogItem": {"ns": PLAIN, "name": "going"}})).await;
        let plain = get(&bench, &format!("/catalog/ns?ns={PLAIN}")).await.body[0]["id"].clone();
        let new_ns = "catalog/ext/test-org/new";
        let tags = json!({"objects": null, "tags": [{"ns": new_ns, "values": []}]});
        let body = json!({
            "name": "set", "description": "d", "type": "7", "appendix": {"a": [1]},
            "ns": [
                {"type": 1, "comment": "c", "template": {"ns": new_ns, "description": "d"}},
                {"type": 2, "nsId": plain, "template": {"ns": PLAIN, "description": {"title": "t"}}},
            ],
            "catalog": [
                add(new_ns, json!(-1), json!(null)),
                {"type": 2, "catalogCode": 1000001, "comment": "u", "template": {
                    "catalogItem": {"ns": PLAIN, "name": "changed", "inherit": {"_value": -1, "_ver": 1}}}},
                {"type": 3, "catalogCode": 1000002},
            ],
            "attribute": [{"type": 1, "catalogCode": 1000001, "attribute": tags}],
        });
        let set = bench.post("/catalog/updateSet/register").session(&who).json(body).send().await.body;
        assert_eq!(set["ns"][0], json!({"type": 1, "nsId": null, "comment": "c", "template": {"ns": new_ns, "description": "d"}}));
        assert_eq!(set["appendix"], json!({"a": [1]}));
        assert_eq!(set["registAt"], "2026-01-02T03:04:05.678+0900");
        assert_eq!(set["attribute"], json!([{"type": 1, "catalogCode": 1000001, "attribute": tags}]));
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        let done = bench.post("/catalog/updateSet/request").session(&who).json(request).send().await.body;
        assert_eq!((&done["status"], &done["approver"]), (&json!(1), &json!("member01")), "{done}");
        assert_eq!(done["catalog"][0]["catalogCode"], 1000003);
        assert_eq!(done["catalog"][0]["comment"], "c");
        assert_eq!(done["catalog"][0]["template"]["catalogItem"]["_code"], json!({"_value": 1000003, "_ver": 1}));
        let changed = get(&bench, "/catalog/1000001").await.body;
        assert_eq!(changed["catalogItem"]["_code"]["_ver"], 2);
        assert_eq!(changed["catalogItem"]["inherit"], json!({"_value": 1000003, "_ver": 1}));
        assert_eq!(changed["attribute"]["tags"], json!([{"ns": new_ns, "values": []}]));
        assert_eq!(get(&bench, "/catalog/1000002").await.status, 404);
        assert_eq!(get(&bench, &format!("/catalog/ns/{plain}")).await.body["description"], json!({"title": "t"}));
        let mine = bench.get("/catalog/updateSet/search/approval").session(&who).send().await.body;
        assert_eq!(mine.as_array().unwrap().len(), 1);
        assert!(mine[0].get("ns").is_none());
    }

    async fn a_set_whose_world_changed_leaves_nothing_half_done(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let entries = json!([add(PLAIN, json!(1000010), json!(null)), add(PLAIN, json!(1000020), json!(null))]);
        let set = register(&bench, &who, entries).await.body;
        let taken = json!({"catalogItem": {"ns": PLAIN, "name": "n", "_code": {"_value": 1000020}}});
        assert_eq!(post(&bench, "/catalog/ext", taken).await.status, 200);
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        let request = || bench.post("/catalog/updateSet/request").session(&who).json(request.clone()).send();
        assert_eq!(request().await.status, 400);
        assert_eq!(get(&bench, "/catalog/1000010").await.status, 404);
        let shown = bench.get(&format!("/catalog/updateSet/search/info/{}", set["id"])).session(&who).send().await.body;
        assert_eq!(shown, set);
        let replaced = json!({"name": "again", "catalog": [add(PLAIN, json!(1000010), json!(null))]});
        let path = format!("/catalog/updateSet/register/{}", set["id"]);
        let replaced = bench.put(&path).session(&who).json(replaced).send().await.body;
        assert_eq!(replaced["name"], "again");
        assert_eq!(replaced["catalog"].as_array().unwrap().len(), 1);
        assert_eq!(request().await.body["status"], 1);
    }

    async fn a_denial_changes_nothing_and_is_final(database: Database) {
        let bench = catalog(database, &[THING, ROOT]).await;
        let root = root_actor(&bench).await;
        let (applicant, approver) = (of_actor(1000500), of_actor(root));
        let set = register(&bench, &applicant, json!([add(THING, json!(1000600), json!(null))])).await.body;
        let request = json!({"id": set["id"], "approvalActor": root});
        bench.post("/catalog/updateSet/request").session(&applicant).json(request).send().await;
        let asked = bench.get("/catalog/updateSet/search/request").session(&approver).send().await.body;
        assert_eq!(asked[0]["id"], set["id"]);
        let path = format!("/catalog/updateSet/approval/{}", set["id"]);
        let decide = |body| bench.post(&path).session(&approver).json(body).send();
        assert_eq!(decide(json!({"status": 3})).await.refused_fields(), ["status"]);
        assert_eq!(decide(json!({"status": 2, "comment": 1})).await.refused_fields(), ["comment"]);
        let denied = decide(json!({"status": 2, "comment": "no"})).await.body;
        assert_eq!((&denied["status"], &denied["comment"]), (&json!(2), &json!("no")));
        assert_eq!(decide(json!({"status": 1})).await.status, 400);
        assert_eq!(get(&bench, "/catalog/1000600").await.status, 404);
    }

    async fn only_the_root_and_allied_regions_approve(database: Database) {
        let own = "catalog/ext/test-org/thing/actor_1000004";
        let bench = catalog(database, &[own, PLAIN, ROOT]).await;
        let codes = |key: &str| json!([{"key": key, "type": {"of": "code[]"}}]);
        let actor = |key: &str, code: i64| json!({
            "catalogItem": {"ns": PLAIN, "name": "n"},
            "template": {"prop": codes(key), "value": [{"key": key, "value": [{"key": "_value", "value": code}, {"key": "_ver", "value": 1}]}]},
        });
        // Region actors of two regions, an application allied with the first one, and its actor.
        for body in [actor("region", 700), actor("region", 701), actor("region-alliance", 700), actor("application", 1000003)] {
            assert_eq!(post(&bench, "/catalog/ext", body).await.status, 200);
        }
        let applicant = of_actor(1000004);
        let set = register(&bench, &applicant, json!([add(own, json!(null), json!(null))])).await.body;
        let request = |approver: i64| {
            let body = json!({"id": set["id"], "approvalActor": approver});
            bench.post("/catalog/updateSet/request").session(&applicant).json(body).send()
        };
        for other in [1000002, 1000004, 1000999] {
            assert_eq!(request(other).await.status, 400, "{other}");
        }
        assert_eq!(request(1000001).await.body["status"], 3);
    }

    async fn unknown_references_are_refused(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let mut entry = add(PLAIN, json!(null), json!(null));
        entry["template"]["template"] = json!({
            "prop": [{"key": "a", "type": {"of": "code", "candidate": {"_code": [{"_value": 1000700, "_ver": 1}]}}}],
            "value": [{"key": "a", "value": [{"key": "_value", "value": 1000700}, {"key": "_ver", "value": 1}]}],
        });
        let set = register(&bench, &who, json!([entry])).await.body;
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        let request = || bench.post("/catalog/updateSet/request").session(&who).json(request.clone()).send();
        assert_eq!(request().await.status, 400);
        // Another proposal of the same actor that will register the code is enough.
        let mut other = add(PLAIN, json!(1000700), json!(null));
        other["catalogCode"] = json!(1000700);
        assert_eq!(register(&bench, &who, json!([other])).await.status, 200);
        assert_eq!(request().await.body["status"], 1);
    }

    async fn whoever_has_no_actor_sees_no_proposals(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let owner = of_actor(1000500);
        let set = register(&bench, &owner, json!([add(PLAIN, json!(null), json!(null))])).await.body;
        let mut nobody = member().object().clone();
        nobody.remove("actor");
        let nobody = Session::from_json(Value::Object(nobody)).unwrap();
        assert_eq!(bench.get("/catalog/updateSet/search/request").session(&nobody).send().await.status, 404);
        let path = format!("/catalog/updateSet/register/{}", set["id"]);
        assert_eq!(bench.delete(&path).session(&nobody).send().await.status, 400);
        assert_eq!(bench.get("/catalog/updateSet/search/request").session(&owner).send().await.status, 200);
        let body = json!({"name": "x", "catalog": [add(PLAIN, json!(null), json!(null))]});
        let resident = bench.post("/catalog/updateSet/register").session(&individual()).json(body).send().await;
        assert_eq!(resident.status, 401);
    }

    async fn temporary_codes_become_real_in_all_that_refers_to_them(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let mut second = add(PLAIN, json!(-2), json!(null));
        second["template"]["template"] = json!({
            "prop": [
                {"key": "a", "type": {"of": "code", "candidate": {"_code": [{"_value": -1, "_ver": 1}]}}},
                {"key": "b", "type": {"of": "code", "candidate": {"base": {"_value": -1, "_ver": 1}}}},
            ],
            "value": [{"key": "a", "value": [{"key": "_value", "value": -1}, {"key": "_ver", "value": 1}]}],
        });
        let first = add(PLAIN, json!(-1), json!(null));
        let set = register(&bench, &who, json!([first, second])).await.body;
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        let done = bench.post("/catalog/updateSet/request").session(&who).json(request).send().await.body;
        assert_eq!(done["status"], 1, "{done}");
        let real = json!({"_value": 1000001, "_ver": 1});
        let shown = get(&bench, "/catalog/1000002").await.body;
        assert_eq!(shown["template"]["a"], real);
        assert_eq!(shown["prop"][0]["type"]["candidate"]["_code"], json!([real]));
        assert_eq!(shown["prop"][1]["type"]["candidate"]["base"], real);
        assert_eq!(bench.count("catalog_item where code < 0").await, 0);
        // In the other order nobody knows yet what is meant; nor does anybody know the codes of other sets.
        for entries in [json!([second, first]), json!([second])] {
            let set = register(&bench, &who, entries).await.body;
            let request = json!({"id": set["id"], "approvalActor": 1000500});
            assert_eq!(bench.post("/catalog/updateSet/request").session(&who).json(request).send().await.status, 400);
        }
    }

    async fn the_beginning_of_a_namespace_says_its_kind(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let with = |kind: i64, id: Value, ns: &str| {
            let entry = json!({"type": kind, "nsId": id, "template": {"ns": ns, "description": "d"}});
            bench.post("/catalog/updateSet/register").session(&who).json(json!({"name": "set", "ns": [entry]})).send()
        };
        let new = "catalog/ext/test-org/thing/model";
        let set = with(1, json!(null), new).await.body;
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        let done = bench.post("/catalog/updateSet/request").session(&who).json(request).send().await.body;
        assert_eq!(done["status"], 1, "{done}");
        assert_eq!(bench.texts("type", &format!("ns where name = '{new}'")).await, ["ext"]);
        assert_eq!(register(&bench, &who, json!([add(new, json!(null), json!(null))])).await.status, 200);
        for ns in ["anything/model/x", "catalog/other/x", "catalog/modelx/y"] {
            assert_eq!(with(1, json!(null), ns).await.status, 400, "{ns}");
        }
        // One that older programs let begin with anything keeps its name, and gets no other of the kind.
        bench.execute("update ns set name = 'old/x' where name like '%/thing/model'").await;
        let id: Value = bench.text("id", "ns where name = 'old/x'").await.parse::<i64>().unwrap().into();
        assert_eq!(with(2, id.clone(), "old/x").await.status, 200);
        assert_eq!(with(2, id.clone(), "old/y").await.status, 400);
        assert_eq!(with(2, id, PLAIN).await.status, 400, "it is taken");
    }

    async fn a_deletion_ends_all_versions(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let body = json!({"catalogItem": {"ns": PLAIN, "name": "n", "_code": {"_value": 1000001}}});
        assert_eq!(post(&bench, "/catalog/ext", body.clone()).await.status, 200);
        assert_eq!(bench.put("/catalog/ext/1000001").session(&who).json(body).send().await.status, 200);
        let set = register(&bench, &who, json!([{"type": 3, "catalogCode": 1000001}])).await.body;
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        assert_eq!(bench.post("/catalog/updateSet/request").session(&who).json(request).send().await.body["status"], 1);
        for path in ["/catalog/1000001", "/catalog/1000001/1", "/catalog/1000001/2", "/catalog/history/1000001?min=1"] {
            assert_eq!(get(&bench, path).await.status, 404, "{path}");
        }
    }

    async fn the_first_namespace_counts_among_those_given_twice_and_items_without_a_code_do_not(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let ns = |name: &str| json!({"type": 1, "template": {"ns": format!("catalog/ext/test-org/{name}"), "description": "d"}});
        for (names, status) in [(["a", "a"], 400), (["a", "b"], 200)] {
            let set = json!({"name": "set", "ns": names.map(ns)});
            assert_eq!(bench.post("/catalog/updateSet/register").session(&who).json(set).send().await.status, status, "{names:?}");
        }
        let without = || add(PLAIN, json!(null), json!(null));
        assert_eq!(register(&bench, &who, json!([without(), without(), without(), without()])).await.status, 200);
    }

    async fn an_entry_without_its_item_is_refused(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        post(&bench, "/catalog/ext", json!({"catalogItem": {"ns": PLAIN, "name": "n"}})).await;
        for entry in [
            json!({"type": 1, "template": {"template": {}}}),
            json!({"type": 1, "template": {"catalogItem": null}}),
            json!({"type": 2, "catalogCode": 1000001, "template": {"template": {}}}),
            json!({"type": 2, "catalogCode": 1000001, "template": {"catalogItem": []}}),
        ] {
            assert_eq!(register(&bench, &who, json!([entry])).await.status, 400, "{entry}");
        }
    }

    async fn what_needs_no_approval_is_approved_whoever_is_named(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let set = register(&bench, &who, json!([add(PLAIN, json!(null), json!(null))])).await.body;
        let request = json!({"id": set["id"], "approvalActor": 1000777});
        let done = bench.post("/catalog/updateSet/request").session(&who).json(request).send().await;
        assert_eq!((done.status, &done.body["status"]), (200, &json!(1)), "{}", done.body);
    }

    async fn a_request_that_cannot_be_carried_out_leaves_a_draft(database: Database) {
        let bench = catalog(database, &[PLAIN]).await;
        let who = of_actor(1000500);
        let id = get(&bench, &format!("/catalog/ns?ns={PLAIN}")).await.body[0]["id"].clone();
        let set = json!({"name": "set", "ns": [{"type": 3, "nsId": id}], "catalog": []});
        let set = bench.post("/catalog/updateSet/register").session(&who).json(set).send().await.body;
        post(&bench, "/catalog/ext", json!({"catalogItem": {"ns": PLAIN, "name": "n"}})).await;
        let request = json!({"id": set["id"], "approvalActor": 1000500});
        // Only carrying it out shows that the namespace is in use.
        assert_eq!(bench.post("/catalog/updateSet/request").session(&who).json(request).send().await.status, 409);
        let shown = bench.get(&format!("/catalog/updateSet/search/info/{}", set["id"])).session(&who).send().await.body;
        assert_eq!(shown, set);
    }
}
