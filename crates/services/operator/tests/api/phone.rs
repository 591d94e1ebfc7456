//! Verifying phone numbers.

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Bench, Reply, application, individual, member, on_both_databases};
use vocabulary::Session;

use super::{add, count, identity, new_resident, operators, post_as, text, texts};
use crate::{
    profile::{entry, profile},
    stand_ins::{PHONE, YEAR},
};

async fn resident(bench: &Bench) -> Session {
    add(bench, new_resident("r1")).await;
    identity(bench, 0, "r1").await
}

pub(crate) async fn send(bench: &Bench, session: &Session, phone: Value) -> Reply {
    let body = json!({"userInformation": profile(json!([entry(YEAR, json!("2000")), entry(PHONE, phone)]))});
    post_as(bench, session, "/operator/ind/sms-verificate", body).await
}

async fn verify(bench: &Bench, session: &Session, code: &str) -> u16 {
    let body = json!({"smsVerificationCode": code});
    post_as(bench, session, "/operator/ind/sms-verificate/verifiy", body).await.status
}

async fn code(bench: &Bench) -> String {
    text(bench, "verification_code", "sms_verification_code order by id").await
}

/// A code that is not this one.
fn other(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// Goes through the verification of a number.
pub(crate) async fn prove(bench: &Bench, session: &Session, phone: &str) {
    let body = json!({"userInformation": profile(json!([entry(PHONE, json!(phone))]))});
    assert_eq!(post_as(bench, session, "/operator/ind/sms-verificate", body).await.status, 200);
    let code = text(bench, "verification_code", "sms_verification_code order by id").await;
    let body = json!({"smsVerificationCode": code});
    assert_eq!(post_as(bench, session, "/operator/ind/sms-verificate/verifiy", body).await.status, 200);
}

on_both_databases! {
    async fn a_code_that_came_by_phone_verifies_once(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        let reply = send(&bench, &own, json!("080-1")).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        let code = code(&bench).await;
        assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()));
        assert_eq!(text(&bench, "phone", "phone_verification").await, "080-1");
        assert_eq!(text(&bench, "verification_result", "sms_verification_code").await, "1");
        assert_eq!(verify(&bench, &own, &code).await, 200);
        assert_eq!(text(&bench, "verification_result", "sms_verification_code").await, "2");
        assert_eq!(verify(&bench, &own, &code).await, 400);
    }

    async fn a_code_works_for_ten_minutes(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        send(&bench, &own, json!("080-1")).await;
        bench.advance(TimeDelta::minutes(10) + TimeDelta::milliseconds(1));
        assert_eq!(verify(&bench, &own, &code(&bench).await).await, 400);
    }

    async fn only_the_newest_code_counts(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        send(&bench, &own, json!("080-1")).await;
        let first = code(&bench).await;
        bench.advance(TimeDelta::seconds(1));
        send(&bench, &own, json!("080-2")).await;
        let second = code(&bench).await;
        if first != second {
            assert_eq!(verify(&bench, &own, &first).await, 400);
        }
        assert_eq!(verify(&bench, &own, &second).await, 200);
    }

    async fn a_code_is_worth_nothing_after_five_wrong_guesses(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        send(&bench, &own, json!("080-1")).await;
        let code = code(&bench).await;
        for _ in 0..5 {
            assert_eq!(verify(&bench, &own, other(&code)).await, 400);
        }
        assert_eq!(verify(&bench, &own, &code).await, 400);
        send(&bench, &own, json!("080-1")).await;
        assert_eq!(verify(&bench, &own, &self::code(&bench).await).await, 200);
    }

    async fn guesses_at_once_are_all_counted(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        send(&bench, &own, json!("080-1")).await;
        let wrong = other(&code(&bench).await);
        let guess = || verify(&bench, &own, wrong);
        assert_eq!(tokio::join!(guess(), guess(), guess()), (400, 400, 400));
        assert_eq!(text(&bench, "failures", "phone_verification").await, "3");
    }

    async fn there_are_ten_codes_an_hour(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        for _ in 0..10 {
            assert_eq!(send(&bench, &own, json!("080-1")).await.status, 200);
        }
        assert_eq!(send(&bench, &own, json!("080-1")).await.status, 400);
        assert_eq!(count(&bench, "sms_verification_code").await, 10);
        bench.advance(TimeDelta::minutes(61));
        assert_eq!(send(&bench, &own, json!("080-1")).await.status, 200);
    }

    async fn a_code_is_its_owners(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        add(&bench, new_resident("r2")).await;
        let other = identity(&bench, 0, "r2").await;
        send(&bench, &own, json!("080-1")).await;
        assert_eq!(verify(&bench, &other, &code(&bench).await).await, 400);
        assert_eq!(texts(&bench, "failures", "phone_verification").await, ["0"]);
    }

    async fn only_residents_of_this_block(database: Database) {
        let bench = operators(database).await;
        for session in [member(), application()] {
            assert_eq!(send(&bench, &session, json!("080-1")).await.status, 401);
            assert_eq!(verify(&bench, &session, "123456").await, 401);
        }
        let body = json!({"smsVerificationCode": "123456"});
        assert_eq!(bench.post("/operator/ind/sms-verificate/verifiy").json(body).send().await.status, 401);
        // Nobody of that id is here.
        assert_eq!(send(&bench, &individual(), json!("080-1")).await.status, 400);
        assert_eq!(verify(&bench, &individual(), "123456").await, 400);
    }

    async fn a_phone_number_is_a_text(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        for wrong in [json!(8012345678_i64), json!(""), json!(true), json!("0".repeat(256))] {
            assert_eq!(send(&bench, &own, wrong.clone()).await.status, 400, "{wrong}");
        }
        let without = json!({"userInformation": profile(json!([entry(YEAR, json!("2000"))]))});
        assert_eq!(post_as(&bench, &own, "/operator/ind/sms-verificate", without).await.status, 400);
    }

    async fn bad_input_names_every_field(database: Database) {
        let bench = operators(database).await;
        let own = resident(&bench).await;
        let send = |body: Value| async { post_as(&bench, &own, "/operator/ind/sms-verificate", body).await };
        assert_eq!(send(json!({})).await.status, 400);
        assert_eq!(send(json!([])).await.status, 400);
        assert_eq!(send(json!({"userInformation": {}})).await.refused_fields(), ["_code", "item-group"]);
        let broken = profile(json!([{"title": "", "type": {"_value": "x", "_ver": 1}, "changable-flag": "maybe"}]));
        let broken = send(json!({"userInformation": broken})).await;
        assert_eq!(broken.refused_fields(), ["title", "_value", "content", "changable-flag"]);
        let verify = |body: Value| async { post_as(&bench, &own, "/operator/ind/sms-verificate/verifiy", body).await };
        assert_eq!(verify(json!({})).await.status, 400);
        for wrong in [json!(123456), json!(""), Value::Null] {
            let reply = verify(json!({"smsVerificationCode": wrong, "a": 1})).await;
            assert_eq!(reply.refused_fields(), ["smsVerificationCode"]);
        }
    }
}
