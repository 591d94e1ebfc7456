//! The second factor.

use chrono::TimeDelta;
use operator::{Settings, SmsSettings};
use platform::SmsDriver;
use serde_json::{Value, json};
use testkit::{Bench, Reply, on_both_databases};

use super::{
    add, catalog, count, execute, hash, log_in, new_member, new_resident, operators, operators_with, post,
    text,
};
use crate::stand_ins::{Catalog, catalog_with, item, own_setting};

/// A resident who wants a code with every login.
pub(crate) fn careful_resident() -> Value {
    let mut resident = new_resident("r1");
    resident["attributes"]["smsAuth"] = json!(true);
    resident
}

async fn code(bench: &Bench) -> String {
    text(bench, "code", "one_time_login_code order by id").await
}

pub(crate) async fn enter(bench: &Bench, code: &str) -> Reply {
    let body = json!({"type": 0, "loginId": "r1", "loginCode": code});
    post(bench, "/operator/ind/login/onetime", body).await
}

/// A code that is not this one.
fn other(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

on_both_databases! {
    async fn a_code_comes_before_the_session(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        let asked = log_in(&bench, 0, "r1", &hash('a')).await;
        assert_eq!(asked.body, json!({"result": "onetime", "twoStepVerificationFlag": true}));
        assert_eq!(asked.cookie("operator_type0_session"), None);
        assert_eq!(count(&bench, "session").await, 0);
        let code = code(&bench).await;
        assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()));
        let reply = enter(&bench, &code).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.cookie("operator_type0_session"), reply.body["sessionId"].as_str());
        assert!(reply.cookie("_csrf").is_some());
        // Used once.
        assert_eq!(enter(&bench, &code).await.status, 400);
    }

    async fn a_wrong_guess_ends_the_code(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        log_in(&bench, 0, "r1", &hash('a')).await;
        let code = code(&bench).await;
        assert_eq!(enter(&bench, other(&code)).await.status, 400);
        assert_eq!(enter(&bench, &code).await.status, 400);
        assert_eq!(count(&bench, "session").await, 0);
    }

    async fn a_code_works_for_ten_minutes_unless_the_catalog_says_otherwise(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        log_in(&bench, 0, "r1", &hash('a')).await;
        bench.advance(TimeDelta::minutes(10));
        assert_eq!(enter(&bench, &code(&bench).await).await.status, 400);
    }

    async fn the_catalog_says_how_long_a_code_works(database: Database) {
        let lifetime = json!({"one-time-login-code-expiration": {"type": "hours", "value": 1}});
        let bench = operators_with(database, catalog_with(lifetime), Settings::default()).await;
        add(&bench, careful_resident()).await;
        log_in(&bench, 0, "r1", &hash('a')).await;
        bench.advance(TimeDelta::minutes(59));
        assert_eq!(enter(&bench, &code(&bench).await).await.status, 200);
    }

    async fn only_the_newest_code_counts(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        log_in(&bench, 0, "r1", &hash('a')).await;
        execute(&bench, "update one_time_login_code set code = '00000x'").await;
        log_in(&bench, 0, "r1", &hash('a')).await;
        let newest = code(&bench).await;
        assert_eq!(enter(&bench, "00000x").await.status, 400);
        assert_eq!(enter(&bench, &newest).await.status, 400);
    }

    async fn there_are_ten_codes_an_hour(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        for _ in 0..10 {
            assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 200);
        }
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 400);
        assert_eq!(count(&bench, "one_time_login_code").await, 10);
        bench.advance(TimeDelta::minutes(61));
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 200);
    }

    async fn of_two_at_once_one_is_heard(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        log_in(&bench, 0, "r1", &hash('a')).await;
        let code = code(&bench).await;
        let (one, two) = tokio::join!(enter(&bench, &code), enter(&bench, &code));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
    }

    async fn nobody_enters_with_a_code_after_being_locked_out(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        for state in ["lock_flg", "login_prohibited_flg", "is_disabled"] {
            log_in(&bench, 0, "r1", &hash('a')).await;
            let code = code(&bench).await;
            execute(&bench, &format!("update operator set {state} = true")).await;
            assert_eq!(enter(&bench, &code).await.status, 400, "{state}");
            execute(&bench, &format!("update operator set {state} = false")).await;
        }
    }

    async fn an_expired_password_does_not_get_around_the_code(database: Database) {
        let bench = operators(database).await;
        add(&bench, careful_resident()).await;
        // A password of one's own, from long ago.
        let old = "update operator set password_changed_flg = true, password_updated_at = '2025-01-01 00:00:00'";
        execute(&bench, old).await;
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.body["result"], "onetime");
        assert_eq!(count(&bench, "operator where password_changed_flg").await, 0, "it has expired");
        assert_eq!(count(&bench, "session").await, 0);
        assert_eq!(enter(&bench, &code(&bench).await).await.body["passwordChangedFlg"], false);
        // Nor around the end of an initial one.
        let ended = r#"{"smsAuth":true,"initialPasswordExpire":"2025-02-01T00:00:00.000+0900"}"#;
        execute(&bench, &format!("{old}, attributes = '{ended}'")).await;
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.status, 401);
    }

    async fn members_need_a_phone_where_their_actor_wants_two_factors(database: Database) {
        let own = item(1, "ns", json!({"use_multifactor_authentication": true}));
        let neighbours = catalog().answers_ns(&own_setting(), json!([own]));
        let bench = operators_with(database, neighbours, Settings::default()).await;
        let id = add(&bench, new_member("root01")).await;
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.status, 401);
        execute(&bench, &format!("update operator set mobile_phone = '0901' where id = {id}")).await;
        assert_eq!(log_in(&bench, 3, "root01", &hash('a')).await.body["result"], "onetime");
        let body = json!({"type": 3, "loginId": "root01", "loginCode": code(&bench).await});
        assert_eq!(post(&bench, "/operator/login/onetime", body).await.status, 200);
    }

    async fn a_setting_that_is_not_there_is_not_shown(database: Database) {
        let neighbours = catalog_with(json!({"personal_two-step_verification": null}));
        let sms = SmsSettings { driver: SmsDriver::Log, ..SmsSettings::default() };
        let bench = operators_with(database, neighbours, Settings { sms, ..Settings::default() }).await;
        add(&bench, careful_resident()).await;
        assert_eq!(log_in(&bench, 0, "r1", &hash('a')).await.body, json!({"result": "onetime"}));
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = operators(database).await;
        for path in ["/operator/login/onetime", "/operator/ind/login/onetime"] {
            let reply = post(&bench, path, json!({"loginCode": "12345"})).await;
            assert_eq!((reply.status, reply.refused_fields()), (400, vec!["type", "loginId", "loginCode"]));
            assert!(reply.cookie("XSRF-TOKEN").is_some());
            let number = post(&bench, path, json!({"type": 3, "loginId": "a", "loginCode": 123456})).await;
            assert_eq!(number.refused_fields(), ["loginCode"]);
            let application = json!({"type": 2, "loginId": "a", "loginCode": "123456"});
            assert_eq!(post(&bench, path, application).await.status, 400);
        }
        assert_eq!(enter(&bench, "123456").await.status, 400);
    }
}
