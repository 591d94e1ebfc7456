//! `cargo bench -p pxr`: the figures of docs/benchmarks.md.
//!
//! Everything goes over real HTTP, beside a bare axum that says hello in the same process, through the same listener.
//! On SQLite; `PXR_BENCH_STORE=postgres://…` measures on a PostgreSQL server instead. Words after `--` choose parts:
//! `cargo bench -p pxr -- requests` (also: `across`, `rows`, `processes`).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot be measured ends the run"
)]

mod load;
mod processes;
mod rows;
#[path = "../../tests/platform/support.rs"]
#[allow(dead_code, reason = "it offers more than is measured here")]
mod support;
mod table;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Json, Router, routing::get};
use load::{Seen, Wire, load, once, wire};
use mimalloc::MiMalloc;
use platform::{
    Health,
    listen::{self, Face, Listener, Shutdown},
};
use processes::Pxr;
use serde_json::json;
use support::{Cookies, Place, Platform, client};
use table::Figures;
use vocabulary::ServiceName;

/// As in `pxr` itself.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// An item that every platform has: the organisation that runs the root.
const ITEM: i64 = 1_000_431;

const CONNECTIONS: usize = 32;
const ROUNDS: usize = 3;
const LASTS: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    pxr::allocator::settle();
    let chosen: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let chosen = |part: &str| chosen.is_empty() || chosen.iter().any(|word| word == part);
    let store = std::env::var("PXR_BENCH_STORE").ok();
    // Every request is logged, as in production; only nobody reads it.
    let filter = pxr::config::Log::default().filter;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::sink).init();
    let mut figures = Figures::default();
    if ["requests", "across", "rows"].into_iter().any(&chosen) {
        let bench = Bench::start(store.clone()).await;
        if chosen("requests") {
            bench.requests(&mut figures).await;
        }
        if chosen("across") {
            bench.across(&mut figures).await;
        }
        if chosen("rows") {
            bench.rows(&mut figures).await;
        }
        bench.platform.stage.stop().await;
    }
    if chosen("processes") {
        processes(store.as_deref(), &mut figures).await;
    }
    figures.print();
}

/// A platform whose root and applications serve, with a bare axum beside them.
struct Bench {
    platform: Platform,
    hello: SocketAddr,
    /// The root's services themselves.
    internal: SocketAddr,
    cookies: Cookies,
}

impl Bench {
    async fn start(store: Option<String>) -> Self {
        let platform = Platform::built(Place::on(store), "2").await;
        let root = platform.stage.block("root").unwrap();
        let services: Vec<_> = ServiceName::ALL.into_iter().filter(|name| root.channel.has(*name)).collect();
        let metrics = root.metrics.clone();
        let internal = listen::internal(root.channel.clone(), services.into(), metrics, Health::default());
        let hello = Router::new().route("/", get(async || Json(json!({"hello": "world"}))));
        let serve = async |router| {
            let listener = Listener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.address();
            let face = Face { name: "bench", router, tls: None, metrics: root.metrics.clone() };
            listener.serve(face, Shutdown::new());
            address
        };
        let (internal, hello) = (serve(internal).await, serve(hello).await);
        let cookies = platform.login("root", "root").await;
        let bench = Self { platform, hello, internal, cookies };
        let (status, body) = bench.platform.get("root", &format!("/catalog/{ITEM}"), &bench.cookies).await;
        assert_eq!(status, 200, "{body}");
        bench.add_rows(0, 100).await;
        bench
    }

    async fn add_rows(&self, from: usize, to: usize) {
        let root = self.platform.stage.block("root").unwrap();
        rows::sessions(root, &self.platform.known("root_login"), (from, to)).await;
        rows::items(root, ITEM, (from, to)).await;
    }

    fn hello(&self) -> Arc<Vec<Wire>> {
        Arc::new(vec![wire(client_of().get(format!("http://{}/", self.hello)))])
    }

    /// Checks of that many sessions.
    fn checks(&self, count: usize) -> Arc<Vec<Wire>> {
        let url = format!("http://{}/operator/session", self.internal);
        let check = |number| {
            let request = client_of().post(&url).header("accept", "application/json");
            wire(request.json(&json!({"sessionId": rows::session_id(number)})))
        };
        Arc::new((1..=count).map(check).collect())
    }

    /// Reads of that many items.
    fn reads(&self, count: usize) -> Arc<Vec<Wire>> {
        let session = testkit::member();
        let read = |number| {
            let url = format!("http://{}/catalog/{}", self.internal, rows::FIRST_CODE + number);
            wire(
                client_of().get(url).header("accept", "application/json").header("session", session.header()),
            )
        };
        Arc::new((1..=count).map(read).collect())
    }

    /// The same read through the proxy of a block, of the root's catalog.
    fn proxied(&self, block: &str, cookies: &Cookies) -> (SocketAddr, Arc<Vec<Wire>>) {
        let base = self.platform.url(block);
        let address = base.trim_start_matches("http://").parse().unwrap();
        let target = contract::proxy::encoded(&format!("/catalog/{ITEM}"));
        let way = if block == "root" { "" } else { "block=$pxr-root-block&" };
        let url = format!("{base}/pxr-block-proxy/pxr-block-proxy/?{way}path={target}");
        (address, Arc::new(vec![wire(cookies.on(client_of().get(url)))]))
    }

    /// The middle one of some rounds, each beside a round of hello.
    async fn beside_hello(&self, address: SocketAddr, requests: &Arc<Vec<Wire>>) -> (Seen, f64) {
        let hello = self.hello();
        load(address, requests, CONNECTIONS, LASTS / 2).await;
        let (mut rounds, mut hellos) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            hellos.push(load(self.hello, &hello, CONNECTIONS, LASTS).await.per_second);
            rounds.push(load(address, requests, CONNECTIONS, LASTS).await);
        }
        rounds.sort_by(|left, right| left.per_second.total_cmp(&right.per_second));
        hellos.sort_by(f64::total_cmp);
        (rounds[ROUNDS / 2], hellos[ROUNDS / 2])
    }

    async fn requests(&self, figures: &mut Figures) {
        let (root_address, root_proxied) = self.proxied("root", &self.cookies);
        let kinds = [
            ("`POST /operator/session`", self.internal, self.checks(100), 5.0),
            ("`GET /catalog/{code}`", self.internal, self.reads(100), 3.0),
            ("the same through the public proxy", root_address, root_proxied, 20.0),
        ];
        for (what, address, requests, limit) in kinds {
            let (seen, hello) = self.beside_hello(address, &requests).await;
            let Seen { per_second, median, p99 } = seen;
            figures.note(
                &format!("{what}, {CONNECTIONS} connections"),
                format!("{per_second:.0}/s, median {} µs; hello {hello:.0}/s", median.as_micros()),
            );
            figures.part(&format!("{what}, beside hello"), (per_second, hello), limit);
            if address == self.internal {
                figures.at_most(&format!("{what}, p99"), (p99.as_secs_f64() * 1000.0, "ms"), 5.0);
            } else {
                figures.note(&format!("{what}, p99"), format!("{:.2} ms", p99.as_secs_f64() * 1000.0));
            }
        }
    }

    /// A proxied read inside a block and from another one, each alone.
    async fn across(&self, figures: &mut Figures) {
        let app = self.platform.login("app1", "app1_op0").await;
        let (root_address, root_proxied) = self.proxied("root", &self.cookies);
        let (app_address, app_proxied) = self.proxied("app1", &app);
        let alone = async |address, requests| {
            load(address, requests, 1, LASTS / 2).await;
            load(address, requests, 1, LASTS).await.median.as_secs_f64() * 1000.0
        };
        let inside = alone(root_address, &root_proxied).await;
        let across = alone(app_address, &app_proxied).await;
        figures.note(
            "a proxied read alone: inside the root, and from an application over mutual TLS",
            format!("{inside:.2} ms, {across:.2} ms"),
        );
        figures.at_most("the latter beside the former", (across / inside, "times"), 3.0);
    }

    /// Medians of one connection, so that no queue is measured: of rows that are read for the first time since a change,
    /// and of the same hundred that are read again and again.
    async fn rows(&self, figures: &mut Figures) {
        const FEW: usize = 101;
        const MANY: usize = 100_000;
        let alone = async |requests: Arc<Vec<Wire>>| {
            load(self.internal, &requests, 1, LASTS / 2).await;
            load(self.internal, &requests, 1, LASTS).await.median
        };
        let first = async |requests: Arc<Vec<Wire>>| {
            let step = requests.len().div_ceil(1000);
            once(self.internal, requests.iter().step_by(step)).await
        };
        let among = async |from, to| {
            // A change, too: nothing of before is remembered.
            self.add_rows(from, to).await;
            let first = (first(self.checks(to)).await, first(self.reads(to)).await);
            let again = (alone(self.checks(100)).await, alone(self.reads(100)).await);
            [first.0, first.1, again.0, again.1]
        };
        let (few, many) = (among(100, FEW).await, among(FEW, MANY).await);
        let kinds = [
            "`POST /operator/session` for the first time",
            "`GET /catalog/{code}` for the first time",
            "`POST /operator/session` again",
            "`GET /catalog/{code}` again",
        ];
        for (what, (few, many)) in kinds.into_iter().zip(few.into_iter().zip(many)) {
            figures.note(
                &format!("{what}, median among 100 and 100,000 rows"),
                format!("{} µs, {} µs", few.as_micros(), many.as_micros()),
            );
            let times = many.as_secs_f64() / few.as_secs_f64();
            figures.at_most(&format!("{what}, the latter beside the former"), (times, "times"), 1.3);
        }
    }
}

/// One client for all requests that are only written down.
fn client_of() -> &'static reqwest::Client {
    static CLIENT: std::sync::OnceLock<reqwest::Client> = std::sync::OnceLock::new();
    CLIENT.get_or_init(client)
}

/// A root block and the demo, each in a process of its own.
async fn processes(store: Option<&str>, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let database = match store {
        Some(_) => {
            Some(testkit::Database::postgres().await.expect("PXR_TEST_POSTGRES names the server, too"))
        }
        None => None,
    };
    let url = database.as_ref().map(|database| match &database.url {
        platform::StoreUrl::Postgres(url) => url.clone(),
        platform::StoreUrl::Sqlite(_) => panic!("a PostgreSQL server was asked for"),
    });
    let url = url.as_deref();
    Pxr::run(&["init", "--kind", "root", "root"], folder.path(), None);
    let loaded = Pxr::run(&["catalog", "load", "-c", "block.toml"], &root, url);
    figures.at_most("`pxr catalog load`: the starter catalog", (loaded.as_secs_f64(), "s"), 5.0);
    let port = support::free_ports();
    drop(Pxr::serve(&root, port, url).await);
    let (serving, ready) = Pxr::serve(&root, port, url).await;
    figures.at_most("`pxr serve`: a root ready", (ready.as_secs_f64(), "s"), 1.0);
    tokio::time::sleep(Duration::from_secs(2)).await;
    figures.at_most("its resident memory", (serving.memory("VmRSS"), "MB"), 80.0);
    drop(serving);
    let demo = Pxr::demo(folder.path(), support::free_ports(), store).await;
    figures.note(
        "`pxr demo`: resident memory of five blocks after the story",
        format!("{:.0} MB", demo.memory("VmRSS")),
    );
    figures.at_most("the largest until then", (demo.memory("VmHWM"), "MB"), 250.0);
}
