//! The program carries PROJ and its database with it.

use std::process::Command;

use geometry::crs::Crs;

const COPY: &str = "GEOMETRY_CRS_STANDALONE_COPY";

/// Runs in the copy that [`a_copied_program_finds_its_database`] starts, and otherwise does little.
#[test]
fn the_database_is_at_hand() {
    let crs = Crs::from_epsg(3148).unwrap();
    assert_eq!(crs.name(), "Indian 1960 / UTM zone 48N");
    if std::env::var_os(COPY).is_some() {
        assert!(std::env::var_os("PROJ_DATA").is_none() && std::env::var_os("PROJ_LIB").is_none());
        assert_eq!(std::env::vars_os().count(), 1, "nothing else is in the environment");
    }
}

#[test]
fn a_copied_program_finds_its_database() {
    let folder = std::env::temp_dir().join(format!("geometry-crs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let copy = folder.join("elsewhere");
    std::fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let outcome = Command::new(&copy)
        .args(["--exact", "standalone::the_database_is_at_hand"])
        .env_clear()
        .env(COPY, "1")
        .current_dir(&folder)
        .output();
    std::fs::remove_dir_all(&folder).unwrap();
    let outcome = outcome.unwrap();
    let said = String::from_utf8_lossy(&outcome.stdout);
    assert!(outcome.status.success() && said.contains("1 passed"), "{said}");
}
