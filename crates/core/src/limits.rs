//! What is checked before a request is handed to the aerospike crate, whose encoder cuts counts and names to the size that
//! they have on the wire.

use aerostride_wire::{MAX_BIN_NAME, MAX_OPS};

use crate::{Error, ErrorKind};

/// Checks the bins of one record. `argument` is what the caller calls them.
pub(crate) fn check_bins<'a>(
    argument: impl Fn() -> String,
    names: impl ExactSizeIterator<Item = &'a str>,
) -> Result<(), Error> {
    check_count(&argument, "bins", names.len())?;
    for name in names {
        check_name(&argument, name)?;
    }
    Ok(())
}

/// Checks how many bins or operations one record has in a request.
pub(crate) fn check_count(argument: impl Fn() -> String, what: &str, count: usize) -> Result<(), Error> {
    if count <= MAX_OPS {
        return Ok(());
    }
    refuse(format!("{} has {count} {what}; at most {MAX_OPS} fit in one request", argument()))
}

/// Checks a bin's name against the server's limit.
pub(crate) fn check_name(argument: impl Fn() -> String, name: &str) -> Result<(), Error> {
    if name.len() <= MAX_BIN_NAME {
        return Ok(());
    }
    let size = name.len();
    let shown: String = name.chars().take(32).collect();
    let more = if shown.len() < size { "..." } else { "" };
    let argument = argument();
    refuse(format!(
        "{argument} has a bin name of {size} bytes, {shown:?}{more}; bin names have at most {MAX_BIN_NAME}"
    ))
}

fn refuse(message: String) -> Result<(), Error> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str]) -> Result<(), String> {
        check_bins(|| "bins".into(), names.iter().copied()).map_err(|error| error.message)
    }

    #[test]
    fn as_many_bins_as_a_server_takes_fit() {
        assert_eq!(check(&vec!["a"; 32_768]), Ok(()));
        let error = check(&vec!["a"; 32_769]).unwrap_err();
        assert_eq!(error, "bins has 32769 bins; at most 32768 fit in one request");
    }

    #[test]
    fn names_fit_up_to_the_servers_limit() {
        assert_eq!(check(&["", "abcdefghijklmno"]), Ok(()));
        let long = "ä".repeat(128);
        let error = check(&["a", &long]).unwrap_err();
        assert!(error.starts_with("bins has a bin name of 256 bytes, \"ää"), "{error}");
        assert!(error.ends_with("ä\"...; bin names have at most 15"), "{error}");
    }
}
