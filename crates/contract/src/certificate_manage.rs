//! The certificates that a block uses (spec: certificate-manage 4).

use platform::{Ground, Outgoing};
use vocabulary::{Code, ServiceName, Session};

use crate::{
    CallFailure,
    proxy::{self, Sender, ToBlock},
};

const SERVICE: &str = "certificate-manage";

/// A client of the services of all blocks, from within the root.
#[derive(Clone, Debug)]
pub struct CertificateManageClient {
    ground: Ground,
}

impl CertificateManageClient {
    #[must_use]
    pub const fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// Makes a block give up its certificate, which the authority must still know as valid.
    pub async fn revoke(
        &self,
        session: &Session,
        block: Code,
        serial_no: &str,
        finger_print: &str,
    ) -> Result<(), CallFailure> {
        let request = Outgoing::delete(format!("/certificate-manage/{serial_no}/{finger_print}"));
        let request = request.session(session);
        let own = self.ground.block.code.value;
        let answer = if block == own {
            self.ground.channel.send(ServiceName::CertificateManage, request).await?
        } else {
            let sender = Sender { block: Some(own), path: Some("/catalog-update/actor/approval") };
            proxy::call(&self.ground, sender, ToBlock::Block(block), request).await?
        };
        CallFailure::accepted(SERVICE, &answer)
    }
}
