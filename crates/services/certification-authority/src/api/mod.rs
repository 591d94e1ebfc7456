//! The routes, one file a resource.

mod caretaking;
mod issuing;
mod marks;
mod reading;

use contract::certification_authority::{Certificate, CertificateType, Holder, Kept};
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
        let certificate = with_key.then(|| self.ground.seal.open(&row.certificate)).transpose();
        let certificate = certificate.map_err(ApiError::unexpected)?;
        let kept = Kept {
            id: row.id,
            cert_type: &row.cert_type,
            subject: &row.subject,
            serial_no: &row.serial_no,
            finger_print: &row.finger_print,
            valid: [row.valid_period_start, row.valid_period_end].map(|time| self.ground.store.instant(time)),
        };
        kept.shown(self.ground.zone, certificate)
    }
}

fn holder(row: &certificate_manage::Model) -> Holder {
    Holder::of_columns([row.actor_code, row.actor_version], [row.block_code, row.block_version])
}
