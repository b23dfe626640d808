//! What stands between a client and the server and loses things: a relay of HTTP, one request on each connection, that
//! is told what is to become of the next ones.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// The server carries it out; nothing of its answer arrives.
    LoseAnswer,
    /// The server carries it out; half of its answer arrives.
    CutAnswer,
    /// The server does not see it, and the client hears nothing.
    Swallow,
    /// The server does not see it; this is answered.
    Answer(String),
    /// The server's answer arrives with one text in place of another, of the same length.
    Edit(&'static str, &'static str),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method and path.
    pub(crate) line: String,
    head: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) =
            self.head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name)?;
        Some(value)
    }
}

#[derive(Default)]
struct State {
    fates: VecDeque<Fate>,
    seen: Vec<Seen>,
}

/// The relay. It ends with the test's runtime.
pub(crate) struct Relay {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Relay {
    /// Stands before the server at `url`. All requests but the first ones, which `fates` are for, are passed on.
    pub(crate) async fn before(url: &str, fates: impl IntoIterator<Item = Fate>) -> Self {
        let server: SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { fates: fates.into_iter().collect(), seen: Vec::new() }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // A client that gives up makes an error here, which is its own business.
                tokio::spawn(relay(client, server, Arc::clone(&shared)));
            }
        });
        Self { url, state }
    }

    /// The requests that came.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }
}

async fn relay(mut client: TcpStream, server: SocketAddr, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let Some((seen, body)) = request(&mut client).await? else { return Ok(()) };
    let fate = {
        let mut state = state.lock().unwrap();
        state.seen.push(seen.clone());
        state.fates.pop_front()
    };
    match &fate {
        Some(Fate::Answer(answer)) => return client.write_all(answer.as_bytes()).await,
        Some(Fate::Swallow) => {
            // Until the client has had enough.
            client.read_to_end(&mut Vec::new()).await?;
            return Ok(());
        }
        Some(Fate::LoseAnswer | Fate::CutAnswer | Fate::Edit(..)) | None => {}
    }
    let mut upstream = TcpStream::connect(server).await?;
    let head = seen.head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    upstream.write_all(head.as_bytes()).await?;
    upstream.write_all(&body).await?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).await?;
    match fate {
        Some(Fate::LoseAnswer) => Ok(()),
        Some(Fate::CutAnswer) => client.write_all(&answer[..answer.len() - 10]).await,
        Some(Fate::Edit(from, to)) => {
            let text = String::from_utf8(answer).unwrap();
            assert!(text.contains(from) && from.len() == to.len(), "{text}");
            client.write_all(text.replace(from, to).as_bytes()).await
        }
        _ => client.write_all(&answer).await,
    }
}

/// Reads one request; `None` where the client closes the connection instead.
async fn request(client: &mut TcpStream) -> std::io::Result<Option<(Seen, Vec<u8>)>> {
    const END: &[u8] = b"\r\n\r\n";
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(END.len()).position(|window| window == END) {
            break at + END.len();
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8(bytes).unwrap();
    let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let seen = Seen { line, head };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    while body.len() < length {
        client.read_buf(&mut body).await?;
    }
    Ok(Some((seen, body)))
}
