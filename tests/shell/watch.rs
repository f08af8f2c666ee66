//! `check --watch`: what is saved is checked again.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::commands::{PACK, folder};
use crate::run::{DENIED, ESTATE, Folder, PLAN};

/// Generous: it is waited for that something happens, not how soon.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run that goes on, and all that it has said so far.
struct Watching {
    child: Child,
    said: Arc<Mutex<String>>,
    /// How much of that has been looked at.
    seen: usize,
}

impl Watching {
    fn begin(folder: &Folder, line: &str) -> Watching {
        let mut child = folder.command(line).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        gather(child.stdout.take().unwrap(), said.clone());
        gather(child.stderr.take().unwrap(), said.clone());
        Watching { child, said, seen: 0 }
    }

    /// Waits until something is said that was not said before, and then for the round to end. Answers with the round.
    fn round(&mut self, what: &str) -> String {
        let begun = Instant::now();
        let mut found = None;
        while begun.elapsed() < PATIENCE {
            let said = self.said.lock().unwrap().clone();
            let new = said.get(self.seen..).unwrap_or_default();
            if new.contains(what) && found.is_none() {
                found = Some(begun.elapsed());
            }
            if let (Some(after), Some(end)) = (found, new.find("Ctrl-C ends it\n")) {
                println!("{what:?} after {after:?}");
                let round = new.to_owned();
                self.seen += new.rfind("Ctrl-C ends it\n").unwrap_or(end) + "Ctrl-C ends it\n".len();
                return round;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("it ended with {status} instead of saying {what:?}:\n{said}");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("{what:?} was not said:\n{}", self.said.lock().unwrap());
    }

    fn end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gather(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut bytes = [0u8; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    });
}

fn save(folder: &Folder, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// As editors do: a new file takes the place of the old one.
fn save_by_rename(folder: &Folder, name: &str, text: &str) {
    save(folder, ".4913~", text);
    std::fs::rename(folder.path().join(".4913~"), folder.path().join(name)).unwrap();
}

fn remove(folder: &Folder, name: &str) {
    let path = folder.path().join(name);
    if Path::is_dir(&path) { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
}

#[test]
fn what_is_saved_is_checked_again() {
    let folder = Folder::with_estate();
    let mut watching = Watching::begin(&folder, "check --watch --output-format concise");
    watching.round("watching 2 files");
    save(&folder, "move.plan.yaml", DENIED);
    watching.round("error VMM103 [web-away]");
    save_by_rename(&folder, "move.plan.yaml", PLAN);
    let round = watching.round("`move.plan.yaml` changed");
    assert!(!round.contains("VMM103"), "{round}");
    save(&folder, "estate.yaml", &ESTATE.replace("highly-available: true", "highly-available: nonsense"));
    watching.round("error CW3");
    save_by_rename(&folder, "estate.yaml", ESTATE);
    watching.round("`estate.yaml` changed");
    save(&folder, "deep/er/new.plan.yaml", &DENIED.replace("estate.yaml", "../../estate.yaml"));
    watching.round("deep/er/new.plan.yaml:");
    save(&folder, "deep/er/new.plan.yaml", "steps: [");
    watching.round("error CW");
    remove(&folder, "deep");
    let round = watching.round("watching 2 files");
    assert!(!round.contains("new.plan.yaml:"), "{round}");
    save(&folder, "deep/er/new.plan.yaml", "steps: {");
    watching.round("new.plan.yaml:");
    remove(&folder, "estate.yaml");
    watching.round("`estate.yaml` does not exist");
    save(&folder, "estate.yaml", ESTATE);
    watching.round("`estate.yaml` changed");
    save(&folder, "clearway.toml", "fail-one = \"never\"\n");
    watching.round("clearway.toml:1:");
    save_by_rename(&folder, "clearway.toml", "select = [\"VMM103\"]\n");
    watching.round("`clearway.toml` changed");
    save(&folder, "move.plan.yaml", DENIED);
    let round = watching.round("VMM103");
    assert!(!round.contains("VMM111"), "{round}");
    let id = watching.child.id().to_string();
    if Command::new("kill").args(["-INT", &id]).status().is_ok_and(|status| status.success()) {
        use std::os::unix::process::ExitStatusExt as _;
        assert_eq!(watching.end().signal(), Some(2), "Ctrl-C ends it as it ends any program");
    }
}

#[test]
fn policies_are_watched_and_what_is_named_alone() {
    let plan = "inventory: boxes.yaml\nsteps: [{ id: s, box: b }]\n";
    let folder = Folder::new()
        .file("small/small.way", PACK)
        .file("boxes.yaml", "boxes: [{ name: b, paint: red }]\n")
        .file("a.plan.yaml", plan)
        .file("b.plan.yaml", plan);
    let mut watching = Watching::begin(&folder, "check --watch a.plan.yaml --pack small");
    watching.round("watching 3 files");
    save(&folder, "b.plan.yaml", "steps: [");
    save(&folder, "small/small.way", &PACK.replace("must    step.box.paint == red", "must    step.box.paint == green"));
    let round = watching.round("error[SML01]");
    assert!(!round.contains("b.plan.yaml"), "{round}");
    save(&folder, "small/small.way", &PACK.replace("paint == red", "piant == red"));
    watching.round("piant");
    save_by_rename(&folder, "small/small.way", PACK);
    let round = watching.round("`small/small.way` changed");
    assert!(!round.contains("error["), "{round}");
    save(&folder, "small/more.way", "pack other \"Other\" version 1\n");
    watching.round("error");
}

#[test]
fn nobody_is_waited_for_who_does_not_read() {
    let folder = folder();
    let mut child = folder.command("check --watch --quiet refused.plan.yaml").spawn().unwrap();
    let mut first = [0u8; 10];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    drop(child.stdout.take());
    let begun = Instant::now();
    loop {
        // Whatever was in the pipe already, one of the next rounds finds nobody.
        save(&folder, "refused.plan.yaml", DENIED);
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(1), "as the last round");
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_report_is_kept_up_to_date() {
    let folder = Folder::with_estate();
    let mut watching = Watching::begin(&folder, "check --watch --output-format json --output-file report.json");
    watching.round("watching 2 files");
    save(&folder, "move.plan.yaml", DENIED);
    watching.round("`move.plan.yaml` changed");
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    assert!(report.contains("VMM103"), "{report}");
}

#[test]
fn a_terminal_is_cleared_for_each_round() {
    let folder = folder();
    let program = env!("CARGO_BIN_EXE_clearway");
    let line = format!(
        "{program} check --watch refused.plan.yaml --color never & \\
         for i in 1 2 3 4 5 6 7 8; do sleep 0.5; echo >> refused.plan.yaml; done; kill $!"
    );
    let mut command = Command::new("script");
    command
        .current_dir(folder.path())
        .env_clear()
        .args(["-qec", &line, "/dev/null"])
        .stdin(std::process::Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TERM", "xterm").env("SHELL", "/bin/sh");
    let Ok(output) = command.output() else {
        println!("not run: `script` is not there");
        return;
    };
    let shown = String::from_utf8_lossy(&output.stdout);
    let rounds: Vec<&str> = shown.split("\u{1b}[2J\u{1b}[3J\u{1b}[H").collect();
    assert!(rounds.len() > 1, "{shown}");
    assert!(rounds.iter().all(|round| !round.contains("changed")), "the screen says it: {shown}");
    assert!(rounds[1].contains("VMM103"), "{shown}");
}
