//! Users, roles and sessions. Without users there is no security at all, as in a community server.

mod admin;
mod privilege;
mod user;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use aerostride_wire::result_code as code;

pub(crate) use admin::{Visitor, answer_admin};
pub(crate) use privilege::{Permission, is_built_in};
pub use user::User;

use parking_lot::{Mutex, MutexGuard};
use privilege::{Privilege, built_in_roles};
use user::{Credential, Proof};

/// Random bytes of a session token.
const TOKEN_SIZE: usize = 32;

/// What a server with users knows about them.
pub(crate) struct Security {
    session_ttl: Duration,
    books: Mutex<Books>,
}

/// Users, roles and sessions, which change together.
struct Books {
    users: BTreeMap<String, Account>,
    roles: BTreeMap<String, Role>,
    sessions: Vec<Session>,
}

/// What users of a role may do, from where, and how often. The addresses and the numbers are kept and listed, and nobody is
/// refused because of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Role {
    privileges: Vec<Privilege>,
    allowlist: String,
    read_quota: u32,
    write_quota: u32,
}

struct Account {
    credential: Credential,
    roles: Vec<String>,
    expired: bool,
}

struct Session {
    token: [u8; TOKEN_SIZE],
    user: String,
    ends: Instant,
}

impl fmt::Debug for Security {
    /// Credentials and tokens are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Security").finish_non_exhaustive()
    }
}

impl Security {
    /// Security with these users, or none at all when there are no users.
    pub(crate) fn new(users: &[User], session_ttl: Duration) -> Option<Self> {
        if users.is_empty() {
            return None;
        }
        let account = |user: &User| (user.name.clone(), user.account());
        let users = users.iter().map(account).collect();
        let books = Books { users, roles: built_in_roles(), sessions: Vec::new() };
        Some(Self { session_ttl, books: Mutex::new(books) })
    }

    /// Whether a user may do that to records of a namespace and set, or the code that refuses it.
    pub(crate) fn check(
        &self,
        user: Option<&str>,
        permission: Permission,
        namespace: &[u8],
        set: &[u8],
    ) -> Result<(), u8> {
        let books = self.books();
        let account = user.and_then(|user| books.users.get(user)).ok_or(code::NOT_AUTHENTICATED)?;
        let privileges = account.roles.iter().filter_map(|role| books.roles.get(role));
        let privileges = privileges.flat_map(|role| &role.privileges);
        let mut granted = privileges.filter(|privilege| privilege.covers(namespace, set));
        if granted.any(|privilege| privilege.allows(permission)) { Ok(()) } else { Err(code::ROLE_VIOLATION) }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock()
    }
}

impl Books {
    /// Checks who somebody is and begins a session.
    fn log_in(&mut self, user: &str, proof: Proof<'_>, ttl: Duration) -> Result<[u8; TOKEN_SIZE], u8> {
        let account = self.users.get(user).ok_or(code::INVALID_USER)?;
        if !account.credential.accepts(proof) {
            return Err(code::INVALID_PASSWORD);
        }
        if account.expired {
            return Err(code::EXPIRED_PASSWORD);
        }
        let token = random_token().ok_or(code::UNKNOWN)?;
        let now = Instant::now();
        self.sessions.retain(|session| session.ends > now);
        self.sessions.push(Session { token, user: user.to_owned(), ends: now + ttl });
        Ok(token)
    }

    /// Checks a session token.
    fn authenticate(&self, user: &str, token: &[u8]) -> Result<(), u8> {
        let session = self.sessions.iter().find(|session| session.token == token && session.user == user);
        let session = session.ok_or(code::INVALID_CREDENTIAL)?;
        if session.ends <= Instant::now() {
            return Err(code::EXPIRED_SESSION);
        }
        if self.users.contains_key(user) { Ok(()) } else { Err(code::INVALID_USER) }
    }
}

fn random_token() -> Option<[u8; TOKEN_SIZE]> {
    let mut token = [0; TOKEN_SIZE];
    rustls::crypto::ring::default_provider().secure_random.fill(&mut token).ok()?;
    Some(token)
}
