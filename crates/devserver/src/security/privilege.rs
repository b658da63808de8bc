use std::collections::BTreeMap;

use aerostride_wire::{Cursor, result_code as code};

use super::Role;

/// What a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    Read,
    Write,
    /// Both at once, as `operate` does.
    ReadWrite,
    Truncate,
    IndexAdmin,
    UdfAdmin,
    UserAdmin,
    /// Something that those who care for the data may do, by its name.
    DataAdmin(&'static str),
    /// Something that those who care for the server may do, by its name.
    SysAdmin(&'static str),
}

impl Permission {
    /// What messages call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write | Self::ReadWrite => "write",
            Self::Truncate => "truncate",
            Self::IndexAdmin => "sindex-admin",
            Self::UdfAdmin => "udf-admin",
            Self::UserAdmin => "user-admin",
            Self::DataAdmin(name) | Self::SysAdmin(name) => name,
        }
    }
}

/// Something that a role may do, everywhere or in one namespace or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Privilege {
    kind: Kind,
    namespace: Vec<u8>,
    set: Vec<u8>,
}

/// The privileges of the protocol by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    UserAdmin = 0,
    SysAdmin = 1,
    DataAdmin = 2,
    UdfAdmin = 3,
    SindexAdmin = 4,
    Read = 10,
    ReadWrite = 11,
    ReadWriteUdf = 12,
    Write = 13,
    Truncate = 14,
}

const KINDS: [(Kind, &str); 10] = [
    (Kind::UserAdmin, "user-admin"),
    (Kind::SysAdmin, "sys-admin"),
    (Kind::DataAdmin, "data-admin"),
    (Kind::UdfAdmin, "udf-admin"),
    (Kind::SindexAdmin, "sindex-admin"),
    (Kind::Read, "read"),
    (Kind::ReadWrite, "read-write"),
    (Kind::ReadWriteUdf, "read-write-udf"),
    (Kind::Write, "write"),
    (Kind::Truncate, "truncate"),
];

/// The roles that every server has: one for each privilege, and one for all of them.
pub(super) fn built_in_roles() -> BTreeMap<String, Role> {
    let role = |privileges| Role { privileges, ..Role::default() };
    let global = |kind| Privilege { kind, namespace: Vec::new(), set: Vec::new() };
    let single = |(kind, name): &(Kind, &str)| ((*name).to_owned(), role(vec![global(*kind)]));
    let mut roles: BTreeMap<_, _> = KINDS.iter().map(single).collect();
    let all = KINDS.iter().map(|(kind, _)| global(*kind)).collect();
    roles.insert("superuser".to_owned(), role(all));
    roles
}

/// Whether a role of that name comes with the server and cannot be changed.
pub(crate) fn is_built_in(role: &str) -> bool {
    role == "superuser" || KINDS.iter().any(|(_, name)| *name == role)
}

impl Kind {
    fn from_wire(number: u8) -> Option<Self> {
        KINDS.iter().map(|(kind, _)| *kind).find(|kind| *kind as u8 == number)
    }

    /// Privileges on data may be narrowed to a namespace or set.
    const fn has_scope(self) -> bool {
        self as u8 >= Self::Read as u8
    }
}

impl Privilege {
    /// Whether it concerns that set. A privilege on a set does not concern what is asked of a whole namespace.
    pub(super) fn covers(&self, namespace: &[u8], set: &[u8]) -> bool {
        (self.namespace.is_empty() || self.namespace == namespace) && (self.set.is_empty() || self.set == set)
    }

    pub(super) const fn allows(&self, permission: Permission) -> bool {
        match permission {
            Permission::Read => matches!(self.kind, Kind::Read | Kind::ReadWrite | Kind::ReadWriteUdf),
            Permission::Write => matches!(self.kind, Kind::Write | Kind::ReadWrite | Kind::ReadWriteUdf),
            Permission::ReadWrite => matches!(self.kind, Kind::ReadWrite | Kind::ReadWriteUdf),
            Permission::Truncate => matches!(self.kind, Kind::Truncate | Kind::DataAdmin),
            Permission::IndexAdmin => matches!(self.kind, Kind::SindexAdmin | Kind::DataAdmin),
            Permission::UdfAdmin => matches!(self.kind, Kind::UdfAdmin | Kind::DataAdmin),
            Permission::DataAdmin(_) => matches!(self.kind, Kind::DataAdmin | Kind::SysAdmin),
            Permission::SysAdmin(_) => matches!(self.kind, Kind::SysAdmin),
            Permission::UserAdmin => matches!(self.kind, Kind::UserAdmin),
        }
    }

    /// Reads the privileges of an admin field.
    pub(super) fn parse_all(field: &[u8]) -> Result<Vec<Self>, u8> {
        let mut cursor = Cursor::new(field);
        let count = cursor.u8("privilege count").map_err(|_| code::INVALID_PRIVILEGE)?;
        (0..count).map(|_| Self::parse(&mut cursor)).collect()
    }

    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, u8> {
        let invalid = |_| code::INVALID_PRIVILEGE;
        let kind =
            Kind::from_wire(cursor.u8("privilege").map_err(invalid)?).ok_or(code::INVALID_PRIVILEGE)?;
        let mut scope = || -> Result<Vec<u8>, u8> {
            if !kind.has_scope() {
                return Ok(Vec::new());
            }
            let size = cursor.u8("scope size").map_err(invalid)?;
            Ok(cursor.take(usize::from(size), "scope").map_err(invalid)?.to_vec())
        };
        Ok(Self { kind, namespace: scope()?, set: scope()? })
    }

    /// The value of an admin field with these privileges.
    pub(super) fn encode_all(privileges: &[Self]) -> Vec<u8> {
        let mut out = vec![privileges.len() as u8];
        for privilege in privileges {
            out.push(privilege.kind as u8);
            if privilege.kind.has_scope() {
                for scope in [&privilege.namespace, &privilege.set] {
                    out.push(scope.len() as u8);
                    out.extend_from_slice(scope);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_come_back_as_they_were_written() {
        let roles = built_in_roles();
        for Role { privileges, .. } in roles.values() {
            assert_eq!(Privilege::parse_all(&Privilege::encode_all(privileges)).as_ref(), Ok(privileges));
        }
        let narrow = Privilege { kind: Kind::Read, namespace: b"test".to_vec(), set: b"s".to_vec() };
        let field = Privilege::encode_all(std::slice::from_ref(&narrow));
        assert_eq!(Privilege::parse_all(&field), Ok(vec![narrow]));
        for end in 0..field.len() {
            assert_eq!(Privilege::parse_all(&field[..end]), Err(code::INVALID_PRIVILEGE), "{end} bytes");
        }
    }

    #[test]
    fn a_scope_narrows_a_privilege() {
        let narrow = Privilege { kind: Kind::Read, namespace: b"test".to_vec(), set: b"s".to_vec() };
        assert!(narrow.covers(b"test", b"s"));
        assert!(
            !narrow.covers(b"test", b"t") && !narrow.covers(b"bar", b"s") && !narrow.covers(b"test", b"")
        );
    }
}
