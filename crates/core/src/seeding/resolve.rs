use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

type Resolve = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// How host names become addresses: as the system does it, unless told otherwise.
#[derive(Clone, Default)]
pub struct Resolver(Option<Arc<Resolve>>);

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_system() { "Resolver(system)" } else { "Resolver(given)" })
    }
}

impl Resolver {
    /// A resolver that asks `resolve` for the addresses of a host and port. It may block.
    pub fn new(resolve: impl Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(resolve)))
    }

    /// Whether the system would give the same answers.
    pub(crate) const fn is_system(&self) -> bool {
        self.0.is_none()
    }

    /// All addresses of a host, each once, such that no family has to wait for all of the other.
    pub(crate) async fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let found = match self.0.clone() {
            None => tokio::net::lookup_host((host, port)).await?.collect(),
            Some(resolve) => {
                let host = host.to_owned();
                tokio::task::spawn_blocking(move || resolve(&host, port))
                    .await
                    .map_err(io::Error::other)??
            }
        };
        Ok(interleaved(found))
    }
}

/// The addresses in their order, but that of the first one's family and the others take turns.
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let mut unique = Vec::with_capacity(addresses.len());
    for address in addresses {
        if !unique.contains(&address) {
            unique.push(address);
        }
    }
    let is_ipv6 = unique.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = unique.into_iter().partition(|each| each.is_ipv6() == is_ipv6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut all = Vec::with_capacity(first.len() + second.len());
    loop {
        let before = all.len();
        all.extend(first.next());
        all.extend(second.next());
        if all.len() == before {
            return all;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<SocketAddr> {
        text.split(' ').map(|each| each.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_and_nothing_comes_twice() {
        let given = addresses("[::1]:1 [::2]:1 [::1]:1 [::3]:1 1.1.1.1:1 2.2.2.2:1");
        assert_eq!(interleaved(given), addresses("[::1]:1 1.1.1.1:1 [::2]:1 2.2.2.2:1 [::3]:1"));
        let given = addresses("1.1.1.1:1 [::1]:1 [::2]:1");
        assert_eq!(interleaved(given), addresses("1.1.1.1:1 [::1]:1 [::2]:1"));
        assert_eq!(interleaved(Vec::new()), []);
    }

    #[tokio::test]
    async fn an_address_is_its_own_and_a_name_is_asked_for() {
        let resolver = Resolver::new(|host, port| match host {
            "db" => Ok(vec![SocketAddr::new([127, 0, 0, 9].into(), port)]),
            _ => Err(io::Error::other("unknown")),
        });
        assert_eq!(resolver.addresses("127.0.0.1", 7).await.unwrap(), addresses("127.0.0.1:7"));
        assert_eq!(resolver.addresses("::1", 7).await.unwrap(), addresses("[::1]:7"));
        assert_eq!(resolver.addresses("db", 7).await.unwrap(), addresses("127.0.0.9:7"));
        assert!(resolver.addresses("other", 7).await.is_err());
        assert!(!Resolver::default().addresses("localhost", 7).await.unwrap().is_empty());
    }
}
