//! One report from its question to the document that is frozen, whoever asks, and back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use store::{NewReport, ReportHead, StoredReport};
use view::Snapshot;

use crate::clocks::AsOf;
use crate::problem::{INVALID_BODY, Problem};
use crate::query::{Parameters, invalid};
use crate::submission::hexadecimal;
use crate::{balance, progress};

/// A document larger than this is no report but a data set.
const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// A title fits on a cover.
pub const TITLE_LENGTH_MAX: usize = 200;

/// What kind of figures a report holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// What was identified, cancelled, reduced and cleared, and what remains.
    Progress,
    /// The account of a period: opening, what changed, closing.
    Balance,
}

impl ReportKind {
    /// Every kind, with the word for it.
    pub const ALL: &[(&'static str, Self)] =
        &[("progress", Self::Progress), ("balance", Self::Balance)];

    /// Reads the word for a kind.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// The parameters that say which figures, `as_of` left out.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Progress => progress::PARAMETERS,
            Self::Balance => balance::PARAMETERS,
        }
    }

    /// Writes out what is meant where nothing is said, so that a later default changes no report.
    fn complete(self, parameters: &mut BTreeMap<String, String>) {
        match self {
            Self::Progress | Self::Balance => {
                let group_by = || progress::GROUP_BY_DEFAULT.to_owned();
                parameters.entry("group_by".to_owned()).or_insert_with(group_by);
            }
        }
    }

    fn document(self, picture: &Snapshot, parameters: &Parameters) -> Result<Value, Problem> {
        match self {
            Self::Progress => progress::answer(picture, parameters).map(|(_, document)| document),
            Self::Balance => balance::answer(picture, parameters).map(|(_, document)| document),
        }
    }
}

/// What is to be frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRequest {
    /// What people call it.
    pub title: String,
    /// What kind of figures it holds.
    pub kind: ReportKind,
    /// Which figures, by the names of the query's parameters, `as_of` left out.
    pub parameters: BTreeMap<String, String>,
    /// What is to have been known; everything until now, if nothing is said.
    pub as_of: Option<AsOf>,
}

impl ReportRequest {
    /// Takes a request; `parameters` are those of the query in an address.
    ///
    /// # Errors
    /// `invalid-body`, `unknown-parameter`, `invalid-parameter`.
    pub fn new(
        title: &str,
        kind: &str,
        mut parameters: BTreeMap<String, String>,
    ) -> Result<Self, Problem> {
        let title = title.trim().to_owned();
        if title.is_empty() || title.chars().count() > TITLE_LENGTH_MAX || title.contains('\0') {
            let detail =
                format!("\"title\": give the report a name of 1 to {TITLE_LENGTH_MAX} characters");
            return Err(Problem::new(INVALID_BODY, detail));
        }
        let kind = ReportKind::parse(kind).ok_or_else(|| {
            let words: Vec<&str> = ReportKind::ALL.iter().map(|(word, _)| *word).collect();
            Problem::new(INVALID_BODY, format!("\"kind\" is one of: {}", words.join(", ")))
        })?;
        let as_of = parameters.remove("as_of").map(|text| AsOf::parse(&text)).transpose()?;
        kind.complete(&mut parameters);
        Parameters::of(parameters.clone(), kind.parameters())?;
        Ok(Self { title, kind, parameters, as_of })
    }

    /// Reads a request: a JSON object with `title`, `kind` (by default `progress`) and
    /// `parameters`, an object of texts and numbers.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let refuse = |detail: &str| Problem::new(INVALID_BODY, detail);
        let body: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| {
            refuse("send a JSON object: { \"title\": …, \"kind\": \"progress\", \"parameters\": { … } }")
                .caused_by(error)
        })?;
        if let Some(name) =
            body.keys().find(|name| !["title", "kind", "parameters"].contains(&name.as_str()))
        {
            return Err(refuse(&format!(
                "\"{name}\" is not known; known are: title, kind, parameters"
            )));
        }
        let text = |name: &str| match body.get(name) {
            None => Ok(""),
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(_) => Err(refuse(&format!("\"{name}\" is a text"))),
        };
        let kind = Some(text("kind")?).filter(|kind| !kind.is_empty());
        let parameters = match body.get("parameters") {
            None => BTreeMap::new(),
            Some(Value::Object(parameters)) => texts(parameters)?,
            Some(_) => return Err(refuse("\"parameters\" is an object")),
        };
        Self::new(text("title")?, kind.unwrap_or(ReportKind::Progress.word()), parameters)
    }

    /// Makes the document from a picture of the programme.
    ///
    /// # Errors
    /// `invalid-parameter`.
    pub fn document(&self, picture: &Snapshot) -> Result<String, Problem> {
        let parameters = Parameters::of(self.parameters.clone(), self.kind.parameters())?;
        let document = self.kind.document(picture, &parameters)?.to_string();
        if document.len() > DOCUMENT_BYTES_MAX {
            let reason =
                format!("the report has more than {DOCUMENT_BYTES_MAX} bytes; ask for fewer rows");
            return Err(invalid("group_by", &reason));
        }
        Ok(document)
    }

    /// The parameters as they are stored.
    pub fn stored_parameters(&self) -> Map<String, Value> {
        self.parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
    }

    /// What is to be stored.
    pub fn frozen<'a>(
        &'a self,
        programme: &'a str,
        picture: &Snapshot,
        parameters: &'a Map<String, Value>,
        document: &'a str,
    ) -> NewReport<'a> {
        NewReport {
            programme,
            title: &self.title,
            kind: self.kind.word(),
            revision: picture.revision(),
            parameters,
            document,
            document_sha256: Sha256::digest(document.as_bytes()).into(),
        }
    }
}

fn texts(parameters: &Map<String, Value>) -> Result<BTreeMap<String, String>, Problem> {
    let text = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        Value::Number(number) => Ok((name.clone(), number.to_string())),
        _ => Err(invalid(name, "give a text or a number, as in an address")),
    };
    parameters.iter().map(text).collect()
}

/// What is wrong with a frozen report, if anything: its document is not the one that was hashed, or
/// `picture`, the programme as known at the report's revision, gives another.
pub fn fault(report: &StoredReport, picture: &Snapshot) -> Option<String> {
    let digest = |document: &str| Sha256::digest(document.as_bytes()).to_vec();
    if digest(&report.document) != report.head.document_sha256 {
        return Some("its document is not the one that was frozen".to_owned());
    }
    let ReportHead { kind, parameters, title, .. } = &report.head;
    let again = texts(parameters)
        .and_then(|parameters| ReportRequest::new(title, kind, parameters))
        .and_then(|request| request.document(picture));
    match again {
        Err(problem) => Some(format!("it cannot be made again: {problem}")),
        Ok(again) if digest(&again) != report.head.document_sha256 => {
            let revision = report.head.revision;
            Some(format!("made again as of revision {revision} it has other figures"))
        }
        Ok(_) => None,
    }
}

/// What is told about a frozen report of the programme at `root`; who froze it is told to members only.
pub fn head_document(root: &str, head: &ReportHead, with_people: bool) -> Value {
    let mut document = json!({
        "report": head.id,
        "title": head.title,
        "kind": head.kind,
        "revision": head.revision,
        "parameters": head.parameters,
        "sha256": hexadecimal(&head.document_sha256),
        "frozen_at": head.frozen_at,
        "links": [{
            "rel": "item",
            "type": "application/json",
            "href": format!("{root}/reports/{}", head.id),
        }],
    });
    if with_people {
        document["frozen_by"] = json!(head.frozen_by);
    }
    document
}
