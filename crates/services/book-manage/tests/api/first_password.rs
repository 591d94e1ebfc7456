//! First passwords and profiles.

use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, member_with, of_actor, on_both_databases, resident};
use vocabulary::{ServiceName, password::ClientHash};

use crate::{
    books_with, given_application_link, given_book, post,
    stand_ins::{APP, Operators, PHONE, PROVIDER, catalog},
};

on_both_databases! {
    async fn a_member_of_the_root_gives_a_new_first_password(database: Database) {
        let operators = Operators::default();
        operators.given("pxr-1");
        let bench = books_with(database, operators.join(catalog())).await;
        let path = "/book-manage/login-code";
        let strangers = [
            individual(), application(), of_actor(&member(), PROVIDER), member_with(json!({"book": {"create": "true"}})),
        ];
        for session in strangers {
            assert_eq!(post(&bench, &session, path, json!({"pxrId": "pxr-1"})).await.status, 401);
        }
        let reply = post(&bench, &member(), path, json!({"pxrId": "pxr-1"})).await;
        let password = reply.body["resetPassword"].as_str().unwrap();
        assert_eq!((reply.status, &reply.body["pxrId"]), (200, &json!("pxr-1")));
        assert_eq!(operators.all()[0].hpassword, ClientHash::default().of(password));
        assert_eq!(post(&bench, &member(), path, json!({"pxrId": "pxr-9"})).await.status, 401);
        for body in [json!({}), json!([]), json!({"pxrId": ""})] {
            assert_eq!(post(&bench, &member(), path, body).await.status, 400);
        }
    }

    async fn guidance_goes_to_the_phone_in_the_profile(database: Database) {
        let item = json!({"title": "t", "type": {"_value": PHONE, "_ver": 1}, "content": "09011112222"});
        let profile = json!({"userInfo": {"item-group": [{"title": "g", "item": [item]}]}});
        let info = "/operator/user/info?pxrId=";
        let neighbours = catalog()
            .answers(ServiceName::Operator, Method::GET, &format!("{info}pxr-1"), profile)
            .answers(ServiceName::Operator, Method::GET, &format!("{info}pxr-2"), json!({"userInfo": {}}))
            .refuses(ServiceName::Operator, Method::GET, &format!("{info}pxr-3"), 204, Value::Null);
        let bench = books_with(database, neighbours).await;
        let path = "/book-manage/sms/open";
        let body = |pxr_id: &str| json!({"pxrId": pxr_id, "initialPassword": "secret"});
        let reply = post(&bench, &member(), path, body("pxr-1")).await;
        assert_eq!((reply.status, reply.body), (200, json!({"status": "success"})));
        for pxr_id in ["pxr-2", "pxr-3"] {
            assert_eq!(post(&bench, &member(), path, body(pxr_id)).await.status, 400);
        }
        for session in [individual(), application(), of_actor(&member(), PROVIDER), member_with(json!({}))] {
            assert_eq!(post(&bench, &session, path, body("pxr-1")).await.status, 401);
        }
        assert_eq!(post(&bench, &member(), path, json!({"pxrId": "pxr-1"})).await.refused_fields(), ["initialPassword"]);
        assert_eq!(post(&bench, &member(), path, json!({})).await.status, 400);
    }

    async fn a_profile_is_written_by_those_who_serve_the_resident(database: Database) {
        let operators = Operators::default();
        operators.given("pxr-1");
        let bench = books_with(database, operators.join(catalog())).await;
        let book = given_book(&bench, "pxr-1").await;
        let path = "/book-manage/user/info";
        let profile = json!({"_code": {"_value": 5, "_ver": "1"}, "item-group": []});
        let body = json!({"pxrId": "pxr-1", "userInfo": profile});
        let reply = post(&bench, &member(), path, body.clone()).await;
        assert_eq!((reply.status, reply.body), (200, json!({"result": "success"})));
        assert_eq!(operators.all()[0].profile, json!({"_code": {"_value": 5, "_ver": 1}, "item-group": []}));
        let provider = of_actor(&member(), PROVIDER);
        assert_eq!(post(&bench, &provider, path, body.clone()).await.status, 401);
        given_application_link(&bench, book, PROVIDER, APP, "u1", 1).await;
        assert_eq!(post(&bench, &provider, path, body.clone()).await.status, 200);
        assert_eq!(post(&bench, &resident("pxr-2"), path, body.clone()).await.status, 401);
        let unknown = json!({"pxrId": "pxr-9", "userInfo": profile});
        assert_eq!(post(&bench, &member(), path, unknown).await.status, 404);
        for body in [json!({}), json!([]), json!({"pxrId": "pxr-1", "userInfo": {}})] {
            assert_eq!(post(&bench, &member(), path, body).await.status, 400);
        }
    }

    async fn residents_are_found_by_their_profiles(database: Database) {
        let found = json!([{"pxrId": ["pxr-1"]}, {"pxrId": null}]);
        let search = "/operator/user/info/search";
        let neighbours = catalog().answers(ServiceName::Operator, Method::POST, search, found.clone());
        let bench = books_with(database, neighbours.clone()).await;
        let path = "/book-manage/user/info/search";
        let kind = json!({"_value": "5", "_ver": 1});
        let body = json!([{"condition": [{"type": kind, "min": 1}], "min": "1"}]);
        let reply = post(&bench, &member(), path, body.clone()).await;
        assert_eq!((reply.status, reply.body), (200, found));
        let asked = neighbours.asked().pop().unwrap().body;
        assert_eq!(asked, json!([{"condition": [{"type": {"_value": 5, "_ver": 1}, "target": null, "min": 1}], "min": 1}]));
        assert_eq!(post(&bench, &of_actor(&application(), PROVIDER), path, body.clone()).await.status, 200);
        for session in [individual(), of_actor(&member(), crate::stand_ins::OPERATOR)] {
            assert_eq!(post(&bench, &session, path, body.clone()).await.status, 401);
        }
        for body in [json!({}), json!([{}]), json!([{"condition": [{"type": 1}], "min": 1}]), json!([1])] {
            assert_eq!(post(&bench, &member(), path, body).await.status, 400);
        }
    }
}
