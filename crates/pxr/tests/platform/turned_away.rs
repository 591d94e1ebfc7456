//! Whoever has no business at a block is refused, stands in its log, and is counted.

use std::{path::Path, time::Duration};

use platform::Outgoing;
use reqwest::RequestBuilder;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use vocabulary::{ServiceName, Session};

use crate::{
    client_certificates::{expired, foreign},
    commands::Serves,
    databases::on_both_databases,
    support::{Neighbour, Place, Platform, client, free_ports, send, serial_of},
    tokens::{NAME, reverse, token},
};

/// A block that serves in a process of its own, with its log and its figures.
struct Door {
    serves: Serves,
    figures: String,
}

impl Door {
    /// How often the log tells of this, and how often it was counted.
    async fn notes(&self, said: &[&str], counted: &str) -> (usize, u64) {
        let log = plain(&self.serves.log());
        let lines = log.lines().filter(|line| said.iter().all(|part| line.contains(part))).count();
        let (status, _, figures) = send(client().get(format!("{}/metrics", self.figures))).await.unwrap();
        assert_eq!(status, 200, "{figures}");
        let of = |line: &str| line.strip_prefix(counted)?.rsplit_once(' ')?.1.parse::<u64>().ok();
        (lines, figures.lines().filter_map(of).sum())
    }

    /// Sends a request and demands this status, or no answer at all.
    async fn refuses(
        &self,
        what: &str,
        request: RequestBuilder,
        status: Option<u16>,
        (said, counted): (&[&str], &str),
    ) {
        let before = self.notes(said, counted).await;
        let answer = send(request).await.ok();
        assert_eq!(answer.as_ref().map(|(status, ..)| *status), status, "{what}: {answer:?}");
        // A refused handshake is noted beside it.
        for _ in 0..100 {
            let now = self.notes(said, counted).await;
            if now.0 > before.0 && now.1 > before.1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let now = self.notes(said, counted).await;
        panic!("{what}: {before:?} notes before, {now:?} after ({said:?}, {counted}): {}", self.serves.log());
    }
}

/// Without the colours of a terminal.
fn plain(log: &str) -> String {
    let mut pieces = log.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or(piece, |(_, rest)| rest))
}

/// A block of the stage goes on in a process of its own, with an internal listener.
async fn door(platform: &Platform, block: &str) -> Door {
    let (file, figures) =
        (platform.place.options.folder.join(block).join("block.toml"), format!("127.0.0.1:{}", free_ports()));
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("# internal = \"127.0.0.1:9080\"", &format!("internal = \"{figures}\""));
    assert!(text.contains(&figures), "{text}");
    std::fs::write(&file, text).unwrap();
    let serves = Serves::start(Path::new(&file), &platform.url(block)).await;
    Door { serves, figures: format!("http://{figures}") }
}

/// A token that a consent gave, for one call of the root to the first application's block.
async fn single_use(platform: &Platform) -> String {
    let order = json!([{
        "caller": {
            "apiCode": "9f1c5a52-0d2e-4b51-9f0a-0a3c5f1f1a01", "blockCode": platform.code("root"), "apiUrl": "/x",
            "apiMethod": "POST", "userId": "u1", "operator": {"type": 3, "loginId": "member"},
        },
        "target": {
            "apiUrl": "/book-operate/event/u1", "apiMethod": "POST", "blockCode": platform.code("app1"),
            "expirationDate": "2100-01-02T03:44:05.678+0000", "parameter": "[]",
        },
    }]);
    let session = Session::from_header(&platform.member_of("root")).unwrap();
    let app1 = platform.stage.block("app1").unwrap();
    let request = Outgoing::post("/access-control").session(&session).json(&order);
    let created = app1.channel.send(ServiceName::AccessControl, request).await.unwrap();
    let created: Value = created.json().unwrap();
    created[0]["apiToken"].as_str().unwrap().to_owned()
}

const HANDSHAKE: (&[&str], &str) = (
    &["refused in the TLS handshake"],
    "pxr_listener_refusals_total{listener=\"blocks\",status=\"\",reason=\"tls_handshake\"}",
);
const REVOKED: (&[&str], &str) = (
    &["a revoked certificate was shown"],
    "pxr_listener_refusals_total{listener=\"blocks\",status=\"401\",reason=\"revoked_certificate\"}",
);
const OTHER_PEER: (&[&str], &str) = (
    &["answered", "status=401", "接続元のブロックからの呼出は許可されていません"],
    "pxr_refusals_total{service=\"block-proxy\",status=\"401\",reason=\"other_peer\"}",
);
const NOT_COLLATED: (&[&str], &str) = (
    &["answered", "status=400", "APIトークンを照合できませんでした"],
    "pxr_refusals_total{service=\"block-proxy\",status=\"400\",reason=\"not_collated\"}",
);
const NOT_LISTED: (&[&str], &str) = (
    &["a call stands in no list"],
    "pxr_refusals_total{service=\"access-control-manage\",status=\"401\",reason=\"not_listed\"}",
);

on_both_databases! {
    async fn who_has_no_business_here_is_refused_logged_and_counted(place: Place) {
        let platform = Platform::built(place, "2").await;
        let (member, own) = (platform.member_of("region"), platform.code("region"));
        let showing = |identity: Option<&str>| Neighbour::showing(&platform, identity);
        let region = showing(Some(&platform.certified("region").await));
        let revoked = platform.certified("region").await;
        platform.revoke(&serial_of(&revoked)).await;
        let (none, of_app1) = (showing(None), showing(Some(&platform.certified("app1").await)));
        let (expired, foreign) = (showing(Some(&expired(&platform).await)), showing(Some(&foreign(&platform))));
        let (revoked, root_at_app1) =
            (showing(Some(&revoked)), Neighbour::of("app1", &platform, Some(&platform.certificate("root"))));
        let (good, old) = (token(&platform, &region, &member).await, token(&platform, &region, &member).await);
        let ground = platform.stage.block("root").unwrap().ground(ServiceName::AccessControl).unwrap();
        let end = format!("update api_access_permission set expiration_date = '2020-01-01 00:00:00' where token = '{old}'");
        ground.store.read().execute_unprepared(&end).await.unwrap();
        let (once, of_root) = (single_use(&platform).await, platform.member_of("root"));
        let planned = |url: &str| json!([{
            "caller": {
                "blockCode": own, "apiUrl": "/pxr-block-proxy", "apiMethod": "GET", "userId": null,
                "apiCode": "9f1c5a52-0d2e-4b51-9f0a-0a3c5f1f1a01", "operator": {"type": 3, "loginId": "member"},
            },
            "target": {"blockCode": platform.code("root"), "apiUrl": url, "apiMethod": "GET"},
        }]);
        let (not_permitted, root_code) = (planned("/ctoken-ledger/local"), platform.code("root"));
        let Platform { stage, variables, place } = platform;
        stage.stop().await;
        let platform = Platform { stage: place.stage(), variables, place };

        let root = door(&platform, "root").await;
        let path = reverse(NAME, own, "%2Fpxr-block-proxy");
        let call = |peer: &Neighbour, path: &str, token: &str| peer.request("GET", path, &member).header("token", token);
        root.refuses("no certificate", call(&none, &path, &good), None, HANDSHAKE).await;
        root.refuses("an expired one", call(&expired, &path, &good), None, HANDSHAKE).await;
        root.refuses("one of another authority", call(&foreign, &path, &good), None, HANDSHAKE).await;
        root.refuses("a revoked one", call(&revoked, &path, &good), Some(401), REVOKED).await;
        let of_app1_s_own = of_app1.request("GET", &path, &platform.member_of("app1")).header("token", &good);
        root.refuses("another block's", of_app1_s_own, Some(401), OTHER_PEER).await;
        root.refuses("a token whose time is over", call(&region, &path, &old), Some(400), NOT_COLLATED).await;
        let other = reverse("%2Fcatalog%2F1", own, "%2Fpxr-block-proxy");
        root.refuses("a token for another path", call(&region, &other, &good), Some(400), NOT_COLLATED).await;
        let asks = region.request("POST", "/access-control-manage/access-control-manage/block", &member);
        let asks = asks.json(&not_permitted);
        root.refuses("a path that its members may not call", asks, Some(401), NOT_LISTED).await;
        assert_eq!(send(call(&region, &path, &good)).await.unwrap().0, 200, "all else goes on");

        let app1 = door(&platform, "app1").await;
        let path = reverse("%2Fbook-operate%2Fevent%2Fu1", root_code, "%2Fx");
        let store = || root_at_app1.request("POST", &path, &of_root).header("token", &once).json(&json!({}));
        let first = send(store()).await.unwrap();
        assert!(!first.2.contains(NOT_COLLATED.0[2]), "the first time it reaches the service: {first:?}");
        app1.refuses("a replayed token", store(), Some(400), NOT_COLLATED).await;
    }
}
