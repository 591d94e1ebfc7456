use serde_json::{Value, json};
use testkit::{application, individual, member, of_actor, on_both_databases};

use super::*;

/// A root block whose notification service answers.
fn root() -> Neighbours {
    let item = block(OWN, "pxr-root", "test-service");
    permitting(Neighbours::new(), OWN)
        .answers(ServiceName::Catalog, Method::GET, &format!("/catalog/{OWN}"), item)
        .answers(ServiceName::Notification, Method::GET, "/notification", json!([{"id": 1}]))
}

const NOTICES: &str = "path=%2Fnotification%3Fis_send%3Dfalse";

on_both_databases! {
    async fn a_call_inside_the_block_passes_both_faces_and_is_logged_at_each(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        let request = bench.get(&format!("/pxr-block-proxy/?from_path=%2Fservice&{NOTICES}"));
        let reply = request.session(&member()).header("access-token", "id").send().await;
        assert_eq!((reply.status, reply.body), (200, json!([{"id": 1}])));
        let asked = bench.neighbours.asked();
        let token = asked.iter().find(|asked| asked.path == TOKEN).unwrap();
        assert_eq!(token.headers["access-token"], "id");
        assert_eq!(token.body[0]["target"]["apiUrl"], "/notification?is_send=false");
        assert_eq!(token.body[0]["caller"]["apiUrl"], "/service");
        let collated = asked.iter().find(|asked| asked.path == COLLATE).unwrap();
        assert_eq!(collated.body["target"]["apiToken"], "t1");
        assert_eq!(collated.body["caller"], json!({"apiUrl": "/service", "blockCode": OWN}));
        let served = asked.last().unwrap();
        assert_eq!((served.path.as_str(), &served.headers["access-token"]), ("/notification?is_send=false", &"id".parse().unwrap()));
        assert_eq!((served.headers.get("token"), served.headers.get("cookie")), (None, None));
        assert_eq!(bench.texts("type", "log_called_api order by id").await, ["1", "0"]);
    }

    async fn a_browser_reaches_what_the_static_permissions_list(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, knows(root(), &member())).await;
        let get = async |path: &str| with_cookie(bench.get(path), &member()).send().await.status;
        assert_eq!(get(&format!("/pxr-block-proxy?{NOTICES}")).await, 200);
        assert_eq!(get("/pxr-block-proxy?path=%2Faudit").await, 400, "no service");
        assert_eq!(get("/pxr-block-proxy?path=%2Fnotification").await, 401, "not in the table");
        // Threat 2: naming a sender frees nobody from the table.
        assert_eq!(get("/pxr-block-proxy?from_path=%2Fx&from_block=77&path=%2Fnotification").await, 401);
        let post = with_cookie(bench.post("/pxr-block-proxy?path=%2Fbook-manage%2Fsettings%2Fstore"), &member());
        assert_eq!(post.json(json!({})).send().await.status, 401, "residents only");
    }

    async fn no_piece_of_a_path_passes_the_permissions_as_a_query(database: Database) {
        // Threat 8: patterns once reached from the path into the query.
        let bench = proxy_on(BlockKind::Root, database, knows(root(), &member())).await;
        let get = async |path: &str| with_cookie(bench.get(path), &member()).send().await.status;
        for path in ["%2Fcatalog%2F1%3Fx%3D1%2F2", "%2Fcatalog%2Finner%2F1%3Fx%2F2", "%2Foperator%2F1%3Fx"] {
            assert_eq!(get(&format!("/pxr-block-proxy?path={path}")).await, 401, "{path}");
        }
    }

    async fn residents_and_others_have_faces_of_their_own(database: Database) {
        let bench = proxy_on(BlockKind::Root, Database::sqlite(), knows(root(), &individual())).await;
        let resident = async |face: &str| {
            with_cookie(bench.get(&format!("/pxr-block-proxy{face}?{NOTICES}")), &individual()).send().await.status
        };
        assert_eq!((resident("").await, resident("/ind").await), (401, 200));
        let bench = proxy_on(BlockKind::Root, database, knows(root(), &member())).await;
        let other = async |face: &str| {
            let request = bench.get(&format!("/pxr-block-proxy{face}?{NOTICES}"));
            // A session header beside the cookie changes nothing (spec: block-proxy 6.3 #3).
            with_cookie(request, &member()).session(&individual()).send().await.status
        };
        assert_eq!((other("").await, other("/ind").await), (200, 401));
        let service = bench.get(&format!("/pxr-block-proxy/ind?from_path=%2Fx&{NOTICES}")).session(&member());
        assert_eq!(service.send().await.status, 200, "a local service uses either");
    }

    async fn from_outside_an_identity_in_a_header_counts_nothing(database: Database) {
        // Threats 1 and 7: the listener decides, whatever Host says.
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        for host in ["localhost", "root-service", "127.0.0.1:3003", "application000001-service"] {
            let request = bench.get(&format!("/pxr-block-proxy?{NOTICES}")).session(&member());
            assert_eq!(request.header("host", host).from(Origin::Public).send().await.status, 401, "{host}");
        }
        assert!(bench.neighbours.asked().is_empty());
        assert_eq!(bench.get(&format!("/pxr-block-proxy?{NOTICES}")).send().await.status, 401, "nobody");
    }

    async fn another_block_reads_blocks_in_the_catalog_and_nothing_else(database: Database) {
        // Threat 2: from_path frees nobody from the static permissions.
        let bench = proxy_on(BlockKind::Root, database, root().answers(ServiceName::Catalog, Method::GET, "/catalog/7", json!({"a": 1}))
            .answers(ServiceName::Catalog, Method::GET, "/catalog/77", block(77, "app", "app-service"))).await;
        let read = async |method: Method, from_path: &str, from_block: i64, path: &str, origin: Origin| {
            let path = format!("/pxr-block-proxy?from_block={from_block}&from_path={from_path}&block=$pxr-root-block&path={path}");
            bench.request(method, &path).session(&member()).from(origin).send().await.status
        };
        let own_path = "%2Fpxr-block-proxy";
        assert_eq!(read(Method::GET, own_path, 77, "%2Fcatalog%2F7", peer(77)).await, 200);
        for (what, status) in [
            ("another path", read(Method::GET, "%2Fbook-operate", 77, "%2Fcatalog%2F7", peer(77)).await),
            ("another service", read(Method::GET, own_path, 77, "%2Fbook-manage", peer(77)).await),
            ("a write", read(Method::DELETE, own_path, 77, "%2Fcatalog%2Fext%2F7", peer(77)).await),
            ("in the name of another block", read(Method::GET, own_path, 78, "%2Fcatalog%2F7", peer(77)).await),
        ] {
            assert_eq!(status, 401, "{what}");
        }
    }

    async fn whoever_a_service_works_for_the_call_is_its_own_blocks(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        let path = format!("/pxr-block-proxy?from_block=77&from_path=%2Fx&block={OWN}&{NOTICES}");
        let reply = bench.get(&path).session(&of_actor(&member(), 5)).send().await;
        assert_eq!(reply.status, 200);
        let asked = bench.neighbours.asked();
        let token = asked.iter().find(|asked| asked.path == TOKEN).unwrap();
        assert_eq!(token.body[0]["caller"]["blockCode"], OWN);
    }

    async fn a_call_to_another_block_goes_to_its_reverse_face_with_token_and_identity(database: Database) {
        let reverse = format!("/pxr-block-proxy/pxr-block-proxy/reverse?block={ROOT}&path=%2Fcatalog%3Fns%3Da%2520b&from_block={OWN}&from_path=%2Fx");
        let neighbours = permitting(Neighbours::new(), ROOT)
            .other_block(Method::GET, &catalog_read(OWN), 200, block(OWN, "app", "test-service"))
            .other_block(Method::GET, &reverse, 418, json!({"status": 418, "message": "as it is"}));
        let bench = proxy_on(BlockKind::App, database, neighbours).await;
        let path = "/pxr-block-proxy?from_path=%2Fx&block=$pxr-root-block&path=%2Fcatalog%3Fns%3Da%252520b";
        let reply = bench.get(path).session(&member()).header("x-forwarded-for", "1.2.3.4").send().await;
        assert_eq!((reply.status, &reply.body["message"]), (418, &json!("as it is")));
        let asked = bench.neighbours.asked();
        let sent = asked.last().unwrap();
        assert_eq!((sent.host.as_deref(), &sent.body), (Some("root-service"), &json!({})));
        assert_eq!((&sent.headers["token"], sent.headers["session"].to_str().unwrap()), (&"t1".parse().unwrap(), member().header()));
        assert_eq!(sent.headers["x-forwarded-for"], "1.2.3.4");
    }

    async fn a_share_asks_every_source_and_answers_a_list(database: Database) {
        let search = "path=%2Fbook-operate%2Fshare%2Fsearch";
        let at = |block: i64| format!("/pxr-block-proxy/pxr-block-proxy/reverse?block={block}&path=%2Fbook-operate%2Fshare%2Fsearch&from_block={OWN}&from_path=%2Fbook-operate%2Fshare");
        let tokens = json!([
            {"apiUrl": "", "apiMethod": "", "blockCode": 71, "apiToken": "t71"},
            {"apiUrl": "", "apiMethod": "", "blockCode": 72, "apiToken": "t72"},
        ]);
        let neighbours = Neighbours::new()
            .answers(ServiceName::AccessControl, Method::POST, TOKEN, tokens)
            .other_block(Method::GET, &catalog_read(OWN), 200, block(OWN, "app", "test-service"))
            .other_block(Method::GET, &catalog_read(71), 200, block(71, "app", "seventy-one"))
            .other_block(Method::GET, &catalog_read(72), 200, block(72, "app", "seventy-two"))
            .other_block(Method::POST, &at(71), 200, json!({"event": [1]}))
            .other_block(Method::POST, &at(72), 500, json!({"status": 500, "message": "down"}));
        let bench = proxy_on(BlockKind::App, database, neighbours).await;
        let path = format!("/pxr-block-proxy?from_path=%2Fbook-operate%2Fshare&{search}");
        let reply = bench.post(&path).session(&application()).json(json!({"userId": "u"})).send().await;
        assert_eq!((reply.status, &reply.body), (200, &json!([{"event": [1]}, {"status": 500, "message": "down"}])), "one went well");
        let called = "log_called_api order by destination_block_catalog_code";
        assert_eq!(bench.texts("destination_block_catalog_code", called).await, ["71", "72"]);
        // A single source is a list of one, too.
        let one = json!([{"apiUrl": "", "apiMethod": "", "blockCode": 71, "apiToken": "t71"}]);
        let _now = bench.neighbours.clone().answers(ServiceName::AccessControl, Method::POST, TOKEN, one);
        let reply = bench.post(&path).session(&application()).json(json!({"userId": "u"})).send().await;
        assert_eq!(reply.body, json!([{"event": [1]}]));
    }

    async fn sources_are_asked_at_the_same_time(database: Database) {
        let sources: Vec<i64> = (71..79).collect();
        let at = |block: i64| format!("/pxr-block-proxy/pxr-block-proxy/reverse?block={block}&path=%2Fbook-operate%2Fshare%2Fsearch&from_block={OWN}&from_path=%2Fx");
        let tokens: Vec<_> = sources.iter().map(|block| json!({"blockCode": block, "apiToken": format!("t{block}")})).collect();
        let own = Neighbours::new()
            .answers(ServiceName::AccessControl, Method::POST, TOKEN, json!(tokens))
            .other_block(Method::GET, &catalog_read(OWN), 200, block(OWN, "app", "test-service"));
        let neighbours = sources.iter().fold(own, |all, source| {
            all.other_block(Method::GET, &catalog_read(*source), 200, block(*source, "app", &format!("app-{source}")))
                .other_block(Method::POST, &at(*source), 200, json!({"from": source}))
        });
        let bench = proxy_on(BlockKind::App, database, neighbours).await;
        // One after the other would take two calls for each of the eight.
        bench.neighbours.hesitate(std::time::Duration::from_millis(400));
        let stopwatch = std::time::Instant::now();
        let path = "/pxr-block-proxy?from_path=%2Fx&path=%2Fbook-operate%2Fshare%2Fsearch";
        let reply = bench.post(path).session(&application()).json(json!({"userId": "u"})).send().await;
        let from: Vec<_> = reply.body.as_array().unwrap().iter().map(|answer| answer["from"].as_i64().unwrap()).collect();
        assert_eq!((reply.status, from), (200, sources), "in the order of the tokens");
        assert!(stopwatch.elapsed() < std::time::Duration::from_millis(16 * 400), "{:?}", stopwatch.elapsed());
    }

    async fn a_source_that_cannot_be_reached_takes_no_other_one_along(database: Database) {
        let token = |block: i64| json!({"blockCode": block, "apiToken": format!("t{block}")});
        let neighbours = root()
            .answers(ServiceName::Catalog, Method::GET, "/catalog/71", block(71, "app", "gone-service"))
            .answers(ServiceName::BookOperate, Method::POST, "/book-operate/share/search", json!({"event": [1]}))
            .answers(ServiceName::AccessControl, Method::POST, TOKEN, json!([token(71), token(OWN)]));
        let unreachable = |ground: Ground| {
            let none = platform::Credentials { identity: None, authority: None };
            let nowhere = [("gone-service".to_owned(), "127.0.0.1:1".to_owned())].into();
            let peers = platform::Peers::new(nowhere, &none, &ground.clock).unwrap();
            router(ground.with(|footing| footing.peers = peers), Settings::default())
        };
        let (kind, service) = (BlockKind::Root, ServiceName::BlockProxy);
        let bench = Bench::start_on::<Migrator>(kind, service, database, neighbours, unreachable).await;
        let share = async || {
            let path = "/pxr-block-proxy?from_path=%2Fx&path=%2Fbook-operate%2Fshare%2Fsearch";
            bench.post(path).session(&application()).json(json!({"userId": "u"})).send().await
        };
        let reply = share().await;
        assert_eq!((reply.status, &reply.body[1]), (200, &json!({"event": [1]})), "{}", reply.body);
        assert_eq!(reply.body[0]["status"], 500, "the other one is told in its place");
        let _alone = bench.neighbours.clone().answers(ServiceName::AccessControl, Method::POST, TOKEN, json!([token(71)]));
        assert_eq!(share().await.status, 500, "where no other one answers, the call has failed");
    }

    async fn what_stands_in_a_value_arrives(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        for (sent, arrives) in [
            ("%2Fnotification%3Fa%3D100%252525", "/notification?a=100%25"),
            ("%2Fnotification%3Fa%3Dx%253Fy", "/notification?a=x%3Fy"),
            ("%2Fnotification%3Fa%26b%3D", "/notification?a=&b="),
            ("%2Fnotification%3Fa%3D1%252B2", "/notification?a=1%2B2"),
            ("%2Fnotification%3Fa%3Dx%2523y", "/notification?a=x%23y"),
            ("%252Fnotification%253Fa%253Db", "/notification?a=b"),
            ("%2Fnotification%2F%25E5%2588%25A9%3Fa%3D%25E5%2588%25A9", "/notification/%E5%88%A9?a=%E5%88%A9"),
        ] {
            let path = format!("/pxr-block-proxy?from_path=%2Fx&path={sent}");
            let reply = bench.get(&path).session(&member()).send().await;
            let served = bench.neighbours.asked().pop().unwrap();
            assert_eq!(served.path, arrives, "{sent}: {} {}", reply.status, reply.body);
        }
    }

    async fn what_belongs_to_one_connection_does_not_travel(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        let mut request = bench.get(&format!("/pxr-block-proxy?from_path=%2Fx&{NOTICES}")).session(&member());
        for (name, value) in [
            ("connection", "keep-alive"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("trailer", "x"),
            ("upgrade", "h2c"),
            ("proxy-authorization", "Basic eA=="),
            ("x-xsrf-token", "abcdefgh-ijkl"),
            ("x-of-the-client", "travels"),
        ] {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.status, 200);
        let served = bench.neighbours.asked().pop().unwrap();
        for name in ["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization", "x-xsrf-token"] {
            assert_eq!(served.headers.get(name), None, "{name}");
        }
        assert_eq!(served.headers["x-of-the-client"], "travels");
    }

    async fn a_call_that_went_well_does_not_fail_because_of_its_log(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        bench.execute("alter table log_called_api rename to log_called_api_lost").await;
        let reply = bench.get(&format!("/pxr-block-proxy?from_path=%2Fx&{NOTICES}")).session(&member()).send().await;
        assert_eq!((reply.status, reply.body), (200, json!([{"id": 1}])));
    }

    async fn blocks_are_looked_up_once_where_a_block_may_keep_that(database: Database) {
        let neighbours = permitting(Neighbours::new(), 77)
            .other_block(Method::GET, &catalog_read(OWN), 200, block(OWN, "app", "test-service"))
            .other_block(Method::GET, &catalog_read(77), 200, block(77, "app", "app-service"));
        let keeping =
            |ground: Ground| router(ground.with(|footing| footing.caching = true), Settings::default());
        let (kind, service) = (BlockKind::App, ServiceName::BlockProxy);
        let bench = Bench::start_on::<Migrator>(kind, service, database, neighbours, keeping).await;
        for _ in 0..3 {
            bench.get(&format!("/pxr-block-proxy?from_path=%2Fx&block=77&{NOTICES}")).session(&member()).send().await;
        }
        let asked = bench.neighbours.asked();
        let of = |path: &str| asked.iter().filter(|asked| asked.path == path).count();
        assert_eq!((of(&catalog_read(OWN)), of(&catalog_read(77)), of(TOKEN)), (1, 1, 3));
    }

    async fn a_session_that_the_operator_service_does_not_know_is_none(database: Database) {
        for (answer, status) in [(204, 401), (400, 401), (401, 401), (500, 500), (503, 500)] {
            let neighbours = root().refuses(ServiceName::Operator, Method::POST, "/operator/session", answer, Value::Null);
            let bench = proxy_on(BlockKind::Root, Database::sqlite(), neighbours).await;
            let reply = with_cookie(bench.get(&format!("/pxr-block-proxy?{NOTICES}")), &member()).send().await;
            assert_eq!(reply.status, status, "the operator service answers {answer}");
        }
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        let reply = with_cookie(bench.get(&format!("/pxr-block-proxy?{NOTICES}")), &member()).send().await;
        assert_eq!(reply.status, 500, "it cannot be reached");
        assert_eq!(bench.count("log_called_api").await, 0);
    }

    async fn refused_tokens_refuse_the_call(database: Database) {
        let call = format!("/pxr-block-proxy?from_path=%2Fx&{NOTICES}");
        for (answer, status) in [(401, 401), (400, 401), (204, 401), (404, 401), (500, 500), (503, 500)] {
            let neighbours = root().refuses(ServiceName::AccessControl, Method::POST, TOKEN, answer, json!({"message": "why"}));
            let bench = proxy_on(BlockKind::Root, Database::sqlite(), neighbours).await;
            let reply = bench.get(&call).session(&member()).send().await;
            assert_eq!(reply.status, status, "access control answers {answer}");
            assert_eq!(reply.body["message"] == "why", answer == 401, "only the root's judgement is told");
        }
        let none = root().answers(ServiceName::AccessControl, Method::POST, TOKEN, json!([]));
        let bench = proxy_on(BlockKind::Root, database, none).await;
        assert_eq!(bench.get(&call).session(&member()).send().await.status, 401, "no token at all");
        assert_eq!(bench.count("log_called_api").await, 0, "what was not sent is not logged");
    }

    async fn only_blocks_of_the_catalog_are_called(database: Database) {
        for (answer, item, status) in [
            (204, Value::Null, 400),
            (400, Value::Null, 400),
            (404, Value::Null, 400),
            (500, Value::Null, 500),
            (200, json!({"catalogItem": {"ns": "catalog/ext/o/actor/app", "_code": {"_value": 77, "_ver": 1}}, "template": {}}), 400),
            (200, json!({"nonsense": true}), 500),
        ] {
            let neighbours = root().refuses(ServiceName::Catalog, Method::GET, "/catalog/77", answer, item);
            let bench = proxy_on(BlockKind::Root, Database::sqlite(), neighbours).await;
            let reply = bench.get(&format!("/pxr-block-proxy?from_path=%2Fx&block=77&{NOTICES}")).session(&member());
            assert_eq!(reply.send().await.status, status, "the catalog answers {answer}");
        }
        let unreachable = root().answers(ServiceName::Catalog, Method::GET, "/catalog/77", block(77, "app", "gone"));
        let bench = proxy_on(BlockKind::Root, database, permitting(unreachable, 77)).await;
        let reply = bench.get(&format!("/pxr-block-proxy?from_path=%2Fx&block=77&{NOTICES}")).session(&member());
        assert_eq!(reply.send().await.status, 501, "whatever the other side answers");
    }

    async fn broken_queries_are_refused_on_every_face_and_method(database: Database) {
        let bench = proxy_on(BlockKind::Root, database, root()).await;
        for face in ["", "/ind", "/reverse"] {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                for (query, field) in [
                    ("", "path"),
                    ("path=", "path"),
                    ("path=%2Fcatalog&path=%2Fx", "path"),
                    ("path=%2Fcatalog%25", "path"),
                    ("path=%2Fcatalog&block=abc", "block"),
                    ("path=%2Fcatalog&block=", "block"),
                    ("path=%2Fcatalog&from_block=$pxr-root-block", "from_block"),
                    ("path=%2Fcatalog&from_path=%25zz", "from_path"),
                ] {
                    let request = bench.request(method.clone(), &format!("/pxr-block-proxy{face}?{query}"));
                    let reply = request.session(&member()).send().await;
                    assert_eq!((reply.status, reply.refused_fields()), (400, vec![field]), "{method} {face} {query}");
                }
                for path in ["http%3A%2F%2Fevil%2F", "%2Fnone", "%2F..%2Fcatalog", "%2Fcatalog.x%2F1", "%2Fcatalog%0A"] {
                    let request = bench.request(method.clone(), &format!("/pxr-block-proxy{face}?path={path}"));
                    assert_eq!(request.session(&member()).send().await.status, 400, "{method} {face} {path}");
                }
            }
        }
        assert!(bench.neighbours.asked().is_empty());
    }

    async fn bytes_pass_as_they_are_and_other_types_are_refused(database: Database) {
        let neighbours = root().answers(ServiceName::Notification, Method::POST, "/notification", json!({"got": true}));
        let bench = proxy_on(BlockKind::Root, database, neighbours).await;
        let path = "/pxr-block-proxy?from_path=%2Fx&path=%2Fnotification";
        let send = async |kind: &str, accept: &str| {
            let request = bench.post(path).session(&member()).header("content-type", kind).header("accept", accept);
            request.bytes(&[0xff, 0x00, 0xfe]).send().await.status
        };
        assert_eq!(send("application/octet-stream", "application/octet-stream").await, 200);
        assert_eq!(send("application/octet-stream", "text/html").await, 406);
        assert_eq!(send("application/json", "application/json").await, 400);
        assert_eq!(bench.get(path).session(&member()).header("accept", "text/html").send().await.status, 406);
    }

    async fn every_method_passes_on_the_face_for_everybody_and_on_that_of_residents(database: Database) {
        let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE];
        let neighbours = methods.iter().fold(root(), |all, method| {
            all.answers(ServiceName::Notification, method.clone(), "/notification", json!({"by": method.as_str()}))
        });
        let bench = proxy_on(BlockKind::Root, database, neighbours).await;
        for face in ["", "/ind"] {
            for method in &methods {
                let path = format!("/pxr-block-proxy{face}?from_path=%2Fx&path=%2Fnotification");
                let reply = bench.request(method.clone(), &path).session(&member()).json(json!({"a": 1})).send().await;
                assert_eq!((reply.status, &reply.body["by"]), (200, &json!(method.as_str())), "{face}");
                let served = bench.neighbours.asked().pop().unwrap();
                assert_eq!((&served.method, &served.body), (method, &json!({"a": 1})), "{face}");
                let nobody = bench.request(method.clone(), &path).json(json!({})).send().await;
                assert_eq!(nobody.status, 401, "{method} {face}");
            }
        }
    }
}
