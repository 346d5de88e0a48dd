//! Serving by TLS: what browsers are told then, and nothing without it.

use std::process::Stdio;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::json;
use testkit::TestDatabase;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::Folder;

const SOON: Duration = Duration::from_secs(60);

/// Put a certificate for localhost into the folder.
async fn certificate(folder: &Folder) -> CertificateDer<'static> {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, "test");
    let certificate = params.self_signed(&key).expect("a certificate");
    folder.write("cert.pem", &certificate.pem()).await;
    folder.write("key.pem", &key.serialize_pem()).await;
    certificate.der().clone()
}

fn connector(trusted: CertificateDer<'static>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// A request that is the last of its connection.
fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// All that comes back, head and body, with the names of headers in lower case.
async fn answer(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("an answer").ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_a_certificate_is_reached_by_tls_only_and_browsers_keep_to_that() {
    let (folder, database) = (Folder::new(), TestDatabase::new().await);
    let connector = connector(certificate(&folder).await);
    let url = database.url();
    let mut command = folder.command(&["serve", "--allow-unsafe-database", "--listen", "127.0.0.1:0"]);
    command.args(["--database-url", &url, "--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let mut server = command.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let mut next =
        async || timeout(SOON, lines.next_line()).await.expect("in time").expect("text").expect("a line");
    let address = loop {
        if let Some((_, address)) = next().await.split_once("listens on https://") {
            break address.to_owned();
        }
    };
    while !next().await.contains("first user") {}
    let token = next().await.trim().to_owned();

    let ask = async |request: String| {
        let stream = TcpStream::connect(&address).await.expect("a connection");
        let name = ServerName::try_from("localhost").expect("a name");
        answer(connector.connect(name, stream).await.expect("TLS"), &request).await
    };
    let told = "\r\nstrict-transport-security: max-age=31536000\r\n";
    for (path, status) in [("/livez", 200), ("/products", 401), ("/nowhere", 404), ("/openapi.json", 200)] {
        let text = ask(request("GET", path, "")).await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")) && text.contains(told), "{text}");
    }
    // A cookie that a browser sends over TLS only, also on this machine.
    let setup =
        json!({"token": token, "email": "anna@stock.example", "name": "Anna", "password": "correct horse"});
    let text = ask(request("POST", "/setup", &setup.to_string())).await;
    assert!(text.starts_with("HTTP/1.1 201 ") && text.contains(told), "{text}");
    let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
    assert!(cookie.starts_with("__Host-stockbook=") && cookie.ends_with("; Secure"), "{cookie}");
    let (pair, _) = cookie.split_once(';').expect("a pair");
    let with_cookie = request("GET", "/me", "").replacen("\r\n", &format!("\r\ncookie: {pair}\r\n"), 1);
    assert!(ask(with_cookie).await.contains("\"Anna\""), "it lets them in");

    let plain = TcpStream::connect(&address).await.expect("a connection");
    let text = answer(plain, &request("GET", "/livez", "")).await;
    assert!(!text.contains("HTTP/1.1 200"), "{text}");
    server.kill().await.expect("it ends");
}
