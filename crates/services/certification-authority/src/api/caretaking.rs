//! The certificates of blocks, in the hands of those who look after them: listed, ordered before the old ones expire,
//! given up. An addition to the routes of the spec, whose certificates nobody could renew (its defects 2, 3, 6).

use axum::{Json, extract::State};
use contract::{
    CallFailure,
    catalog::{CatalogClient, Item, Via},
    certification_authority::{CertificateType, Listed, Ordered, Standing},
};
use http::StatusCode;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{code, short_text, text},
    update_rows,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use vocabulary::{BlockKind, Code, CodeVersion, RightsArea, Session};

use super::{holder, reading::Serial};
use crate::{
    CertificationAuthority,
    authority::Authority,
    refusal::Refusal,
    store::{self, certificate_manage},
};

/// Who looks after a block's certificates: its own members who may apply for its certification, and the members of
/// the root who may approve it.
fn looks_after(root: Code, session: &Session, block: Option<i64>) -> bool {
    let Some(own) = session.block.map(|own| own.value) else { return false };
    let has = |action| session.may(RightsArea::Actor, action);
    own == root && has("approval") || Some(own.0) == block && has("application")
}

/// The certificate that is wanted for a block, and the one that it is to replace.
#[derive(Debug)]
pub(super) struct Wanted {
    kind: CertificateType,
    block: Code,
    replaces: Option<String>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let kind = fields.required("certType", |value| match CertificateType::parse(&text(value)?) {
            Some(kind @ (CertificateType::Server | CertificateType::Client)) => Ok(kind),
            _ => Err("server, clientのいずれかを指定してください".into()),
        });
        let block = fields.required("block", code);
        let replaces = fields.optional("replaces", short_text);
        fields.build(|| Some(Self { kind: kind?, block: block?, replaces }))
    }
}

/// All certificates, the newest first and without keys. **Members: those of the root see all, others their block's.**
pub(super) async fn list(
    State(service): State<CertificationAuthority>,
    call: Call<Member>,
) -> Result<Json<Vec<Listed>>, ApiError> {
    let own = call.who.0.block.map(|block| block.value).ok_or(Refusal::NotPermitted)?;
    let mut query = certificate_manage::Entity::find().order_by_desc(certificate_manage::Column::Id);
    if own != service.ground.block.code.value {
        query = query.filter(certificate_manage::Column::BlockCode.eq(own.0));
    }
    let rows = query.all(service.ground.store.read()).await?;
    rows.iter().map(|row| listed(&service, row)).collect::<Result<_, _>>().map(Json)
}

fn listed(service: &CertificationAuthority, row: &certificate_manage::Model) -> Result<Listed, ApiError> {
    let ground = &service.ground;
    let state = if row.is_disabled {
        Standing::Revoked
    } else if ground.store.instant(row.valid_period_end) < ground.clock.now() {
        Standing::Expired
    } else {
        Standing::Live
    };
    let of = holder(row);
    Ok(Listed { certificate: service.shown(row, false)?, block: of.block, actor: of.actor, state })
}

/// Orders the certificate after another one, or a block's first. The same order again brings the same certificate.
/// **Who looks after the block.**
pub(super) async fn order(
    State(service): State<CertificationAuthority>,
    call: Call<Member, Wanted>,
) -> Result<Json<Ordered>, ApiError> {
    let (session, wanted) = (call.who.0, call.input);
    let ground = &service.ground;
    if !looks_after(ground.block.code.value, &session, Some(wanted.block.0)) {
        return Err(Refusal::NotPermitted.into());
    }
    let replaces = match &wanted.replaces {
        None => None,
        Some(serial) => {
            let row = store::of_serial(ground.store.read(), serial).await?;
            let row = row.filter(|row| row.block_code == Some(wanted.block.0));
            Some(row.ok_or(Refusal::Wrong("replaces"))?.id)
        }
    };
    let (name, actor) = assigned(&service, &session, wanted.block).await?;
    let authority = Authority::open(ground.clone(), service.settings.clone());
    let authority = authority.await.map_err(ApiError::unexpected)?;
    let of = (CodeVersion::new(wanted.block.0, 1), actor);
    let name = (wanted.kind == CertificateType::Server).then_some(name.as_str());
    let row = authority.issue_once(wanted.kind, of, name, replaces, &session.login_id).await;
    let certificate = service.shown(&row.map_err(ApiError::unexpected)?, true)?;
    Ok(Json(Ordered { certificate, authority: authority.certificate_pem().to_owned() }))
}

/// The service-name of a block that is assigned, and the certified actor that runs it.
async fn assigned(
    service: &CertificationAuthority,
    session: &Session,
    block: Code,
) -> Result<(String, Option<CodeVersion>), ApiError> {
    let own = &service.ground.block;
    if own.code.value == block {
        return Ok((own.service_name.clone(), own.actor));
    }
    let catalog = CatalogClient::new(service.ground.clone(), Via::Service("/certification-authority"));
    let fails = |failure: CallFailure| {
        tracing::warn!(%failure, "the catalog does not say whose a block is");
        Refusal::CatalogFails
    };
    let item = match catalog.item(session, block).await {
        Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => {
            return Err(Refusal::NotAssigned.into());
        }
        item => item.map_err(fails)?,
    };
    if item.text("assignment-status") != Some("assigned") {
        return Err(Refusal::NotAssigned.into());
    }
    let name = item.text("service-name").ok_or(Refusal::NotAssigned)?.to_owned();
    for kind in [BlockKind::App, BlockKind::RegionRoot] {
        let ns = format!("catalog/ext/{}/actor/{}", own.ext_name, kind.as_str());
        let actors = match catalog.in_namespace(session, &ns).await {
            Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => Vec::new(),
            actors => actors.map_err(fails)?,
        };
        if let Some(actor) = actors.iter().find(|actor| runs(actor, block)) {
            return Ok((name, Some(actor.head.code)));
        }
    }
    Ok((name, None))
}

/// Whether a block is an actor's that has not left.
fn runs(actor: &Item, block: Code) -> bool {
    let has_left = actor.get("breakaway-flg") == Some(&json!(true));
    let main = actor.code("main-block").is_some_and(|main| main.value == block);
    !has_left && (main || actor.codes("other-block").iter().any(|other| other.value == block))
}

/// Gives up a certificate, which from now on opens nothing; doing it again is as good.
/// **Who looks after the block.**
pub(super) async fn give_up(
    State(service): State<CertificationAuthority>,
    call: Call<Member, Serial>,
) -> Result<Json<Value>, ApiError> {
    let (session, Serial(serial)) = (call.who.0, call.input);
    let connection = service.ground.store.read();
    let row = store::of_serial(connection, &serial).await?.ok_or(Refusal::NoSuchCertificate)?;
    if !looks_after(service.ground.block.code.value, &session, row.block_code) {
        return Err(Refusal::NotPermitted.into());
    }
    let author = Author::new(&service.ground, &session);
    let revoked = update_rows!(
        connection, author, certificate_manage, { IsDisabled: true },
        certificate_manage::Column::Id.eq(row.id),
        certificate_manage::Column::IsDisabled.eq(false),
    )?;
    if revoked > 0 {
        let kind = row.cert_type.as_str();
        tracing::info!(target: "audit", what = "certificate revoked", by = author.login_id, kind, serial);
    }
    Ok(Json(json!({"result": "success"})))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: i64 = 1;
    const OWN: i64 = 2;

    fn member(block: i64, actor_rights: Value) -> Session {
        let session = json!({
            "sessionId": "s", "operatorId": 1, "type": 3, "loginId": "l", "auth": {"actor": actor_rights},
            "block": {"_value": block, "_ver": 1}, "actor": {"_value": null, "_ver": null},
        });
        Session::from_json(session).unwrap()
    }

    #[test]
    fn certificates_are_looked_after_by_the_block_itself_and_by_who_approves_at_the_root() {
        let (applies, approves) = (json!({"application": true}), json!({"approval": true}));
        for (who, rights, block, allowed) in [
            (ROOT, &approves, Some(OWN), true),
            (ROOT, &approves, None, true),
            (ROOT, &applies, Some(OWN), false),
            (ROOT, &applies, Some(ROOT), true),
            (OWN, &applies, Some(OWN), true),
            (OWN, &approves, Some(OWN), false),
            (OWN, &applies, Some(3), false),
            (OWN, &approves, Some(3), false),
            (OWN, &applies, None, false),
            (OWN, &json!({}), Some(OWN), false),
        ] {
            assert_eq!(
                looks_after(Code(ROOT), &member(who, rights.clone()), block),
                allowed,
                "{who} {rights} {block:?}"
            );
        }
    }
}
