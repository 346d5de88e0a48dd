//! TLS: a certificate with its key, read again when their files change.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// How often the files are looked at. Renewal comes weeks before the old certificate ends.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, #[source] io::Error),
    /// A file is not what it should be.
    #[error("{0} has no {1} in PEM: {2}")]
    Content(PathBuf, &'static str, #[source] pem::Error),
    /// They do not fit each other.
    #[error("the certificate in {0} cannot be used with its key: {1}")]
    Unfit(PathBuf, #[source] rustls::Error),
}

/// TLS by the certificate in two files.
#[derive(Clone, Debug)]
pub struct Tls {
    files: Files,
    current: Arc<RwLock<Arc<ServerConfig>>>,
    read: Pair,
    pub(crate) look_every: Duration,
}

/// Where certificate and key are.
#[derive(Clone, Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What was in the files.
#[derive(Clone, PartialEq, Eq)]
struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// A key is shown to nobody.
impl std::fmt::Debug for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pair")
    }
}

impl Tls {
    /// TLS by the certificate, followed by those that lead to a known authority, and the key in these files, both in PEM.
    pub async fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let read = files.read().await?;
        let current = Arc::new(RwLock::new(files.config(&read)?));
        Ok(Self { files, current, read, look_every: LOOK_EVERY })
    }

    /// For the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// Take what changes in the files, for connections from then on. What cannot be used is told once, and the last that
    /// could goes on.
    pub(crate) async fn follow(self) {
        let Self { files, current, mut read, look_every } = self;
        let mut looks = interval(look_every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut cannot_be_read = false;
        loop {
            looks.tick().await;
            let found = match files.read().await {
                Ok(found) if found == read => continue,
                Ok(found) => found,
                Err(error) => {
                    if !cannot_be_read {
                        tracing::error!(%error, "the certificate of before goes on");
                    }
                    cannot_be_read = true;
                    continue;
                }
            };
            cannot_be_read = false;
            match files.config(&found) {
                Ok(config) => {
                    *current.write().unwrap_or_else(PoisonError::into_inner) = config;
                    tracing::info!(certificate = %files.certificate.display(), "a new certificate is used from now on");
                }
                Err(error) => tracing::error!(%error, "the certificate of before goes on"),
            }
            read = found;
        }
    }
}

impl Files {
    async fn read(&self) -> Result<Pair, TlsError> {
        let read = async |path: &PathBuf| {
            tokio::fs::read(path).await.map_err(|error| TlsError::Read(path.clone(), error))
        };
        Ok(Pair { certificate: read(&self.certificate).await?, key: read(&self.key).await? })
    }

    fn config(&self, Pair { certificate, key }: &Pair) -> Result<Arc<ServerConfig>, TlsError> {
        let no_certificate = |fault| TlsError::Content(self.certificate.clone(), "certificate", fault);
        let no_key = |fault| TlsError::Content(self.key.clone(), "private key", fault);
        let unfit = |fault| TlsError::Unfit(self.certificate.clone(), fault);
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(certificate).collect::<Result<_, _>>().map_err(no_certificate)?;
        if chain.is_empty() {
            return Err(no_certificate(pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(no_key)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unfit)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unfit)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

#[cfg(test)]
mod tests;
