//! Adding and changing programmes.

use serde_json::json;
use survey::Programme;

use crate::audit::Line;
use crate::changes::Told;
use crate::error::{StoreError, TxResult};
use crate::programmes::{Advanced, ProgrammeRow, StoredProgramme, document};
use crate::sql_types::Instant;
use crate::store::{By, Revision, Store};

impl Store {
    /// Adds a programme.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when its code is taken; [`StoreError::Conflict`] when the code is not
    /// 1 to 32 letters, digits and hyphens.
    pub fn programme_add(&self, by: &By, programme: &Programme) -> Result<Revision, StoreError> {
        const FIRST: Revision = 1;
        let code = &programme.code;
        let added = self.write("programme_add", |tx| {
            let at = Instant::at(by.at);
            tx.programme_insert(&ProgrammeRow {
                code: code.clone(),
                revision: FIRST.cast_signed(),
                document_revision: FIRST.cast_signed(),
                regions_revision: 0,
                document: document(programme)?,
                created_at: at,
                changed_at: at,
            })?;
            let advanced =
                Advanced { code: code.clone(), revision: FIRST, regions_revision: 0, at };
            tx.layer_views_follow(programme)?;
            tx.change_append(&advanced, "programme_add", by, &Told::default())?;
            tx.audit_begin(code)?;
            tx.audit_append(by, line(&advanced, "programme_add", programme))
        });
        match added {
            Ok(()) => Ok(FIRST),
            Err(StoreError::Conflict { constraint }) if constraint == "programmes_pkey" => {
                Err(StoreError::Exists { kind: "programme", id: code.clone() })
            }
            Err(error) => Err(error),
        }
    }

    /// Changes the settings of a programme.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn programme_update(&self, by: &By, programme: &Programme) -> Result<Revision, StoreError> {
        self.write("programme_update", |tx| {
            let advanced = tx.programme_advance(&programme.code, by)?;
            tx.programme_set_document(&advanced, &document(programme)?)?;
            tx.layer_views_follow(programme)?;
            tx.change_append(&advanced, "programme_update", by, &Told::default())?;
            tx.audit_append(by, line(&advanced, "programme_update", programme))?;
            Ok(advanced.revision)
        })
    }

    /// A programme by its code.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn programme(&self, code: &str) -> Result<StoredProgramme, StoreError> {
        self.read("programme", |tx| tx.programme(code)?.decode())
    }

    /// All programmes, by code.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when settings cannot be read.
    pub fn programmes(&self) -> Result<Vec<StoredProgramme>, StoreError> {
        self.read("programmes", |tx| {
            tx.programmes()?.into_iter().map(ProgrammeRow::decode).collect::<TxResult<_>>()
        })
    }
}

fn line<'a>(advanced: &'a Advanced, operation: &'static str, programme: &Programme) -> Line<'a> {
    Line {
        chain: &advanced.code,
        at: advanced.at,
        operation,
        subject: format!("programme {}", advanced.code),
        revision: Some(advanced.revision),
        detail: json!({ "programme": programme }),
    }
}
