use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::DevServerError;

/// How connections are encrypted.
#[derive(Clone)]
pub struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) name: String,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Tls {
    /// The name that clients expect where no other is given.
    pub const DEFAULT_NAME: &str = "localhost";

    /// TLS with a given certificate chain and its private key, both PEM. `name` is what clients expect the
    /// certificate to be for. With `client_authority` (PEM too) only clients whose certificate that authority has
    /// signed are let in.
    pub fn from_pem(
        name: impl Into<String>,
        chain: &str,
        key: &str,
        client_authority: Option<&str>,
    ) -> Result<Self, DevServerError> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(refused)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(refused)?;
        let builder = match client_authority {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(authority)? {
                    roots.add(certificate).map_err(refused)?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().map_err(refused)?)
            }
        };
        let config = builder.with_single_cert(chain, key).map_err(refused)?;
        Ok(Self { config: Arc::new(config), name: name.into() })
    }

    /// TLS with certificates that are made now.
    pub fn self_made(wish: &SelfMade) -> Result<(Self, Certificates), DevServerError> {
        let authority = Authority::new()?.signing_expired(wish.expired == Some(Expired::Client));
        let client = authority.client(wish.client_name.as_deref().unwrap_or(CLIENT_NAME))?;
        let authority = authority.signing_expired(wish.expired == Some(Expired::Server));
        let server = authority.server(Self::DEFAULT_NAME)?;
        let tls = Self::with_identity(&authority, &server, wish.mutual)?;
        Ok((tls, Certificates { authority: authority.pem(), client }))
    }

    /// TLS with the certificate of an [`Authority`].
    pub fn signed_by(authority: &Authority, mutual: bool) -> Result<Self, DevServerError> {
        Self::with_identity(authority, &authority.server(Self::DEFAULT_NAME)?, mutual)
    }

    /// TLS with this certificate of an [`Authority`], which is for `localhost`.
    pub fn with_identity(
        authority: &Authority,
        identity: &Identity,
        mutual: bool,
    ) -> Result<Self, DevServerError> {
        let clients = mutual.then(|| authority.pem());
        Self::from_pem(Self::DEFAULT_NAME, &identity.certificate, &identity.key, clients.as_deref())
    }
}

/// The common name of a self-made client certificate, where no other is given.
const CLIENT_NAME: &str = "aerostride";

/// Certificates to be made on the spot.
#[derive(Debug, Clone, Default)]
pub struct SelfMade {
    /// Only clients with the certificate that is handed out are let in.
    pub mutual: bool,
    /// The common name of that certificate; `aerostride` without one.
    pub client_name: Option<String>,
    /// The certificate that has expired, if one is to.
    pub expired: Option<Expired>,
}

/// Whose certificate has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// The server's.
    Server,
    /// The client's.
    Client,
}

/// What a client needs of self-made certificates.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The certificate of the authority, PEM.
    pub authority: String,
    /// The client's own.
    pub client: Identity,
}

/// A certificate authority made on the spot, for servers and clients of one test or demo.
///
/// ```
/// use aerostride_devserver::{Authority, Config, DevServer, Tls};
///
/// let authority = Authority::new().unwrap();
/// let tls = Tls::signed_by(&authority, false).unwrap();
/// let server = DevServer::start(Config::new().tls(tls)).unwrap();
/// // Clients trust this certificate and expect the name `localhost`.
/// assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// # server.stop();
/// ```
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    expired: bool,
}

/// A certificate and its private key, both PEM.
#[derive(Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl fmt::Debug for Identity {
    /// The key stays where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Authority {
    /// A new authority with keys of its own.
    pub fn new() -> Result<Self, DevServerError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = named("aerostride development authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().map_err(refused)?;
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, key).map_err(refused)?, expired: false })
    }

    /// The same authority; what it signs from now on has expired long ago, or has not again.
    pub const fn signing_expired(mut self, expired: bool) -> Self {
        self.expired = expired;
        self
    }

    /// The authority's own certificate, which whoever trusts it needs.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for a server of that name on this computer.
    pub fn server(&self, name: &str) -> Result<Identity, DevServerError> {
        let names = vec![name.to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let params = CertificateParams::new(names).map_err(refused)?;
        self.sign(params, name, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate for a client; `name` is its common name.
    pub fn client(&self, name: &str) -> Result<Identity, DevServerError> {
        self.sign(CertificateParams::default(), name, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        name: &str,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<Identity, DevServerError> {
        params.distinguished_name = named(name);
        params.extended_key_usages = vec![purpose];
        if self.expired {
            (params.not_before, params.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        }
        let key = KeyPair::generate().map_err(refused)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(refused)?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, DevServerError> {
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().map_err(refused)?;
    if certificates.is_empty() {
        return Err(DevServerError::Tls("no certificate in the PEM text".to_owned()));
    }
    Ok(certificates)
}

fn refused(error: impl fmt::Display) -> DevServerError {
    DevServerError::Tls(error.to_string())
}
