//! The balance of a period: opening, what changed, closing; as figures and as a page to print.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use exchange::page::Page;
use exchange::table::Cell;
use serde_json::{Map, Value, json};
use survey::access::Action;
use survey::balance::{Balance, BalanceQuery, EQUATION};
use survey::progress::GroupKey;
use view::Snapshot;

use crate::actor::Caller;
use crate::app::App;
use crate::clocks::Clocks;
use crate::formats::{Format, csv};
use crate::problem::Problem;
use crate::progress::progress_query;
use crate::query::{Parameters, invalid};

/// Levels of regions, as `survey::records::Region` has them.
const LEVEL_MAX: u8 = 9;

/// Reads the level to which regions are rolled up.
///
/// # Errors
/// `invalid-parameter`.
pub fn level(parameters: &Parameters) -> Result<Option<u8>, Problem> {
    let Some(text) = parameters.text("level") else { return Ok(None) };
    match text.parse::<u8>() {
        Ok(level) if level <= LEVEL_MAX => Ok(Some(level)),
        _ => Err(invalid("level", &format!("give a level of regions from 0 to {LEVEL_MAX}"))),
    }
}

/// Parameters that say which balance is wanted, apart from `as_of`.
pub const PARAMETERS: &[&str] =
    &["group_by", "level", "from", "to", "region", "regions_on", "effective"];

fn balance_query(parameters: &Parameters) -> Result<BalanceQuery, Problem> {
    let query = BalanceQuery { figures: progress_query(parameters)?, level: level(parameters)? };
    if query.level.is_some() && !query.figures.group_by.contains(&GroupKey::Region) {
        return Err(invalid("level", "it rolls regions up; ask for group_by=region too"));
    }
    Ok(query)
}

/// The balance that is asked for, and the document it is answered with.
///
/// # Errors
/// `invalid-parameter`.
pub fn answer(picture: &Snapshot, parameters: &Parameters) -> Result<(Balance, Value), Problem> {
    let balance = picture
        .balance(&balance_query(parameters)?)
        .map_err(|error| invalid("region", &error.to_string()))?;
    let mut document = balance.document(picture.revision());
    if let Some(day) = Clocks::read(parameters)?.effective {
        document["effective"] = json!(day);
    }
    Ok((balance, document))
}

/// `GET /programmes/{programme}/balance`: opening, changes and closing, by region at a level,
/// period, hazard type, organisation, method or device type; as JSON, CSV or a page. As known now,
/// or `as_of` a revision or an instant; `effective` ends the period with that day.
pub async fn get_balance(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::read(&request, &[PARAMETERS, &["as_of", "f"]].concat())?;
    let served = app.programme(&caller, &code, Action::ReadRecords)?;
    let query = balance_query(&parameters)?;
    let format = Format::asked(&parameters, &request, &[Format::Json, Format::Csv, Format::Html])?;
    let picture = app.picture(&served, Clocks::read(&parameters)?.as_of).await?;
    let revision = picture.revision();
    let (balance, mut document) = app.block(move |_| answer(&picture, &parameters)).await?;
    let made_from = made_from(&app, &served.programme().name, &code, revision, &query);
    Ok(match format {
        Format::Csv => csv(&balance.headings(), &balance.cells())?,
        Format::Json => {
            let from = made_from.into_iter().map(|(name, value)| (name.to_owned(), json!(value)));
            document["made_from"] = Value::Object(from.collect::<Map<_, _>>());
            HttpResponse::Ok().json(document)
        }
        Format::Html => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .body(page(&balance, &made_from)),
    })
}

/// What a report says about itself, so that it can be made again.
fn made_from(
    app: &App,
    name: &str,
    code: &str,
    revision: u64,
    query: &BalanceQuery,
) -> Vec<(&'static str, String)> {
    let figures = &query.figures;
    let day = |day: Option<survey::Day>, otherwise: &str| {
        day.map_or_else(|| otherwise.to_owned(), |day| day.to_string())
    };
    let keys: Vec<&str> = figures.group_by.iter().map(|key| key.word()).collect();
    vec![
        ("programme", format!("{name} ({code})")),
        ("revision", revision.to_string()),
        ("from", day(figures.from, "the beginning")),
        ("to", day(figures.to, "the latest")),
        ("region", figures.region.clone().unwrap_or_else(|| "all".to_owned())),
        ("group_by", keys.join(", ")),
        ("level", query.level.map_or_else(|| "finest".to_owned(), |level| level.to_string())),
        ("regions_on", day(figures.regions_on, "the latest edition")),
        ("dates", "days on which it took effect in the field".to_owned()),
        ("generated_at", app.now().to_rfc3339_opts(SecondsFormat::Secs, true)),
    ]
}

const ROUNDED: &str = "Areas in square metres, shown rounded to whole ones: sums of rounded figures \
                       may differ by one. CSV and JSON hold them as they are.";

const NO_STOCKS: &str = "Rows by organisation, method, outcome or device type have no opening and \
                         no closing: land that is still hazardous has none of them.";

fn page(balance: &Balance, made_from: &[(&str, String)]) -> String {
    let (names, mut rows) = (balance.headings(), balance.cells());
    let keys = names.len() - survey::balance::columns(&balance.figures.total).len();
    let total = rows.pop().unwrap_or_default();
    // Level, parent and kinds of items would make the table wider than a sheet; the kinds are told
    // in a sentence.
    let shown: Vec<usize> = (0..names.len())
        .filter(|place| match names[*place] {
            "level" | "parent" => false,
            name => name.starts_with("items_") || !is_of_items(name),
        })
        .collect();
    let headings: Vec<String> = shown.iter().map(|place| heading(names[*place])).collect();
    let cells = |row: &'_ Vec<String>| -> Vec<Cell<'static>> {
        shown.iter().map(|place| cell(row.get(*place), *place < keys)).collect()
    };
    let texts: Vec<Vec<Cell<'_>>> = rows
        .iter()
        .map(|row| {
            let of_row = cells(row);
            let keyed = shown.iter().zip(of_row).map(|(place, cell)| match row.get(*place) {
                Some(text) if *place == 0 && keys > 0 && text.is_empty() => Cell::Text("none"),
                Some(text) if *place < keys => Cell::Text(text),
                _ => cell,
            });
            keyed.collect()
        })
        .collect();
    let mut last = cells(&total);
    if let Some(first) = last.first_mut().filter(|_| keys > 0) {
        *first = Cell::Text("total");
    }
    let by_kind = items_by_kind(&names, &total);
    let statements = [EQUATION, ROUNDED, NO_STOCKS, &by_kind];
    Page {
        title: "Balance of hazardous land",
        made_from,
        statements: &statements,
        headings: &headings,
        rows: &texts,
        total: Some(&last),
    }
    .to_html()
}

fn is_of_items(name: &str) -> bool {
    name.ends_with("_found") || name.ends_with("_destroyed")
}

/// How many items of each kind were found and destroyed in all.
fn items_by_kind(names: &[&str], total: &[String]) -> String {
    let told: Vec<String> = names
        .iter()
        .zip(total)
        .filter(|(name, cell)| is_of_items(name) && !name.starts_with("items_") && *cell != "0")
        .map(|(name, cell)| format!("{} {cell}", heading(name)))
        .collect();
    if told.is_empty() {
        return "Items by kind: none.".to_owned();
    }
    format!("Items by kind: {}.", told.join(", "))
}

fn cell(text: Option<&String>, is_key: bool) -> Cell<'static> {
    match text.and_then(|text| text.parse::<f64>().ok()) {
        Some(number) if !is_key => Cell::Number(number),
        _ => Cell::Empty,
    }
}

/// `closing_m2` as `closing m²`.
fn heading(name: &str) -> String {
    match name.strip_suffix("_m2") {
        Some(name) => format!("{} m²", name.replace('_', " ")),
        None => name.replace('_', " "),
    }
}
