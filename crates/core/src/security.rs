//! TLS and login, for both planes: the control plane gets the same settings as a policy of the `aerospike` crate.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerostride_wire::result_code::{SECURITY_NOT_ENABLED, SECURITY_NOT_SUPPORTED};
use aerostride_wire::{AdminMessage, FrameType, admin_command, admin_field, encode_admin};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::connection::Connection;
use crate::watchdog::Watchdog;
use crate::{Error, ErrorKind, codes};

/// A session token is given up this long before the server forgets it.
const TOKEN_MARGIN: Duration = Duration::from_secs(60);

/// All clients hash passwords with this salt, so that the server can compare hashes: `7EqJtq98hPqEX7fNZaFWoO` in
/// bcrypt's base64.
const SALT: [u8; 16] = [244, 107, 11, 190, 207, 254, 141, 27, 6, 103, 216, 79, 109, 193, 216, 169];
const COST: u32 = 10;

/// Who the client is.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Auth {
    /// Nobody: the server has no security.
    #[default]
    None,
    /// A user of the server's own.
    Internal {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// A user of an external system such as LDAP; the password crosses in clear, so TLS is needed.
    External {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// The user that the client's certificate names.
    Pki,
}

/// How a user proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthMode {
    /// With a password that the server knows.
    #[default]
    Internal,
    /// With a password that an external system knows.
    External,
    /// With a certificate.
    Pki,
}

impl Auth {
    /// What a mode, a user and a password come to. Without any of them the client is nobody.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a password or an external login without a user, and for any of them with
    /// [`AuthMode::Pki`].
    pub fn new(mode: AuthMode, user: Option<String>, password: Option<String>) -> Result<Self, Error> {
        let invalid = |message: &str| Error::new(ErrorKind::InvalidArgument, message);
        if mode == AuthMode::Pki {
            let named = user.is_some() || password.is_some();
            let message =
                "authMode is 'pki', where the certificate names the user; leave out user and password";
            return if named { Err(invalid(message)) } else { Ok(Self::Pki) };
        }
        if mode == AuthMode::Internal && user.is_none() && password.is_none() {
            return Ok(Self::None);
        }
        let user = user.ok_or_else(|| invalid("user is missing; it belongs to a password"))?;
        let password = password.unwrap_or_default();
        Ok(match mode {
            AuthMode::External => Self::External { user, password },
            AuthMode::Internal | AuthMode::Pki => Self::Internal { user, password },
        })
    }
}

impl fmt::Debug for Auth {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Internal { user, .. } => write!(f, "Internal({user:?})"),
            Self::External { user, .. } => write!(f, "External({user:?})"),
            Self::Pki => f.write_str("Pki"),
        }
    }
}

impl Auth {
    /// Checks that the ways to the server are as safe as this needs it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] that says what is missing.
    pub(crate) fn check(&self, tls: Option<&TlsOptions>) -> Result<(), Error> {
        match (self, tls) {
            (Self::External { .. }, None) => Err(needs_tls()),
            (Self::Pki, None) => Err(invalid(
                "authMode 'pki' logs in with a certificate, and needs TLS: set tls with cert and key".into(),
            )),
            (Self::Pki, Some(tls)) if tls.cert.is_empty() => Err(invalid(
                "authMode 'pki' logs in with a certificate: tls.cert and tls.key are missing".into(),
            )),
            _ => Ok(()),
        }
    }

    /// The same for the crate.
    pub(crate) fn mode(&self) -> aerospike::AuthMode {
        match self.clone() {
            Self::None => aerospike::AuthMode::None,
            Self::Internal { user, password } => aerospike::AuthMode::Internal(user, password),
            Self::External { user, password } => aerospike::AuthMode::External(user, password),
            Self::Pki => aerospike::AuthMode::Pki,
        }
    }
}

/// Certificates as PEM.
#[derive(Clone, Default)]
pub struct TlsOptions {
    /// Authorities to trust; the system's when empty.
    pub ca: Vec<u8>,
    /// The client's certificate chain, for mutual TLS.
    pub cert: Vec<u8>,
    /// The key of `cert`.
    pub key: Vec<u8>,
}

impl fmt::Debug for TlsOptions {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions").finish_non_exhaustive()
    }
}

impl TlsOptions {
    /// The configuration that both planes use.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] that names the option that is not what it should be.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::new(ErrorKind::Internal, format!("TLS: {error}")))?
            .with_root_certificates(self.roots()?);
        let config = if self.cert.is_empty() && self.key.is_empty() {
            builder.with_no_client_auth()
        } else {
            let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| not_pem("key", "private key"))?;
            let fault = |error| invalid(format!("tls.cert and tls.key do not fit together: {error}"));
            builder.with_client_auth_cert(certificates("cert", &self.cert)?, key).map_err(fault)?
        };
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, Error> {
        let mut roots = RootCertStore::empty();
        if self.ca.is_empty() {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                return Err(invalid(
                    "this system has no certificate authorities; give yours as tls.ca".into(),
                ));
            }
            return Ok(roots);
        }
        for certificate in certificates("ca", &self.ca)? {
            roots
                .add(certificate)
                .map_err(|error| invalid(format!("tls.ca is not an authority: {error}")))?;
        }
        Ok(roots)
    }
}

fn certificates(option: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(not_pem(option, "certificate")),
    }
}

fn not_pem(option: &str, what: &str) -> Error {
    invalid(format!("tls.{option} holds no {what} in PEM form, which begins with '-----BEGIN'"))
}

fn needs_tls() -> Error {
    invalid("authMode 'external' sends the password itself to the server, and needs TLS: set tls".into())
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// What a data connection needs to be let in.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    auth: Auth,
    /// bcrypt of the password, which takes tens of milliseconds and is therefore made once.
    hash: String,
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

impl Credentials {
    pub(crate) async fn new(auth: Auth, tls: Option<Arc<ClientConfig>>) -> Result<Arc<Self>, Error> {
        let hash = match &auth {
            Auth::Internal { password, .. } | Auth::External { password, .. } => {
                hash(password.clone()).await?
            }
            Auth::None | Auth::Pki => String::new(),
        };
        Ok(Arc::new(Self { auth, hash, tls }))
    }

    pub(crate) fn are_needed(&self) -> bool {
        self.auth != Auth::None
    }

    /// Logs the connection in; the token is for the connections that follow.
    pub(crate) async fn log_in(
        &self,
        connection: &mut Connection,
        watchdog: &mut Watchdog,
    ) -> Result<Option<Session>, Error> {
        if matches!(self.auth, Auth::External { .. }) && !connection.is_encrypted() {
            return Err(needs_tls());
        }
        let mut fields: Vec<(u8, &[u8])> = Vec::with_capacity(3);
        if let Auth::Internal { user, .. } | Auth::External { user, .. } = &self.auth {
            fields.push((admin_field::USER, user.as_bytes()));
            fields.push((admin_field::CREDENTIAL, self.hash.as_bytes()));
        }
        if let Auth::External { password, .. } = &self.auth {
            fields.push((admin_field::CLEAR_PASSWORD, password.as_bytes()));
        }
        let body = ask(connection, watchdog, admin_command::LOGIN, &fields).await?;
        let reply = AdminMessage::parse(connection.body(body))?;
        match reply.result {
            0 => Ok(Session::of(&reply)),
            SECURITY_NOT_ENABLED | SECURITY_NOT_SUPPORTED => Ok(None),
            code => Err(refused(code)),
        }
    }

    /// Authenticates the connection with a token; `false` when the server does not know it any more.
    pub(crate) async fn authenticate(
        &self,
        connection: &mut Connection,
        watchdog: &mut Watchdog,
        session: &Session,
    ) -> Result<bool, Error> {
        let mut fields: Vec<(u8, &[u8])> = Vec::with_capacity(2);
        if let Auth::Internal { user, .. } | Auth::External { user, .. } = &self.auth {
            fields.push((admin_field::USER, user.as_bytes()));
        }
        fields.push((admin_field::SESSION_TOKEN, &session.token));
        let body = ask(connection, watchdog, admin_command::AUTHENTICATE, &fields).await?;
        let reply = AdminMessage::parse(connection.body(body))?;
        Ok(matches!(reply.result, 0 | SECURITY_NOT_ENABLED | SECURITY_NOT_SUPPORTED))
    }
}

async fn ask(
    connection: &mut Connection,
    watchdog: &mut Watchdog,
    command: u8,
    fields: &[(u8, &[u8])],
) -> Result<std::ops::Range<usize>, Error> {
    connection.output.clear();
    encode_admin(&mut connection.output, 0, command, fields);
    let sent = connection.send(watchdog).await;
    // The request holds secrets, and the buffer lives on in the pool.
    connection.output.fill(0);
    sent?;
    connection.next_frame(FrameType::Admin, watchdog).await
}

fn refused(code: u8) -> Error {
    let code = i32::from(code);
    let message = format!("login refused: {} (code {code}); check user and password", codes::describe(code));
    Error::new(ErrorKind::Server, message).with_code(code)
}

async fn hash(password: String) -> Result<String, Error> {
    let hashed = tokio::task::spawn_blocking(move || {
        bcrypt::hash_with_salt(password, COST, SALT)
            .map(|parts| parts.format_for_version(bcrypt::Version::TwoA))
    });
    match hashed.await {
        Ok(Ok(hash)) => Ok(hash),
        _ => Err(invalid("the password cannot be hashed".into())),
    }
}

/// A session token and the time until which it is used.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Session {
    token: Vec<u8>,
    expires: Option<Instant>,
}

impl fmt::Debug for Session {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Session {
    fn of(reply: &AdminMessage<'_>) -> Option<Self> {
        let token = reply.field(admin_field::SESSION_TOKEN)?.to_vec();
        let seconds =
            reply.field(admin_field::SESSION_TTL).and_then(|ttl| ttl.try_into().ok()).map(u32::from_be_bytes);
        let expires =
            seconds.map(|ttl| Instant::now() + Duration::from_secs(ttl.into()).saturating_sub(TOKEN_MARGIN));
        Some(Self { token, expires })
    }

    pub(crate) fn is_fresh(&self) -> bool {
        self.expires.is_none_or(|expires| Instant::now() < expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_user_and_password_make_an_identity_or_an_error() {
        let some = |text: &str| Some(text.to_owned());
        let (user, password) = (|| "u".to_owned(), || "p".to_owned());
        let cases = [
            (AuthMode::Internal, None, None, Ok(Auth::None)),
            (
                AuthMode::Internal,
                some("u"),
                some("p"),
                Ok(Auth::Internal { user: user(), password: password() }),
            ),
            (
                AuthMode::Internal,
                some("u"),
                None,
                Ok(Auth::Internal { user: user(), password: String::new() }),
            ),
            (AuthMode::Internal, None, some("p"), Err("user is missing")),
            (
                AuthMode::External,
                some("u"),
                some("p"),
                Ok(Auth::External { user: user(), password: password() }),
            ),
            (AuthMode::External, None, None, Err("user is missing")),
            (AuthMode::Pki, None, None, Ok(Auth::Pki)),
            (AuthMode::Pki, some("u"), None, Err("leave out user")),
            (AuthMode::Pki, None, some("p"), Err("leave out user")),
        ];
        for (mode, user, password, expected) in cases {
            match (Auth::new(mode, user, password), expected) {
                (Ok(auth), Ok(expected)) => assert_eq!(auth, expected),
                (Err(error), Err(expected)) => assert!(error.message.contains(expected)),
                (made, expected) => panic!("{mode:?}: {made:?} instead of {expected:?}"),
            }
        }
    }

    #[test]
    fn a_token_is_given_up_a_minute_before_the_server_forgets_it() {
        let session = |ttl: Option<u32>| {
            let mut body = Vec::new();
            let seconds = ttl.map(u32::to_be_bytes);
            let mut fields: Vec<(u8, &[u8])> = vec![(admin_field::SESSION_TOKEN, b"token")];
            fields.extend(seconds.as_ref().map(|ttl| (admin_field::SESSION_TTL, &ttl[..])));
            encode_admin(&mut body, 0, admin_command::LOGIN, &fields);
            Session::of(&AdminMessage::parse(&body[aerostride_wire::FRAME_HEADER_SIZE..]).unwrap()).unwrap()
        };
        assert!(session(Some(3600)).is_fresh());
        assert!(session(Some(70)).is_fresh());
        assert!(!session(Some(60)).is_fresh());
        assert!(!session(Some(1)).is_fresh());
        assert!(session(None).is_fresh());
        assert_eq!(format!("{:?}", session(None)), "Session { expires: None, .. }");
    }
}
