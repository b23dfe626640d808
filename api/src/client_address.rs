//! Where a request comes from: the peer, or what proxies that we trust say about it.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use poem::http::HeaderMap;

/// The proxies whose `X-Forwarded-For` is believed. None by default: a client could write the header itself.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is neither an address nor a network such as `10.0.0.0/8`")]
pub struct InvalidNetwork {
    /// The text.
    pub text: String,
}

impl FromStr for TrustedProxies {
    type Err = InvalidNetwork;

    /// Reads addresses and networks in CIDR notation, with commas between.
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, InvalidNetwork> {
    let single = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    single.or_else(|_| text.parse().map(canonical)).map_err(|_| InvalidNetwork { text: text.to_owned() })
}

/// `::ffff:10.0.0.0/104` is `10.0.0.0/8`: addresses are compared in their IPv4 form.
fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(v6) => v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    mapped.and_then(|(address, length)| IpNet::new(address.into(), length).ok()).unwrap_or(network)
}

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address: from the right, the first that no trusted proxy has. What stands left of it was
    /// written by somebody nobody vouches for. An entry that is no address ends the walk at the proxy that
    /// passed it on.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if self.0.is_empty() || !self.trusts(client) {
            return client;
        }
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        let hops = lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
        for hop in hops {
            let Some(address) = address(hop.trim()) else { break };
            client = address;
            if !self.trusts(client) {
                break;
            }
        }
        client
    }
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let parsed =
        bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|with| with.ip()));
    parsed.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxies: TrustedProxies = trusted.parse().unwrap();
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_unless_trusted() {
        assert_eq!(client("", "192.0.2.9", &["198.51.100.1"]), "192.0.2.9");
        assert_eq!(client("10.0.0.0/8", "192.0.2.9", &["198.51.100.1"]), "192.0.2.9");
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        let spoofed = ["1.1.1.1, 198.51.100.1", "10.0.0.2"];
        assert_eq!(client("10.0.0.0/8", "10.0.0.3", &spoofed), "198.51.100.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.3", &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.3", &[]), "10.0.0.3");
        assert_eq!(client("10.0.0.0/8", "10.0.0.3", &["198.51.100.1, nonsense"]), "10.0.0.3");
        assert_eq!(client("10.0.0.0/8", "10.0.0.3", &["198.51.100.1:4711"]), "198.51.100.1");
    }

    #[test]
    fn an_ipv4_address_inside_ipv6_is_the_same_address() {
        assert_eq!(client("10.0.0.0/8", "::ffff:10.0.0.3", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.0/104", "10.0.0.3", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::1", "::1", &["[2001:db8::5]"]), "2001:db8::5");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        assert!("10.0.0.0/8, 192.0.2.1".parse::<TrustedProxies>().is_ok());
        assert!("10.0.0.0/33".parse::<TrustedProxies>().is_err());
        assert!("proxy.example.com".parse::<TrustedProxies>().is_err());
    }
}
