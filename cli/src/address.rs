//! The addresses under which people find the server: those that are printed and stand in links.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use url::Url;

/// At least one, the best known first: the configured address, else those that lead to where the server listens.
/// Never what a request says: whoever sends it may say anything.
pub(crate) fn addresses(public: Option<&Url>, listening: SocketAddr) -> Vec<String> {
    match public {
        Some(url) => vec![url.as_str().trim_end_matches('/').to_owned()],
        None => of_port(listening, of_machine(listening.ip())),
    }
}

/// A server that listens on every address has none that could be opened: there, those of the machine stand for it.
fn of_port(listening: SocketAddr, machine: Option<IpAddr>) -> Vec<String> {
    let port = listening.port();
    if !listening.ip().is_unspecified() {
        return vec![format!("http://{listening}")];
    }
    let here = format!("http://localhost:{port}");
    let from_elsewhere = machine.map(|address| format!("http://{}", SocketAddr::new(address, port)));
    std::iter::once(here).chain(from_elsewhere).collect()
}

/// The machine's first address, which is the one it would send from; none where it has no network. Its name is of no
/// use: whether others resolve it cannot be told from here.
fn of_machine(listening: IpAddr) -> Option<IpAddr> {
    let v4 = || sends_from(Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into());
    let v6 =
        || sends_from(Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into());
    // A socket on every IPv6 address takes IPv4 as well.
    v4().or_else(|| if listening.is_ipv6() { v6() } else { None })
}

/// Connecting a UDP socket sends nothing: it only asks for the route. The destinations are reserved for documentation.
fn sends_from(any: IpAddr, destination: IpAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((destination, 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(listening: &str, machine: Option<&str>) -> Vec<String> {
        of_port(listening.parse().unwrap(), machine.map(|address| address.parse().unwrap()))
    }

    #[test]
    fn what_is_printed_can_be_opened() {
        assert_eq!(of("127.0.0.1:8080", Some("192.0.2.7")), ["http://127.0.0.1:8080"]);
        assert_eq!(of("[::1]:8080", None), ["http://[::1]:8080"]);
        assert_eq!(of("0.0.0.0:80", Some("192.0.2.7")), ["http://localhost:80", "http://192.0.2.7:80"]);
        assert_eq!(of("[::]:80", Some("2001:db8::7")), ["http://localhost:80", "http://[2001:db8::7]:80"]);
        assert_eq!(of("0.0.0.0:80", None), ["http://localhost:80"]);
    }

    #[test]
    fn the_configured_address_comes_before_all() {
        let public = Url::parse("https://api.example.com/").unwrap();
        let listening = "0.0.0.0:8080".parse().unwrap();
        assert_eq!(addresses(Some(&public), listening), ["https://api.example.com"]);
        assert!(!addresses(None, listening).iter().any(|address| address.contains("0.0.0.0")));
    }
}
