//! The tables, as both databases have them; `crates/store/tests/catalogue.rs` holds this against
//! the migrated databases. What each column means is told by the comments in
//! `migrations/postgresql`.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::sql_types::{InstantSql, JsonSql};
    programmes (code) {
        code -> Text,
        revision -> BigInt,
        document_revision -> BigInt,
        regions_revision -> BigInt,
        document -> JsonSql,
        created_at -> InstantSql,
        changed_at -> InstantSql,
    }
}

table! {
    use diesel::sql_types::{BigInt, Bool, Date, Double, Integer, Nullable, Text};
    use crate::sql_types::UuidSql;
    records (programme, id) {
        programme -> Text,
        id -> UuidSql,
        collection -> Text,
        local_id -> Text,
        local_id_key -> Text,
        version -> Integer,
        revision -> BigInt,
        state -> Text,
        effective_on -> Date,
        organisation -> Nullable<Text>,
        located -> Bool,
        west -> Nullable<Double>,
        south -> Nullable<Double>,
        east -> Nullable<Double>,
        north -> Nullable<Double>,
        area_m2 -> Nullable<Double>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::{InstantSql, JsonSql, UuidSql};
    submissions (programme, id) {
        programme -> Text,
        id -> UuidSql,
        collection -> Text,
        actor -> Text,
        received_at -> InstantSql,
        idempotency_key -> Nullable<Text>,
        body_sha256 -> Binary,
        body_bytes -> BigInt,
        options -> Text,
        on_error -> Text,
        status -> Text,
        decided_at -> Nullable<InstantSql>,
        revision -> Nullable<BigInt>,
        receipt -> Nullable<JsonSql>,
    }
}

table! {
    use diesel::sql_types::{Binary, Integer, Text};
    use crate::sql_types::UuidSql;
    submission_bodies (programme, submission_id, chunk_no) {
        programme -> Text,
        submission_id -> UuidSql,
        chunk_no -> Integer,
        encoding -> Text,
        bytes -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::sql_types::{JsonSql, UuidSql};
    findings (programme, submission_id, seq) {
        programme -> Text,
        submission_id -> UuidSql,
        seq -> Integer,
        feature_index -> Nullable<BigInt>,
        rule -> Text,
        severity -> Text,
        document -> JsonSql,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Date, Double, Integer, Nullable, Text};
    use crate::sql_types::{InstantSql, JsonSql, UuidSql};
    record_versions (programme, id, version) {
        programme -> Text,
        id -> UuidSql,
        version -> Integer,
        collection -> Text,
        local_id -> Text,
        revision -> BigInt,
        submission_id -> Nullable<UuidSql>,
        state -> Text,
        reason -> Nullable<Text>,
        effective_on -> Date,
        recorded_at -> InstantSql,
        recorded_by -> Text,
        organisation -> Nullable<Text>,
        geometry -> Nullable<Binary>,
        caution -> Nullable<Binary>,
        raw_geometry -> Nullable<Text>,
        properties -> JsonSql,
        content_sha256 -> Binary,
        west -> Nullable<Double>,
        south -> Nullable<Double>,
        east -> Nullable<Double>,
        north -> Nullable<Double>,
        area_m2 -> Nullable<Double>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Double, Nullable, Text};
    use crate::sql_types::{InstantSql, UuidSql};
    changes (programme, revision) {
        programme -> Text,
        revision -> BigInt,
        operation -> Text,
        submission_id -> Nullable<UuidSql>,
        record_count -> BigInt,
        west -> Nullable<Double>,
        south -> Nullable<Double>,
        east -> Nullable<Double>,
        north -> Nullable<Double>,
        clusters_gone -> Binary,
        recorded_at -> InstantSql,
        actor -> Text,
        collection -> Nullable<Text>,
    }
}

table! {
    use diesel::sql_types::{BigInt, SmallInt, Text};
    use crate::sql_types::UuidSql;
    ledger_records (programme, record_id) {
        programme -> Text,
        record_id -> UuidSql,
        cluster_id -> UuidSql,
        box_class -> SmallInt,
        min_x -> BigInt,
        min_y -> BigInt,
        max_x -> BigInt,
        max_y -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Double, Integer, Nullable, Text};
    use crate::sql_types::{JsonSql, UuidSql};
    parcels (programme, cluster_id, parcel_no) {
        programme -> Text,
        cluster_id -> UuidSql,
        parcel_no -> Integer,
        revision -> BigInt,
        region_id -> Nullable<UuidSql>,
        doubled_area -> BigInt,
        area_m2 -> Double,
        min_x -> BigInt,
        min_y -> BigInt,
        max_x -> BigInt,
        max_y -> BigInt,
        shape -> Binary,
        history -> JsonSql,
    }
}

table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::sql_types::{InstantSql, UuidSql};
    tokens (id) {
        id -> UuidSql,
        name -> Text,
        secret_sha256 -> Binary,
        created_at -> InstantSql,
        expires_at -> Nullable<InstantSql>,
        revoked_at -> Nullable<InstantSql>,
    }
}

table! {
    use diesel::sql_types::Text;
    use crate::sql_types::UuidSql;
    grants (programme, token_id) {
        programme -> Text,
        token_id -> UuidSql,
        role -> Text,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::InstantSql;
    audit (programme, seq) {
        programme -> Text,
        seq -> BigInt,
        at -> InstantSql,
        actor -> Text,
        operation -> Text,
        subject -> Text,
        revision -> Nullable<BigInt>,
        detail -> Text,
        prev_hash -> Binary,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    audit_heads (programme) {
        programme -> Text,
        seq -> BigInt,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::sql_types::{InstantSql, JsonSql, UuidSql};
    report_snapshots (programme, id) {
        programme -> Text,
        id -> UuidSql,
        title -> Text,
        kind -> Text,
        revision -> BigInt,
        parameters -> JsonSql,
        document -> Text,
        document_sha256 -> Binary,
        frozen_at -> InstantSql,
        frozen_by -> Text,
    }
}

table! {
    use diesel::sql_types::{BigInt, Double, Nullable, Text};
    use crate::sql_types::{InstantSql, JsonSql, UuidSql};
    webhooks (programme, id) {
        programme -> Text,
        id -> UuidSql,
        address -> Text,
        collections -> JsonSql,
        west -> Nullable<Double>,
        south -> Nullable<Double>,
        east -> Nullable<Double>,
        north -> Nullable<Double>,
        secret -> Text,
        owner -> Text,
        created_at -> InstantSql,
        status -> Text,
        reason -> Nullable<Text>,
        told_revision -> BigInt,
        pending_revision -> Nullable<BigInt>,
        failures -> BigInt,
        failing_since -> Nullable<InstantSql>,
        next_try_at -> InstantSql,
        claimed_until -> Nullable<InstantSql>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::sql_types::{InstantSql, UuidSql};
    webhook_deliveries (programme, webhook_id, attempt_id) {
        programme -> Text,
        webhook_id -> UuidSql,
        attempt_id -> UuidSql,
        message -> Text,
        attempt -> BigInt,
        change_count -> BigInt,
        at -> InstantSql,
        duration_ms -> BigInt,
        http_status -> Nullable<Integer>,
        fault -> Nullable<Text>,
    }
}

allow_tables_to_appear_in_same_query!(records, record_versions, ledger_records);
allow_tables_to_appear_in_same_query!(tokens, grants);
