//! Sockets: accepting, TLS, HTTP/1 and HTTP/2, and an end that lets running requests finish.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::blocks::BlocksTls;
use crate::{Metrics, Peer, error::Why};

const HANDSHAKE: Duration = Duration::from_secs(10);
const HEADERS: Duration = Duration::from_secs(30);
/// How long running requests may take once the process was told to end.
const FAREWELL: Duration = Duration::from_secs(30);
/// An identity header can be larger than hyper's default of 16 KB.
const HEADER_BYTES: u32 = 64 * 1024;

/// Tells listeners to end.
pub type Shutdown = CancellationToken;

/// A listener cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{address} cannot be listened on: is another program using it?")]
pub struct ServeError {
    address: String,
    source: std::io::Error,
}

/// A socket that is listened on; requests wait until it serves.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    pub async fn bind(address: &str) -> Result<Self, ServeError> {
        let failed = |source| ServeError { address: address.to_owned(), source };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address })
    }

    /// The real address, where port 0 was asked for.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until told to end, then lets running requests finish.
    pub fn serve(self, face: Face, shutdown: Shutdown) -> JoinHandle<()> {
        tokio::spawn(accept(self.socket, face, shutdown))
    }
}

/// What a listener shows to those who connect.
#[derive(Clone, Debug)]
pub struct Face {
    /// Its name in figures.
    pub name: &'static str,
    pub router: Router,
    pub tls: Option<BlocksTls>,
    pub metrics: Metrics,
}

impl Face {
    /// The answer to a request. A refusal that no service has counted is the listener's own.
    async fn answer(self, request: Request) -> Result<Response, Infallible> {
        let Ok(mut response) = self.router.oneshot(request).await;
        if let Some(why) = response.extensions_mut().remove::<Why>() {
            self.metrics.turned_away(self.name, Some(response.status()), why.reason);
        }
        Ok(response)
    }

    fn no_handshake(&self, reason: &'static str) {
        self.metrics.turned_away(self.name, None, reason.into());
    }
}

async fn accept(socket: TcpListener, face: Face, shutdown: Shutdown) {
    let graceful = std::sync::Arc::new(tokio::sync::Mutex::new(GracefulShutdown::new()));
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let (face, shutdown) = (face.clone(), shutdown.clone());
                let graceful = std::sync::Arc::clone(&graceful);
                tokio::spawn(async move { connection(stream, face, &graceful, shutdown).await });
            }
            // Out of file handles, say: pause, do not spin.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(socket);
    let watched = std::mem::replace(&mut *graceful.lock().await, GracefulShutdown::new());
    if timeout(FAREWELL, watched.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// One connection, from its handshake on: never in the accept loop, where a slow peer would stop all others.
async fn connection(
    stream: TcpStream,
    face: Face,
    graceful: &tokio::sync::Mutex<GracefulShutdown>,
    shutdown: Shutdown,
) {
    let _not_vital = stream.set_nodelay(true);
    let Some(tls) = &face.tls else { return http(stream, face, None, graceful, shutdown).await };
    let tls = tls.current();
    let handshake = TlsAcceptor::from(std::sync::Arc::clone(&tls.config)).accept(stream);
    match timeout(HANDSHAKE, handshake).await {
        Ok(Ok(stream)) => {
            let peer = tls.peer(stream.get_ref().1.peer_certificates());
            http(stream, face, peer, graceful, shutdown).await;
        }
        Ok(Err(error)) => {
            tracing::info!(%error, "a peer was refused in the TLS handshake");
            face.no_handshake("tls_handshake");
        }
        Err(_) => {
            tracing::info!("a TLS handshake took too long");
            face.no_handshake("tls_handshake_too_slow");
        }
    }
}

async fn http<S>(
    stream: S,
    face: Face,
    peer: Option<Peer>,
    graceful: &tokio::sync::Mutex<GracefulShutdown>,
    shutdown: Shutdown,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = tower::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        if let Some(peer) = &peer {
            request.extensions_mut().insert(peer.clone());
        }
        face.clone().answer(request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(HEADER_BYTES);
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
    if shutdown.is_cancelled() {
        return;
    }
    let watched = graceful.lock().await.watch(connection);
    if let Err(error) = watched.await {
        tracing::debug!(error, "a connection ended early");
    }
}
