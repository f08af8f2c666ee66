//! The real binary in a folder of its own, and what it said, as one text for snapshots.

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A folder with files, in which the binary runs.
pub struct Folder {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Folder {
    /// An empty one.
    pub fn new() -> Folder {
        Folder { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// One with a small estate and a plan.
    pub fn with_estate() -> Folder {
        Folder::new().file("estate.yaml", ESTATE).file("move.plan.yaml", PLAN)
    }

    /// Adds a file.
    pub fn file(self, name: &str, text: impl AsRef<[u8]>) -> Folder {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Adds a variable to the environment, which is empty otherwise.
    pub fn variable(mut self, name: &str, value: &str) -> Folder {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The command, ready to run.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clearway"));
        command.current_dir(self.folder.path()).env_clear().args(line.split_whitespace());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the binary.
    pub fn output(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Runs the binary with something on its standard input.
    pub fn piped(&self, line: &str, input: &str) -> Output {
        let mut child = self.command(line).stdin(Stdio::piped()).spawn().unwrap();
        let (mut into, input) = (child.stdin.take().unwrap(), input.as_bytes().to_vec());
        // Who writes as it reads would wait for a reader.
        let writer = std::thread::spawn(move || into.write_all(&input));
        let output = child.wait_with_output().unwrap();
        // What refuses its arguments may be gone before it has read anything.
        let written = writer.join().unwrap();
        assert!(written.is_ok() || written.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe));
        output
    }

    /// The exit code of a run.
    pub fn code(&self, line: &str) -> i32 {
        self.output(line).status.code().unwrap()
    }

    /// Command, exit code and both outputs as one text.
    pub fn told(&self, line: &str) -> String {
        told(line, &self.output(line))
    }
}

/// Command, exit code and both outputs as one text.
pub fn told(line: &str, output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("outputs are UTF-8");
    let code = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
    format!(
        "$ clearway {line}\nexit code {code}\n--- standard output\n{}--- standard error\n{}",
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// Two nodes of one cluster, a standalone host, two machines.
pub const ESTATE: &str = r"hosts:
  - name: a1.corp.example
    cluster: blue
    domain: corp.example
    hypervisor: hyper-v
    os-version: 10.0.17763
    cpu: { manufacturer: Intel, family: '179', hardware-virtualization: true }
    storage: [csv-1]
    live-migration: { enabled: true, maximum: 2, storage-maximum: 2, networks: [{ name: net, private: true }] }
    memory: { available: 64 GiB, reserve: 2 GiB }
    smb-access: []
    switches: [vswitch]
    responding: true
    maintenance: false
  - name: a2.corp.example
    cluster: blue
    domain: corp.example
    hypervisor: hyper-v
    os-version: 10.0.17763
    cpu: { manufacturer: Intel, family: '179', hardware-virtualization: true }
    storage: [csv-1]
    live-migration: { enabled: true, maximum: 2, storage-maximum: 2, networks: [{ name: net, private: true }] }
    memory: { available: 64 GiB, reserve: 2 GiB }
    smb-access: []
    switches: [vswitch]
    responding: true
    maintenance: false
  - name: s1.corp.example
    cluster: null
    domain: corp.example
    hypervisor: hyper-v
    os-version: 10.0.17763
    cpu: { manufacturer: AMD, family: '179', hardware-virtualization: true }
    storage: ['s1:D:\']
    live-migration: { enabled: true, maximum: 2, storage-maximum: 2, networks: [{ name: net, private: true }] }
    memory: { available: 64 GiB, reserve: 2 GiB }
    smb-access: []
    switches: [vswitch]
    responding: true
    maintenance: false
clusters:
  - { name: blue, failover-cluster: true, csv-enabled: true }
domains:
  - { name: corp.example, trusts: [] }
storage:
  - { name: csv-1, kind: csv, cluster: blue, free: 1 TiB }
  - { name: 's1:D:\', kind: local-disk, free: 1 TiB }
vms:
  - name: web
    host: a1
    state: running
    highly-available: true
    storage: csv-1
    memory: 8 GiB
    snapshots: 0
    images: []
    status: ok
    configuration-version: 9.0
    networks: [{ switch: vswitch }]
    disks:
      - { name: web.vhdx, kind: vhdx, storage: csv-1, size: 60 GiB, base: null, snapshot: false, shared: false }
  - name: db
    host: a1
    state: running
    storage: csv-1
    memory: 16 GiB
    snapshots: 0
    images: []
    status: ok
    configuration-version: 9.0
    networks: [{ switch: vswitch }]
    disks:
      - { name: db.vhdx, kind: vhdx, storage: csv-1, size: 80 GiB, base: null, snapshot: false, shared: false }
";

/// A move that nothing speaks against.
pub const PLAN: &str = "plan: one-move
inventory: estate.yaml
steps:
  - id: web-first
    vm: web
    transfer: live
    to: { host: a2 }
";

/// A move that is refused.
pub const DENIED: &str = "plan: refused
inventory: estate.yaml
steps:
  - id: web-away
    vm: web
    transfer: live
    to: { host: s1 }
";
