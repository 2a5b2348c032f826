//! Other systems are told of changes, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tests::land::{collection, hazardous_area, region, square};
use tests::receiving::{Received, Receiver};
use tests::running::{Answer, Asking, Product, Server};

const KH: &str = "/programmes/kh";
const WEBHOOKS: &str = "/programmes/kh/webhooks";
const OPEN: [(&str, &str); 1] = [("SAFEGROUND_WEBHOOK_PRIVATE_ADDRESSES", "true")];

struct Scene {
    product: Product,
    manager: Asking,
    contributor: Asking,
}

impl Scene {
    fn on(product: Product) -> (Self, Server) {
        product.run(&["programme", "add", "kh", "--name", "Cambodia"]);
        let manager = Asking::with_token(&product.token("kh", "manager"));
        let contributor = Asking::with_token(&product.token("kh", "contributor"));
        let server = product.serve_with(&OPEN);
        (Self { product, manager, contributor }, server)
    }

    fn new() -> (Self, Server) {
        Self::on(Product::on_sqlite())
    }

    fn add(&self, server: &Server, document: &Value) -> Answer {
        server.post(WEBHOOKS, &self.manager, document.to_string().as_bytes())
    }

    /// A webhook for everything; gives its path and its secret.
    fn webhook(&self, server: &Server, receiver: &Receiver) -> (String, String) {
        let answer = self.add(server, &json!({ "address": receiver.url() }));
        assert_eq!(answer.status, 201, "{}", answer.json());
        let secret = answer.json()["secret"].as_str().unwrap().to_owned();
        (answer.header("location").unwrap().to_owned(), secret)
    }

    /// Sends an area, and gives the revision it made.
    fn send(&self, server: &Server, number: u32) -> u64 {
        let place = square(103.0 + f64::from(number) * 0.1, 13.5, 100.0);
        let area = hazardous_area(&format!("HA-{number}"), "2016-03-01", &place);
        self.apply(server, "hazardous-areas", &area)
    }

    fn apply(&self, server: &Server, name: &str, feature: &Value) -> u64 {
        let path = format!("{KH}/submissions?collection={name}");
        let body = collection(std::slice::from_ref(feature));
        let answer = server.post(&path, &self.contributor, body.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.json());
        server.ask(KH, &self.contributor).json()["revision"].as_u64().unwrap()
    }

    fn set(&self, server: &Server, path: &str, status: &str) -> Answer {
        server.patch(path, &self.manager, json!({ "status": status }).to_string().as_bytes())
    }

    /// Waits until the webhook has this status.
    fn wait_for(&self, server: &Server, path: &str, status: &str) -> Value {
        for _ in 0..600 {
            let found = server.ask(path, &self.manager).json();
            if found["status"] == status {
                return found;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        unreachable!("{path} does not become {status}")
    }
}

/// Checks a signature as a receiver does that knows the specification and not this server.
fn is_signed(message: &Received, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let (id, at) = (message.header("webhook-id"), message.header("webhook-timestamp"));
    mac.update(format!("{id}.{at}.{}", message.body).as_bytes());
    let given = message.header("webhook-signature").strip_prefix("v1,").unwrap();
    mac.verify_slice(&STANDARD.decode(given).unwrap()).is_ok()
}

#[test]
fn a_receiver_is_told_of_changes_in_order_and_can_check_who_tells_it() {
    let (scene, server) = Scene::new();
    let receiver = Receiver::answering(204);
    let (path, secret) = scene.webhook(&server, &receiver);
    let made: Vec<u64> = (1..5).map(|number| scene.send(&server, number)).collect();
    receiver.wait_for(made[3]);
    assert_eq!(receiver.told(), made);
    let messages = receiver.received();
    assert!(messages.iter().all(|message| is_signed(message, &secret)));
    assert!(!messages.iter().any(|message| is_signed(message, "whsec_AAAA")));
    let first = messages[0].json();
    assert_eq!(first["type"], "changes");
    assert_eq!(first["data"]["programme"], "kh");
    let change = &first["data"]["changes"][0];
    assert_eq!(change["collection"], "hazardous-areas");
    assert_eq!(change["actor"], "contributor of kh");
    assert_eq!(messages[0].header("content-type"), "application/json");
    let shown = server.ask(&path, &scene.manager).json();
    assert_eq!(shown["deliveries"][0]["http_status"], 204);
    assert!(shown.get("secret").is_none(), "{shown}");
    let listed = server.ask(WEBHOOKS, &scene.manager).json();
    assert!(!listed.to_string().contains(&secret));
}

#[test]
fn a_message_that_is_not_taken_is_sent_again_unchanged_and_the_next_ones_wait() {
    let (scene, server) = Scene::new();
    let receiver = Receiver::answering(500);
    let (path, secret) = scene.webhook(&server, &receiver);
    let first = scene.send(&server, 1);
    receiver.wait(|received| !received.is_empty());
    let second = scene.send(&server, 2);
    receiver.wait(|received| received.len() >= 2);
    let shown = server.ask(&path, &scene.manager).json();
    assert!(shown["failures"].as_u64().unwrap() >= 1, "{shown}");
    assert!(shown["next_try_at"].is_string() && shown["failing_since"].is_string(), "{shown}");
    receiver.answer(200);
    receiver.wait_for(second);
    assert_eq!(receiver.told(), [first, second]);
    let messages = receiver.received();
    let tries: Vec<&Received> = messages.iter().filter(|m| m.revisions() == [first]).collect();
    assert!(tries.len() >= 3, "{messages:?}");
    let (id, body) = (tries[0].header("webhook-id"), &tries[0].body);
    assert!(tries.iter().all(|one| one.header("webhook-id") == id && one.body == *body));
    assert!(tries.iter().all(|one| is_signed(one, &secret)));
    assert_eq!(server.ask(&path, &scene.manager).json()["failures"], 0);
}

fn misses_nothing(product: Product) {
    let (scene, server) = Scene::on(product);
    let receiver = Receiver::answering(200);
    scene.webhook(&server, &receiver);
    let mut made = vec![scene.send(&server, 1)];
    receiver.wait_for(made[0]);
    receiver.answer(500);
    made.extend((2..4).map(|number| scene.send(&server, number)));
    receiver.wait(|received| received.iter().any(|message| message.status == 500));
    server.kill();
    receiver.answer(200);
    let server = scene.product.serve_with(&OPEN);
    made.extend((4..6).map(|number| scene.send(&server, number)));
    receiver.wait_for(made[4]);
    let mut told = receiver.told();
    // Whoever was killed before it noted an answer sends the message again, never a later one first.
    told.dedup();
    assert_eq!(told, made);
    assert!(server.stop());
    scene.product.run(&["doctor"]);
}

#[test]
fn a_receiver_misses_nothing_when_the_server_is_killed_on_sqlite() {
    misses_nothing(Product::on_sqlite());
}

#[test]
fn a_receiver_misses_nothing_when_the_server_is_killed_on_postgresql() {
    if let Some(database) = tests::postgres::new_database() {
        misses_nothing(Product::on(database));
    }
}

#[test]
fn a_receiver_is_told_of_its_collections_and_area_only() {
    let (scene, server) = Scene::new();
    let (areas, near) = (Receiver::answering(200), Receiver::answering(200));
    let of_areas = json!({ "address": areas.url(), "collections": ["hazardous-areas"] });
    assert_eq!(scene.add(&server, &of_areas).status, 201);
    let of_place = json!({ "address": near.url(), "bbox": [103.15, 13.0, 103.25, 14.0] });
    assert_eq!(scene.add(&server, &of_place).status, 201);
    scene.apply(&server, "regions", &region("KH-1", "North", &square(103.0, 13.0, 5_000.0)));
    let made: Vec<u64> = (1..4).map(|number| scene.send(&server, number)).collect();
    areas.wait_for(made[2]);
    near.wait_for(made[1]);
    assert_eq!(areas.told(), made);
    assert_eq!(near.told(), [made[1]]);
}

#[test]
fn what_happens_in_a_pause_is_told_afterwards_and_the_past_when_asked_for() {
    let (scene, server) = Scene::new();
    let receiver = Receiver::answering(200);
    let (path, _) = scene.webhook(&server, &receiver);
    assert_eq!(scene.set(&server, &path, "paused").json()["status"], "paused");
    let made: Vec<u64> = (1..3).map(|number| scene.send(&server, number)).collect();
    let late = Receiver::answering(200);
    let since = json!({ "address": late.url(), "since": made[0] });
    assert_eq!(scene.add(&server, &since).status, 201);
    late.wait_for(made[1]);
    assert_eq!(late.told(), [made[1]]);
    assert!(receiver.received().is_empty());
    assert_eq!(scene.set(&server, &path, "active").status, 200);
    receiver.wait_for(made[1]);
    assert_eq!(receiver.told(), made);
    assert_eq!(server.delete(&path, &scene.manager).status, 204);
    assert_eq!(server.ask(&path, &scene.manager).status, 404);
}

#[test]
fn a_webhook_ends_with_the_token_it_was_made_with_until_another_manager_takes_it_over() {
    let (scene, server) = Scene::new();
    let receiver = Receiver::answering(200);
    let (path, _) = scene.webhook(&server, &receiver);
    let listed = scene.product.run(&["token", "list"]);
    let row = listed.lines().find(|line| line.contains("manager")).unwrap();
    scene.product.run(&["token", "revoke", row.split_whitespace().next().unwrap()]);
    let made = scene.send(&server, 1);
    let arguments = ["token", "add", "--name", "successor", "--programme", "kh", "--role=manager"];
    let manager = Asking::with_token(scene.product.run(&arguments).trim());
    let scene = Scene { manager, ..scene };
    let disabled = scene.wait_for(&server, &path, "disabled");
    assert!(disabled["finding"].as_str().unwrap().contains("manager of kh"), "{disabled}");
    assert!(receiver.received().is_empty());
    assert_eq!(scene.set(&server, &path, "active").json()["owner"], "successor");
    receiver.wait_for(made);
}

#[test]
fn a_receiver_that_is_gone_is_asked_no_more_and_redirects_are_not_followed() {
    let (scene, server) = Scene::new();
    let (gone, moved) = (Receiver::answering(410), Receiver::answering(302));
    let (path, _) = scene.webhook(&server, &gone);
    let (moved_path, _) = scene.webhook(&server, &moved);
    scene.send(&server, 1);
    let disabled = scene.wait_for(&server, &path, "disabled");
    assert!(disabled["finding"].as_str().unwrap().contains("410"), "{disabled}");
    moved.wait(|received| received.len() >= 2);
    let shown = server.ask(&moved_path, &scene.manager).json();
    assert!(shown["deliveries"][0]["fault"].as_str().unwrap().contains("redirects"), "{shown}");
    assert_eq!(gone.received().len(), 1);
}

#[test]
fn a_test_message_is_sent_at_once_and_its_answer_told() {
    let (scene, server) = Scene::new();
    let receiver = Receiver::answering(200);
    let (path, secret) = scene.webhook(&server, &receiver);
    let test = format!("{path}/test");
    let told = server.post(&test, &scene.manager, b"").json();
    assert_eq!((&told["http_status"], &told["fault"]), (&json!(200), &Value::Null), "{told}");
    let message = &receiver.received()[0];
    assert_eq!(message.json()["type"], "test");
    assert!(is_signed(message, &secret));
    receiver.answer(503);
    assert_eq!(server.post(&test, &scene.manager, b"").json()["fault"], "HTTP 503");
}

#[test]
fn only_managers_make_webhooks_and_only_to_where_they_may_lead() {
    let product = Product::on_sqlite();
    product.run(&["programme", "add", "kh", "--name", "Cambodia", "--public-read"]);
    let manager = Asking::with_token(&product.token("kh", "manager"));
    let reviewer = Asking::with_token(&product.token("kh", "reviewer"));
    let server = product.serve();
    let add = |asking: &Asking, document: Value| {
        server.post(WEBHOOKS, asking, document.to_string().as_bytes())
    };
    let good = json!({ "address": "https://example.org/hook" });
    assert_eq!(add(&reviewer, good.clone()).status, 403);
    assert_eq!(server.ask(WEBHOOKS, &reviewer).status, 403);
    assert_eq!(server.get(WEBHOOKS).status, 401);
    for address in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.0.1]/",
        "https://name:word@example.org/",
        "file:///etc/hosts",
    ] {
        let refused = add(&manager, json!({ "address": address }));
        assert_eq!((refused.status, refused.code().as_str()), (400, "invalid-body"), "{address}");
        assert_eq!(refused.json()["pointer"], "/address");
    }
    for document in [
        json!({}),
        json!({ "address": "https://example.org/", "colour": "red" }),
        json!({ "address": "https://example.org/", "secret": "short" }),
        json!({ "address": "https://example.org/", "bbox": [1, 2, 3, 200] }),
    ] {
        assert_eq!(add(&manager, document.clone()).status, 400, "{document}");
    }
    let unknown = json!({ "address": "https://example.org/", "collections": ["wells"] });
    assert_eq!(add(&manager, unknown).status, 404);
    // A name is looked up only when a message is sent, and judged then.
    let named = add(&manager, json!({ "address": "https://localhost:1/" }));
    assert_eq!(named.status, 201);
    let test = format!("{}/test", named.header("location").unwrap());
    let told = server.post(&test, &manager, b"").json();
    assert!(told["fault"].as_str().unwrap().contains("closed network"), "{told}");
}
