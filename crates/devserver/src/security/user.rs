use std::fmt;

use super::Account;

/// The salt and the cost with which every Aerospike client hashes passwords.
const SALT: [u8; 16] = [244, 107, 11, 190, 207, 254, 141, 27, 6, 103, 216, 79, 109, 193, 216, 169];
const COST: u32 = 10;

/// Somebody who may log in.
///
/// ```
/// use aerostride_devserver::{Config, User};
///
/// let config = Config::new().users([
///     User::new("ada", "secret").role("read-write"),
///     User::new("root", "more secret").role("superuser"),
/// ]);
/// ```
#[derive(Clone)]
pub struct User {
    pub(super) name: String,
    password: Password,
    roles: Vec<String>,
    expired: bool,
}

#[derive(Clone)]
enum Password {
    Clear(String),
    /// As clients send it, which takes no time.
    Hashed(Vec<u8>),
    /// Known to a directory, which is asked with what clients send in clear.
    External(String),
}

impl User {
    /// A user without any role, who may log in and do nothing.
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            password: Password::Clear(password.into()),
            roles: Vec::new(),
            expired: false,
        }
    }

    /// Gives the user a role: `read`, `write`, `read-write`, `read-write-udf`, `truncate`, `data-admin`, `sys-admin`,
    /// `user-admin`, or `superuser` for all of them.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// A user of a directory such as LDAP: only clients that send the password in clear, in external mode, are let in.
    pub fn external(mut self) -> Self {
        if let Password::Clear(password) = self.password {
            self.password = Password::External(password);
        }
        self
    }

    /// The password has expired: who logs in with it is told so.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// A user whose password has this hash.
    pub(crate) fn with_hash(name: impl Into<String>, hash: &[u8]) -> Self {
        Self {
            name: name.into(),
            password: Password::Hashed(hash.to_vec()),
            roles: Vec::new(),
            expired: false,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn roles(&self) -> &[String] {
        &self.roles
    }

    pub(super) fn account(&self) -> Account {
        let credential = match &self.password {
            Password::Clear(password) => Credential::of_password(password),
            Password::Hashed(hash) => Credential::of_hash(hash),
            Password::External(password) => Credential::External(password.clone()),
        };
        Account { credential, roles: self.roles.clone(), expired: self.expired }
    }
}

impl fmt::Debug for User {
    /// The password stays where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("name", &self.name).field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// What a client shows to be let in.
#[derive(Clone, Copy)]
pub(super) enum Proof<'p> {
    /// A password's hash, and in external mode the password too.
    Password { hash: &'p [u8], clear: Option<&'p [u8]> },
    /// The certificate of its connection, which TLS has verified.
    Certificate,
}

/// What is known of a user's password.
#[derive(Clone)]
pub(super) enum Credential {
    /// Its hash, as clients send it.
    Hash(Vec<u8>),
    /// What the directory knows.
    External(String),
}

impl Credential {
    fn of_password(password: &str) -> Self {
        if password.is_empty() {
            return Self::Hash(Vec::new());
        }
        let hash = bcrypt::hash_with_salt(password, COST, SALT)
            .map(|parts| parts.format_for_version(bcrypt::Version::TwoA));
        // A password that cannot be hashed matches nothing: no client can hash it either.
        Self::Hash(hash.map(String::into_bytes).unwrap_or_default())
    }

    /// A hash that a client has sent.
    pub(super) fn of_hash(hash: &[u8]) -> Self {
        Self::Hash(hash.to_vec())
    }

    /// Whether a client with this proof is let in. An empty password lets nobody in: such users have certificates.
    pub(super) fn accepts(&self, proof: Proof<'_>) -> bool {
        match (self, proof) {
            (_, Proof::Certificate) => true,
            (Self::Hash(own), Proof::Password { hash, .. }) => is_same(own, hash),
            (Self::External(own), Proof::Password { clear, .. }) => {
                clear.is_some_and(|clear| is_same(own.as_bytes(), clear))
            }
        }
    }

    /// Whether the hash is that of the password, where the server has one.
    pub(super) fn matches(&self, hash: &[u8]) -> bool {
        matches!(self, Self::Hash(own) if is_same(own, hash))
    }
}

/// Compares in a time that does not tell where the first difference is.
fn is_same(own: &[u8], given: &[u8]) -> bool {
    let differences = own.iter().zip(given).fold(0, |differences, (a, b)| differences | (a ^ b));
    !own.is_empty() && own.len() == given.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_as_clients_hash_them() {
        let credential = Credential::of_password("password");
        assert!(credential.matches(b"$2a$10$7EqJtq98hPqEX7fNZaFWoOqUH6KN8IKy3Yk5Kz..RHGKNAUCoP/LG"));
        assert!(!credential.matches(b"$2a$10$7EqJtq98hPqEX7fNZaFWoOqUH6KN8IKy3Yk5Kz..RHGKNAUCoP/LH"));
        assert!(!credential.matches(b""));
    }

    #[test]
    fn a_directory_takes_passwords_in_clear_and_nothing_else() {
        let account = User::new("ada", "secret").external().account();
        let proof = |hash, clear| Proof::Password { hash, clear };
        assert!(account.credential.accepts(proof(b"", Some(b"secret"))));
        assert!(!account.credential.accepts(proof(b"secret", Some(b"Secret"))));
        assert!(!account.credential.accepts(proof(b"secret", None)));
        let nobody = User::new("ada", "").account();
        assert!(!nobody.credential.accepts(proof(b"", Some(b""))));
        assert!(nobody.credential.accepts(Proof::Certificate));
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(
            format!("{:?}", User::new("ada", "secret").role("read")),
            "User { name: \"ada\", roles: [\"read\"], .. }"
        );
    }
}
