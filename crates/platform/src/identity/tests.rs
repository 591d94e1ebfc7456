use chrono::TimeDelta;
use http::Method;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
};
use serde_json::json;
use vocabulary::{Code, Instant, Session};

use super::*;
use crate::Clock;

const ROOT: Code = Code(1);
const PATH: &str = "/pxr-block-proxy/pxr-block-proxy/reverse?path=%2Fcatalog%2F1";

/// An authority of a platform.
struct Authority(String, Issuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.distinguished_name.push(DnType::CommonName, "authority");
        let certificate = params.self_signed(&key).unwrap();
        Self(certificate.pem(), Issuer::new(params, key))
    }

    /// Key and certificate of a block.
    fn issue(&self, block: Code, until: Option<i32>) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names.push(SanType::URI(format!("pxr:block:{block}").try_into().unwrap()));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        if let Some(year) = until {
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
        }
        key.serialize_pem() + &params.signed_by(&key, &self.1).unwrap().pem()
    }
}

/// A platform on which the clock stands still.
struct Platform {
    authority: Authority,
    clock: Clock,
}

impl Platform {
    fn new() -> Self {
        let now = Instant::parse("2026-01-02T03:04:05.678+0900").unwrap();
        Self { authority: Authority::new(), clock: Clock::standing_at(now) }
    }

    fn signer(&self, block: i64) -> Signer {
        Signer::new(&self.authority.issue(Code(block), None), &self.clock).unwrap()
    }

    fn verifier(&self, unsigning: &[Code]) -> Verifier {
        Verifier::new(&self.authority.0, ROOT, unsigning.into()).unwrap()
    }

    /// What the block `to` thinks of a header that came from `from`.
    fn check(&self, header: &str, session: &Session, from: i64, to: i64) -> Result<usize, Distrust> {
        let received = Received {
            session,
            from: Code(from),
            to: Code(to),
            method: &Method::GET,
            path_and_query: PATH,
            at: self.clock.now(),
        };
        self.verifier(&[Code(90)]).check(header, &received).map(|all| all.len())
    }
}

fn of_block(block: i64) -> Session {
    Session::from_json(
        json!({"type": 3, "loginId": "m", "operatorId": 1, "block": {"_value": block, "_ver": 1}}),
    )
    .unwrap()
}

fn header(signer: &Signer, session: &Session, to: i64) -> String {
    signer.header(session.header(), Code(to), &Method::GET, PATH).unwrap().to_str().unwrap().to_owned()
}

#[test]
fn the_own_block_s_word_is_enough() {
    let platform = Platform::new();
    let session = of_block(2);
    let header = header(&platform.signer(2), &session, 3);
    assert_eq!(platform.check(&header, &session, 2, 3), Ok(1));
}

#[test]
fn a_statement_holds_for_one_call_of_one_block_to_another() {
    let platform = Platform::new();
    let (session, signer) = (of_block(2), platform.signer(2));
    let header = header(&signer, &session, 3);
    let mut other = session.object().clone();
    other.insert("loginId".to_owned(), json!("somebody else"));
    let other = Session::from_json(other.into()).unwrap();
    assert_eq!(platform.check(&header, &other, 2, 3), Err(Distrust::OtherIdentity));
    assert_eq!(platform.check(&header, &session, 4, 3), Err(Distrust::OtherSpeaker));
    assert_eq!(platform.check(&header, &session, 2, 4), Err(Distrust::OtherCallee));
    for (method, path) in [(Method::POST, PATH), (Method::GET, "/pxr-block-proxy/other")] {
        let elsewhere = signer.header(session.header(), Code(3), &method, path).unwrap();
        let elsewhere = elsewhere.to_str().unwrap();
        assert_eq!(platform.check(elsewhere, &session, 2, 3), Err(Distrust::OtherCall));
    }
}

#[test]
fn a_statement_holds_for_a_minute_and_clocks_may_differ_a_little() {
    let platform = Platform::new();
    let session = of_block(2);
    let header = header(&platform.signer(2), &session, 3);
    for (seconds, verdict) in
        [(-30, Ok(1)), (90, Ok(1)), (91, Err(Distrust::Time)), (-31, Err(Distrust::Time))]
    {
        platform.clock.advance(TimeDelta::seconds(seconds));
        assert_eq!(platform.check(&header, &session, 2, 3), verdict, "{seconds} s later");
        platform.clock.advance(TimeDelta::seconds(-seconds));
    }
}

#[test]
fn nobody_speaks_with_a_key_or_certificate_that_is_not_his() {
    let platform = Platform::new();
    let session = of_block(2);
    let stranger = Signer::new(&Authority::new().issue(Code(2), None), &platform.clock).unwrap();
    let told = header(&stranger, &session, 3);
    assert_eq!(platform.check(&told, &session, 2, 3), Err(Distrust::Certificate), "another authority");
    let expired = platform.authority.issue(Code(2), Some(2025));
    let told = header(&Signer::new(&expired, &platform.clock).unwrap(), &session, 3);
    assert_eq!(platform.check(&told, &session, 2, 3), Err(Distrust::Certificate), "out of its time");

    // The certificate of the block with the statement and the signature of another one.
    let mine = header(&platform.signer(4), &session, 3);
    let theirs = header(&platform.signer(2), &session, 3);
    let part = |text: &str, at: usize| text.split('.').nth(at).unwrap().to_owned();
    let mixed = format!("{}.{}.{}", part(&theirs, 0), part(&theirs, 1), part(&mine, 2));
    assert_eq!(platform.check(&mixed, &session, 2, 3), Err(Distrust::Signature));
    for broken in ["", "a", "a.b.c", "..", &format!("{theirs},"), &[theirs.as_str(); 7].join(",")] {
        assert_eq!(platform.check(broken, &session, 2, 3), Err(Distrust::Malformed), "{broken:?}");
    }
}

#[tokio::test]
async fn who_hands_an_identity_on_shows_where_it_is_from() {
    let platform = Platform::new();
    let session = of_block(2);
    let first = header(&platform.signer(2), &session, 3);
    let second = platform.signer(3);
    let alone = header(&second, &session, 4);
    assert_eq!(platform.check(&alone, &session, 3, 4), Err(Distrust::OtherOrigin), "without the first one");

    let handed_on = Proof::scope(Some(Proof(first.clone())), async { header(&second, &session, 4) }).await;
    assert_eq!(platform.check(&handed_on, &session, 3, 4), Ok(2));
    assert_eq!(platform.check(&handed_on, &session, 2, 4), Err(Distrust::OtherSpeaker));

    let stolen = platform.signer(5);
    let stolen = Proof::scope(Some(Proof(first.clone())), async { header(&stolen, &session, 4) }).await;
    assert_eq!(
        platform.check(&stolen, &session, 5, 4),
        Err(Distrust::OtherCallee),
        "it was told to another block"
    );

    platform.clock.advance(TimeDelta::minutes(6));
    let late = Proof::scope(Some(Proof(first.clone())), async { header(&second, &session, 4) }).await;
    assert_eq!(platform.check(&late, &session, 3, 4), Err(Distrust::Time));

    let about_another = Proof::scope(Some(Proof(first)), async { header(&second, &of_block(3), 4) }).await;
    assert_eq!(platform.check(&about_another, &of_block(3), 3, 4), Ok(1), "an identity of its own");
}

#[test]
fn the_root_and_blocks_that_sign_nothing_need_no_earlier_statement() {
    let platform = Platform::new();
    let of_reference = of_block(90);
    let root = header(&platform.signer(1), &of_block(2), 3);
    assert_eq!(platform.check(&root, &of_block(2), 1, 3), Ok(1));
    let told = header(&platform.signer(2), &of_reference, 3);
    assert_eq!(platform.check(&told, &of_reference, 2, 3), Ok(1));
    let nobody = Session::from_json(json!({"type": 3, "loginId": "m", "operatorId": 1})).unwrap();
    let told = header(&platform.signer(2), &nobody, 3);
    assert_eq!(platform.check(&told, &nobody, 2, 3), Err(Distrust::OtherOrigin), "an operator of no block");
}

#[test]
fn the_header_does_not_show_in_logs() {
    let platform = Platform::new();
    let told = platform.signer(2).header(of_block(2).header(), Code(3), &Method::GET, PATH).unwrap();
    assert_eq!(format!("{told:?}"), "Sensitive");
}
