//! The end of actors.

use serde_json::{Value, json};
use testkit::{application, individual, on_both_databases};

use super::{
    count, decide, get_as, good, newcomer, other_provider, post_as, provider, region_root, root, stage, texts,
};
use crate::world::{APP, OTHER_APP, REGION, REGION_ROOT, ROOT, SERVICE, UNTIL, World};

fn end(successor: Option<i64>, is_draft: bool) -> Value {
    json!({"migrationActorCode": successor, "isDraft": is_draft})
}

/// Gives an actor a certificate.
fn certify(world: &World, actor: i64, number: &str) {
    world.state().certificates.push(json!({
        "certType": "client", "serialNo": number, "fingerPrint": "F", "validPeriodStart": "s",
        "validPeriodEnd": "e", "subject": {"C": "", "ST": "", "L": "", "O": "", "OU": actor, "CN": ""},
    }));
}

on_both_databases! {
    async fn its_certifier_ends_an_actor_and_its_certificates(database: Database) {
        let (bench, world) = stage(database).await;
        certify(&world, APP, "S9");
        certify(&world, OTHER_APP, "S8");
        let applied = good(post_as(&bench, &provider(), "/actor/remove", end(None, false)).await);
        assert_eq!((&applied["actorCode"], &applied["approvalActorCode"]), (&json!(APP), &json!(ROOT)));
        assert_eq!((&applied["migrationActorCode"], &applied["expireAt"]), (&Value::Null, &json!(UNTIL)));
        assert_eq!(world.notices(), [(117, 1_000_401)]);
        for session in [provider(), region_root(), newcomer()] {
            assert_eq!(decide(&bench, &world, &session, 1).await.status, 401);
        }
        let decided = good(decide(&bench, &world, &root(), 1).await);
        assert_eq!((&decided["type"], &decided["status"]), (&json!(2), &json!(1)));
        assert_eq!(decided["approval"]["approver"], json!("member01"));
        assert_eq!(decided.get("migration"), None);
        assert_eq!(world.template(APP)["breakaway-flg"], json!(true));
        assert_eq!(world.state().given_up, ["/certificate-manage/S9/F"]);
        let left: Vec<_> = world.state().certificates.iter().map(|one| one["serialNo"].clone()).collect();
        assert_eq!(left, [json!("S8")]);
        assert_eq!(world.notices()[1..], [(118, 1_000_000 + APP)]);
        let listed = good(get_as(&bench, &provider(), "/actor?actorType=app&approved=true").await);
        assert_eq!(listed[0]["caller"], json!({"_value": APP, "_ver": 1}));
        assert_eq!((&listed[0]["migration"], &listed[0]["attributes"]), (&Value::Null, &Value::Null));
        assert_eq!(good(get_as(&bench, &provider(), "/actor?actorType=region-root&approved=true").await), json!([]));
    }

    async fn another_actor_takes_over_when_both_agree(database: Database) {
        let (bench, world) = stage(database).await;
        let applied = good(post_as(&bench, &provider(), "/actor/remove", end(Some(OTHER_APP), false)).await);
        assert_eq!(applied["migrationActorCode"], json!(OTHER_APP));
        assert_eq!(world.notices(), [(157, 1_000_000 + OTHER_APP)]);
        // It is not the approver's turn yet.
        assert_eq!(decide(&bench, &world, &root(), 1).await.status, 401);
        bench.advance(chrono::TimeDelta::days(1));
        let agreed = good(decide(&bench, &world, &other_provider(), 1).await);
        assert_eq!(agreed["status"], json!(3));
        assert_eq!(agreed["migration"]["approver"], json!("member01"));
        assert_eq!((&agreed["approval"]["approver"], &agreed["approval"]["approvalAt"]), (&Value::Null, &Value::Null));
        assert_eq!(world.notices()[1..], [(118, 1_000_401), (117, 1_000_401)]);
        assert_eq!(world.template(OTHER_APP)["other-block"], Value::Null);
        assert_eq!(decide(&bench, &world, &other_provider(), 1).await.status, 401);
        let listed = good(get_as(&bench, &root(), "/actor?actorType=app").await);
        assert_eq!((&listed[0]["status"], &listed[0]["approval"]["actor"]["_value"]), (&json!(3), &json!(ROOT)));
        let done = good(decide(&bench, &world, &root(), 1).await);
        assert_eq!(done["status"], json!(1));
        assert_eq!(world.template(OTHER_APP)["other-block"], json!([{"_value": 1_000_000 + APP, "_ver": 1}]));
        assert_eq!(world.notices()[3..], [(118, 1_000_000 + APP), (118, 1_000_000 + OTHER_APP)]);
        assert_eq!(decide(&bench, &world, &root(), 1).await.status, 400);
    }

    async fn either_side_can_deny(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &provider(), "/actor/remove", end(Some(OTHER_APP), false)).await);
        let denied = good(decide(&bench, &world, &other_provider(), 2).await);
        assert_eq!(denied["status"], json!(2));
        assert_eq!(denied["migration"]["approver"], json!("member01"));
        // A decided application is in nobody's way.
        good(post_as(&bench, &provider(), "/actor/remove", end(None, false)).await);
        let denied = good(decide(&bench, &world, &root(), 2).await);
        assert_eq!(denied["approval"]["approver"], json!("member01"));
        assert_eq!(world.template(APP)["breakaway-flg"], json!(false));
        assert_eq!(world.notices().iter().filter(|notice| notice.0 == 119).count(), 2);
    }

    async fn one_application_at_a_time(database: Database) {
        let (bench, _) = stage(database).await;
        let draft = good(post_as(&bench, &provider(), "/actor/remove", end(None, true)).await);
        assert_eq!((&draft["isDraft"], &draft["expireAt"]), (&json!(true), &Value::Null));
        assert_eq!(post_as(&bench, &provider(), "/actor/remove", end(None, false)).await.status, 400);
        let mut sent = end(None, false);
        sent["id"] = json!(77);
        assert_eq!(post_as(&bench, &provider(), "/actor/remove", sent.clone()).await.status, 400);
        sent["id"] = draft["id"].clone();
        assert_eq!(post_as(&bench, &other_provider(), "/actor/remove", sent.clone()).await.status, 400);
        assert_eq!(good(post_as(&bench, &provider(), "/actor/remove", sent.clone()).await)["id"], draft["id"]);
        for body in [sent, end(None, false), end(None, true)] {
            assert_eq!(post_as(&bench, &provider(), "/actor/remove", body).await.status, 400);
        }
        // An expired one is in nobody's way, and who made the new one is noted.
        bench.advance(chrono::TimeDelta::days(8));
        good(post_as(&bench, &provider(), "/actor/remove", json!({"id": null, "migrationActorCode": null, "isDraft": false})).await);
        assert_eq!(texts(&bench, "created_by", "actor_manage").await, ["member01", "member01"]);
    }

    async fn two_at_once_apply_once(database: Database) {
        let (bench, _) = stage(database).await;
        let provider = provider();
        let apply = || post_as(&bench, &provider, "/actor/remove", end(None, false));
        let (a, b, c) = tokio::join!(apply(), apply(), apply());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        assert_eq!(count(&bench, "actor_manage").await, 1);
    }

    async fn two_at_once_decide_each_step_once(database: Database) {
        let (bench, world) = stage(database).await;
        certify(&world, APP, "S9");
        good(post_as(&bench, &provider(), "/actor/remove", end(Some(OTHER_APP), false)).await);
        for (session, late, notices) in [(other_provider(), 401, 2), (root(), 400, 2)] {
            let before = world.notices().len();
            let decide = |status: i64| decide(&bench, &world, &session, status);
            let (a, b, c) = tokio::join!(decide(1), decide(1), decide(1));
            let statuses = [a.status, b.status, c.status];
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            assert!(statuses.iter().all(|status| [200, 400, late].contains(status)), "{statuses:?}");
            assert_eq!(world.notices().len(), before + notices, "told once");
        }
        assert_eq!(world.template(OTHER_APP)["other-block"], json!([{"_value": 1_000_000 + APP, "_ver": 1}]));
        assert_eq!(world.state().given_up.len(), 1);
        assert_eq!(texts(&bench, "status", "actor_approval_manage").await, ["1"]);
    }

    async fn the_second_decision_has_a_time_of_its_own(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &provider(), "/actor/remove", end(Some(OTHER_APP), false)).await);
        bench.advance(chrono::TimeDelta::days(6));
        let later = "2026-01-15T03:04:05.678+0900";
        world.state().until = Some(later);
        let agreed = good(decide(&bench, &world, &other_provider(), 1).await);
        assert_eq!(agreed["expireAt"], json!(later));
        // The first one's end has come, its own not yet.
        bench.advance(chrono::TimeDelta::days(2));
        assert_eq!(good(decide(&bench, &world, &root(), 1).await)["status"], json!(1));
        good(post_as(&bench, &other_provider(), "/actor/remove", end(None, false)).await);
        bench.advance(chrono::TimeDelta::days(8));
        assert_eq!(decide(&bench, &world, &root(), 1).await.status, 400, "its own has come");
    }

    async fn an_end_after_a_denied_one_is_somebodys(database: Database) {
        let (bench, world) = stage(database).await;
        let first = good(post_as(&bench, &provider(), "/actor/remove", end(None, false)).await);
        good(decide(&bench, &world, &root(), 2).await);
        let mut again = end(None, false);
        again["id"] = first["id"].clone();
        let second = good(post_as(&bench, &provider(), "/actor/remove", again).await);
        assert_ne!(second["id"], first["id"]);
        for table in ["actor_manage", "actor_approval_manage"] {
            assert_eq!(texts(&bench, "created_by", table).await, ["member01", "member01"]);
            assert_eq!(texts(&bench, "updated_by", table).await, ["member01", "member01"]);
        }
    }

    async fn an_actor_that_is_gone_breaks_no_list(database: Database) {
        let (bench, world) = stage(database).await;
        let list = || async {
            bench.neighbours.suffer(None);
            let listed = good(get_as(&bench, &root(), "/actor?actorType=app").await);
            let callers: Vec<_> =
                listed.as_array().unwrap().iter().map(|one| one["caller"]["_value"].as_i64().unwrap()).collect();
            (callers, bench.neighbours.asked().len())
        };
        good(post_as(&bench, &provider(), "/actor/remove", end(None, false)).await);
        good(post_as(&bench, &other_provider(), "/actor/remove", end(None, false)).await);
        let (both, calls) = list().await;
        assert_eq!((both, calls), (vec![OTHER_APP, APP], 1), "newest first, asked at once");
        world.state().items.remove(&APP);
        assert_eq!(list().await, (vec![OTHER_APP], 1));
        world.state().items.remove(&OTHER_APP);
        assert_eq!(list().await, (vec![], 1));
    }

    async fn not_every_actor_can_end(database: Database) {
        let (bench, world) = stage(database).await;
        let ask = |session, body| {
            let bench = &bench;
            async move { post_as(bench, &session, "/actor/remove", body).await.status }
        };
        assert_eq!(ask(root(), end(None, false)).await, 400, "the root");
        assert_eq!(ask(newcomer(), end(None, false)).await, 401, "no actor");
        assert_eq!(ask(individual(), end(None, false)).await, 401, "a resident");
        assert_eq!(ask(application(), end(None, false)).await, 401, "an application");
        assert_eq!(ask(provider(), end(Some(APP), false)).await, 400, "to itself");
        assert_eq!(ask(provider(), end(Some(REGION_ROOT), false)).await, 400, "to another type");
        assert_eq!(ask(provider(), end(Some(SERVICE), false)).await, 400, "to no actor");
        assert_eq!(ask(provider(), end(Some(7), false)).await, 400, "to nobody");
        assert_eq!(ask(region_root(), end(Some(OTHER_APP), false)).await, 400, "a region with a successor");
        world.set(REGION, "wf-alliance", json!([{"_value": 1, "_ver": 1}]));
        assert_eq!(ask(region_root(), end(None, false)).await, 400, "workflows");
        world.set(REGION, "wf-alliance", json!([]));
        world.set(REGION, "app-alliance", json!([{"_value": 1, "_ver": 1}]));
        assert_eq!(ask(region_root(), end(None, false)).await, 401, "members");
        world.set(REGION, "app-alliance", Value::Null);
        world.set(REGION_ROOT, "trader-alliance", json!([]));
        assert_eq!(ask(region_root(), end(None, false)).await, 400, "traders");
        world.set(REGION_ROOT, "trader-alliance", Value::Null);
        assert_eq!(count(&bench, "actor_manage").await, 0);
        assert_eq!(ask(region_root(), end(None, false)).await, 200);
    }
}
