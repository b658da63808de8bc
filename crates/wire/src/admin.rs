//! Admin frames: login and authentication, as both sides need them.

use crate::{Cursor, FrameType, WireError, finish_frame, start_frame, try_put_field};

/// Bytes before the fields: `[0, result, command, field count, 0...]`.
const ADMIN_HEADER_SIZE: usize = 16;

/// Command bytes.
pub mod admin_command {
    /// Authenticate a connection with a session token.
    pub const AUTHENTICATE: u8 = 0;
    /// Create a user.
    pub const CREATE_USER: u8 = 1;
    /// Drop a user.
    pub const DROP_USER: u8 = 2;
    /// Set another user's password.
    pub const SET_PASSWORD: u8 = 3;
    /// Change one's own password.
    pub const CHANGE_PASSWORD: u8 = 4;
    /// Grant roles to a user.
    pub const GRANT_ROLES: u8 = 5;
    /// Revoke roles of a user.
    pub const REVOKE_ROLES: u8 = 6;
    /// List one user or all of them.
    pub const QUERY_USERS: u8 = 9;
    /// Create a role.
    pub const CREATE_ROLE: u8 = 10;
    /// Drop a role.
    pub const DROP_ROLE: u8 = 11;
    /// Grant privileges to a role.
    pub const GRANT_PRIVILEGES: u8 = 12;
    /// Revoke privileges of a role.
    pub const REVOKE_PRIVILEGES: u8 = 13;
    /// Set the addresses that users of a role may come from.
    pub const SET_ALLOWLIST: u8 = 14;
    /// Set how much users of a role may read and write.
    pub const SET_QUOTAS: u8 = 15;
    /// List one role or all of them.
    pub const QUERY_ROLES: u8 = 16;
    /// Log in with credentials; the reply carries a session token.
    pub const LOGIN: u8 = 20;
}

/// Field ids.
pub mod admin_field {
    /// User name.
    pub const USER: u8 = 0;
    /// The bcrypt hash of a new password.
    pub const PASSWORD: u8 = 1;
    /// The bcrypt hash of the password so far.
    pub const OLD_PASSWORD: u8 = 2;
    /// The bcrypt hash of the password.
    pub const CREDENTIAL: u8 = 3;
    /// The password itself, for external authentication.
    pub const CLEAR_PASSWORD: u8 = 4;
    /// Session token.
    pub const SESSION_TOKEN: u8 = 5;
    /// Seconds that the token lives.
    pub const SESSION_TTL: u8 = 6;
    /// Role names: a count, then each with its length in front.
    pub const ROLES: u8 = 10;
    /// A role's name.
    pub const ROLE: u8 = 11;
    /// Privileges: a count, then each as its code and, where it can have a scope, namespace and set with their lengths.
    pub const PRIVILEGES: u8 = 12;
    /// Addresses and networks with commas between them.
    pub const ALLOWLIST: u8 = 13;
    /// Reads per second, a u32.
    pub const READ_QUOTA: u8 = 14;
    /// Writes per second, a u32.
    pub const WRITE_QUOTA: u8 = 15;
    /// What is counted of a user's reads: a count, then u32s.
    pub const READ_INFO: u8 = 16;
    /// The same of writes.
    pub const WRITE_INFO: u8 = 17;
    /// A user's connections, a u32.
    pub const CONNECTIONS: u8 = 18;
}

/// The body of an admin frame.
#[derive(Debug, Clone, Copy)]
pub struct AdminMessage<'a> {
    /// Result code of a reply; 0 in requests.
    pub result: u8,
    /// See [`admin_command`].
    pub command: u8,
    fields: Cursor<'a>,
    count: u8,
}

impl<'a> AdminMessage<'a> {
    /// Reads the body of an admin frame; every field must be whole.
    pub fn parse(body: &'a [u8]) -> Result<Self, WireError> {
        let mut cursor = Cursor::new(body);
        let header: &[u8; ADMIN_HEADER_SIZE] = cursor.array("admin header")?;
        let message = Self { result: header[1], command: header[2], fields: cursor, count: header[3] };
        let mut walk = cursor;
        for _ in 0..message.count {
            read_field(&mut walk)?;
        }
        Ok(message)
    }

    /// The value of the first field with this id.
    pub fn field(&self, id: u8) -> Option<&'a [u8]> {
        let mut cursor = self.fields;
        (0..self.count)
            .map_while(|_| read_field(&mut cursor).ok())
            .find(|(own, _)| *own == id)
            .map(|(_, value)| value)
    }
}

/// u32 size with the id, id, value.
fn read_field<'a>(cursor: &mut Cursor<'a>) -> Result<(u8, &'a [u8]), WireError> {
    let size = cursor.u32("admin field size")? as usize;
    match cursor.take(size, "admin field")?.split_first() {
        Some((&id, value)) => Ok((id, value)),
        None => Err(WireError::TooSmall { what: "admin field", size, least: 1 }),
    }
}

/// Appends an admin frame. Requests have result 0; replies repeat the command.
pub fn encode_admin(out: &mut Vec<u8>, result: u8, command: u8, fields: &[(u8, &[u8])]) {
    let start = start_frame(out, FrameType::Admin);
    encode_admin_message(out, result, command, fields);
    finish_frame(out, start);
}

/// Appends one admin message without a frame: answers to queries have several of them in one. Fields behind the 255th, and
/// values over 4 GiB, cannot be expressed and are left out.
pub fn encode_admin_message(out: &mut Vec<u8>, result: u8, command: u8, fields: &[(u8, &[u8])]) {
    let header_at = out.len();
    out.extend_from_slice(&[0; ADMIN_HEADER_SIZE]);
    let mut count = 0_u8;
    for (id, value) in fields {
        if let Some(more) = count.checked_add(1)
            && try_put_field(out, *id, &[value]).is_ok()
        {
            count = more;
        }
    }
    out[header_at + 1..header_at + 4].copy_from_slice(&[result, command, count]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME_HEADER_SIZE;

    #[test]
    fn fields_come_back_as_they_were_written() {
        let mut frame = Vec::new();
        let fields: [(u8, &[u8]); 2] = [(admin_field::USER, b"ada"), (admin_field::CREDENTIAL, b"$2a$10$x")];
        encode_admin(&mut frame, 0, admin_command::LOGIN, &fields);
        let message = AdminMessage::parse(&frame[FRAME_HEADER_SIZE..]).unwrap();
        assert_eq!((message.result, message.command), (0, admin_command::LOGIN));
        assert_eq!(message.field(admin_field::USER), Some(&b"ada"[..]));
        assert_eq!(message.field(admin_field::CREDENTIAL), Some(&b"$2a$10$x"[..]));
        assert_eq!(message.field(admin_field::SESSION_TOKEN), None);
        for cut in FRAME_HEADER_SIZE..frame.len() {
            assert!(AdminMessage::parse(&frame[FRAME_HEADER_SIZE..cut]).is_err(), "cut at {cut}");
        }
    }
}
