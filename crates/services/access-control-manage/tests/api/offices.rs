use serde_json::json;
use testkit::{application, individual, member, member_with, of_actor, on_both_databases};

use super::{input::OFFICES, *};

/// A member of the app block with these rights.
fn app_member(auth: Value) -> Session {
    of_actor(&member_with(auth), APP_ACTOR)
}

/// A call of a resident, who is an operator of the root.
fn of_resident(method: &str, url: &str) -> Value {
    let mut call = planned(&individual(), method, url, ROOT);
    call["caller"]["blockCode"] = json!(ROOT);
    call
}

on_both_databases! {
    async fn a_permitted_call_gets_a_token_of_its_callee_and_a_history(database: Database) {
        let bench = offices(database, platform()).await;
        let mut call = planned(&member(), "GET", "/notification?type=1", APP_BLOCK);
        call["caller"]["operator"]["role"] = json!([code(5), code(6)]);
        let reply = ask(&bench, "block", &member(), json!([call])).await;
        assert_eq!(
            (reply.status, reply.body),
            (200, json!([{
                "apiToken": "t1", "apiUrl": "/u", "apiMethod": "GET", "userId": null,
                // Nine hours late, as callers of the reference need it.
                "expirationDate": "2026-01-02T03:44:05.678+0000", "blockCode": APP_BLOCK,
            }]))
        );
        let order = bench.neighbours.asked().into_iter().find(|asked| asked.path == CREATE).unwrap();
        assert_eq!(order.host.as_deref(), Some("app-service"));
        assert_eq!(order.body[0]["target"]["apiUrl"], "/notification?type=1");
        assert_eq!((&order.body[0]["target"]["parameter"], order.body[0]["caller"].get("requestBody")), (&Value::Null, None));
        assert_eq!(bench.count("token_generation_history").await, 1);
        assert_eq!(bench.texts("caller_role_catalog_code", "caller_role order by id").await, ["5", "6"]);
        assert_eq!(bench.texts("api_token", "token_access_history").await, ["t1"]);
    }

    async fn the_root_itself_is_asked_without_leaving_it(database: Database) {
        let bench = offices(database, platform()).await;
        let reply = ask(&bench, "block", &member(), json!([planned(&member(), "GET", "/catalog/1", ROOT)])).await;
        assert_eq!(reply.status, 200);
        let order = bench.neighbours.asked().pop().unwrap();
        assert_eq!((order.service, order.path.as_str()), (Some(ServiceName::AccessControl), "/access-control"));
    }

    async fn the_caller_cannot_choose_an_office_that_judges_less(database: Database) {
        // Threat 3: what an office judges cannot be had from the office that judges nothing.
        let bench = offices(database, platform()).await;
        for (method, url) in [
            ("POST", "/operator"),
            ("DELETE", "/operator/5"),
            ("PUT", "/operator/password/5"),
            ("POST", "/catalog/ext"),
            ("POST", "/catalog/updateSet/register"),
            ("POST", "/catalog-update/actor"),
            ("POST", "/catalog-update/join/approval/1"),
            ("POST", "/book-manage"),
            ("POST", "/book-operate/user"),
            ("POST", "/book-operate/event/u1"),
            ("PUT", "/book-operate/document/u1?documentSourceId=1"),
            ("DELETE", "/book-operate/thing/u1/t1"),
            ("POST", "/book-operate/share/search"),
        ] {
            for office in ["block", "setting"] {
                let reply = ask(&bench, office, &member(), json!([planned(&member(), method, url, APP_BLOCK)])).await;
                assert!(matches!(reply.status, 400 | 401), "{office} {method} {url}: {}", reply.status);
            }
        }
        assert_eq!(bench.count("token_access_history").await, 0);
    }

    async fn the_right_of_the_operator_decides(database: Database) {
        let bench = offices(database, platform()).await;
        for (office, method, url, right) in [
            ("operator", "DELETE", "/operator/5", json!({"member": {"delete": true}})),
            ("operator", "PUT", "/operator/password/5", json!({"member": {"add": true}})),
            ("actor", "POST", "/catalog-update/actor", json!({"actor": {"application": true}})),
            ("actor", "POST", "/catalog-update/actor/approval/1", json!({"actor": {"approval": true}})),
            ("join", "POST", "/catalog-update/join", json!({"join": {"application": true}})),
            ("join", "POST", "/catalog-update/join/approval/1", json!({"join": {"approval": true}})),
            ("app-wf-user", "POST", "/book-operate/user", json!({"app-wf-user": {"create": true}})),
            ("book", "POST", "/book-manage", json!({"book": {"create": true}})),
        ] {
            let may = app_member(right);
            let body = json!([planned(&may, method, url, ROOT)]);
            assert_eq!(ask(&bench, office, &may, body.clone()).await.status, 200, "{office} {method} {url}");
            for may_not in [app_member(json!({})), app_member(json!({"setting": {"update": true}}))] {
                assert_eq!(ask(&bench, office, &may_not, body.clone()).await.status, 401, "{office} {method} {url}");
            }
            assert_eq!(ask(&bench, office, &application(), body).await.status, 401, "an application has no rights");
            let other = json!([planned(&may, "GET", "/elsewhere", ROOT)]);
            assert_eq!(ask(&bench, office, &may, other).await.status, 400, "{office} has no rule for it");
        }
    }

    async fn a_peer_speaks_for_its_own_block_only(database: Database) {
        let bench = offices(database, platform()).await;
        for office in ["block", "operator", "store", "share/continuous", "share/temp"] {
            let session = application();
            let mut call = planned(&session, "GET", "/notification", ROOT);
            call["caller"]["userId"] = json!("u1");
            call["caller"]["requestBody"] = json!({
                "userId": "u1", "event": [code(1)], "tempShareCode": "f9d540e6-8e39-423e-8eac-cd5063e37dcc",
            });
            if office == "store" {
                call["target"]["apiMethod"] = json!("DELETE");
            }
            let from = async |origin| {
                let request = bench.post(&format!("/access-control-manage/{office}")).session(&session).from(origin);
                request.json(json!([call])).send().await
            };
            let other = from(peer(78, false)).await;
            assert_eq!(other.status, 401, "{office}");
            assert!(other.body["message"].as_str().unwrap().contains("一致しません"), "{office}");
        }
        let call = json!([planned(&member(), "GET", "/notification?type=1", APP_BLOCK)]);
        let own = bench.post("/access-control-manage/block").session(&member()).from(peer(APP_BLOCK, false));
        assert_eq!(own.json(call).send().await.status, 200);
    }

    async fn a_call_is_planned_for_whoever_asks_and_for_nobody_else(database: Database) {
        let bench = offices(database, platform()).await;
        let named = |session: &Session, login_id: &str| {
            let mut session = Value::Object(session.object().clone());
            session["loginId"] = json!(login_id);
            Session::from_json(session).unwrap()
        };
        for office in OFFICES {
            let who = if office.starts_with("share") { application() } else { member() };
            for other in [named(&who, "somebody"), individual()] {
                let mut call = planned(&who, "GET", "/notification?type=1", APP_BLOCK);
                call["caller"]["operator"]["type"] = json!(other.operator_type.number());
                call["caller"]["operator"]["loginId"] = json!(other.login_id);
                call["caller"]["userId"] = json!("u1");
                call["caller"]["requestBody"] = json!({
                    "userId": "u1", "event": [code(1)], "tempShareCode": "f9d540e6-8e39-423e-8eac-cd5063e37dcc",
                });
                if office == "store" {
                    call["target"]["apiMethod"] = json!("DELETE");
                }
                let request = bench.post(&format!("/access-control-manage/{office}")).session(&who);
                let reply = request.from(peer(APP_BLOCK, false)).json(json!([call])).send().await;
                // What only applications may ask is refused to all others before.
                let (share, message) = (office.starts_with("share"), reply.body["message"].as_str().unwrap_or_default());
                let told = message.contains("オペレーター") || share && message.contains("アプリケーション");
                assert!(matches!(reply.status, 400 | 401) && told, "{office} for {}: {}", other.login_id, reply.body);
                assert_eq!(reply.status == 400, share && other.login_id == individual().login_id, "{office}");
            }
        }
        assert_eq!(bench.count("token_access_history").await, 0);
    }

    async fn what_is_longer_than_its_column_is_cut_in_the_history_and_nowhere_else(database: Database) {
        let bench = offices(database, platform()).await;
        let url = format!("/catalog?ns={}", "長".repeat(300));
        let mut call = planned(&member(), "GET", &url, APP_BLOCK);
        call["caller"]["userId"] = json!("u".repeat(300));
        call["target"]["blockCode"] = json!(ROOT);
        let reply = ask(&bench, "block", &member(), json!([call])).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let order = bench.neighbours.asked().pop().unwrap();
        assert_eq!(order.body[0]["target"]["apiUrl"], url);
        let kept = bench.text("caller_user_id", "token_generation_history").await;
        assert_eq!(kept.chars().count(), 255);
    }

    async fn who_takes_or_sends_no_json_is_told_so_by_every_office(database: Database) {
        let bench = offices(database, platform()).await;
        for office in OFFICES {
            let request = || {
                let call = json!([planned(&member(), "GET", "/notification?type=1", APP_BLOCK)]);
                bench.post(&format!("/access-control-manage/{office}")).session(&member()).json(call)
            };
            assert_eq!(request().header("accept", "text/html").send().await.status, 406, "{office}");
            assert_eq!(request().header("content-type", "text/plain").send().await.status, 406, "{office}");
        }
    }

    async fn before_its_certification_a_block_reaches_little(database: Database) {
        let bench = offices(database, platform()).await;
        let ask = async |method: &str, url: &str, target: i64| {
            let request = bench.post("/access-control-manage/block").session(&member()).from(peer(APP_BLOCK, true));
            request.json(json!([planned(&member(), method, url, target)])).send().await.status
        };
        assert_eq!(ask("GET", "/catalog/1", ROOT).await, 200);
        assert_eq!(ask("POST", "/certificate-manage", APP_BLOCK).await, 200);
        assert_eq!(ask("GET", "/certification-authority/client/A/B", ROOT).await, 200);
        assert_eq!(ask("GET", "/certification-authority/revoked", ROOT).await, 200);
        for (method, url, target) in [
            ("POST", "/certificate-manage", ROOT),
            ("GET", "/catalog/1", APP_BLOCK),
            ("GET", "/notification?a=1", ROOT),
            ("POST", "/catalog/updateSet/request", ROOT),
            ("GET", "/operator/5", 78),
        ] {
            assert_eq!(ask(method, url, target).await, 401, "{method} {url} {target}");
        }
    }

    async fn rights_are_granted_as_far_as_the_catalog_allows_the_actor(database: Database) {
        let right = |value: i64, name: &str| item(value, "catalog/model/auth/member", json!({"auth-name": name}));
        let setting = item(9, "s", json!({"auth-group": [{"auth": [code(901), code(902)]}]}));
        let neighbours = platform()
            .answers(ServiceName::Catalog, Method::GET, "/catalog/?ns=catalog%2Fmodel%2Fauth%2Fmember",
                json!([right(901, "add"), right(902, "update"), right(903, "delete")]))
            .answers(ServiceName::Catalog, Method::GET,
                &format!("/catalog/?ns=catalog%2Fext%2Ftest-org%2Fsetting%2Factor%2Fpxr-root%2Factor_{ROOT_ACTOR}"), json!([setting]));
        let bench = offices(database, neighbours).await;
        let grant = async |rights: Value| {
            let mut call = planned(&member(), "POST", "/operator", ROOT);
            call["caller"]["requestBody"] = rights;
            ask(&bench, "operator", &member(), json!([call])).await.status
        };
        assert_eq!(grant(json!({"member": {"add": null, "update": null}})).await, 200);
        assert_eq!(grant(json!({})).await, 200);
        assert_eq!(grant(json!({"member": {"delete": null}})).await, 401, "not allowed to this actor");
        assert_eq!(grant(json!({"member": {"fly": null}})).await, 401, "no such right");
        assert_eq!(grant(json!({"nowhere": {"add": null}})).await, 401, "no such area");
    }

    async fn namespaces_of_others_cannot_be_written(database: Database) {
        let stored = |code: i64, ns: &str| (format!("/catalog/{code}"), item(code, ns, json!({})));
        let (own, own_item) = stored(801, "catalog/ext/test-org/event/actor_70");
        let (other, other_item) = stored(802, "catalog/ext/test-org/event/actor_7");
        let neighbours = platform()
            .answers(ServiceName::Catalog, Method::GET, &own, own_item.clone())
            .answers(ServiceName::Catalog, Method::GET, &other, other_item)
            .refuses(ServiceName::Catalog, Method::GET, "/catalog/899", 204, Value::Null)
            .answers(ServiceName::Catalog, Method::GET, "/catalog/?ns=catalog%2Fext%2Ftest-org%2Fevent%2Factor_70", json!([own_item]));
        let bench = offices(database, neighbours).await;
        let session = app_member(json!({"catalog": {"create": true, "update": true}}));
        let write = async |method: &str, url: &str, body: Value| {
            let mut call = planned(&session, method, url, ROOT);
            call["caller"]["requestBody"] = body;
            ask(&bench, "catalog", &session, json!([call])).await.status
        };
        let (mine, yours) = ("catalog/ext/test-org/event/actor_70", "catalog/ext/test-org/event/actor_701");
        for (method, url, body, status) in [
            ("POST", "/catalog/ext", json!(mine), 200),
            ("POST", "/catalog/ext", json!(yours), 401),
            ("POST", "/catalog/ext", json!("catalog/model/event"), 401),
            ("POST", "/catalog/ext", Value::Null, 400),
            ("POST", "/catalog/updateSet/register", json!([mine, mine]), 200),
            ("POST", "/catalog/updateSet/register", json!([mine, yours]), 401),
            ("POST", "/catalog/updateSet/register", json!([]), 200),
            ("PUT", "/catalog/ext/801", json!(mine), 200),
            ("PUT", "/catalog/ext/802", json!(mine), 401),
            ("PUT", "/catalog/ext/801", json!(yours), 401),
            ("DELETE", "/catalog/ext/801", json!("801"), 200),
            ("DELETE", "/catalog/ext/802", json!("802"), 401),
            ("DELETE", "/catalog/ext/801", json!("802"), 401),
            ("DELETE", "/catalog/ext/801", json!(mine), 200),
            ("DELETE", "/catalog/ext/801", Value::Null, 200),
            ("DELETE", "/catalog/ext/899", Value::Null, 400),
        ] {
            assert_eq!(write(method, url, body.clone()).await, status, "{method} {url} {body}");
        }
    }

    async fn data_traders_open_no_books(database: Database) {
        let trader = item(APP_ACTOR, "catalog/ext/test-org/actor/data-trader", json!({}));
        let neighbours = platform().answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{APP_ACTOR}"), trader);
        let bench = offices(database, neighbours).await;
        let session = app_member(json!({"book": {"create": true}}));
        let reply = ask(&bench, "book", &session, json!([planned(&session, "POST", "/book-manage", ROOT)])).await;
        assert_eq!(reply.status, 400);
    }

    async fn a_resident_whose_book_is_closed_reaches_the_book_and_the_catalog(database: Database) {
        for (status, answer) in [(0, 200), (1, 400)] {
            let neighbours = platform().answers(ServiceName::BookManage, Method::GET, "/book-manage", json!({"status": status}));
            let bench = offices(Database::sqlite(), neighbours).await;
            let call = async |method: &str, url: &str| {
                ask(&bench, "block", &individual(), json!([of_resident(method, url)])).await.status
            };
            assert_eq!(call("GET", "/notification?a=1").await, answer, "book status {status}");
            assert_eq!(call("POST", "/identity-verificate/code").await, answer, "book status {status}");
            for (method, url) in
                [("GET", "/book-manage/settings/store/1"), ("GET", "/catalog/1"), ("POST", "/operator/session")]
            {
                assert_eq!(call(method, url).await, 200, "{url} with book status {status}");
            }
        }
        let bench = offices(database, platform()).await;
        let reply = ask(&bench, "block", &individual(), json!([of_resident("GET", "/notification?a=1")])).await;
        assert_eq!(reply.status, 503, "the books cannot be reached");
    }

    async fn what_no_office_judges_must_stand_in_a_list(database: Database) {
        let bench = offices(database, platform()).await;
        for (sender, method, url, target, status) in [
            ("/pxr-block-proxy", "GET", "/catalog/1", ROOT, 200),
            ("/pxr-block-proxy", "GET", "/operator/5", APP_BLOCK, 200),
            ("/pxr-block-proxy", "POST", "/book-manage/search", ROOT, 401),
            ("/book-operate", "POST", "/book-manage/search", ROOT, 200),
            ("/book-operate", "POST", "/book-manage/search", APP_BLOCK, 401),
            ("/notification", "POST", "/notification/transfer", ROOT, 200),
            ("/pxr-block-proxy", "POST", "/notification/transfer", ROOT, 401),
            ("/book-operate", "DELETE", "/certification-authority/client/A/B", ROOT, 401),
        ] {
            let mut call = planned(&member(), method, url, target);
            call["caller"]["apiUrl"] = json!(sender);
            let reply = ask(&bench, "block", &member(), json!([call])).await;
            assert_eq!(reply.status, status, "{sender}: {method} {url} at {target}: {}", reply.body);
        }
    }

    async fn whatever_the_callee_refuses_is_refused(database: Database) {
        for (callee, answer) in [(400, 400), (404, 404), (204, 204), (401, 401), (500, 500)] {
            let neighbours = platform().other_block(Method::POST, CREATE, callee, json!({"message": "why"}));
            let bench = offices(Database::sqlite(), neighbours).await;
            let call = json!([planned(&member(), "GET", "/notification?type=1", APP_BLOCK)]);
            assert_eq!(ask(&bench, "block", &member(), call).await.status, answer, "the callee answers {callee}");
            assert_eq!(bench.count("token_generation_history").await, 0);
        }
        let bench = offices(database, platform().other_block(Method::POST, CREATE, 200, json!([{"apiUrl": "/u"}]))).await;
        let call = json!([planned(&member(), "GET", "/notification?type=1", APP_BLOCK)]);
        assert_eq!(ask(&bench, "block", &member(), call).await.status, 500, "half a token");
    }
}
