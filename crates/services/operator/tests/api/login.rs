//! Login with a password.

use chrono::TimeDelta;
use operator::{PasswordStorage, Settings};
use serde_json::json;
use testkit::on_both_databases;

use super::{
    add, catalog, check, count, execute, hash, log_in, new_member, new_resident, new_user, operators,
    operators_with, post, put_as, session_of, text, texts,
};

on_both_databases! {
    async fn a_member_logs_in_and_is_known_from_then_on(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let reply = log_in(&bench, 3, "root01", &hash('a')).await;
        assert_eq!(reply.status, 200);
        let keys: Vec<_> = reply.body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, [
            "sessionId", "operatorId", "type", "loginId", "name", "auth", "lastLoginAt", "passwordChangedFlg",
            "loginProhibitedFlg", "attributes", "block", "actor",
        ]);
        assert_eq!(reply.body["operatorId"], id);
        assert_eq!(reply.body["lastLoginAt"], json!(null));
        let session_id = reply.body["sessionId"].as_str().unwrap();
        assert_eq!(session_id.len(), 64);
        assert_eq!(check(&bench, session_id).await.body["loginId"], "root01");
        assert_eq!(count(&bench, "login_history where result").await, 1);
    }

    async fn the_answer_hands_out_tokens_and_one_session_cookie(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let reply = log_in(&bench, 3, "root01", &hash('a')).await;
        let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
        let names: Vec<_> = cookies.iter().map(|cookie| cookie.split('=').next().unwrap()).collect();
        assert_eq!(names, [
            "_csrf", "XSRF-TOKEN", "operator_type3_session", "operator_type0_session", "operator_type2_session",
        ]);
        let session_id = reply.body["sessionId"].as_str().unwrap();
        // 168 hours after the standing clock.
        assert_eq!(cookies[2], format!("operator_type3_session={session_id}; Path=/; Expires=Thu, 08 Jan 2026 18:04:05 GMT; HttpOnly; SameSite=Lax"));
        assert!(cookies[3].starts_with("operator_type0_session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 2026"));
        assert!(cookies[0].ends_with("; Path=/; SameSite=Lax"));
    }

    async fn cookies_are_secure_where_the_settings_say_so(database: Database) {
        let settings = Settings { secure_cookies: true, ..Settings::default() };
        let bench = operators_with(database, catalog(), settings).await;
        add(&bench, new_member("root01")).await;
        let reply = log_in(&bench, 3, "root01", &hash('a')).await;
        for cookie in reply.headers.get_all("set-cookie") {
            assert!(cookie.to_str().unwrap().ends_with("; SameSite=Lax; Secure"));
        }
    }

    async fn a_resident_sees_the_login_before_and_the_own_profile(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        session_of(&bench, 0, "r1").await;
        bench.advance(TimeDelta::minutes(1));
        let reply = log_in(&bench, 0, "r1", &hash('a')).await;
        assert_eq!(reply.body["lastLoginAt"], "2026-01-02T03:04:05.678+0900");
        assert_eq!(reply.body["pxrId"], "pxr-r1");
        assert_eq!(reply.body["userInformation"], json!({}));
        assert_eq!(reply.body.get("auth"), None);
    }

    async fn whoever_cannot_log_in_is_told_the_same_and_gets_fresh_tokens(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        add(&bench, new_user("u1", 7)).await;
        let (h, wrong) = (hash('a'), hash('b'));
        let mut messages = Vec::new();
        for (kind, login_id, hpassword) in
            [(3, "root01", &wrong), (3, "nobody", &h), (2, "root01", &h), (0, "u1", &h)]
        {
            let reply = log_in(&bench, kind, login_id, hpassword).await;
            assert_eq!(reply.status, 401, "{login_id}");
            assert!(reply.cookie("_csrf").is_some() && reply.cookie("XSRF-TOKEN").is_some());
            assert_eq!(reply.cookie("operator_type3_session"), None);
            messages.push(reply.body["message"].clone());
        }
        messages.dedup();
        assert_eq!(messages.len(), 1);
        // Only a login id that exists has a history.
        assert_eq!(count(&bench, "login_history").await, 1);
    }

    async fn bad_input_names_every_field_and_still_gets_tokens(database: Database) {
        let bench = operators(database).await;
        let reply = post(&bench, "/operator/login", json!({"type": "x", "hpassword": "ab"})).await;
        assert_eq!(reply.status, 400);
        assert_eq!(reply.refused_fields(), ["type", "loginId", "hpassword"]);
        assert!(reply.cookie("_csrf").is_some());
        let long = json!({"type": 3, "loginId": "x".repeat(256), "hpassword": hash('a')});
        assert_eq!(post(&bench, "/operator/login", long).await.refused_fields(), ["loginId"]);
        assert_eq!(log_in(&bench, 3, "a\u{0}", &hash('a')).await.status, 400);
        assert_eq!(bench.post("/operator/login").text("{").send().await.status, 400);
        assert_eq!(post(&bench, "/operator/login", json!([])).await.status, 400);
        let not_json = bench.post("/operator/login").header("content-type", "text/plain").text("x");
        assert!([400, 406].contains(&not_json.send().await.status));
    }

    async fn each_type_has_its_own_route(database: Database) {
        let bench = operators(database).await;
        let body = |kind: i64| json!({"type": kind, "loginId": "a", "hpassword": hash('a')});
        for kind in [0, 1, 4, -1] {
            assert_eq!(post(&bench, "/operator/login", body(kind)).await.status, 400, "{kind}");
        }
        for kind in [1, 2, 3] {
            assert_eq!(post(&bench, "/operator/ind/login", body(kind)).await.status, 400, "{kind}");
        }
        assert_eq!(post(&bench, "/operator/ind/login/", body(0)).await.status, 401);
    }

    async fn failures_in_a_row_lock_for_a_while(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        for _ in 0..6 {
            assert_eq!(log_in(&bench, 3, "root01", &hash('b')).await.status, 401);
        }
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 401);
        // Nothing is noted while the lock holds.
        assert_eq!(count(&bench, "login_history").await, 6);
        bench.advance(TimeDelta::minutes(30));
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 401);
        bench.advance(TimeDelta::milliseconds(1));
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 200);
        assert_eq!(count(&bench, "operator where lock_flg").await, 0);
    }

    async fn a_success_forgets_the_failures_before(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        for _ in 0..2 {
            for _ in 0..5 {
                log_in(&bench, 3, "root01", &hash('b')).await;
            }
            assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 200);
        }
    }

    async fn old_failures_do_not_count(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        for _ in 0..5 {
            log_in(&bench, 3, "root01", &hash('b')).await;
        }
        bench.advance(TimeDelta::minutes(31));
        log_in(&bench, 3, "root01", &hash('b')).await;
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 200);
    }

    async fn guessing_in_parallel_locks_all_the_same(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let wrong = hash('b');
        let guess = || log_in(&bench, 3, "root01", &wrong);
        let replies = tokio::join!(guess(), guess(), guess(), guess(), guess(), guess());
        assert_eq!(replies.5.status, 401);
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 401);
        assert_eq!(count(&bench, "operator where lock_flg").await, 1);
    }

    async fn an_old_password_must_be_changed_but_still_works(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let change = json!({"hpassword": hash('a'), "newHpassword": hash('c')});
        assert_eq!(put_as(&bench, &testkit::member(), &format!("/operator/{id}"), change).await.status, 200);
        let before = log_in(&bench, 3, "root01", &hash('c')).await;
        assert_eq!(before.body["passwordChangedFlg"], true);
        bench.advance(TimeDelta::days(91));
        let after = log_in(&bench, 3, "root01", &hash('c')).await;
        assert_eq!((after.status, &after.body["passwordChangedFlg"]), (200, &json!(false)));
    }

    async fn an_initial_password_ends_on_its_day(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_resident("r1")).await;
        bench.advance(TimeDelta::days(29));
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 200);
        bench.advance(TimeDelta::days(1));
        let reply = log_in(&bench, 0, "r1", &hash('a')).await;
        assert_eq!(reply.status, 401);
        // The password was right, and the history says so.
        assert_eq!(count(&bench, "login_history where result").await, 2);
        let wrong = log_in(&bench, 0, "r1", &hash('b')).await;
        assert_ne!(wrong.body["message"], reply.body["message"]);
    }

    async fn passwords_are_stored_salted_and_slow(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        add(&bench, new_member("root02")).await;
        let stored = texts(&bench, "hpassword", "operator order by id").await;
        assert!(stored.iter().all(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")), "{stored:?}");
        assert_ne!(stored[0], stored[1]);
    }

    async fn a_row_of_the_reference_is_verified_and_stored_better(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        execute(&bench, &format!("update operator set hpassword = '{}'", hash('d'))).await;
        assert_eq!(log_in(&bench, 3, "root01", &hash('D')).await.status, 401);
        assert!(!text(&bench, "hpassword", "operator").await.starts_with('$'));
        assert_eq!(log_in(&bench, 3, "root01", &hash('d')).await.status, 200);
        assert!(text(&bench, "hpassword", "operator").await.starts_with("$argon2id$"));
        assert_eq!(log_in(&bench, 3, "root01", &hash('d')).await.status, 200);
    }

    async fn the_history_of_the_reference_is_stored_better_with_it(database: Database) {
        let bench = operators(database).await;
        let id = add(&bench, new_member("root01")).await;
        let other = add(&bench, new_member("root02")).await;
        execute(&bench, &format!("update operator set hpassword = '{}'", hash('d'))).await;
        for (operator, sign) in [(id, 'b'), (id, 'c'), (other, 'b')] {
            let columns = "operator_id, hpassword, created_by, updated_by";
            execute(&bench, &format!("insert into password_history ({columns}) values ({operator}, '{}', 'x', 'x')", hash(sign))).await;
        }
        assert_eq!(log_in(&bench, 3, "root01", &hash('d')).await.status, 200);
        let of = |operator: i64| format!("password_history where operator_id = {operator} order by id");
        let history = texts(&bench, "hpassword", &of(id)).await;
        assert!(history.iter().all(|hash| hash.starts_with("$argon2id$")), "{history:?}");
        // They still do not come back.
        for used in ['b', 'c'] {
            let change = json!({"hpassword": hash('d'), "newHpassword": hash(used)});
            assert_eq!(put_as(&bench, &testkit::member(), &format!("/operator/{id}"), change).await.status, 400);
        }
        // Of others nothing changes until their turn: also a password that a member sets is one.
        assert_eq!(texts(&bench, "hpassword", &of(other)).await, [hash('b')]);
        let (path, new) = (format!("/operator/password/{other}"), json!({"newHpassword": hash('e')}));
        assert_eq!(put_as(&bench, &testkit::member(), &path, new).await.status, 200);
        let history = texts(&bench, "hpassword", &of(other)).await;
        assert!(history.len() == 2 && history.iter().all(|hash| hash.starts_with("$argon2id$")), "{history:?}");
    }

    async fn the_setting_of_the_platform_is_asked_for_once_a_minute(database: Database) {
        let router = |ground: platform::Ground| {
            operator::router(ground.with(|footing| footing.caching = true), Settings::default())
        };
        let service = vocabulary::ServiceName::Operator;
        let bench = testkit::Bench::start::<operator::Migrator>(service, database, catalog(), router).await;
        add(&bench, new_member("root01")).await;
        for _ in 0..3 {
            assert_eq!(log_in(&bench, 3, "root01", &hash('b')).await.status, 401);
        }
        let asked = bench.neighbours.asked().into_iter().filter(|asked| asked.path.contains("setting%2Fglobal"));
        assert_eq!(asked.count(), 1);
    }

    async fn nobody_is_told_apart_by_the_time_of_the_refusal(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        add(&bench, new_member("locked")).await;
        execute(&bench, "update operator set lock_flg = true, lock_start_at = '2026-01-01 18:04:00' where login_id = 'locked'").await;
        // The fastest of some, each in turn, as the machine is busy at one time and not at another.
        let mut fastest = [std::time::Duration::MAX; 3];
        for _ in 0..5 {
            for (fastest, login_id) in fastest.iter_mut().zip(["root01", "nobody", "locked"]) {
                let asked = std::time::Instant::now();
                assert_eq!(log_in(&bench, 3, login_id, &hash('b')).await.status, 401);
                *fastest = asked.elapsed().min(*fastest);
            }
        }
        let [wrong, unknown, locked] = fastest;
        // Without the time of a hash they would take a small part of it.
        assert!(unknown > wrong / 3 && locked > wrong / 3, "{wrong:?} {unknown:?} {locked:?}");
    }

    async fn a_shared_database_keeps_the_form_of_the_reference(database: Database) {
        let settings = Settings { password_storage: PasswordStorage::Legacy, ..Settings::default() };
        let bench = operators_with(database, catalog(), settings).await;
        add(&bench, new_member("root01")).await;
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 200);
        assert_eq!(text(&bench, "hpassword", "operator").await, hash('a'));
    }

    async fn of_logins_at_once_one_session_lives(database: Database) {
        let bench = operators(database).await;
        add(&bench, new_member("root01")).await;
        let right = hash('a');
        let login = || log_in(&bench, 3, "root01", &right);
        let replies: [_; 4] = tokio::join!(login(), login(), login(), login()).into();
        assert!(replies.iter().all(|reply| reply.status == 200));
        assert_eq!(count(&bench, "session").await, 4);
        assert_eq!(count(&bench, "session where not is_disabled").await, 1);
    }

    async fn without_the_catalog_a_right_password_is_enough_for_an_application(database: Database) {
        let bench = operators_with(database, testkit::Neighbours::new(), Settings::default()).await;
        let row = "type, login_id, hpassword, password_changed_flg, created_by, updated_by, unique_check_login_id";
        execute(&bench, &format!("insert into operator ({row}) values (2, 'app', '{}', false, 'x', 'x', 'app2')", hash('a'))).await;
        assert_eq!(log_in(&bench, 2, "app", &hash('a')).await.status, 200);
        assert_eq!(log_in(&bench, 2, "app", &hash('b')).await.status, 503);
    }
}
