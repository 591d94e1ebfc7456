//! The end of an actor: its blocks go over, its certificates end (spec: catalog-update 4.1.7).
//!
//! Every step looks whether it was done before, so that a repeated decertification goes on where one failed or was
//! killed.

use contract::{
    CallFailure,
    certification_authority::{Certificate, CertificateType},
};
use http::StatusCode;
use platform::ApiError;
use serde_json::json;
use vocabulary::{Code, CodeVersion, Session};

use crate::{CatalogUpdate, refusal::Refusal, store::actor_manage};

const ENDED: &str = "breakaway-flg";

fn ended(row: &actor_manage::Model) -> Code {
    Code(row.caller_actor_code.unwrap_or_default())
}

impl CatalogUpdate {
    /// What the catalog says of the end: whose the block is now, and that the actor has left.
    pub(crate) async fn end_in_catalog(
        &self,
        session: &Session,
        row: &actor_manage::Model,
        successor: Option<Code>,
    ) -> Result<(), ApiError> {
        let actor = self.actor_item(session, ended(row)).await?.item;
        let block = CodeVersion::new(row.caller_block_code, row.caller_block_version);
        if let Some(successor) = successor {
            self.take_over(session, successor, block).await?;
        }
        if actor.get(ENDED) != Some(&json!(true)) {
            let mut document = self.document(session, &actor).await?;
            document.set(ENDED, true.into());
            self.change(session, &document).await?;
        }
        Ok(())
    }

    /// Ends what the actor's block proves itself with: from here on it can take part in nothing.
    pub(crate) async fn revoke_certificates(
        &self,
        session: &Session,
        row: &actor_manage::Model,
    ) -> Result<(), ApiError> {
        for certificate in self.client_certificates(session, ended(row)).await? {
            self.revoke(session, Code(row.caller_block_code), &certificate).await?;
        }
        Ok(())
    }

    /// The block belongs to another actor from now on.
    async fn take_over(&self, session: &Session, successor: Code, block: CodeVersion) -> Result<(), Refusal> {
        const BLOCKS: &str = "other-block";
        let item = self.actor_item(session, successor).await?.item;
        if item.codes(BLOCKS).iter().any(|other| other.value == block.value) {
            return Ok(());
        }
        let mut document = self.document(session, &item).await?;
        document.refer(BLOCKS, block);
        self.change(session, &document).await
    }

    pub(crate) async fn client_certificates(
        &self,
        session: &Session,
        actor: Code,
    ) -> Result<Vec<Certificate>, Refusal> {
        let all = match self.authority.of_actor(session, actor).await {
            Err(failure) if failure.status() == Some(StatusCode::NO_CONTENT) => Vec::new(),
            all => all.map_err(|failure| authority_fails(&failure))?,
        };
        let usable = |one: &Certificate| {
            one.cert_type == CertificateType::Client
                && !one.serial_no.is_empty()
                && !one.finger_print.is_empty()
        };
        Ok(all.into_iter().filter(usable).collect())
    }

    /// First where the certificate is used, which asks the authority about it, then at the authority.
    async fn revoke(&self, session: &Session, block: Code, certificate: &Certificate) -> Result<(), Refusal> {
        let (serial_no, finger_print) = (&certificate.serial_no, &certificate.finger_print);
        match self.certificates.revoke(session, block, serial_no, finger_print).await {
            // The block does not use it, or no longer.
            Err(failure) if failure.status() == Some(StatusCode::BAD_REQUEST) => {
                tracing::warn!(%failure, %block, "a block does not know its certificate");
            }
            revoked => revoked.map_err(|failure| authority_fails(&failure))?,
        }
        let revoked = self.authority.revoke_client(session, serial_no, finger_print).await;
        revoked.map_err(|failure| authority_fails(&failure))
    }
}

pub(crate) fn authority_fails(failure: &CallFailure) -> Refusal {
    tracing::warn!(%failure, "the authority does not do what it should");
    Refusal::Authority
}
