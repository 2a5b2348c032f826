//! Tokens: issued once, stored hashed, revoked for good.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use store::{NewToken, StoreError};
use survey::access::Role;

use crate::builders::{add_kh, by, noon};
use crate::databases::{TestDatabase, on_both};

on_both!(
    a_secret_tells_who_presents_it,
    a_token_ends_when_it_expires_or_is_revoked,
    secrets_are_not_stored,
    a_grant_needs_a_programme_that_exists,
);

fn token(name: &str) -> NewToken {
    let roles = BTreeMap::from([("KH".to_owned(), Role::Contributor)]);
    NewToken { name: name.into(), expires_at: None, roles }
}

fn a_secret_tells_who_presents_it(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let issued = store.token_issue(&by("setup"), &token("laptop")).unwrap();
    let actor = store.token_actor(&issued.secret, noon()).unwrap().unwrap();
    assert_eq!((actor.id, actor.name.as_str()), (issued.id, "laptop"));
    assert_eq!(actor.roles, token("laptop").roles);
    assert_eq!(store.token_actor("sg_wrong", noon()).unwrap(), None);
    assert_eq!(store.token_actor("", noon()).unwrap(), None);
    let again = store.token_issue(&by("setup"), &token("laptop"));
    assert!(matches!(again, Err(StoreError::Exists { kind: "token", .. })), "{again:?}");
    assert_eq!(store.tokens().unwrap().len(), 1);
}

fn a_token_ends_when_it_expires_or_is_revoked(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let hour = TimeDelta::hours(1);
    let short = NewToken { expires_at: Some(noon() + hour), ..token("short") };
    let issued = store.token_issue(&by("setup"), &short).unwrap();
    assert!(store.token_actor(&issued.secret, noon()).unwrap().is_some());
    assert_eq!(store.token_actor(&issued.secret, noon() + hour).unwrap(), None);

    let issued = store.token_issue(&by("setup"), &token("laptop")).unwrap();
    store.token_revoke(&by("setup"), issued.id).unwrap();
    assert_eq!(store.token_actor(&issued.secret, noon()).unwrap(), None);
    let again = store.token_revoke(&by("setup"), issued.id);
    assert!(matches!(again, Err(StoreError::NotFound { kind: "token", .. })), "{again:?}");
}

fn secrets_are_not_stored(database: &TestDatabase) {
    let store = &database.store;
    add_kh(store);
    let issued = store.token_issue(&by("setup"), &token("laptop")).unwrap();
    assert!(!format!("{issued:?}").contains(&issued.secret));
    assert_eq!(issued.secret.len(), 3 + 64);
    let everything =
        database.texts("SELECT detail AS answer FROM audit UNION ALL SELECT name FROM tokens");
    assert_eq!(database.count("tokens WHERE length(secret_sha256) = 32"), 1);
    assert!(everything.iter().all(|text| !text.contains(&issued.secret)));
}

fn a_grant_needs_a_programme_that_exists(database: &TestDatabase) {
    let refused = database.store.token_issue(&by("setup"), &token("laptop"));
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert!(database.store.tokens().unwrap().is_empty());
}
