//! `GET /health` tells whether the database answers: one that was stopped, and one that hangs.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::http::Request;
use platform::{Channel, Health, Store, StoreUrl, listen};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, sleep},
};
use vocabulary::{ServiceName, TimeZone};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wire {
    Open,
    /// Connections stand, and nothing passes.
    Silent,
    /// Nobody listens any more.
    Closed,
}

async fn carry(mut here: TcpStream, server: String, mut wire: watch::Receiver<Wire>) {
    let mut there = TcpStream::connect(&server).await.unwrap();
    loop {
        let state = *wire.borrow_and_update();
        match state {
            Wire::Closed => return,
            Wire::Silent => wire.changed().await.unwrap(),
            Wire::Open => tokio::select! {
                _ = copy_bidirectional(&mut here, &mut there) => return,
                changed = wire.changed() => changed.unwrap(),
            },
        }
    }
}

/// The same server behind a wire that the test cuts.
async fn behind_a_wire(url: &str) -> (String, watch::Sender<Wire>) {
    let (user, rest) = url.split_once('@').unwrap();
    let (server, database) = rest.split_once('/').unwrap();
    let (sender, receiver) = watch::channel(Wire::Open);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = server.to_owned();
    tokio::spawn(async move {
        while let Ok((here, _)) = listener.accept().await {
            tokio::spawn(carry(here, server.clone(), receiver.clone()));
        }
    });
    (format!("{user}@{address}/{database}"), sender)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_or_is_stopped_is_told_and_so_is_its_return() {
    let Some(database) = testkit::Database::postgres().await else { return };
    let StoreUrl::Postgres(url) = &database.url else { panic!("not PostgreSQL") };
    let (url, wire) = behind_a_wire(url).await;
    let mut stores = Vec::new();
    for service in [ServiceName::Operator, ServiceName::Catalog] {
        let store = Store::open(&StoreUrl::Postgres(url.clone()), service, TimeZone::UTC).await.unwrap();
        stores.push((service, store));
    }
    let (channel, health) = (Channel::new(HashMap::new()).unwrap(), Health::of(stores));
    let public = listen::public(channel, Arc::new([]), health);
    let told = async || {
        // What was found out a second ago does not count any more.
        sleep(Duration::from_secs(1)).await;
        let request = Request::get("/health").header("accept-language", "en").body(axum::body::Body::empty());
        let Ok(response) = tower::ServiceExt::oneshot(public.clone(), request.unwrap()).await;
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    };
    let good = (200, r#"{"status":"OK"}"#.to_owned());
    let bad = (503, r#"{"status":"ERROR","message":"A database does not answer"}"#.to_owned());
    assert_eq!(told().await, good);
    for state in [Wire::Silent, Wire::Closed] {
        wire.send(state).unwrap();
        let began = Instant::now();
        assert_eq!(told().await, bad);
        assert!(began.elapsed() < Duration::from_secs(6), "whoever asks is not kept waiting");
        wire.send(Wire::Open).unwrap();
        assert_eq!(told().await, good);
    }
}
