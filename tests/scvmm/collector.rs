//! The script that collects an export: it asks for everything that is read.

use std::collections::BTreeSet;
use std::process::Command;

const SCRIPT: &str = include_str!("../../tools/collect-scvmm.ps1");

/// The members that the script asks for, by kind of object.
fn asked(kind: &str) -> BTreeSet<&'static str> {
    let mut lines = SCRIPT.lines().skip_while(|line| !line.starts_with("$asked = @{"));
    let opens = format!("    '{kind}'");
    let mut text = String::new();
    let mut inside = false;
    for line in lines.by_ref() {
        if line == "}" {
            break;
        }
        if line.starts_with("    '") {
            let rest = line.strip_prefix(&opens).filter(|rest| rest.trim_start().starts_with("= @("));
            inside = rest.is_some();
            text.push_str(rest.unwrap_or(""));
        } else if inside && !line.trim_start().starts_with('#') {
            text.push_str(line);
        }
    }
    let text: &'static str = text.leak();
    text.split('\'').skip(1).step_by(2).collect()
}

/// What is read and is no property of VMM's.
fn of_its_own(kind: &str, member: &str) -> Option<&'static str> {
    match (kind, member) {
        ("machine", "DVDISO" | "DVDs") => Some("other scripts put images there; this one leaves them in their drives"),
        ("host", "HardwareVirtualization" | "SmbAccess") => Some("VMM does not say it: the script asks elsewhere"),
        ("domain", _) => Some("VMM does not say it: the script asks elsewhere"),
        _ => None,
    }
}

#[test]
fn it_asks_for_every_property_that_is_read() {
    let mut wrong = Vec::new();
    for (kind, members) in clearway::facts::scvmm::MEMBERS {
        for member in *members {
            let there = match (*kind, of_its_own(kind, member)) {
                ("export", _) => {
                    SCRIPT.contains(&format!("    {member} ")) || SCRIPT.contains(&format!("['{member}']"))
                }
                ("machine", Some(_)) => continue,
                (_, Some(_)) => {
                    SCRIPT.contains(&format!("-NotePropertyName {member} "))
                        || SCRIPT.contains(&format!("{member} = "))
                        || SCRIPT.contains(&format!("['{member}'] = "))
                }
                _ => asked(kind).contains(member),
            };
            if !there {
                wrong.push(format!("{kind}: {member}"));
            }
        }
    }
    assert!(wrong.is_empty(), "not asked for:\n{}", wrong.join("\n"));
    assert!(asked("host").len() > 25, "the script is written in another way than this test reads");
    assert!(SCRIPT.contains("THIS SCRIPT WAS NOT RUN"), "its header says so");
}

#[test]
fn it_parses_where_powershell_is() {
    let parse = "$e = $null; [void] [System.Management.Automation.Language.Parser]::ParseFile('tools/collect-scvmm.ps1', [ref] $null, [ref] $e); $e | ForEach-Object { \"$($_.Extent.StartLineNumber): $($_.Message)\" }; exit $e.Count";
    let ran = ["pwsh", "powershell"].into_iter().find_map(|name| {
        Command::new(name)
            .args(["-NoProfile", "-NonInteractive", "-Command", parse])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .ok()
    });
    match ran {
        None => eprintln!("skipped: there is no PowerShell here, so nobody knows that the script parses"),
        Some(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
    }
}

/// Without PowerShell this much can be held: brackets and quotes fit together.
#[test]
fn its_brackets_fit() {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut quote = None;
    let body = SCRIPT.split_once("#>").unwrap().1;
    let mut before = ' ';
    for (number, line) in body.lines().enumerate() {
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let escaped = before == '`';
            before = if escaped { ' ' } else { letter };
            match (quote, letter) {
                _ if escaped => {}
                (None, '#') => break,
                (None, '\'' | '"') => quote = Some(letter),
                (Some(of), letter) if of == letter => quote = None,
                (Some('"'), '$') if letters.peek() == Some(&'(') => {}
                (None, '(' | '{' | '[') => open.push((letter, number)),
                (None, ')' | '}' | ']') => {
                    let (opened, at) = open.pop().expect("nothing is open");
                    let fits = matches!((opened, letter), ('(', ')') | ('{', '}') | ('[', ']'));
                    assert!(fits, "{letter} in line {number} of the body closes {opened} of line {at}");
                }
                _ => {}
            }
        }
        before = ' ';
        assert!(quote.is_none(), "a quote is open at the end of line {number} of the body: {line}");
    }
    assert!(open.is_empty(), "{open:?}");
}

/// What it writes, in the shape that it writes it in.
#[test]
fn what_it_adds_arrives() {
    let export = r#"{"collector":{"Name":"collect-scvmm"},
      "hosts":[{"Name":"h1.x.example","HostCluster":{"Name":"c.x.example","ClusterName":"c"},"DomainName":"x.example","HardwareVirtualization":true,
                "DiskVolumes":[],"RegisteredStorageFileShares":[{"SharePath":"\\\\files.x.example\\vms"}],"SmbAccess":["\\\\FILES\\vms"]},
               {"Name":"h2.x.example","HostCluster":null,"DomainName":"y.example","SmbAccess":[]}],
      "clusters":[],"vnets":[{"Name":"s","VMHost":"h1.x.example"}],
      "domains":[{"Name":"x.example","Trusts":["y.example"]},{"Name":"y.example"}],
      "vms":[{"Name":"v","Version":"9.0","LimitCPUForMigration":true,"HasPassthroughDisk":true,"VirtualHardDisks":[{"Name":"d.vhdx","ID":"1"}],
              "VirtualDiskDrives":[{"VirtualHardDisk":{"ID":"1"},"HasSharedStorage":false,"BusType":"SCSI"}],"ShareSCSIBus":true,
              "VirtualDVDDrives":[{"ISO":{"Name":"a.iso","SharePath":"\\\\files\\vms\\a.iso","Size":5}},{"ISO":"cut.iso"},{"ISO":null}],
              "VirtualFloppyDrive":{"VirtualFloppyDisk":null}}]}"#;
    let (value, odd, _) = super::import("x.json", export).unwrap();
    assert!(odd.is_empty(), "{odd:?}");
    let host = |name: &str, path: &str| super::text(super::row(&value, "hosts", name), path);
    assert_eq!(host("h1.x.example", "cpu/hardware-virtualization"), "true");
    assert_eq!(host("h1.x.example", "smb-access"), r"[\\files.x.example\vms]", "by the name that the share has");
    assert_eq!(host("h1.x.example", "cluster"), "c");
    assert_eq!(host("h1.x.example", "switches"), "[s]");
    assert_eq!(host("h2.x.example", "cpu/hardware-virtualization"), "?");
    assert_eq!((host("h2.x.example", "smb-access"), host("h2.x.example", "cluster")), ("[]".into(), "null".into()));
    let trusts = |name: &str| super::text(super::row(&value, "domains", name), "trusts");
    assert_eq!((trusts("x.example"), trusts("y.example")), ("[y.example]".into(), "?".into()));
    let vm = super::row(&value, "vms", "v");
    assert_eq!(super::text(vm, "configuration-version"), "9.0");
    assert_eq!(super::text(vm, "processor-compatibility"), "true");
    assert_eq!(
        super::text(vm, "disks"),
        "[{name: d.vhdx, kind: vhdx} {kind: pass-through, base: null, snapshot: false}]",
        "of a shared bus nobody says which of its disks are"
    );
    assert_eq!(
        super::text(vm, "images"),
        r"[{path: \\files\vms\a.iso, storage: \\files.x.example\vms, size: 5 B} {path: cut.iso}]"
    );
}
