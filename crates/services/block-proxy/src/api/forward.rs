//! The forward face: a call leaves the block (spec: block-proxy 4.1).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use contract::{
    access_control::{Token, TokenCaller, TokenOperator, TokenRequest, TokenTarget},
    permission_table::TargetKey,
};
use futures_util::future::try_join_all;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Answer, AnyOperator, ApiError, Call, Incoming, Origin, Outgoing};
use serde_json::Value;
use vocabulary::{Code, OperatorType, ServiceName, Session};

use super::{
    body_or_empty, handed_on, is_download,
    reverse::{Arriving, arrive},
    travelling,
};
use crate::{
    Proxy,
    blocks::Block,
    refusal::Refusal,
    route::{BlockParameter, Route, slashed},
    store::{Called, Face},
};

/// The sender of a call that names none.
const OWN_PATH: &str = "/pxr-block-proxy";

/// The face for members, applications and local services. **Operators of types 2 and 3 from outside.**
pub(super) async fn plain(
    State(proxy): State<Proxy>,
    call: Call<AnyOperator, Route>,
) -> Result<Response, ApiError> {
    forward(&proxy, call, false).await
}

/// The face for residents. **Operators of type 0 from outside.**
pub(super) async fn individual(
    State(proxy): State<Proxy>,
    call: Call<AnyOperator, Route>,
) -> Result<Response, ApiError> {
    forward(&proxy, call, true).await
}

async fn forward(proxy: &Proxy, call: Call<AnyOperator, Route>, is_ind: bool) -> Result<Response, ApiError> {
    let (session, route, incoming) = (call.who.0, call.input, call.incoming);
    let from_path = sender(proxy, &route, &incoming)?;
    check_face(&session, &incoming, is_ind)?;
    let own = || session.block.map(|block| block.value).ok_or(Refusal::NoSuchBlock);
    // A local service may work for an operator of another block, but the call is this block's: the other side
    // compares the certificate with the block that is named.
    let caller = match (&incoming.origin, route.from_block) {
        (Origin::Peer(_) | Origin::Unsigned(_), Some(code)) => Code(code),
        _ => proxy.ground.block.code.value,
    };
    let callee = match route.block {
        Some(BlockParameter::Root) => proxy.ground.block.root.code,
        Some(BlockParameter::Code(code)) => Code(code),
        None => own()?,
    };
    let caller = proxy.blocks.find(&session, caller).await?;
    let callee =
        if callee == caller.code { caller.clone() } else { proxy.blocks.find(&session, callee).await? };
    let path = route.slashed();
    if from_path.is_none() {
        let to = if caller.code == callee.code { TargetKey::Own } else { TargetKey::Of(callee.kind) };
        if !proxy.permissions.allow(to, &incoming.method, session.operator_type, &path) {
            return Err(Refusal::NotPermitted.into());
        }
    }
    let from_path = slashed(from_path.as_deref().unwrap_or(OWN_PATH));
    let planned = Planned { proxy, session: &session, incoming: &incoming, caller, from_path, path };
    let tokens = planned.tokens(callee.code).await?;
    let wraps = !is_ind && incoming.method == Method::POST && planned.path == "/book-operate/share/search";
    let is_sole = tokens.len() == 1 && !wraps;
    // Each source takes its time: none waits for another.
    let ways = (tokens.len() > 1, is_sole);
    let sent = tokens.iter().map(|token| planned.deliver(&callee, token, ways));
    let answers = try_join_all(sent).await?;
    Ok(joined(answers, wraps))
}

/// Who may say on whose behalf it calls: services of this block; and another block that reads the catalog.
fn sender(proxy: &Proxy, route: &Route, incoming: &Incoming) -> Result<Option<String>, Refusal> {
    match &incoming.origin {
        Origin::Inside => Ok(route.from_path.clone()),
        // The public listener takes it away already; clients in the field send it all the same.
        Origin::Public => Ok(None),
        origin => {
            let from = route.from_block.map(Code);
            let reads_catalog = incoming.method == Method::GET
                && route.service() == Ok(ServiceName::Catalog)
                && route.from_path.as_deref().map(slashed).as_deref() == Some(OWN_PATH)
                && from.is_some_and(|from| origin.speaks_for(from) || from == proxy.ground.block.root.code);
            if reads_catalog { Ok(route.from_path.clone()) } else { Err(Refusal::OtherPeer) }
        }
    }
}

/// Residents have a face of their own. Local services, which come with a header instead of a cookie, use either.
fn check_face(session: &Session, incoming: &Incoming, is_ind: bool) -> Result<(), Refusal> {
    let with_cookie = OperatorType::ALL.into_iter().any(|kind| incoming.cookie(kind.cookie()).is_some());
    let is_individual = session.operator_type == OperatorType::Individual;
    if with_cookie && is_individual != is_ind { Err(Refusal::WrongFace) } else { Ok(()) }
}

/// A call about to leave.
struct Planned<'a> {
    proxy: &'a Proxy,
    session: &'a Session,
    incoming: &'a Incoming,
    caller: Block,
    from_path: String,
    path: String,
}

impl Planned<'_> {
    async fn tokens(&self, callee: Code) -> Result<Vec<Token>, ApiError> {
        let access_token = self.incoming.header("access-token");
        let request = self.token_request(callee);
        let tokens = self.proxy.access_control.tokens(self.session, access_token, &request).await;
        let tokens = tokens.map_err(|failure| match failure {
            contract::CallFailure::Status { status: StatusCode::UNAUTHORIZED, message, .. } => {
                Refusal::TokenRefused(message.unwrap_or_else(|| Refusal::NotPermitted.to_string()))
            }
            contract::CallFailure::Status { status, .. } if status.is_server_error() => Refusal::TokenFailed,
            contract::CallFailure::Status { .. } => Refusal::NotPermitted,
            other => {
                tracing::warn!(failure = %other, "a token cannot be had");
                Refusal::TokenFailed
            }
        })?;
        if tokens.is_empty() { Err(Refusal::NotPermitted.into()) } else { Ok(tokens) }
    }

    fn token_request(&self, callee: Code) -> TokenRequest {
        let body = self.incoming.body();
        let code = match &body["_code"] {
            Value::Array(codes) => codes.clone(),
            code @ Value::Object(_) => vec![code.clone()],
            _ => Vec::new(),
        };
        let method = self.incoming.method.to_string();
        let roles = &self.session.roles;
        TokenRequest {
            caller: TokenCaller {
                block_code: self.caller.code.0,
                api_url: self.from_path.clone(),
                api_method: method.clone(),
                user_id: self.session.login_id.clone(),
                operator: TokenOperator {
                    operator_type: self.session.operator_type.number(),
                    login_id: self.session.login_id.clone(),
                    role: (!roles.is_empty()).then(|| roles.clone()),
                },
                request_body: Some(if body.is_null() { serde_json::json!({}) } else { body.clone() }),
            },
            target: TokenTarget {
                code,
                block_code: callee.0,
                api_url: self.path.clone(),
                api_method: method,
            },
        }
    }

    /// Hands the call to the block that a token is for. One of several blocks that cannot be reached takes no other's
    /// answer away.
    async fn deliver(
        &self,
        callee: &Block,
        token: &Token,
        (is_one_of_several, is_sole): (bool, bool),
    ) -> Result<Answer, ApiError> {
        let sent = async {
            if token.block_code == callee.code.0 {
                return self.send(callee, token, is_sole).await;
            }
            let block = self.proxy.blocks.find(self.session, Code(token.block_code)).await?;
            self.send(&block, token, is_sole).await
        };
        match sent.await {
            Err(refusal) if is_one_of_several => Answer::of(refusal.into_response()).await,
            sent => sent,
        }
    }

    /// Hands the call to the reverse face of the callee: in this block, or over the network.
    async fn send(&self, callee: &Block, token: &Token, is_sole: bool) -> Result<Answer, ApiError> {
        let mut headers = travelling(&self.incoming.headers);
        let body = body_or_empty(&self.incoming.bytes, &mut headers);
        if is_download(&self.path) {
            headers.insert(header::ACCEPT, HeaderValue::from_static("application/octet-stream"));
        }
        let called = Called {
            face: Face::Forward,
            method: self.incoming.method.as_str(),
            caller: (self.caller.code, self.caller.version),
            caller_url: Some(self.from_path.clone()),
            callee: (callee.code, callee.version),
            url: self.path.as_str().into(),
        };
        if callee.code == self.proxy.ground.block.code.value {
            return self.send_inside(callee, token, (headers, body), (called, is_sole)).await;
        }
        let answer = self.send_out(callee, token, (headers, body)).await?;
        self.proxy.log(self.session, [called]).await;
        Ok(answer)
    }

    /// To the reverse face of this very proxy. Both faces' rows of the log are written together.
    async fn send_inside(
        &self,
        callee: &Block,
        token: &Token,
        (headers, body): (HeaderMap, Bytes),
        (called, is_sole): (Called<'_>, bool),
    ) -> Result<Answer, ApiError> {
        let arriving = Arriving {
            method: &self.incoming.method,
            headers: &headers,
            body,
            origin: &Origin::Inside,
            token: Some(&token.api_token),
        };
        let route = match Route::inside(&self.path, (&self.from_path, self.caller.code.0), callee.code.0) {
            Ok(route) => route,
            Err(refusal) => return self.refused(refusal, called, is_sole).await,
        };
        match Box::pin(arrive(self.proxy, self.session, &route, arriving)).await {
            Ok((answer, arrived)) => {
                self.proxy.log(self.session, [arrived, called]).await;
                Ok(answer)
            }
            Err(refusal) => self.refused(refusal, called, is_sole).await,
        }
    }

    /// What the reverse face refuses is an answer, too, which is logged.
    async fn refused(
        &self,
        refusal: ApiError,
        called: Called<'_>,
        is_sole: bool,
    ) -> Result<Answer, ApiError> {
        self.proxy.log(self.session, [called]).await;
        if is_sole { Err(refusal) } else { Answer::of(refusal.into_response()).await }
    }

    /// Over the network.
    async fn send_out(
        &self,
        callee: &Block,
        token: &Token,
        (headers, body): (HeaderMap, Bytes),
    ) -> Result<Answer, ApiError> {
        let query = format!(
            "block={}&path={}&from_block={}&from_path={}",
            callee.code,
            contract::proxy::encoded(&self.path),
            self.caller.code,
            contract::proxy::encoded(&self.from_path),
        );
        let path = format!("/pxr-block-proxy/pxr-block-proxy/reverse?{query}");
        let mut request = Outgoing::new(self.incoming.method.clone(), path).bytes(body);
        request.headers = headers;
        let request = request.session(self.session).header("token", &token.api_token);
        let sent = self.proxy.ground.peers.send(callee.code, &callee.service_name, request).await;
        sent.map_err(|error| {
            tracing::warn!(%error, "a callee block cannot be reached");
            Refusal::Unreachable.into()
        })
    }
}

/// One answer is handed on as it is; several become an array of their bodies. They went well if any did.
fn joined(mut answers: Vec<Answer>, wraps: bool) -> Response {
    if answers.len() == 1 && !wraps {
        return handed_on(answers.remove(0));
    }
    let bodies: Vec<Value> =
        answers.iter().map(|answer| serde_json::from_slice(&answer.body).unwrap_or_default()).collect();
    let best = answers.iter().find(|answer| answer.status.is_success()).or_else(|| answers.first());
    let status = best.map_or(StatusCode::UNAUTHORIZED, |answer| answer.status);
    (status, Json(bodies)).into_response()
}
