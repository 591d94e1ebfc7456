//! Starting and ending regions.

use serde_json::{Value, json};
use testkit::{individual, on_both_databases};

use super::{count, decide, get_as, good, newcomer, post_as, provider, region_root, root, stage};
use crate::world::{REGION, REGION_ROOT, ROOT, UNTIL};

fn region() -> Value {
    json!({"regionCode": {"_value": REGION, "_ver": 1}})
}

fn end() -> Value {
    json!({"regionCode": {"_value": REGION, "_ver": 1}, "requestComment": "", "endDate": "2026-03-31"})
}

on_both_databases! {
    async fn the_root_opens_a_region(database: Database) {
        let (bench, world) = stage(database).await;
        let applied = good(post_as(&bench, &region_root(), "/region/status/start", region()).await);
        let nobody = json!({"_value": null, "_ver": null});
        let asked = json!({"id": 1, "type": 1, "approvalActor": nobody,
            "applicantActor": {"_value": REGION_ROOT, "_ver": 1}, "regionCode": {"_value": REGION, "_ver": 1},
            "endDate": null, "expireAt": UNTIL, "status": 0, "approvalAt": null});
        assert_eq!(applied, asked);
        assert_eq!(world.notices(), [(205, 1_000_401)]);
        assert_eq!(world.state().notices[0]["attribute"], json!({"actor": REGION_ROOT, "id": "1", "region": REGION}));
        for session in [region_root(), provider(), newcomer(), individual()] {
            assert_eq!(decide(&bench, &world, &session, 1).await.status, 401);
        }
        assert_eq!(good(decide(&bench, &world, &root(), 1).await), json!({}));
        assert_eq!(world.template(REGION)["status"], json!("open"));
        assert_eq!(world.notices()[1..], [(206, 1_000_401), (206, 1_000_000 + REGION_ROOT)]);
        let listed = good(get_as(&bench, &region_root(), "/region/status?in_approved=true").await);
        assert_eq!(listed[0]["approvalActor"], json!({"_value": ROOT, "_ver": 1}));
        assert_eq!(listed[0]["approvar"], json!("member01"));
        assert_eq!(decide(&bench, &world, &root(), 1).await.status, 400);
        assert_eq!(post_as(&bench, &region_root(), "/region/status/start", region()).await.status, 400);
    }

    async fn the_books_learn_of_an_end(database: Database) {
        let (bench, world) = stage(database).await;
        assert_eq!(post_as(&bench, &region_root(), "/region/status/end", end()).await.status, 400, "not open");
        world.set(REGION, "status", json!("open"));
        let applied = good(post_as(&bench, &region_root(), "/region/status/end", end()).await);
        assert_eq!((&applied["type"], &applied["requestComment"]), (&json!(2), &json!("")));
        assert_eq!(applied["endDate"], json!("2026-03-31T00:00:00.000+0900"));
        good(decide(&bench, &world, &root(), 1).await);
        let told = json!({"actor": {"_value": REGION_ROOT, "_ver": 1}, "region": {"_value": REGION, "_ver": 1},
                          "endDate": "2026-03-31T00:00:00.000+0900"});
        assert_eq!(world.state().books, [("/book-manage/region/close".to_owned(), told)]);
        assert_eq!(world.notices()[1].0, 206);
    }

    async fn a_denial_leaves_the_region_as_it_is(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &region_root(), "/region/status/start", region()).await);
        good(decide(&bench, &world, &root(), 2).await);
        assert_eq!(world.template(REGION)["status"], Value::Null);
        assert_eq!(world.notices()[1..], [(207, 1_000_401), (207, 1_000_000 + REGION_ROOT)]);
        // A decided application is in nobody's way.
        good(post_as(&bench, &region_root(), "/region/status/start", region()).await);
    }

    async fn two_at_once_decide_once(database: Database) {
        let (bench, world) = stage(database).await;
        let root = root();
        let end = json!({"regionCode": {"_value": REGION, "_ver": 1}, "requestComment": "", "endDate": "2026-03-31"});
        for (path, body, told) in [("/region/status/start", region(), 0), ("/region/status/end", end, 1)] {
            world.set(REGION, "status", json!(if told == 0 { "close" } else { "open" }));
            world.state().books.clear();
            good(post_as(&bench, &region_root(), path, body).await);
            let notices = world.notices().len();
            let yes = || decide(&bench, &world, &root, 1);
            let (a, b, c) = tokio::join!(yes(), yes(), yes());
            let mut statuses = [a.status, b.status, c.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 400, 400], "{path}");
            assert_eq!(world.state().books.len(), told, "{path}");
            assert_eq!(world.notices().len(), notices + 2, "{path}");
        }
    }

    async fn only_its_actor_applies_and_only_once(database: Database) {
        let (bench, world) = stage(database).await;
        world.put(REGION + 1, "actor/region-root/actor_7/region", json!({"status": null}));
        let mut others = region();
        others["regionCode"]["_value"] = json!(REGION + 1);
        assert_eq!(post_as(&bench, &region_root(), "/region/status/start", others).await.status, 401);
        for session in [provider(), root(), newcomer(), individual()] {
            assert_eq!(post_as(&bench, &session, "/region/status/start", region()).await.status, 401);
        }
        let mut nothing = region();
        nothing["regionCode"]["_value"] = json!(7);
        assert_eq!(post_as(&bench, &region_root(), "/region/status/start", nothing).await.status, 400);
        let region_root = region_root();
        let apply = || post_as(&bench, &region_root, "/region/status/start", region());
        let (a, b, c) = tokio::join!(apply(), apply(), apply());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        let refused = [a, b, c].into_iter().find(|reply| reply.status == 400).unwrap();
        assert_eq!(refused.body["message"], json!("既に申請されています"));
        assert_eq!(count(&bench, "region_status_manage").await, 1);
        // An expired application is in nobody's way.
        bench.advance(chrono::TimeDelta::days(8));
        assert_eq!(decide(&bench, &world, &root(), 1).await.status, 400);
        good(apply().await);
    }

    async fn what_cannot_be_announced_is_taken_back(database: Database) {
        let (bench, _) = stage(database).await;
        bench.neighbours.suffer(Some(testkit::Fault { at: 1, takes_effect: false, is_last: false }));
        assert_eq!(post_as(&bench, &region_root(), "/region/status/start", region()).await.status, 500);
        assert_eq!(count(&bench, "region_status_manage").await, 0);
        bench.neighbours.suffer(None);
        good(post_as(&bench, &region_root(), "/region/status/start", region()).await);
    }
}
