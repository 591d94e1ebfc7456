//! The routes, one file a resource.

mod caretaking;
mod issuing;
mod marks;
mod reading;

use contract::certification_authority::{Certificate, CertificateType, Holder, PlainCode};
use platform::{ApiError, Routes};

use crate::{CertificationAuthority, store::certificate_manage};

pub(crate) fn routes() -> Routes<CertificationAuthority> {
    let mut routes = Routes::new()
        .get("/certification-authority/root", reading::root)
        .post("/certification-authority/root", issuing::root)
        .get("/certification-authority/list", reading::list)
        .get("/certification-authority/list/{actorCode}", reading::list_of_actor)
        .get("/certification-authority/actor/{serialNo}/{fingerPrint}", reading::holder)
        .get("/certification-authority/revoked", reading::revoked)
        .get("/certification-authority/standing/{serialNo}", reading::standing)
        .get("/certification-authority/certificates", caretaking::list)
        .post("/certification-authority/certificates", caretaking::order)
        .delete("/certification-authority/certificates/{serialNo}", caretaking::give_up)
        .post("/certification-authority/distributed", marks::distributed)
        .post("/certification-authority/valid", marks::valid)
        .get("/certificate-authority/client/cert-chain", reading::chain);
    for kind in [CertificateType::Server, CertificateType::Client] {
        let all = format!("/certification-authority/{}", kind.as_str());
        let one = format!("{all}/{{serialNo}}/{{fingerPrint}}");
        routes = routes
            .post(&all, move |s, c| issuing::issue(kind, s, c))
            .get(&one, move |s, c| reading::one(kind, s, c))
            .delete(&one, move |s, c| marks::revoke(kind, s, c));
    }
    routes
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
