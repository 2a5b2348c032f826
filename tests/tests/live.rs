//! Changes as they happen, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::land::{clearance, collection, hazardous_area, region, square};
use tests::running::{Asking, Product, Server};

const KH: &str = "/programmes/kh";
/// A change is told within this time, also on a busy machine; the line is not silent for as long.
const TOLD_WITHIN: Duration = Duration::from_secs(60);

struct Scene {
    server: Server,
    contributor: Asking,
    token: String,
    product: Product,
}

impl Scene {
    fn new() -> Self {
        let product = Product::on_sqlite();
        product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
        let token = product.token("kh", "contributor");
        let contributor = Asking::with_token(&token);
        Self { server: product.serve(), contributor, token, product }
    }

    /// Sends an area, and gives the revision it made.
    fn send(&self, number: u32) -> u64 {
        let place = square(103.0 + f64::from(number), 13.5, 100.0);
        self.apply(
            "hazardous-areas",
            &hazardous_area(&format!("HA-{number}"), "2016-03-01", &place),
        )
    }

    fn apply(&self, name: &str, feature: &Value) -> u64 {
        let path = format!("{KH}/submissions?collection={name}");
        let body = collection(std::slice::from_ref(feature));
        let answer = self.server.post(&path, &self.contributor, body.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.server.get(KH).json()["revision"].as_u64().unwrap()
    }

    fn listen(&self, query: &str, last: Option<u64>) -> Listening {
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        self.open(&format!("/changes/stream?{query}"), &last)
    }

    fn open(&self, path: &str, headers: &str) -> Listening {
        let mut socket = TcpStream::connect(self.server.address()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let asked = format!(
            "GET {KH}{path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n{headers}\r\n"
        );
        socket.write_all(asked.as_bytes()).unwrap();
        let mut listening = Listening { lines: BufReader::new(socket) };
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(listening.lines.read_line(&mut head).unwrap(), 0, "cut off: {head}");
        }
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.to_lowercase().contains("content-type: text/event-stream"), "{head}");
        listening
    }
}

struct Listening {
    lines: BufReader<TcpStream>,
}

impl Listening {
    /// The next event that tells a change; none when the stream ends.
    fn next(&mut self) -> Option<Value> {
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < TOLD_WITHIN, "no change was told");
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data.trim()).unwrap());
            }
            // The last chunk of the body.
            if line.trim() == "0" {
                return None;
            }
        }
    }

    fn revision(&mut self) -> u64 {
        self.next().unwrap()["revision"].as_u64().unwrap()
    }
}

#[test]
fn changes_are_told_as_they_happen_and_can_be_read_at_once() {
    let scene = Scene::new();
    let mut listening = scene.listen("", None);
    for number in 1..4 {
        let revision = scene.send(number);
        let change = listening.next().unwrap();
        assert_eq!(change["revision"], revision);
        assert_eq!(change["collection"], "hazardous-areas");
        assert_eq!(change["record_count"], 1);
        let item = format!("{KH}/collections/hazardous-areas/items/HA-{number}");
        assert_eq!(scene.server.get(&item).status, 200);
    }
}

#[test]
fn a_listener_that_comes_back_has_missed_nothing() {
    let scene = Scene::new();
    let first = scene.send(1);
    let made: Vec<u64> = (2..6).map(|number| scene.send(number)).collect();
    let mut again = scene.listen("", Some(first));
    assert_eq!((0..4).map(|_| again.revision()).collect::<Vec<_>>(), made);
    let next = scene.send(6);
    assert_eq!(again.revision(), next);
    let mut since = scene.listen(&format!("since={first}"), None);
    assert_eq!(since.revision(), made[0]);
}

#[test]
fn the_feed_is_a_stream_for_those_who_ask_for_one() {
    let scene = Scene::new();
    let mut events = scene.open("/changes", "Accept: text/event-stream\r\n");
    let revision = scene.send(1);
    assert_eq!(events.revision(), revision);
    let mut since = scene.open("/changes?since=0&bbox=1,1,2,2", "Accept: text/event-stream\r\n");
    assert_eq!(since.revision(), 1);
    for accept in ["application/json", "*/*", "application/json, text/event-stream;q=0.5"] {
        let asking = Asking::default().header("Accept", accept);
        let answer = scene.server.ask(&format!("{KH}/changes"), &asking);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{accept}");
        assert_eq!(answer.json()["changes"].as_array().unwrap().len() as u64, revision);
    }
}

#[test]
fn who_made_a_change_is_told_to_members_only() {
    let scene = Scene::new();
    let mut public = scene.listen("", None);
    let token = format!("Authorization: Bearer {}\r\n", scene.token);
    let mut member = scene.open("/changes/stream", &token);
    scene.send(1);
    assert_eq!(member.next().unwrap()["actor"], "contributor of kh");
    let told = public.next().unwrap();
    assert!(told.get("actor").is_none(), "{told}");
}

#[test]
fn a_listener_is_told_of_its_collection_and_area_only() {
    let scene = Scene::new();
    let mut areas = scene.listen("collection=hazardous-areas", None);
    let mut near = scene.listen("bbox=104.9,13,105.5,14", None);
    scene.apply("regions", &region("KH-1", "North", &square(103.0, 13.0, 5_000.0)));
    let (first, second) = (scene.send(1), scene.send(2));
    assert_eq!(areas.revision(), first);
    assert_eq!(areas.revision(), second);
    assert_eq!(near.revision(), second);
}

#[test]
fn a_listener_to_areas_is_told_of_releases_and_withdrawals_too_which_change_what_remains() {
    let scene = Scene::new();
    let mut areas = scene.listen("collection=hazardous-areas", None);
    let mut releases = scene.listen("collection=land-releases", None);
    let reviewer = Asking::with_token(&scene.product.token("kh", "reviewer"));
    let withdraw = |item: &str| {
        let path = format!("{KH}/collections/{item}");
        let answer = scene.server.delete(&path, &reviewer.clone().header("If-Match", "\"1\""));
        assert_eq!(answer.status, 200, "{}", answer.json());
        scene.server.get(KH).json()["revision"].as_u64().unwrap()
    };
    let sent = scene.send(1);
    let land = square(104.0, 13.5, 50.0);
    let released = scene.apply("land-releases", &clearance("LR-1", "HA-1", "2018-01-01", &land));
    let taken_back = withdraw("land-releases/items/LR-1");
    let withdrawn = withdraw("hazardous-areas/items/HA-1");
    let told: Vec<(u64, String)> = (0..4)
        .map(|_| areas.next().unwrap())
        .map(|change| {
            let of = change["collection"].as_str().unwrap().to_owned();
            (change["revision"].as_u64().unwrap(), of)
        })
        .collect();
    let of = |revision, collection: &str| (revision, collection.to_owned());
    assert_eq!(
        told,
        [
            of(sent, "hazardous-areas"),
            of(released, "land-releases"),
            of(taken_back, "land-releases"),
            of(withdrawn, "hazardous-areas"),
        ]
    );
    assert_eq!([releases.revision(), releases.revision()], [released, taken_back]);
}

#[test]
fn a_place_that_cannot_be_gone_on_from_is_refused() {
    let scene = Scene::new();
    let stream = format!("{KH}/changes/stream");
    let ahead = Asking::default().header("Last-Event-ID", "99");
    let refused = scene.server.ask(&stream, &ahead);
    assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-header"));
    for query in ["since=99", "since=x", "bbox=1,2", "colour=red"] {
        assert_eq!(scene.server.get(&format!("{stream}?{query}")).status, 400, "{query}");
    }
    for query in ["since=-1", "since=x", "since=99", "since=9223372036854775808"] {
        assert_eq!(scene.server.get(&format!("{KH}/changes?{query}")).status, 400, "{query}");
    }
    assert_eq!(scene.server.get(&format!("{stream}?collection=wells")).status, 404);
}

#[test]
fn streams_end_when_the_server_is_told_to_stop() {
    let scene = Scene::new();
    let mut listening: Vec<Listening> = (0..20).map(|_| scene.listen("", None)).collect();
    let begun = Instant::now();
    assert!(scene.server.stop());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(listening.iter_mut().all(|one| one.next().is_none()));
}
