//! The routes, one file a resource.

mod caretaking;
mod issuing;
mod marks;
mod reading;

use axum::{
    Router,
    routing::{delete, get, post},
};
use contract::certification_authority::{Certificate, CertificateType, Holder, PlainCode};
use platform::ApiError;

use crate::{CertificationAuthority, store::certificate_manage};

pub(crate) fn routes(service: CertificationAuthority) -> Router {
    let mut routes = Router::new()
        .route("/certification-authority/root", get(reading::root).post(issuing::root))
        .route("/certification-authority/list", get(reading::list))
        .route("/certification-authority/list/{actorCode}", get(reading::list_of_actor))
        .route("/certification-authority/actor/{serialNo}/{fingerPrint}", get(reading::holder))
        .route("/certification-authority/revoked", get(reading::revoked))
        .route("/certification-authority/standing/{serialNo}", get(reading::standing))
        .route("/certification-authority/certificates", get(caretaking::list).post(caretaking::order))
        .route("/certification-authority/certificates/{serialNo}", delete(caretaking::give_up))
        .route("/certification-authority/distributed", post(marks::distributed))
        .route("/certification-authority/valid", post(marks::valid))
        .route("/certificate-authority/client/cert-chain", get(reading::chain));
    for kind in [CertificateType::Server, CertificateType::Client] {
        routes = routes
            .route(
                &format!("/certification-authority/{}", kind.as_str()),
                post(move |s, c| issuing::issue(kind, s, c)),
            )
            .route(
                &format!("/certification-authority/{}/{{serialNo}}/{{fingerPrint}}", kind.as_str()),
                get(move |s, c| reading::one(kind, s, c)).delete(move |s, c| marks::revoke(kind, s, c)),
            );
    }
    routes.with_state(service)
}

impl CertificationAuthority {
    /// A row as it is answered; with its key only where the caller may have it.
    fn shown(&self, row: &certificate_manage::Model, with_key: bool) -> Result<Certificate, ApiError> {
        let store = &self.ground.store;
        let time = |column| self.ground.zone.text(store.instant(column));
        let certificate = with_key.then(|| self.ground.seal.open(&row.certificate)).transpose();
        Ok(Certificate {
            cert_type: CertificateType::parse(&row.cert_type)
                .ok_or_else(|| ApiError::unexpected(format!("certificate {} has an unknown type", row.id)))?,
            subject: serde_json::from_str(&row.subject).map_err(ApiError::unexpected)?,
            serial_no: row.serial_no.clone(),
            finger_print: row.finger_print.clone(),
            valid_period_start: time(row.valid_period_start),
            valid_period_end: time(row.valid_period_end),
            certificate: certificate.map_err(ApiError::unexpected)?,
        })
    }
}

fn holder(row: &certificate_manage::Model) -> Holder {
    let code =
        |value: Option<i64>, ver: Option<i64>| value.zip(ver).map(|(value, ver)| PlainCode { value, ver });
    Holder { actor: code(row.actor_code, row.actor_version), block: code(row.block_code, row.block_version) }
}
