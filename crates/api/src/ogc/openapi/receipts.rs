//! What is answered to whoever sends, edits, freezes or follows, and what was recorded, by name.

use serde_json::{Value, json};

use super::answers::Schemas;
use super::vocabulary::{
    bbox, count, day, flag, id, instant, links, list, named, number, object, or_null, text, values,
};

/// The schemas of receipts, versions, changes, reports, webhooks and layers.
pub fn schemas() -> Schemas {
    [histories(), submissions(), news(), webhooks(), layers()].concat()
}

fn histories() -> Schemas {
    let sent = or_null(object(
        &["id", "href"],
        json!({ "id": id(), "received_at": instant(), "status": text(), "href": text(), "actor": text() }),
    ));
    let members = json!({
        "version": count(),
        "revision": count(),
        "state": text(),
        "reason": or_null(text()),
        "effective_on": day(),
        "recorded_at": instant(),
        "recorded_by": text(),
        "area_m2": or_null(number()),
        "located": flag(),
        "submission": sent,
        "href": text(),
        "compare_href": text(),
    });
    let version = object(&["version", "revision", "state", "effective_on", "recorded_at"], members);
    let versions = object(
        &["id", "versions", "links"],
        json!({ "id": id(), "versions": list(named("version")), "links": links() }),
    );
    let comparison = object(
        &["id", "collection", "from", "to", "changed", "properties", "geometry", "links"],
        json!({
            "id": id(),
            "collection": text(),
            "from": named("version"),
            "to": named("version"),
            "changed": list(text()),
            "properties": list(object(&["name", "change"], json!({ "name": text(), "change": text() }))),
            "geometry": object(&["changed"], json!({ "changed": flag() })),
            "links": links(),
        }),
    );
    vec![
        ("version", version),
        ("versions", versions),
        ("comparison", comparison),
        (
            "written",
            object(&["version", "revision"], json!({ "version": count(), "revision": count() })),
        ),
    ]
}

fn submissions() -> Schemas {
    let sent = json!({
        "submission": id(),
        "collection": text(),
        "actor": text(),
        "received_at": instant(),
        "status": text(),
        "bytes": count(),
        "sha256": text(),
        "revision": or_null(count()),
    });
    let required = ["submission", "collection", "status", "received_at"];
    let unreadable = object(
        &["code", "message"],
        json!({ "code": text(), "message": text(), "byte_offset": count(), "line": count() }),
    );
    let applied = object(
        &["revision", "created", "updated", "unchanged"],
        json!({ "revision": count(), "created": count(), "updated": count(), "unchanged": count() }),
    );
    let would_write = object(
        &["created", "updated", "unchanged"],
        json!({ "created": count(), "updated": count(), "unchanged": count() }),
    );
    let answered = json!({
        "submission": or_null(id()),
        "outcome": text(),
        "programme": text(),
        "collection": text(),
        "on_error": text(),
        "sha256": text(),
        "bytes": count(),
        "features": features_counted(),
        "unreadable": or_null(unreadable),
        "applied": or_null(applied),
        "would_write": would_write,
        "findings": list(finding()),
    });
    let options = json!({
        "idempotency_key": or_null(text()),
        "accept_repairs": flag(),
        "layer": or_null(text()),
    });
    let kept = object(&required, merged([&answered, &options, &sent]));
    let listed = object(&required, sent);
    let receipt = object(
        &["submission", "outcome", "programme", "collection", "features", "findings"],
        answered,
    );
    vec![
        ("submissions", object(&["submissions"], json!({ "submissions": list(listed) }))),
        ("receipt", receipt),
        ("keptReceipt", kept),
    ]
}

/// Something that was found in what was sent.
fn finding() -> Value {
    object(
        &["rule", "severity", "pointer", "message"],
        json!({
            "rule": text(),
            "severity": { "type": "string", "enum": ["error", "warning", "info"] },
            "index": count(),
            "feature": text(),
            "pointer": text(),
            "message": text(),
            "at": list(number()),
            "arguments": { "type": "object", "additionalProperties": text() },
        }),
    )
}

/// The members of several objects; those of a later one count.
fn merged(objects: [&Value; 3]) -> Value {
    objects
        .into_iter()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(name, of)| (name.clone(), of.clone()))
        .collect()
}

/// How many features a submission held, and what was found about them.
fn features_counted() -> Value {
    object(
        &["received", "accepted", "with_errors", "with_warnings"],
        json!({
            "received": count(),
            "accepted": count(),
            "with_errors": count(),
            "with_warnings": count(),
            "unlocated": count(),
            "findings_by_rule": { "type": "object", "additionalProperties": count() },
            "findings_omitted": count(),
            "left_out": list(count()),
        }),
    )
}

fn news() -> Schemas {
    let change = object(
        &["revision", "operation", "record_count", "recorded_at"],
        json!({
            "revision": count(),
            "operation": text(),
            "submission": or_null(id()),
            "collection": or_null(text()),
            "record_count": count(),
            "bbox": or_null(bbox()),
            "recorded_at": instant(),
            "actor": text(),
        }),
    );
    let report = object(
        &["report", "title", "kind", "revision", "parameters", "sha256", "frozen_at", "links"],
        json!({
            "report": id(),
            "title": text(),
            "kind": text(),
            "revision": count(),
            "parameters": { "type": "object", "additionalProperties": text() },
            "sha256": text(),
            "frozen_at": instant(),
            "frozen_by": text(),
            "links": links(),
        }),
    );
    vec![
        ("event", object(&[], json!({ "id": text(), "event": text(), "data": text() }))),
        ("changes", object(&["changes"], json!({ "changes": list(change) }))),
        ("report", report),
        ("reports", object(&["reports"], json!({ "reports": list(named("report")) }))),
    ]
}

fn webhooks() -> Schemas {
    let delivery = object(
        &["message", "attempt", "at"],
        json!({
            "message": text(),
            "attempt": count(),
            "change_count": count(),
            "at": instant(),
            "duration_ms": count(),
            "http_status": or_null(count()),
            "fault": or_null(text()),
        }),
    );
    let webhook = object(
        &["id", "address", "collections", "status", "told_revision", "href"],
        json!({
            "id": id(),
            "address": text(),
            "collections": list(text()),
            "bbox": or_null(bbox()),
            "owner": text(),
            "created_at": instant(),
            "status": { "type": "string", "enum": ["active", "paused", "disabled"] },
            "finding": or_null(text()),
            "told_revision": count(),
            "failures": count(),
            "failing_since": or_null(instant()),
            "next_try_at": or_null(instant()),
            "secret": text(),
            "deliveries": list(named("delivery")),
            "href": text(),
        }),
    );
    vec![
        ("delivery", delivery),
        ("webhook", webhook),
        ("webhooks", object(&["webhooks"], json!({ "webhooks": list(named("webhook")) }))),
    ]
}

fn layers() -> Schemas {
    let inferred = object(
        &["definition", "features", "faults"],
        json!({
            "definition": named("layer"),
            "features": count(),
            "may_be_listed": list(values()),
            "left_out": list(text()),
            "faults": list(values()),
        }),
    );
    let made = object(
        &["definition", "revision"],
        json!({ "definition": named("layer"), "revision": count() }),
    );
    vec![
        ("inferredLayer", inferred),
        ("madeLayer", made),
        ("removedLayer", object(&["revision"], json!({ "revision": count() }))),
        ("text", text()),
        ("file", json!({ "type": "string", "format": "binary" })),
    ]
}
