//! What a block counts about itself, and the line it logs for each request.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{Method, Request, StatusCode},
    routing::get,
};
use platform::{ApiError, Ground, Health, Host, assemble, listen};
use pxr::assembly::Block;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use testkit::{Bench, Neighbours};
use vocabulary::ServiceName;

use crate::{
    databases::on_both_databases,
    split::{catalog, config},
    support::{Cookies, Place, Platform, client, send},
};

/// The lines of the exposition that begin so, without what they begin with.
fn lines<'t>(text: &'t str, start: &str) -> Vec<&'t str> {
    text.lines().filter_map(|line| line.strip_prefix(start)).collect()
}

/// A block with a single service on an internal listener.
async fn alone(store: &platform::StoreUrl, folder: &Path) -> (pxr::assembly::Serving, String) {
    let config = config(store, &catalog().await, folder);
    let serving = Block::assemble(config).await.unwrap().serve().await.unwrap();
    let base = format!("http://{}", serving.addresses.internal.unwrap());
    (serving, base)
}

async fn figures(base: &str) -> String {
    let (status, _, text) = send(client().get(format!("{base}/metrics"))).await.unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

testkit::on_both_databases! {
    async fn the_internal_listener_shows_what_its_block_counted(database: Database) {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (serving, base) = alone(&database.url, folders[0].path()).await;
        let other = testkit::Database::sqlite();
        let (other_serving, other_base) = alone(&other.url, folders[1].path()).await;

        let asked = |path: &str| {
            let request = client().get(format!("{base}{path}")).header("accept", "application/json");
            request.header("session", testkit::member().header())
        };
        let list = "/notification?is_send=false&is_unread=true&is_approval=false&type=0&num=0";
        for _ in 0..2 {
            let (status, _, body) = send(asked(list)).await.unwrap();
            assert!(status == 200 || status == 204, "{status} {body}");
        }
        let (status, _, body) = send(asked("/notification?is_send=maybe")).await.unwrap();
        assert_eq!(status, 400, "{body}");
        let unknown = client().put(format!("{base}/notification")).json(&json!({"id": 4711}));
        let unknown = unknown.header("accept", "application/json").header("session", testkit::member().header());
        assert_eq!(send(unknown).await.unwrap().0, 400);
        let nobody = client().get(format!("{base}{list}")).header("accept", "application/json");
        assert_eq!(send(nobody).await.unwrap().0, 401);
        let made_up = client().request(Method::from_bytes(b"MADEUP").unwrap(), format!("{base}/notification/4711"));
        assert_eq!(send(made_up).await.unwrap().0, 404);
        assert_eq!(send(client().get(format!("{base}/catalog/name"))).await.unwrap().0, 404);

        let text = figures(&base).await;
        let requests = lines(&text, "pxr_requests_total");
        let answered = |start: &str, end: &str| {
            requests.iter().any(|line| line.starts_with(start) && line.ends_with(end))
        };
        let route = "{service=\"notification\",method=\"GET\",route=\"/notification\",status=\"2";
        assert!(answered(route, "} 2"), "{requests:?}");
        assert!(answered("{service=\"notification\",method=\"other\",route=\"unknown\",status=\"404\"} 1", ""));
        assert!(!text.contains("4711") && !text.contains("MADEUP"), "{text}");
        let refusals = lines(&text, "pxr_refusals_total{service=\"notification\",");
        for counted in [
            "status=\"400\",reason=\"fields\"} 1",
            "status=\"400\",reason=\"no_such_notice\"} 1",
            "status=\"401\",reason=\"not_logged_in\"} 1",
            "status=\"404\",reason=\"no_such_route\"} 1",
        ] {
            assert!(refusals.contains(&counted), "{counted}: {refusals:?}");
        }
        let turned_away = lines(&text, "pxr_listener_refusals_total");
        assert_eq!(turned_away, ["{listener=\"internal\",status=\"404\",reason=\"not_served\"} 1"]);
        assert_eq!(lines(&text, "pxr_request_seconds_count{service=\"notification\"}"), [" 6"]);
        let number = |name: &str| -> f64 {
            let found = lines(&text, &format!("{name}{{service=\"notification\"}} "));
            found.first().unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
        };
        assert!(number("pxr_database_queries_total") >= 3.0 && number("pxr_database_seconds_total") > 0.0);
        let (open, idle) = (number("pxr_database_connections"), number("pxr_database_idle_connections"));
        assert!(open >= 1.0 && (0.0..=open).contains(&idle), "{open} {idle}");
        for name in ["requests_total", "request_seconds", "refusals_total", "database_seconds_total"] {
            assert_eq!(lines(&text, &format!("# HELP pxr_{name} ")).len(), 1, "{name}");
        }

        let text = figures(&other_base).await;
        assert!(lines(&text, "pxr_requests_total").is_empty(), "the numbers of another block: {text}");
        other_serving.stop().await;
        serving.stop().await;
    }

    async fn the_line_of_a_request_tells_its_queries(database: Database) {
        let told = Told::default();
        let writer = told.clone();
        let lines = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let listening = tracing::subscriber::set_default(lines);
        let neighbours = Neighbours::new();
        let bench = Bench::start::<notification::Migrator>(
            ServiceName::Notification, database, neighbours, probe,
        ).await;
        assert_eq!(bench.get("/none").send().await.status, 200);
        assert_eq!(bench.get("/five").send().await.status, 200);
        assert_eq!(bench.get("/none").send().await.status, 200);
        drop(listening);

        let answered = told.answered();
        let queries: Vec<_> = answered.iter().map(|line| line["queries"].as_u64().unwrap()).collect();
        assert_eq!(queries, [0, 5, 0]);
        let times: Vec<_> = answered.iter().map(|line| line["db_millis"].as_f64().unwrap()).collect();
        assert!(times[0] == 0.0 && times[1] >= 20.0 && times[2] == 0.0, "{times:?}");
        assert!(times[1] <= answered[1]["millis"].as_f64().unwrap());
    }
}

/// A service with a route that asks nothing, and one that asks five things, the last of which takes long.
fn probe(ground: Ground) -> Router {
    #[derive(Clone)]
    struct Probe(Ground);

    impl Host for Probe {
        fn ground(&self) -> &Ground {
            &self.0
        }
    }

    async fn five(State(Probe(ground)): State<Probe>) -> Result<(), ApiError> {
        let reading = ground.store.read();
        reading
            .execute_raw(sea_orm::Statement::from_string(reading.get_database_backend(), "select 1"))
            .await?;
        let one = sea_orm::Statement::from_string(reading.get_database_backend(), "select 1");
        reading.query_one_raw(one.clone()).await?;
        let writing = ground.store.write().await?;
        writing.query_all_raw(one.clone()).await?;
        writing.execute_unprepared("create table probe (number integer)").await?;
        let slow = match reading.get_database_backend() {
            sea_orm::DbBackend::Postgres => "insert into probe select 1 from pg_sleep(0.02)".to_owned(),
            _ => "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000)
                  insert into probe select count(*) from n"
                .to_owned(),
        };
        writing.execute_raw(sea_orm::Statement::from_string(reading.get_database_backend(), slow)).await?;
        writing.commit().await?;
        Ok(())
    }

    assemble(ServiceName::Notification, Probe(ground), |probe| {
        Router::new().route("/none", get(async || ())).route("/five", get(five)).with_state(probe)
    })
}

/// What was logged, as JSON lines.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<u8>>>);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Told {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn answered(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["fields"].take());
        lines.filter(|fields| fields["message"] == "answered").collect()
    }
}

/// The figures of a block of the demo, which has no internal listener.
pub(crate) async fn of_block(platform: &Platform, block: &str) -> String {
    let block = platform.stage.block(block).unwrap();
    let router =
        listen::internal(block.channel.clone(), Arc::new([]), block.metrics.clone(), Health::default());
    let request = Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    let Ok(response) = tower::ServiceExt::oneshot(router, request).await;
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

on_both_databases! {
    async fn what_the_listeners_turn_away_is_counted_and_outside_nobody_reads_it(place: Place) {
        let platform = Platform::built(place, "2").await;
        let root = platform.login("root", "root").await;
        let mut without_token = root.clone();
        without_token.0.remove("XSRF-TOKEN");
        assert_eq!(platform.get("root", "/catalog/name", &without_token).await.0, 403);
        let region = crate::support::Neighbour::assigned(&platform, "region").client;
        let port = platform.place.options.base_port + 100;
        let stranger = send(client().get(format!("https://127.0.0.1:{port}/metrics"))).await;
        assert!(stranger.is_err(), "no client certificate");
        let inside = region.get(format!("https://root-service:{port}/metrics"));
        assert_eq!(send(inside).await.unwrap().0, StatusCode::NOT_FOUND, "another block");
        let outside = Cookies::default().on(client().get(format!("{}/metrics", platform.url("root"))));
        assert_eq!(send(outside).await.unwrap().0, StatusCode::NOT_FOUND, "the public");

        let text = of_block(&platform, "root").await;
        let turned_away = lines(&text, "pxr_listener_refusals_total");
        for counted in [
            "{listener=\"public\",status=\"403\",reason=\"csrf\"} ",
            "{listener=\"public\",status=\"404\",reason=\"not_served\"} 1",
            "{listener=\"blocks\",status=\"404\",reason=\"not_served\"} 1",
            "{listener=\"blocks\",status=\"\",reason=\"tls_handshake\"} 1",
        ] {
            assert!(turned_away.iter().any(|line| line.starts_with(counted)), "{counted}: {turned_away:?}");
        }
        let region = of_block(&platform, "region").await;
        assert!(
            lines(&region, "pxr_listener_refusals_total").is_empty(),
            "five blocks, each with its own numbers"
        );
        platform.stage.stop().await;
    }
}
