//! Stands between a command and a block, counts its requests, and says when one is reached at which something is to be
//! killed.

use std::{
    process::Child,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body, extract::State, http::Request, response::Response};
use reqwest::Client;
use tokio::sync::Notify;

use crate::{commands::program, support::client};

/// At which request, counted from 1, and when in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) request: usize,
    pub(crate) when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// The request does not arrive.
    Before,
    /// While the block works on it.
    During(Duration),
    /// The block has done it; its answer does not arrive.
    After,
}

#[derive(Debug)]
struct Wire {
    upstream: String,
    client: Client,
    plan: Mutex<(usize, Option<Cut>)>,
    cut: Notify,
}

/// A listener in front of a block.
#[derive(Clone, Debug)]
pub(crate) struct Cutter {
    pub(crate) url: String,
    wire: Arc<Wire>,
}

impl Cutter {
    pub(crate) async fn before(upstream: &str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan = Mutex::new((0, None));
        let wire =
            Arc::new(Wire { upstream: upstream.to_owned(), client: client(), plan, cut: Notify::new() });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&wire));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, wire }
    }

    /// Runs a command up to the cut, and kills it there after `killing` what else is to die. False: it ended before.
    pub(crate) async fn cut(
        &self,
        cut: Cut,
        (arguments, password): (&[&str], &str),
        killing: impl FnOnce(),
    ) -> bool {
        *self.wire.plan.lock().unwrap() = (0, Some(cut));
        let mut command = program(arguments, password);
        let null = std::process::Stdio::null;
        let mut child = command.stdout(null()).stderr(null()).spawn().unwrap();
        let is_cut = tokio::select! {
            () = self.wire.cut.notified() => true,
            () = ends_well(&mut child) => false,
        };
        if is_cut {
            killing();
            child.kill().unwrap();
            child.wait().unwrap();
        }
        *self.wire.plan.lock().unwrap() = (0, None);
        is_cut
    }
}

async fn ends_well(child: &mut Child) {
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "a command that was repeated failed");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn pass(State(wire): State<Arc<Wire>>, request: Request<Body>) -> Response {
    let when = {
        let mut plan = wire.plan.lock().unwrap();
        plan.0 += 1;
        let number = plan.0;
        plan.1.filter(|cut| cut.request == number).map(|cut| cut.when)
    };
    if when == Some(When::Before) {
        return cut_off(&wire).await;
    }
    let forwarded = tokio::spawn(forward(Arc::clone(&wire), request));
    match when {
        Some(When::During(time)) => {
            tokio::time::sleep(time).await;
            cut_off(&wire).await
        }
        Some(_) => {
            let _ = forwarded.await;
            cut_off(&wire).await
        }
        None => forwarded.await.unwrap(),
    }
}

/// Nothing comes back: whoever waits is killed.
async fn cut_off(wire: &Wire) -> Response {
    wire.cut.notify_one();
    std::future::pending().await
}

async fn forward(wire: Arc<Wire>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let url = format!("{}{}", wire.upstream, parts.uri);
    let mut outgoing = wire.client.request(parts.method, url).body(body);
    for (name, value) in &parts.headers {
        if !["host", "content-length", "connection"].contains(&name.as_str()) {
            outgoing = outgoing.header(name, value);
        }
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a wire between a client and a block, not a call of the platform"
    )]
    let Ok(answer) = outgoing.send().await else {
        return Response::builder().status(502).body(Body::empty()).unwrap();
    };
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if !["content-length", "connection", "transfer-encoding"].contains(&name.as_str()) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(answer.bytes().await.unwrap_or_default())).unwrap()
}
