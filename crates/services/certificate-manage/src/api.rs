//! Storing, asking for and revoking certificates (spec: certificate-manage 4).

use axum::{Json, extract::State};
use chrono::NaiveDateTime;
use contract::{
    CallFailure,
    certification_authority::{Certificate, CertificateType, Holder, Kept, PlainCode},
};
use http::StatusCode;
use platform::{
    AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, Member, Routes,
    fields::{short_text, text},
    new_row, take_turn, update_rows,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;
use serde_json::{Value, json};
use vocabulary::{Instant, RightsArea, Session};

use crate::{
    Certificates,
    refusal::Refusal,
    store::{certificate_manage, live, newest_first},
};

pub(crate) fn routes() -> Routes<Certificates> {
    Routes::new()
        .post("/certificate-manage", store)
        .get("/certificate-manage/check/client", check_client)
        .get("/certificate-manage/certificates", list)
        .delete("/certificate-manage/{serialNo}/{fingerPrint}", revoke)
}

#[derive(Debug)]
struct Received {
    kind: CertificateType,
    serial_no: String,
    finger_print: String,
    certificate: String,
}

impl Input for Received {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        let fields = incoming.fields();
        let kind = fields.required("certType", |value| {
            CertificateType::parse(&text(value)?)
                .ok_or("root, server, clientのいずれかを指定してください".into())
        });
        let serial_no = fields.required("serialNo", short_text);
        let finger_print = fields.required("fingerPrint", short_text);
        let certificate = fields.required("certificate", text);
        fields.build(|| {
            Some(Self {
                kind: kind?,
                serial_no: serial_no?,
                finger_print: finger_print?,
                certificate: certificate?,
            })
        })
    }
}

/// What was stored; never the key.
#[derive(Debug, Serialize)]
struct Stored {
    #[serde(flatten)]
    certificate: Certificate,
    block: Option<PlainCode>,
    actor: Option<PlainCode>,
}

/// Stores a certificate that the authority knows to be this one. **Members of this block.**
async fn store(
    State(service): State<Certificates>,
    call: Call<Member, Received>,
) -> Result<Json<Stored>, ApiError> {
    let (session, received) = (call.who.0, call.input);
    of_this_block(&service, &session)?;
    let (serial_no, finger_print) = (&received.serial_no, &received.finger_print);
    let known = service.authority.certificate(&session, received.kind, serial_no, finger_print).await;
    let mut known = known.map_err(authority_failure)?;
    let pem = known.certificate.take().unwrap_or_default();
    if !is_same(&pem, &received.certificate) {
        return Err(Refusal::Different.into());
    }
    let holder =
        service.authority.holder(&session, serial_no, finger_print).await.map_err(authority_failure)?;
    write(&service, &Author::new(&service.ground, &session), &received, &known, holder, &pem).await?;
    if received.kind == CertificateType::Client {
        // From now on this block shows its real certificate to others.
        service.ground.peers.renew(&pem).map_err(ApiError::unexpected)?;
    }
    known.valid_period_start = service.ground.zone.text(validity(&service, &known.valid_period_start)?);
    known.valid_period_end = service.ground.zone.text(validity(&service, &known.valid_period_end)?);
    Ok(Json(Stored { certificate: known, block: holder.block, actor: holder.actor }))
}

/// Nobody gives a block its identity but its own members.
fn of_this_block(service: &Certificates, session: &Session) -> Result<(), Refusal> {
    let is_own = session.block.is_some_and(|block| block.value == service.ground.block.code.value);
    if is_own { Ok(()) } else { Err(Refusal::OtherBlock) }
}

/// Whether two PEM texts hold the same; the authority keeps the key of its own certificate to itself.
fn is_same(known: &str, received: &str) -> bool {
    let plain = |pem: &str| line_breaks(pem).replace("\r\n", "\n");
    let (known, received) = (plain(known), plain(received));
    let certificate = received.find(CERTIFICATE).map_or("", |start| &received[start..]);
    known == received || known.starts_with(CERTIFICATE) && known == certificate
}

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// Line breaks may have been written out on the way.
fn line_breaks(pem: &str) -> String {
    pem.replace("\\r\\n", "\n")
}

async fn write(
    service: &Certificates,
    author: &Author,
    received: &Received,
    known: &Certificate,
    holder: Holder,
    pem: &str,
) -> Result<(), ApiError> {
    let column = |text: &str| Ok::<_, ApiError>(service.ground.store.column(validity(service, text)?));
    let tx = service.ground.store.write().await?;
    // The same one twice is one, also when both come at once.
    take_turn(&tx, [received.serial_no.clone()]).await?;
    let there = live()
        .filter(certificate_manage::Column::SerialNo.eq(&received.serial_no))
        .filter(certificate_manage::Column::FingerPrint.eq(&received.finger_print))
        .count(&tx)
        .await?;
    if there == 0 {
        let row = new_row!(
            author,
            certificate_manage {
                cert_type: received.kind.as_str().to_owned(),
                subject: json!(known.subject).to_string(),
                serial_no: known.serial_no.clone(),
                finger_print: received.finger_print.clone(),
                valid_period_start: column(&known.valid_period_start)?,
                valid_period_end: column(&known.valid_period_end)?,
                certificate: service.ground.seal.seal(&line_breaks(pem)).map_err(ApiError::unexpected)?,
                actor_code: holder.actor.map(|code| code.value),
                actor_version: holder.actor.map(|code| code.ver),
                block_code: holder.block.map(|code| code.value),
                block_version: holder.block.map(|code| code.ver),
                is_distributed: false,
            }
        );
        row.insert(&tx).await?;
    }
    tx.commit().await?;
    tracing::info!(
        target: "audit",
        what = "certificate stored",
        by = author.login_id,
        kind = received.kind.as_str(),
        serial = received.serial_no,
    );
    Ok(())
}

/// A time as the authority writes it; without an offset it is the wall clock of the block's zone.
fn validity(service: &Certificates, text: &str) -> Result<Instant, ApiError> {
    let without_offset = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let instant =
        Instant::parse(text).or_else(|| without_offset().map(|time| service.ground.zone.instant(time)));
    instant.ok_or_else(|| ApiError::unexpected("a validity that is no time"))
}

fn authority_failure(failure: CallFailure) -> ApiError {
    match failure.status() {
        Some(StatusCode::NOT_FOUND) => Refusal::NotFound.into(),
        Some(status) if !status.is_server_error() => Refusal::Unknown.into(),
        _ => {
            tracing::warn!(%failure, "the authority did not help");
            Refusal::Unavailable.into()
        }
    }
}

/// Whether this block holds a client certificate. **Any operator.**
async fn check_client(
    State(service): State<Certificates>,
    _: Call<AnyOperator>,
) -> Result<Json<Value>, ApiError> {
    let held = live()
        .filter(certificate_manage::Column::CertType.eq(CertificateType::Client.as_str()))
        .count(service.ground.store.read())
        .await?;
    if held == 0 { Err(Refusal::None.into()) } else { Ok(Json(json!({"isExist": true}))) }
}

/// The certificates that this block holds and has not given up, the one it shows first; never their keys. An addition
/// to the spec, for whoever renews them. **Members of this block.**
async fn list(
    State(service): State<Certificates>,
    call: Call<Member>,
) -> Result<Json<Vec<Stored>>, ApiError> {
    of_this_block(&service, &call.who.0)?;
    let rows = newest_first().all(service.ground.store.read()).await?;
    rows.iter().map(|row| shown(&service, row)).collect::<Result<_, _>>().map(Json)
}

fn shown(service: &Certificates, row: &certificate_manage::Model) -> Result<Stored, ApiError> {
    let kept = Kept {
        id: row.id,
        cert_type: &row.cert_type,
        subject: &row.subject,
        serial_no: &row.serial_no,
        finger_print: &row.finger_print,
        valid: [row.valid_period_start, row.valid_period_end].map(|time| service.ground.store.instant(time)),
    };
    let Holder { actor, block } =
        Holder::of_columns([row.actor_code, row.actor_version], [row.block_code, row.block_version]);
    Ok(Stored { certificate: kept.shown(service.ground.zone, None)?, block, actor })
}

#[derive(Debug)]
struct Identity {
    serial_no: String,
    finger_print: String,
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

/// Whether somebody may give up certificates here: of the block's own members those who apply for its certification or
/// approve those of others. Members of other blocks come from the root, which ends an actor; its proxy alone lets them in.
fn may_give_up(service: &Certificates, session: &Session) -> bool {
    let is_own = of_this_block(service, session).is_ok();
    !is_own || ["application", "approval"].iter().any(|action| session.may(RightsArea::Actor, action))
}

/// Revokes a certificate here; the authority is not asked, so that the order of revocations does not matter.
/// **Members who look after the block's certificates; catalog-update of the root asks.**
async fn revoke(
    State(service): State<Certificates>,
    call: Call<Member, Identity>,
) -> Result<Json<Value>, ApiError> {
    if !may_give_up(&service, &call.who.0) {
        return Err(Refusal::NotPermitted.into());
    }
    let author = Author::new(&service.ground, &call.who.0);
    let connection = service.ground.store.read();
    let serial = call.input.serial_no.clone();
    let revoked = update_rows!(
        connection, author, certificate_manage, { IsDisabled: true },
        certificate_manage::Column::SerialNo.eq(call.input.serial_no),
        certificate_manage::Column::FingerPrint.eq(call.input.finger_print),
        certificate_manage::Column::IsDisabled.eq(false),
    )?;
    if revoked == 0 {
        return Err(Refusal::None.into());
    }
    tracing::info!(target: "audit", what = "certificate given up", by = author.login_id, serial);
    Ok(Json(json!({"result": "success"})))
}
