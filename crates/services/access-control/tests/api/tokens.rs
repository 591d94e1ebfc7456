use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};

use super::*;

const OFFICE: &str = "/access-control-manage/access-control-manage/block";

/// A call that the block's proxy plans.
fn planned(target: &str) -> Value {
    json!({
        "caller": {
            "blockCode": OWN, "apiUrl": "/pxr-block-proxy", "apiMethod": "GET", "userId": "whoever",
            "operator": {"type": 3, "loginId": "member01", "role": null}, "requestBody": {},
        },
        "target": {"blockCode": ROOT, "apiUrl": target, "apiMethod": "GET"},
    })
}

fn granted(target: &str, method: &str, user_id: Value) -> Value {
    json!([{
        "apiUrl": target, "apiMethod": method, "apiToken": format!("token of {target}"), "userId": user_id,
        "expirationDate": "2026-01-02T03:44:05.678+0000", "blockCode": ROOT,
    }])
}

async fn ask(bench: &Bench, session: &Session, planned: Value) -> Reply {
    post(bench, "/access-control/token", session, json!([planned])).await
}

on_both_databases! {
    async fn the_root_is_asked_on_behalf_of_the_operator_and_its_token_kept(database: Database) {
        let neighbours =
            Neighbours::new().other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null));
        let bench = access_control(BlockKind::App, database, neighbours).await;
        let reply = bench.post("/access-control/token").session(&member()).header("access-token", "id-token")
            .json(json!([planned("/catalog/1")])).send().await;
        let token = json!([{"apiUrl": "/catalog/1", "apiMethod": "GET", "blockCode": ROOT, "apiToken": "token of /catalog/1"}]);
        assert_eq!((reply.status, reply.body), (200, token));
        let asked = &bench.neighbours.asked()[0];
        assert_eq!(asked.host.as_deref(), Some("root-service"));
        assert_eq!(asked.headers["access-token"], "id-token");
        assert_eq!(asked.headers["session"], member().header());
        let caller = &asked.body[0]["caller"];
        assert_eq!((&caller["userId"], &caller["operator"]["loginId"]), (&Value::Null, &json!("member01")));
        assert_eq!((caller.get("requestBody"), caller["apiCode"].as_str().unwrap().len()), (None, 36));
        assert_eq!(bench.count("api_token").await, 1);
    }
}

fn application_of_the_bench() -> serde_json::Map<String, Value> {
    application().object().clone()
}

/// The bench of these tests keeps nothing; this one does.
async fn keeping(database: Database, neighbours: Neighbours) -> Bench {
    let build = |ground: Ground| router(ground.with(|footing| footing.caching = true), Settings::default());
    Bench::start_on::<Migrator>(BlockKind::App, ServiceName::AccessControl, database, neighbours, build).await
}

on_both_databases! {
    async fn a_kept_token_is_used_again_until_it_is_about_to_end(database: Database) {
        let neighbours =
            Neighbours::new().other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null));
        let bench = keeping(database, neighbours).await;
        for _ in 0..3 {
            assert_eq!(ask(&bench, &member(), planned("/catalog/1")).await.status, 200);
        }
        assert_eq!(bench.neighbours.asked().len(), 1);
        bench.advance(TimeDelta::minutes(39) + TimeDelta::seconds(51));
        bench.execute("update api_token set token = 'another'").await;
        assert_eq!(ask(&bench, &member(), planned("/catalog/1")).await.status, 200);
        assert_eq!(bench.neighbours.asked().len(), 2, "ten seconds before its end it is too late");
    }

    async fn a_kept_token_is_not_for_others_or_for_other_calls(database: Database) {
        let neighbours =
            Neighbours::new().other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null));
        let bench = keeping(database, neighbours).await;
        ask(&bench, &member(), planned("/catalog/1")).await;
        let mut from_elsewhere = planned("/catalog/1");
        from_elsewhere["caller"]["apiUrl"] = json!("/notification");
        for (session, call) in [
            (testkit::resident("member01"), planned("/catalog/1")),
            (application(), planned("/catalog/1")),
            (member(), from_elsewhere),
        ] {
            let before = bench.neighbours.asked().len();
            bench.execute("update api_token set token = 'kept ' || id").await;
            assert_eq!(ask(&bench, &session, call).await.status, 200);
            assert_eq!(bench.neighbours.asked().len(), before + 1, "{}", session.login_id);
        }
    }

    async fn a_kept_token_is_for_the_same_application_and_the_same_rights_only(database: Database) {
        let office = OFFICE.replace("block", "operator");
        let neighbours = Neighbours::new()
            .other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null))
            .other_block(Method::POST, &office, 200, granted("/operator", "POST", Value::Null));
        let bench = keeping(database, neighbours).await;
        let of = |application: i64| {
            let mut session = Value::Object(application_of_the_bench());
            session["roles"] = json!([{"_value": application, "_ver": 1}]);
            Session::from_json(session).unwrap()
        };
        let asks = async |session: &Session, planned: Value| {
            let before = bench.neighbours.asked().len();
            let reply = ask(&bench, session, planned).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            bench.neighbours.asked().len() - before
        };
        assert_eq!(asks(&of(7), planned("/catalog/1")).await, 1);
        bench.execute("update api_token set token = 'kept ' || id").await;
        assert_eq!(asks(&of(7), planned("/catalog/1")).await, 0, "kept");
        assert_eq!(asks(&of(8), planned("/catalog/1")).await, 1, "another application of the same operator");

        // Who makes a member without rights has not been judged for one with rights, and the other way round.
        let new_member = |auth: Value| {
            let mut planned = planned("/operator");
            for side in ["caller", "target"] {
                planned[side]["apiMethod"] = json!("POST");
            }
            planned["caller"]["requestBody"] = json!({"loginId": "x", "auth": auth});
            planned
        };
        let (none, some) = (Value::Null, json!({"member": {"add": true}}));
        assert_eq!(asks(&member(), new_member(some.clone())).await, 1);
        bench.execute("update api_token set token = 'of rights ' || id").await;
        assert_eq!(asks(&member(), new_member(none.clone())).await, 1, "no rights are given");
        bench.execute("update api_token set token = 'of none ' || id").await;
        assert_eq!(asks(&member(), new_member(json!({"member": {"delete": true}}))).await, 1, "another right");
        assert_eq!((asks(&member(), new_member(some)).await, asks(&member(), new_member(none)).await), (0, 0));
    }

    async fn every_call_of_a_list_goes_to_its_own_office(database: Database) {
        let office = OFFICE.replace("block", "operator");
        let neighbours = Neighbours::new()
            .other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null))
            .other_block(Method::POST, &office, 200, granted("/operator/5", "DELETE", Value::Null));
        let bench = access_control(BlockKind::App, database, neighbours).await;
        let mut deletion = planned("/operator/5");
        deletion["target"]["apiMethod"] = json!("DELETE");
        let all = json!([planned("/catalog/1"), deletion]);
        let reply = post(&bench, "/access-control/token", &member(), all).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let urls: Vec<_> = reply.body.as_array().unwrap().iter().map(|token| &token["apiUrl"]).collect();
        assert_eq!(urls, ["/catalog/1", "/operator/5"], "in their order");
        let asked: Vec<_> = bench.neighbours.asked().iter().map(|asked| asked.path.clone()).collect();
        assert_eq!(asked, [OFFICE.to_owned(), office]);
    }

    async fn a_token_that_rests_on_a_consent_is_asked_for_anew_each_time(database: Database) {
        let url = "/book-operate/event/u1";
        let office = OFFICE.replace("block", "store");
        let mut granted = granted(url, "POST", json!("u1"));
        granted[0]["apiToken"] = json!("first");
        let neighbours = Neighbours::new().other_block(Method::POST, &office, 200, granted.clone());
        let bench = keeping(database, neighbours).await;
        let mut call = planned(url);
        call["target"]["apiMethod"] = json!("POST");
        call["target"]["_code"] = json!([{"_value": 5, "_ver": 1}]);
        call["caller"]["requestBody"] = json!({
            "code": {"value": {"_value": 5, "_ver": 1}},
            "app": {"app": {"value": {"_value": 7, "_ver": 1}}},
            "secret": "s",
        });
        assert_eq!(ask(&bench, &application(), call.clone()).await.status, 200);
        granted[0]["apiToken"] = json!("second");
        let _later = bench.neighbours.clone().other_block(Method::POST, &office, 200, granted);
        assert_eq!(ask(&bench, &application(), call.clone()).await.body[0]["apiToken"], "second");
        assert_eq!(bench.neighbours.asked().len(), 2);
        let _withdrawn = bench.neighbours.clone().other_block(Method::POST, &office, 401, json!({"message": "no"}));
        let refused = ask(&bench, &application(), call).await;
        assert_eq!((refused.status, &refused.body["message"]), (401, &json!("no")));
        let body = &bench.neighbours.asked()[0].body[0]["caller"];
        assert_eq!((&body["userId"], &body["operator"]["app"]["_value"]), (&json!("u1"), &json!(7)));
        assert!(!body.to_string().contains("secret"), "only what is judged leaves the block");
    }

    async fn a_resident_s_token_is_asked_for_anew_each_time(database: Database) {
        // His book may have been closed since.
        let neighbours =
            Neighbours::new().other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null));
        let bench = keeping(database, neighbours).await;
        assert_eq!(ask(&bench, &individual(), planned("/catalog/1")).await.status, 200);
        let _closed = bench.neighbours.clone().other_block(Method::POST, OFFICE, 400, json!({"message": "closed"}));
        assert_eq!(ask(&bench, &individual(), planned("/catalog/1")).await.status, 400);
    }

    async fn tokens_that_have_ended_are_deleted(database: Database) {
        let neighbours =
            Neighbours::new().other_block(Method::POST, OFFICE, 200, granted("/catalog/1", "GET", Value::Null));
        let bench = access_control(BlockKind::App, database, neighbours).await;
        ask(&bench, &member(), planned("/catalog/1")).await;
        create(&bench, order()).await;
        bench.advance(TimeDelta::hours(2));
        let mut fresh = order();
        fresh["target"]["expirationDate"] = json!("2026-01-02T05:30:00.000+0900");
        for _ in 0..64 {
            create(&bench, fresh.clone()).await;
        }
        assert_eq!(bench.count("api_token").await, 0);
        assert_eq!(bench.count("api_access_permission").await, 64, "what still works stays");
    }

    async fn what_the_root_refuses_is_refused_here(database: Database) {
        for (root, here) in [(401, 401), (400, 400), (204, 400), (500, 500), (503, 503)] {
            let neighbours = Neighbours::new().other_block(Method::POST, OFFICE, root, json!({"message": "why"}));
            let bench = access_control(BlockKind::App, Database::sqlite(), neighbours).await;
            assert_eq!(ask(&bench, &member(), planned("/catalog/1")).await.status, here, "the root answers {root}");
        }
        // An answer for another call, or for another user, is nobody's.
        for wrong in [granted("/catalog/2", "GET", Value::Null), granted("/catalog/1", "PUT", Value::Null), granted("/catalog/1", "GET", json!("u"))] {
            let neighbours = Neighbours::new().other_block(Method::POST, OFFICE, 200, wrong);
            let bench = access_control(BlockKind::App, Database::sqlite(), neighbours).await;
            assert_eq!(ask(&bench, &member(), planned("/catalog/1")).await.status, 400);
            assert_eq!(bench.count("api_token").await, 0);
        }
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let nobody = bench.post("/access-control/token").json(json!([planned("/catalog/1")])).send().await;
        assert_eq!(nobody.status, 401);
    }

    async fn who_takes_or_sends_no_json_is_told_so_on_every_route(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        for path in ["/access-control", "/access-control/token", "/access-control/collate"] {
            let request = || bench.post(path).session(&member()).json(json!([planned("/catalog/1")]));
            assert_eq!(request().header("accept", "text/html").send().await.status, 406, "{path}");
            assert_eq!(request().header("content-type", "text/plain").send().await.status, 406, "{path}");
            let broken = bench.post(path).session(&member()).text("[{").send().await;
            assert_eq!(broken.status, 400, "{path}");
        }
        assert!(bench.neighbours.asked().is_empty());
    }

    async fn broken_plans_are_refused_before_anybody_is_asked(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let with = |pointer: &str, value: Value| {
            let mut planned = planned("/catalog/1");
            *planned.pointer_mut(pointer).unwrap() = value;
            planned
        };
        for (planned, field) in [
            (with("/caller", json!(5)), "caller"),
            (with("/caller/blockCode", json!("x")), "blockCode"),
            (with("/caller/apiMethod", json!("get")), "apiMethod"),
            (with("/caller/operator/type", json!(1)), "type"),
            (with("/caller/operator/role", json!(5)), "role"),
            (with("/target/apiUrl", json!("")), "apiUrl"),
            (with("/target/blockCode", json!({})), "blockCode"),
        ] {
            let reply = ask(&bench, &member(), planned).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec![field]), "{}", reply.body);
        }
        let mut store = with("/target/apiMethod", json!("POST"));
        store["target"]["apiUrl"] = json!("/book-operate/event/u1");
        assert_eq!(ask(&bench, &application(), store.clone()).await.status, 400, "no data types are named");
        store["target"]["_code"] = json!([{"_value": 5, "_ver": 1}]);
        assert_eq!(ask(&bench, &application(), store).await.status, 400, "no code in the body");
        let mut nobody = Value::Object(application_of_the_bench());
        nobody["roles"] = json!([]);
        let without_role = ask(&bench, &Session::from_json(nobody).unwrap(), planned("/catalog/1")).await;
        assert_eq!(without_role.status, 400, "an operator of no application");
        assert_eq!(ask(&bench, &member(), with("/caller/operator/loginId", Value::Null)).await.status, 400);
        assert_eq!(post(&bench, "/access-control/token", &member(), json!({})).await.status, 400);
        let empty = post(&bench, "/access-control/token", &member(), json!([])).await;
        assert_eq!((empty.status, empty.body), (200, json!([])));
        assert!(bench.neighbours.asked().is_empty());
    }

    async fn while_the_root_is_away_calls_inside_the_block_go_on(database: Database) {
        // Threat 12: the root is no single point of failure for what it would not judge anyway.
        let neighbours = Neighbours::new();
        let bench = Bench::start_on::<Migrator>(BlockKind::App, ServiceName::AccessControl, database, neighbours, |ground: Ground| {
            // Nothing listens there.
            let none = platform::Credentials { identity: None, authority: None };
            let addresses = [("root-service".to_owned(), "127.0.0.1:1".to_owned())].into();
            let peers = platform::Peers::new(addresses, &none, &ground.clock).unwrap();
            router(ground.with(|footing| footing.peers = peers), Settings::default())
        }).await;
        let mut inside = planned("/local-ctoken/1");
        inside["target"]["blockCode"] = json!(OWN);
        let reply = ask(&bench, &member(), inside.clone()).await;
        assert_eq!((reply.status, &reply.body[0]["blockCode"]), (200, &json!(OWN)));
        let presented = json!({
            "caller": {"apiUrl": "/pxr-block-proxy", "blockCode": OWN},
            "target": {"apiUrl": "/local-ctoken/1", "apiMethod": "GET", "apiToken": reply.body[0]["apiToken"]},
        });
        assert_eq!(post(&bench, "/access-control/collate", &member(), presented).await.status, 200);
        // What leaves the block, what somebody judges, and what residents do waits for the root.
        assert_eq!(ask(&bench, &member(), planned("/catalog/1")).await.status, 500);
        assert_eq!(ask(&bench, &individual(), inside.clone()).await.status, 500);
        inside["target"]["apiUrl"] = json!("/operator/5");
        inside["target"]["apiMethod"] = json!("DELETE");
        assert_eq!(ask(&bench, &member(), inside).await.status, 500);
    }
}

/// A call that the block's proxy plans to a service of the block.
fn inside(target: &str) -> Value {
    let mut planned = planned(target);
    planned["target"]["blockCode"] = json!(OWN);
    planned
}

on_both_databases! {
    async fn a_call_inside_the_block_that_nobody_judges_gets_its_token_there(database: Database) {
        let bench = keeping(database, Neighbours::new()).await;
        let reply = ask(&bench, &member(), inside("/notification?type=1")).await;
        assert_eq!((reply.status, &reply.body[0]["blockCode"]), (200, &json!(OWN)), "{}", reply.body);
        assert!(bench.neighbours.asked().is_empty(), "nothing leaves the block");
        assert_eq!((bench.count("api_token").await, bench.count("api_access_permission").await), (1, 1));
        let again = ask(&bench, &member(), inside("/notification?type=1")).await;
        assert_eq!(again.body, reply.body, "it is kept");
        let presented = |url: &str| json!({
            "caller": {"apiUrl": "/pxr-block-proxy", "blockCode": OWN},
            "target": {"apiUrl": url, "apiMethod": "GET", "apiToken": reply.body[0]["apiToken"]},
        });
        let collate = async |url| post(&bench, "/access-control/collate", &member(), presented(url)).await.status;
        assert_eq!(collate("/notification?type=1").await, 200);
        assert_eq!(collate("/notification?type=0").await, 400, "it is for that call only");
    }

    async fn the_root_is_asked_about_all_other_calls_inside_the_block(database: Database) {
        let bench = access_control(BlockKind::App, database, Neighbours::new()).await;
        let mut deleted = inside("/operator/5");
        deleted["target"]["apiMethod"] = json!("DELETE");
        let mut of_another = inside("/notification?type=1");
        of_another["caller"]["blockCode"] = json!(OWN + 1);
        for (what, session, planned) in [
            ("stands in no table", member(), inside("/nowhere")),
            ("an office judges", member(), deleted),
            ("a resident's", individual(), inside("/notification?type=1")),
            ("another block calls", member(), of_another),
        ] {
            let before = bench.neighbours.asked().len();
            assert_ne!(ask(&bench, &session, planned).await.status, 200, "{what}");
            assert_eq!(bench.neighbours.asked().len(), before + 1, "{what}: the root is asked");
        }
    }

    async fn before_its_certification_a_block_permits_itself_nothing(database: Database) {
        let uncertified = |ground: Ground| {
            let block = platform::Block { actor: None, ..(*ground.block).clone() };
            let ground = ground.with(|footing| footing.block = std::sync::Arc::new(block));
            router(ground, Settings::default())
        };
        let (kind, service) = (BlockKind::App, ServiceName::AccessControl);
        let bench =
            Bench::start_on::<Migrator>(kind, service, database, Neighbours::new(), uncertified).await;
        assert_ne!(ask(&bench, &member(), inside("/notification?type=1")).await.status, 200);
        assert_eq!(bench.neighbours.asked().len(), 1, "the root knows how little it may do");
    }
}
