//! `clearway schema` held to what it describes: the schemas are sound by their own authority, editors find in them what they
//! need, and they take what the loaders take.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "pages/markdown.rs"]
mod markdown;
#[path = "schemas/outputs.rs"]
mod outputs;
#[path = "schemas/seen.rs"]
mod seen;
mod written;

use std::path::Path;

use clearway::diag::{Code, Diagnostic, codes::input};
use clearway::facts::Limits;
use clearway::facts::document::{Document, Value};
use clearway::facts::load::{Options as Loading, load_inventory, load_plan};
use clearway::facts::read::{Format, read};
use clearway::facts::scvmm;
use clearway::program::Program;
use clearway::render;
use clearway::session::{Described, Options, Session, compile_bundled};
use clearway::source::{Disk, Files, Memory, SourceMap, Span};
use clearway::types::{FieldId, Schema};
use clearway::value::StructId;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value as Json;
use written::{Dice, VOCABULARY, texts, thrown};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema_text(files: &dyn Files, packs: &[&str], of: Described) -> String {
    let packs = packs.iter().map(ToString::to_string).collect();
    let mut session = Session::new(files, Options { packs, ..Options::default() });
    let (shape, told) = session.shape(of);
    assert!(told.is_empty(), "{told:#?}");
    render::schema::draw(&shape.unwrap())
}

fn schema(files: &dyn Files, packs: &[&str], of: Described) -> Json {
    serde_json::from_str(&schema_text(files, packs, of)).unwrap()
}

/// A vocabulary as a pack of a folder.
fn folder(vocabulary: &str) -> Memory {
    Memory::new().with("pack/all.way", vocabulary)
}

/// Every schema that a pack can bring: its name, and itself.
fn all() -> Vec<(String, Json)> {
    let both = [(Described::Plan, "plan"), (Described::Inventory, "inventory")];
    let mut all = Vec::new();
    for (of, what) in both {
        all.push((format!("{what} of vmm-2019"), schema(&Disk, &[], of)));
        all.push((format!("{what} of little"), schema(&folder(VOCABULARY), &["pack"], of)));
    }
    all.push(("configuration".to_owned(), schema(&Disk, &[], Described::Config)));
    all.push(("configuration of an each pack".to_owned(), schema(&folder(EACH), &["pack"], Described::Config)));
    all.push(("plan of an each pack".to_owned(), schema(&folder(EACH), &["pack"], Described::Plan)));
    all
}

/// A pack that judges single entities.
const EACH: &str = r#"
pack machines "Machines one by one" version 1.0.0
enum power { on, off }
// What a machine is.
entity vm {
  name: name key
  power: power           // whether it runs
  memory: size
  tags: [text] default []
  firmware: { kind: name, secure: bool? }
}
input each vm
rule E1 small { for vm  must vm.memory <= 64 GiB  because "{vm} is large" }
"#;

#[test]
fn schemas_are_schemas() {
    for (name, schema) in all() {
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#", "{name}");
        if let Err(error) = jsonschema::meta::validate(&schema) {
            panic!("{name}: {error}");
        }
        assert!(jsonschema::validator_for(&schema).is_ok(), "{name}");
    }
}

/// Looks at every schema within a schema.
fn within<'s>(schema: &'s Json, path: &str, look: &mut dyn FnMut(&str, &'s Json)) {
    look(path, schema);
    match schema {
        Json::Object(members) => members.iter().for_each(|(key, value)| within(value, &format!("{path}/{key}"), look)),
        Json::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| within(value, &format!("{path}/{at}"), look));
        }
        _ => {}
    }
}

/// What editors show and propose: a description at every member, the values of enums, and nothing that is not declared.
#[test]
fn editors_find_what_they_need() {
    for (name, schema) in all() {
        within(&schema, "", &mut |path, at| {
            let conditional =
                path.contains("/if/") || path.contains("/then/") || path.ends_with("/if") || path.ends_with("/then");
            if let Some(members) = at.get("properties").and_then(Json::as_object).filter(|_| !conditional) {
                for (key, member) in members {
                    let about = member["description"].as_str().unwrap_or_default();
                    assert!(about.len() > 8 && about.ends_with('.'), "{name} {path}/{key}: {about:?}");
                }
                let open = name.starts_with("plan of an each");
                assert_eq!(at["additionalProperties"].as_bool(), (!open).then_some(false), "{name} {path}");
            }
        });
    }
    let plan = schema(&Disk, &[], Described::Plan);
    let transfers = &plan["definitions"]["step"]["properties"]["transfer"]["enum"];
    let all = ["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"];
    assert_eq!(transfers.as_array().unwrap().iter().filter_map(Json::as_str).collect::<Vec<_>>(), all);
    let inventory = schema(&Disk, &[], Described::Inventory);
    let host = &inventory["definitions"]["host"]["properties"];
    assert_eq!(host["storage"]["description"].as_str().unwrap().split('.').next(), Some("All that this host reaches"));
    assert_eq!(host["os-version"]["examples"][0], "10.0.17763");
    // Of YAML 1.1, `state: off` says no.
    let checked = jsonschema::validator_for(&inventory).unwrap();
    let vm = |state: Json| serde_json::json!({ "vms": [{ "name": "a", "state": state }] });
    assert!(checked.is_valid(&vm("off".into())) && checked.is_valid(&vm(false.into())));
    assert!(!checked.is_valid(&vm(true.into())) && !checked.is_valid(&vm("on".into())));
}

#[test]
fn another_pack_brings_another_schema() {
    let plan = schema(&folder(EACH), &["pack"], Described::Plan);
    let valid = |json: Json| jsonschema::validator_for(&plan).unwrap().is_valid(&json);
    assert!(valid(serde_json::json!({ "name": "web01", "power": "on", "memory": "4 GiB", "else": [1] })));
    assert!(!valid(serde_json::json!({ "name": "web01", "power": "idle" })));
    assert_eq!(plan["description"], "What a machine is.");
    let files = folder(EACH);
    let mut session = Session::new(&files, Options { packs: vec!["pack".into()], ..Options::default() });
    let (shape, told) = session.shape(Described::Inventory);
    assert!(shape.is_none());
    assert_eq!(told[0].code.as_str(), "CW551");
    // A layer adds what it declares.
    let layer = "pack acme \"Ours\" version 1.0.0\nextend vmm-2019\nentity step { ticket: text? default none }\n";
    let plan = schema(&folder(layer), &["pack"], Described::Plan);
    assert!(plan["definitions"]["step"]["properties"]["ticket"].is_object());
    assert!(plan["definitions"]["step"]["properties"]["transfer"].is_object());
}

/// A vocabulary with the JSON Schemas of its documents.
struct Held {
    schema: Schema,
    /// Which fields steps write.
    program: Option<Program>,
    plan: Validator,
    inventory: Validator,
}

impl Held {
    fn vmm() -> Held {
        let of = |of| jsonschema::validator_for(&schema(&Disk, &[], of)).unwrap();
        let program = compile_bundled("vmm-2019").unwrap();
        let (plan, inventory) = (of(Described::Plan), of(Described::Inventory));
        Held { schema: program.schema.clone(), program: Some(program), plan, inventory }
    }

    fn little() -> Held {
        let files = folder(VOCABULARY);
        let of = |of| jsonschema::validator_for(&schema(&files, &["pack"], of)).unwrap();
        let (plan, inventory) = (of(Described::Plan), of(Described::Inventory));
        Held { schema: written::schema(VOCABULARY), program: None, plan, inventory }
    }

    /// What the loaders say of a document.
    fn said(&self, of: Described, document: &Document) -> Vec<Diagnostic> {
        let limits = Limits::default();
        let reads = |_: StructId, _: FieldId| true;
        let writes = |of, field| self.program.as_ref().is_some_and(|program| program.writes(of, field));
        let options = Loading { limits: &limits, reads: &reads, writes: &writes, strict: true };
        match of {
            Described::Inventory => load_inventory(&self.schema, &[document], options).diagnostics,
            _ => {
                let mut facts = load_inventory(&self.schema, &[], options).facts;
                load_plan(&self.schema, document, &mut facts, "p", options).diagnostics
            }
        }
    }

    /// What the schema says of a document as its readers see it.
    fn refused(&self, of: Described, json: &Json) -> Vec<String> {
        let validator = if of == Described::Inventory { &self.inventory } else { &self.plan };
        validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// About a boolean where an enum has a word that YAML 1.1 reads as that boolean (`off`): schemas take it there.
    fn is_old_yaml(&self, diagnostic: &Diagnostic) -> bool {
        let Some((written, name)) = diagnostic.message.split_once(" is not a") else { return false };
        let words: &[&str] = match written.trim_matches('`').to_ascii_lowercase().as_str() {
            "true" => &["on", "yes", "y"],
            "false" => &["off", "no", "n"],
            _ => return false,
        };
        let name = name.trim_start_matches('n').trim_start();
        let of = self.schema.enums.iter().find(|of| *of.name == *name);
        of.is_some_and(|of| of.values.iter().any(|value| words.contains(&&**value)))
    }

    /// Where they disagree: what the schema refuses, the loaders report; and what they report of single values, the schema
    /// refuses (of which it can say that: `both`).
    fn quarrel(&self, of: Described, format: Format, text: &str, both: bool) -> Option<String> {
        let document = parsed(format, text)?;
        let said = self.said(of, &document);
        let refused = self.refused(of, &seen::json(&document, format));
        if !refused.is_empty() && said.is_empty() {
            return Some(format!("refused by the schema alone: {refused:#?}\n{text}"));
        }
        let plain: Vec<String> = said
            .iter()
            .filter(|diagnostic| says(diagnostic.code) && !self.is_old_yaml(diagnostic))
            .map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.message))
            .collect();
        let passed_over = both && refused.is_empty() && !plain.is_empty();
        passed_over.then(|| format!("reported by the loaders alone: {plain:#?}\n{text}"))
    }
}

/// Whether a schema can say what a code says.
fn says(code: Code) -> bool {
    [input::UNKNOWN_KEY, input::WRONG_TYPE, input::NULL, input::NO_KEY, input::REQUIRED].contains(&code)
}

fn parsed(format: Format, text: &str) -> Option<Document> {
    let mut map = SourceMap::new();
    let id = map.add("x", text)?;
    let read = read(format, map.file(id)?, &Limits::default());
    if read.diagnostics.is_empty() { read.documents.into_iter().next() } else { None }
}

/// Plans and inventories of the project: what each is called, what it is, and its text.
fn documents() -> Vec<(String, Option<Described>, Format, String)> {
    let mut found = Vec::new();
    let folders = ["examples", "tests", "docs", "policies"];
    let walks = folders.iter().flat_map(|folder| walkdir::WalkDir::new(root().join(folder)).sort_by_file_name());
    for path in walks.filter_map(Result::ok).map(walkdir::DirEntry::into_path) {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if name.ends_with(".md") {
            for block in markdown::blocks(&text) {
                let mut words = block.info.split(' ');
                let format = words.next().and_then(|word| Format::of_name(&format!("x.{word}")));
                let of = match words.next() {
                    Some("plan") => Described::Plan,
                    Some("inventory") => Described::Inventory,
                    _ => continue,
                };
                if let Some(format) = format.filter(|format| *format != Format::Csv && words.next() != Some("escaped"))
                {
                    found.push((name.clone(), Some(of), format, block.text.clone()));
                }
            }
        } else if let Some(format) = Format::of_name(&name).filter(|format| *format != Format::Csv) {
            let of = if name.contains(".plan.") { Some(Described::Plan) } else { None };
            found.push((name, of, format, text));
        }
    }
    found
}

/// What the project shows and tests: no false alarm, and no mistake passed over.
#[test]
fn plans_and_inventories_of_the_project() {
    let held = Held::vmm();
    let (mut plans, mut inventories) = (0, 0);
    let mut wrong = Vec::new();
    for (name, of, format, text) in documents() {
        let Some(document) = parsed(format, &text) else { continue };
        let keys: Vec<&str> = document
            .root()
            .map(|root| document.members(root))
            .unwrap_or_default()
            .iter()
            .map(|member| document.key(member))
            .collect();
        let of = of.or_else(|| {
            keys.iter().any(|key| ["hosts", "vms", "storage", "assume"].contains(key)).then_some(Described::Inventory)
        });
        let Some(of) = of else { continue };
        if scvmm::recognise(&document) {
            continue;
        }
        match of {
            Described::Inventory => inventories += 1,
            _ => plans += 1,
        }
        wrong.extend(held.quarrel(of, format, &text, true).map(|quarrel| format!("{name}: {quarrel}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(plans > 40 && inventories > 20, "{plans} plans, {inventories} inventories");
}

/// Values that mean something to some field; schemas say of all of them what the loaders say.
const PLAIN: &[&str] = &[
    "true",
    "False",
    "off",
    "on",
    "y",
    "plain",
    "on-demand",
    "0",
    "2",
    "-1.5",
    "15%",
    "6.10",
    "10.0.17763",
    "1.2.3.4.5.6.7",
    "64 GiB",
    "64gib",
    "1.5TB",
    "-5 GiB",
    "5 min",
    "7 d",
    "-3 min",
    "2027-03-31",
    "2027-13-31",
    "2027-3-1",
    "live",
    "vhdx",
    "",
    "  ",
    "hv1",
    "csv-1",
    "\\\\files\\vms",
    "null",
    "~",
    "a b",
    " 2 ",
    " true ",
    " 64 GiB ",
];

/// Values of which only the loaders know what they mean.
const ODD: &[&str] = &[
    "\u{85}2",
    "2\u{a0}GiB",
    "\u{feff}true",
    "\u{85}",
    "1e3",
    "0x1f",
    "2027-02-29",
    "0000-01-01",
    "1e400",
    "-0",
    "1.",
    ".5",
    "+5",
    "-0 B",
    "-0.1 B",
    "1e2 B",
    "5% GiB",
    "99999999999 PiB",
    "4294967296.0",
    "79228162514264337593543950336",
    " off ",
    "-.5 h",
    "9007199254740993",
    "1.0",
    "1.5",
    "\u{85}2",
    "\u{feff}2",
    "٣",
];

/// Puts something else at some place of a document.
fn damaged(value: &Value, dice: &mut Dice, pool: &[&str]) -> Value {
    let count = match value {
        Value::List(values, _) => values.len(),
        Value::Map(members, _) => members.len(),
        _ => 0,
    };
    if count == 0 || dice.one_in(5) {
        return something(dice, pool);
    }
    let at = dice.below(count);
    match value {
        Value::List(values, span) => {
            let mut values = values.clone();
            values[at] = damaged(&values[at], dice, pool);
            Value::List(values, *span)
        }
        Value::Map(members, span) => {
            let mut members = members.clone();
            match dice.below(12) {
                0 => drop(members.remove(at)),
                1 => members[at].0.push('x'),
                2 => members[at].2 = something(dice, pool),
                _ => members[at].2 = damaged(&members[at].2, dice, pool),
            }
            Value::Map(members, *span)
        }
        _ => something(dice, pool),
    }
}

fn something(dice: &mut Dice, pool: &[&str]) -> Value {
    let text = dice.of(pool);
    match dice.below(9) {
        0 => Value::Null(Span::NONE),
        1 => Value::List(Vec::new(), Span::NONE),
        2 => Value::List(vec![Value::text(text, Span::NONE)], Span::NONE),
        3 => Value::map(Span::NONE),
        4 => Value::map(Span::NONE).with("name", Some(Value::text(text, Span::NONE))),
        5 => Value::List(vec![Value::map(Span::NONE).with("name", Some(Value::text(text, Span::NONE)))], Span::NONE),
        6 => Value::text(text, Span::NONE),
        _ => Value::bare(text, Span::NONE),
    }
}

/// A plan in the vocabulary of the bundled pack, with everything that a plan can say.
const PLAN: &str = r#"
plan: p
pack: [vmm-2019]
inventory: estate.yaml
steps:
  - { id: a, vm: sql01, transfer: live-vsm, to: { host: hv12, storage: csv-1, disks: { a.vhdx: csv-2 } }, wave: 1, network: m }
  - { vm: web01, to: { host: hv12 } }
waivers:
  - { code: VMM106, steps: [a], reason: why, approved-by: CHG, expires: 2099-03-31 }
"#;

const INVENTORY: &str = r#"
hosts:
  - { name: hv1, cluster: null, domain: d, os-version: 6.10, cpu: { manufacturer: Intel, hardware-virtualization: true }, storage: [csv-1],
      live-migration: { enabled: true, maximum: 2, networks: [{ name: m, private: true }] }, memory: { total: 64 GiB }, san-status: [npiv] }
storage:
  - { name: csv-1, kind: csv, san: null, dedicated-to: a, free: 1 TiB }
vms:
  - { name: a, id: x, host: hv1, state: off, snapshots: 0, disks: [{ name: a.vhdx, kind: vhdx, storage: csv-1, size: 2 GiB, base: null }] }
assume:
  - { fact: vms.disks.shared, is: false, because: none are, until: 2099-06-30 }
"#;

fn value_of(document: &Document, node: clearway::facts::document::NodeId) -> Value {
    use clearway::facts::document::View;
    match document.view(node) {
        View::Null => Value::Null(Span::NONE),
        View::Scalar(text, quoted) => Value::Scalar(text.to_owned(), quoted, Span::NONE),
        View::List(elements) => {
            Value::List(elements.iter().map(|element| value_of(document, *element)).collect(), Span::NONE)
        }
        View::Map(members) => {
            let member = |member| (document.key(member).to_owned(), Span::NONE, value_of(document, member.value));
            Value::Map(members.iter().map(member).collect(), Span::NONE)
        }
    }
}

fn value(text: &str) -> Value {
    let document = parsed(Format::Yaml, text).unwrap();
    value_of(&document, document.root().unwrap())
}

fn quarrel_about(held: &Held, of: Described, value: &Value, dice: &mut Dice) -> Option<String> {
    let both = dice.one_in(2);
    let pool = if both { PLAIN } else { ODD };
    let mut value = damaged(value, dice, pool);
    if dice.one_in(3) {
        value = damaged(&value, dice, pool);
    }
    texts(&value).iter().find_map(|(format, text)| held.quarrel(of, *format, text, both))
}

/// Schema and loaders about a damaged document.
fn quarrel(seed: u64) -> Option<String> {
    let dice = &mut Dice(seed);
    match dice.below(3) {
        0 => VMM.with(|held| quarrel_about(held, Described::Plan, &value(PLAN), dice)),
        1 => VMM.with(|held| quarrel_about(held, Described::Inventory, &value(INVENTORY), dice)),
        _ => LITTLE.with(|held| quarrel_about(held, Described::Inventory, &thrown(&held.schema, dice), dice)),
    }
}

thread_local! {
    static VMM: Held = Held::vmm();
    static LITTLE: Held = Held::little();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever an inventory can say is taken, in every format.
    #[test]
    fn what_the_loaders_take_is_valid(seed in any::<u64>()) {
        let quarrel = LITTLE.with(|held| {
            let texts = texts(&thrown(&held.schema, &mut Dice(seed)));
            texts.iter().find_map(|(format, text)| held.quarrel(Described::Inventory, *format, text, false))
        });
        prop_assert!(quarrel.is_none(), "{}", quarrel.unwrap_or_default());
    }

    /// What the schema refuses the loaders report, and the other way round where a schema can say it.
    #[test]
    fn damaged_documents_are_seen_alike(seed in any::<u64>()) {
        let quarrel = quarrel(seed);
        prop_assert!(quarrel.is_none(), "{}", quarrel.unwrap_or_default());
    }
}

#[test]
fn the_examples_of_these_laws_are_sound() {
    let held = Held::vmm();
    for (of, text) in [(Described::Plan, PLAN), (Described::Inventory, INVENTORY)] {
        let document = parsed(Format::Yaml, text).unwrap();
        assert!(held.refused(of, &seen::json(&document, Format::Yaml)).is_empty());
        assert!(held.said(of, &document).iter().all(|diagnostic| !says(diagnostic.code)));
    }
}

/// Configurations of the pages: what is shown as right is valid, and what a schema can say of what is wrong is refused.
#[test]
fn configurations_are_described() {
    let validator = jsonschema::validator_for(&schema(&Disk, &[], Described::Config)).unwrap();
    let (mut right, mut wrong) = (0, 0);
    for entry in walkdir::WalkDir::new(root().join("docs")).sort_by_file_name().into_iter().filter_map(Result::ok) {
        let name = entry.path().display().to_string();
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let page_of_code = entry.file_name().to_string_lossy().starts_with("CW53");
        for block in markdown::blocks(&text) {
            let mended = block.info == "toml config mended";
            if !(mended || block.info == "toml config") {
                continue;
            }
            let Ok(json) = toml::from_str::<Json>(&block.text) else { continue };
            let refused: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
            if mended || !page_of_code {
                right += 1;
                assert!(refused.is_empty(), "{name}: {refused:#?}\n{}", block.text);
            } else {
                wrong += usize::from(!refused.is_empty());
            }
        }
    }
    assert!(right > 0 && wrong > 0, "{right} right, {wrong} wrong");
    let valid = |text: &str| validator.is_valid(&toml::from_str::<Json>(text).unwrap());
    assert!(valid(
        "pack = \"vmm-2019\"\nselect = [\"VMM1\"]\nquiet = true\n[limits]\nrows = 20_000_000\n[suggest]\nmost = 3\n"
    ));
    assert!(valid("[report]\nsarif = \"findings.sarif\"\n") && valid("report = [\"sarif=findings.sarif\"]\n"));
    for text in [
        "pcak = \"x\"\n",
        "quiet = \"true\"\n",
        "fail-on = \"fatal\"\n",
        "[suggest]\nmost = 0\n",
        "[limits]\nraws = 1\n",
    ] {
        assert!(!valid(text), "{text}");
    }
}

/// The command: what it writes and where, and the pack that a configuration names.
#[test]
fn the_command_writes_schemas() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("own")).unwrap();
    std::fs::write(folder.path().join("own/all.way"), EACH).unwrap();
    let run = |line: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_clearway"));
        let output = command.args(line.split(' ')).current_dir(folder.path()).output().unwrap();
        let title = |text: &[u8]| serde_json::from_slice::<Json>(text).ok()?["title"].as_str().map(str::to_owned);
        (output.status.code().unwrap(), title(&output.stdout), String::from_utf8(output.stderr).unwrap())
    };
    let wrote = |title: &str| (0, Some(title.to_owned()), String::new());
    assert_eq!(run("schema plan"), wrote("Clearway plan (vmm-2019@1.0.0)"));
    assert_eq!(run("schema inventory"), wrote("Clearway inventory (vmm-2019@1.0.0)"));
    assert_eq!(run("schema output"), wrote("Clearway's JSON"));
    assert_eq!(run("schema config --output-file c.json"), (0, None, String::new()));
    assert!(std::fs::read_to_string(folder.path().join("c.json")).unwrap().contains("\"fail-on\""));
    assert_eq!(run("schema plan --pack own"), wrote("Clearway document (machines@1.0.0)"));
    std::fs::write(folder.path().join("clearway.toml"), "pack = \"own\"\n").unwrap();
    assert_eq!(run("schema plan"), wrote("Clearway document (machines@1.0.0)"));
    let (code, title, said) = run("schema inventory");
    assert!((code, title) == (2, None) && said.contains("CW551"), "{said}");
    let (code, title, said) = run("schema plan --pack nowhere");
    assert!((code, title) == (2, None) && said.contains("CW513"), "{said}");
    assert_eq!(run("schema plans").0, 2);
}
