//! Clients of other languages, unchanged and as they are published. They are installed here, which takes the network
//! and a while, so these tests run only when they are asked for: `cargo test --test devserver other_clients -- --ignored`. Then a
//! client that cannot be installed is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::server;

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Runs a command to its end and gives what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A Python that has both clients.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let python = folder.join("bin/python");
        let packages = ["aerospike==19.3.0", "aerospike-py==0.14.4", "numpy"];
        run(Command::new(&python).args(["-m", "pip", "install", "--no-compile", "--quiet"]).args(packages));
        python
    })
}

fn run_python(script: &str) {
    let server = server();
    let address = server.addresses()[0].to_string();
    assert_eq!(run(Command::new(python()).arg(clients().join(script)).arg(address)), "ok\n");
}

#[test]
#[ignore = "installs the client from PyPI"]
fn the_official_python_client() {
    run_python("official.py");
}

#[test]
#[ignore = "installs the client from PyPI"]
fn aerospike_py_with_numpy() {
    run_python("with_numpy.py");
}

#[test]
#[ignore = "installs the client from the Go module proxy"]
fn the_go_client() {
    let server = server();
    let address = server.addresses()[0].to_string();
    assert_eq!(
        run(Command::new("go").args(["run", ".", &address]).current_dir(clients().join("go"))),
        "ok\n"
    );
}
