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
    for command in ["serve", "migrate", "programme", "token", "import", "progress", "doctor"] {
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
