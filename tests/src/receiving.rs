//! A system that is told of changes: an HTTP server in the test's own process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long messages may take on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Headers by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The status it was answered with.
    pub status: u16,
}

impl Received {
    /// A header.
    ///
    /// # Panics
    /// When it was not sent.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).expect("the header was sent")
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    /// The revisions it tells of.
    pub fn revisions(&self) -> Vec<u64> {
        let document = self.json();
        let changes = document["data"]["changes"].as_array().cloned().unwrap_or_default();
        changes.iter().filter_map(|change| change["revision"].as_u64()).collect()
    }
}

#[derive(Debug, Default)]
struct Desk {
    status: u16,
    received: Vec<Received>,
}

/// The receiver; it listens until the test ends.
#[derive(Debug)]
pub struct Receiver {
    address: String,
    desk: Arc<(Mutex<Desk>, Condvar)>,
}

impl Receiver {
    /// Listens, and answers every message with `status`.
    ///
    /// # Panics
    /// When no port is free.
    pub fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens").to_string();
        let desk = Arc::new((Mutex::new(Desk { status, ..Desk::default() }), Condvar::new()));
        let shared = Arc::clone(&desk);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                // A sender that goes away in the middle is tried again by itself.
                let _taken = take(socket, &shared);
            }
        });
        Self { address, desk }
    }

    /// Where to send messages.
    pub fn url(&self) -> String {
        format!("http://{}/changes", self.address)
    }

    /// Answers with another status from now on.
    ///
    /// # Panics
    /// When its thread has panicked.
    pub fn answer(&self, status: u16) {
        self.desk.0.lock().expect("the receiver is well").status = status;
    }

    /// What has come so far.
    ///
    /// # Panics
    /// When its thread has panicked.
    pub fn received(&self) -> Vec<Received> {
        self.desk.0.lock().expect("the receiver is well").received.clone()
    }

    /// The revisions told in messages that were taken, in order.
    pub fn told(&self) -> Vec<u64> {
        let taken = self.received().into_iter().filter(|one| one.status < 300);
        taken.flat_map(|one| one.revisions()).collect()
    }

    /// Waits until what has come satisfies `enough`, and gives it.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub fn wait(&self, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let begun = Instant::now();
        let (desk, arrived) = &*self.desk;
        let mut desk = desk.lock().expect("the receiver is well");
        while !enough(&desk.received) {
            assert!(begun.elapsed() < WITHIN, "only these came: {:?}", desk.received);
            let waited = arrived.wait_timeout(desk, Duration::from_millis(100));
            desk = waited.expect("the receiver is well").0;
        }
        desk.received.clone()
    }

    /// Waits until the receiver has taken a revision.
    ///
    /// # Panics
    /// When it does not within a minute.
    pub fn wait_for(&self, revision: u64) {
        self.wait(|received| {
            received.iter().any(|one| one.status < 300 && one.revisions().contains(&revision))
        });
    }
}

fn take(mut socket: TcpStream, shared: &(Mutex<Desk>, Condvar)) -> std::io::Result<()> {
    let mut lines = BufReader::new(socket.try_clone()?);
    let (mut headers, mut line) = (Vec::new(), String::new());
    lines.read_line(&mut line)?;
    loop {
        line.clear();
        lines.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    lines.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let (desk, arrived) = shared;
    let status = {
        let mut desk = desk.lock().map_err(|_poisoned| std::io::ErrorKind::Other)?;
        let status = desk.status;
        desk.received.push(Received { headers, body, status });
        status
    };
    let elsewhere =
        if (300..400).contains(&status) { "Location: http://127.0.0.1:1/\r\n" } else { "" };
    let answer =
        format!("HTTP/1.1 {status} -\r\n{elsewhere}Content-Length: 0\r\nConnection: close\r\n\r\n");
    socket.write_all(answer.as_bytes())?;
    arrived.notify_all();
    Ok(())
}
