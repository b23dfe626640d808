//! The server over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::Endpoint;
use poem::endpoint::make;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::{SHORT, settings};
use crate::app::App;
use crate::metrics::tests::exposition;
use crate::probes::Readiness;
use crate::server::{Timing, serve};

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
    /// Told when `/slow` has begun.
    begun: Arc<Notify>,
    /// Lets `/slow` end.
    go: Arc<Notify>,
}

async fn start(timing: Timing) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let readiness = Readiness::new(|| async { Vec::new() });
    let app = App::new(settings())
        .probes(readiness.clone(), exposition())
        .get("/slow", slow(begun.clone(), go.clone()))
        .build();
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(async move {
        let shutdown = async {
            let _ = stopped.await;
        };
        serve(listener, app, &readiness, shutdown, timing).await
    });
    Running { address, stop, done, begun, go }
}

fn slow(begun: Arc<Notify>, go: Arc<Notify>) -> impl Endpoint + 'static {
    make(move |_| {
        let (begun, go) = (begun.clone(), go.clone());
        async move {
            begun.notify_one();
            go.notified().await;
            Ok::<_, poem::Error>("the whole answer")
        }
    })
}

async fn ask(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// What comes before the connection closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("the connection stays open");
    String::from_utf8(bytes).unwrap()
}

/// What comes until the body of `/livez`.
async fn livez(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("{\"status\":\"ok\"}") {
        let mut bytes = [0; 512];
        let count = stream.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "closed after {text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text
}

#[tokio::test]
async fn a_stop_lets_what_has_begun_end_and_takes_nothing_new() {
    let server = start(Timing::default()).await;
    let mut in_flight = ask(server.address, "/slow").await;
    server.begun.notified().await;
    let mut idle = ask(server.address, "/livez").await;
    assert!(livez(&mut idle).await.starts_with("HTTP/1.1 200 OK\r\n"));

    server.stop.send(()).unwrap();
    assert_eq!(rest(&mut idle).await, "", "the idle connection closes first");
    let refused = TcpStream::connect(server.address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);

    server.go.notify_one();
    let answer = rest(&mut in_flight).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("the whole answer"), "{answer}");
    server.done.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_waits_no_longer_than_it_may() {
    let server = start(Timing { drain: SHORT, ..Timing::default() }).await;
    let mut in_flight = ask(server.address, "/slow").await;
    server.begun.notified().await;
    server.stop.send(()).unwrap();
    server.done.await.unwrap().unwrap();
    assert_eq!(rest(&mut in_flight).await, "");
}

#[tokio::test]
async fn a_stop_is_announced_before_the_port_closes() {
    let server = start(Timing { announce: Duration::from_hours(1), ..Timing::default() }).await;
    let mut ready = ask(server.address, "/readyz").await;
    livez(&mut ready).await;
    server.stop.send(()).unwrap();
    let told = async {
        loop {
            let mut probe = ask(server.address, "/readyz").await;
            let mut line = [0; 12];
            probe.read_exact(&mut line).await.unwrap();
            if &line == b"HTTP/1.1 503" {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.expect("readiness never turned");
    server.done.abort();
}

#[tokio::test]
async fn a_connection_that_sends_no_request_is_closed() {
    // Long enough for a slow machine to send its request in.
    let head = Duration::from_millis(300);
    let server = start(Timing { head, ..Timing::default() }).await;
    for sent in ["", "PRI * HT", "GET /livez HTTP/1.1\r\nHost:"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{sent} was answered {answer}");
    }
    let mut idle = ask(server.address, "/livez").await;
    livez(&mut idle).await;
    assert_eq!(rest(&mut idle).await, "", "idle after an answer");
}

#[tokio::test]
async fn http_2_is_spoken_without_tls() {
    let server = start(Timing::default()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    stream.write_all(&settings).await.unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(frame[3], 4, "a SETTINGS frame comes first");
}
