//! Certification of actors.

use serde_json::{Value, json};
use testkit::{individual, on_both_databases};

use super::{
    actor_catalog, certification, count, decide, get_as, good, newcomer, post_as, provider, region_root,
    root, stage, texts,
};
use crate::world::{ROOT, UNTIL};

on_both_databases! {
    async fn whoever_is_asked_makes_an_actor_with_all_that_belongs_to_it(database: Database) {
        let (bench, world) = stage(database).await;
        let applied = good(post_as(&bench, &newcomer(), "/actor", certification("app")).await);
        assert_eq!((&applied["status"], &applied["expireAt"]), (&json!(0), &json!(UNTIL)));
        assert_eq!(world.notices(), [(117, 1_000_401)]);
        let decided = good(decide(&bench, &world, &root(), 1).await);
        let code = decided["attributes"]["actorCode"].as_i64().unwrap();
        assert_eq!(decided["attributes"], json!({"actorCode": code, "serialNo": "S1", "fingerPrint": "F1"}));
        assert_eq!((&decided["status"], &decided["approver"]), (&json!(1), &json!("member01")));
        assert_eq!(decided.get("comment"), None);
        let actor = world.template(code);
        assert_eq!(actor["main-block"], json!({"_value": 2_000_900, "_ver": 1}));
        assert_eq!(actor["status"][0]["status"], json!("certified"));
        assert_eq!(actor["status"][0]["by"], json!({"_value": ROOT, "_ver": 1}));
        assert_eq!(world.state().namespaces.len(), 19);
        assert!(world.state().namespaces.iter().all(|ns| ns.contains(&format!("actor_{code}"))));
        assert_eq!(world.count(&format!("setting/actor/app/actor_{code}")), 1);
        // The certificate goes to the approver, the outcome to the applicant.
        assert_eq!(world.notices()[1..], [(138, 1_000_401), (118, 2_000_900)]);
        assert_eq!(texts(&bench, "caller_actor_code", "actor_manage").await, [code.to_string()]);
    }

    async fn a_denial_makes_nothing_and_says_why(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &newcomer(), "/actor", certification("region-root")).await);
        let url = world.decided_at();
        let denial = json!({"status": 2, "comment": "書類が足りません"});
        let reply = bench.post(&url).session(&root()).json(denial).send().await;
        let denied = good(reply);
        assert_eq!((&denied["status"], &denied["comment"]), (&json!(2), &json!("書類が足りません")));
        assert_eq!(world.notices()[1], (119, 2_000_900));
        assert!(world.state().notices[1]["content"].as_str().unwrap().contains("\nコメント：書類が足りません"));
        assert!(world.state().certificates.is_empty());
        // A decision is final.
        assert_eq!(decide(&bench, &world, &root(), 1).await.status, 400);
    }

    async fn a_denial_without_a_reason_says_no_more(database: Database) {
        let (bench, world) = stage(database).await;
        for decision in [json!({"status": 2}), json!({"status": 2, "comment": null}), json!({"status": 2, "comment": ""})] {
            good(post_as(&bench, &newcomer(), "/actor", certification("app")).await);
            let url = world.decided_at();
            good(bench.post(&url).session(&root()).json(decision).send().await);
            let newest = world.state().notices.last().unwrap().clone();
            assert_eq!(newest["content"], json!("アクターの認定が否認されました。"));
            assert_eq!(newest["category"], json!({"_value": 119}), "no version is none");
        }
    }

    async fn nobody_but_the_approver_decides(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &provider(), "/actor", certification("app")).await);
        for session in [provider(), region_root(), newcomer()] {
            assert_eq!(decide(&bench, &world, &session, 1).await.status, 401);
        }
        let url = world.decided_at();
        let as_resident = bench.post(&url).session(&individual()).json(json!({"status": 1})).send().await;
        assert_eq!(as_resident.status, 401);
        let anonymous = bench.post(&url).json(json!({"status": 1})).send().await;
        assert_eq!(anonymous.status, 401);
        assert_eq!(texts(&bench, "status", "actor_approval_manage").await, ["0"]);
    }

    async fn a_code_must_be_one_that_is_waited_for(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &newcomer(), "/actor", certification("app")).await);
        let post = |query: &str| {
            let path = format!("/actor/approval{query}");
            let bench = &bench;
            async move { post_as(bench, &root(), &path, json!({"status": 1})).await.status }
        };
        let code = world.decided_at().split_once("code=").unwrap().1.to_owned();
        for query in ["", "?code=", "?code=short", "?code=toolong123", "?code=abcd%27--1", "?code=abcdefgh"] {
            assert_eq!(post(query).await, 400, "{query}");
        }
        // A repeated code is no way around the check, not even one that is as long as a code when it is a list.
        let pieces: Vec<_> = code.chars().map(|sign| format!("code={sign}")).collect();
        assert_eq!(post(&format!("?{}", pieces.join("&"))).await, 400);
        assert_eq!(post(&format!("?code={code}&code={code}")).await, 400);
        bench.advance(chrono::TimeDelta::days(8));
        assert_eq!(post(&format!("?code={code}")).await, 400);
    }

    async fn a_draft_is_kept_and_sent_later(database: Database) {
        let (bench, world) = stage(database).await;
        let mut body = certification("app");
        body["isDraft"] = json!(true);
        let draft = good(post_as(&bench, &newcomer(), "/actor", body.clone()).await);
        assert_eq!((&draft["isDraft"], &draft["applicantDate"]), (&json!(true), &Value::Null));
        assert!(world.notices().is_empty());
        body["id"] = draft["id"].clone();
        body["isDraft"] = json!(false);
        // Somebody else's draft is not there.
        assert_eq!(post_as(&bench, &provider(), "/actor", body.clone()).await.status, 400);
        let sent = good(post_as(&bench, &newcomer(), "/actor", body.clone()).await);
        assert_eq!(sent["id"], draft["id"]);
        assert_eq!(sent["authCode"].as_str().unwrap().len(), 8);
        assert_eq!(post_as(&bench, &newcomer(), "/actor", body).await.status, 400);
        assert_eq!(count(&bench, "actor_manage").await, 1);
    }

    async fn a_draft_that_is_sent_twice_at_once_is_sent_once(database: Database) {
        let (bench, world) = stage(database).await;
        let mut body = certification("app");
        body["isDraft"] = json!(true);
        let draft = good(post_as(&bench, &newcomer(), "/actor", body.clone()).await);
        body["id"] = draft["id"].clone();
        body["isDraft"] = json!(false);
        let by = newcomer();
        let send = || post_as(&bench, &by, "/actor", body.clone());
        let (a, b, c) = tokio::join!(send(), send(), send());
        let mut statuses = [a.status, b.status, c.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400]);
        assert_eq!((count(&bench, "actor_approval_manage").await, world.notices().len()), (1, 1));
    }

    async fn an_application_that_cannot_be_announced_is_taken_back(database: Database) {
        let (bench, world) = stage(database).await;
        let mut body = certification("app");
        body["isDraft"] = json!(true);
        let draft = good(post_as(&bench, &newcomer(), "/actor", body).await);
        let mut sent = certification("app");
        bench.neighbours.suffer(Some(testkit::Fault { at: 1, takes_effect: false, is_last: false }));
        assert_eq!(post_as(&bench, &newcomer(), "/actor", sent.clone()).await.status, 500);
        assert_eq!(count(&bench, "actor_manage").await, 1);
        sent["id"] = draft["id"].clone();
        bench.neighbours.suffer(Some(testkit::Fault { at: 1, takes_effect: false, is_last: false }));
        assert_eq!(post_as(&bench, &newcomer(), "/actor", sent.clone()).await.status, 500);
        assert_eq!(texts(&bench, "auth_code", "actor_approval_manage").await, [""]);
        bench.neighbours.suffer(None);
        good(post_as(&bench, &newcomer(), "/actor", sent).await);
        assert_eq!(world.notices().len(), 1);
    }

    async fn a_root_certifies_itself_only_while_there_is_none(database: Database) {
        let (bench, world) = stage(database).await;
        let body = json!({"actorCatalog": actor_catalog("pxr-root"), "isDraft": false});
        for session in [newcomer(), provider()] {
            assert_eq!(post_as(&bench, &session, "/actor", body.clone()).await.status, 401);
        }
        world.state().items.clear();
        let reply = good(post_as(&bench, &newcomer(), "/actor", body).await);
        let code = reply["attributes"]["actorCode"].clone();
        assert_eq!(reply["callerActor"], json!({"_value": code, "_ver": 1}));
        assert_eq!((&reply["status"], &reply["approver"]), (&json!(1), &json!("member01")));
        assert_eq!(world.count("actor/pxr-root"), 1);
    }

    async fn the_list_shows_what_an_actor_made_or_decides(database: Database) {
        let (bench, world) = stage(database).await;
        let list = |session, query: &str| {
            let path = format!("/actor?actorType={query}");
            let bench = &bench;
            async move { get_as(bench, &session, &path).await }
        };
        assert_eq!(list(newcomer(), "app").await.status, 204);
        good(post_as(&bench, &newcomer(), "/actor", certification("app")).await);
        good(post_as(&bench, &newcomer(), "/actor", certification("region-root")).await);
        assert_eq!(list(provider(), "app").await.status, 204);
        let made = good(list(newcomer(), "app").await);
        assert_eq!(made.as_array().unwrap().len(), 1);
        assert_eq!(made[0]["actorCatalog"], actor_catalog("app"));
        assert_eq!((&made[0]["type"], &made[0]["comment"]), (&json!(1), &Value::Null));
        assert_eq!(good(list(root(), "region-root").await)[0]["id"], json!(2));
        // There are applications, but none for this type.
        assert_eq!(good(list(root(), "pxr-root").await), json!([]));
        good(decide(&bench, &world, &root(), 1).await);
        assert_eq!(good(list(root(), "region-root").await), json!([]));
        assert_eq!(good(list(root(), "region-root&approved=true").await)[0]["status"], json!(1));
        assert_eq!(good(list(root(), "app&code=2000900&ver=1").await).as_array().unwrap().len(), 1);
        assert_eq!(list(root(), "app&code=7&ver=1").await.status, 204);
        assert_eq!(bench.get("/catalog-update/actor?actorType=app").send().await.status, 401);
    }

    async fn two_at_once_make_one_actor(database: Database) {
        let (bench, world) = stage(database).await;
        good(post_as(&bench, &newcomer(), "/actor", certification("app")).await);
        let replies = [1, 1, 2, 1].map(|status| {
            let (bench, world) = (&bench, &world);
            async move { decide(bench, world, &root(), status).await.status }
        });
        let [a, b, c, d] = replies;
        let (a, b, c, d) = tokio::join!(a, b, c, d);
        let mut statuses = [a, b, c, d];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400, 400]);
        assert!(world.state().certificates.len() <= 1);
        assert_eq!(world.count("actor/app"), 2 + world.state().certificates.len());
    }
}
