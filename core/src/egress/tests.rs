use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;

use super::*;

/// Ways to write what must not be called; `PORT` is where somebody listens on this machine.
const SPELLINGS: &[&str] = &[
    "https://127.0.0.1:PORT/",
    "https://127.1:PORT/",
    "https://127.0.1:PORT/",
    "https://0177.0.0.1:PORT/",
    "https://0x7f.0.0.1:PORT/",
    "https://0x7f000001:PORT/",
    "https://2130706433:PORT/",
    "https://017700000001:PORT/",
    "https://127.0.0.1.:PORT/",
    "https://127.255.255.254:PORT/",
    "https://0:PORT/",
    "https://0.0.0.0:PORT/",
    "https://0x0:PORT/",
    "https://localhost:PORT/",
    "https://LOCALHOST:PORT/",
    "https://localhost.:PORT/",
    "https://loc%61lhost:PORT/",
    "https://[::1]:PORT/",
    "https://[0:0:0:0:0:0:0:1]:PORT/",
    "https://[::]:PORT/",
    "https://[::ffff:127.0.0.1]:PORT/",
    "https://[::ffff:7f00:1]:PORT/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
    "https://[::127.0.0.1]:PORT/",
    "https://[::ffff:0:127.0.0.1]:PORT/",
    "https://[64:ff9b::127.0.0.1]:PORT/",
    "https://[64:ff9b::7f00:1]:PORT/",
    "https://[64:ff9b:1::7f00:1]:PORT/",
    "https://[2002:7f00:1::]:PORT/",
    "https://[2001:0:7f00:1::]:PORT/",
    "https://[fe80::1]:PORT/",
    "https://[fc00::1]:PORT/",
    "https://[fd00::1]:PORT/",
    "https://[fec0::1]:PORT/",
    "https://[ff02::1]:PORT/",
    "https://[100::1]:PORT/",
    "https://[2001:db8::1]:PORT/",
    "https://[3fff::1]:PORT/",
    "https://[5f00::1]:PORT/",
    "https://10.0.0.1:PORT/",
    "https://012.0.0.1:PORT/",
    "https://167772161:PORT/",
    "https://100.64.0.1:PORT/",
    "https://100.127.255.255:PORT/",
    "https://169.254.169.254/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[fd00:ec2::254]/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://0xc0a80001/",
    "https://192.0.0.1/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://１２７.０.０.１:PORT/",
    "https://①②⑦.0.0.1:PORT/",
    "https://127。0。0。1:PORT/",
    "http://127.0.0.1:PORT/",
    "http://example.com:PORT/",
    "https://user@127.0.0.1:PORT/",
    "https://user:password@example.com:PORT/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/",
    "data:text/plain,x",
];

/// security.md: no spelling of an address inside leads to a connection.
#[tokio::test]
async fn nothing_inside_is_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let reached = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reached);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let egress = HttpEgress::default();
    assert!(SPELLINGS.len() >= 60);
    for spelling in SPELLINGS {
        let written = spelling.replace("PORT", &port.to_string());
        // As the places do that take an address: it is read once, and then called.
        let Ok(url) = Url::parse(&written) else { continue };
        let request = Request::get(url.as_str()).body(Vec::new());
        let refused = match request {
            Ok(request) => egress.send(request).await.err(),
            Err(_) => continue,
        };
        let refused = refused.unwrap_or_else(|| panic!("{spelling} was answered"));
        let expected = matches!(
            refused,
            EgressError::Private { .. }
                | EgressError::NotHttps
                | EgressError::NoAddress
                | EgressError::Unknown { .. }
        );
        assert!(expected, "{spelling}: {refused:?}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0, "somebody was called");
}

#[test]
fn what_is_public_is_public() {
    for address in ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
    {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
}

/// A name that means a public address and a private one means neither.
#[test]
fn all_that_a_name_means_is_looked_at() {
    let of = |addresses: &[&str]| {
        public(addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect())
    };
    assert!(of(&["8.8.8.8", "2606:4700::1111"]).is_ok());
    assert!(of(&["8.8.8.8", "127.0.0.1"]).is_err());
    assert!(of(&["10.0.0.1"]).is_err() && of(&[]).is_err());
}

/// Answers are read to their bound, and a redirect is an answer and not followed.
#[tokio::test]
async fn answers_are_bounded_and_redirects_not_followed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut asked = vec![0; 4096];
            let read = socket.read(&mut asked).await.unwrap_or(0);
            let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
            let answer = if asked.starts_with("GET /long") {
                let body = "x".repeat(MOST_BYTES + 1);
                format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            } else {
                "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
                    .to_owned()
            };
            let _gone = socket.write_all(answer.as_bytes()).await;
        }
    });
    let host = format!("127.0.0.1:{port}");
    let egress = HttpEgress::new(Allowed::parse(&host).into_iter().collect());
    let get = async |path: &str| {
        egress.send(Request::get(format!("http://{host}{path}")).body(Vec::new()).unwrap()).await
    };
    assert_eq!(get("/redirect").await.unwrap().status(), 302);
    assert!(matches!(get("/long").await, Err(EgressError::TooLarge)));
    // Exempt is what was named, and not its neighbour.
    let other = HttpEgress::new(Allowed::parse("127.0.0.1:1").into_iter().collect());
    let request = Request::get(format!("http://{host}/redirect")).body(Vec::new()).unwrap();
    assert!(matches!(other.send(request).await, Err(EgressError::NotHttps)));
}

#[test]
fn exempt_hosts_are_hosts() {
    assert_eq!(Allowed::parse("idp.internal"), Some(("idp.internal".to_owned(), None)));
    assert_eq!(Allowed::parse("127.0.0.1:8080"), Some(("127.0.0.1".to_owned(), Some(8080))));
    assert_eq!(Allowed::parse("[::1]:80"), Some(("[::1]".to_owned(), Some(80))));
    for wrong in ["", "http://a", "a/b", "a@b", "a:port", "a b"] {
        assert_eq!(Allowed::parse(wrong), None, "{wrong}");
    }
}
