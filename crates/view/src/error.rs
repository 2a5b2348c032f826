//! Why a view does not take what it is given.

use survey::StoredRecord;

/// Changes that a view cannot take; it stays as it was and is to be loaded anew.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ApplyError {
    /// Nothing has been loaded yet.
    #[error("nothing has been loaded yet")]
    NotLoaded,
    /// The changes do not begin where the view ends.
    #[error("the view shows revision {shown} and the changes begin behind {after}")]
    Gap {
        /// The revision the view shows.
        shown: u64,
        /// The revision the changes connect to.
        after: u64,
    },
    /// The ledger would say of a changed record what is no longer so.
    #[error("the changes leave out parcels of a changed record")]
    Incomplete,
    /// A record or a parcel that cannot be understood.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
}

/// Something in the store that cannot be understood.
///
/// It stops its programme: a record that is left out could be a hazard that is not told.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} cannot be understood: {reason}")]
pub struct Corrupt {
    /// The record or parcel.
    pub what: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Corrupt {
    pub(crate) fn of(record: &StoredRecord, reason: impl Into<String>) -> Self {
        let what = format!("{} {} version {}", record.collection, record.id, record.version);
        Self { what, reason: reason.into() }
    }

    pub(crate) fn of_parcel(cluster: crate::ClusterKey, reason: impl Into<String>) -> Self {
        Self { what: format!("a parcel of cluster {cluster}"), reason: reason.into() }
    }
}

/// A region that is asked for and not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no region {local_id:?}")]
pub struct UnknownRegion {
    /// The local identifier asked for.
    pub local_id: String,
}
