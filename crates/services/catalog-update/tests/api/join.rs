//! Joining and leaving a region.

use serde_json::{Value, json};
use testkit::{individual, on_both_databases};

use super::{
    count, decide, execute, get_as, good, newcomer, other_provider, post_as, provider, region_root, root,
    stage, texts,
};
use crate::world::{APP, OTHER_APP, REGION, REGION_ROOT, SERVICE, UNTIL};

fn wish(is_draft: bool) -> Value {
    let code = |code: i64| json!({"code": code, "version": 1});
    json!({"region": code(REGION), "isDraft": is_draft,
           "actor": {"code": APP, "version": 1, "app": [code(SERVICE)]}})
}

fn reference(code: i64, ver: i64) -> Value {
    json!([{"_value": code, "_ver": ver}])
}

on_both_databases! {
    async fn a_provider_joins_and_leaves_with_the_consent_of_the_region(database: Database) {
        let (bench, world) = stage(database).await;
        let applied = good(post_as(&bench, &provider(), "/join", wish(false)).await);
        let asked = json!({"id": 1, "region": {"code": REGION, "version": 1}, "isDraft": false,
            "actor": {"code": APP, "version": 1, "app": [{"code": SERVICE, "version": 1}]},
            "applicantDate": "2026-01-02T03:04:05.678+0900", "expireAt": UNTIL});
        assert_eq!(applied, asked);
        assert_eq!(world.notices(), [(120, 1_000_000 + REGION_ROOT)]);
        let about = json!({"region": REGION, "actor": APP, "app": [SERVICE]});
        assert_eq!(world.state().notices[0]["attribute"], about);
        for session in [provider(), other_provider(), root(), newcomer(), individual()] {
            assert_eq!(decide(&bench, &world, &session, 1).await.status, 401);
        }
        assert_eq!(good(decide(&bench, &world, &region_root(), 1).await), json!({}));
        assert_eq!(world.template(SERVICE)["region-alliance"], reference(REGION, 1));
        assert_eq!(world.template(REGION)["app-alliance"], reference(SERVICE, 1));
        assert_eq!(world.notices()[1..], [(121, 1_000_000 + REGION_ROOT), (121, 1_000_000 + APP)]);
        assert_eq!(decide(&bench, &world, &region_root(), 1).await.status, 400);
        assert_eq!(post_as(&bench, &provider(), "/join", wish(false)).await.status, 400, "joined already");
        // The region may ask the provider to leave.
        good(post_as(&bench, &region_root(), "/join/remove", wish(false)).await);
        assert_eq!(decide(&bench, &world, &region_root(), 1).await.status, 401);
        good(decide(&bench, &world, &provider(), 1).await);
        let alliance = world.template(SERVICE)["region-alliance"].clone();
        assert!(alliance.is_null(), "{alliance}");
        assert_eq!(post_as(&bench, &provider(), "/join/remove", wish(false)).await.status, 400, "left already");
    }

    async fn a_denial_changes_nothing(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &region_root(), "/join", wish(false)).await);
        good(decide(&bench, &world, &provider(), 2).await);
        assert_eq!(world.template(SERVICE)["region-alliance"], Value::Null);
        assert_eq!(world.notices()[1..], [(122, 1_000_000 + APP), (122, 1_000_000 + REGION_ROOT)]);
        let row = texts(&bench, "status", "join_approval_manage").await;
        assert_eq!(row, ["2"]);
        good(post_as(&bench, &region_root(), "/join", wish(false)).await);
    }

    async fn a_draft_is_sent_with_the_services_of_its_last_version(database: Database) {
        let (bench, world) = stage(database).await;
        world.put(SERVICE + 1, &format!("actor/app/actor_{APP}/application"), json!({"region-alliance": null}));
        let mut body = wish(true);
        body["actor"]["app"] = json!([{"code": SERVICE, "version": 1}, {"code": SERVICE + 1, "version": 1}]);
        let draft = good(post_as(&bench, &provider(), "/join", body).await);
        assert_eq!((draft.get("expireAt"), draft.get("applicantDate")), (None, None));
        assert_eq!(post_as(&bench, &provider(), "/join", wish(false)).await.status, 400, "a draft is in the way");
        let mut sent = wish(false);
        sent["id"] = draft["id"].clone();
        sent["actor"]["app"] = json!([{"code": SERVICE, "version": 1}, {"code": SERVICE, "version": 1}]);
        assert_eq!(post_as(&bench, &region_root(), "/join", sent.clone()).await.status, 400, "somebody else's");
        assert_eq!(good(post_as(&bench, &provider(), "/join", sent.clone()).await)["id"], draft["id"]);
        assert_eq!(count(&bench, "join_service_manage where is_disabled = false").await, 1);
        assert_eq!(post_as(&bench, &provider(), "/join", sent).await.status, 400, "no longer a draft");
        assert_eq!(post_as(&bench, &provider(), "/join", wish(false)).await.status, 400, "asked already");
        good(decide(&bench, &world, &region_root(), 1).await);
        assert_eq!(world.template(REGION)["app-alliance"], reference(SERVICE, 1));
        assert_eq!(world.template(SERVICE + 1)["region-alliance"], Value::Null);
    }

    async fn whoever_is_no_party_does_not_apply(database: Database) {
        let (bench, _) = stage(database).await;
        for session in [other_provider(), root(), newcomer(), individual()] {
            assert_eq!(post_as(&bench, &session, "/join", wish(false)).await.status, 401);
        }
        assert_eq!(bench.post("/catalog-update/join").json(wish(false)).send().await.status, 401);
        let mut no_region = wish(false);
        no_region["region"]["code"] = json!(SERVICE);
        assert_eq!(post_as(&bench, &provider(), "/join", no_region).await.status, 400);
        let mut no_service = wish(false);
        no_service["actor"]["app"][0]["code"] = json!(7);
        assert_eq!(post_as(&bench, &provider(), "/join", no_service).await.status, 400);
        assert_eq!(count(&bench, "join_manage").await, 0);
    }

    async fn only_a_party_keeps_a_draft_and_it_is_in_nobody_elses_way(database: Database) {
        let (bench, world) = stage(database).await;
        for path in ["/join", "/join/remove"] {
            for session in [other_provider(), root(), newcomer(), individual()] {
                assert_eq!(post_as(&bench, &session, path, wish(true)).await.status, 401, "{path}");
            }
        }
        assert_eq!(count(&bench, "join_manage").await, 0);
        let kept = good(post_as(&bench, &region_root(), "/join", wish(true)).await);
        // What a stranger left before.
        good(post_as(&bench, &provider(), "/join", wish(true)).await);
        execute(&bench, "update join_manage set applicant_actor_code = 7 where id = 2").await;
        let own = good(post_as(&bench, &provider(), "/join", wish(true)).await);
        assert_eq!(own["id"], json!(3));
        assert_eq!(post_as(&bench, &provider(), "/join", wish(true)).await.status, 400, "its own");
        let mut sent = wish(false);
        sent["id"] = own["id"].clone();
        good(post_as(&bench, &provider(), "/join", sent).await);
        // Now that it is applied for, the region's draft can be changed but not sent.
        let mut others = wish(false);
        others["id"] = kept["id"].clone();
        assert_eq!(post_as(&bench, &region_root(), "/join", others.clone()).await.status, 400);
        others["isDraft"] = json!(true);
        good(post_as(&bench, &region_root(), "/join", others.clone()).await);
        good(decide(&bench, &world, &region_root(), 2).await);
        others["isDraft"] = json!(false);
        good(post_as(&bench, &region_root(), "/join", others).await);
        assert_eq!(count(&bench, "join_approval_manage where status = 0").await, 1);
    }

    async fn no_code_becomes_part_of_a_query(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &provider(), "/join", wish(false)).await);
        let own = other_provider();
        let list = |header: String| bench.get("/catalog-update/join").header("session", &header).send();
        assert_eq!(good(list(own.header().to_owned()).await), json!([]));
        for instead in ["%221000438%20or%201%3D1%22", "%221)%20or%20(1%3D1%22", "%5B1%2C1000437%5D"] {
            let header = own.header().replace(&OTHER_APP.to_string(), instead);
            assert_ne!(header, own.header());
            assert_eq!(list(header).await.status, 401, "{instead}");
        }
        // What the catalog calls the regions of an actor is read as numbers, too.
        for region in [json!("0) or (1=1"), json!([REGION]), json!("x"), json!(1.5)] {
            world.set(REGION_ROOT, "region", json!([{"_value": region, "_ver": 1}]));
            assert_eq!(good(get_as(&bench, &region_root(), "/join").await), json!([]), "{region}");
        }
        world.set(REGION_ROOT, "region", json!([{"_value": REGION, "_ver": 1}]));
        assert_eq!(good(get_as(&bench, &region_root(), "/join").await).as_array().unwrap().len(), 1);
    }

    async fn two_drafts_at_once_are_sent_once(database: Database) {
        let (bench, world) = stage(database).await;
        let mut drafts = Vec::new();
        for session in [provider(), region_root()] {
            let draft = good(post_as(&bench, &session, "/join", wish(true)).await);
            let mut sent = wish(false);
            sent["id"] = draft["id"].clone();
            drafts.push((session, sent));
        }
        let send = |at: usize| post_as(&bench, &drafts[at].0, "/join", drafts[at].1.clone());
        let (a, b, c, d) = tokio::join!(send(0), send(1), send(0), send(1));
        let mut statuses = [a.status, b.status, c.status, d.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400, 400]);
        assert_eq!((count(&bench, "join_approval_manage").await, world.notices().len()), (1, 1));
    }

    async fn nobody_applies_with_the_service_of_somebody_else(database: Database) {
        let (bench, world) = stage(database).await;
        world.put(SERVICE + 1, &format!("actor/app/actor_{OTHER_APP}/application"), json!({"region-alliance": null}));
        world.put(SERVICE + 2, &format!("actor/app/actor_{APP}/application"), json!({"region-alliance": [{"_value": REGION, "_ver": 1}]}));
        let with = |service: i64, is_draft: bool| {
            let mut body = wish(is_draft);
            body["actor"]["app"] = json!([{"code": SERVICE, "version": 1}, {"code": service, "version": 1}]);
            body
        };
        for session in [provider(), region_root()] {
            for body in [with(SERVICE + 1, false), with(SERVICE + 1, true)] {
                let reply = post_as(&bench, &session, "/join", body).await;
                assert_eq!(reply.status, 400, "{}", reply.body);
            }
            world.set(SERVICE + 1, "region-alliance", json!([{"_value": REGION, "_ver": 1}]));
            world.set(SERVICE, "region-alliance", json!([{"_value": REGION, "_ver": 1}]));
            assert_eq!(post_as(&bench, &session, "/join/remove", with(SERVICE + 1, false)).await.status, 400);
            world.set(SERVICE + 1, "region-alliance", Value::Null);
            world.set(SERVICE, "region-alliance", Value::Null);
        }
        assert_eq!(count(&bench, "join_manage").await, 0);
        world.set(SERVICE, "region-alliance", json!([{"_value": REGION, "_ver": 1}]));
        good(post_as(&bench, &provider(), "/join/remove", with(SERVICE + 2, false)).await);
    }

    async fn two_at_once_apply_once_and_decide_once(database: Database) {
        let (bench, world) = stage(database).await;
        let (provider, region) = (provider(), region_root());
        let apply = || post_as(&bench, &provider, "/join", wish(false));
        let (a, b, c) = tokio::join!(apply(), apply(), apply());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        let yes = || decide(&bench, &world, &region, 1);
        let no = || decide(&bench, &world, &region, 2);
        let (a, b, c) = tokio::join!(yes(), no(), yes());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        assert_eq!(world.notices().len(), 3);
    }

    async fn the_list_shows_both_sides_what_concerns_them(database: Database) {
        let (bench, world) = stage(database).await;
        let list = |session, query: &str| {
            let path = format!("/join{query}");
            let bench = &bench;
            async move { get_as(bench, &session, &path).await }
        };
        good(post_as(&bench, &provider(), "/join", wish(false)).await);
        let all = good(list(provider(), "").await);
        assert_eq!(all[0]["caller"], json!({"code": APP, "version": 1}));
        assert_eq!(all[0]["actor"]["app"], json!([{"code": SERVICE, "version": 1}]));
        assert_eq!((&all[0]["status"], &all[0]["comment"]), (&json!(0), &Value::Null));
        assert_eq!(good(list(region_root(), "").await), all);
        assert_eq!(good(list(provider(), "?is_request=true").await), all);
        assert_eq!(good(list(region_root(), "?is_request=false").await), all);
        for (session, query) in [
            (other_provider(), ""), (region_root(), "?is_request=true"), (provider(), "?is_request=false"),
        ] {
            assert_eq!(good(list(session, query).await), json!([]), "{query}");
        }
        good(decide(&bench, &world, &region_root(), 2).await);
        assert_eq!(good(list(provider(), "").await), json!([]));
        assert_eq!(good(list(provider(), "?in_approved=true").await)[0]["status"], json!(2));
        for session in [root(), newcomer(), individual()] {
            assert_eq!(list(session, "").await.status, 401);
        }
        let reply = list(provider(), "?is_request=maybe&in_approved=1").await;
        assert_eq!((reply.status, reply.refused_fields()), (400, vec!["isRequest", "inApproved"]));
        execute(&bench, "update join_service_manage set type = 1").await;
        assert_eq!(list(provider(), "?in_approved=true").await.status, 400);
        world.set(REGION_ROOT, "region", Value::Null);
        assert_eq!(good(list(region_root(), "?in_approved=true").await), json!([]));
    }
}
