//! Options as JavaScript gives them, with the conversion beside each.

use std::time::Duration;

use aerospike::policy::BasePolicy;
use aerostride_core::aerospike;
use aerostride_core::{Auth, Resolver, TlsOptions};
use aerostride_core::{BatchPolicy, ConnectOptions, HostAddress, ReadModeAp, ReadModeSc, Replica};
use aerostride_wire::{WriteAttributes, info2, info3};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::error::{Checked, Fault, invalid};
use crate::value::Integers;

/// A seed host.
#[napi(object)]
pub struct NativeHost {
    /// Name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Certificate name.
    pub tls_name: Option<String>,
}

/// How to connect.
#[napi(object)]
pub struct NativeConnectOptions {
    /// Seeds.
    pub hosts: Vec<NativeHost>,
    /// In ms.
    pub connect_timeout: Option<u32>,
    /// The name that the cluster must have.
    pub cluster_name: Option<String>,
    /// Use alternate addresses.
    pub use_services_alternate: Option<bool>,
    /// Data connections per node.
    pub max_conns_per_node: Option<u32>,
    /// Columnar batches that run at the same time.
    pub max_running_batches: Option<u32>,
    /// Columnar batches that wait.
    pub max_queued_batches: Option<u32>,
    /// The client's racks, the best first.
    pub rack_ids: Option<Vec<u32>>,
    /// User name.
    pub user: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// `internal`, `external` or `pki`.
    pub auth_mode: Option<String>,
    /// Encrypt everything.
    pub tls: Option<NativeTls>,
}

/// Certificates in PEM form.
#[napi(object)]
pub struct NativeTls {
    /// Authorities.
    pub ca: Option<Uint8Array>,
    /// The client's chain.
    pub cert: Option<Uint8Array>,
    /// The client's key.
    pub key: Option<Uint8Array>,
}

impl From<NativeTls> for TlsOptions {
    fn from(given: NativeTls) -> Self {
        let bytes = |pem: Option<Uint8Array>| pem.map(|pem| pem.to_vec()).unwrap_or_default();
        Self { ca: bytes(given.ca), cert: bytes(given.cert), key: bytes(given.key) }
    }
}

impl TryFrom<NativeConnectOptions> for ConnectOptions {
    type Error = Fault;

    fn try_from(given: NativeConnectOptions) -> Checked<Self> {
        let defaults = Self::default();
        let count = |given: Option<u32>, default: usize| given.map_or(default, |most| most as usize);
        let auth = auth(given.auth_mode.as_deref(), given.user, given.password)?;
        let hosts = given.hosts.into_iter();
        Ok(Self {
            hosts: hosts.map(|h| HostAddress { host: h.host, port: h.port, tls_name: h.tls_name }).collect(),
            connect_timeout: given.connect_timeout.map_or(defaults.connect_timeout, milliseconds),
            cluster_name: given.cluster_name,
            use_services_alternate: given.use_services_alternate.unwrap_or(false),
            max_connections_per_node: count(given.max_conns_per_node, defaults.max_connections_per_node)
                .max(1),
            max_running_batches: count(given.max_running_batches, defaults.max_running_batches).max(1),
            max_queued_batches: count(given.max_queued_batches, defaults.max_queued_batches),
            rack_ids: given.rack_ids.unwrap_or_default().into_iter().map(|id| id as usize).collect(),
            auth,
            tls: given.tls.map(TlsOptions::from),
            resolver: Resolver::default(),
        })
    }
}

fn auth(mode: Option<&str>, user: Option<String>, password: Option<String>) -> Checked<Auth> {
    let named =
        |user: Option<String>| user.ok_or_else(|| invalid("user is missing; it belongs to a password"));
    match (mode, user, password) {
        (Some("pki"), None, None) => Ok(Auth::Pki),
        (Some("pki"), ..) => Err(invalid(
            "authMode is 'pki', where the certificate names the user; leave out user and password",
        )),
        (Some("internal") | None, None, None) => Ok(Auth::None),
        (Some("internal") | None, user, password) => {
            Ok(Auth::Internal { user: named(user)?, password: password.unwrap_or_default() })
        }
        (Some("external"), user, password) => {
            Ok(Auth::External { user: named(user)?, password: password.unwrap_or_default() })
        }
        (Some(other), ..) => {
            Err(invalid(format!("authMode is {other:?}; use 'internal', 'external' or 'pki'")))
        }
    }
}

fn whole_milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

const fn milliseconds(ms: u32) -> Duration {
    Duration::from_millis(ms as u64)
}

/// The policy of reads, single or batch.
#[napi(object)]
#[derive(Default)]
pub struct NativeReadPolicy {
    /// In ms.
    pub total_timeout: Option<u32>,
    /// In ms.
    pub socket_timeout: Option<u32>,
    /// Further attempts.
    pub max_retries: Option<u32>,
    /// In ms.
    pub sleep_between_retries: Option<u32>,
    /// `sequence`, `master`, `random` or `preferRack`.
    pub replica: Option<String>,
    /// `one` or `all`.
    pub read_mode_ap: Option<String>,
    /// `session`, `linearize`, `allowReplica` or `allowUnavailable`.
    pub read_mode_sc: Option<String>,
    /// Process rows in the receiving thread.
    pub allow_inline: Option<bool>,
    /// The same for rows on SSD.
    #[napi(js_name = "allowInlineSSD")]
    pub allow_inline_ssd: Option<bool>,
    /// Rows per request.
    pub max_keys_per_request: Option<u32>,
    /// Requests in flight per node.
    pub max_concurrent_requests: Option<u32>,
    /// A filter expression's bytes.
    pub filter_expression: Option<Uint8Array>,
    /// All integers of records as bigints.
    pub bigints: Option<bool>,
}

impl NativeReadPolicy {
    /// The policy of a columnar read.
    pub(crate) fn columnar(&self) -> Checked<BatchPolicy> {
        let defaults = BatchPolicy::default();
        Ok(BatchPolicy {
            total_timeout: self.total_timeout.map_or(defaults.total_timeout, milliseconds),
            socket_timeout: self.socket_timeout.map_or(defaults.socket_timeout, milliseconds),
            max_retries: self.max_retries.unwrap_or(defaults.max_retries),
            sleep_between_retries: self
                .sleep_between_retries
                .map_or(defaults.sleep_between_retries, milliseconds),
            replica: self.replica()?,
            read_mode_ap: self.read_mode_ap()?,
            read_mode_sc: self.read_mode_sc()?,
            allow_inline: self.allow_inline.unwrap_or(defaults.allow_inline),
            allow_inline_ssd: self.allow_inline_ssd.unwrap_or(defaults.allow_inline_ssd),
            max_keys_per_request: self.max_keys_per_request.unwrap_or(0) as usize,
            max_concurrent_requests: self.max_concurrent_requests.unwrap_or(0) as usize,
            filter_expression: bytes_of(self.filter_expression.as_ref()),
        })
    }

    /// Which integers of records become bigints.
    pub(crate) fn integers(&self) -> Integers {
        Integers::of(self.bigints)
    }

    fn replica(&self) -> Checked<Replica> {
        match self.replica.as_deref() {
            None | Some("sequence") => Ok(Replica::Sequence),
            Some("master") => Ok(Replica::Master),
            Some("random") => Ok(Replica::Random),
            Some("preferRack") => Ok(Replica::PreferRack),
            Some(other) => Err(invalid(format!(
                "policy.replica is {other:?}; use 'sequence', 'master', 'random' or 'preferRack'"
            ))),
        }
    }

    fn read_mode_ap(&self) -> Checked<ReadModeAp> {
        match self.read_mode_ap.as_deref() {
            None | Some("one") => Ok(ReadModeAp::One),
            Some("all") => Ok(ReadModeAp::All),
            Some(other) => Err(invalid(format!("policy.readModeAp is {other:?}; use 'one' or 'all'"))),
        }
    }

    fn read_mode_sc(&self) -> Checked<ReadModeSc> {
        match self.read_mode_sc.as_deref() {
            None | Some("session") => Ok(ReadModeSc::Session),
            Some("linearize") => Ok(ReadModeSc::Linearize),
            Some("allowReplica") => Ok(ReadModeSc::AllowReplica),
            Some("allowUnavailable") => Ok(ReadModeSc::AllowUnavailable),
            Some(other) => Err(invalid(format!(
                "policy.readModeSc is {other:?}; use 'session', 'linearize', 'allowReplica' or 'allowUnavailable'"
            ))),
        }
    }

    /// What the crate's reads have in common.
    fn base(&self) -> Checked<BasePolicy> {
        let own = self.columnar()?;
        Ok(BasePolicy {
            total_timeout: whole_milliseconds(own.total_timeout),
            socket_timeout: whole_milliseconds(own.socket_timeout),
            max_retries: own.max_retries as usize,
            sleep_between_retries: whole_milliseconds(own.sleep_between_retries),
            replica: match own.replica {
                Replica::Sequence => aerospike::policy::Replica::Sequence,
                Replica::Master => aerospike::policy::Replica::Master,
                Replica::Random => aerospike::policy::Replica::Random,
                Replica::PreferRack => aerospike::policy::Replica::PreferRack,
            },
            read_mode_ap: match own.read_mode_ap {
                ReadModeAp::One => aerospike::ReadModeAp::One,
                ReadModeAp::All => aerospike::ReadModeAp::All,
            },
            read_mode_sc: match own.read_mode_sc {
                ReadModeSc::Session => aerospike::ReadModeSc::Session,
                ReadModeSc::Linearize => aerospike::ReadModeSc::Linearize,
                ReadModeSc::AllowReplica => aerospike::ReadModeSc::AllowReplica,
                ReadModeSc::AllowUnavailable => aerospike::ReadModeSc::AllowUnavailable,
            },
            filter_expression: filter(self.filter_expression.as_ref()),
            ..BasePolicy::default()
        })
    }

    /// The policy of a single read through the crate.
    pub(crate) fn single(&self) -> Checked<aerospike::ReadPolicy> {
        Ok(aerospike::ReadPolicy { base_policy: self.base()? })
    }

    /// The policy of a batch of records through the crate.
    pub(crate) fn records(&self) -> Checked<aerospike::BatchPolicy> {
        Ok(aerospike::BatchPolicy {
            base_policy: self.base()?,
            allow_inline: self.allow_inline.unwrap_or(true),
            allow_inline_ssd: self.allow_inline_ssd.unwrap_or(false),
            ..aerospike::BatchPolicy::default()
        })
    }
}

/// The policy of writes.
#[napi(object)]
#[derive(Default)]
pub struct NativeWritePolicy {
    /// In ms.
    pub total_timeout: Option<u32>,
    /// In ms.
    pub socket_timeout: Option<u32>,
    /// Further attempts.
    pub max_retries: Option<u32>,
    /// Seconds; -1 never, -2 keep, 0 the namespace's default.
    pub ttl: Option<i64>,
    /// For `generation_policy`.
    pub generation: Option<u32>,
    /// `none`, `eq` or `gt`.
    pub generation_policy: Option<String>,
    /// `update`, `updateOnly`, `replace`, `replaceOnly` or `create`.
    pub exists: Option<String>,
    /// Store the user key with the record.
    pub send_key: Option<bool>,
    /// Leave a tombstone.
    pub durable_delete: Option<bool>,
    /// `all` or `master`.
    pub commit_level: Option<String>,
    /// A filter expression's bytes.
    pub filter_expression: Option<Uint8Array>,
    /// All integers that operations read as bigints.
    pub bigints: Option<bool>,
}

fn bytes_of(filter: Option<&Uint8Array>) -> Option<Vec<u8>> {
    filter.map(|bytes| bytes.to_vec())
}

fn filter(bytes: Option<&Uint8Array>) -> Option<aerospike::expressions::Expression> {
    bytes_of(bytes).map(aerospike::expressions::from_packed_bytes)
}

impl NativeWritePolicy {
    /// Which integers of records become bigints.
    pub(crate) fn integers(&self) -> Integers {
        Integers::of(self.bigints)
    }

    /// The crate's policy.
    pub(crate) fn convert(&self) -> Checked<aerospike::WritePolicy> {
        use aerospike::{CommitLevel, GenerationPolicy, RecordExistsAction};
        let mut policy = aerospike::WritePolicy::default();
        let base = &mut policy.base_policy;
        base.total_timeout = self.total_timeout.unwrap_or(base.total_timeout);
        base.socket_timeout = self.socket_timeout.unwrap_or(base.socket_timeout);
        base.max_retries = self.max_retries.map_or(base.max_retries, |most| most as usize);
        base.filter_expression = filter(self.filter_expression.as_ref());
        policy.expiration = expiration(self.ttl.unwrap_or(0))?;
        policy.generation = self.generation.unwrap_or(0);
        policy.generation_policy = match self.generation_policy.as_deref() {
            None | Some("none") => GenerationPolicy::None,
            Some("eq") => GenerationPolicy::ExpectGenEqual,
            Some("gt") => GenerationPolicy::ExpectGenGreater,
            Some(other) => return Err(unknown("generationPolicy", other, "'none', 'eq' or 'gt'")),
        };
        policy.record_exists_action = match self.exists.as_deref() {
            None | Some("update") => RecordExistsAction::Update,
            Some("updateOnly") => RecordExistsAction::UpdateOnly,
            Some("replace") => RecordExistsAction::Replace,
            Some("replaceOnly") => RecordExistsAction::ReplaceOnly,
            Some("create") => RecordExistsAction::CreateOnly,
            Some(other) => {
                return Err(unknown(
                    "exists",
                    other,
                    "'update', 'updateOnly', 'replace', 'replaceOnly' or 'create'",
                ));
            }
        };
        policy.commit_level = match self.commit_level.as_deref() {
            None | Some("all") => CommitLevel::CommitAll,
            Some("master") => CommitLevel::CommitMaster,
            Some(other) => return Err(unknown("commitLevel", other, "'all' or 'master'")),
        };
        policy.send_key = self.send_key.unwrap_or(false);
        policy.durable_delete = self.durable_delete.unwrap_or(false);
        Ok(policy)
    }
}

impl NativeWritePolicy {
    /// Timeouts and retries of a columnar write. Writes are not tried again unless asked for.
    pub(crate) fn columnar(&self) -> BatchPolicy {
        let defaults = BatchPolicy::default();
        BatchPolicy {
            total_timeout: self.total_timeout.map_or(defaults.total_timeout, milliseconds),
            socket_timeout: self.socket_timeout.map_or(defaults.socket_timeout, milliseconds),
            max_retries: self.max_retries.unwrap_or(0),
            filter_expression: bytes_of(self.filter_expression.as_ref()),
            ..defaults
        }
    }

    /// The policies of a batch of records and of each of its rows. Times and retries are those of a columnar write: the
    /// crate's own are for single records.
    pub(crate) fn many(&self) -> Checked<(aerospike::BatchPolicy, aerospike::BatchWritePolicy)> {
        self.refuse_generations()?;
        let (times, single) = (self.columnar(), self.convert()?);
        let base_policy = BasePolicy {
            total_timeout: whole_milliseconds(times.total_timeout),
            socket_timeout: whole_milliseconds(times.socket_timeout),
            ..single.base_policy
        };
        let row = aerospike::BatchWritePolicy {
            record_exists_action: single.record_exists_action,
            commit_level: single.commit_level,
            expiration: single.expiration,
            send_key: single.send_key,
            durable_delete: single.durable_delete,
            ..aerospike::BatchWritePolicy::default()
        };
        Ok((aerospike::BatchPolicy { base_policy, ..aerospike::BatchPolicy::default() }, row))
    }

    fn refuse_generations(&self) -> Checked<()> {
        if self.generation_policy.as_deref().is_none_or(|policy| policy == "none") {
            return Ok(());
        }
        Err(invalid(
            "policy.generationPolicy does not fit a batch write, whose rows have no generations of their own; write such records with put",
        ))
    }

    /// The bits and ttl of every row of a columnar write.
    pub(crate) fn attributes(&self) -> Checked<WriteAttributes> {
        self.refuse_generations()?;
        let crate_policy = self.convert()?;
        let (mut info2, mut info3) = (0, 0);
        match crate_policy.record_exists_action {
            aerospike::RecordExistsAction::Update => {}
            aerospike::RecordExistsAction::UpdateOnly => info3 |= info3::UPDATE_ONLY,
            aerospike::RecordExistsAction::Replace => info3 |= info3::CREATE_OR_REPLACE,
            aerospike::RecordExistsAction::ReplaceOnly => info3 |= info3::REPLACE_ONLY,
            aerospike::RecordExistsAction::CreateOnly => info2 |= info2::CREATE_ONLY,
        }
        if self.durable_delete == Some(true) {
            info2 |= info2::DURABLE_DELETE;
        }
        if crate_policy.commit_level == aerospike::CommitLevel::CommitMaster {
            info3 |= info3::COMMIT_LEVEL_MASTER;
        }
        // The protocol's own numbers: 0 the namespace's default, -1 never, -2 keep.
        let ttl = self.ttl.unwrap_or(0) as u32;
        Ok(WriteAttributes { info2, info3, ttl })
    }
}

fn unknown(option: &str, given: &str, fits: &str) -> Fault {
    invalid(format!("policy.{option} is {given:?}; use {fits}"))
}

fn expiration(ttl: i64) -> Checked<aerospike::Expiration> {
    use aerospike::Expiration;
    Ok(match ttl {
        0 => Expiration::NamespaceDefault,
        -1 => Expiration::Never,
        -2 => Expiration::DontUpdate,
        seconds => Expiration::Seconds(u32::try_from(seconds).map_err(|_| {
            invalid(format!(
                "policy.ttl is {seconds}; use seconds from 1, 0 for the namespace's default, -1 for never, -2 to keep it"
            ))
        })?),
    })
}
