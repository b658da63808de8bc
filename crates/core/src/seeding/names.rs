//! The host names that nodes give of themselves and of each other.

use std::net::IpAddr;

/// A host name with the port and the TLS name that were given with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls_name: Option<String>,
}

/// The host names in a `peers-…` reply: `generation,port,[[node,tls name,[host:port,…]],…]`. Addresses are left out, and so
/// is everything that does not have this form.
pub(crate) fn in_peers(reply: &str) -> Vec<Named> {
    let default_port = reply.split(',').nth(1).and_then(|port| port.parse().ok()).unwrap_or(3000);
    let mut names = Vec::new();
    // The list of peers, then one per peer; what stands in the lists of hosts is a level below.
    for peer in lists(reply).iter().flat_map(|peers| lists(peers)) {
        let Some(tls_name) = peer.split(',').nth(1) else { continue };
        let tls_name = (!tls_name.is_empty()).then_some(tls_name);
        for host in lists(peer).iter().flat_map(|hosts| hosts.split(',')) {
            names.extend(named(host, default_port, tls_name));
        }
    }
    names
}

/// Whether a `peers-…` reply lists any peer.
pub(crate) fn has_peers(reply: &str) -> bool {
    lists(reply).iter().any(|peers| !lists(peers).is_empty())
}

/// The host names in a `service-…` reply: `host:port` joined by `;` or `,`.
pub(crate) fn in_service(reply: &str, tls_name: Option<&str>) -> Vec<Named> {
    reply.trim().split([';', ',']).filter_map(|host| named(host, 3000, tls_name)).collect()
}

fn named(text: &str, default_port: u16, tls_name: Option<&str>) -> Option<Named> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (text, default_port),
    };
    let is_name = !host.is_empty() && !host.contains([':', '[', ']']) && host.parse::<IpAddr>().is_err();
    is_name.then(|| Named { host: host.to_owned(), port, tls_name: tls_name.map(str::to_owned) })
}

/// What stands in the outermost brackets of a text, one text per pair.
fn lists(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut found) = (0_usize, 0, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => {
                depth += 1;
                if depth == 1 {
                    begin = at + 1;
                }
            }
            b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.push(&text[begin..at]);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(host: &str, port: u16, tls_name: Option<&str>) -> Named {
        Named { host: host.into(), port, tls_name: tls_name.map(str::to_owned) }
    }

    #[test]
    fn names_of_peers_come_with_port_and_tls_name() {
        let reply = "7,3100,[[A1,,[10.0.0.1:3000,db-a:3200]],[B2,cert-b,[[2001:db8::1]:3000,db-b]],[C3,,[]]]";
        assert_eq!(in_peers(reply), [name("db-a", 3200, None), name("db-b", 3100, Some("cert-b"))]);
        assert!(has_peers(reply));
    }

    #[test]
    fn replies_without_peers_and_in_other_forms_have_none() {
        for reply in
            ["", "1,3000,[]", "1,3000", "ERROR:80:not authenticated", "]]]][[[[", "1,x,[[A,,[[[[", "[[]]"]
        {
            assert_eq!(in_peers(reply), [], "{reply}");
        }
        assert!(!has_peers("1,3000,[]") && !has_peers("ERROR:25:enterprise only"));
        // Text of several bytes a character is cut nowhere inside of one.
        assert_eq!(in_peers("1,3000,[[é,ü,[ß:1]]]"), [name("ß", 1, Some("ü"))]);
    }

    #[test]
    fn names_of_a_service_leave_addresses_out() {
        let service = in_service("10.0.0.1:3000;db-a:3200,[::1]:3000;;localhost:4000\n", Some("cert"));
        assert_eq!(service, [name("db-a", 3200, Some("cert")), name("localhost", 4000, Some("cert"))]);
    }
}
