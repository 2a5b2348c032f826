//! Items of a collection: listings that are one consistent picture page by page, and one item.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use survey::access::Action;
use survey::{Collection, CollectionRef};
use view::{AHEAD, ItemsQuery, Record, Snapshot, Total};

use super::answer::{self, Form, GEOJSON, JSON, SCHEMA, cacheable, is_known, weak_tag};
use super::base::Base;
use super::choice::{Style, items_query};
use super::collections::{QUERYABLES, instant, link};
use super::cursor::{Cursor, Signer};
use super::downloads::{self, Download, Told};
use super::simplification::SIMPLIFIED;
use super::{feature, html, parameters as declared, precondition};
use crate::actor::Caller;
use crate::app::{App, Served};
use crate::clocks::{AsOf, Clocks};
use crate::export::{Exported, Records};
use crate::problem::{INVALID_CURSOR, Problem, WITHDRAWN};
use crate::programmes::collection;
use crate::query::Parameters;

/// Counting all items takes at most so long; beyond it `numberMatched` is left out.
const COUNTING_MAX: Duration = Duration::from_millis(200);

/// As [`COUNTING_MAX`] for files, whose first bytes are waited for.
const COUNTING_FOR_FILES_MAX: Duration = Duration::from_millis(30);

/// A listing as it was asked for.
struct Asked {
    query: ItemsQuery,
    style: Style,
    clocks: Clocks,
    form: Form,
    /// The file that is wanted instead of a page.
    download: Option<Download>,
    /// Every parameter that decides what is listed, as it stands in links.
    question: String,
    /// Every parameter of this page but its form, as it stands in links.
    here: String,
    /// Those among them that an item has too.
    of_item: String,
    cursor: Option<Cursor>,
}

impl Asked {
    fn read(
        served: &Served,
        request: &HttpRequest,
        collection: &Collection,
    ) -> Result<Self, Problem> {
        let parameters = Parameters::read(request, &declared::of_items(collection))?;
        let programme = served.programme();
        let mut query = items_query(&parameters, &programme, collection)?;
        let style = Style::read(&parameters, &programme, collection)?;
        let clocks = Clocks::read(&parameters)?;
        let question = parameters.in_address(|name| !APART.contains(&name));
        let here = parameters.in_address(|name| !ONLY_OF_FILES.contains(&name));
        let of_item =
            parameters.in_address(|name| name != "f" && declared::OF_ITEM.contains(&name));
        let signer = Signer::new(served, signed(&programme.code, &collection.name, &question));
        let cursor = parameters.text("cursor").map(|text| signer.read(text)).transpose()?;
        if let Some(cursor) = cursor {
            if query.offset > 0 {
                let detail = "a cursor and an offset both say where to go on; give one of them";
                return Err(Problem::new(INVALID_CURSOR, detail));
            }
            query.after = cursor.after;
            query.offset = usize::try_from(cursor.offset).unwrap_or(usize::MAX);
        }
        let download = Download::read(request, &parameters, &style)?;
        let form = match download {
            Some(_) => Form::Json,
            None => answer::form(request, parameters.text("f"), &[GEOJSON, JSON])?,
        };
        Ok(Self { query, style, clocks, form, download, question, here, of_item, cursor })
    }

    /// Links to all that match as files, of the same picture.
    fn files(&self, root: &str, revision: u64) -> Vec<Value> {
        let is_of_now = self.clocks.as_of.is_none();
        let as_of = if is_of_now { String::new() } else { format!("as_of={revision}&") };
        downloads::links("alternate", root, &format!("{as_of}{}", self.question))
    }

    /// The picture the listing is taken from: that of the first page, whatever was written since.
    async fn picture(
        &self,
        app: &Arc<App>,
        served: &Arc<Served>,
    ) -> Result<Arc<Snapshot>, Problem> {
        let mut clocks = self.clocks;
        if let Some(cursor) = self.cursor {
            clocks.as_of = Some(AsOf::Revision(cursor.revision));
        }
        app.picture_on(served, clocks).await
    }
}

/// Parameters that say which part of a listing is wanted, and in which form.
const APART: &[&str] = &["as_of", "cursor", "offset", "limit", "f", "bom", "geometry"];

/// Parameters of a page that say only how it is written.
const ONLY_OF_FILES: &[&str] = &["f", "bom", "geometry"];

fn signed(programme: &str, collection: &str, question: &str) -> String {
    format!("{programme}\n{collection}\n{question}")
}

/// What a page is made of besides its features.
struct Page {
    items: Vec<Arc<Record>>,
    matched: Option<u64>,
    next: Option<Cursor>,
}

/// How many items match in all, unless counting them takes longer.
fn matched(
    snapshot: &Snapshot,
    collection: &Collection,
    asked: &Asked,
    within: Duration,
) -> Option<u64> {
    if let Some(cursor) = asked.cursor {
        return cursor.matched;
    }
    let started = Instant::now();
    let go_on = || started.elapsed() < within;
    match snapshot.total(collection, &asked.query, &go_on) {
        Total::Exactly(count) => Some(count as u64),
        Total::Unknown => None,
    }
}

fn page(snapshot: &Snapshot, collection: &Collection, asked: &Asked) -> Page {
    let found = snapshot.items(collection, &asked.query);
    let is_whole = asked.cursor.is_none() && asked.query.offset == 0 && found.next.is_none();
    let matched = if is_whole {
        Some(found.items.len() as u64)
    } else {
        matched(snapshot, collection, asked, COUNTING_MAX)
    };
    let next = found.next.map(|last| {
        let by_id = asked.query.order.is_empty();
        let seen = (asked.query.offset + asked.query.limit) as u64;
        Cursor {
            revision: snapshot.revision(),
            after: by_id.then_some(last),
            offset: if by_id { 0 } else { seen },
            matched,
        }
    });
    Page { items: found.items, matched, next }
}

/// `GET …/collections/{collection}/items`: a page of items.
///
/// `bbox` matches exactly, not by bounding boxes. Records without any geometry match every box
/// (OGC API – Features 17-069r4, `/req/core/fc-bbox-response`). `effective` lists each record as it
/// was in the field at the end of a day, and none that was not there yet or was withdrawn by then;
/// `as_of` what was known at a revision or an instant. The pages that `next` leads to are of the
/// same picture as the first.
pub async fn list_items(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name) = path.into_inner();
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let collection = collection(&served.programme(), &name)?;
    let asked = Asked::read(&served, &request, &collection)?;
    let snapshot = asked.picture(&app, &served).await?;
    app.remember(&code, &snapshot);
    let base = Base::of(&app, &request);
    let root = format!("{}/items", base.collection(&code, &name));
    let revision = snapshot.revision().to_string();
    let form = match (asked.download, asked.form) {
        (Some(download), _) => download.format.word(),
        (None, Form::Html) => "html",
        (None, Form::Json) => "json",
    };
    let etag = weak_tag(&[&revision, &root, request.query_string(), form]);
    if is_known(&request, &etag) {
        let mut same = HttpResponse::NotModified();
        cacheable(&mut same, &etag);
        return Ok(same.finish());
    }
    let key = signed(&code, &collection.name, &asked.question);
    if let Some(download) = asked.download {
        let listing = Listing { snapshot, collection, asked, root };
        let (exported, told) = listing.file(&app, &served, download, key).await?;
        let told = Told { programme: &code, etag: &etag, ..told };
        return downloads::answer(&app, &request, exported, told).await;
    }
    let query_string = request.query_string().to_owned();
    let written = app
        .block(move |app| {
            let page = page(&snapshot, &collection, &asked);
            let signer = Signer::new(&served, key);
            let links = links(&root, &query_string, &asked, page.next.as_ref(), &signer);
            write_page(app, &snapshot, &collection, &asked, &page, links, &root)
        })
        .await?;
    Ok(written.answer(&etag))
}

/// The address of the page behind a cursor.
fn next_href(root: &str, asked: &Asked, cursor: &Cursor, signer: &Signer<'_>, f: &str) -> String {
    // The revision rather than the instant that was asked about: it stands for the same for ever.
    let as_of = asked.clocks.as_of.map(|_| format!("as_of={}&", cursor.revision));
    let (question, as_of) = (&asked.question, as_of.unwrap_or_default());
    let (limit, cursor) = (asked.query.limit, signer.write(cursor));
    format!("{root}?{as_of}{question}limit={limit}&cursor={cursor}{f}")
}

/// A listing that is given as a file.
struct Listing {
    snapshot: Arc<Snapshot>,
    collection: CollectionRef,
    asked: Asked,
    root: String,
}

impl Listing {
    async fn file(
        self,
        app: &Arc<App>,
        served: &Arc<Served>,
        download: Download,
        key: String,
    ) -> Result<(Exported, Told<'static>), Problem> {
        let served = Arc::clone(served);
        app.block(move |app| {
            let Self { snapshot, collection, asked, root } = self;
            let mut told = Told::default();
            let records = if download.whole {
                told.matched = matched(&snapshot, &collection, &asked, COUNTING_FOR_FILES_MAX);
                Records::All(Box::new(asked.query.clone()))
            } else {
                let page = page(&snapshot, &collection, &asked);
                let (signer, f) = (Signer::new(&served, key), download.in_address());
                told.returned = Some(page.items.len());
                told.matched = page.matched;
                told.next = page.next.map(|next| next_href(&root, &asked, &next, &signer, &f));
                Records::Page(page.items)
            };
            let exported = download.of(app, &snapshot, collection, &asked.style, records);
            Ok::<_, Problem>((exported, told))
        })
        .await
    }
}

fn links(
    root: &str,
    query_string: &str,
    asked: &Asked,
    next: Option<&Cursor>,
    signer: &Signer<'_>,
) -> Vec<Value> {
    let here = match query_string {
        "" => root.to_owned(),
        text => format!("{root}?{text}"),
    };
    let other = |f: &str| format!("{root}?{}f={f}", asked.here);
    let (this, that) = match asked.form {
        Form::Json => ((GEOJSON, here), ("text/html", other("html"))),
        Form::Html => (("text/html", here), (GEOJSON, other("json"))),
    };
    let mut links = vec![link("self", this.0, &this.1, "This page")];
    if let Some(cursor) = next {
        let f = if asked.form == Form::Html { "&f=html" } else { "" };
        let href = next_href(root, asked, cursor, signer, f);
        links.push(link("next", this.0, &href, "The next page"));
    }
    links.push(link("alternate", that.0, &that.1, "This page in another form"));
    let queryables = format!("{}/queryables", root.trim_end_matches("/items"));
    links.push(link(QUERYABLES, SCHEMA, &queryables, "What items can be filtered by"));
    links
}

/// A page ready to be sent.
struct Written {
    body: Vec<u8>,
    is_page: bool,
    content_crs: String,
    returned: usize,
    matched: Option<u64>,
    links: Vec<Value>,
}

impl Written {
    fn answer(self, etag: &str) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        cacheable(&mut answer, etag);
        answer.insert_header(("Content-Crs", self.content_crs));
        answer.insert_header(("OGC-NumberReturned", self.returned.to_string()));
        if let Some(matched) = self.matched {
            answer.insert_header(("OGC-NumberMatched", matched.to_string()));
        }
        for link in &self.links {
            let text = |name: &str| link[name].as_str().unwrap_or_default();
            let value =
                format!("<{}>; rel=\"{}\"; type=\"{}\"", text("href"), text("rel"), text("type"));
            answer.append_header((header::LINK, value));
        }
        if self.is_page {
            return html::headers(&mut answer).body(self.body);
        }
        answer.content_type(GEOJSON).body(self.body)
    }
}

fn write_page(
    app: &App,
    snapshot: &Snapshot,
    collection: &Collection,
    asked: &Asked,
    page: &Page,
    links: Vec<Value>,
    root: &str,
) -> Result<Written, Problem> {
    let mut body = Vec::with_capacity(256 + page.items.len() * 1_024);
    body.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
    let simplification = asked.style.simplification.filter(|_| !asked.style.skip_geometry);
    let simplified = simplification.map_or_else(Vec::new, |how| how.of(&page.items));
    for (place, record) in page.items.iter().enumerate() {
        if place.is_multiple_of(AHEAD) {
            snapshot.fetch(&page.items[place..page.items.len().min(place + AHEAD)]);
        }
        if place > 0 {
            body.push(b',');
        }
        let shown = (&**record, simplified.get(place).and_then(Option::as_ref));
        feature::write(&mut body, snapshot, shown, &collection.name, &asked.style)?;
    }
    // In the document only: there are too many of them for headers.
    let files = asked.files(root, snapshot.revision());
    let all_links: Vec<&Value> = links.iter().chain(&files).collect();
    let mut tail = json!({
        "links": all_links,
        "timeStamp": instant(app.now()),
        "numberReturned": page.items.len(),
        "revision": snapshot.revision(),
    });
    if let Some(matched) = page.matched {
        tail["numberMatched"] = json!(matched);
    }
    if let Some(day) = snapshot.effective() {
        tail["effective"] = json!(day);
    }
    if let Some(how) = simplification {
        tail[SIMPLIFIED] = how.told();
    }
    feature::complete_json_fg(&mut tail, &asked.style);
    body.extend_from_slice(b"],");
    body.extend_from_slice(tail.to_string().trim_start_matches('{').as_bytes());
    let is_page = asked.form == Form::Html;
    if is_page {
        let mut document: Value = serde_json::from_slice(&body).map_err(Problem::internal)?;
        for feature in document["features"].as_array_mut().into_iter().flatten() {
            let id = feature["id"].as_str().unwrap_or_default();
            let href = format!("{root}/{id}?{}f=html", asked.of_item);
            feature["href"] = json!(href);
        }
        body = html::page(&collection.title, &document).into_bytes();
    }
    Ok(Written {
        body,
        is_page,
        content_crs: asked.style.coordinates.header(),
        returned: page.items.len(),
        matched: page.matched,
        links,
    })
}

/// A record by its id or `local_id`, withdrawn records included.
///
/// # Errors
/// `not-found`.
pub fn found(snapshot: &Snapshot, collection: &str, item: &str) -> Result<Arc<Record>, Problem> {
    snapshot.item(collection, item).ok_or_else(|| Problem::not_found(collection, item))
}

/// The strong tag of a version of a record, as it is written here.
///
/// Any tag of a version guards that version: what stands behind its number is looked at only when
/// copies are compared. It tells what the ledger says of the record, which changes while the record
/// does not.
pub fn entity_tag(version: u32, form: &str, text: &str) -> String {
    let digest: String = answer::opaque(&weak_tag(&[form, text])).chars().take(12).collect();
    format!("\"{version}-{digest}\"")
}

/// `GET …/collections/{collection}/items/{item}`: one item, by id or by `local_id`; 410 when it was
/// withdrawn. `effective` and `as_of` as for the listing.
pub async fn get_item(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Problem> {
    let (code, name, item) = path.into_inner();
    let parameters = Parameters::read(&request, declared::OF_ITEM)?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let programme = served.programme();
    let collection = collection(&programme, &name)?;
    let style = Style::read(&parameters, &programme, &collection)?;
    let form = answer::form(&request, parameters.text("f"), &[GEOJSON, JSON])?;
    let snapshot = app.picture_on(&served, Clocks::read(&parameters)?).await?;
    let record = found(&snapshot, &collection.name, &item)?;
    let root = Base::of(&app, &request).collection(&code, &name);
    let here = format!("{root}/items/{}", record.id);
    if !record.is_in_force() {
        return Err(withdrawn(&record, &here));
    }
    let simplified = match style.simplification {
        None => None,
        Some(how) => {
            let records = [Arc::clone(&record)];
            let places = app.block(move |_app| Ok::<_, Problem>(how.of(&records))).await?;
            places.into_iter().flatten().next()
        }
    };
    let mut text = Vec::new();
    let shown = (&*record, simplified.as_ref());
    feature::write(&mut text, &snapshot, shown, &collection.name, &style)?;
    let mut document: Value = serde_json::from_slice(&text).map_err(Problem::internal)?;
    feature::complete_json_fg(&mut document, &style);
    let asked = parameters.in_address(|name| name != "f");
    let this = format!("{here}?{asked}");
    document["links"] = json!([
        link("self", GEOJSON, this.trim_end_matches(['?', '&']), "This item"),
        link("alternate", "text/html", &format!("{this}f=html"), "This item as a page"),
        link("collection", JSON, &root, &collection.title),
        link("version-history", JSON, &format!("{here}/versions"), "Every version of it"),
    ]);
    let (form, text) = match form {
        Form::Json => ("json", document.to_string()),
        Form::Html => ("html", html::page(&record.local_id, &document)),
    };
    // Who has read a simplified boundary has not read the version, and cannot replace it by this tag.
    let etag = match simplified {
        Some(_) => weak_tag(&[form, &text]),
        None => entity_tag(record.version, form, &text),
    };
    if is_known(&request, &etag) {
        let mut same = HttpResponse::NotModified();
        cacheable(&mut same, &etag);
        return Ok(same.finish());
    }
    let mut answer = HttpResponse::Ok();
    cacheable(&mut answer, &etag);
    answer.insert_header(precondition::last_modified(&record));
    answer.insert_header(("Content-Crs", style.coordinates.header()));
    match form {
        "html" => html::headers(&mut answer),
        _ => answer.content_type(GEOJSON),
    };
    Ok(answer.body(text))
}

/// A record that was withdrawn: gone, with its history.
pub fn withdrawn(record: &Record, href: &str) -> Problem {
    let detail = format!(
        "{} was withdrawn on {} by version {}; its history is kept at {href}/versions",
        record.local_id, record.effective_on, record.version
    );
    Problem::new(WITHDRAWN, detail)
        .with("version", record.version)
        .with("versions", format!("{href}/versions"))
}
