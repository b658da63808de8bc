//! Administration: users, roles, and the nodes themselves.

mod nodes;
mod users;

pub use nodes::{NodeInfo, Ping};
pub use users::{Privilege, RoleInfo, UserInfo, UserOrder};
