//! The offices where a consent decides, each about the calls it is for.

use std::fmt::Debug;

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Call, Incoming, Input};
use serde_json::Value;
use vocabulary::Session;

use super::offices::issued;
use crate::{Offices, element::Element, peer};

/// A planned call that a consent decides about.
pub(super) trait Planned: Debug + Send + Sync + Sized {
    /// Those of a request.
    fn read(incoming: &Incoming) -> Result<Vec<Self>, ApiError>;

    fn element(&self) -> &Element;

    /// The tokens of the blocks that may be called.
    fn judge(
        &self,
        service: &Offices,
        session: &Session,
        access_token: Option<&str>,
    ) -> impl Future<Output = Result<Vec<Value>, ApiError>> + Send;
}

#[derive(Debug)]
pub(super) struct All<P>(Vec<P>);

impl<P: Planned> Input for All<P> {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        P::read(incoming).map(Self)
    }
}

/// Judges stores and shares. **Access control of the blocks, for applications.**
pub(super) async fn judge<P: Planned>(
    State(service): State<Offices>,
    call: Call<AnyOperator, All<P>>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let access_token = call.access_token().map(str::to_owned);
    let session = &call.who.0;
    let All(all) = call.input;
    let root = service.ground.block.root.code;
    peer::check(&call.incoming.origin, session, root, all.iter().map(Planned::element))?;
    let mut tokens = Vec::new();
    for planned in &all {
        tokens.extend(planned.judge(&service, session, access_token.as_deref()).await?);
    }
    issued(tokens)
}
