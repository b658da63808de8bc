//! The admin commands: logging in, and looking after users and roles.

use std::net::IpAddr;

use aerostride_wire::{
    AdminMessage, Cursor, FrameType, admin_command as command, admin_field as field, encode_admin,
    encode_admin_message, finish_frame, result_code as code, start_frame,
};

use super::privilege::{Privilege, is_built_in};
use super::user::{Credential, Proof};
use super::{Account, Books, Permission, Role, Security};

/// Who a connection has logged in as.
pub(crate) type Login = Option<String>;

/// Who a connection is, and has been found to be.
#[derive(Debug, Default)]
pub(crate) struct Visitor {
    /// See [`Login`].
    pub(crate) login: Login,
    /// The common name of its client certificate.
    pub(crate) certified: Option<String>,
}

/// The fields of a user or role in a list.
type Entry = Vec<(u8, Vec<u8>)>;

/// Appends the reply to an admin command and notes who has logged in.
pub(crate) fn answer_admin(
    security: Option<&Security>,
    visitor: &mut Visitor,
    body: &[u8],
    out: &mut Vec<u8>,
) {
    let Ok(message) = AdminMessage::parse(body) else {
        return encode_admin(out, code::INVALID_FIELD, 0, &[]);
    };
    let Some(security) = security else {
        return encode_admin(out, code::SECURITY_NOT_ENABLED, message.command, &[]);
    };
    match message.command {
        command::LOGIN => answer_login(security, visitor, &message, out),
        command::QUERY_USERS | command::QUERY_ROLES => {
            let listed = security
                .may_list(visitor.login.as_deref(), &message)
                .and_then(|()| security.books().list(&message));
            append_list(listed, message.command, out);
        }
        other => {
            let done = match other {
                command::AUTHENTICATE => security.authenticate(visitor, &message),
                command::CHANGE_PASSWORD => security.change_password(visitor.login.as_deref(), &message),
                _ => security.administrate(visitor.login.as_deref(), &message),
            };
            encode_admin(out, done.err().unwrap_or(code::OK), other, &[]);
        }
    }
}

/// With the user that the certificate of the connection names, where the client names none itself.
fn user_of<'m>(visitor: &'m Visitor, message: &AdminMessage<'m>) -> Result<(&'m str, bool), u8> {
    match (message.field(field::USER), &visitor.certified) {
        (None, Some(name)) => Ok((name, true)),
        _ => text(message, field::USER, code::INVALID_USER).map(|user| (user, false)),
    }
}

fn proof_of<'m>(certified: bool, message: &AdminMessage<'m>) -> Result<Proof<'m>, u8> {
    if certified {
        return Ok(Proof::Certificate);
    }
    let hash = message.field(field::CREDENTIAL).ok_or(code::INVALID_CREDENTIAL)?;
    Ok(Proof::Password { hash, clear: message.field(field::CLEAR_PASSWORD) })
}

fn answer_login(security: &Security, visitor: &mut Visitor, message: &AdminMessage<'_>, out: &mut Vec<u8>) {
    let entered = user_of(visitor, message).and_then(|(user, certified)| {
        let token = security.books().log_in(user, proof_of(certified, message)?, security.session_ttl)?;
        Ok((user.to_owned(), token))
    });
    let login = &mut visitor.login;
    match entered {
        Ok((user, token)) => {
            *login = Some(user);
            let seconds = u32::try_from(security.session_ttl.as_secs()).unwrap_or(u32::MAX);
            let fields: [(u8, &[u8]); 2] =
                [(field::SESSION_TOKEN, &token), (field::SESSION_TTL, &seconds.to_be_bytes())];
            encode_admin(out, code::OK, command::LOGIN, &fields);
        }
        Err(code) => {
            *login = None;
            encode_admin(out, code, command::LOGIN, &[]);
        }
    }
}

/// One message per user or role, and one that ends the list.
fn append_list(listed: Result<Vec<Entry>, u8>, command: u8, out: &mut Vec<u8>) {
    let frame = start_frame(out, FrameType::Admin);
    let end = match listed {
        Ok(entries) => {
            for entry in entries {
                let fields: Vec<(u8, &[u8])> = entry.iter().map(|(id, value)| (*id, &value[..])).collect();
                encode_admin_message(out, code::OK, command, &fields);
            }
            code::QUERY_END
        }
        Err(code) => code,
    };
    encode_admin_message(out, end, command, &[]);
    finish_frame(out, frame);
}

impl Security {
    fn authenticate(&self, visitor: &mut Visitor, message: &AdminMessage<'_>) -> Result<(), u8> {
        visitor.login = None;
        let (user, _) = user_of(visitor, message)?;
        let token = message.field(field::SESSION_TOKEN).ok_or(code::INVALID_CREDENTIAL)?;
        self.books().authenticate(user, token)?;
        visitor.login = Some(user.to_owned());
        Ok(())
    }

    fn change_password(&self, login: Option<&str>, message: &AdminMessage<'_>) -> Result<(), u8> {
        let login = login.ok_or(code::NOT_AUTHENTICATED)?;
        let user = text(message, field::USER, code::INVALID_USER)?;
        if user != login {
            return Err(code::ROLE_VIOLATION);
        }
        let old = message.field(field::OLD_PASSWORD).ok_or(code::INVALID_PASSWORD)?;
        let new = message.field(field::PASSWORD).ok_or(code::INVALID_PASSWORD)?;
        let mut books = self.books();
        let account = books.users.get_mut(user).ok_or(code::INVALID_USER)?;
        if !account.credential.matches(old) {
            return Err(code::INVALID_PASSWORD);
        }
        (account.credential, account.expired) = (Credential::of_hash(new), false);
        Ok(())
    }

    fn administrate(&self, login: Option<&str>, message: &AdminMessage<'_>) -> Result<(), u8> {
        self.check(login, Permission::UserAdmin, &[], &[])?;
        self.books().administrate(message)
    }

    /// Everybody may look at themselves and at roles, user administrators at everybody.
    fn may_list(&self, login: Option<&str>, message: &AdminMessage<'_>) -> Result<(), u8> {
        let own = login.map(str::as_bytes).filter(|own| message.field(field::USER) == Some(own));
        match own {
            Some(_) if message.command == command::QUERY_USERS => Ok(()),
            _ => self.check(login, Permission::UserAdmin, &[], &[]),
        }
    }
}

impl Books {
    fn administrate(&mut self, message: &AdminMessage<'_>) -> Result<(), u8> {
        let user = || text(message, field::USER, code::INVALID_USER);
        match message.command {
            command::CREATE_USER => self.create_user(user()?, message),
            command::DROP_USER => {
                self.sessions.retain(|session| Some(session.user.as_bytes()) != message.field(field::USER));
                self.users.remove(user()?).map(drop).ok_or(code::INVALID_USER)
            }
            command::SET_PASSWORD => {
                let hash = message.field(field::PASSWORD).ok_or(code::INVALID_PASSWORD)?;
                let account = self.account(user()?)?;
                (account.credential, account.expired) = (Credential::of_hash(hash), false);
                Ok(())
            }
            command::GRANT_ROLES => {
                let roles = self.known_roles(message)?;
                let account = self.account(user()?)?;
                account.roles.retain(|role| !roles.contains(role));
                account.roles.extend(roles);
                Ok(())
            }
            command::REVOKE_ROLES => {
                let roles = self.known_roles(message)?;
                self.account(user()?)?.roles.retain(|role| !roles.contains(role));
                Ok(())
            }
            command::CREATE_ROLE
            | command::DROP_ROLE
            | command::GRANT_PRIVILEGES
            | command::REVOKE_PRIVILEGES
            | command::SET_ALLOWLIST
            | command::SET_QUOTAS => {
                self.change_role(text(message, field::ROLE, code::INVALID_ROLE)?, message)
            }
            _ => Err(code::INVALID_COMMAND),
        }
    }

    fn create_user(&mut self, user: &str, message: &AdminMessage<'_>) -> Result<(), u8> {
        let hash = message.field(field::PASSWORD).ok_or(code::INVALID_PASSWORD)?;
        if self.users.contains_key(user) {
            return Err(code::USER_EXISTS);
        }
        let roles = match message.field(field::ROLES) {
            Some(_) => self.known_roles(message)?,
            None => Vec::new(),
        };
        let account = Account { credential: Credential::of_hash(hash), roles, expired: false };
        self.users.insert(user.to_owned(), account);
        Ok(())
    }

    fn change_role(&mut self, name: &str, message: &AdminMessage<'_>) -> Result<(), u8> {
        let privileges = || message.field(field::PRIVILEGES).map_or(Ok(Vec::new()), Privilege::parse_all);
        if message.command == command::CREATE_ROLE {
            if self.roles.contains_key(name) {
                return Err(code::ROLE_EXISTS);
            }
            let [read_quota, write_quota] = quotas(message)?;
            let role =
                Role { privileges: privileges()?, allowlist: allowlist(message)?, read_quota, write_quota };
            self.roles.insert(name.to_owned(), role);
            return Ok(());
        }
        if is_built_in(name) {
            return Err(code::INVALID_ROLE);
        }
        let own = self.roles.get_mut(name).ok_or(code::INVALID_ROLE)?;
        match message.command {
            command::GRANT_PRIVILEGES => {
                let new = privileges()?;
                own.privileges.retain(|privilege| !new.contains(privilege));
                own.privileges.extend(new);
            }
            command::REVOKE_PRIVILEGES => {
                let old = privileges()?;
                own.privileges.retain(|privilege| !old.contains(privilege));
            }
            command::SET_ALLOWLIST => own.allowlist = allowlist(message)?,
            command::SET_QUOTAS => [own.read_quota, own.write_quota] = quotas(message)?,
            _ => {
                self.roles.remove(name);
                self.users.values_mut().for_each(|account| account.roles.retain(|own| own != name));
            }
        }
        Ok(())
    }

    fn account(&mut self, user: &str) -> Result<&mut Account, u8> {
        self.users.get_mut(user).ok_or(code::INVALID_USER)
    }

    fn known_roles(&self, message: &AdminMessage<'_>) -> Result<Vec<String>, u8> {
        let roles =
            parse_roles(message.field(field::ROLES).ok_or(code::INVALID_ROLE)?).ok_or(code::INVALID_ROLE)?;
        if roles.iter().all(|role| self.roles.contains_key(role)) {
            Ok(roles)
        } else {
            Err(code::INVALID_ROLE)
        }
    }

    /// The fields of every user or role that a query is about.
    fn list(&self, message: &AdminMessage<'_>) -> Result<Vec<Entry>, u8> {
        let (id, missing) = match message.command {
            command::QUERY_USERS => (field::USER, code::INVALID_USER),
            _ => (field::ROLE, code::INVALID_ROLE),
        };
        let wanted = message.field(id);
        let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted == name.as_bytes());
        let listed: Vec<Entry> = if id == field::USER {
            let chosen = self.users.iter().filter(|(name, _)| is_wanted(name));
            chosen.map(|(name, account)| account.entry(name)).collect()
        } else {
            let chosen = self.roles.iter().filter(|(name, _)| is_wanted(name));
            chosen.map(|(name, role)| role.entry(name)).collect()
        };
        if wanted.is_some() && listed.is_empty() { Err(missing) } else { Ok(listed) }
    }
}

impl Account {
    /// The fields of a user in a list. Nothing is counted of what users do.
    fn entry(&self, name: &str) -> Entry {
        vec![(field::USER, name.as_bytes().to_vec()), (field::ROLES, encode_roles(&self.roles))]
    }
}

impl Role {
    /// The fields of a role in a list.
    fn entry(&self, name: &str) -> Entry {
        let mut entry = vec![
            (field::ROLE, name.as_bytes().to_vec()),
            (field::PRIVILEGES, Privilege::encode_all(&self.privileges)),
        ];
        if !self.allowlist.is_empty() {
            entry.push((field::ALLOWLIST, self.allowlist.clone().into_bytes()));
        }
        for (id, quota) in [(field::READ_QUOTA, self.read_quota), (field::WRITE_QUOTA, self.write_quota)] {
            if quota != 0 {
                entry.push((id, quota.to_be_bytes().to_vec()));
            }
        }
        entry
    }
}

/// Reads and writes per second; without a field, or with 0, they are without limit.
fn quotas(message: &AdminMessage<'_>) -> Result<[u32; 2], u8> {
    let quota = |id| match message.field(id) {
        None => Ok(0),
        Some(value) => value.try_into().map(u32::from_be_bytes).map_err(|_| code::INVALID_QUOTA),
    };
    Ok([quota(field::READ_QUOTA)?, quota(field::WRITE_QUOTA)?])
}

/// Addresses and networks; without the field there are none, and an empty one is refused.
fn allowlist(message: &AdminMessage<'_>) -> Result<String, u8> {
    let Some(field) = message.field(field::ALLOWLIST) else { return Ok(String::new()) };
    let text = std::str::from_utf8(field).map_err(|_| code::INVALID_ALLOWLIST)?;
    if text.split(',').all(is_network) { Ok(text.to_owned()) } else { Err(code::INVALID_ALLOWLIST) }
}

/// An IP address, or one with the number of its bits that count.
fn is_network(text: &str) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

fn text<'a>(message: &AdminMessage<'a>, id: u8, missing: u8) -> Result<&'a str, u8> {
    let value = message.field(id).ok_or(missing)?;
    std::str::from_utf8(value).ok().filter(|text| !text.is_empty()).ok_or(missing)
}

fn parse_roles(field: &[u8]) -> Option<Vec<String>> {
    let mut cursor = Cursor::new(field);
    let count = cursor.u8("role count").ok()?;
    let mut role = || {
        let size = cursor.u8("role size").ok()?;
        let name = cursor.take(usize::from(size), "role").ok()?;
        std::str::from_utf8(name).ok().map(str::to_owned)
    };
    (0..count).map(|_| role()).collect()
}

fn encode_roles(roles: &[String]) -> Vec<u8> {
    let mut out = vec![roles.len() as u8];
    for role in roles {
        out.push(role.len() as u8);
        out.extend_from_slice(role.as_bytes());
    }
    out
}
