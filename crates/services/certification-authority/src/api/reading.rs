//! Reading certificates (spec: certification-authority 4.1, 4.3, 4.6, 4.7, 4.10).

use axum::{Json, extract::State};
use chrono::NaiveDateTime;
use contract::certification_authority::{Certificate, CertificateType, Holder, Revoked};
use platform::{
    AnyOperator, Anyone, ApiError, Call, Fields, Incoming, Input,
    fields::{number, text},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use vocabulary::{OperatorType, Session};

use super::holder as holder_of;
use crate::{
    CertificationAuthority,
    refusal::Refusal,
    store::{self, certificate_manage},
};

/// Serial number and fingerprint of a certificate.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) serial_no: String,
    pub(super) finger_print: String,
}

impl Input for Identity {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let serial_no = fields.required("serialNo", text);
        let finger_print = fields.required("fingerPrint", text);
        fields.build(|| Some(Self { serial_no: serial_no?, finger_print: finger_print? }))
    }
}

#[derive(Debug)]
pub(super) struct ActorCode(i64);

impl Input for ActorCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let code = fields.required("actorCode", number);
        fields.build(|| code.map(Self))
    }
}

/// Private keys are for members of the root, and for those of the block that a certificate belongs to.
fn may_have_key(
    service: &CertificationAuthority,
    session: &Session,
    row: &certificate_manage::Model,
) -> bool {
    let block = session.block.map(|block| block.value.0);
    let is_member = session.operator_type == OperatorType::Member;
    is_member
        && (block == Some(service.ground.block.code.value.0) || block.is_some() && block == row.block_code)
}

/// The newest root certificate. **Any operator; its key stays here.**
pub(super) async fn root(
    State(service): State<CertificationAuthority>,
    _: Call<AnyOperator>,
) -> Result<Json<Certificate>, ApiError> {
    let kind = CertificateType::Root.as_str();
    let row = store::live()
        .filter(certificate_manage::Column::CertType.eq(kind))
        .one(service.ground.store.read())
        .await?
        .ok_or(ApiError::NoContent)?;
    let mut shown = service.shown(&row, true)?;
    shown.certificate = shown.certificate.map(|text| without_key(&text).to_owned());
    Ok(Json(shown))
}

fn without_key(text: &str) -> &str {
    text.find("-----BEGIN CERTIFICATE-----").map_or("", |at| &text[at..])
}

/// A certificate with its key. **Operators of the root, and of the block it belongs to.**
pub(super) async fn one(
    kind: CertificateType,
    State(service): State<CertificationAuthority>,
    call: Call<AnyOperator, Identity>,
) -> Result<Json<Certificate>, ApiError> {
    let Identity { serial_no, finger_print } = call.input;
    let row =
        store::find(service.ground.store.read(), Some(kind.as_str()), &serial_no, &finger_print).await?;
    let row = row.ok_or(ApiError::NoContent)?;
    if !may_have_key(&service, &call.who.0, &row) {
        return Err(Refusal::NotPermitted.into());
    }
    Ok(Json(service.shown(&row, true)?))
}

/// All certificates, without keys. **Any operator.**
pub(super) async fn list(
    State(service): State<CertificationAuthority>,
    _: Call<AnyOperator>,
) -> Result<Json<Vec<Certificate>>, ApiError> {
    shown(&service, store::live().all(service.ground.store.read()).await?)
}

/// The certificates of an actor, without keys. **Any operator.**
pub(super) async fn list_of_actor(
    State(service): State<CertificationAuthority>,
    call: Call<AnyOperator, ActorCode>,
) -> Result<Json<Vec<Certificate>>, ApiError> {
    let query = store::live().filter(certificate_manage::Column::ActorCode.eq(call.input.0));
    shown(&service, query.all(service.ground.store.read()).await?)
}

fn shown(
    service: &CertificationAuthority,
    rows: Vec<certificate_manage::Model>,
) -> Result<Json<Vec<Certificate>>, ApiError> {
    if rows.is_empty() {
        return Err(ApiError::NoContent);
    }
    rows.iter().map(|row| service.shown(row, false)).collect::<Result<_, _>>().map(Json)
}

/// Whose a certificate is. **Any operator.**
pub(super) async fn holder(
    State(service): State<CertificationAuthority>,
    call: Call<AnyOperator, Identity>,
) -> Result<Json<Holder>, ApiError> {
    let Identity { serial_no, finger_print } = call.input;
    let row = store::find(service.ground.store.read(), None, &serial_no, &finger_print).await?;
    Ok(Json(holder_of(&row.ok_or(ApiError::NoContent)?)))
}

/// All client certificates, without keys: whom a reference block believes. **Anyone.**
pub(super) async fn chain(
    State(service): State<CertificationAuthority>,
    _: Call<Anyone>,
) -> Result<Json<Value>, ApiError> {
    let kind = CertificateType::Client.as_str();
    let rows = store::live()
        .filter(certificate_manage::Column::CertType.eq(kind))
        .all(service.ground.store.read())
        .await?;
    let mut chain = String::new();
    for row in rows {
        let text = service.ground.seal.open(&row.certificate).map_err(ApiError::unexpected)?;
        chain.push_str(without_key(&text));
    }
    Ok(Json(json!({"chained_client_cert": chain})))
}

/// Serial numbers of the client certificates that are revoked: what blocks compare a peer's certificate with.
/// **Any operator.**
pub(super) async fn revoked(
    State(service): State<CertificationAuthority>,
    _: Call<AnyOperator>,
) -> Result<Json<Revoked>, ApiError> {
    let serials = certificate_manage::Entity::find()
        .select_only()
        .column(certificate_manage::Column::SerialNo)
        .filter(certificate_manage::Column::CertType.eq(CertificateType::Client.as_str()))
        .filter(certificate_manage::Column::IsDisabled.eq(true))
        .order_by_asc(certificate_manage::Column::Id)
        .into_tuple()
        .all(service.ground.store.read())
        .await?;
    Ok(Json(Revoked { serials }))
}

/// The serial number of a certificate.
#[derive(Debug)]
pub(super) struct Serial(pub(super) String);

impl Input for Serial {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let serial = fields.required("serialNo", text);
        fields.build(|| serial.map(Self))
    }
}

/// Whether a client certificate may still be shown: 200, or 204 for one that is revoked, out of its time or unknown.
/// **Anyone inside; the blocks listener of the root asks for every request.**
pub(super) async fn standing(
    State(service): State<CertificationAuthority>,
    call: Call<Anyone, Serial>,
) -> Result<Json<Value>, ApiError> {
    let (ground, serial) = (&service.ground, &call.input.0);
    let end = service.ends.or_read(serial, async || end_of(&service, serial).await).await?;
    let now = ground.store.column(ground.clock.now());
    if end.is_some_and(|end| end >= now) {
        Ok(Json(json!({"result": "success"})))
    } else {
        Err(ApiError::NoContent)
    }
}

/// When a client certificate ends that is not revoked.
async fn end_of(service: &CertificationAuthority, serial: &str) -> Result<Option<NaiveDateTime>, ApiError> {
    let certificate = store::live()
        .filter(certificate_manage::Column::CertType.eq(CertificateType::Client.as_str()))
        .filter(certificate_manage::Column::SerialNo.eq(serial))
        .order_by_desc(certificate_manage::Column::ValidPeriodEnd)
        .one(service.ground.store.read())
        .await?;
    Ok(certificate.map(|certificate| certificate.valid_period_end))
}
