//! Clients that speak TLS for real, with certificates made for the test.

use std::net::SocketAddr;

use axum::routing::get;
use axum::{Extension, Router};
use platform::Peer;
use rcgen::{CertificateParams, DnType, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::*;
use crate::Server;

/// What is to happen at once happens within this, on a machine that is busy building.
const SOON: Duration = Duration::from_secs(30);

const LOOK: Duration = Duration::from_millis(50);

/// A folder with a certificate and its key.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    async fn write(&self, name: &str, text: &str) {
        tokio::fs::write(self.path(name), text).await.expect("written");
    }

    /// Put a new certificate for localhost there, and trust it.
    async fn renew(&self) -> CertificateDer<'static> {
        let (certificate, key) = pair();
        self.write("key.pem", &key.serialize_pem()).await;
        self.write("cert.pem", &certificate.pem()).await;
        certificate.der().clone()
    }

    async fn load(&self) -> Result<Tls, TlsError> {
        Tls::load(&self.path("cert.pem"), &self.path("key.pem")).await
    }

    /// Serve by the certificate that is here.
    async fn serve(&self) -> Running {
        let router = Router::new().route(
            "/secure",
            get(async |Extension(peer): Extension<Peer>| format!("secure: {}", peer.is_secure)),
        );
        let tls = Tls { look_every: LOOK, ..self.load().await.expect("a certificate") };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(router).by_tls(Some(tls));
        let serving = tokio::spawn(server.serve(listener, async { stopped.await.unwrap_or_default() }));
        Running { address, stop, serving }
    }
}

fn pair() -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, "test");
    (params.self_signed(&key).expect("a certificate"), key)
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

impl Running {
    /// A connection of a client that trusts this certificate only.
    async fn connect(&self, trusted: &CertificateDer<'static>) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// Wait until this certificate is the one that is used.
    async fn until_used(&self, trusted: &CertificateDer<'static>) {
        let began = Instant::now();
        while self.connect(trusted).await.is_err() {
            assert!(began.elapsed() < SOON, "the new certificate is not used");
            sleep(LOOK).await;
        }
    }
}

/// The answer to a request on a connection that goes on.
async fn ask(connection: &mut TlsStream<TcpStream>) -> String {
    connection.write_all(b"GET /secure HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("sent");
    let mut text = String::new();
    while !text.contains("secure: ") {
        let mut bytes = [0; 1024];
        let read = timeout(SOON, connection.read(&mut bytes)).await.expect("an answer").expect("an answer");
        assert_ne!(read, 0, "the connection ended after {text}");
        text.push_str(std::str::from_utf8(&bytes[..read]).expect("text"));
    }
    text
}

#[tokio::test]
async fn requests_come_by_tls_and_not_otherwise() {
    let folder = Folder::new();
    let trusted = folder.renew().await;
    let server = folder.serve().await;
    let mut connection = server.connect(&trusted).await.expect("TLS");
    for _ in 0..2 {
        assert!(ask(&mut connection).await.ends_with("secure: true"));
    }
    let (_, session) = connection.get_ref();
    assert_eq!(session.alpn_protocol(), None, "nobody asked for a protocol");

    let mut plain = TcpStream::connect(server.address).await.expect("a connection");
    plain.write_all(b"GET /secure HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("sent");
    let mut answer = Vec::new();
    timeout(SOON, plain.read_to_end(&mut answer)).await.expect("its end").ok();
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_connection_being_dropped() {
    let folder = Folder::new();
    let old = folder.renew().await;
    let server = folder.serve().await;
    let mut connection = server.connect(&old).await.expect("TLS");
    ask(&mut connection).await;

    let new = folder.renew().await;
    server.until_used(&new).await;
    assert!(server.connect(&old).await.is_err(), "the old certificate is still used");
    ask(&mut connection).await; // the connection of before goes on
}

#[tokio::test]
async fn what_cannot_be_used_leaves_the_certificate_of_before() {
    let folder = Folder::new();
    let old = folder.renew().await;
    let server = folder.serve().await;
    let (_, foreign) = pair();
    for (name, text) in
        [("cert.pem", "no certificate"), ("cert.pem", ""), ("key.pem", &*foreign.serialize_pem())]
    {
        folder.write(name, text).await;
        sleep(LOOK * 4).await;
        ask(&mut server.connect(&old).await.expect("the certificate of before")).await;
    }
    tokio::fs::remove_file(folder.path("key.pem")).await.expect("removed");
    sleep(LOOK * 4).await;
    ask(&mut server.connect(&old).await.expect("the certificate of before")).await;

    let new = folder.renew().await;
    server.until_used(&new).await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_refused_at_the_start_by_file() {
    let folder = Folder::new();
    let refusal = async || folder.load().await.expect_err("refused").to_string();
    assert!(refusal().await.contains("cert.pem"), "nothing is there");
    folder.renew().await;
    let (_, foreign) = pair();
    folder.write("key.pem", &foreign.serialize_pem()).await;
    assert!(refusal().await.contains("cannot be used with its key"), "{}", refusal().await);
    folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n").await;
    let refused = refusal().await;
    assert!(refused.contains("cannot be used with its key") && !refused.contains("secret"), "{refused}");
    folder.write("key.pem", "").await;
    assert!(refusal().await.contains("key.pem has no private key in PEM"), "{}", refusal().await);
    folder.renew().await;
    folder.write("cert.pem", "").await;
    assert!(refusal().await.contains("no certificate in PEM"), "{}", refusal().await);
}

#[tokio::test]
async fn who_does_not_greet_holds_up_no_end() {
    let folder = Folder::new();
    folder.renew().await;
    let server = folder.serve().await;
    let mut silent = TcpStream::connect(server.address).await.expect("a connection");
    let mut half = TcpStream::connect(server.address).await.expect("a connection");
    half.write_all(&[22, 3, 1, 2]).await.expect("sent");
    sleep(LOOK).await;
    let began = Instant::now();
    drop(server.stop);
    timeout(SOON, server.serving).await.expect("it stops").expect("no panic");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    for connection in [&mut silent, &mut half] {
        let mut rest = Vec::new();
        timeout(SOON, connection.read_to_end(&mut rest)).await.expect("its end").ok();
    }
}
