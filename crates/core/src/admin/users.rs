use aerospike::{AdminPolicy, PrivilegeCode};

use crate::client::Pending;
use crate::under_way::Effect;
use crate::{Client, Error, ErrorKind};

/// Something that a role allows, everywhere or in one namespace or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privilege {
    /// The server's word for it, such as `read-write`.
    pub code: String,
    /// Only in this namespace.
    pub namespace: Option<String>,
    /// Only in this set.
    pub set: Option<String>,
}

/// A user as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// Name.
    pub name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Connections in use.
    pub connections: u32,
    /// What the server counts of reads: quota, single, batch and scan rates.
    pub reads: Vec<u32>,
    /// The same of writes.
    pub writes: Vec<u32>,
}

/// A role as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleInfo {
    /// Name.
    pub name: String,
    /// What it allows.
    pub privileges: Vec<Privilege>,
    /// The addresses that its users may come from; empty for all.
    pub allowlist: Vec<String>,
    /// Reads per second; 0 without limit.
    pub read_quota: u32,
    /// Writes per second; 0 without limit.
    pub write_quota: u32,
}

/// A change of users or roles.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UserOrder {
    Create {
        user: String,
        password: String,
        roles: Vec<String>,
    },
    /// A user who logs in with a certificate.
    CreatePki {
        user: String,
        roles: Vec<String>,
    },
    Drop {
        user: String,
    },
    ChangePassword {
        user: String,
        password: String,
    },
    Grant {
        user: String,
        roles: Vec<String>,
    },
    Revoke {
        user: String,
        roles: Vec<String>,
    },
    CreateRole(RoleInfo),
    DropRole {
        role: String,
    },
    GrantPrivileges {
        role: String,
        privileges: Vec<Privilege>,
    },
    RevokePrivileges {
        role: String,
        privileges: Vec<Privilege>,
    },
    SetAllowlist {
        role: String,
        allowlist: Vec<String>,
    },
    SetQuotas {
        role: String,
        read: u32,
        write: u32,
    },
}

const CODES: [(PrivilegeCode, &str); 13] = [
    (PrivilegeCode::UserAdmin, "user-admin"),
    (PrivilegeCode::SysAdmin, "sys-admin"),
    (PrivilegeCode::DataAdmin, "data-admin"),
    (PrivilegeCode::UdfAdmin, "udf-admin"),
    (PrivilegeCode::SindexAdmin, "sindex-admin"),
    (PrivilegeCode::Read, "read"),
    (PrivilegeCode::ReadWrite, "read-write"),
    (PrivilegeCode::ReadWriteUdf, "read-write-udf"),
    (PrivilegeCode::Write, "write"),
    (PrivilegeCode::Truncate, "truncate"),
    (PrivilegeCode::MaskingAdmin, "masking-admin"),
    (PrivilegeCode::ReadMasked, "read-masked"),
    (PrivilegeCode::WriteMasked, "write-masked"),
];

impl TryFrom<Privilege> for aerospike::Privilege {
    type Error = Error;

    fn try_from(own: Privilege) -> Result<Self, Error> {
        let unknown = || {
            let known = CODES.map(|(_, word)| word).join(", ");
            let message = format!("{:?} is not a privilege; there are {known}", own.code);
            Error::new(ErrorKind::InvalidArgument, message)
        };
        let (code, _) = CODES.into_iter().find(|(_, word)| *word == own.code).ok_or_else(unknown)?;
        Ok(Self::new(code, own.namespace.clone(), own.set.clone()))
    }
}

impl From<aerospike::Privilege> for Privilege {
    fn from(listed: aerospike::Privilege) -> Self {
        let word = CODES.iter().find(|(code, _)| *code == listed.code).map(|(_, word)| (*word).to_owned());
        let code = word.unwrap_or_else(|| listed.code.to_string());
        let scope = |name: Option<String>| name.filter(|name| !name.is_empty());
        Self { code, namespace: scope(listed.namespace), set: scope(listed.set_name) }
    }
}

fn crate_privileges(own: Vec<Privilege>) -> Result<Vec<aerospike::Privilege>, Error> {
    own.into_iter().map(aerospike::Privilege::try_from).collect()
}

fn texts(own: &[String]) -> Vec<&str> {
    own.iter().map(String::as_str).collect()
}

impl Client {
    /// Changes users or roles.
    ///
    /// # Errors
    /// [`ErrorKind::Server`] when the server refuses, or has no security.
    pub fn administrate(&self, order: UserOrder) -> Pending<'_, ()> {
        Box::pin(async move {
            let (control, policy) = (self.control(), AdminPolicy::default());
            self.unless_closed(Effect::Writes, async {
                Ok(match order {
                    UserOrder::Create { user, password, roles } => {
                        control.create_user(&policy, &user, &password, &texts(&roles)).await
                    }
                    UserOrder::CreatePki { user, roles } => {
                        control.create_pki_user(&policy, &user, &texts(&roles)).await
                    }
                    UserOrder::Drop { user } => control.drop_user(&policy, &user).await,
                    UserOrder::ChangePassword { user, password } => {
                        control.change_password(&policy, &user, &password).await
                    }
                    UserOrder::Grant { user, roles } => {
                        control.grant_roles(&policy, &user, &texts(&roles)).await
                    }
                    UserOrder::Revoke { user, roles } => {
                        control.revoke_roles(&policy, &user, &texts(&roles)).await
                    }
                    UserOrder::CreateRole(role) => {
                        let (privileges, allowlist) =
                            (crate_privileges(role.privileges)?, texts(&role.allowlist));
                        let (read, write) = (role.read_quota, role.write_quota);
                        control.create_role(&policy, &role.name, &privileges, &allowlist, read, write).await
                    }
                    UserOrder::DropRole { role } => control.drop_role(&policy, &role).await,
                    UserOrder::GrantPrivileges { role, privileges } => {
                        control.grant_privileges(&policy, &role, &crate_privileges(privileges)?).await
                    }
                    UserOrder::RevokePrivileges { role, privileges } => {
                        control.revoke_privileges(&policy, &role, &crate_privileges(privileges)?).await
                    }
                    UserOrder::SetAllowlist { role, allowlist } => {
                        control.set_allowlist(&policy, &role, &texts(&allowlist)).await
                    }
                    UserOrder::SetQuotas { role, read, write } => {
                        control.set_quotas(&policy, &role, read, write).await
                    }
                }?)
            })
            .await
        })
    }

    /// The users, or the one of that name.
    ///
    /// # Errors
    /// [`ErrorKind::Server`] when the server refuses, or has no security, or knows no such user.
    pub fn users<'a>(&'a self, name: Option<&'a str>) -> Pending<'a, Vec<UserInfo>> {
        Box::pin(async move {
            let listed = self.unless_closed(Effect::Reads, async {
                Ok(self.control().query_users(&AdminPolicy::default(), name).await?)
            });
            let info = |user: aerospike::User| UserInfo {
                name: user.user,
                roles: user.roles,
                connections: user.conns_in_use,
                reads: user.read_info,
                writes: user.write_info,
            };
            Ok(listed.await?.into_iter().map(info).collect())
        })
    }

    /// The roles, or the one of that name.
    ///
    /// # Errors
    /// As [`users`](Self::users).
    pub fn roles<'a>(&'a self, name: Option<&'a str>) -> Pending<'a, Vec<RoleInfo>> {
        Box::pin(async move {
            let listed = self.unless_closed(Effect::Reads, async {
                Ok(self.control().query_roles(&AdminPolicy::default(), name).await?)
            });
            let info = |role: aerospike::Role| RoleInfo {
                name: role.name,
                privileges: role.privileges.into_iter().map(Privilege::from).collect(),
                allowlist: role.allowlist,
                read_quota: role.read_quota,
                write_quota: role.write_quota,
            };
            Ok(listed.await?.into_iter().map(info).collect())
        })
    }
}
