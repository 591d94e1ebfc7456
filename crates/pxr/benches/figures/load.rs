//! Requests over kept connections, as cheap for the client as they can be: client and server share the processors.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::RequestBuilder;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A request as it goes over the wire.
pub(crate) type Wire = Vec<u8>;

/// Writes a request down once, so that sending it costs nothing.
pub(crate) fn wire(request: RequestBuilder) -> Wire {
    let request = request.build().expect("a request");
    let url = request.url();
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let first =
        format!("{} {}{query} HTTP/1.1\r\nhost: {}\r\n", request.method(), url.path(), url.authority());
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
    let length = (!body.is_empty()).then(|| format!("content-length: {}\r\n", body.len()));
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("plain text")));
    let head: String = [first].into_iter().chain(headers).chain(length).collect();
    [head.as_bytes(), b"\r\n", body].concat()
}

/// What some connections saw within some time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) per_second: f64,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
}

/// Sends these requests, in a mixed order, one after the other on each connection.
pub(crate) async fn load(
    address: SocketAddr,
    requests: &Arc<Vec<Wire>>,
    connections: usize,
    lasts: Duration,
) -> Seen {
    let begin = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|number| tokio::spawn(connection(address, Arc::clone(requests), number, begin + lasts)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a connection"));
    }
    let took = begin.elapsed();
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    Seen { per_second: times.len() as f64 / took.as_secs_f64(), median: at(50), p99: at(99) }
}

/// Sends each of some requests once, on one connection, and gives the middle one of their times.
pub(crate) async fn once(address: SocketAddr, requests: impl Iterator<Item = &Wire>) -> Duration {
    let mut stream = connected(address).await;
    let (mut times, mut buffer) = (Vec::new(), Vec::with_capacity(64 * 1024));
    for request in requests {
        times.push(sent(&mut stream, request, &mut buffer).await);
    }
    times.sort_unstable();
    times[times.len() / 2]
}

async fn connection(
    address: SocketAddr,
    requests: Arc<Vec<Wire>>,
    number: usize,
    end: Instant,
) -> Vec<Duration> {
    let mut stream = connected(address).await;
    let (mut times, mut buffer) = (Vec::new(), Vec::with_capacity(64 * 1024));
    // A large prime: neighbours in time are no neighbours in the table.
    let mut next = number.wrapping_mul(7_919);
    while Instant::now() < end {
        next = next.wrapping_add(15_485_863);
        times.push(sent(&mut stream, &requests[next % requests.len()], &mut buffer).await);
    }
    times
}

async fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    stream
}

/// How long a request takes.
async fn sent(stream: &mut TcpStream, request: &Wire, buffer: &mut Vec<u8>) -> Duration {
    let begin = Instant::now();
    stream.write_all(request).await.expect("a sent request");
    answer(stream, buffer).await;
    begin.elapsed()
}

/// Reads one answer, which must be a success.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    let mut whole = None;
    while whole.is_none_or(|whole| buffer.len() < whole) {
        assert!(stream.read_buf(buffer).await.expect("an answer") > 0, "the connection ended");
        whole = whole.or_else(|| length(buffer));
    }
    assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(buffer));
}

/// How long head and body are together, once the head is there.
fn length(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).expect("a head").to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some(head + body.expect("a length").trim().parse::<usize>().expect("a number"))
}
