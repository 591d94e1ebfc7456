//! One id for everything that a request sets in motion, through all services and blocks.

use http::{HeaderName, HeaderValue, Request};
use vocabulary::random;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request: a UUID, or what a trusted neighbour sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

    #[must_use]
    pub fn new() -> Self {
        Self(random::uuid().to_string())
    }

    /// The id in the header, when it is short and plain enough for a log.
    #[must_use]
    pub fn received<B>(request: &Request<B>) -> Option<Self> {
        let text = request.headers().get(Self::HEADER)?.to_str().ok()?;
        let plain = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'-';
        (1..=64).contains(&text.len()).then_some(())?;
        text.bytes().all(plain).then(|| Self(text.to_owned()))
    }

    /// The id of the request that the current task works for.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    pub(crate) async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    pub(crate) fn value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}
