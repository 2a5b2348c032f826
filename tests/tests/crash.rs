//! The server is killed without warning while clients upload: what was acknowledged is there,
//! whole, once; what was not is there whole or not at all, and sending it again does no harm.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tests::land::{clearance, collection, hazardous_area, square};
use tests::running::{Asking, Product, Server};

const CLIENTS: usize = 4;
const FEATURES: usize = 5;

/// A batch as a client sends it: its key and the names in it.
#[derive(Clone)]
struct Batch {
    key: String,
    body: String,
}

fn batch(round: usize, client: usize, number: usize) -> Batch {
    let key = format!("r{round}-c{client}-n{number}");
    let lon = 103.0 + client as f64 * 0.05;
    let areas: Vec<Value> = (0..FEATURES)
        .map(|place| {
            // Neighbouring batches overlap, so that clusters grow while they are written.
            let lat = 13.0 + (number * FEATURES + place) as f64 * 0.0004;
            hazardous_area(&format!("{key}-{place}"), "2016-03-01", &square(lon, lat, 60.0))
        })
        .collect();
    Batch { key, body: collection(&areas) }
}

fn send(server: &Server, asking: &Asking, batch: &Batch) -> u16 {
    let asking = asking.clone().header("Idempotency-Key", &batch.key);
    let path = "/programmes/kh/submissions?collection=hazardous-areas";
    server.post(path, &asking, batch.body.as_bytes()).status
}

fn present(server: &Server, asking: &Asking, batch: &Batch) -> usize {
    (0..FEATURES)
        .filter(|place| {
            let name = format!("{}-{place}", batch.key);
            let path = format!("/programmes/kh/collections/hazardous-areas/items/{name}");
            server.ask(&path, asking).status == 200
        })
        .count()
}

fn survives(product: &Product, rounds: usize) {
    product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
    let asking = Asking::with_token(&product.token("kh", "contributor"));
    let mut acknowledged: Vec<Batch> = Vec::new();
    for round in 0..rounds {
        let server = product.serve();
        let stop = Arc::new(AtomicBool::new(false));
        let acks: Arc<Mutex<Vec<Batch>>> = Arc::default();
        let doubts: Arc<Mutex<Vec<Batch>>> = Arc::default();
        let pause = Duration::from_millis(120 + 170 * round as u64 % 700);
        let ended = std::thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (server, asking) = (&server, &asking);
                let (stop, acks, doubts) =
                    (Arc::clone(&stop), Arc::clone(&acks), Arc::clone(&doubts));
                scope.spawn(move || {
                    for number in 0.. {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        let batch = batch(round, client, number);
                        match send(server, asking, &batch) {
                            201 => acks.lock().unwrap().push(batch),
                            0 => {
                                doubts.lock().unwrap().push(batch);
                                return;
                            }
                            status => panic!("{} was answered {status}", batch.key),
                        }
                    }
                });
            }
            std::thread::sleep(pause);
            let process = server.process().to_string();
            let killed = std::process::Command::new("kill").args(["-KILL", &process]).status();
            stop.store(true, Ordering::Relaxed);
            killed
        });
        assert!(ended.unwrap().success());
        drop(server);

        let again = product.serve();
        let acks = acks.lock().unwrap().clone();
        for batch in &acks {
            assert_eq!(present(&again, &asking, batch), FEATURES, "{} was acknowledged", batch.key);
        }
        for batch in doubts.lock().unwrap().iter() {
            let found = present(&again, &asking, batch);
            assert!(found == 0 || found == FEATURES, "{} is there in part: {found}", batch.key);
            let status = send(&again, &asking, batch);
            assert_eq!(status, if found == 0 { 201 } else { 200 }, "{} sent again", batch.key);
            assert_eq!(present(&again, &asking, batch), FEATURES);
        }
        acknowledged.extend(acks);
        acknowledged.extend(doubts.lock().unwrap().iter().cloned());
        assert!(again.stop());
    }
    assert!(acknowledged.len() > rounds, "the clients got something done");
    let server = product.serve();
    let document = server.ask("/programmes/kh/collections/hazardous-areas", &asking).json();
    assert_eq!(document["itemCount"], acknowledged.len() * FEATURES);
    let first = &acknowledged[0].key;
    let release =
        clearance("LR-1", &format!("{first}-0"), "2018-01-01", &square(103.0, 13.0, 60.0));
    let path = "/programmes/kh/submissions?collection=land-releases";
    assert_eq!(server.post(path, &asking, collection(&[release]).as_bytes()).status, 201);
    assert!(server.stop());
    product.run(&["doctor"]);
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed_on_sqlite() {
    survives(&Product::on_sqlite(), 6);
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed_on_postgresql() {
    if let Some(database) = tests::postgres::new_database() {
        survives(&Product::on(database), 3);
    }
}
