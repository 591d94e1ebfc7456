//! The reverse face: a call arrives at the block (spec: block-proxy 4.2).

use axum::{extract::State, response::Response};
use bytes::Bytes;
use contract::{
    access_control::{Collation, CollationCaller, CollationTarget},
    access_control_manage::rests_on_consent,
    proxy::FROM_BLOCK,
    reference_batch::asks_as_root,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use platform::{Answer, AnyOperator, ApiError, Call, Origin, Outgoing};
use vocabulary::{Code, ServiceName, Session, Version};

use super::{handed_on, is_download, travelling};
use crate::{
    Proxy, filter,
    reach::{CameFrom, looks_after_certificates, may_arrive, may_see_shares},
    refusal::Refusal,
    route::{BlockParameter, Route},
    store::{Called, Face},
};

/// Takes a call that comes with a token. **Proxies**: this block's own, or that of the block it comes from.
pub(super) async fn reverse(
    State(proxy): State<Proxy>,
    call: Call<AnyOperator, Route>,
) -> Result<Response, ApiError> {
    let (session, route, incoming) = (call.who.0, call.input, call.incoming);
    let arriving = Arriving {
        method: &incoming.method,
        headers: &incoming.headers,
        body: incoming.bytes.clone(),
        origin: &incoming.origin,
        token: incoming.header("token"),
    };
    let (answer, called) = arrive(&proxy, &session, &route, arriving).await?;
    proxy.log(&session, [called]).await;
    Ok(handed_on(answer))
}

/// A call that arrives: from another proxy, or straight from the forward face of this one.
pub(super) struct Arriving<'a> {
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: Bytes,
    pub(super) origin: &'a Origin,
    pub(super) token: Option<&'a str>,
}

/// Lets a service answer a call whose token permits it; and what is to be logged about that.
pub(super) async fn arrive<'a>(
    proxy: &Proxy,
    session: &Session,
    route: &'a Route,
    arriving: Arriving<'a>,
) -> Result<(Answer, Called<'a>), ApiError> {
    check_peer(proxy, session, route, &arriving)?;
    let service = served(proxy, session, route, &arriving)?;
    let parameter = collate(proxy, session, route, &arriving).await?;
    let Arriving { method, headers, body, .. } = arriving;
    let path = route.slashed();
    let body = filter::request(method, &path, parameter.as_deref(), body)?;

    let mut headers = travelling(headers);
    headers.remove(HeaderName::from_static("token"));
    headers.insert(FROM_BLOCK, route.from_block.unwrap_or_default().into());
    if is_download(&path) {
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/octet-stream"));
    }
    let mut request = Outgoing::new(method.clone(), route.for_service()).bytes(body);
    request.headers = headers;
    let mut answer = proxy.ground.channel.send(service, request.session(session)).await.map_err(|error| {
        tracing::warn!(%error, "a service of this block cannot be reached");
        Refusal::Unreachable
    })?;
    let callee = match route.block {
        Some(BlockParameter::Code(code)) => Code(code),
        Some(BlockParameter::Root) => proxy.ground.block.root.code,
        None => proxy.ground.block.code.value,
    };
    answer.body = filter::answer(method, &path, parameter.as_deref(), answer.body);
    let called = Called {
        face: Face::Reverse,
        method: method.as_str(),
        caller: (Code(route.from_block.unwrap_or_default()), Version(1)),
        caller_url: route.from_path.clone(),
        callee: (callee, Version(1)),
        url: path.into(),
    };
    Ok((answer, called))
}

/// A block calls in its own name. One that signs nothing says who its own operators are; of others it is believed
/// enough to read the catalog, and to look for closed books.
fn check_peer(
    proxy: &Proxy,
    session: &Session,
    route: &Route,
    arriving: &Arriving<'_>,
) -> Result<(), Refusal> {
    let (origin, method) = (arriving.origin, arriving.method);
    let in_own_name =
        origin.is_inside() || route.from_block.is_some_and(|from| origin.speaks_for(Code(from)));
    let reads_catalog = *method == Method::GET && route.service() == Ok(ServiceName::Catalog);
    let root = proxy.ground.block.root.code;
    let deletes_books =
        proxy.ground.block.is_root() && asks_as_root(origin, session, root, method, &route.path);
    if in_own_name && (reads_catalog || deletes_books || origin.vouches_for(session, root)) {
        Ok(())
    } else {
        Err(Refusal::OtherPeer)
    }
}

/// The service that is meant, if it is of this block and such a call may reach it.
fn served(
    proxy: &Proxy,
    session: &Session,
    route: &Route,
    arriving: &Arriving<'_>,
) -> Result<ServiceName, Refusal> {
    let service = route.service()?;
    let block = &proxy.ground.block;
    let from = match route.from_block.map(Code).filter(|_| !arriving.origin.is_inside()) {
        Some(from) if from == block.root.code => CameFrom::Root,
        Some(from) if from != block.code.value => CameFrom::OtherBlock,
        _ => CameFrom::OwnBlock,
    };
    if !may_see_shares(from, &route.path, route.from_path.as_deref()) {
        return Err(Refusal::NotPermitted);
    }
    let is_here = service.runs_on(block.kind) || proxy.ground.channel.has(service);
    let is_of_sender = session.block.is_some_and(|own| route.from_block == Some(own.value.0));
    // Another block asks about certificates as itself only, whatever its session says: keys are among them.
    let is_forged =
        service == ServiceName::CertificationAuthority && from == CameFrom::OtherBlock && !is_of_sender;
    let may_arrive = may_arrive(from, arriving.method, service)
        || looks_after_certificates(arriving.method, &route.path, is_of_sender);
    if is_here && may_arrive && !is_forged { Ok(service) } else { Err(Refusal::UnknownService) }
}

/// Blocks of the reference keep tokens and use them again; ours ask for a new one where a consent decides.
fn is_single_use(route: &Route, arriving: &Arriving<'_>) -> bool {
    let keeps_tokens = matches!(arriving.origin, Origin::Unsigned(_));
    !keeps_tokens && rests_on_consent(arriving.method, &route.slashed())
}

/// What the token permits.
async fn collate(
    proxy: &Proxy,
    session: &Session,
    route: &Route,
    arriving: &Arriving<'_>,
) -> Result<Option<String>, ApiError> {
    let collation = Collation {
        caller: CollationCaller {
            api_url: route.from_path.clone().unwrap_or_default(),
            block_code: route.from_block,
            single_use: is_single_use(route, arriving),
        },
        target: CollationTarget {
            api_url: route.path.clone(),
            api_method: arriving.method.to_string(),
            api_token: arriving.token.unwrap_or("undefined").to_owned(),
        },
    };
    let collated =
        proxy.access_control.collate(session, &collation).await.map_err(|failure| {
            match failure.status() {
                Some(_) => Refusal::NotCollated,
                None => Refusal::Unreachable,
            }
        })?;
    Ok(collated.parameter)
}
