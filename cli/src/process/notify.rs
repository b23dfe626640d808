//! Telling systemd how the service fares: `sd_notify(3)`, which is one datagram to a socket.

use std::env;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process;
use std::time::Duration;

/// Tells the service manager how the service fares. Without one it does nothing.
#[derive(Debug, Default)]
pub struct Notifier {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// The manager that `NOTIFY_SOCKET` names. Where it cannot be reached the service runs all the same, and the
    /// manager decides what to make of the silence.
    pub fn of_process() -> Self {
        let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let Some(path) = variable("NOTIFY_SOCKET") else { return Self::default() };
        let number = |name: &str| variable(name)?.to_str()?.parse::<u64>().ok();
        let ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|_| ours).map(Duration::from_micros);
        Self::to(path.as_bytes(), watchdog).unwrap_or_else(|error| {
            tracing::warn!(%error, "the service manager cannot be reached");
            Self::default()
        })
    }

    fn to(path: &[u8], watchdog: Option<Duration>) -> io::Result<Self> {
        let socket = UnixDatagram::unbound()?;
        socket.connect_addr(&address(path)?)?;
        // A manager that does not read must not hold up the service.
        socket.set_nonblocking(true)?;
        Ok(Self { socket: Some(socket), watchdog })
    }

    /// Requests are answered from here on.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// The service is ending.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Shows the watchdog, for ever and twice as often as it asks, that the runtime still runs tasks. Returns at
    /// once where there is no watchdog.
    pub async fn keep_alive(&self) {
        let Some(watchdog) = self.watchdog else { return };
        // The least that a timer can do; a watchdog below it could not be satisfied anyway.
        let mut tick = tokio::time::interval((watchdog / 2).max(Duration::from_millis(1)));
        loop {
            tick.tick().await;
            self.send("WATCHDOG=1");
        }
    }

    fn send(&self, state: &str) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(state.as_bytes())
        {
            tracing::warn!(%error, state, "the service manager could not be told");
        }
    }
}

/// A path, or after an `@` a name in Linux's abstract namespace.
fn address(path: &[u8]) -> io::Result<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = path.strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt as _;
        return SocketAddr::from_abstract_name(name);
    }
    SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(manager: &UnixDatagram) -> String {
        let mut buffer = [0; 64];
        manager.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let length = manager.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    #[tokio::test]
    async fn the_manager_hears_every_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let watchdog = Some(Duration::from_millis(4));
        let notifier = Notifier::to(path.as_os_str().as_bytes(), watchdog).unwrap();
        notifier.ready();
        assert_eq!(heard(&manager), "READY=1");
        let listening = tokio::task::spawn_blocking(move || (heard(&manager), heard(&manager), manager));
        let (first, second, manager) = tokio::select! {
            () = notifier.keep_alive() => unreachable!("a watchdog is kept happy for ever"),
            heard = listening => heard.unwrap(),
        };
        assert_eq!((first.as_str(), second.as_str()), ("WATCHDOG=1", "WATCHDOG=1"));
        manager.set_nonblocking(true).unwrap();
        while manager.recv(&mut [0; 64]).is_ok() {}
        manager.set_nonblocking(false).unwrap();
        notifier.stopping();
        assert_eq!(heard(&manager), "STOPPING=1");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn abstract_sockets_are_reached_too() {
        use std::os::linux::net::SocketAddrExt as _;
        let name = format!("neonex-test-{}", process::id());
        let manager = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        Notifier::to(format!("@{name}").as_bytes(), None).unwrap().ready();
        assert_eq!(heard(&manager), "READY=1");
    }
}
