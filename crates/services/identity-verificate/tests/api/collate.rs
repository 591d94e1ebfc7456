//! Whom codes stand for.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use testkit::{Bench, application, individual, member, of_actor, on_both_databases, resident};
use vocabulary::ServiceName;

use super::{
    asked, code, issue, partner_app, path_for, post, refuses_bad_bodies, verifications, verifications_with,
};
use crate::stand_ins::{APP, APP_ACTOR, neighbours};

const ROUTES: [&str; 2] = ["collate", "ind/collate"];

fn collated(user_id: &str) -> Value {
    json!({"pxrId": "pxr-1", "userId": user_id, "actor": code(APP_ACTOR), "app": code(APP)})
}

async fn state(bench: &Bench) -> String {
    bench.text("is_verified || coalesce(user_id, '')", "identify_verify order by id").await
}

on_both_databases! {
    async fn a_resident_verifies_his_code_with_the_url_of_the_application(database: Database) {
        let bench = verifications(database).await;
        for route in ROUTES {
            let issued = issue(&bench).await;
            let path = path_for(&bench, &partner_app(), "u1").await;
            let reply = post(&bench, &individual(), route, json!({"identifyCode": issued, "path": path})).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            assert_eq!(reply.body.to_string(), collated("u1").to_string());
            assert_eq!(state(&bench).await, "1u1");
        }
        let told = json!({"pxrId": "pxr-1", "userId": "u1", "actor": code(APP_ACTOR), "region": null,
                          "app": code(APP), "wf": null});
        assert_eq!(asked(&bench, "/book-manage/cooperate/user"), [told.clone(), told]);
    }

    async fn a_verified_code_may_be_read_again(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        let body = json!({"identifyCode": issued, "path": path});
        for _ in 0..2 {
            assert_eq!(post(&bench, &individual(), "collate", body.clone()).await.body, collated("u1"));
        }
        // As the book asks while it links, without the URL.
        let again = post(&bench, &individual(), "collate", json!({"identifyCode": issued, "path": null})).await;
        assert_eq!(again.body, collated("u1"));
    }

    async fn without_a_url_somebody_must_have_said_the_user_id(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let body = json!({"identifyCode": issued});
        assert_eq!(post(&bench, &individual(), "collate", body.clone()).await.status, 400);
        assert_eq!(state(&bench).await, "0");
        let user = json!({"identifyCode": issued, "userId": "u2"});
        assert_eq!(post(&bench, &partner_app(), "user/settings", user).await.status, 200);
        let reply = post(&bench, &individual(), "collate", body).await;
        assert_eq!((reply.status, reply.body), (200, collated("u2")));
        assert_eq!(state(&bench).await, "1u2");
    }

    async fn the_code_of_another_person_is_refused(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        for route in ROUTES {
            let body = json!({"identifyCode": issued, "path": path});
            assert_eq!(post(&bench, &resident("pxr-2"), route, body).await.status, 400);
        }
        assert_eq!(state(&bench).await, "0");
        assert!(asked(&bench, "/book-manage/cooperate/user").is_empty());
    }

    async fn the_url_of_another_application_is_refused(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let path = path_for(&bench, &of_actor(&application(), 1000999), "intruder").await;
        let reply = post(&bench, &individual(), "collate", json!({"identifyCode": issued, "path": path})).await;
        assert_eq!(reply.status, 400);
        assert_eq!(state(&bench).await, "0");
    }

    async fn expired_codes_and_urls_are_refused(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        let body = json!({"identifyCode": issued, "path": path});
        bench.advance(TimeDelta::minutes(10) + TimeDelta::milliseconds(1));
        assert_eq!(post(&bench, &individual(), "collate", body.clone()).await.status, 400, "the URL");
        bench.advance(TimeDelta::days(7));
        let path = path_for(&bench, &partner_app(), "u1").await;
        let body = json!({"identifyCode": issued, "path": path});
        assert_eq!(post(&bench, &individual(), "collate", body).await.status, 400, "the code");
        bench.execute("update identify_verify set is_verified = 1").await;
        let read = post(&bench, &partner_app(), "collate", json!({"identifyCode": issued})).await;
        assert_eq!(read.status, 400, "for the organisation, too");
        assert_eq!(state(&bench).await, "1");
    }

    async fn an_organisation_reads_a_verified_code_and_changes_nothing(database: Database) {
        let bench = verifications(database).await;
        let issued = issue(&bench).await;
        let body = json!({"identifyCode": issued, "path": 7});
        assert_eq!(post(&bench, &partner_app(), "collate", body.clone()).await.status, 400, "not verified");
        bench.execute("update identify_verify set is_verified = 1, user_id = 'u1'").await;
        // The root's own members, as services and batches of the root ask; and the organisation of the code.
        for session in [member(), partner_app()] {
            let reply = post(&bench, &session, "collate", body.clone()).await;
            assert_eq!((reply.status, reply.body), (200, collated("u1")));
        }
        let stranger = of_actor(&member(), 1000999);
        assert_eq!(post(&bench, &stranger, "collate", body.clone()).await.status, 400, "of another actor");
        assert_eq!(post(&bench, &partner_app(), "ind/collate", body).await.status, 400);
        let body = json!({"identifyCode": issued});
        assert_eq!(post(&bench, &partner_app(), "ind/collate", body.clone()).await.status, 401);
        let nobody = bench.post("/identity-verificate/collate").json(body).send().await;
        assert_eq!(nobody.status, 401);
    }

    async fn a_user_id_that_the_book_refuses_verifies_nothing(database: Database) {
        let path = "/book-manage/cooperate/user";
        let taken = json!({"status": 400, "message": "taken"});
        let neighbours = neighbours().refuses(ServiceName::BookManage, Method::POST, path, 400, taken.clone());
        let bench = verifications_with(database, neighbours).await;
        let issued = issue(&bench).await;
        let path = path_for(&bench, &partner_app(), "u1").await;
        let reply = post(&bench, &individual(), "collate", json!({"identifyCode": issued, "path": path})).await;
        assert_eq!((reply.status, reply.body), (400, taken));
        assert_eq!(state(&bench).await, "0");
    }

    async fn bad_input_names_its_field(database: Database) {
        let bench = verifications(database).await;
        for route in ROUTES {
            refuses_bad_bodies(&bench, &individual(), route, &[
                (json!({"other": 1}), "identifyCode"),
                (json!({"identifyCode": ""}), "identifyCode"),
                (json!({"identifyCode": {}}), "identifyCode"),
                (json!({"identifyCode": "x", "path": {}}), "path"),
            ]).await;
            let unknown = json!({"identifyCode": "unknown"});
            assert_eq!(post(&bench, &individual(), route, unknown).await.status, 400);
        }
        let reply = post(&bench, &individual(), "ind/collate", json!({"path": 1})).await;
        assert_eq!(reply.refused_fields(), ["identifyCode", "path"], "reasons, for residents");
    }
}
