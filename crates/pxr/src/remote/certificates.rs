//! Certificates of blocks, at the authority of the root and in the blocks themselves.

use contract::certification_authority::{Certificate, CertificateType, Listed, Ordered};
use serde_json::{Value, json};

use super::{Member, RemoteError, To, refused, refused_or_not_offered};

const AUTHORITY: &str = "/certification-authority/certificates";

impl Member {
    /// What the authority knows, the newest first: at the root of all blocks, elsewhere of the own one.
    pub(crate) async fn certificates(&mut self) -> Result<Vec<Listed>, RemoteError> {
        const WHAT: &str = "the certificates";
        let reply = self.call(To::Root, "GET", AUTHORITY, None).await?;
        match reply.status {
            200 => read(WHAT, reply.body),
            401 => Err(refused(&format!("{WHAT} (a root of the reference lists none)"), &reply)),
            _ => Err(refused_or_not_offered(WHAT, &reply)),
        }
    }

    /// Orders the certificate after another one, or the first of its type; again it brings the same one.
    pub(crate) async fn order(
        &mut self,
        kind: CertificateType,
        block: i64,
        replaces: Option<&str>,
    ) -> Result<Ordered, RemoteError> {
        let what = format!("the {} certificate of block {block}", kind.as_str());
        let order = json!({"certType": kind, "block": block, "replaces": replaces});
        let reply = self.call(To::Root, "POST", AUTHORITY, Some(order)).await?;
        match reply.status {
            200 => read(&what, reply.body),
            401 => Err(refused(
                &format!(
                    "{what} (it needs the right actor.approval at the root, or actor.application at the block; a root \
                     of the reference takes no orders)"
                ),
                &reply,
            )),
            _ => Err(refused_or_not_offered(&what, &reply)),
        }
    }

    /// Ends a certificate at the authority; ending it again is as good.
    pub(crate) async fn give_up(&mut self, serial: &str) -> Result<(), RemoteError> {
        let what = format!("ending the certificate {serial}");
        let reply = self.call(To::Root, "DELETE", &format!("{AUTHORITY}/{serial}"), None).await?;
        match reply.status {
            200 => Ok(()),
            401 => Err(refused(&format!("{what} (a root of the reference ends it with its actor)"), &reply)),
            _ => Err(refused_or_not_offered(&what, &reply)),
        }
    }

    /// The certificates that the own block holds and has not given up, the one it shows first.
    pub(crate) async fn held(&mut self) -> Result<Vec<Certificate>, RemoteError> {
        const WHAT: &str = "the certificates of the block";
        let held = self.ask(WHAT, (To::Own, "GET", "/certificate-manage/certificates"), None).await?;
        read(WHAT, held)
    }

    /// Gives the own block a client certificate (spec: certificate-manage 4.1). The same one again is as good.
    pub(crate) async fn install(
        &mut self,
        (serial, print): (&str, &str),
        pem: &str,
    ) -> Result<(), RemoteError> {
        let upload =
            json!({"certType": "client", "serialNo": serial, "fingerPrint": print, "certificate": pem});
        let call = (To::Own, "POST", "/certificate-manage");
        self.ask("installing the certificate at the block", call, Some(upload)).await.map(drop)
    }

    /// Makes the own block forget a certificate; one that it does not hold is as good.
    pub(crate) async fn forget(&mut self, serial: &str, print: &str) -> Result<(), RemoteError> {
        let path = format!("/certificate-manage/{serial}/{print}");
        let reply = self.call(To::Own, "DELETE", &path, None).await?;
        match reply.status {
            200 | 400 => Ok(()),
            _ => Err(refused("taking the old certificate from the block", &reply)),
        }
    }

    /// A client certificate with its key (spec: certification-authority 4.3).
    pub(crate) async fn client_certificate(
        &mut self,
        serial: &str,
        print: &str,
    ) -> Result<String, RemoteError> {
        let path = format!("/certification-authority/client/{serial}/{print}");
        let found = self.ask("the certificate", (To::Root, "GET", &path), None).await?;
        let missing = || RemoteError::Answer { what: "the certificate".to_owned(), missing: "certificate" };
        found["certificate"].as_str().map(str::to_owned).ok_or_else(missing)
    }
}

fn read<T: serde::de::DeserializeOwned>(what: &str, value: Value) -> Result<T, RemoteError> {
    let unreadable = |_| RemoteError::Answer { what: what.to_owned(), missing: "certificates" };
    serde_json::from_value(value).map_err(unreadable)
}
