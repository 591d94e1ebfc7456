//! Who gets in: logins, CSRF, headers, the static permissions, tokens (specs: operator 4.1, 4.11; block-proxy 4.0-4.2, 5.1;
//! access-control-manage 4.0, 4.1; trust-layer 4).

use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{
    outgoing,
    root::{ACTOR, Answer, CODE, Holdings, LOGIN, Root, is_his_password, member},
    services,
};
use crate::interoperation::wire::Message;

/// Of those that a block's map knows (5.2), what our commands ask for.
const SERVICES: [&str; 6] = [
    "operator",
    "catalog",
    "catalog-update",
    "notification",
    "certification-authority",
    "certificate-manage",
];

/// A call of one service.
pub(super) struct Call {
    pub(super) method: String,
    /// With its query.
    pub(super) target: String,
    pub(super) body: Value,
    /// Who asks, as his session says.
    pub(super) who: Value,
}

/// The gateway at port 8080.
pub(super) async fn public(root: &Root, heard: &Message) -> Answer {
    let (method, target) = of(heard);
    match target.split('?').next().unwrap() {
        "/operator/operator/login" if method == "POST" => login(&mut root.holdings(), heard),
        "/pxr-block-proxy/pxr-block-proxy/" => match forward(root, heard) {
            Ok(answer) => outgoing::tell(root).await.unwrap_or(answer),
            Err(refusal) => refusal,
        },
        path => Answer::no_route(method, path),
    }
}

/// The gateway at port 443.
pub(super) async fn blocks(root: &Root, heard: &Message) -> Answer {
    let (method, target) = of(heard);
    let path = target.split('?').next().unwrap();
    if path == "/pxr-block-proxy/pxr-block-proxy/reverse" {
        return reverse(root, heard).unwrap_or_else(|refusal| refusal);
    }
    if path == "/pxr-block-proxy/pxr-block-proxy/" {
        return read_for(root, heard).unwrap_or_else(|refusal| refusal);
    }
    match path.strip_prefix("/access-control-manage/access-control-manage/") {
        Some(office) if method == "POST" => {
            issue(root, heard, office).await.unwrap_or_else(|refusal| refusal)
        }
        _ => Answer::no_route(method, path),
    }
}

fn of(heard: &Message) -> (&str, &str) {
    let mut words = heard.start.split(' ');
    (words.next().unwrap(), words.next().unwrap())
}

fn body(heard: &Message) -> Result<Value, Answer> {
    if heard.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_str(&heard.body).map_err(|_| Answer::refusal(503, "未知のエラーが発生しました"))
}

/// JSON must be asked for, and said to be sent.
fn headers(heard: &Message) -> Result<(), Answer> {
    let says = |name: &str| heard.header(name).is_some_and(|value| value.contains("application/json"));
    let sends = matches!(of(heard).0, "POST" | "PUT");
    if says("accept") && (!sends || says("content-type")) {
        return Ok(());
    }
    Err(Answer::refusal(406, "NotAcceptableError"))
}

fn login(root: &mut Holdings, heard: &Message) -> Answer {
    let asked = match headers(heard).and_then(|()| body(heard)) {
        Ok(asked) => asked,
        Err(refusal) => return refusal,
    };
    let csrf = [
        "_csrf=AbCdEfGhIjKlMnOpQrStUvWx; Path=/".to_owned(),
        "XSRF-TOKEN=abcd1234-Kq_lZ-0; Path=/".to_owned(),
    ];
    let mut answer = Answer::refusal(401, "パスワードが間違っています");
    if let Some((_, instead)) = root.instead.as_ref().filter(|(part, _)| part == "login") {
        return instead.clone();
    }
    if asked["type"] == 3 && asked["loginId"] == LOGIN && is_his_password(&asked["hpassword"]) {
        let session = root.draw(64);
        let who = member(&session);
        answer = Answer::json(&who);
        root.sessions.insert(session.clone(), who);
        answer.cookies = vec![
            format!(
                "operator_type3_session={session}; Path=/; Expires=Sun, 29 Nov 2026 14:45:16 GMT; HttpOnly"
            ),
            "operator_type0_session=; Max-Age=0; Path=/; HttpOnly".to_owned(),
            "operator_type2_session=; Max-Age=0; Path=/; HttpOnly".to_owned(),
        ];
    }
    answer.cookies.splice(0..0, csrf);
    answer
}

fn cookie<'m>(heard: &'m Message, name: &str) -> Option<&'m str> {
    let mut cookies = heard.header("cookie")?.split("; ").filter_map(|pair| pair.split_once('='));
    cookies.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The forward face, for members of the root (4.1), in the order of its checks.
fn forward(root: &Root, heard: &Message) -> Result<Answer, Answer> {
    headers(heard)?;
    if heard.header("x-xsrf-token").is_none_or(|token| cookie(heard, "XSRF-TOKEN") != Some(token)) {
        return Err(Answer::refusal(403, "CSRFトークンが不正です"));
    }
    let (method, target) = of(heard);
    let query = Query::read(target)?;
    assert!(query.from_path.is_none(), "nobody outside says who calls: {target}");
    let session = cookie(heard, "operator_type3_session").unwrap_or_default();
    let who = root.holdings().sessions.get(session).cloned();
    let who = who.ok_or_else(|| Answer::refusal(401, "ログインしていません"))?;
    if !is_listed(method, &query.path) {
        return Err(Answer::refusal(401, "このAPIへのアクセスは許可されていません"));
    }
    assert!(matches!(query.block, None | Some(CODE)), "the root's members call the root only: {target}");
    serve(root, method, query.path, body(heard)?, who)
}

/// The forward face as other blocks use it (trust-layer 4, hop 2): they read the catalog in the name of their proxy, and
/// who asks stands in the header.
fn read_for(root: &Root, heard: &Message) -> Result<Answer, Answer> {
    headers(heard)?;
    let (method, target) = of(heard);
    let query = Query::read(target)?;
    // The gateway takes the port away before the patterns of host names are compared (5.3).
    let host = heard.header("host").unwrap_or_default().split(':').next().unwrap();
    let from = query.from_block.filter(|_| host == "root-service" && heard.header("cookie").is_none());
    if from.is_none_or(|from| !root.holdings().items.contains_key(&from)) {
        return Err(Answer::refusal(401, "ログインしていません"));
    }
    let named = (query.from_path.as_deref(), query.block);
    assert_eq!(named, (Some("/pxr-block-proxy"), Some(CODE)), "{target}");
    serve(root, method, query.path, body(heard)?, session(heard)?)
}

/// The root's own table of what its members may call (5.1), as far as it is about what commands do.
fn is_listed(method: &str, path: &str) -> bool {
    let number = |prefix: &str| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|one| one.is_ascii_digit()))
    };
    match method {
        "GET" => {
            path == "/catalog/name"
                || number("/catalog/")
                || [
                    "/catalog?",
                    "/catalog/?",
                    "/catalog-update/actor?",
                    "/catalog-update/actor/accreditor?",
                    "/notification?",
                ]
                .iter()
                .any(|prefix| path.starts_with(prefix))
                || path
                    .strip_prefix("/certification-authority/client/")
                    .is_some_and(|rest| rest.contains('/'))
                || path == "/certificate-manage/check/client"
        }
        "POST" => ["/catalog/ext", "/catalog-update/actor", "/catalog-update/actor/remove"].contains(&path),
        "PUT" => path == "/notification/approval" || number("/catalog/ext/"),
        "DELETE" => number("/catalog/ext/"),
        _ => false,
    }
}

/// The reverse face (4.2).
fn reverse(root: &Root, heard: &Message) -> Result<Answer, Answer> {
    headers(heard)?;
    let (method, target) = of(heard);
    let query = Query::read(target)?;
    let who = session(heard)?;
    let token = heard.header("token").unwrap_or("undefined").to_owned();
    let from = query.from_path.unwrap_or_default();
    let called = [token, from, query.path.clone(), method.to_owned()];
    if !root.holdings().tokens.contains(&called) {
        return Err(Answer::refusal(400, "トークンを照合できませんでした"));
    }
    serve(root, method, query.path, body(heard)?, who)
}

fn serve(root: &Root, method: &str, target: String, body: Value, who: Value) -> Result<Answer, Answer> {
    let mut holdings = root.holdings();
    let asked = format!("{method} {target}");
    holdings.asked.push(asked.clone());
    if let Some((_, instead)) = holdings.instead.as_ref().filter(|(part, _)| asked.contains(part.as_str())) {
        return Ok(instead.clone());
    }
    services::answer(&mut holdings, &Call { method: method.to_owned(), target, body, who })
}

/// The identity in the header, as the caller's proxy wrote it.
fn session(heard: &Message) -> Result<Value, Answer> {
    let text = heard.header("session").ok_or_else(|| Answer::refusal(401, "ログインしていません"))?;
    serde_json::from_str(&decoded(text)).map_err(|_| Answer::refusal(503, "未知のエラーが発生しました"))
}

fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().unwrap().1.into_owned()
}

/// The parameters of the proxy, decoded twice (4.0.1).
struct Query {
    path: String,
    block: Option<i64>,
    from_block: Option<i64>,
    from_path: Option<String>,
}

impl Query {
    fn read(target: &str) -> Result<Self, Answer> {
        let url = Url::parse(&format!("http://localhost{target}")).unwrap();
        let get = |name: &str| {
            url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        let path = get("path").map(|path| decoded(&path)).unwrap_or_default();
        let service = path.trim_start_matches('/').split(['/', '?']).next().unwrap();
        if !SERVICES.contains(&service) {
            return Err(Answer::refusal(400, "サービスへのアクセスが拒否されました"));
        }
        let block =
            get("block").map(|block| if block == "$pxr-root-block" { CODE } else { block.parse().unwrap() });
        let from_block = get("from_block").map(|code| code.parse().unwrap());
        Ok(Self { path, block, from_block, from_path: get("from_path").map(|path| decoded(&path)) })
    }
}

/// Judges and has the callee make the tokens (hops 3a and 3b).
async fn issue(root: &Root, heard: &Message, office: &str) -> Result<Answer, Answer> {
    headers(heard)?;
    let (asked, who) = (body(heard)?, session(heard)?);
    let [element] = asked.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(Answer::refusal(400, "リクエストが不正です"));
    };
    let (caller, target) = (&element["caller"], &element["target"]);
    let is_whole = caller["apiCode"].as_str().is_some_and(|code| code.len() == 36)
        && caller.get("userId").is_some()
        && caller["operator"]["type"].is_number()
        && [&caller["apiUrl"], &caller["apiMethod"], &target["apiUrl"], &target["apiMethod"]]
            .iter()
            .all(|text| text.is_string())
        && target["blockCode"].is_number();
    if !is_whole {
        return Err(Answer::refusal(400, "リクエストが不正です"));
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (url, method) = (text(&target["apiUrl"]), text(&target["apiMethod"]));
    assert_eq!(office, office_of(&method, &url), "{method} {url}");
    if office == "actor" && who["auth"]["actor"]["application"] != true {
        return Err(Answer::refusal(401, "権限がありません"));
    }
    let end =
        vocabulary::TimeZone::UTC.text(platform::Clock::system().now() + chrono::TimeDelta::minutes(580));
    let callee = target["blockCode"].as_i64().unwrap();
    if callee != CODE {
        let session = heard.header("session").unwrap();
        return outgoing::order(root, session, element, (callee, &end))
            .await
            .map(|tokens| Answer::json(&tokens));
    }
    let mut holdings = root.holdings();
    let token = holdings.draw(64);
    holdings.tokens.push([token.clone(), text(&caller["apiUrl"]), url, method]);
    Ok(Answer::json(&json!([{
        "apiToken": token, "apiUrl": target["apiUrl"], "apiMethod": target["apiMethod"], "userId": caller["userId"],
        "expirationDate": end, "blockCode": CODE,
    }])))
}

/// The caller chooses the office (trust-layer 6), and must choose this one.
fn office_of(method: &str, url: &str) -> &'static str {
    match method {
        "POST" if url == "/catalog-update/actor" || url.starts_with("/catalog-update/actor/approval") => {
            "actor"
        }
        "POST" | "PUT" | "DELETE" if url.starts_with("/catalog/ext") => "catalog",
        "POST" if url == "/operator" => "operator",
        _ => "block",
    }
}

/// Who the root itself is when it answers: its actor stands for it.
pub(super) fn is_of_the_root(who: &Value) -> bool {
    who["actor"]["_value"] == ACTOR
}
