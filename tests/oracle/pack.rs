//! The tests that packs bring along, judged by the oracle: documents are made of what is given, and expectations looked up.

use std::path::Path;
use std::sync::Arc;

use clearway::check::tree::{
    Expectation, ExpectedVerdict, Given, GivenValue, Policies, Test, TestSubject, WorldExpectation,
};
use clearway::check::{Checked, PackFiles, check};
use clearway::facts::Facts as Store;
use clearway::report::PlanVerdict;
use clearway::source::SourceMap;
use clearway::types::{Schema, Type};
use serde_json::{Map, Value as Json, json};

use super::judge::Outcome;
use super::plan::Judgement;
use super::value::RowRef;
use super::{build, run};

/// Packs of folders, their tests included; each behind those that it builds upon.
pub fn read(folders: &[&str]) -> Checked {
    let mut map = SourceMap::new();
    let packs: Vec<PackFiles> = folders.iter().map(|folder| files(&mut map, Path::new(folder))).collect();
    check(&packs)
}

fn files(map: &mut SourceMap, folder: &Path) -> PackFiles {
    let mut paths = Vec::new();
    for place in [folder.to_path_buf(), folder.join("tests")] {
        for entry in std::fs::read_dir(place).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            if path.extension().is_some_and(|ending| ending == "way") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let file =
            map.add(&path.display().to_string(), text).and_then(|id| map.file(id).cloned()).expect("short texts");
        files.push(clearway::syntax::parse(file.text(), file.base()).tree);
    }
    PackFiles { folder: folder.file_name().expect("a name").to_string_lossy().into(), files }
}

fn document(value: &GivenValue) -> Json {
    match value {
        GivenValue::Scalar(text, _) => json!(&**text),
        GivenValue::Null(_) => Json::Null,
        GivenValue::List(values, _) => values.iter().map(document).collect(),
        GivenValue::Map(entries, _) => {
            Json::Object(entries.iter().map(|(key, value)| (key.to_string(), document(value))).collect())
        }
    }
}

/// Writes a value under a path; maps merge.
fn write(members: &mut Map<String, Json>, path: &[Arc<str>], value: Json) {
    let Some((first, rest)) = path.split_first() else { return };
    let slot = members.entry(first.to_string()).or_insert(Json::Null);
    match (rest.is_empty(), value) {
        (true, Json::Object(new)) if slot.is_object() => {
            for (key, value) in new {
                write(slot.as_object_mut().expect("a map"), &[key.into()], value);
            }
        }
        (true, value) => *slot = value,
        (false, value) => {
            if !slot.is_object() {
                *slot = json!({});
            }
            write(slot.as_object_mut().expect("a map"), rest, value);
        }
    }
}

/// The documents of a test.
fn documents(policies: &Policies, test: &Test) -> (Json, Json) {
    let mut inventory: Map<String, Json> = Map::new();
    for section in &test.empty_sections {
        inventory.insert(section.to_string(), json!([]));
    }
    for Given { section, key, members, .. } in &test.givens {
        let rows = inventory.entry(section.to_string()).or_insert(json!([]));
        let rows = rows.as_array_mut().expect("a list of rows");
        let (name, key) = key.clone().expect("a row of an inventory has a key");
        let same = |row: &Json| row[&*name].as_str().is_some_and(|other| other.to_lowercase() == key.to_lowercase());
        let at = rows.iter().position(same).unwrap_or_else(|| {
            rows.push(json!({ &*name: &*key }));
            rows.len() - 1
        });
        for (path, value) in members {
            write(rows[at].as_object_mut().expect("a row"), path, document(value));
        }
    }
    let step = |step: &clearway::check::tree::TestStep| {
        let mut members = Map::from_iter([("id".to_owned(), json!(&*step.id))]);
        for (path, value) in &step.members {
            write(&mut members, path, document(value));
        }
        if let Some(wave) = members.get("wave").and_then(Json::as_str) {
            let wave: u64 = wave.parse().expect("a number of a wave");
            members.insert("wave".to_owned(), json!(wave));
        }
        Json::Object(members)
    };
    let steps: Vec<Json> = test.steps.iter().map(step).collect();
    let _ = policies;
    (Json::Object(inventory), json!({ "plan": &*test.name, "steps": steps }))
}

/// Runs the tests of a pack; gives how many expectations there were, and what did not come as expected.
pub fn run_tests(policies: &Policies) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut wrong = Vec::new();
    // A layer changes what the tests of the packs below it say.
    let own = policies.packs.len().saturating_sub(1);
    for test in policies.tests.iter().filter(|test| test.pack == own) {
        let (inventory, plan) = documents(policies, test);
        let store = build::facts(&policies.schema, &inventory, &plan);
        let judgement = run::judge(policies, &store);
        for expectation in &test.expectations {
            count += 1;
            if let Err(error) = meets(policies, &store, &judgement, expectation) {
                wrong.push(format!("`{}`: {error}", test.name));
            }
        }
    }
    (count, wrong)
}

fn meets(policies: &Policies, store: &Store, judgement: &Judgement, expected: &Expectation) -> Result<(), String> {
    let names = run::Names::new(policies, store);
    let row = match &expected.subject {
        Some(TestSubject::Step(id)) => judgement.steps.iter().map(|step| step.row).find(|row| names.of(*row) == **id),
        Some(TestSubject::Plan) => Some(RowRef { of: Schema::PLAN, at: 0, made: false }),
        Some(TestSubject::Wave(_) | TestSubject::Entity(_)) | None => return Ok(()),
    };
    let row = row.ok_or_else(|| format!("no such subject: {:?}", expected.subject))?;
    let of_step = judgement.steps.iter().find(|step| step.row == row);
    let verdict = of_step.map_or(judgement.verdict, |step| step.verdict);
    let is = |wanted: PlanVerdict| {
        if verdict == wanted { Ok(()) } else { Err(format!("{wanted:?} expected, is {verdict:?}")) }
    };
    match &expected.what {
        WorldExpectation::Permitted => is(PlanVerdict::Permitted),
        WorldExpectation::Denied => is(PlanVerdict::Denied),
        WorldExpectation::Unverified => is(PlanVerdict::Unverified),
        WorldExpectation::Chooses(value) => {
            let field = policies.selects.first().and_then(|select| policies.schema.field(Schema::STEP, select.field));
            let Some(Type::Enum(id)) = field.map(|field| field.ty.required()) else { return Err("no choice".into()) };
            let values = &policies.schema.enum_def(*id).expect("an enum").values;
            let chosen = of_step.and_then(|step| step.chosen).map(|place| values[usize::from(place)].clone());
            let wanted = (&**value != "none").then_some(value);
            if chosen.as_ref() == wanted { Ok(()) } else { Err(format!("{value} expected, {chosen:?} chosen")) }
        }
        WorldExpectation::Verdict { verdict, code, element } => {
            let outcome = match verdict {
                ExpectedVerdict::Violates => Outcome::Violated,
                ExpectedVerdict::Satisfies => Outcome::Satisfied,
                ExpectedVerdict::CannotVerify => Outcome::Unverified,
                ExpectedVerdict::Notes => Outcome::Noted,
                ExpectedVerdict::Skips => Outcome::NotApplicable,
            };
            let about: Vec<_> = judgement
                .judged
                .iter()
                .filter(|j| *j.code == **code && j.subject == row)
                .map(|j| &j.evaluation)
                .collect();
            let fits = |e: &&&super::judge::Evaluation| {
                e.outcome == outcome && (element.is_none() || e.element.as_deref() == element.as_deref())
            };
            if about.iter().any(|e| fits(&e)) {
                return Ok(());
            }
            let lines: Vec<String> = about.iter().map(|e| run::line(e)).collect();
            Err(format!("{code} {verdict:?} {element:?} expected, is {lines:?}"))
        }
        WorldExpectation::Afterwards(_) => Ok(()),
    }
}
