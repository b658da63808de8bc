//! The one thing that is read of a client's certificate: whom it names. TLS has verified it before.

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_IDENTIFIER: u8 = 0x06;
const VERSION: u8 = 0xa0;
/// 2.5.4.3
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];

/// The common name of a certificate's subject.
pub(super) fn common_name(certificate: &[u8]) -> Option<String> {
    let mut signed = Der(Der(Der(certificate).take(SEQUENCE)?).take(SEQUENCE)?);
    // Serial number, algorithm, issuer and validity come before the subject.
    let _version = signed.take(VERSION);
    signed.take(INTEGER)?;
    for _ in 0..3 {
        signed.take(SEQUENCE)?;
    }
    let mut names = Der(signed.take(SEQUENCE)?);
    while let Some(set) = names.take(SET) {
        let mut name = Der(Der(set).take(SEQUENCE)?);
        if name.take(OBJECT_IDENTIFIER)? == COMMON_NAME {
            return String::from_utf8(name.any()?.1.to_vec()).ok();
        }
    }
    None
}

/// Values one after the other, each with a tag and its length.
struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    /// The next value if it has this tag.
    fn take(&mut self, tag: u8) -> Option<&'d [u8]> {
        if self.0.first() != Some(&tag) {
            return None;
        }
        self.any().map(|(_, value)| value)
    }

    fn any(&mut self) -> Option<(u8, &'d [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.len() > size_of::<u32>() {
                return None;
            }
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;
    use crate::Authority;

    #[test]
    fn the_subject_is_found_and_not_the_issuer() {
        let authority = Authority::new().unwrap();
        for name in ["ada", "Grüße", &"x".repeat(200)] {
            let identity = authority.client(name).unwrap();
            let der = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
            assert_eq!(common_name(&der).as_deref(), Some(name));
            // Whatever is cut off, nothing but a name or its absence comes of it.
            for end in 0..der.len() {
                let _any = common_name(&der[..end]);
            }
        }
    }
}
