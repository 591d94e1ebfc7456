//! A request as a handler sees it: who calls and what was asked, both already checked.

use std::{future::Future, sync::LazyLock, time::Duration};

use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use moka::sync::Cache;
use serde_json::{Value, json};
use vocabulary::{OperatorType, ServiceName, Session};

use crate::{ApiError, Ground, Incoming, Origin, Outgoing, Who, describe::Body};

/// What a handler reads from a request: the second type argument of [`Call`].
pub trait Input: Sized + Send {
    /// Whether files may be sent and asked for, too, instead of JSON only.
    const ACCEPTS_BYTES: bool = false;

    /// What the body is, for the description of the API.
    const BODY: Body = Body::Fields;

    /// Reads a request, and does nothing but that: it is also tried on made-up ones, to find out what it reads
    /// (see [`crate::describe`]).
    fn read(incoming: &Incoming) -> Result<Self, ApiError>;
}

/// A handler that reads nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

impl Input for Nothing {
    fn read(_: &Incoming) -> Result<Self, ApiError> {
        Ok(Self)
    }
}

/// Two inputs of one request, read one after the other.
impl<A: Input, B: Input> Input for (A, B) {
    const ACCEPTS_BYTES: bool = A::ACCEPTS_BYTES || B::ACCEPTS_BYTES;
    const BODY: Body = if matches!(A::BODY, Body::Fields) { B::BODY } else { A::BODY };

    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Ok((A::read(incoming)?, B::read(incoming)?))
    }
}

/// The state of a service: what [`Call`] needs of it.
pub trait Host: Clone + Send + Sync + 'static {
    /// Whether a client must say that it accepts JSON; without it only what it sends is checked.
    const CHECKS_ACCEPT: bool = true;

    /// Whether it must say so in a deletion, too.
    const CHECKS_ACCEPT_OF_DELETIONS: bool = false;

    fn ground(&self) -> &Ground;

    /// Finds out who calls. Only the operator service, which owns the sessions, does it in its own way.
    fn identify(
        &self,
        incoming: &Incoming,
    ) -> impl Future<Output = Result<Option<Session>, ApiError>> + Send {
        identify(self.ground(), incoming)
    }
}

/// A checked request. The order of checks is the specs': JSON (400), `Accept` and `Content-Type` (406),
/// the input's own rules (400), identity (401), who may call (401).
#[derive(Debug)]
pub struct Call<W, I = Nothing> {
    pub who: W,
    pub input: I,
    pub incoming: Incoming,
}

impl<S: Host, W: Who, I: Input> FromRequest<S> for Call<W, I> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let incoming = Incoming::read(request).await?;
        incoming.negotiate::<S>(I::ACCEPTS_BYTES)?;
        let input = I::read(&incoming)?;
        let session = if W::NEEDS_SESSION { state.identify(&incoming).await? } else { None };
        let who = W::admit(session, &incoming.origin)?;
        Ok(Self { who, input, incoming })
    }
}

/// The rule of all services but the operator service: a session cookie is checked there; without one
/// the `session` header counts, which no outside listener lets through (spec: trust-layer 2).
async fn identify(ground: &Ground, incoming: &Incoming) -> Result<Option<Session>, ApiError> {
    let cookie = OperatorType::ALL.into_iter().find_map(|kind| incoming.cookie(kind.cookie()));
    if let Some(session_id) = cookie {
        return checked_cookie(ground, session_id).await.map(Some);
    }
    header_session(incoming)
}

/// The identity in the `session` header, where the origin of the request makes it worth something.
pub fn header_session(incoming: &Incoming) -> Result<Option<Session>, ApiError> {
    let Some(header) = incoming.header("session") else { return Ok(None) };
    if incoming.origin == Origin::Public {
        return Err(ApiError::unauthorized("セッション情報を受け付けられません")
            .because("session_header_from_outside"));
    }
    session_in(header).map(Some)
}

/// What the text of a `session` header says, whoever sent it.
pub fn session_in(header: &str) -> Result<Session, ApiError> {
    HEADERS.read(header, || {
        Session::from_header(header).map_err(|error| {
            tracing::debug!(%error, "session header refused");
            ApiError::unauthorized("セッション情報が正しくありません").because("session_header")
        })
    })
}

/// What texts say that describe sessions, whoever sent them: a request goes through several services, and reading the
/// text is most of what a small one costs.
struct Texts(Cache<String, Session>);

/// The texts of `session` headers, and those that the operator service answers: the same text means something else there.
static HEADERS: LazyLock<Texts> = LazyLock::new(Texts::new);
static ANSWERS: LazyLock<Texts> = LazyLock::new(Texts::new);

impl Texts {
    fn new() -> Self {
        const ROOM: u64 = 1024 * 1024;
        // The session holds the text again, and all that it says.
        let size = |text: &String, _: &Session| u32::try_from(4 * text.len()).unwrap_or(u32::MAX);
        let cache = Cache::builder().max_capacity(ROOM).weigher(size).time_to_idle(Duration::from_secs(60));
        Self(cache.build())
    }

    fn read(
        &self,
        text: &str,
        read: impl FnOnce() -> Result<Session, ApiError>,
    ) -> Result<Session, ApiError> {
        if let Some(session) = self.0.get(text) {
            return Ok(session);
        }
        let session = read()?;
        self.0.insert(text.to_owned(), session.clone());
        Ok(session)
    }
}

async fn checked_cookie(ground: &Ground, session_id: &str) -> Result<Session, ApiError> {
    let request = Outgoing::post("/operator/session/").json(&json!({"sessionId": session_id}));
    let answer = ground.channel.send(ServiceName::Operator, request).await?;
    match answer.status {
        StatusCode::OK => {
            let text = str::from_utf8(&answer.body).map_err(ApiError::unexpected)?;
            ANSWERS.read(text, || {
                Session::from_json(unwrap_text(answer.json()?)).map_err(|error| {
                    // Workflow staff, for one: a kind of operator that is no longer supported.
                    tracing::warn!(%error, "the operator service knows somebody whom nobody admits");
                    ApiError::unauthorized("このオペレーターは利用できません")
                        .because("operator_not_supported")
                })
            })
        }
        StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
            Err(ApiError::unauthorized("ログインしていません").because("not_logged_in"))
        }
        status => {
            tracing::warn!(%status, "the operator service could not check a session");
            Err(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "セッションを確認できませんでした")
                .because("session_not_checked"))
        }
    }
}

/// Some answers in the field are JSON texts of JSON texts.
fn unwrap_text(mut value: Value) -> Value {
    while let Value::String(text) = &value {
        match serde_json::from_str(text) {
            Ok(inner) => value = inner,
            Err(_) => break,
        }
    }
    value
}

impl<W, I> Call<W, I> {
    /// The ID service's token of a client, which services hand on untouched.
    #[must_use]
    pub fn access_token(&self) -> Option<&str> {
        self.incoming.header("access-token")
    }

    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.incoming.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }
}
