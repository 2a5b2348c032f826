//! What can be typed on the command line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use exchange::Format;

/// The record of truth for humanitarian mine action: hazardous areas, land releases, and what was
/// cancelled, reduced and cleared, every square metre once.
#[derive(Debug, Parser)]
#[command(name = "safeground", version)]
pub struct Arguments {
    #[command(flatten)]
    pub settings: Settings,
    #[command(subcommand)]
    pub command: Command,
}

/// Settings every command shares; each can also stand in the environment or a file (see `config`).
#[derive(Debug, Args)]
pub struct Settings {
    /// TOML file with settings
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<String>,
    /// Database: sqlite:PATH or postgres://… [default: sqlite:safeground.sqlite]
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Address to serve on [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Log level or directives [default: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
    /// Log format: text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

impl Settings {
    /// The settings given as flags, by configuration key.
    pub fn flags(&self) -> BTreeMap<&'static str, String> {
        let flags = [
            ("config", &self.config),
            ("database", &self.database),
            ("listen", &self.listen),
            ("log", &self.log),
            ("log_format", &self.log_format),
        ];
        flags.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API
    Serve,
    /// Create or upgrade the database's tables
    Migrate,
    /// Add and list programmes
    #[command(subcommand)]
    Programme(ProgrammeCommand),
    /// Make, list and revoke tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Import files into a collection, as an upload would
    Import(Import),
    /// Make layers of files, and list them
    #[command(subcommand)]
    Layer(LayerCommand),
    /// Write the records in force of a collection to a file
    Export(Export),
    /// Write the map of an area to one file, for phones without a network
    Tiles(Tiles),
    /// Print what was identified, cancelled, reduced, cleared and remains
    Progress(Progress),
    /// Freeze reports, list them and print them
    #[command(subcommand)]
    Report(ReportCommand),
    /// Print the balance of a period: opening, what changed, closing
    Balance(Balance),
    /// Print the work in the field and its output, released or not
    Work(Work),
    /// Print areas as reported beside areas as derived from boundaries
    Reported(Reported),
    /// Check every stored record and frozen report, and rebuild the ledger beside the stored one
    Doctor(Doctor),
    /// Rebuild the stored ledger of a programme from its records
    Rebuild {
        /// Code of the programme
        #[arg(long)]
        programme: String,
    },
    /// Load invented sample programmes, print their progress, and serve them
    Demo(Demo),
    /// Read a position in any notation and write it in all of them
    Place(Place),
}

#[derive(Debug, Subcommand)]
pub enum ProgrammeCommand {
    /// Add a programme
    Add(ProgrammeAdd),
    /// List the programmes
    List,
}

#[derive(Debug, Args)]
pub struct ProgrammeAdd {
    /// Short code, used in addresses: lower-case letters, digits and hyphens
    pub code: String,
    /// Name in full
    #[arg(long)]
    pub name: String,
    /// Time zone of the programme
    #[arg(long, default_value = "UTC")]
    pub time_zone: String,
    /// EPSG code of the national coordinate reference system
    #[arg(long)]
    pub national_crs: Option<u32>,
    /// Extent in degrees: west,south,east,north; records outside are questioned
    #[arg(long, value_parser = extent, allow_hyphen_values = true, value_name = "W,S,E,N")]
    pub extent: Option<[f64; 4]>,
    /// Anybody may read
    #[arg(long)]
    pub public_read: bool,
    /// A record type, or a layer yet to be made, whose records are changed only by naming the version
    /// that was read; repeatable
    #[arg(long, value_parser = collection_name, value_name = "COLLECTION")]
    pub locking_required: Vec<String>,
}

/// Reads the name of a record type, or of a layer that is still to be made.
fn collection_name(text: &str) -> Result<String, String> {
    if survey::collection(text).is_some() || survey::layer::is_name(text) {
        return Ok(text.to_owned());
    }
    let known = survey::COLLECTIONS.iter().map(|it| &*it.name).collect::<Vec<_>>().join(", ");
    Err(format!("name a record type ({known}), or a layer by small letters, digits and hyphens"))
}

/// Reads an extent.
fn extent(text: &str) -> Result<[f64; 4], String> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|number| number.trim().parse().map_err(|error| format!("\"{number}\": {error}")))
        .collect::<Result<_, String>>()?;
    let Ok([west, south, east, north]) = <[f64; 4]>::try_from(numbers) else {
        return Err("four numbers are needed: west,south,east,north".to_owned());
    };
    if geometry::Bbox::new(west, south, east, north).is_err() {
        return Err("longitudes are -180 to 180, latitudes -90 to 90, south first".to_owned());
    }
    Ok([west, south, east, north])
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token with a role in a programme; it is printed once
    Add {
        /// Whose token it is
        #[arg(long)]
        name: String,
        /// Programme it is for
        #[arg(long)]
        programme: String,
        /// What it may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// Days until it stops working
        #[arg(long)]
        days: Option<u32>,
    },
    /// List tokens (never their secrets)
    List,
    /// Make a token unusable from now on
    Revoke {
        /// Id of the token, as listed
        id: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// May read
    Reader,
    /// May read and submit
    Contributor,
    /// May read, submit and review
    Reviewer,
    /// May do everything in the programme
    Manager,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Files: GeoJSON in every framing, CSV, XLSX, `FlatGeobuf`, `GeoPackage`, KML, KMZ, GPX, zipped
    /// Shapefiles, and `GeoParquet` if it is built in; gzip too
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Code of the programme
    #[arg(long)]
    pub programme: String,
    /// Collection the features belong to; without it each file goes to the one it is named after
    /// (hazardous-areas.geojson), in the order in which records refer to each other
    #[arg(long)]
    pub collection: Option<String>,
    /// What to do when some features have errors
    #[arg(long, value_enum, default_value = "reject")]
    pub on_error: OnErrorName,
    /// Take the repairs that are suggested for boundaries; each is told and the original kept
    #[arg(long)]
    pub accept_repairs: bool,
    /// Check everything and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The layer, sheet or table to read of a file with several
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// How the columns of the file become properties: a TOML or JSON file
    #[arg(long, value_name = "FILE", requires = "collection")]
    pub mapping: Option<PathBuf>,
    /// Take a property from another one of the file: --map `local_id=shapeID`
    #[arg(long = "map", value_name = "PROPERTY=SOURCE")]
    pub maps: Vec<String>,
    /// Give a property a value where the file has none: --set classification=suspected
    #[arg(long = "set", value_name = "PROPERTY=VALUE")]
    pub sets: Vec<String>,
    /// Make `local_id` of this prefix and the feature's place in the file, where it has none
    #[arg(long, value_name = "PREFIX")]
    pub number_from: Option<String>,
    /// Write the findings to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub findings: Option<PathBuf>,
    /// Who imports, for the audit
    #[arg(long, default_value = "command line")]
    pub actor: String,
}

#[derive(Debug, Subcommand)]
pub enum LayerCommand {
    /// Find out what a file holds, make a layer of it and import it
    Add(LayerAdd),
    /// List the layers of a programme
    List {
        /// Code of the programme
        #[arg(long)]
        programme: String,
    },
}

#[derive(Debug, Args)]
pub struct LayerAdd {
    /// File the layer is made of
    pub file: PathBuf,
    /// Code of the programme
    #[arg(long)]
    pub programme: String,
    /// Name in addresses: small letters, digits and hyphens
    #[arg(long)]
    pub name: String,
    /// Name for people
    #[arg(long)]
    pub title: Option<String>,
    /// What it holds and where it comes from
    #[arg(long, default_value = "")]
    pub description: String,
    /// The layer, sheet or table to read of a file with several
    #[arg(long)]
    pub layer: Option<String>,
    /// The name filters know the geometry by, where it is not `geometry`
    #[arg(long, value_name = "NAME")]
    pub geometry_name: Option<String>,
    /// The property that names its records, where it is not the one that is found
    #[arg(long, value_name = "PROPERTY")]
    pub id_property: Option<String>,
    /// The property with the day a record took effect
    #[arg(long, value_name = "PROPERTY")]
    pub effective_on: Option<String>,
    /// Print the definition and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Export {
    /// File to write; its ending tells the format. `-` is standard output
    pub out: PathBuf,
    /// Code of the programme
    #[arg(long)]
    pub programme: String,
    /// Collection whose records are written
    #[arg(long)]
    pub collection: String,
    /// Format, where the ending of the file does not tell it
    #[arg(long, value_parser = PossibleValuesParser::new(Format::all().iter().map(|it| it.word())))]
    pub format: Option<String>,
    /// Begin CSV with a byte order mark, so that Excel sees UTF-8
    #[arg(long)]
    pub byte_order_mark: bool,
}

#[derive(Debug, Args)]
pub struct Tiles {
    /// File to write; it ends with .pmtiles or .mbtiles
    pub out: PathBuf,
    /// Code of the programme
    #[arg(long)]
    pub programme: String,
    /// The area [default: all that is recorded]
    #[arg(long, value_parser = extent, allow_hyphen_values = true, value_name = "W,S,E,N")]
    pub bbox: Option<[f64; 4]>,
    /// Least and greatest zoom
    #[arg(long, value_parser = zooms, default_value = "0-14", value_name = "FROM-TO")]
    pub zoom: [u8; 2],
    /// Collections that are drawn [default: all]
    #[arg(long, value_parser = collection_name, value_delimiter = ',')]
    pub collections: Vec<String>,
}

/// Reads zooms: a least and a greatest one.
fn zooms(text: &str) -> Result<[u8; 2], String> {
    let ends = text.split_once('-').unwrap_or((text, text));
    match (ends.0.trim().parse(), ends.1.trim().parse()) {
        (Ok(least), Ok(greatest)) if least <= greatest && greatest <= tiles::ZOOM_MAX => {
            Ok([least, greatest])
        }
        _ => Err(format!("give two zooms from 0 to {}, such as 0-14", tiles::ZOOM_MAX)),
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum OnErrorName {
    /// Apply nothing
    Reject,
    /// Apply the features without errors and tell what was left out
    Skip,
}

#[derive(Debug, Args)]
pub struct Progress {
    #[command(flatten)]
    pub period: Period,
    /// What a row stands for: region, year, quarter, month, outcome, …
    #[arg(long, value_delimiter = ',', default_value = "region")]
    pub group_by: Vec<String>,
}

/// Which part of a programme figures are of, and how they are printed.
#[derive(Debug, Args)]
pub struct Period {
    /// First day, YYYY-MM-DD
    #[arg(long)]
    pub from: Option<String>,
    /// Last day, YYYY-MM-DD
    #[arg(long)]
    pub to: Option<String>,
    /// Only this region (`local_id`)
    #[arg(long)]
    pub region: Option<String>,
    #[command(flatten)]
    pub picture: Picture,
}

/// Which picture of a programme is looked at, and how it is printed.
#[derive(Debug, Args)]
pub struct Picture {
    /// Code of the programme
    #[arg(long)]
    pub programme: String,
    /// Split by the regions valid on this day, YYYY-MM-DD; by the latest, if not given
    #[arg(long)]
    pub regions_on: Option<String>,
    /// As it was at the end of this day, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub effective: Option<String>,
    /// As known at a revision, or at an instant such as 2026-03-31T23:59:59Z
    #[arg(long, value_name = "REVISION|INSTANT")]
    pub as_of: Option<String>,
    /// CSV instead of a table
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, Args)]
pub struct Work {
    #[command(flatten)]
    pub period: Period,
    /// What a row stands for: region, organisation, method, `activity_type`, status, year, …
    #[arg(long, value_delimiter = ',', default_value = "organisation")]
    pub group_by: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Reported {
    #[command(flatten)]
    pub picture: Picture,
    /// land-releases or hazardous-areas
    #[arg(long, default_value = "land-releases")]
    pub collection: String,
    /// Sums by region, organisation or year instead of each record
    #[arg(long)]
    pub group_by: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// Keep a report as it is now, with the revision it was made from
    Freeze(ReportFreeze),
    /// List the frozen reports of a programme, the newest first
    List {
        /// Code of the programme
        #[arg(long)]
        programme: String,
    },
    /// Print a frozen report, to the bit
    Show {
        /// Id of the report, as listed
        id: uuid::Uuid,
        /// Code of the programme
        #[arg(long)]
        programme: String,
    },
}

#[derive(Debug, Args)]
pub struct ReportFreeze {
    /// Code of the programme
    #[arg(long)]
    pub programme: String,
    /// What people call the report
    #[arg(long)]
    pub title: String,
    /// What kind of figures it holds
    #[arg(long, default_value = "progress")]
    pub kind: String,
    /// Which figures, as in an address: --parameter `group_by=region,year` --parameter `as_of=412`
    #[arg(long = "parameter", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// Who freezes it, for the audit
    #[arg(long, default_value = "command line")]
    pub actor: String,
}

#[derive(Debug, Args)]
pub struct Balance {
    #[command(flatten)]
    pub figures: Progress,
    /// Roll regions up to this level: 0 for the country, 1 for its first division, …
    #[arg(long)]
    pub level: Option<u8>,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Only this programme
    #[arg(long)]
    pub programme: Option<String>,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Records in each programme
    #[arg(long, default_value_t = 4_000)]
    pub records: usize,
    /// Seed of the generator; equal seeds give equal records
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Serve the API afterwards
    #[arg(long)]
    pub serve: bool,
    /// Only write the records as files into this folder
    #[arg(long, value_name = "FOLDER")]
    pub write: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Place {
    /// Degrees in any spelling, UTM or MGRS
    #[arg(required = true, allow_hyphen_values = true)]
    pub text: Vec<String>,
    /// Of two plain numbers, the first is the latitude or northing
    #[arg(long)]
    pub latitude_first: bool,
}
