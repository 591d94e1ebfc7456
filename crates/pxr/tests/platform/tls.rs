//! Between blocks: TLS 1.2 or 1.3, and certificates that are verified at both ends.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::{
    databases::on_both_databases,
    interoperation::wire::block,
    support::{Place, Platform},
};

async fn reaches(platform: &Platform, version: &'static SupportedProtocolVersion) -> bool {
    let identity = platform.certificate("region");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(platform.authority().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_protocol_versions(&[version]).with_root_certificates(roots);
    let config = config.with_client_auth_cert(
        vec![CertificateDer::from_pem_slice(identity.as_bytes()).unwrap()],
        PrivateKeyDer::from_pem_slice(identity.as_bytes()).unwrap(),
    );
    let stream = TcpStream::connect(("127.0.0.1", platform.place.options.base_port + 100)).await.unwrap();
    let name = ServerName::try_from("root-service").unwrap();
    TlsConnector::from(Arc::new(config.unwrap())).connect(name, stream).await.is_ok()
}

/// The greeting of a client that speaks TLS 1.1 at most.
fn greeting_of_tls_1_1() -> Vec<u8> {
    let mut hello = vec![0x03, 0x02];
    hello.extend([7; 32]);
    hello.push(0);
    hello.extend([0, 4, 0xc0, 0x13, 0xc0, 0x09]);
    hello.extend([1, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![0x16, 0x03, 0x01, 0, length + 4, 0x01, 0, 0, length];
    record.extend(hello);
    record
}

on_both_databases! {
    async fn blocks_talk_over_tls_1_2_or_1_3_only(place: Place) {
        let platform = Platform::built(place, "2").await;
        platform::listen::install_crypto_provider();
        assert!(reaches(&platform, &version::TLS12).await);
        assert!(reaches(&platform, &version::TLS13).await);

        let port = platform.place.options.base_port + 100;
        let mut old = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        old.write_all(&greeting_of_tls_1_1()).await.unwrap();
        let mut answer = Vec::new();
        let _closed = old.read_to_end(&mut answer).await;
        assert_eq!(answer.first(), Some(&0x15), "an alert, and no handshake: {answer:?}");

        let mut plain = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        plain.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        let _closed = plain.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP"), "not without TLS");
        platform.stage.stop().await;
    }

    async fn a_server_that_another_authority_vouches_for_hears_nothing(place: Place) {
        let platform = Platform::built(place, "2").await;
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["root-service".to_owned()]).unwrap();
        let identity = key.serialize_pem() + &params.self_signed(&key).unwrap().pem();
        let (address, heard) = block(&identity, |_| (200, "[]".to_owned())).await;
        // A login reads the catalog, too.
        let member = platform.login("region", "region_op0").await;
        let ours = format!("\"127.0.0.1:{}\"", platform.place.options.base_port + 100);
        let platform = platform.changed("region", &ours, &format!("\"{address}\"")).await;
        assert_eq!(platform.call("region", "GET root", "/catalog/name", &member, None).await.0, 500);
        assert!(heard.lock().unwrap().is_empty());
        platform.stage.stop().await;
    }
}
