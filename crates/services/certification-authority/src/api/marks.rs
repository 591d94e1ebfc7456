//! What happens to certificates later: distributed, checked, revoked (spec: certification-authority 4.5, 4.8).

use axum::{Json, extract::State};
use contract::certification_authority::CertificateType;
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, Member, fields::text, update_rows};
use serde_json::{Value, json};

use super::reading::Identity;
use crate::{
    CertificationAuthority,
    refusal::Refusal,
    store::{self, certificate_manage},
};

/// Serial number and fingerprint in a body.
#[derive(Debug)]
pub(super) struct Named(Identity);

impl Input for Named {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let read = |key: &'static str| {
            fields.given(key).ok_or(Refusal::Missing(key))?;
            fields.required(key, text).ok_or(Refusal::Wrong(key))
        };
        Ok(Self(Identity { serial_no: read("serialNo")?, finger_print: read("fingerPrint")? }))
    }
}

/// Notes that a certificate reached its block. **Members.**
pub(super) async fn distributed(
    State(service): State<CertificationAuthority>,
    call: Call<Member, Named>,
) -> Result<Json<Value>, ApiError> {
    let Named(Identity { serial_no, finger_print }) = call.input;
    let author = Author::new(&service.ground, &call.who.0);
    let connection = service.ground.store.read();
    let marked = update_rows!(
        connection, author, certificate_manage, { IsDistributed: true },
        certificate_manage::Column::SerialNo.eq(&serial_no),
        certificate_manage::Column::FingerPrint.eq(&finger_print),
        certificate_manage::Column::IsDisabled.eq(false),
    )?;
    if marked == 0 {
        return Err(Refusal::NoSuchCertificate.into());
    }
    Ok(Json(json!({"serialNo": serial_no, "fingerPrint": finger_print, "status": "distributed"})))
}

/// Whether a certificate is neither revoked nor out of its time. **Any operator.**
pub(super) async fn valid(
    State(service): State<CertificationAuthority>,
    call: Call<AnyOperator, Named>,
) -> Result<Json<Value>, ApiError> {
    let Named(Identity { serial_no, finger_print }) = call.input;
    let row = store::find(service.ground.store.read(), None, &serial_no, &finger_print).await?;
    let row = row.ok_or(Refusal::NoSuchCertificate)?;
    let now = service.ground.clock.now();
    let instant = |column| service.ground.store.instant(column);
    if now < instant(row.valid_period_start) || now > instant(row.valid_period_end) {
        return Err(Refusal::NotPermitted.into());
    }
    Ok(Json(json!({"result": "success"})))
}

/// Revokes a certificate; from now on the root refuses whoever shows it. **Members; catalog-update asks.**
pub(super) async fn revoke(
    kind: CertificateType,
    State(service): State<CertificationAuthority>,
    call: Call<Member, Identity>,
) -> Result<Json<Value>, ApiError> {
    let Identity { serial_no, finger_print } = call.input;
    let author = Author::new(&service.ground, &call.who.0);
    let connection = service.ground.store.read();
    let serial = serial_no.clone();
    let revoked = update_rows!(
        connection, author, certificate_manage, { IsDisabled: true },
        certificate_manage::Column::CertType.eq(kind.as_str()),
        certificate_manage::Column::SerialNo.eq(serial_no),
        certificate_manage::Column::FingerPrint.eq(finger_print),
        certificate_manage::Column::IsDisabled.eq(false),
    )?;
    if revoked == 0 {
        return Err(Refusal::NoSuchCertificate.into());
    }
    tracing::info!(target: "audit", what = "certificate revoked", by = author.login_id, kind = kind.as_str(), serial);
    Ok(Json(json!({"result": "success"})))
}
