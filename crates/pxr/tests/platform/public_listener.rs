//! What people and applications can and cannot do at the public listener.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Cookies, Place, Platform, client, send};

/// What a service would say about an operator; nobody outside may.
const FORGED: &str = "%7B%22type%22%3A3%2C%22loginId%22%3A%22root%22%2C%22operatorId%22%3A1%2C%22auth%22%3A%7B%22member%22%3A%7B%22add%22%3Atrue%7D%7D%7D";

async fn holds(place: Place) {
    let platform = Platform::built(place, "2").await;
    an_internal_header_changes_nothing(&platform).await;
    a_cookie_needs_its_token(&platform).await;
    a_connection_stays_open_after_a_refusal(&platform).await;
    only_the_newest_session_counts(&platform).await;
    a_session_belongs_to_one_block(&platform).await;
    what_services_offer_each_other_is_not_there(&platform).await;
    nothing_of_a_service_is_there_but_what_is_published(&platform).await;
    messages_come_in_the_language_that_is_asked_for(&platform).await;
    a_body_over_the_limit_is_refused(&platform).await;
    the_api_of_the_services_that_run_is_described(&platform).await;
    platform.stage.stop().await;
}

async fn the_api_of_the_services_that_run_is_described(platform: &Platform) {
    #[expect(clippy::disallowed_methods, reason = "a client from outside, not a call of the platform")]
    let get = async |block: &str, path: &str| {
        client().get(format!("{}{path}", platform.url(block))).send().await.unwrap()
    };
    for path in ["/api", "/api/", "/api/page.js", "/api/swagger-ui-bundle.js", "/api/swagger-ui.css"] {
        let answer = get("root", path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'"), "{path}");
    }
    let names: Vec<String> = get("app1", "/api/services.json").await.json().await.unwrap();
    assert!(
        names.contains(&"book-operate".to_owned()) && !names.contains(&"catalog".to_owned()),
        "{names:?}"
    );
    let document: serde_json::Value = get("app1", "/api/book-operate.json").await.json().await.unwrap();
    assert!(document["paths"]["/book-operate/user"]["post"].is_object());
    for path in ["/api/catalog.json", "/api/nothing.json", "/api/page", "/api/x/y"] {
        assert_eq!(get("app1", path).await.status(), 404, "{path}");
    }
}

async fn an_internal_header_changes_nothing(platform: &Platform) {
    let url = format!("{}/pxr-block-proxy/pxr-block-proxy/?path=%2Fcatalog%2Fname", platform.url("root"));
    let nobody = client().get(&url).header("accept", "application/json");
    let forged = nobody.header("session", FORGED).header("token", "x").header("x-cert", "x");
    let forged = forged.header("pxr-identity", "a.b.c");
    assert_eq!(send(forged).await.unwrap().0, 401);

    let root = platform.login("root", "root").await;
    let with_forged = root.on(client().get(&url)).header("session", FORGED);
    let (status, _, body) = send(with_forged).await.unwrap();
    assert_eq!(status, 200, "the cookie counts, the header does not: {body}");

    let add = format!("{}/operator/operator", platform.url("root"));
    let body = json!({"type": 3, "loginId": "intruder", "hpassword": "0".repeat(64), "name": "x"});
    let forged = client().post(add).header("accept", "application/json").header("session", FORGED);
    assert_eq!(send(forged.json(&body)).await.unwrap().0, 401);
}

async fn a_cookie_needs_its_token(platform: &Platform) {
    let root = platform.login("root", "root").await;
    let mut without = root.clone();
    without.0.remove("XSRF-TOKEN");
    assert_eq!(platform.get("root", "/catalog/name", &root).await.0, 200);
    assert_eq!(platform.get("root", "/catalog/name", &without).await.0, 403);
    // Nothing that anybody may write opens the way: a referrer, a host, or a path that only looks like a login's.
    let at = |target: &str| without.on(client().get(format!("{}{target}", platform.url("root"))));
    let name = "/pxr-block-proxy/pxr-block-proxy/?path=%2Fcatalog%2Fname";
    let referred = at(name).header("referer", "https://root.example/api-docs/");
    assert_eq!(send(referred).await.unwrap().0, 403);
    assert_eq!(send(at(name).header("host", "127.0.0.1")).await.unwrap().0, 403);
    for target in [
        &format!("{name}&x=/login"),
        "/operator/operator/user/info?pxrId=/login",
        "/operator/operator/user/login",
        "/operator/operator/ind/login/x",
    ] {
        assert_eq!(send(at(target)).await.unwrap().0, 403, "{target}");
    }
}

/// A refusal does not end the connection: clients keep it for the next request.
async fn a_connection_stays_open_after_a_refusal(platform: &Platform) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = platform.url("root").replace("http://", "");
    let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
    for (path, status) in [
        ("/operator/operator/7", "401"),
        ("/nothing", "404"),
        ("/operator/operator?type=9", "400"),
        ("/health", "200"),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: application/json\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 16 * 1024];
        let length = connection.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{path}: {answer}");
        assert!(!answer.contains("connection: close"), "{path}: {answer}");
    }
}

async fn only_the_newest_session_counts(platform: &Platform) {
    let first = platform.login("root", "root").await;
    let second = platform.login("root", "root").await;
    assert_eq!(platform.get("root", "/catalog/name", &first).await.0, 401);
    assert_eq!(platform.get("root", "/catalog/name", &second).await.0, 200);
    let logout = format!("{}/operator/operator/logout", platform.url("root"));
    let session = second.0.get("operator_type3_session").unwrap();
    let out = second.on(client().post(logout)).json(&json!({"sessionId": session}));
    assert_eq!(send(out).await.unwrap().0, 200);
    assert_eq!(platform.get("root", "/catalog/name", &second).await.0, 401);
}

async fn a_session_belongs_to_one_block(platform: &Platform) {
    let region = platform.login("region", "region_op0").await;
    assert_eq!(platform.get("root", "/catalog/name", &region).await.0, 401);
    assert_eq!(platform.get("app1", "/catalog/name", &region).await.0, 401);
}

async fn what_services_offer_each_other_is_not_there(platform: &Platform) {
    for path in [
        "/catalog/catalog/name",
        "/access-control/access-control/token",
        "/access-control-manage/access-control-manage/block",
        "/operator/operator/csrf/token",
        "/pxr-block-proxy/pxr-block-proxy/reverse?path=%2Fcatalog%2Fname",
        "/metrics",
    ] {
        let request = Cookies::default().on(client().get(format!("{}{path}", platform.url("root"))));
        assert_eq!(send(request).await.unwrap().0, 404, "{path}");
    }
}

async fn messages_come_in_the_language_that_is_asked_for(platform: &Platform) {
    let (root, app) = (platform.login("root", "root").await, platform.login("app1", "app1_op0").await);
    let mut without = root.clone();
    without.0.remove("XSRF-TOKEN");
    let login = json!({"type": 3, "loginId": "nobody", "hpassword": "0".repeat(64)});
    let post = |body| client().post(format!("{}/operator/operator/login", platform.url("root"))).json(&body);
    let get = |block, path| client().get(format!("{}{path}", platform.url(block)));
    let item = "/pxr-block-proxy/pxr-block-proxy/?path=%2Fcatalog%2F99999999";
    let of_the_root = format!("{item}&block=$pxr-root-block");
    for (request, message, english) in [
        // The service's own, of fields, the listener's, a service's behind the proxy, another block's.
        (
            post(login),
            "ログインIDまたはパスワードが正しくありません",
            "The login ID or the password is wrong",
        ),
        (post(json!({"type": 3})), "必須項目です", "This field is required"),
        (
            without.on(get("root", item)),
            "CSRFトークンがないか、正しくありません",
            "The CSRF token is missing or wrong",
        ),
        (get("root", "/catalog/catalog"), "このパスは存在しません", "This path does not exist"),
        (root.on(get("root", item)), "カタログ項目が見つかりません", "The catalog item was not found"),
        (app.on(get("app1", &of_the_root)), "カタログ項目が見つかりません", "The catalog item was not found"),
    ] {
        let asked = |languages| request.try_clone().unwrap().header("accept-language", languages);
        let (status, _, default) = send(request.try_clone().unwrap()).await.unwrap();
        assert!(status >= 400 && default.contains(message), "{default}");
        assert_eq!(send(asked("ja,en;q=0.9")).await.unwrap().2, default);
        let translated = send(asked("en-US,en;q=0.9,ja;q=0.8")).await.unwrap();
        assert_eq!((translated.0, translated.2), (status, default.replace(message, english)));
    }
}

/// Every service, by its own prefix and by the doubled one, with every method: 404, but for the proxy and the operators.
async fn nothing_of_a_service_is_there_but_what_is_published(platform: &Platform) {
    use vocabulary::ServiceName;
    let root = platform.login("root", "root").await;
    for service in ServiceName::ALL {
        let prefix = service.prefix();
        let published = matches!(service, ServiceName::BlockProxy | ServiceName::Operator);
        let mut paths =
            vec![format!("/{prefix}"), format!("/{prefix}/health"), format!("/{prefix}/{prefix}/list")];
        if !published {
            paths.push(format!("/{prefix}/{prefix}"));
        }
        for (path, method) in
            paths.iter().flat_map(|path| ["GET", "POST", "PUT", "DELETE"].map(|m| (path, m)))
        {
            let request =
                client().request(method.parse().unwrap(), format!("{}{path}", platform.url("root")));
            assert_eq!(send(root.on(request)).await.unwrap().0, 404, "{method} {path}");
        }
    }
}

/// What the root's public listener answers to these bytes.
async fn spoken(platform: &Platform, head: &str, body: &[u8]) -> String {
    let port = platform.place.options.base_port;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = timeout(Duration::from_secs(20), stream.read(&mut answer)).await.unwrap().unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

async fn a_body_over_the_limit_is_refused(platform: &Platform) {
    let url = format!("{}/operator/operator/login", platform.url("root"));
    let body = vec![b' '; 51 * 1024 * 1024];
    let request =
        client().post(url).header("accept", "application/json").header("content-type", "application/json");
    let (status, _, refusal) = send(request.body(body)).await.unwrap();
    assert_eq!(status, 413, "{refusal}");
    assert!(refusal.contains("リクエストが大きすぎます"), "{refusal}");

    let head = "POST /operator/operator/login HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n\
                content-type: application/json\r\n";
    // Its length is not announced: 52 pieces of a megabyte each.
    let piece = [b"100000\r\n", vec![b' '; 1024 * 1024].as_slice(), b"\r\n"].concat();
    let pieces = [piece.repeat(52), b"0\r\n\r\n".to_vec()].concat();
    let answer = spoken(platform, &format!("{head}transfer-encoding: chunked\r\n\r\n"), &pieces).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    // Who asks first need not send it.
    let asked = format!("{head}content-length: 1000000000\r\nexpect: 100-continue\r\n\r\n");
    let answer = spoken(platform, &asked, b"").await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(send(client().get(format!("{}/health", platform.url("root")))).await.unwrap().0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_holds_on_sqlite() {
    holds(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_holds_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        holds(place).await;
    }
}
