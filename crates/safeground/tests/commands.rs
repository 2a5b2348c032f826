//! What the programme says of itself. (Tests over whole tasks are in the workspace member `tests`.)

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let programme = env!("CARGO_BIN_EXE_safeground");
    Command::new(programme).args(arguments).env_clear().output().unwrap()
}

#[test]
fn it_tells_its_version() {
    let answer = run(&["--version"]);
    assert!(answer.status.success());
    let expected = format!("safeground {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(answer.stdout).unwrap(), expected);
}

#[test]
fn its_help_names_every_command() {
    let answer = run(&["--help"]);
    assert!(answer.status.success());
    let help = String::from_utf8(answer.stdout).unwrap();
    for command in ["serve", "migrate", "programme", "token", "import", "export", "doctor"] {
        let named = help.lines().any(|line| line.trim_start().starts_with(command));
        assert!(named, "{command} is not in:\n{help}");
    }
}

#[test]
fn an_unknown_command_is_refused_with_what_was_meant() {
    let answer = run(&["sevre"]);
    assert_eq!(answer.status.code(), Some(2));
    assert!(String::from_utf8(answer.stderr).unwrap().contains("serve"));
}

#[test]
fn a_position_is_read_in_any_notation_and_written_in_all() {
    for text in [["48N", "304855", "1448889"], ["13.1N", "103.2E", ""]] {
        let typed: Vec<&str> = text.into_iter().filter(|word| !word.is_empty()).collect();
        let answer = run(&[&["place"], typed.as_slice()].concat());
        let answer = String::from_utf8(answer.stdout).unwrap();
        assert!(answer.contains("48PUV048"), "{answer}");
        assert!(answer.contains("48 north 3048"), "{answer}");
    }
    let refused = run(&["place", "13 61 00 N 103 12 00 E"]);
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(why.contains("61"), "{why}");
}
