//! Creating and deleting regions.

use serde_json::{Value, json};
use testkit::{individual, member, of_actor, on_both_databases};

use super::{
    count, execute, get_as, good, newcomer, post_as, provider, put_as, region_root, root, stage, texts,
};
use crate::world::{APP, REGION, REGION_ROOT, World};

fn ns() -> String {
    format!("actor/region-root/actor_{REGION_ROOT}/region")
}

fn creation(is_draft: bool) -> Value {
    json!({
        "name": "新しい領域", "description": "d", "appendix": {"a": 1}, "isDraft": is_draft,
        "catalog": [{"type": 1, "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/{}", ns()), "name": "海の見える領域", "description": "d",
                            "_code": null, "inherit": {"_value": 48, "_ver": 1}},
            "template": {"prop": null, "value": [{"key": "status", "value": null}]},
            "inner": null, "attribute": null,
        }}],
    })
}

fn deletion(is_draft: bool) -> Value {
    json!({"regionCode": REGION, "comment": "終わり", "isDraft": is_draft})
}

fn regions(world: &World) -> Vec<i64> {
    let regions = world.template(REGION_ROOT)["region"].clone();
    regions.as_array().into_iter().flatten().filter_map(|region| region["_value"].as_i64()).collect()
}

on_both_databases! {
    async fn a_region_is_made_and_belongs_to_its_actor(database: Database) {
        let (bench, world) = stage(database).await;
        let made = good(post_as(&bench, &region_root(), "/region", creation(false)).await);
        assert_eq!((&made["name"], &made["isDraft"]), (&json!("新しい領域"), &json!(false)));
        // The request comes back whole, as clients know it.
        assert_eq!(made["catalog"]["catalog"], creation(false)["catalog"]);
        assert_eq!(regions(&world), [REGION, 1_001_001]);
        let listed = good(get_as(&bench, &root(), "/region?in_approved=true").await);
        assert_eq!(listed[0]["region"], json!({"_value": 1_001_001, "_ver": 1}));
        assert_eq!(listed[0]["approvalActor"]["_value"], json!(REGION_ROOT));
        assert_eq!((&listed[0]["status"], &listed[0]["approver"]), (&json!(1), &json!("member01")));
        assert_eq!(good(get_as(&bench, &root(), "/region").await), json!([]));
    }

    async fn a_draft_is_no_region_until_it_is_sent(database: Database) {
        let (bench, world) = stage(database).await;
        let mut body = creation(true);
        body.as_object_mut().unwrap().remove("catalog");
        let draft = good(post_as(&bench, &region_root(), "/region", body).await);
        assert_eq!(world.count(&ns()), 1);
        let listed = good(get_as(&bench, &region_root(), "/region").await);
        assert_eq!((&listed[0]["status"], &listed[0]["region"]), (&json!(0), &Value::Null));
        assert_eq!(listed[0]["approvalActor"], json!({"_value": null, "_ver": null}), "nobody decided it");
        let mut sent = creation(false);
        sent["id"] = json!(77);
        assert_eq!(post_as(&bench, &region_root(), "/region", sent.clone()).await.status, 400);
        sent["id"] = draft["id"].clone();
        assert_eq!(good(post_as(&bench, &region_root(), "/region", sent.clone()).await)["id"], draft["id"]);
        assert_eq!(world.count(&ns()), 2);
        assert_eq!(post_as(&bench, &region_root(), "/region", sent).await.status, 400);
        assert_eq!(count(&bench, "region_manage").await, 1);
    }

    async fn regions_are_made_below_the_own_actor_only(database: Database) {
        let (bench, world) = stage(database).await;
        for session in [provider(), root()] {
            assert_eq!(post_as(&bench, &session, "/region", creation(false)).await.status, 400);
        }
        for session in [newcomer(), individual()] {
            assert_eq!(post_as(&bench, &session, "/region", creation(false)).await.status, 401);
        }
        assert_eq!((world.count(&ns()), count(&bench, "region_manage").await), (1, 0));
    }

    async fn only_an_actor_with_regions_keeps_drafts_of_them(database: Database) {
        let (bench, world) = stage(database).await;
        let mut bare = creation(true);
        bare.as_object_mut().unwrap().remove("catalog");
        for session in [provider(), root(), newcomer(), individual()] {
            for body in [creation(true), bare.clone()] {
                assert_eq!(post_as(&bench, &session, "/region", body).await.status, 401);
            }
        }
        // Nor does another actor make a region in a place that it calls its own.
        let mut own = creation(false);
        own["catalog"][0]["template"]["catalogItem"]["ns"] =
            json!(format!("catalog/ext/test-org/actor/region-root/actor_{APP}/region"));
        assert_eq!(post_as(&bench, &provider(), "/region", own).await.status, 401);
        assert_eq!(post_as(&bench, &provider(), "/region/delete", deletion(true)).await.status, 400, "not its own");
        assert_eq!(count(&bench, "region_manage").await, 0);
        // Drafts are in nobody's way, and another actor of regions cannot take them over.
        let draft = good(post_as(&bench, &region_root(), "/region", bare.clone()).await);
        good(post_as(&bench, &region_root(), "/region", bare.clone()).await);
        good(post_as(&bench, &region_root(), "/region/delete", deletion(true)).await);
        let template = world.template(REGION_ROOT);
        world.put(REGION_ROOT + 1, "actor/region-root", template);
        let other = of_actor(&member(), REGION_ROOT + 1);
        bare["id"] = draft["id"].clone();
        assert_eq!(post_as(&bench, &other, "/region", bare.clone()).await.status, 400);
        good(post_as(&bench, &region_root(), "/region", bare).await);
        good(post_as(&bench, &region_root(), "/region/delete", deletion(false)).await);
    }

    async fn a_draft_that_is_sent_twice_at_once_makes_one_region(database: Database) {
        let (bench, world) = stage(database).await;
        let region_root = region_root();
        let draft = good(post_as(&bench, &region_root, "/region", creation(true)).await);
        let post = |is_draft: bool| {
            let mut body = creation(is_draft);
            body["id"] = draft["id"].clone();
            post_as(&bench, &region_root, "/region", body)
        };
        let (a, b, c, d) = tokio::join!(post(false), post(false), post(true), post(false));
        let sent = [a.status, b.status, d.status];
        assert_eq!(sent.iter().filter(|status| **status == 200).count(), 1, "{sent:?} {}", c.status);
        assert_eq!((world.count(&ns()), regions(&world).len()), (2, 2));
        assert_eq!(texts(&bench, "is_draft", "region_manage where is_draft = false").await.len(), 1);
    }

    async fn two_at_once_make_one_region(database: Database) {
        let (bench, world) = stage(database).await;
        let region_root = region_root();
        let create = || post_as(&bench, &region_root, "/region", creation(false));
        let (a, b, c) = tokio::join!(create(), create(), create());
        let statuses = [a.status, b.status, c.status];
        assert!(statuses.contains(&200), "{statuses:?}");
        let made = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(world.count(&ns()), 1 + made);
        assert_eq!(regions(&world).len(), 1 + made);
    }

    async fn a_region_that_nobody_needs_goes(database: Database) {
        let (bench, world) = stage(database).await;
        let reply = good(post_as(&bench, &region_root(), "/region/delete", deletion(false)).await);
        assert_eq!(reply, json!({"id": null, "regionCode": REGION, "comment": "終わり", "isDraft": false}));
        assert_eq!((world.count(&ns()), regions(&world)), (0, vec![]));
        assert_eq!(texts(&bench, "comment", "region_approval_manage").await, ["終わり"]);
        let listed = good(get_as(&bench, &region_root(), "/region?in_approved=true").await);
        assert_eq!((&listed[0]["type"], &listed[0]["regionCatalog"]), (&json!(2), &Value::Null));
        assert_eq!(post_as(&bench, &region_root(), "/region/delete", deletion(false)).await.status, 400);
    }

    async fn two_at_once_delete_once(database: Database) {
        let (bench, world) = stage(database).await;
        let region_root = region_root();
        let delete = || post_as(&bench, &region_root, "/region/delete", deletion(false));
        let (a, b, c) = tokio::join!(delete(), delete(), delete());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        assert_eq!((world.count(&ns()), regions(&world)), (0, vec![]));
        assert_eq!(texts(&bench, "status", "region_approval_manage").await, ["1"]);
    }

    async fn a_region_stays_while_it_is_used(database: Database) {
        let (bench, world) = stage(database).await;
        let ask = |session| {
            let bench = &bench;
            async move { post_as(bench, &session, "/region/delete", deletion(false)).await.status }
        };
        world.set(REGION, "status", json!("open"));
        assert_eq!(ask(region_root()).await, 400);
        world.set(REGION, "status", json!("close"));
        for alliance in ["app-alliance", "wf-alliance"] {
            world.set(REGION, alliance, json!([{"_value": 1, "_ver": 1}]));
            assert_eq!(ask(region_root()).await, 400, "{alliance}");
            world.set(REGION, alliance, json!([]));
        }
        assert_eq!(ask(provider()).await, 400, "not its own");
        for session in [newcomer(), individual()] {
            assert_eq!(ask(session).await, 401);
        }
        assert_eq!(world.count(&ns()), 1);
        assert_eq!(ask(region_root()).await, 200);
    }

    async fn a_deletion_may_be_a_draft_first(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &region_root(), "/region/delete", deletion(true)).await);
        assert_eq!(world.count(&ns()), 1);
        let mut sent = deletion(false);
        sent["id"] = json!(77);
        assert_eq!(post_as(&bench, &region_root(), "/region/delete", sent.clone()).await.status, 400);
        sent["id"] = json!(1);
        assert_eq!(good(post_as(&bench, &region_root(), "/region/delete", sent).await)["id"], json!(1));
        assert_eq!((world.count(&ns()), count(&bench, "region_manage").await), (0, 1));
    }

    async fn the_lists_are_the_roots_and_the_regions(database: Database) {
        let (bench, _) = stage(database).await;
        good(post_as(&bench, &region_root(), "/region", creation(false)).await);
        execute(&bench, "update region_manage set applicant_actor_code = 7").await;
        for path in ["/region", "/region/status"] {
            for session in [provider(), newcomer()] {
                assert_eq!(get_as(&bench, &session, path).await.status, 401, "{path}");
            }
            let bad = get_as(&bench, &root(), &format!("{path}?in_approved=x")).await;
            assert_eq!((bad.status, bad.refused_fields()), (400, vec!["inApproved"]));
            assert_eq!(bench.get(&format!("/catalog-update{path}")).send().await.status, 401);
        }
        assert_eq!(good(get_as(&bench, &root(), "/region?in_approved=true").await).as_array().unwrap().len(), 1);
        assert_eq!(good(get_as(&bench, &region_root(), "/region?in_approved=true").await), json!([]));
        assert_eq!(put_as(&bench, &root(), "/region", json!({})).await.status, 404);
    }
}
