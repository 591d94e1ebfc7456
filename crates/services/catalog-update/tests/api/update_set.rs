//! Update sets that somebody else approves.

use http::Method;
use serde_json::{Value, json};
use testkit::{individual, on_both_databases};
use vocabulary::ServiceName;

use super::{good, newcomer, post_as, provider, region_root, root, stage};
use crate::world::{APP, REGION_ROOT, ROOT, SHARE, SHARED, World};

/// Registers an update set in the catalog, as the provider does before it asks.
async fn register(bench: &testkit::Bench) {
    let request = platform::Outgoing::post("/catalog/updateSet/register")
        .session(&provider())
        .json(&json!({"name": "名", "catalog": []}));
    bench.ground.channel.send(ServiceName::Catalog, request).await.unwrap();
}

fn url(world: &World) -> String {
    world.decided_at().trim_start_matches("/catalog-update").to_owned()
}

on_both_databases! {
    async fn another_actor_is_asked_and_its_word_comes_back(database: Database) {
        let (bench, world) = stage(database).await;
        register(&bench).await;
        let asked = good(post_as(&bench, &provider(), "/updateSet/request", json!({"id": "1", "approvalActor": ROOT})).await);
        assert_eq!((&asked["status"], &asked["approvalActorCode"]), (&json!(3), &json!(ROOT)));
        assert_eq!((&asked["approver"], &asked["ns"]), (&Value::Null, &Value::Null));
        assert_eq!(world.notices(), [(196, 1_000_401)]);
        assert_eq!(url(&world), "/updateSet/approval/1");
        let approved = post_as(&bench, &root(), &url(&world), json!({"status": 1, "comment": null})).await;
        assert_eq!(good(approved)["status"], json!(1));
        let denied = post_as(&bench, &root(), &url(&world), json!({"status": "2", "comment": "不可"})).await;
        assert_eq!(good(denied)["status"], json!(2));
        assert_eq!(world.notices()[1..], [(197, 1_000_000 + APP), (198, 1_000_000 + APP)]);
        assert!(world.state().notices[2]["content"].as_str().unwrap().ends_with("\nコメント：不可"));
    }

    async fn nobody_is_told_of_what_the_own_actor_approves(database: Database) {
        let (bench, world) = stage(database).await;
        register(&bench).await;
        let reply = post_as(&bench, &provider(), "/updateSet/request", json!({"id": 1, "approvalActor": APP})).await;
        assert_eq!(good(reply)["status"], json!(1));
        assert!(world.notices().is_empty());
    }

    async fn what_the_catalog_refuses_is_handed_on(database: Database) {
        let (bench, _) = stage(database).await;
        let reply = post_as(&bench, &provider(), "/updateSet/request", json!({"id": 7, "approvalActor": APP})).await;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!("no such set")));
        let _ = bench.neighbours.clone().refuses(ServiceName::Catalog, Method::POST, "/catalog/updateSet/request", 503, Value::Null);
        let reply = post_as(&bench, &provider(), "/updateSet/request", json!({"id": 7, "approvalActor": APP})).await;
        assert_eq!(reply.status, 500);
    }

    async fn what_it_refuses_inside_other_routes_is_handed_on_too(database: Database) {
        let (bench, world) = stage(database).await;
        let entry = |ns: &str, value: Value| {
            json!({"name": "n", "isDraft": false, "catalog": [{"type": 1, "catalogCode": null, "template": {
                "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": "n", "_code": null, "inherit": null},
                "template": {"prop": null, "value": value}}}]})
        };
        let share = json!([{"key": "_value", "value": SHARE}, {"key": "_ver", "value": 1}]);
        let notified = json!([{"key": "notification", "value": [
            {"key": "share", "value": share}, {"key": "id", "value": [SHARED]}]}]);
        let routes = [
            (provider(), "/data-operation", entry(&format!("actor/app/actor_{APP}/store"), json!([]))),
            (provider(), "/store-event", entry(&format!("actor/app/actor_{APP}/share/notification"), notified)),
            (root(), "/platform-terms-of-use", entry("terms-of-use/platform", json!([]))),
            (region_root(), "/region-terms-of-use", entry(&format!("terms-of-use/region/actor_{REGION_ROOT}"), json!([]))),
        ];
        for step in ["register", "request"] {
            let refuses = |status: u16, body: Value| {
                let path = format!("/catalog/updateSet/{step}");
                let _ = bench.neighbours.clone().refuses(ServiceName::Catalog, Method::POST, &path, status, body);
            };
            for (session, path, body) in &routes {
                refuses(401, json!({"status": 401, "message": "not yours"}));
                let refused = post_as(&bench, session, path, body.clone()).await;
                let expected = (401, &json!("not yours"));
                assert_eq!((refused.status, &refused.body["message"]), expected, "{step} {path}");
                refuses(404, json!({"status": 404, "message": "not there"}));
                assert_eq!(post_as(&bench, session, path, body.clone()).await.status, 400, "{step} {path}");
                let wrong = json!({"property": "name", "value": null, "message": "m", "path": "catalog[0].name"});
                refuses(400, json!({"status": 400, "reasons": [wrong.clone()]}));
                let refused = post_as(&bench, session, path, body.clone()).await;
                assert_eq!((refused.status, &refused.body["reasons"]), (400, &json!([wrong])), "{step} {path}");
                // Who says nothing in words said nothing of the request; and a failure is one.
                for (status, words) in [(401, Value::Null), (503, json!({"status": 503, "message": "m"}))] {
                    refuses(status, words);
                    assert_eq!(post_as(&bench, session, path, body.clone()).await.status, 500, "{step} {path}");
                }
            }
            let _ = bench.neighbours.clone().forgets(&format!("/catalog/updateSet/{step}"));
        }
        for (session, path, body) in &routes {
            good(post_as(&bench, session, path, body.clone()).await);
        }
        assert_eq!(world.count(&format!("actor/app/actor_{APP}/store")), 1);
    }

    async fn only_members_of_an_actor_decide(database: Database) {
        let (bench, _) = stage(database).await;
        for session in [newcomer(), individual()] {
            let decision = json!({"status": 1});
            assert_eq!(post_as(&bench, &session, "/updateSet/approval/1", decision).await.status, 401);
        }
        let anonymous = bench.post("/catalog-update/updateSet/request").json(json!({"id": 1, "approvalActor": 1}));
        assert_eq!(anonymous.send().await.status, 401);
    }
}
