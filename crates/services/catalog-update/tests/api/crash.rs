//! Whatever call goes wrong, in whatever way, and whenever the service is killed: the same request completes what was
//! begun, and nothing is there twice. Only notices may come twice.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Bench, Fault, on_both_databases};
use vocabulary::Session;

use super::{
    certification, count, decide, execute, good, newcomer, other_provider, post_as, provider, put_as,
    region_root, root, stage, texts,
};
use crate::world::{APP, OTHER_APP, REGION, REGION_ROOT, SERVICE, SHARE, SHARED, World};

/// A decision that goes wrong, and its repetition. Who is killed gives no claim back; it lapses.
async fn decide_again(bench: &Bench, world: &World, by: &Session, fault: Fault, table: &str) {
    bench.neighbours.suffer(Some(fault));
    let failed = decide(bench, world, by, 1).await;
    assert!(failed.status >= 500, "{fault:?}: {}", failed.body);
    bench.neighbours.suffer(None);
    if fault.is_last {
        let now = bench.ground.store.column(bench.clock.now());
        let open = "approval_at is null and status in (0, 3)";
        execute(bench, &format!("update {table} set approver = 'x', approval_at = '{now}' where {open}"))
            .await;
        assert_eq!(decide(bench, world, by, 1).await.status, 400, "somebody is at it");
        bench.advance(TimeDelta::seconds(11));
    }
    good(decide(bench, world, by, 1).await);
    assert_eq!(decide(bench, world, by, 1).await.status, 400);
}

/// How many calls a request makes.
fn calls(bench: &Bench) -> usize {
    bench.neighbours.asked().len()
}

/// One actor of that name, with one certificate and its namespaces; gives its code.
fn assert_made_once(world: &World, name: &str, fault: Fault) -> i64 {
    let state = world.state();
    let made: Vec<_> = state.items.iter().filter(|(_, item)| item.name == name).collect();
    assert_eq!(made.len(), 1, "{fault:?}");
    let code = *made[0].0;
    let of = |one: &&Value| one["subject"]["OU"] == json!(code);
    assert_eq!(state.certificates.iter().filter(of).count(), 1, "{fault:?}");
    let own = state.namespaces.iter().filter(|ns| ns.contains(&format!("actor_{code}"))).count();
    assert_eq!(own, 5, "{fault:?}");
    code
}

fn join() -> Value {
    let code = |code: i64| json!({"code": code, "version": 1});
    json!({"region": code(REGION), "isDraft": false,
           "actor": {"code": APP, "version": 1, "app": [code(SERVICE)]}})
}

fn start() -> Value {
    json!({"regionCode": {"_value": REGION, "_ver": 1}})
}

fn creation(name: &str) -> Value {
    let ns = format!("catalog/ext/test-org/actor/region-root/actor_{REGION_ROOT}/region");
    json!({"name": name, "isDraft": false, "catalog": [{"template": {
        "catalogItem": {"ns": ns, "name": name, "_code": null, "inherit": null},
        "template": {"prop": null, "value": []}, "inner": null, "attribute": null}}]})
}

on_both_databases! {
    async fn a_certification_goes_on_where_it_stopped(database: Database) {
        let (bench, world) = stage(database).await;
        let apply = |name: String| {
            let mut body = certification("region-root");
            body["actorCatalog"]["catalogItem"]["name"] = json!(name);
            let bench = &bench;
            async move { good(post_as(bench, &newcomer(), "/actor", body).await) }
        };
        apply("first".to_owned()).await;
        bench.neighbours.suffer(None);
        good(decide(&bench, &world, &root(), 1).await);
        for (number, fault) in Fault::each(calls(&bench)).enumerate() {
            let name = format!("n{number}");
            apply(name.clone()).await;
            decide_again(&bench, &world, &root(), fault, "actor_approval_manage").await;
            let code = assert_made_once(&world, &name, fault);
            let settings = world.count(&format!("setting/actor/region-root/actor_{code}"));
            assert_eq!(settings, 1, "{fault:?}");
            let noted = texts(&bench, "attributes", "actor_manage order by id desc limit 1").await;
            let noted: Value = serde_json::from_str(&noted[0]).unwrap();
            assert_eq!((&noted["actorCode"], noted.get("told")), (&json!(code), None));
        }
    }

    async fn a_root_certifies_itself_once(database: Database) {
        let (bench, world) = stage(database).await;
        let body = |name: &str| {
            let mut body = certification("pxr-root");
            body["approvalActor"] = Value::Null;
            body["actorCatalog"]["catalogItem"]["name"] = json!(name);
            body
        };
        good(post_as(&bench, &root(), "/actor", body("first")).await);
        for (number, fault) in Fault::each(calls(&bench)).enumerate() {
            let name = format!("n{number}");
            bench.neighbours.suffer(Some(fault));
            assert!(post_as(&bench, &root(), "/actor", body(&name)).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(post_as(&bench, &root(), "/actor", body(&name)).await);
            let state = world.state();
            assert_eq!(state.items.values().filter(|item| item.name == name).count(), 1, "{fault:?}");
        }
    }

    async fn an_end_goes_on_where_it_stopped(database: Database) {
        let (bench, world) = stage(database).await;
        let apply = || async {
            let number = world.notices().len();
            world.state().certificates.push(json!({
                "certType": "client", "serialNo": format!("X{number}"), "fingerPrint": "F",
                "validPeriodStart": "s", "validPeriodEnd": "e",
                "subject": {"C": "", "ST": "", "L": "", "O": "", "OU": APP, "CN": ""},
            }));
            world.set(APP, "breakaway-flg", json!(false));
            world.set(OTHER_APP, "other-block", Value::Null);
            let body = json!({"migrationActorCode": OTHER_APP, "isDraft": false});
            good(post_as(&bench, &provider(), "/actor/remove", body).await);
        };
        apply().await;
        bench.neighbours.suffer(None);
        good(decide(&bench, &world, &other_provider(), 1).await);
        let agreeing = calls(&bench);
        bench.neighbours.suffer(None);
        good(decide(&bench, &world, &root(), 1).await);
        let ending = calls(&bench);
        for fault in Fault::each(agreeing) {
            apply().await;
            decide_again_as(&bench, &world, &other_provider(), fault).await;
            good(decide(&bench, &world, &root(), 1).await);
        }
        for fault in Fault::each(ending) {
            apply().await;
            good(decide(&bench, &world, &other_provider(), 1).await);
            decide_again(&bench, &world, &root(), fault, "actor_approval_manage").await;
            assert_eq!(world.template(APP)["breakaway-flg"], json!(true), "{fault:?}");
            let taken = json!([{"_value": 1_000_000 + APP, "_ver": 1}]);
            assert_eq!(world.template(OTHER_APP)["other-block"], taken, "{fault:?}");
            assert!(world.state().certificates.is_empty(), "{fault:?}");
        }
    }

    async fn joining_and_leaving_go_on_where_they_stopped(database: Database) {
        let (bench, world) = stage(database).await;
        for path in ["/join", "/join/remove"] {
            let before = if path == "/join" { Value::Null } else { json!([{"_value": REGION, "_ver": 1}]) };
            let others = if path == "/join" { Value::Null } else { json!([{"_value": SERVICE, "_ver": 1}]) };
            let reset = || {
                world.set(SERVICE, "region-alliance", before.clone());
                world.set(REGION, "app-alliance", others.clone());
            };
            reset();
            bench.neighbours.suffer(None);
            good(post_as(&bench, &provider(), path, join()).await);
            let applying = calls(&bench);
            bench.neighbours.suffer(None);
            good(decide(&bench, &world, &region_root(), 1).await);
            let deciding = calls(&bench);
            for fault in Fault::each(applying) {
                reset();
                bench.neighbours.suffer(Some(fault));
                assert!(post_as(&bench, &provider(), path, join()).await.status >= 500, "{fault:?}");
                bench.neighbours.suffer(None);
                good(post_as(&bench, &provider(), path, join()).await);
                assert_eq!(count(&bench, "join_approval_manage where status = 0").await, 1, "{fault:?}");
                good(decide(&bench, &world, &region_root(), 1).await);
            }
            for fault in Fault::each(deciding) {
                reset();
                good(post_as(&bench, &provider(), path, join()).await);
                decide_again(&bench, &world, &region_root(), fault, "join_approval_manage").await;
                let service = world.template(SERVICE)["region-alliance"].clone();
                let region = world.template(REGION)["app-alliance"].clone();
                if path == "/join" {
                    let (service, region) = (service.as_array().unwrap(), region.as_array().unwrap());
                    assert_eq!((service.len(), region.len()), (1, 1), "{fault:?}");
                    assert_eq!(service[0]["_value"], json!(REGION));
                    assert_eq!(region[0]["_value"], json!(SERVICE));
                } else {
                    assert!(service.is_null() && region.is_null(), "{fault:?}: {service} {region}");
                }
            }
        }
    }

    async fn starting_and_ending_a_region_go_on_where_they_stopped(database: Database) {
        let (bench, world) = stage(database).await;
        let end = json!({"regionCode": {"_value": REGION, "_ver": 1}, "requestComment": "", "endDate": "2026-03-31"});
        for (path, body, before) in
            [("/region/status/start", start(), "close"), ("/region/status/end", end, "open")]
        {
            world.set(REGION, "status", json!(before));
            good(post_as(&bench, &region_root(), path, body.clone()).await);
            bench.neighbours.suffer(None);
            good(decide(&bench, &world, &root(), 1).await);
            for fault in Fault::each(calls(&bench)) {
                world.set(REGION, "status", json!(before));
                world.state().books.clear();
                good(post_as(&bench, &region_root(), path, body.clone()).await);
                decide_again(&bench, &world, &root(), fault, "region_status_approval_manage").await;
                assert_eq!(world.template(REGION)["status"], json!("open"));
                assert_eq!(world.state().books.is_empty(), before == "close", "{fault:?}");
            }
        }
    }

    async fn a_region_is_made_once(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("actor/region-root/actor_{REGION_ROOT}/region");
        good(post_as(&bench, &region_root(), "/region", creation("first")).await);
        for (number, fault) in Fault::each(calls(&bench)).enumerate() {
            let before = world.count(&ns);
            let body = creation(&format!("n{number}"));
            bench.neighbours.suffer(Some(fault));
            assert!(post_as(&bench, &region_root(), "/region", body.clone()).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(post_as(&bench, &region_root(), "/region", body).await);
            assert_eq!(world.count(&ns), before + 1, "{fault:?}");
            let regions = world.template(REGION_ROOT)["region"].as_array().unwrap().len();
            assert_eq!(regions, before + 1, "{fault:?}");
            assert_eq!(count(&bench, "region_manage").await, before, "{fault:?}");
        }
    }

    async fn a_region_is_deleted_wholly(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("actor/region-root/actor_{REGION_ROOT}/region");
        let body = |code: i64| json!({"regionCode": code, "isDraft": false});
        good(post_as(&bench, &region_root(), "/region/delete", body(REGION)).await);
        for (number, fault) in Fault::each(calls(&bench)).enumerate() {
            let code = 1_000_950 + i64::try_from(number).unwrap();
            world.put(code, &ns, json!({"status": null}));
            world.set(REGION_ROOT, "region", json!([{"_value": code, "_ver": 1}]));
            bench.neighbours.suffer(Some(fault));
            assert!(post_as(&bench, &region_root(), "/region/delete", body(code)).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(post_as(&bench, &region_root(), "/region/delete", body(code)).await);
            assert_eq!(world.count(&ns), 0, "{fault:?}");
            assert!(world.template(REGION_ROOT)["region"].is_null(), "{fault:?}");
        }
        assert_eq!(count(&bench, "region_approval_manage where status <> 1").await, 0);
    }

    async fn terms_change_once_and_the_books_hear_of_it(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("terms-of-use/region/actor_{REGION_ROOT}");
        world.put(1_000_900, &ns, json!({}));
        let put = |version: i64| {
            let body = json!({"catalog": [{"type": 2, "catalogCode": 1_000_900, "template": {
                "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": "n",
                                "_code": {"_value": 1_000_900, "_ver": version}},
                "template": {"value": [{"key": "re-consent-flag", "value": true},
                                       {"key": "period-of-re-consent", "value": "2027-01-01T00:00:00.000+0900"}]}}}]});
            let bench = &bench;
            async move { put_as(bench, &region_root(), "/region-terms-of-use", body).await }
        };
        good(put(2).await);
        let mut version = 2;
        for fault in Fault::each(calls(&bench)) {
            version += 1;
            world.state().books.clear();
            bench.neighbours.suffer(Some(fault));
            assert!(put(version).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(put(version).await);
            assert_eq!(world.state().items[&1_000_900].ver, version, "{fault:?}");
            assert!(!world.state().books.is_empty(), "{fault:?}");
        }
        let rows = texts(&bench, "terms_of_use_version", "region_terms_of_use_manage order by id").await;
        assert_eq!(rows, (2..=version).map(|version| version.to_string()).collect::<Vec<_>>());
        assert_eq!(count(&bench, "region_terms_of_use_manage where is_disabled = true").await, 0);
    }

    async fn a_notification_is_defined_once(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("actor/app/actor_{APP}/share/notification");
        let body = |name: &str| json!({"catalog": [{"type": 1, "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": name},
            "template": {"value": [{"key": "notification", "value": [
                {"key": "share", "value": [{"key": "_value", "value": SHARE}, {"key": "_ver", "value": 1}]},
                {"key": "id", "value": [SHARED]}]}]}}}]});
        good(post_as(&bench, &provider(), "/store-event", body("first")).await);
        for (number, fault) in Fault::each(calls(&bench)).enumerate() {
            let body = body(&format!("n{number}"));
            world.state().books.clear();
            bench.neighbours.suffer(Some(fault));
            assert!(post_as(&bench, &provider(), "/store-event", body.clone()).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(post_as(&bench, &provider(), "/store-event", body).await);
            assert_eq!(world.count(&ns), number + 2, "{fault:?}");
            assert!(!world.state().books.is_empty(), "{fault:?}");
        }
    }

    async fn a_notification_changes_once_and_the_books_hear_of_it(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("actor/app/actor_{APP}/share/notification");
        world.put(1_000_900, &ns, json!({}));
        let put = |version: i64| {
            let body = json!({"catalog": [{"type": 2, "catalogCode": 1_000_900, "template": {
                "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": "n",
                                "_code": {"_value": 1_000_900, "_ver": version}},
                "template": {"value": [{"key": "notification", "value": [
                    {"key": "share", "value": [{"key": "_value", "value": SHARE}, {"key": "_ver", "value": 1}]},
                    {"key": "id", "value": [SHARED]}]}]}}}]});
            let bench = &bench;
            async move { put_as(bench, &provider(), "/store-event", body).await }
        };
        good(put(2).await);
        for (fault, version) in Fault::each(calls(&bench)).zip(3..) {
            world.state().books.clear();
            bench.neighbours.suffer(Some(fault));
            assert!(put(version).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(put(version).await);
            assert_eq!(world.state().items[&1_000_900].ver, version, "{fault:?}");
            assert!(!world.state().books.is_empty(), "{fault:?}");
        }
        assert_eq!(count(&bench, "catalog_attempt").await, 0);
    }

    async fn terms_are_made_once(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("terms-of-use/region/actor_{REGION_ROOT}");
        let post = |name: &str| {
            let body = json!({"name": name, "isDraft": false, "catalog": [{"type": 1, "template": {
                "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": name},
                "template": {"value": []}}}]});
            let bench = &bench;
            async move { post_as(bench, &region_root(), "/region-terms-of-use", body).await }
        };
        good(post("first").await);
        for (number, fault) in Fault::each(calls(&bench)).enumerate() {
            let name = format!("n{number}");
            bench.neighbours.suffer(Some(fault));
            assert!(post(&name).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            let made = good(post(&name).await);
            assert!(made["catalog"][0]["template"]["catalogItem"]["_code"]["_value"].is_i64(), "{fault:?}");
            assert_eq!(world.count(&ns), number + 2, "{fault:?}");
            assert_eq!(count(&bench, "region_terms_of_use_manage").await, number + 2, "{fault:?}");
        }
        // Whoever wants the same once more gets it once more.
        good(post("first").await);
        let rows = count(&bench, "region_terms_of_use_manage").await;
        assert_eq!((world.count(&ns), count(&bench, "catalog_attempt").await), (rows, 0));
    }

    async fn a_definition_is_made_or_changed_once_and_the_books_hear_of_it(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("actor/app/actor_{APP}/store");
        let code = 1_000_900;
        world.put(code, &ns, json!({"store": [{"id": "a", "document": []}]}));
        let entry = |kind: i64, code: Value, documents: usize| json!({"type": kind, "catalogCode": code["_value"], "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": "n", "_code": code},
            "template": {"value": [{"key": "store", "value": [
                {"key": "id", "value": "a"}, {"key": "document", "value": vec![1; documents]}]}]}}});
        let post = |version: i64| {
            let changed = json!({"_value": code, "_ver": version});
            let documents = usize::try_from(version).unwrap();
            let entries = [entry(1, Value::Null, 0), entry(2, changed, documents)];
            let body = json!({"name": format!("to {version}"), "catalog": entries, "isDraft": false});
            let bench = &bench;
            async move { post_as(bench, &provider(), "/data-operation", body).await }
        };
        good(post(2).await);
        for (fault, version) in Fault::each(calls(&bench)).zip(3..) {
            world.state().books.clear();
            bench.neighbours.suffer(Some(fault));
            assert!(post(version).await.status >= 500, "{fault:?}");
            bench.neighbours.suffer(None);
            good(post(version).await);
            assert_eq!(world.state().items[&code].ver, version, "{fault:?}");
            let told = world.state().books.last().cloned();
            assert_eq!(told.unwrap().1, json!({"codes": [{"_value": code, "_ver": version}]}), "{fault:?}");
            let times = usize::try_from(version).unwrap();
            assert_eq!(world.count(&ns), times, "{fault:?}");
            assert_eq!(count(&bench, "data_operation_manage").await, times - 1, "{fault:?}");
        }
        assert_eq!(count(&bench, "catalog_attempt").await, 0);
    }

    async fn of_two_definitions_at_once_one_is_made(database: Database) {
        let (bench, world) = stage(database).await;
        let ns = format!("actor/app/actor_{APP}/store");
        let body = json!({"name": "n", "isDraft": false, "catalog": [{"type": 1, "catalogCode": null, "template": {
            "catalogItem": {"ns": format!("catalog/ext/test-org/{ns}"), "name": "n"}, "template": {"value": []}}}]});
        let by = provider();
        let post = || post_as(&bench, &by, "/data-operation", body.clone());
        let (one, two, three) = tokio::join!(post(), post(), post());
        let made = [&one, &two, &three].iter().filter(|reply| reply.status == 200).count();
        assert!(made >= 1, "{} {} {}", one.body, two.body, three.body);
        assert!([one, two, three].iter().all(|reply| [200, 400].contains(&reply.status)));
        assert_eq!((world.count(&ns), count(&bench, "data_operation_manage").await), (made, made));
        assert_eq!(count(&bench, "catalog_attempt").await, 0);
    }

    async fn an_application_whose_announcement_was_interrupted_is_in_nobodys_way_for_long(database: Database) {
        let (bench, world) = stage(database).await;
        let mut draft = certification("app");
        draft["isDraft"] = json!(true);
        let id = good(post_as(&bench, &newcomer(), "/actor", draft).await)["id"].clone();
        let mut sent = certification("app");
        sent["id"] = id;
        let end = json!({"migrationActorCode": null, "isDraft": false});
        let requests = [
            (newcomer(), "/actor", sent, "actor_manage"),
            (newcomer(), "/actor", certification("region-root"), "actor_manage"),
            (provider(), "/actor/remove", end, "actor_manage"),
            (provider(), "/join", join(), "join_manage"),
            (region_root(), "/region/status/start", start(), "region_status_manage"),
        ];
        for (session, path, body, table) in requests {
            let approvals = table.replace("_manage", "_approval_manage");
            good(post_as(&bench, &session, path, body.clone()).await);
            // As if it had been killed while it asked for the decision.
            execute(&bench, &format!("update {table} set approval_expire_at = null")).await;
            assert_eq!(decide(&bench, &world, &session, 1).await.status, 400, "{path}: not announced");
            assert_eq!(post_as(&bench, &session, path, body.clone()).await.status, 400, "{path}: being announced");
            bench.advance(TimeDelta::seconds(11));
            let codes = texts(&bench, "auth_code", &format!("{approvals} where is_disabled = false")).await;
            good(post_as(&bench, &session, path, body).await);
            let again = texts(&bench, "auth_code", &format!("{approvals} where is_disabled = false")).await;
            assert_eq!(codes, again, "{path}: who heard of it the first time knows a code that holds");
        }
        assert_eq!(count(&bench, "region_status_manage").await, 1);
        assert_eq!(count(&bench, "actor_manage").await, 3);
        assert_eq!(count(&bench, "join_manage").await, 1);
        assert_eq!(count(&bench, "join_service_manage where is_disabled = false").await, 1);
    }
}

/// Agreeing leaves the application open for the next decision, which is somebody else's.
async fn decide_again_as(bench: &Bench, world: &World, by: &Session, fault: Fault) {
    bench.neighbours.suffer(Some(fault));
    assert!(decide(bench, world, by, 1).await.status >= 500, "{fault:?}");
    bench.neighbours.suffer(None);
    good(decide(bench, world, by, 1).await);
    assert_eq!(decide(bench, world, by, 1).await.status, 401);
}
