//! Issuing certificates (spec: certification-authority 4.2, 4.4).

use axum::{Json, extract::State};
use contract::{
    catalog::{CatalogClient, Via},
    certification_authority::{Certificate, CertificateType},
};
use platform::{
    ApiError, Call, Fields, Incoming, Input, Member,
    fields::{number, text},
};
use serde_json::Value;
use vocabulary::{CodeVersion, Session};

use crate::{
    CertificationAuthority,
    authority::{Authority, make_root, write},
    refusal::Refusal,
    store,
};

/// For whom a certificate is ordered.
#[derive(Debug)]
pub(super) struct Order {
    block: CodeVersion,
    actor: Option<CodeVersion>,
    /// A server certificate may come before its block has an actor.
    actor_is_null: bool,
}

impl Input for Order {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let (body, fields) = (incoming.body(), incoming.fields());
        for key in ["certType", "actorName"] {
            fields.given(key).ok_or(Refusal::Missing(key))?;
        }
        for key in ["block", "actor"] {
            let code = fields.given(key).filter(|code| code.is_object()).ok_or(Refusal::Missing(key))?;
            let code = Fields::of(code);
            code.given("value").and(code.given("ver")).ok_or(Refusal::Missing(key))?;
        }
        for key in ["certType", "actorName"] {
            fields.required(key, text).ok_or(Refusal::Wrong(key))?;
        }
        let actor_is_null = body["actor"]["value"].is_null();
        let actor = if actor_is_null { None } else { Some(code(&body["actor"], "actor")?) };
        Ok(Self { block: code(&body["block"], "block")?, actor, actor_is_null })
    }
}

fn code(value: &Value, key: &'static str) -> Result<CodeVersion, Refusal> {
    let fields = Fields::of(value);
    let code = fields.required("value", number).zip(fields.required("ver", number));
    code.map(|(value, ver)| CodeVersion::new(value, ver)).ok_or(Refusal::Wrong(key))
}

/// Another root certificate; the newest one signs. **Members of the root.**
pub(super) async fn root(
    State(service): State<CertificationAuthority>,
    call: Call<Member>,
) -> Result<Json<Certificate>, ApiError> {
    of_the_root(&service, &call.who.0)?;
    let issued = make_root(&service.ground, &service.settings).map_err(ApiError::unexpected)?;
    let tx = service.ground.store.write().await?;
    let login_id = &call.who.0.login_id;
    let row = write(&tx, &service.ground, &issued, CertificateType::Root, None, None, login_id).await;
    let row = row.map_err(ApiError::unexpected)?;
    tx.commit().await?;
    Ok(Json(service.shown(&row, true)?))
}

fn of_the_root(service: &CertificationAuthority, session: &Session) -> Result<(), Refusal> {
    let own = session.block.is_some_and(|block| block.value == service.ground.block.code.value);
    if own { Ok(()) } else { Err(Refusal::NotPermitted) }
}

/// Issues a certificate for a block. **Members of the root; catalog-update asks when an actor is certified.**
pub(super) async fn issue(
    kind: CertificateType,
    State(service): State<CertificationAuthority>,
    call: Call<Member, Order>,
) -> Result<Json<Certificate>, ApiError> {
    let order = call.input;
    if order.actor_is_null && kind == CertificateType::Client {
        return Err(Refusal::Wrong("actor").into());
    }
    let session = call.who.0;
    let name = match kind {
        CertificateType::Server => service_name(&service, &session, order.block).await,
        CertificateType::Root | CertificateType::Client => None,
    };
    let authority = Authority::open(service.ground.clone(), service.settings.clone());
    let authority = authority.await.map_err(ApiError::unexpected)?;
    let issued = authority.issue(kind, order.block, order.actor, name.as_deref(), &session.login_id).await;
    let issued = issued.map_err(ApiError::unexpected)?;
    let connection = service.ground.store.read();
    let row = store::find(connection, Some(kind.as_str()), &issued.serial_no, &issued.finger_print).await?;
    let row = row.ok_or_else(|| ApiError::unexpected("a certificate just written is not there"))?;
    Ok(Json(service.shown(&row, true)?))
}

/// The name under which other blocks call a block; a server certificate without it is of little use.
async fn service_name(
    service: &CertificationAuthority,
    session: &Session,
    block: CodeVersion,
) -> Option<String> {
    let catalog = CatalogClient::new(service.ground.clone(), Via::Service("/certification-authority"));
    match catalog.item(session, block.value).await {
        Ok(item) => item.text("service-name").map(str::to_owned),
        Err(failure) => {
            tracing::warn!(%failure, block = block.value.0, "a server certificate is issued without a name");
            None
        }
    }
}
