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
}

#[derive(Clone)]
enum Password {
    Clear(String),
    /// As clients send it, which takes no time.
    Hashed(Vec<u8>),
}

impl User {
    /// A user without any role, who may log in and do nothing.
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { name: name.into(), password: Password::Clear(password.into()), roles: Vec::new() }
    }

    /// Gives the user a role: `read`, `write`, `read-write`, `read-write-udf`, `truncate`, `data-admin`, `sys-admin`,
    /// `user-admin`, or `superuser` for all of them.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// A user whose password has this hash.
    pub(crate) fn with_hash(name: impl Into<String>, hash: &[u8]) -> Self {
        Self { name: name.into(), password: Password::Hashed(hash.to_vec()), roles: Vec::new() }
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
        };
        Account { credential, roles: self.roles.clone() }
    }
}

impl fmt::Debug for User {
    /// The password stays where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("name", &self.name).field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// The hash of a password, as clients send it.
#[derive(Clone)]
pub(super) struct Credential(Vec<u8>);

impl Credential {
    fn of_password(password: &str) -> Self {
        let hash = bcrypt::hash_with_salt(password, COST, SALT)
            .map(|parts| parts.format_for_version(bcrypt::Version::TwoA));
        // A password that cannot be hashed matches nothing: no client can hash it either.
        Self(hash.map(String::into_bytes).unwrap_or_default())
    }

    /// A hash that a client has sent.
    pub(super) fn of_hash(hash: &[u8]) -> Self {
        Self(hash.to_vec())
    }

    /// Compares in a time that does not tell where the first difference is.
    pub(super) fn matches(&self, hash: &[u8]) -> bool {
        let differences = self.0.iter().zip(hash).fold(0, |differences, (a, b)| differences | (a ^ b));
        !self.0.is_empty() && self.0.len() == hash.len() && differences == 0
    }
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
    fn a_password_is_not_printed() {
        assert_eq!(
            format!("{:?}", User::new("ada", "secret").role("read")),
            "User { name: \"ada\", roles: [\"read\"], .. }"
        );
    }
}
