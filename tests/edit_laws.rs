//! What holds of every change of a plan's text, whatever the text looks like: it reads as what was asked for, lines of other
//! steps stay as they are, what is so already changes nothing, and sequences run where their step ran.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::arithmetic_side_effects, missing_docs)]

use std::collections::BTreeMap;

use clearway::edit::{Change, Draft, Member, Says, What, apply};
use clearway::facts::Limits;
use clearway::facts::document::{Document, NodeId, View};
use clearway::facts::read::{Format, read_one};
use clearway::source::SourceMap;
use proptest::prelude::*;

/// Members of a step by their paths.
type Step = BTreeMap<String, String>;

/// How a text is written.
#[derive(Clone, Debug)]
struct Style {
    kind: u8,
    comments: bool,
    apart: bool,
    crlf: bool,
    end: bool,
    /// The mapping `to` in braces.
    braces: bool,
    quotes: u8,
}

fn style() -> impl Strategy<Value = Style> {
    (0..8u8, any::<(bool, bool, bool, bool, bool)>(), 0..3u8).prop_map(|(kind, on, quotes)| {
        let (comments, apart, crlf, end, braces) = on;
        Style { kind, comments, apart, crlf, end, braces, quotes }
    })
}

impl Style {
    fn format(&self) -> Format {
        match self.kind {
            0..=2 => Format::Yaml,
            3 | 4 => Format::Json,
            5 | 6 => Format::Toml,
            _ => Format::Csv,
        }
    }
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9-]{0,6}",
        prop::sample::select(vec![
            r"C:\ClusterStorage\Volume1",
            r"\\files\vms",
            r"hv12:D:\",
            "yes",
            "1e3",
            "a: b",
            "null",
            "*x",
            "x #y",
            "it's",
            "say \"hi\"",
            "12",
            "[x]",
            "{y",
            "a, b",
            "&z",
            "!t",
            "- q",
            "é",
            "#1",
            "~",
            "a=b",
            "%p",
            "x;y",
        ])
        .prop_map(str::to_owned),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        any::<bool>(),
        value(),
        prop::option::of(value()),
        prop::option::of(value()),
        prop::option::of(value()),
        prop::collection::btree_map("[a-d]{1,2}(\\.vhdx)?", value(), 0..3),
        prop::option::of(value()),
    );
    let waves = prop_oneof![Just(vec![None; 6]), prop::collection::vec(prop::option::weighted(0.9, 0..9u64), 6)];
    (prop::collection::vec(step, 1..6), waves).prop_map(|(steps, waves)| {
        let mut made = Vec::new();
        for (index, (id, vm, transfer, host, storage, disks, network)) in steps.into_iter().enumerate() {
            let mut step = Step::new();
            let mut put =
                |key: &str, value: Option<String>| drop(value.map(|value| step.insert(key.to_owned(), value)));
            put("id", id.then(|| format!("s{index}")));
            put("vm", Some(vm));
            put("transfer", transfer);
            put("to.host", host);
            put("to.storage", storage);
            put("wave", waves[index].map(|wave| wave.to_string()));
            put("network", network);
            for (disk, storage) in disks {
                step.insert(format!("to.disks.{disk}"), storage);
            }
            made.push(step);
        }
        made
    })
}

const ORDER: [&str; 5] = ["id", "vm", "transfer", "wave", "network"];

fn double(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn yaml(text: &str, style: &Style, wave: bool) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && text.starts_with(|c: char| c.is_ascii_alphabetic());
    match style.quotes {
        _ if wave => text.to_owned(),
        0 if plain && text != "null" && text != "yes" => text.to_owned(),
        1 => double(text),
        _ => single(text),
    }
}

fn toml(text: &str, style: &Style, wave: bool) -> String {
    if wave {
        text.to_owned()
    } else if style.quotes == 0 && !text.contains('\'') {
        format!("'{text}'")
    } else {
        double(text)
    }
}

/// `{ host: h, disks: { a: b } }` in the format's words; nothing where the step goes nowhere.
fn to(
    step: &Step,
    style: &Style,
    colon: &str,
    key: &dyn Fn(&str) -> String,
    value: &dyn Fn(&str) -> String,
) -> Option<String> {
    let member =
        |name: &str| step.get(&format!("to.{name}")).map(|text| format!("{}{colon}{}", key(name), value(text)));
    let disks: Vec<String> = step
        .iter()
        .filter_map(|(path, text)| Some(format!("{}{colon}{}", key(path.strip_prefix("to.disks.")?), value(text))))
        .collect();
    let mut parts: Vec<String> = ["host", "storage"].iter().filter_map(|name| member(name)).collect();
    if !disks.is_empty() {
        parts.push(format!("{}{colon}{{{}}}", key("disks"), disks.join(",  ")));
    }
    let pad = if style.apart { " " } else { "" };
    (!parts.is_empty()).then(|| format!("{{{pad}{}{pad}}}", parts.join(", ")))
}

fn written(steps: &[Step], style: &Style) -> String {
    let mut out = String::new();
    let note = |text: &str| if style.comments { format!("  # {text}") } else { String::new() };
    match style.kind {
        0 | 1 => {
            out.push_str(&format!("plan: p{}\nsteps:\n", note("a plan")));
            let dash = if style.kind == 0 { "  - " } else { "-   " };
            for (index, step) in steps.iter().enumerate() {
                if style.apart && index > 0 {
                    out.push('\n');
                }
                if style.comments {
                    out.push_str(&format!("  # about {index}\n"));
                }
                let mut lead = dash;
                for name in ORDER {
                    if let Some(text) = step.get(name) {
                        out.push_str(&format!("{lead}{name}: {}{}\n", yaml(text, style, name == "wave"), note(name)));
                        lead = "    ";
                    }
                    let value = |text: &str| yaml(text, style, false);
                    if name == "vm" && !style.braces {
                        let disks: Vec<_> = step.iter().filter(|(path, _)| path.starts_with("to.disks.")).collect();
                        let mut lines = Vec::new();
                        for part in ["host", "storage"] {
                            lines.extend(
                                step.get(&format!("to.{part}"))
                                    .map(|text| format!("      {part}: {}{}\n", value(text), note(part))),
                            );
                        }
                        if !disks.is_empty() {
                            lines.push("      disks:\n".to_owned());
                        }
                        lines.extend(
                            disks.iter().map(|(path, text)| format!("        {}: {}\n", &path[9..], value(text))),
                        );
                        if !lines.is_empty() {
                            out.push_str(&format!("    to:{}\n{}", note("where"), lines.concat()));
                        }
                    } else if name == "vm"
                        && let Some(to) = to(step, style, ": ", &str::to_owned, &value)
                    {
                        out.push_str(&format!("    \"to\": {to}{}\n", note("where")));
                    }
                }
            }
            out.push_str("inventory: x.yaml\n");
        }
        2..=4 => {
            let json = style.kind != 2;
            let (colon, between) = if style.kind == 4 { (":", ",") } else { (": ", ", ") };
            let key = |name: &str| if json { double(name) } else { name.to_owned() };
            let value = |text: &str| if json { double(text) } else { yaml(text, style, false) };
            let line = |level: usize| if style.kind == 3 { format!("\n{}", "\t".repeat(level)) } else { String::new() };
            let all: Vec<String> = steps
                .iter()
                .map(|step| {
                    let mut parts = Vec::new();
                    for name in ORDER {
                        let text = |text: &String| if name == "wave" { text.clone() } else { value(text) };
                        parts.extend(step.get(name).map(|found| format!("{}{colon}{}", key(name), text(found))));
                        if name == "vm" {
                            parts.extend(
                                to(step, style, colon, &key, &value).map(|to| format!("{}{colon}{to}", key("to"))),
                            );
                        }
                    }
                    let between = if style.kind == 3 { format!(",{}", line(3)) } else { between.to_owned() };
                    format!("{{{}{}{}}}", line(3), parts.join(&between), line(2))
                })
                .collect();
            let list = format!(
                "[{}{}{}]",
                line(2),
                all.join(&if style.kind == 3 { format!(",{}", line(2)) } else { between.to_owned() }),
                line(1)
            );
            out = match style.kind {
                2 => format!("steps: {list}\n"),
                _ => format!("{{{}{}{colon}{list}{}}}\n", line(1), key("steps"), line(0)),
            };
        }
        5 | 6 => {
            out.push_str(&format!("plan = \"p\"{}\n", note("a plan")));
            for (index, step) in steps.iter().enumerate() {
                if style.apart {
                    out.push('\n');
                }
                if style.comments {
                    out.push_str(&format!("# about {index}\n"));
                }
                out.push_str("[[steps]]\n");
                for name in ORDER {
                    if let Some(text) = step.get(name) {
                        out.push_str(&format!("{name} = {}{}\n", toml(text, style, name == "wave"), note(name)));
                    }
                }
                let value = |text: &str| toml(text, style, false);
                let parts: Vec<(String, &String)> = step
                    .iter()
                    .filter_map(|(path, text)| {
                        let path = path.strip_prefix("to.")?;
                        let disk = path.strip_prefix("disks.").map(|disk| format!("disks.{}", double(disk)));
                        Some((disk.unwrap_or_else(|| path.to_owned()), text))
                    })
                    .collect();
                if style.kind == 5 && style.braces {
                    out.extend(
                        to(step, style, " = ", &double, &value).map(|to| format!("to = {to}{}\n", note("where"))),
                    );
                } else if !parts.is_empty() {
                    let lead = if style.kind == 6 { "to." } else { "" };
                    if style.kind == 5 {
                        out.push_str("[steps.to]\n");
                    }
                    out.extend(parts.iter().map(|(path, text)| format!("{lead}{path} = {}\n", value(text))));
                }
            }
        }
        _ => {
            let separator = if style.braces { ";" } else { "," };
            let columns = ["id", "vm", "transfer", "to.host", "to.storage", "wave", "network"];
            out.push_str(&format!("{}\n", columns.join(separator)));
            for (index, step) in steps.iter().enumerate() {
                if style.comments {
                    out.push_str(&format!("# about {index}\n"));
                }
                let field = |name: &&str| {
                    step.get(*name).map_or(String::new(), |text| {
                        let special = text.contains([',', ';', '"', '#']);
                        if special || style.quotes == 1 {
                            format!("\"{}\"", text.replace('"', "\"\""))
                        } else {
                            text.clone()
                        }
                    })
                };
                let fields: Vec<String> = columns.iter().map(field).collect();
                out.push_str(&format!(
                    "{}{}\n",
                    fields.join(separator),
                    if index % 2 == 0 { note("row") } else { String::new() }
                ));
            }
        }
    }
    if style.crlf {
        out = out.replace('\n', "\r\n");
    }
    if !style.end {
        out.truncate(out.trim_end_matches(['\n', '\r']).len());
    }
    out
}

/// What a text says, by another way than the one that is tested: steps by paths, and the lines they stand on.
fn read(text: &str, format: Format) -> (Vec<Step>, Vec<(usize, usize)>) {
    let mut map = SourceMap::new();
    let id = map.add("x", text).unwrap();
    let (document, diagnostics) = read_one(format, map.file(id).unwrap(), &Limits::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
    let document = document.unwrap();
    let list = document.get(document.root().unwrap(), "steps").unwrap();
    let lines = |node: NodeId| {
        let span = document.span(node);
        let before = |at: u32| text[..at as usize].matches('\n').count();
        let end = text[..span.end as usize].trim_end().len();
        (before(span.start), text[..end].matches('\n').count())
    };
    let steps = document.elements(list);
    let said = |node: &NodeId| {
        let mut step = Step::new();
        flatten(&document, *node, "", &mut step);
        step
    };
    (steps.iter().map(said).collect(), steps.iter().map(|node| lines(*node)).collect())
}

fn flatten(document: &Document, node: NodeId, path: &str, step: &mut Step) {
    match document.view(node) {
        View::Scalar(text, _) => drop(step.insert(path.to_owned(), text.to_owned())),
        View::Map(members) => {
            for member in members {
                let key = document.key(member);
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                flatten(document, member.value, &path, step);
            }
        }
        _ => panic!("nothing else is written"),
    }
}

fn member() -> impl Strategy<Value = Member> {
    prop_oneof![
        Just(Member::Transfer),
        Just(Member::Host),
        Just(Member::Storage),
        "[a-d]{1,2}(\\.vhdx)?".prop_map(Member::Disk),
    ]
}

fn path(member: &Member) -> String {
    match member {
        Member::Transfer => "transfer".to_owned(),
        Member::Host => "to.host".to_owned(),
        Member::Storage => "to.storage".to_owned(),
        Member::Disk(name) => format!("to.disks.{name}"),
        Member::Wave => "wave".to_owned(),
    }
}

/// The steps in the order in which they run: the places of those that run together.
fn order(steps: &[Step]) -> Vec<Vec<usize>> {
    let mut waves: Vec<(Option<u64>, Vec<usize>)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let number = step.get("wave").map(|wave| wave.parse::<u64>().unwrap());
        match waves.iter_mut().find(|(wave, _)| number.is_some() && *wave == number) {
            Some((_, members)) => members.push(index),
            None => waves.push((number, vec![index])),
        }
    }
    if waves.iter().all(|(number, _)| number.is_some()) {
        waves.sort_by_key(|(number, _)| *number);
    }
    waves.into_iter().map(|(_, members)| members).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn a_change_reads_as_what_was_asked_for(
        steps in steps(), style in style(), at in any::<prop::sample::Index>(),
        asked in prop::collection::vec((member(), prop::option::of(value())), 1..4),
    ) {
        let text = written(&steps, &style);
        let format = style.format();
        let (before, lines) = read(&text, format);
        let at = at.index(steps.len());
        let mut wanted = before.clone();
        let mut changes = Vec::new();
        for (member, value) in &asked {
            let what = match value {
                Some(value) => {
                    wanted[at].insert(path(member), value.clone());
                    What::Set(member.clone(), value.clone())
                }
                None => {
                    wanted[at].remove(&path(member));
                    What::Remove(member.clone())
                }
            };
            changes.push(Change { step: at, what });
        }
        let new = match apply(&text, format, &changes) {
            Ok(new) => new,
            Err(why) => {
                let disks = asked.iter().any(|(member, _)| matches!(member, Member::Disk(_)));
                prop_assert!(format == Format::Csv && disks, "{:?}\n{}", why, text);
                return Ok(());
            }
        };
        prop_assert_eq!(&read(&new, format).0, &wanted, "\n{}\n{}", text, new);
        if wanted == before {
            prop_assert_eq!(&new, &text);
        }
        // Everything before and behind the step, byte for byte.
        let all: Vec<&str> = text.split_inclusive('\n').collect();
        let (first, mut last) = lines[at];
        if format == Format::Toml {
            // A table of TOML is placed by its header.
            last = lines.get(at + 1).map_or(all.len(), |(next, _)| next - 1);
        }
        let head: String = all[..first].concat();
        let tail: String = all[(last + 1).min(all.len())..].concat();
        if format != Format::Csv {
            prop_assert!(new.starts_with(&head), "\n{}\n{}", text, new);
        }
        prop_assert!(new.ends_with(&tail), "\n{}\n{}", text, new);
        // Comments of the step stay as long as their line does.
        if style.comments && asked.iter().all(|(_, value)| value.is_some()) {
            let notes = |text: &str| text.matches('#').count() - written_signs(text, format);
            prop_assert_eq!(notes(&new), notes(&text), "\n{}\n{}", text, new);
        }
    }

    #[test]
    fn a_sequence_runs_where_its_step_ran(
        steps in steps(), style in style(), at in any::<prop::sample::Index>(), more in 1..3usize, host in value(), storage in value(),
    ) {
        let text = written(&steps, &style);
        let format = style.format();
        let at = at.index(steps.len());
        let draft = |number: usize| Draft {
            transfer: Says::Text(format!("t{number}")),
            host: if number == 0 { Says::Text(host.clone()) } else { Says::Nothing },
            storage: if number > 0 { Says::Text(storage.clone()) } else { Says::AsWritten },
            disks: Some(Vec::new()),
            members: Vec::new(),
        };
        let drafts: Vec<Draft> = (0..=more).map(draft).collect();
        let new = apply(&text, format, &[Change { step: at, what: What::Sequence(drafts) }]);
        let new = new.unwrap_or_else(|why| panic!("{why:?}\n{text}"));
        let (before, _) = read(&text, format);
        let (after, _) = read(&new, format);
        prop_assert_eq!(after.len(), before.len() + more);
        let was = |place: usize| if place <= at { Some(place) } else { (place > at + more).then(|| place - more) };
        // The order of all that was there.
        let kept: Vec<Vec<usize>> = order(&after)
            .into_iter()
            .map(|wave| wave.into_iter().filter_map(was).collect::<Vec<_>>())
            .filter(|wave| !wave.is_empty())
            .collect();
        prop_assert_eq!(&kept, &order(&before), "\n{}\n{}", text, new);
        // The new ones behind their step, one after the other, before what came after its wave.
        let waves = order(&after);
        let of = |place: usize| waves.iter().position(|wave| wave.contains(&place)).unwrap();
        for further in 1..=more {
            prop_assert!(of(at + further - 1) < of(at + further), "\n{}\n{}", text, new);
            prop_assert_eq!(waves[of(at + further)].len(), 1);
        }
        if let Some(numbered) = before[at].get("wave")
            && before.iter().all(|step| step.contains_key("wave"))
        {
            let number: u64 = numbered.parse().unwrap();
            for (place, step) in before.iter().enumerate().filter(|(_, step)| step["wave"].parse::<u64>().unwrap() > number) {
                let now = if place > at { place + more } else { place };
                prop_assert!(of(at + more) < of(now), "{:?}\n{}\n{}", step, text, new);
            }
        }
        let mut ids: Vec<String> =
            after.iter().enumerate().map(|(at, step)| step.get("id").cloned().unwrap_or(format!("step-{}", at + 1))).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), after.len(), "ids\n{}", new);
        for further in 1..=more {
            let step = &after[at + further];
            prop_assert_eq!(step.get("vm"), before[at].get("vm"));
            prop_assert_eq!(step.get("network"), before[at].get("network"));
            prop_assert_eq!(step.get("to.storage"), Some(&storage));
            prop_assert_eq!(step.get("to.host"), None);
        }
    }

    #[test]
    fn no_text_is_ever_broken(
        text in "(steps: ?|- |\\[|\\]|\\{|\\}|vm: x|to: |host|: |,|\n|  |&a |\\*a|<<: |#c|'|\"|\\|\n|wave: 1|~|\r){0,24}",
        host in value(),
    ) {
        let changes = [Change { step: 0, what: What::Set(Member::Host, host.clone()) }];
        for format in [Format::Yaml, Format::Json, Format::Toml, Format::Csv] {
            if let Ok(new) = apply(&text, format, &changes) {
                let (steps, _) = read(&new, format);
                prop_assert_eq!(steps[0].get("to.host"), Some(&host));
            }
        }
    }
}

/// How many `#` are part of values: those of the texts that are written with one.
fn written_signs(text: &str, format: Format) -> usize {
    read(text, format).0.iter().flat_map(|step| step.values()).map(|value| value.matches('#').count()).sum()
}
