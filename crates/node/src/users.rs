//! Users and roles.

use aerostride_core::{NodeInfo, Ping, Privilege, RoleInfo, UserInfo, UserOrder};
use napi_derive::napi;

/// Something that a role allows.
#[napi(object)]
#[allow(missing_docs, reason = "the fields are those of the core's Privilege")]
pub struct NativePrivilege {
    pub code: String,
    pub namespace: Option<String>,
    pub set: Option<String>,
}

impl From<NativePrivilege> for Privilege {
    fn from(given: NativePrivilege) -> Self {
        Self { code: given.code, namespace: given.namespace, set: given.set }
    }
}

impl From<Privilege> for NativePrivilege {
    fn from(own: Privilege) -> Self {
        Self { code: own.code, namespace: own.namespace, set: own.set }
    }
}

/// A user as the server lists it.
#[napi(object, object_from_js = false)]
#[allow(missing_docs, reason = "the fields are those of the core's UserInfo")]
pub struct NativeUser {
    pub name: String,
    pub roles: Vec<String>,
    pub connections: u32,
    pub reads: Vec<u32>,
    pub writes: Vec<u32>,
}

impl From<UserInfo> for NativeUser {
    fn from(UserInfo { name, roles, connections, reads, writes }: UserInfo) -> Self {
        Self { name, roles, connections, reads, writes }
    }
}

/// A role as the server lists it.
#[napi(object, object_from_js = false)]
#[allow(missing_docs, reason = "the fields are those of the core's RoleInfo")]
pub struct NativeRole {
    pub name: String,
    pub privileges: Vec<NativePrivilege>,
    pub allowlist: Vec<String>,
    pub read_quota: u32,
    pub write_quota: u32,
}

impl From<RoleInfo> for NativeRole {
    fn from(role: RoleInfo) -> Self {
        Self {
            name: role.name,
            privileges: role.privileges.into_iter().map(NativePrivilege::from).collect(),
            allowlist: role.allowlist,
            read_quota: role.read_quota,
            write_quota: role.write_quota,
        }
    }
}

/// What is done with a user or role.
#[napi(string_enum = "camelCase")]
#[allow(missing_docs, reason = "they are those of the core's UserOrder")]
pub enum NativeUserAction {
    Create,
    CreatePki,
    Drop,
    ChangePassword,
    Grant,
    Revoke,
    CreateRole,
    DropRole,
    GrantPrivileges,
    RevokePrivileges,
    SetAllowlist,
    SetQuotas,
}

/// A change of a user or role; what it does not need is left out.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names say it")]
pub struct NativeUserOrder {
    pub action: NativeUserAction,
    /// Of the user or role.
    pub name: String,
    pub password: Option<String>,
    pub roles: Option<Vec<String>>,
    pub privileges: Option<Vec<NativePrivilege>>,
    pub allowlist: Option<Vec<String>>,
    pub read_quota: Option<u32>,
    pub write_quota: Option<u32>,
}

impl From<NativeUserOrder> for UserOrder {
    fn from(given: NativeUserOrder) -> Self {
        let NativeUserOrder { action, name, .. } = given;
        let (password, roles) = (given.password.unwrap_or_default(), given.roles.unwrap_or_default());
        let privileges = given.privileges.unwrap_or_default().into_iter().map(Privilege::from).collect();
        let allowlist = given.allowlist.unwrap_or_default();
        let (read, write) = (given.read_quota.unwrap_or_default(), given.write_quota.unwrap_or_default());
        match action {
            NativeUserAction::Create => Self::Create { user: name, password, roles },
            NativeUserAction::CreatePki => Self::CreatePki { user: name, roles },
            NativeUserAction::Drop => Self::Drop { user: name },
            NativeUserAction::ChangePassword => Self::ChangePassword { user: name, password },
            NativeUserAction::Grant => Self::Grant { user: name, roles },
            NativeUserAction::Revoke => Self::Revoke { user: name, roles },
            NativeUserAction::CreateRole => Self::CreateRole(RoleInfo {
                name,
                privileges,
                allowlist,
                read_quota: read,
                write_quota: write,
            }),
            NativeUserAction::DropRole => Self::DropRole { role: name },
            NativeUserAction::GrantPrivileges => Self::GrantPrivileges { role: name, privileges },
            NativeUserAction::RevokePrivileges => Self::RevokePrivileges { role: name, privileges },
            NativeUserAction::SetAllowlist => Self::SetAllowlist { role: name, allowlist },
            NativeUserAction::SetQuotas => Self::SetQuotas { role: name, read, write },
        }
    }
}

/// A node of the cluster.
#[napi(object, object_from_js = false)]
#[allow(missing_docs, reason = "the fields are those of the core's NodeInfo")]
pub struct NativeNode {
    pub name: String,
    pub address: String,
    pub version: String,
    pub active: bool,
}

impl From<NodeInfo> for NativeNode {
    fn from(NodeInfo { name, address, version, active }: NodeInfo) -> Self {
        Self { name, address, version, active }
    }
}

/// How long a node took to answer.
#[napi(object, object_from_js = false)]
pub struct NativePing {
    /// Its name.
    pub node: String,
    /// In µs; absent where it did not answer.
    pub time: Option<f64>,
    /// Why it did not.
    pub error: Option<String>,
}

impl From<Ping> for NativePing {
    fn from(ping: Ping) -> Self {
        match ping.time {
            Ok(time) => Self { node: ping.node, time: Some(time.as_micros() as f64), error: None },
            Err(error) => Self { node: ping.node, time: None, error: Some(error.to_string()) },
        }
    }
}
