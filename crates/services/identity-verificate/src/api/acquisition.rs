//! The documents by which an organisation verifies a resident (spec: identity-verificate 4.7).

use axum::{Json, extract::State};
use contract::CallFailure;
use platform::{ApiError, Call, Institution};
use serde::Serialize;
use serde_json::Value;
use vocabulary::CodeVersion;

use super::verify::CodeInPath;
use crate::{Verifications, refusal::Refusal};

/// Whom a code stands for, and what proves it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Acquired {
    user_id: Option<String>,
    actor: CodeVersion,
    region: Option<CodeVersion>,
    app: Option<CodeVersion>,
    /// Workflows are no longer supported: always null.
    wf: (),
    identification: Value,
}

/// Shows the identification of the resident of a code that is not verified yet.
/// **Applications and members of the actor that the code is for.**
pub(super) async fn identification(
    State(service): State<Verifications>,
    call: Call<Institution, CodeInPath>,
) -> Result<Json<Acquired>, ApiError> {
    let (Institution(session), CodeInPath(code)) = (call.who, call.input);
    let code = service.code(&code).await?;
    let code = code.alive(service.now())?.unverified()?.of_actor(session.actor)?;
    let shown = service.books.identification(&session, &code.pxr_id).await;
    let identification = shown.map_err(|failure| match &failure {
        CallFailure::Unreachable(_) => Refusal::because(&failure, Refusal::BookUnavailable),
        _ => Refusal::because(&failure, Refusal::Identification),
    })?;
    tracing::info!(
        target: "audit",
        what = "identification shown",
        by = session.login_id,
        about = code.pxr_id,
        actor = code.actor_catalog_code,
        "identification code"
    );
    let partner = code.partner();
    Ok(Json(Acquired {
        user_id: code.user_id,
        actor: partner.actor,
        region: partner.region,
        app: partner.app,
        wf: (),
        identification,
    }))
}
