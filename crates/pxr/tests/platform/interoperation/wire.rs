//! TLS connections on which exact bytes are written and read.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// A request or an answer: its first line, its header lines, its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a message as far as its `content-length` says.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Message> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..length]);
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let mut message = Message { start: lines.next()?.to_owned(), ..Message::default() };
    let pairs = lines.filter_map(|line| line.split_once(": "));
    message.headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let length = message.header("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head + 4 + length {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..read]);
    }
    message.body = String::from_utf8(bytes[head + 4..].to_vec()).unwrap();
    Some(message)
}

/// Sends these bytes to the blocks listener of a block, without a certificate, and reads the answer.
pub(crate) async fn send(authority: &str, name: &str, address: SocketAddr, bytes: &str) -> Message {
    platform::listen::install_crypto_provider();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    read(&mut stream).await.unwrap()
}

/// What a block of the reference was asked, in order.
pub(crate) type Heard = Arc<Mutex<Vec<Message>>>;

/// A block of the reference: answers each request, says nothing of closing, and drops the connection.
pub(crate) async fn block(
    identity: &str,
    answer: impl Fn(&Message) -> (u16, String) + Send + Sync + 'static,
) -> (SocketAddr, Heard) {
    platform::listen::install_crypto_provider();
    let chain = vec![CertificateDer::from_pem_slice(identity.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(identity.as_bytes()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let (hearing, answer) = (Arc::clone(&heard), Arc::new(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, hearing, answer) = (acceptor.clone(), Arc::clone(&hearing), Arc::clone(&answer));
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                let message = read(&mut stream).await?;
                let (status, body) = answer(&message);
                hearing.lock().unwrap().push(message);
                let head = format!(
                    "HTTP/1.1 {status} Whatever\r\nContent-Type: application/json; charset=utf-8\r\n"
                );
                let text = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                stream.write_all(text.as_bytes()).await.ok()?;
                stream.flush().await.ok()
            });
        }
    });
    (address, heard)
}
