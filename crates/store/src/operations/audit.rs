//! Reading and verifying the audit.

use crate::audit::{AuditLine, AuditVerdict};
use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Recomputes a whole audit chain: of a programme, or [`crate::SERVER_AUDIT`].
    ///
    /// # Errors
    /// When the database cannot be asked; a broken chain is a verdict, no error.
    pub fn audit_verify(&self, chain: &str) -> Result<AuditVerdict, StoreError> {
        self.read("audit_verify", |tx| tx.audit_verify(chain))
    }

    /// The seal of a programme's first line of audit: told to nobody, the same for ever, and for
    /// every server of one database.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such programme.
    pub fn audit_root(&self, programme: &str) -> Result<Vec<u8>, StoreError> {
        self.read("audit_root", |tx| {
            let found = tx.audit_root(programme)?;
            found.ok_or_else(|| {
                StoreError::NotFound { kind: "programme", id: programme.to_owned() }.into()
            })
        })
    }

    /// Lines of an audit chain after position `after`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn audit_lines(
        &self,
        chain: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        self.read("audit_lines", |tx| tx.audit_lines(chain, after, limit))
    }
}
