//! Calls of a local service through its block's own proxy: the way to every other block (spec: trust-layer 7).

use http::HeaderName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use platform::{Answer, Neighbourhood, Outgoing, Unreachable};
use vocabulary::{Code, ServiceName};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Says a service that a call came through the block's proxy, and from which block. The proxy sets it; what a service
/// calls of itself has none.
pub const FROM_BLOCK: HeaderName = HeaderName::from_static("pxr-from-block");

/// A text as the value of a query parameter.
#[must_use]
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, URI_COMPONENT).to_string()
}

/// The block a proxied call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToBlock {
    /// `$pxr-root-block`.
    Root,
    Block(Code),
}

/// On whose behalf a local service calls. Without a path the static permission table of the block decides
/// with the end user's type, as for a call from outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sender<'a> {
    pub block: Option<Code>,
    /// The path of the calling service, e.g. `/notification`.
    pub path: Option<&'a str>,
}

/// How a block that is not the root reaches a service of the root (architecture 7.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// Through its own proxy, with the end user's own permissions.
    EndUser,
    /// Through its own proxy, on behalf of a service with this path, e.g. `/notification`.
    Service(&'static str),
}

/// Sends `request` to a service of the root block, from wherever this block is.
pub async fn to_root(
    ground: &Neighbourhood,
    via: Via,
    service: ServiceName,
    request: Outgoing,
) -> Result<Answer, Unreachable> {
    if ground.block.is_root() {
        return ground.channel.send(service, request).await;
    }
    let path = match via {
        Via::EndUser => None,
        Via::Service(path) => Some(path),
    };
    call(ground, Sender { block: None, path }, ToBlock::Root, request).await
}

/// Sends `request` (whose path is the target's, with its query) through the block's own proxy.
pub async fn call(
    ground: impl Into<Neighbourhood>,
    sender: Sender<'_>,
    to: ToBlock,
    mut request: Outgoing,
) -> Result<Answer, Unreachable> {
    request.path = proxied_path(sender, to, &request.path);
    ground.into().channel.send(ServiceName::BlockProxy, request).await
}

/// `/pxr-block-proxy/?from_block=…&from_path=…&block=…&path=…`, the parameters in the order of the field.
#[must_use]
pub fn proxied_path(sender: Sender<'_>, to: ToBlock, target: &str) -> String {
    let mut parameters = Vec::with_capacity(4);
    if let Some(block) = sender.block {
        parameters.push(format!("from_block={block}"));
    }
    if let Some(path) = sender.path {
        parameters.push(format!("from_path={}", encoded(path)));
    }
    parameters.push(match to {
        ToBlock::Root => "block=$pxr-root-block".to_owned(),
        ToBlock::Block(code) => format!("block={code}"),
    });
    parameters.push(format!("path={}", encoded(target)));
    format!("/pxr-block-proxy/?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_come_in_the_order_of_the_field() {
        let sender = Sender { block: Some(Code(5)), path: Some("/notification") };
        assert_eq!(
            proxied_path(sender, ToBlock::Root, "/catalog?ns=a/b"),
            "/pxr-block-proxy/?from_block=5&from_path=%2Fnotification&block=$pxr-root-block&path=%2Fcatalog%3Fns%3Da%2Fb"
        );
    }
}
