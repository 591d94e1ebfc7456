//! Certificates: what the root's authority issues and hands to the blocks (spec: certification-authority 4).

use http::StatusCode;
use platform::{Answer, ApiError, Neighbourhood, Outgoing, Unreachable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Instant, ServiceName, Session, TimeZone};

use crate::{
    CallFailure,
    proxy::{self, Sender, ToBlock},
};

const SERVICE: &str = "certification-authority";

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateType {
    Root,
    Server,
    Client,
}

impl CertificateType {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Server => "server",
            Self::Client => "client",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Root, Self::Server, Self::Client].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The subject of a certificate, as the reference stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    #[serde(rename = "C")]
    pub country: String,
    #[serde(rename = "ST")]
    pub state: String,
    #[serde(rename = "L")]
    pub locality: String,
    #[serde(rename = "O")]
    pub organization: String,
    /// The actor's code, a number, on certificates of blocks.
    #[serde(rename = "OU")]
    pub unit: Value,
    #[serde(rename = "CN")]
    pub common_name: String,
}

/// A certificate; `certificate` holds the private key, too, and is left out of lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    pub cert_type: CertificateType,
    pub subject: Subject,
    pub serial_no: String,
    pub finger_print: String,
    pub valid_period_start: String,
    pub valid_period_end: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// `{"value", "ver"}`: here codes are written without underscores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainCode {
    pub value: i64,
    pub ver: i64,
}

impl PlainCode {
    /// The code in two columns of a table.
    fn of_columns(value: Option<i64>, ver: Option<i64>) -> Option<Self> {
        value.zip(ver).map(|(value, ver)| Self { value, ver })
    }
}

impl From<CodeVersion> for PlainCode {
    fn from(code: CodeVersion) -> Self {
        Self { value: code.value.0, ver: code.ver.0 }
    }
}

/// Whose a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub actor: Option<PlainCode>,
    pub block: Option<PlainCode>,
}

impl Holder {
    /// What a row says: code and version of the actor, and of the block.
    #[must_use]
    pub fn of_columns(actor: [Option<i64>; 2], block: [Option<i64>; 2]) -> Self {
        let code = |[value, ver]: [Option<i64>; 2]| PlainCode::of_columns(value, ver);
        Self { actor: code(actor), block: code(block) }
    }
}

/// A certificate as the authority and the blocks keep it in their tables.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'r> {
    pub id: i64,
    pub cert_type: &'r str,
    /// JSON.
    pub subject: &'r str,
    pub serial_no: &'r str,
    pub finger_print: &'r str,
    pub valid: [Instant; 2],
}

impl Kept<'_> {
    /// As it is answered, with the PEM text where the caller may have it.
    pub fn shown(&self, zone: TimeZone, certificate: Option<String>) -> Result<Certificate, ApiError> {
        let unknown = || ApiError::unexpected(format!("certificate {} has an unknown type", self.id));
        let [start, end] = self.valid;
        Ok(Certificate {
            cert_type: CertificateType::parse(self.cert_type).ok_or_else(unknown)?,
            subject: serde_json::from_str(self.subject).map_err(ApiError::unexpected)?,
            serial_no: self.serial_no.to_owned(),
            finger_print: self.finger_print.to_owned(),
            valid_period_start: zone.text(start),
            valid_period_end: zone.text(end),
            certificate,
        })
    }
}

/// A certificate that was ordered, with its key, and the one of the authority that signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    #[serde(flatten)]
    pub certificate: Certificate,
    pub authority: String,
}

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Live,
    Expired,
    Revoked,
}

/// A certificate, without its key, with whose it is and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    #[serde(flatten)]
    pub certificate: Certificate,
    pub block: Option<PlainCode>,
    pub actor: Option<PlainCode>,
    pub state: Standing,
}

/// Serial numbers of client certificates that must not be believed any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    pub serials: Vec<String>,
}

/// An order for a client certificate.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientOrder {
    pub cert_type: CertificateType,
    pub actor_name: String,
    pub block: PlainCode,
    pub actor: PlainCode,
}

/// A client of the root's authority, from wherever this block is.
#[derive(Clone, Debug)]
pub struct CertificationAuthorityClient {
    ground: Neighbourhood,
}

impl CertificationAuthorityClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
    }

    /// Orders a client certificate; only at the root.
    pub async fn issue_client(
        &self,
        session: &Session,
        order: &ClientOrder,
    ) -> Result<Certificate, CallFailure> {
        let request = Outgoing::post("/certification-authority/client").session(session).json(order);
        CallFailure::read(SERVICE, &self.send(request).await?)
    }

    /// The certificates of an actor that are not revoked, without their keys.
    pub async fn of_actor(&self, session: &Session, actor: Code) -> Result<Vec<Certificate>, CallFailure> {
        let path = format!("/certification-authority/list/{actor}");
        let answer = self.send(Outgoing::get(path).session(session)).await?;
        let all: Vec<Value> = CallFailure::read(SERVICE, &answer)?;
        // Old entries that lack any of these name no certificate.
        let is_named = |one: &Value| {
            ["certType", "serialNo", "fingerPrint"]
                .iter()
                .all(|key| one.get(*key).is_some_and(Value::is_string))
        };
        let named = all.into_iter().filter(is_named);
        let read = named.map(serde_json::from_value).collect::<Result<_, _>>();
        read.map_err(|source| CallFailure::Unreadable { service: SERVICE, source })
    }

    /// Ends a client certificate; only at the root.
    pub async fn revoke_client(
        &self,
        session: &Session,
        serial_no: &str,
        finger_print: &str,
    ) -> Result<(), CallFailure> {
        let path = format!("/certification-authority/client/{serial_no}/{finger_print}");
        CallFailure::accepted(SERVICE, &self.send(Outgoing::delete(path).session(session)).await?)
    }

    /// A certificate that is not revoked. The authority answers 204 for any other.
    pub async fn certificate(
        &self,
        session: &Session,
        kind: CertificateType,
        serial_no: &str,
        finger_print: &str,
    ) -> Result<Certificate, CallFailure> {
        let path = match kind {
            CertificateType::Root => "/certification-authority/root".to_owned(),
            kind => format!("/certification-authority/{}/{serial_no}/{finger_print}", kind.as_str()),
        };
        CallFailure::read(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }

    pub async fn holder(
        &self,
        session: &Session,
        serial_no: &str,
        finger_print: &str,
    ) -> Result<Holder, CallFailure> {
        let path = format!("/certification-authority/actor/{serial_no}/{finger_print}");
        CallFailure::read(SERVICE, &self.send(Outgoing::get(path).session(session)).await?)
    }

    /// Serial numbers of the client certificates that are revoked.
    pub async fn revoked(&self, session: &Session) -> Result<Revoked, CallFailure> {
        let request = Outgoing::get("/certification-authority/revoked").session(session);
        CallFailure::read(SERVICE, &self.send(request).await?)
    }

    /// Whether a client certificate is neither revoked nor out of its time; only at the root.
    pub async fn is_standing(&self, serial_no: &str) -> Result<bool, CallFailure> {
        let path = format!("/certification-authority/standing/{}", proxy::encoded(serial_no));
        let answer = self.send(Outgoing::get(path)).await?;
        if answer.status == StatusCode::NO_CONTENT {
            return Ok(false);
        }
        CallFailure::accepted(SERVICE, &answer).map(|()| true)
    }

    async fn send(&self, request: Outgoing) -> Result<Answer, Unreachable> {
        if self.ground.block.is_root() {
            return self.ground.channel.send(ServiceName::CertificationAuthority, request).await;
        }
        let sender = Sender { block: None, path: Some("/certificate-manage") };
        proxy::call(&self.ground, sender, ToBlock::Root, request).await
    }
}
