//! Sending notices.

use http::Method;
use serde_json::{Value, json};
use testkit::{application, individual, member, on_both_databases};
use vocabulary::ServiceName;

use super::{
    ACTOR, BLOCK, CATEGORY, OTHER, add, count, handed_on, list, notice, request, stage, stranger, texts,
};

on_both_databases! {
    async fn a_notice_is_kept_with_those_it_is_for(database: Database) {
        let bench = stage(database).await;
        let reply = add(&bench, &member(), notice(&[1, 2, 1])).await;
        let expected = json!({
            "id": "1", "type": 0, "title": "題", "content": "文", "attribute": {"a": 1},
            "category": {"_value": CATEGORY, "_ver": 3},
            "from": {"blockCode": BLOCK, "operatorId": 1, "actor": {"_value": ACTOR, "_ver": 1}},
            "sendAt": "2026-01-02T03:04:05.678+0900", "is_transfer": false,
            "destination": {"blockCode": BLOCK, "operatorType": 3, "isSendAll": false,
                            "userId": ["login1", "login2"], "operatorId": [1, 2]},
        });
        // The order of members counts, too.
        assert_eq!(reply.body.to_string(), expected.to_string());
        let actors = texts(&bench, "actor_code", "notification_destination").await;
        assert_eq!(actors, [ACTOR.to_string(), ACTOR.to_string()]);
    }

    async fn a_request_says_until_when_it_can_be_decided(database: Database) {
        let bench = stage(database).await;
        let mut body = request();
        // What the sender wishes is ignored, as callers rely on the answer.
        body["approval"]["expirationAt"] = json!("2030-01-01T00:00:00.000+0900");
        let reply = add(&bench, &member(), body).await;
        assert_eq!(reply.body["approval"], json!({"expirationAt": "2026-01-09T03:04:05.678+0900"}));
        assert_eq!(reply.body["destination"].get("operatorId"), None);
        assert_eq!(texts(&bench, "status", "approval_managed").await, ["0"]);
    }

    async fn residents_are_found_by_their_pxr_id_or_as_users_of_an_application(database: Database) {
        let bench = stage(database).await;
        let to = |key: &str, value: &str| {
            let mut body = notice(&[]);
            body["destination"] = json!({"blockCode": BLOCK, "operatorType": 0, "isSendAll": false, key: [value]});
            body
        };
        let reply = add(&bench, &application(), to("pxrId", "pxr-9")).await;
        assert_eq!(reply.body["destination"]["operatorId"], json!([9]));
        let mut as_user = to("userId", "user1");
        assert_eq!(add(&bench, &application(), as_user.clone()).await.status, 400, "of no application");
        as_user["from"] = json!({"applicationCode": 1_000_600, "workflowCode": null});
        let reply = add(&bench, &application(), as_user.clone()).await;
        assert_eq!(reply.body["destination"]["userId"], json!(["login9"]));
        assert_eq!(add(&bench, &application(), to("pxrId", "pxr-unknown")).await.status, 400);
        let _ = bench.neighbours.clone().refuses(
            ServiceName::BookManage, Method::POST, "/book-manage/search/user", 404, Value::Null);
        assert_eq!(add(&bench, &application(), as_user.clone()).await.status, 500, "nobody serves that");
        for (status, words) in [(204, Value::Null), (400, json!({"status": 400, "message": "unknown"}))] {
            let _ = bench.neighbours.clone().refuses(
                ServiceName::BookManage, Method::POST, "/book-manage/search/user", status, words);
            assert_eq!(add(&bench, &application(), as_user.clone()).await.status, 400, "{status}");
        }
        assert_eq!(add(&bench, &application(), to("userId", "")).await.refused_fields(), ["0"]);
        assert_eq!(count(&bench, "notification").await, 2);
    }

    async fn what_is_for_another_block_goes_there(database: Database) {
        let bench = stage(database).await;
        let mut body = request();
        body["destination"]["blockCode"] = json!(OTHER);
        let reply = add(&bench, &member(), body.clone()).await;
        assert_eq!((&reply.body["is_transfer"], reply.status), (&json!(true), 200));
        let path = format!(
            "/pxr-block-proxy/?from_block={BLOCK}&from_path=%2Fnotification&block={OTHER}&path=%2Fnotification%2Ftransfer");
        assert_eq!(handed_on(&bench), [(path, body.clone())]);
        assert_eq!(count(&bench, "notification_destination").await, 0);
        // Its sender sees it, nobody here has to read it.
        let sent = list(&bench, &member(), true, 1, "").await;
        assert_eq!((&sent.body[0]["is_transfer"], &sent.body[0]["destination"]["operatorId"]), (&json!(true), &Value::Null));
        assert_eq!(list(&bench, &member(), false, 1, "").await.status, 204);
        let _ = bench.neighbours.clone().refuses(
            ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy/", 401, Value::Null);
        assert_eq!(add(&bench, &member(), body.clone()).await.status, 500);
        let words = json!({"status": 400, "message": "unknown operator"});
        let _ = bench.neighbours.clone().refuses(
            ServiceName::BlockProxy, Method::POST, "/pxr-block-proxy/", 400, words.clone());
        let refused = add(&bench, &member(), body).await;
        assert_eq!((refused.status, &refused.body["message"]), (400, &words["message"]));
        assert_eq!(count(&bench, "notification").await, 1);
    }

    async fn an_operator_of_another_block_reaches_the_members_here_and_there(database: Database) {
        let bench = stage(database).await;
        let reply = add(&bench, &stranger(), notice(&[])).await;
        assert_eq!((&reply.body["is_transfer"], &reply.body["from"]["blockCode"]), (&json!(false), &json!(OTHER)));
        assert!(handed_on(&bench).is_empty());
        assert_eq!(list(&bench, &member(), false, 0, "").await.status, 200);
        let mut home = notice(&[]);
        home["destination"]["blockCode"] = json!(OTHER);
        assert_eq!(add(&bench, &stranger(), home).await.body["is_transfer"], json!(true));
        assert_eq!(handed_on(&bench).len(), 1);
    }

    async fn blocks_and_categories_must_be_what_they_are_said_to_be(database: Database) {
        let bench = stage(database).await;
        for (block, category, expected) in
            [(7, CATEGORY, 400), (ACTOR, CATEGORY, 400), (BLOCK, 7, 400), (BLOCK, BLOCK, 400), (500, CATEGORY, 500), (BLOCK, 500, 500)]
        {
            let mut body = notice(&[]);
            body["destination"]["blockCode"] = json!(block);
            body["category"]["_value"] = json!(category);
            assert_eq!(add(&bench, &member(), body).await.status, expected, "{block} {category}");
        }
        assert_eq!(add(&bench, &member(), notice(&[1, 77])).await.status, 400, "unknown operator");
        assert_eq!(count(&bench, "notification").await, 0);
    }

    async fn every_field_is_checked(database: Database) {
        let bench = stage(database).await;
        let long = "あ".repeat(256);
        let mistakes = [
            ("/type", json!("0")), ("/type", json!(2)), ("/title", Value::Null), ("/title", json!(long)),
            ("/title", json!("a\u{0}b")), ("/content", json!(1)), ("/attribute", json!("x")), ("/attribute", json!([1])),
            ("/from", json!(1)), ("/from", json!({"applicationCode": "1"})), ("/category", Value::Null),
            ("/category/_value", json!("x")), ("/category/_ver", json!("x")), ("/destination", json!([])),
            ("/destination/blockCode", Value::Null), ("/destination/operatorType", json!(1)),
            ("/destination/operatorType", json!(9)), ("/destination/isSendAll", Value::Null),
            ("/destination/isSendAll", json!(false)), ("/destination/operatorId", json!(["x"])),
            ("/destination/userId", json!([1])), ("/destination/pxrId", json!(["x"])),
            ("/destination", json!({"blockCode": BLOCK, "operatorType": 0, "isSendAll": true, "operatorId": [1], "pxrId": ["x"]})),
            ("/approval", Value::Null), ("/approval/noticeBlockCode", json!("x")), ("/approval/noticeUrl", json!("")),
            ("/approval/noticeUrl", json!("https://x/y")), ("/approval/noticeUrl", json!("/a b")),
            ("/approval/noticeUrl", json!("/a#b")), ("/approval/noticeUrl", json!("/operator/")),
            ("/approval/noticeUrl", json!("/catalog-update/%2e%2e/operator")), ("/approval/noticeBlockCode", json!(OTHER)),
        ];
        for (field, value) in mistakes {
            let mut body = request();
            body["from"] = json!({});
            body["destination"]["userId"] = Value::Null;
            body["destination"]["pxrId"] = Value::Null;
            *body.pointer_mut(field).unwrap() = value.clone();
            let reply = add(&bench, &member(), body).await;
            assert_eq!(reply.status, 400, "{field} {value}: {}", reply.body);
        }
        for path in ["/notification", "/notification/transfer"] {
            for body in ["", "{}", "[]", "[{}]", "null", "7", "{"] {
                let reply = bench.post(path).session(&member()).text(body).send().await;
                assert_eq!(reply.status, 400, "{path} {body}");
            }
            let reply = bench.post(path).session(&member()).header("accept", "text/html").json(notice(&[])).send().await;
            assert_eq!(reply.status, 406);
            assert_eq!(bench.post(path).json(notice(&[])).send().await.status, 401);
        }
        assert_eq!(count(&bench, "notification").await, 0);
        assert_eq!(add(&bench, &individual(), notice(&[])).await.status, 200);
    }

    async fn a_notice_to_many_costs_as_many_calls_as_one_to_two(database: Database) {
        let bench = stage(database).await;
        let before = bench.neighbours.asked().len();
        assert_eq!(add(&bench, &member(), notice(&[1, 2])).await.status, 200);
        let two = bench.neighbours.asked().len() - before;
        let many: Vec<i64> = (1000..1700).collect();
        let reply = add(&bench, &member(), notice(&many)).await;
        assert_eq!(reply.body["destination"]["operatorId"], json!(many));
        assert_eq!(bench.neighbours.asked().len() - before, 2 * two);
        assert_eq!(count(&bench, "notification_destination").await, 702);
    }

    async fn a_notice_is_there_whole_or_not_at_all(database: Database) {
        let bench = stage(database).await;
        for table in ["notification_destination", "approval_managed"] {
            bench.execute(&format!("alter table {table} rename to gone")).await;
            assert_eq!(add(&bench, &member(), request()).await.status, 500, "{table}");
            bench.execute(&format!("alter table gone rename to {table}")).await;
            for table in ["notification", "notification_destination", "approval_managed"] {
                assert_eq!(count(&bench, table).await, 0, "{table}");
            }
        }
        assert_eq!(add(&bench, &member(), request()).await.status, 200);
    }

    async fn whatever_is_in_a_name_stays_in_it(database: Database) {
        let bench = stage(database).await;
        let mut body = notice(&[]);
        body["destination"] = json!({"blockCode": BLOCK, "operatorType": 0, "isSendAll": false, "pxrId": ["a/b?c=d&e #"]});
        assert_eq!(add(&bench, &member(), body).await.status, 400);
        assert_eq!(add(&bench, &member(), notice(&[])).await.status, 200);
        let asked: Vec<_> = bench.neighbours.asked().into_iter().map(|asked| asked.path).collect();
        for path in ["/operator?pxrId=a%2Fb%3Fc%3Dd%26e%20%23", "/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fpxr-root"] {
            assert!(asked.iter().any(|other| other == path), "{path}: {asked:?}");
        }
    }

    async fn senders_and_blocks_without_an_actor_are_noted_without(database: Database) {
        let bench = stage(database).await;
        let mut object = Value::Object(member().object().clone());
        object["actor"] = json!({"_value": null, "_ver": null});
        let uncertified = vocabulary::Session::from_json(object).unwrap();
        let reply = add(&bench, &uncertified, notice(&[1])).await;
        assert_eq!((reply.status, &reply.body["from"]["actor"]), (200, &json!({"_value": null, "_ver": null})));
        let ns = "/catalog/?ns=catalog%2Fext%2Ftest-org%2Factor%2Fpxr-root";
        let _ = bench.neighbours.clone().refuses(ServiceName::Catalog, Method::GET, ns, 404, Value::Null);
        assert_eq!(add(&bench, &member(), notice(&[1])).await.status, 200);
        assert_eq!(texts(&bench, "actor_code", "notification_destination order by id").await, [ACTOR.to_string(), String::new()]);
    }

    async fn many_users_are_looked_up_a_few_at_a_time_and_each_once(database: Database) {
        let bench = stage(database).await;
        let users: Vec<_> = (0..30).map(|number| format!("user{}", number % 20)).collect();
        let mut body = notice(&[]);
        body["from"] = json!({"applicationCode": 1_000_600});
        body["destination"] = json!({"blockCode": BLOCK, "operatorType": 0, "isSendAll": false, "userId": users});
        let reply = add(&bench, &application(), body).await;
        // All of them are one person.
        assert_eq!(reply.body["destination"]["operatorId"], json!([9]), "{}", reply.body);
        let asked = bench.neighbours.asked().into_iter().filter(|asked| asked.service == Some(ServiceName::BookManage));
        let asked: Vec<_> = asked.map(|asked| asked.body).collect();
        let expected = |user: String| json!({"actor": null, "app": 1_000_600, "wf": null, "userId": user});
        assert_eq!(asked, (0..20).map(|number| expected(format!("user{number}"))).collect::<Vec<_>>());
    }

    async fn who_wants_no_answer_says_so(database: Database) {
        let bench = stage(database).await;
        let mut body = request();
        body["approval"]["noticeUrl"] = json!("/");
        assert_eq!(add(&bench, &member(), body).await.status, 200);
    }
}
