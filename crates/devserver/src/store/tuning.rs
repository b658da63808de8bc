use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::NamespaceConfig;

/// Settings of a namespace that can change while it is used.
#[derive(Debug)]
pub(crate) struct Tuning {
    default_ttl: AtomicU32,
    reap_period: AtomicU32,
    keeps_expired: AtomicBool,
    max_record_size: AtomicUsize,
    needs_set: AtomicBool,
    read_touch: AtomicU32,
}

impl Tuning {
    pub(super) const fn new(config: &NamespaceConfig) -> Self {
        Self {
            default_ttl: AtomicU32::new(config.default_ttl),
            reap_period: AtomicU32::new(config.nsup_period),
            keeps_expired: AtomicBool::new(false),
            max_record_size: AtomicUsize::new(config.max_record_size),
            needs_set: AtomicBool::new(false),
            read_touch: AtomicU32::new(0),
        }
    }

    /// Changes a setting by its name; others are of no effect. An error if the value does not fit the others.
    pub(crate) fn apply(&self, name: &str, value: &str) -> Result<(), ()> {
        let number = || value.parse::<u32>().map_err(drop);
        let is_true = value == "true";
        match name {
            "default-ttl" if number()? != 0 && !self.accepts_ttl() => return Err(()),
            "default-ttl" => self.default_ttl.store(number()?, Relaxed),
            "nsup-period"
                if number()? == 0 && self.default_ttl() != 0 && !self.keeps_expired.load(Relaxed) =>
            {
                return Err(());
            }
            "nsup-period" => self.reap_period.store(number()?, Relaxed),
            "allow-ttl-without-nsup" => self.keeps_expired.store(is_true, Relaxed),
            "max-record-size" => self.max_record_size.store(number()? as usize, Relaxed),
            "disallow-null-setname" => self.needs_set.store(is_true, Relaxed),
            "default-read-touch-ttl-pct" => self.read_touch.store(number()?, Relaxed),
            _ => {}
        }
        Ok(())
    }

    /// Seconds to live of records that are written without a ttl; 0 is forever.
    pub(crate) fn default_ttl(&self) -> u32 {
        self.default_ttl.load(Relaxed)
    }

    /// Whether records may have a ttl: something has to remove them when it is over.
    pub(crate) fn accepts_ttl(&self) -> bool {
        self.reap_period.load(Relaxed) != 0 || self.keeps_expired.load(Relaxed)
    }

    /// Largest record in bytes.
    pub(crate) fn max_record_size(&self) -> usize {
        self.max_record_size.load(Relaxed)
    }

    /// Whether every record has to be in a set.
    pub(crate) fn needs_set(&self) -> bool {
        self.needs_set.load(Relaxed)
    }

    /// Percent of a ttl below which a read starts it anew, for reads that do not say it; 0 is never.
    pub(crate) fn read_touch(&self) -> u32 {
        self.read_touch.load(Relaxed)
    }
}
