//! Processes that are killed while they certify an actor: the same request again completes what was begun, and
//! nothing is there twice.
//!
//! The root runs as two processes of the real program: one with catalog-update only, one with all other services.
//! Between them stands the test, which sees every call that catalog-update makes and kills either process at it.

use std::{
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use http::StatusCode;
use platform::{Clock, Store, StoreUrl};
use pxr::config::Config;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use vocabulary::{BlockKind, ServiceName, TimeZone};

use crate::support::{Cookies, Place, Platform, client, free_ports, send};

/// Who dies at a call of catalog-update, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kill {
    /// catalog-update, before anybody hears of its call.
    CallerBefore,
    /// catalog-update, when its call has been answered, but it has not heard the answer.
    CallerAfter,
    /// The neighbour, when it has done what it was called for.
    Neighbour,
}

const WAYS: [Kill; 3] = [Kill::CallerBefore, Kill::CallerAfter, Kill::Neighbour];

/// A process of a block.
struct Process {
    file: std::path::PathBuf,
    health: String,
    child: Option<Child>,
}

impl Process {
    fn new(file: std::path::PathBuf, health: String) -> Self {
        Self { file, health, child: None }
    }

    /// `kill -9`.
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn start(&mut self) {
        if self.child.is_none() {
            let mut command = Command::new(env!("CARGO_BIN_EXE_pxr"));
            command.args(["serve", "-c"]).arg(&self.file);
            self.child = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        }
    }

    async fn is_ready(&self) {
        for _ in 0..600 {
            if send(client().get(&self.health)).await.is_ok_and(|(status, ..)| status == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} does not start", self.file.display());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What the test sees of the calls of catalog-update, and does to them.
struct Between {
    neighbours: String,
    calls: usize,
    kill: Option<(usize, Kill)>,
    caller: Process,
    neighbour: Process,
}

type Shared = Arc<Mutex<Between>>;

async fn hand_on(State(between): State<Shared>, request: Request) -> Response {
    let (kill, base) = {
        let mut between = between.lock().unwrap();
        between.calls += 1;
        let kill = between.kill.filter(|(at, _)| *at + 1 == between.calls).map(|(_, kill)| kill);
        if kill == Some(Kill::CallerBefore) {
            between.caller.kill();
            return StatusCode::BAD_GATEWAY.into_response();
        }
        (kill, between.neighbours.clone())
    };
    let (parts, body) = request.into_parts();
    let url = format!("{base}{}", parts.uri);
    let mut headers = parts.headers;
    platform::drop_hop_headers(&mut headers);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "the test stands between two processes")]
    let answer = client().request(parts.method, url).headers(headers).body(body).send().await;
    let Ok(answer) = answer else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap_or_default();
    {
        let mut between = between.lock().unwrap();
        match kill {
            Some(Kill::CallerAfter) => between.caller.kill(),
            Some(Kill::Neighbour) => {
                between.neighbour.kill();
                return StatusCode::BAD_GATEWAY.into_response();
            }
            _ => {}
        }
    }
    platform::drop_hop_headers(&mut headers);
    let mut response = Response::new(Body::from(bytes));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}

/// The platform before its actors are certified, each block as processes of its own.
struct Split {
    platform: Platform,
    between: Shared,
    _provider: Process,
    store: StoreUrl,
    root: Cookies,
    app: Cookies,
}

impl Split {
    async fn start(place: Place) -> Self {
        let Platform { stage, variables, place } = Platform::built(place, "2").await;
        stage.stop().await;
        let mut platform = Platform { stage: place.stage(), variables, place };
        platform.variables.set("second_login", "second");
        platform.variables.set("second_password", "Second-pass-01");
        let folder = platform.place.options.folder.clone();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let test = format!("http://{}", listener.local_addr().unwrap());
        let caller = free_ports();
        let neighbour = caller + 1;
        let file = folder.join("root/block.toml");
        let store = Config::read(&file).unwrap().store_url().parse().unwrap();
        let others = ServiceName::ALL
            .into_iter()
            .filter(|name| name.runs_on(BlockKind::Root) && *name != ServiceName::CatalogUpdate);
        let known: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        let write = |name: &str, listen: toml::Table, services: toml::Table| {
            let mut table = known.clone();
            for (key, value) in listen {
                table["listen"].as_table_mut().unwrap().insert(key, value);
            }
            if name == "killed.toml" {
                table["listen"].as_table_mut().unwrap().retain(|key, _| key == "internal");
            }
            table.insert("services".to_owned(), services.into());
            let file = folder.join("root").join(name);
            std::fs::write(&file, table.to_string()).unwrap();
            file
        };
        let listen =
            |port: u16| toml::Table::from_iter([("internal".to_owned(), format!("127.0.0.1:{port}").into())]);
        let peers: toml::Table =
            others.clone().map(|name| (name.prefix().to_owned(), test.clone().into())).collect();
        let alone = toml::toml! { run = ["catalog-update"] };
        let alone: toml::Table = alone.into_iter().chain([("peers".to_owned(), peers.into())]).collect();
        let run: Vec<_> = others.map(|name| toml::Value::from(name.prefix())).collect();
        let peer = toml::Table::from_iter([(
            "catalog-update".to_owned(),
            format!("http://127.0.0.1:{caller}").into(),
        )]);
        let rest =
            toml::Table::from_iter([("run".to_owned(), run.into()), ("peers".to_owned(), peer.into())]);
        let health = |base: &str| format!("{base}/health");
        let internal = |port: u16| format!("http://127.0.0.1:{port}");
        let mut between = Between {
            neighbours: internal(neighbour),
            calls: 0,
            kill: None,
            caller: Process::new(write("killed.toml", listen(caller), alone), health(&internal(caller))),
            neighbour: Process::new(
                write("rest.toml", listen(neighbour), rest),
                health(&internal(neighbour)),
            ),
        };
        between.caller.start();
        between.neighbour.start();
        let mut provider = Process::new(folder.join("app1/block.toml"), health(&platform.url("app1")));
        provider.start();
        for process in [&between.caller, &between.neighbour, &provider] {
            process.is_ready().await;
        }
        let between = Arc::new(Mutex::new(between));
        let router = Router::new().fallback(hand_on).with_state(Arc::clone(&between));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (root, app) = (platform.login("root", "root").await, platform.login("app1", "app1_op0").await);
        Self { platform, between, _provider: provider, store, root, app }
    }

    /// From now on somebody is killed at a call; or nobody.
    fn suffer(&self, kill: Option<(usize, Kill)>) {
        let mut between = self.between.lock().unwrap();
        (between.calls, between.kill) = (0, kill);
    }

    fn calls(&self) -> usize {
        self.between.lock().unwrap().calls
    }

    /// Starts whoever was killed, and waits until the provider reaches the root again.
    async fn recover(&self) {
        let waiting = {
            let mut between = self.between.lock().unwrap();
            between.kill = None;
            between.caller.start();
            between.neighbour.start();
            [&between.caller, &between.neighbour]
                .map(|process| Process::new(process.file.clone(), process.health.clone()))
        };
        for process in waiting {
            process.is_ready().await;
        }
        for _ in 0..100 {
            if self.platform.call("app1", "GET root", "/catalog/name", &self.app, None).await.0 == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the provider does not reach the root");
    }

    /// What a service of the root answers to another one.
    async fn inside(&self, target: &str) -> Value {
        let base = self.between.lock().unwrap().neighbours.clone();
        let request = client().get(format!("{base}{target}")).header("accept", "application/json");
        let (_, _, text) = send(request.header("session", testkit::member().header())).await.unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The provider applies for its certification under a name.
    async fn apply(&self, name: &str) -> (u16, String) {
        let known = |name: &str| self.platform.variables.get(name).cloned().unwrap();
        let ns = format!("catalog/ext/{}/actor/app", self.platform.known("ext_name"));
        let block =
            json!([{"key": "_value", "value": known("app1_block_code")}, {"key": "_ver", "value": 1}]);
        let value = json!([
            {"key": "breakaway-flg", "value": false}, {"key": "category", "value": null},
            {"key": "information-site", "value": null}, {"key": "main-block", "value": block},
            {"key": "other-block", "value": null},
            {"key": "statement", "value": [{"key": "title", "value": "t"}, {"key": "section", "value": [
                {"key": "title", "value": "t"},
                {"key": "content", "value": [{"key": "sentence", "value": "s"}]}]}]},
            {"key": "status", "value": null},
        ]);
        let head = json!({"ns": ns, "name": name, "description": name, "_code": null, "inherit": {"_value": 42, "_ver": 1}});
        let body = json!({
            "approvalActor": {"_value": known("root_actor_code"), "_ver": 1},
            "actorCatalog": {"catalogItem": head, "template": {"prop": null, "value": value}, "inner": null, "attribute": null},
            "isDraft": false,
        });
        let result =
            self.platform.call("app1", "POST root", "/catalog-update/actor", &self.app, Some(body)).await;
        if self.calls() > 0 { result } else { (599, "catalog-update was not reached".to_owned()) }
    }

    /// The newest request for a decision that is open at the root.
    async fn open_request(&self) -> Value {
        let all = "/notification?is_send=false&is_unread=false&is_approval=false&type=1&num=0";
        let (_, text) = self.platform.call("root", "GET own", all, &self.root, None).await;
        let notices: Value = serde_json::from_str(&text).unwrap_or_default();
        let open = |notice: &&Value| notice["category"]["_value"] == 117 && notice["approval"]["status"] == 0;
        notices.as_array().into_iter().flatten().find(open).unwrap_or_else(|| panic!("{notices}"))["id"]
            .clone()
    }

    async fn approve(&self, notice: &Value) -> (u16, String) {
        self.approve_as(&self.root, notice).await.unwrap()
    }

    /// None when the root is killed meanwhile.
    async fn approve_as(&self, member: &Cookies, notice: &Value) -> Option<(u16, String)> {
        let body = json!({"id": notice, "status": 1, "comment": "ok"});
        self.platform.try_call("root", "PUT own", "/notification/approval", member, Some(body)).await.ok()
    }

    /// Whoever was killed while he decided gives no claim back; it ends after minutes, which a test does not wait.
    async fn minutes_pass(&self) {
        let ago = Clock::system().now() - TimeDelta::minutes(6);
        for (service, table) in [
            (ServiceName::CatalogUpdate, "actor_approval_manage"),
            (ServiceName::Notification, "approval_managed"),
        ] {
            let store = Store::open(&self.store, service, TimeZone::UTC).await.unwrap();
            let before = store.column(ago);
            let claimed = "approval_at is not null and status in (0, 3)";
            let sql = format!("update {table} set approval_at = '{before}' where {claimed}");
            store.read().execute_unprepared(&sql).await.unwrap();
        }
    }

    /// One actor of that name, with its settings and its certificate once.
    async fn assert_certified_once(&self, name: &str, what: &str) {
        let ext = format!("catalog/ext/{}", self.platform.known("ext_name"));
        let actors = self.inside(&format!("/catalog?ns={ext}/actor/app")).await;
        let named =
            actors.as_array().into_iter().flatten().filter(|actor| actor["catalogItem"]["name"] == name);
        let codes: Vec<_> = named.map(|actor| &actor["catalogItem"]["_code"]["_value"]).collect();
        let [code] = codes.as_slice() else { panic!("{what}: {codes:?}") };
        let certificates = self.inside(&format!("/certification-authority/list/{code}")).await;
        assert_eq!(certificates.as_array().map(Vec::len), Some(1), "{what}: {certificates}");
        let settings = self.inside(&format!("/catalog?ns={ext}/setting/actor/app/actor_{code}")).await;
        assert_eq!(settings.as_array().map(Vec::len), Some(1), "{what}: {settings}");
        let namespaces = self.inside(&format!("/catalog/ns?ns={ext}")).await.to_string();
        let own = format!("actor_{code}");
        let mut own: Vec<_> = namespaces.split('"').filter(|ns| ns.contains(&own)).collect();
        let all = own.len();
        own.sort_unstable();
        own.dedup();
        assert!(
            all > 0 && own.len() == all,
            "{what}: {all} {own:?} {}",
            &namespaces[..namespaces.len().min(300)]
        );
    }
}

/// `ways`: how somebody is killed at a call, by its number.
async fn certification_survives(place: Place, ways: impl Fn(usize) -> Vec<Kill>) {
    let split = Split::start(place).await;
    // Undisturbed, to count the calls.
    split.suffer(None);
    assert_eq!(split.apply("first").await.0, 200);
    let applying = split.calls();
    let notice = split.open_request().await;
    split.suffer(None);
    assert_eq!(split.approve(&notice).await.0, 200);
    let deciding = split.calls();
    assert!(applying > 1 && deciding > 5, "{applying} {deciding}");
    println!("{applying} calls for an application, {deciding} for a decision");
    split.assert_certified_once("first", "undisturbed").await;
    one_of_two_managers_wins(&split).await;

    let kills = |calls| (0..calls).flat_map(|at| ways(at).into_iter().map(move |kill| (at, kill)));
    for (at, kill) in kills(applying) {
        let (name, what) = (format!("applied {at} {kill:?}"), format!("application, call {at}, {kill:?}"));
        split.suffer(Some((at, kill)));
        assert!(split.apply(&name).await.0 >= 500, "{what}");
        split.recover().await;
        let again = split.apply(&name).await;
        assert!(again.0 == 200, "{what}: {again:?}");
        let notice = split.open_request().await;
        let decided = split.approve(&notice).await;
        assert!(decided.0 == 200, "{what}: {decided:?}");
        split.assert_certified_once(&name, &what).await;
    }
    for (at, kill) in kills(deciding) {
        let (name, what) = (format!("decided {at} {kill:?}"), format!("decision, call {at}, {kill:?}"));
        split.suffer(None);
        assert_eq!(split.apply(&name).await.0, 200, "{what}");
        let notice = split.open_request().await;
        split.suffer(Some((at, kill)));
        let broken_off = split.approve_as(&split.root, &notice).await;
        assert!(broken_off.is_none_or(|(status, _)| status >= 500), "{what}");
        split.recover().await;
        split.minutes_pass().await;
        let decided = split.approve(&notice).await;
        assert!(decided.0 == 200, "{what}: {decided:?}");
        assert_eq!(split.approve(&notice).await.0, 400, "{what}: decided twice");
        split.assert_certified_once(&name, &what).await;
    }
}

/// Two members of the root approve the same application at once.
async fn one_of_two_managers_wins(split: &Split) {
    let url = format!("{}/operator/operator", split.platform.url("root"));
    let hash = split.platform.variables.client_hash().of("Second-pass-01");
    let body = json!({"type": 3, "loginId": "second", "hpassword": hash, "name": "second", "auth": {
        "member": {"add": true, "update": true, "delete": true}, "actor": {"application": true, "approval": true}}});
    let (status, _, text) = send(split.root.on(client().post(url)).json(&body)).await.unwrap();
    assert_eq!(status, 200, "{text}");
    let second = split.platform.login("root", "second").await;
    for attempt in 0..5 {
        let name = format!("both {attempt}");
        split.suffer(None);
        assert_eq!(split.apply(&name).await.0, 200);
        let notice = split.open_request().await;
        let (one, two) =
            tokio::join!(split.approve_as(&split.root, &notice), split.approve_as(&second, &notice));
        let mut statuses = [one.unwrap().0, two.unwrap().0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400]);
        split.assert_certified_once(&name, "two at once").await;
    }
}

// Every call, and at each another way to die; all ways at all calls take minutes.

#[tokio::test(flavor = "multi_thread")]
async fn certification_survives_kills_on_sqlite() {
    certification_survives(Place::on_sqlite(), |at| vec![WAYS[at % 3]]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certification_survives_kills_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        certification_survives(place, |at| vec![WAYS[(at + 1) % 3]]).await;
    }
}

/// `cargo test -p pxr --test platform -- --ignored every_kill`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn certification_survives_every_kill_on_sqlite() {
    certification_survives(Place::on_sqlite(), |_| WAYS.to_vec()).await;
}

/// The same command runs this one.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn certification_survives_every_kill_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        certification_survives(place, |_| WAYS.to_vec()).await;
    }
}
