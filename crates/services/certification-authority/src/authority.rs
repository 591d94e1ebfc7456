//! Issuing certificates: keys, signatures, and the rows that remember them.

use chrono::{Datelike, TimeDelta};
use contract::certification_authority::{CertificateType, PlainCode, Subject};
use platform::{Author, Ground, SealError, Transaction, new_row, take_turn};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, QueryFilter};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use vocabulary::{CodeVersion, Instant, random};

use crate::{
    settings::Settings,
    store::{self, certificate_manage},
};

/// The URI in a certificate that names the block it was issued to.
const BLOCK_URI: &str = "pxr:block:";

/// Why no certificate could be issued.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("the certificates cannot be read or written")]
    Store(#[from] DbErr),
    #[error("a certificate cannot be made")]
    Certificate(#[from] rcgen::Error),
    #[error("a private key: {0}")]
    Seal(#[from] SealError),
    #[error("the authority's certificates cannot be read: {0}")]
    Read(String),
}

/// A new certificate with its key.
#[derive(Clone, Debug)]
pub struct Issued {
    pub key_pem: String,
    pub certificate_pem: String,
    pub serial_no: String,
    pub finger_print: String,
    pub(crate) subject: Subject,
    pub(crate) start: Instant,
    pub(crate) end: Instant,
}

/// The platform's certificate authority, ready to sign.
#[derive(Debug)]
pub struct Authority {
    ground: Ground,
    settings: Settings,
    certificate_pem: String,
    key_pem: String,
}

impl Authority {
    /// Opens the newest root certificate; the first time it makes one.
    pub async fn open(ground: Ground, settings: Settings) -> Result<Self, AuthorityError> {
        let tx = ground.store.write().await?;
        // Two first orders at once make one root certificate.
        take_turn(&tx, ["root certificate".to_owned()]).await?;
        let newest = newest_root(&tx).await?;
        let text = match newest {
            Some(row) => ground.seal.open(&row.certificate)?,
            None => {
                let issued = make_root(&ground, &settings)?;
                write(&tx, &ground, &issued, CertificateType::Root, None, None, "pxr").await?;
                issued.key_pem + &issued.certificate_pem
            }
        };
        tx.commit().await?;
        let at = text.find("-----BEGIN CERTIFICATE-----").unwrap_or(text.len());
        let (key_pem, certificate_pem) = text.split_at(at);
        Ok(Self {
            ground,
            settings,
            certificate_pem: certificate_pem.to_owned(),
            key_pem: key_pem.to_owned(),
        })
    }

    /// The authority's own certificate, without its key.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// A server certificate for the blocks listener of a block.
    pub async fn issue_server(
        &self,
        block: CodeVersion,
        service_name: &str,
        created_by: &str,
    ) -> Result<Issued, AuthorityError> {
        self.issue(CertificateType::Server, block, None, Some(service_name), created_by).await
    }

    /// The first client certificate of a block, whose actor is not certified yet.
    pub async fn issue_bootstrap(
        &self,
        block: CodeVersion,
        created_by: &str,
    ) -> Result<Issued, AuthorityError> {
        self.issue(CertificateType::Client, block, None, None, created_by).await
    }

    /// A client certificate of a block and the certified actor that runs it.
    pub async fn issue_client(
        &self,
        block: CodeVersion,
        actor: CodeVersion,
        created_by: &str,
    ) -> Result<Issued, AuthorityError> {
        self.issue(CertificateType::Client, block, Some(actor), None, created_by).await
    }

    pub(crate) async fn issue(
        &self,
        kind: CertificateType,
        block: CodeVersion,
        actor: Option<CodeVersion>,
        service_name: Option<&str>,
        created_by: &str,
    ) -> Result<Issued, AuthorityError> {
        let issued = self.sign(kind, block, actor, service_name)?;
        let tx = self.ground.store.write().await?;
        write(&tx, &self.ground, &issued, kind, Some(block), actor, created_by).await?;
        tx.commit().await?;
        Ok(issued)
    }

    /// The certificate that follows another one, or the block's first: the one that was made already, else a new one.
    /// So an order that is repeated, because its answer was lost, makes no second certificate.
    pub(crate) async fn issue_once(
        &self,
        kind: CertificateType,
        holder: (CodeVersion, Option<CodeVersion>),
        service_name: Option<&str>,
        replaces: Option<i64>,
        created_by: &str,
    ) -> Result<certificate_manage::Model, AuthorityError> {
        let (block, actor) = holder;
        let tx = self.ground.store.write().await?;
        take_turn(&tx, [format!("certificates of block {}", block.value)]).await?;
        let now = self.ground.store.column(self.ground.clock.now());
        let mut made = store::live()
            .filter(certificate_manage::Column::CertType.eq(kind.as_str()))
            .filter(certificate_manage::Column::BlockCode.eq(block.value.0))
            .filter(certificate_manage::Column::ValidPeriodEnd.gt(now));
        if kind == CertificateType::Client {
            // Who runs the block may have changed meanwhile.
            made = made.filter(match actor {
                Some(actor) => certificate_manage::Column::ActorCode.eq(actor.value.0),
                None => certificate_manage::Column::ActorCode.is_null(),
            });
        }
        if let Some(older) = replaces {
            made = made.filter(certificate_manage::Column::Id.gt(older));
        }
        let row = match made.one(&tx).await? {
            Some(row) => row,
            None => {
                let issued = self.sign(kind, block, actor, service_name)?;
                write(&tx, &self.ground, &issued, kind, Some(block), actor, created_by).await?
            }
        };
        tx.commit().await?;
        Ok(row)
    }

    fn sign(
        &self,
        kind: CertificateType,
        block: CodeVersion,
        actor: Option<CodeVersion>,
        service_name: Option<&str>,
    ) -> Result<Issued, AuthorityError> {
        let unit = actor.map_or(Value::Null, |actor| json!(actor.value));
        let name = service_name.map_or_else(|| format!("block-{}", block.value), str::to_owned);
        let subject = subject(&self.settings, unit, name);
        let (mut params, start, end) = params(&self.ground, &subject, self.settings.days)?;
        params.subject_alt_names = vec![SanType::URI(format!("{BLOCK_URI}{}", block.value).try_into()?)];
        if let Some(name) = service_name {
            params.subject_alt_names.push(SanType::DnsName(name.try_into()?));
        }
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![match kind {
            CertificateType::Server => ExtendedKeyUsagePurpose::ServerAuth,
            CertificateType::Root | CertificateType::Client => ExtendedKeyUsagePurpose::ClientAuth,
        }];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let own_key = KeyPair::from_pem(&self.key_pem)?;
        let issuer = Issuer::from_ca_cert_pem(&self.certificate_pem, own_key)?;
        let certificate = params.signed_by(&key, &issuer)?;
        Ok(issued(&key, &certificate, subject, start, end))
    }
}

async fn newest_root(tx: &Transaction) -> Result<Option<certificate_manage::Model>, AuthorityError> {
    let query = store::live().filter(certificate_manage::Column::CertType.eq(CertificateType::Root.as_str()));
    Ok(query.one(tx).await?)
}

/// A new root certificate, which signs itself.
pub(crate) fn make_root(ground: &Ground, settings: &Settings) -> Result<Issued, AuthorityError> {
    let subject = subject(settings, json!("PXR"), settings.subject.root_name.clone());
    let (mut params, start, end) = params(ground, &subject, settings.root_days)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(issued(&key, &certificate, subject, start, end))
}

fn subject(settings: &Settings, unit: Value, common_name: String) -> Subject {
    let of = settings.subject.clone();
    Subject {
        country: of.country,
        state: of.state,
        locality: of.locality,
        organization: of.organization,
        unit,
        common_name,
    }
}

fn params(
    ground: &Ground,
    subject: &Subject,
    days: i64,
) -> Result<(CertificateParams, Instant, Instant), AuthorityError> {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, &subject.country);
    name.push(DnType::StateOrProvinceName, &subject.state);
    name.push(DnType::LocalityName, &subject.locality);
    name.push(DnType::OrganizationName, &subject.organization);
    match &subject.unit {
        Value::Null => {}
        Value::String(unit) => name.push(DnType::OrganizationalUnitName, unit),
        unit => name.push(DnType::OrganizationalUnitName, unit.to_string()),
    }
    name.push(DnType::CommonName, &subject.common_name);
    let mut params = CertificateParams::new(Vec::<String>::new())?;
    params.distinguished_name = name;
    // 160 bits, the first one 0: serial numbers are positive.
    let mut serial = random::bytes::<20>();
    serial[0] = serial[0] & 0x7f | 0x10;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    // A little in the past, for clocks that are a little late.
    let now = ground.clock.now();
    let start = cut_to_seconds(now - TimeDelta::minutes(5));
    let end = cut_to_seconds(now + TimeDelta::days(days));
    params.not_before = date(start);
    params.not_after = date(end);
    Ok((params, start, end))
}

fn cut_to_seconds(instant: Instant) -> Instant {
    let rest = TimeDelta::milliseconds(instant.utc().timestamp_millis().rem_euclid(1000));
    instant - rest
}

/// The day is exact enough for the certificate's own dates.
fn date(instant: Instant) -> time::OffsetDateTime {
    let utc = instant.utc();
    time::OffsetDateTime::from_unix_timestamp(utc.timestamp())
        .unwrap_or_else(|_| rcgen::date_time_ymd(utc.year(), 1, 1))
}

fn issued(
    key: &KeyPair,
    certificate: &rcgen::Certificate,
    subject: Subject,
    start: Instant,
    end: Instant,
) -> Issued {
    let digest = Sha1::digest(certificate.der());
    let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    Issued {
        key_pem: key.serialize_pem(),
        certificate_pem: certificate.pem(),
        serial_no: serial_of(certificate),
        finger_print: pairs.join(":"),
        subject,
        start,
        end,
    }
}

fn serial_of(certificate: &rcgen::Certificate) -> String {
    use x509_parser::prelude::{FromDer, X509Certificate};
    let parsed = X509Certificate::from_der(certificate.der());
    parsed.map(|(_, parsed)| hex::encode_upper(parsed.raw_serial())).unwrap_or_default()
}

/// Remembers a certificate; its key is sealed.
pub(crate) async fn write(
    tx: &Transaction,
    ground: &Ground,
    issued: &Issued,
    kind: CertificateType,
    block: Option<CodeVersion>,
    actor: Option<CodeVersion>,
    created_by: &str,
) -> Result<certificate_manage::Model, AuthorityError> {
    let author = Author::named(ground, created_by);
    let (block, actor) = (block.map(PlainCode::from), actor.map(PlainCode::from));
    let sealed = ground.seal.seal(&format!("{}{}", issued.key_pem, issued.certificate_pem))?;
    let row = new_row!(
        author,
        certificate_manage {
            cert_type: kind.as_str().to_owned(),
            subject: json!(issued.subject).to_string(),
            serial_no: issued.serial_no.clone(),
            finger_print: issued.finger_print.clone(),
            valid_period_start: ground.store.column(issued.start),
            valid_period_end: ground.store.column(issued.end),
            certificate: sealed,
            actor_code: actor.map(|code| code.value),
            actor_version: actor.map(|code| code.ver),
            block_code: block.map(|code| code.value),
            block_version: block.map(|code| code.ver),
            is_distributed: false,
        }
    );
    let row = row.insert(tx).await?;
    tracing::info!(
        target: "audit",
        what = "certificate issued",
        by = created_by,
        kind = kind.as_str(),
        serial = row.serial_no,
        block = row.block_code,
    );
    Ok(row)
}
