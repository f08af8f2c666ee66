//! Generated documents: a plan, an inventory that says everything, and the same one with holes.

use serde_json::{Map, Value, json};

use super::Choices;
use super::schema::{From, MADE, PLACE, STEP, SUBJECT, Struct, Ty, Vocabulary};

/// A plan and its inventory, and where the inventory may have holes.
#[derive(Clone, Debug)]
pub struct Input {
    pub plan: Value,
    pub inventory: Value,
    /// Members that may be left out, as JSON pointers: holes, deeper ones first.
    pub holes: Vec<String>,
}

struct Filler<'a, 'c> {
    words: &'a Vocabulary,
    c: &'a mut Choices<'c>,
    places: usize,
    /// How many parts were named already: each has a name of its own, so that an element can be found again.
    named: Option<usize>,
}

/// Makes documents. `open`: the section of places may be a hole, too. `named`: every part has a name of its own, and it is known.
pub fn input(words: &Vocabulary, c: &mut Choices<'_>, open: bool, named: bool) -> Input {
    let (subjects, places) = (1 + c.pick(4), 1 + c.pick(4));
    let mut filler = Filler { words, c, places, named: named.then_some(0) };
    let rows = |filler: &mut Filler<'_, '_>, of: usize, name: &str, count: usize| -> Vec<Value> {
        (1..=count).map(|at| filler.row(&words.structs[of], Some(format!("{name}{at}")))).collect()
    };
    let inventory = json!({
        "subjects": rows(&mut filler, SUBJECT, "sub", subjects),
        "places": rows(&mut filler, PLACE, "place", places),
    });
    let steps: Vec<Value> = (1..=1 + filler.c.pick(5))
        .map(|at| {
            let mut step = match filler.row(&words.structs[STEP], None) {
                Value::Object(members) => members,
                _ => Map::new(),
            };
            step.insert("id".to_owned(), json!(format!("s{at}")));
            step.insert("about".to_owned(), json!(format!("sub{}", 1 + filler.c.pick(subjects))));
            Value::Object(step)
        })
        .collect();
    let mut plan = json!({ "plan": "generated", "steps": steps });
    // Steps of one wave: some plans say which, in whatever order, of all steps or of a few. No wave moves the same thing twice.
    if filler.c.chance(1, 2)
        && let Some(Value::Array(steps)) = plan.get_mut("steps")
    {
        let numbers = *filler.c.one(&[[1, 2, 3], [7, 0, 3], [2, 1, 0]]);
        let all = filler.c.chance(2, 3);
        let mut taken = Vec::new();
        for step in steps {
            let about = step["about"].clone();
            let free: Vec<i32> = numbers.into_iter().filter(|wave| !taken.contains(&(*wave, about.clone()))).collect();
            if free.is_empty() || !(all || filler.c.chance(1, 2)) {
                continue;
            }
            let wave = *filler.c.one(&free[..free.len().min(2)]);
            taken.push((wave, about));
            step["wave"] = json!(wave);
        }
    }
    let mut holes = Vec::new();
    let mut find = |rows: &str, of: usize| {
        for (at, row) in inventory[rows].as_array().into_iter().flatten().enumerate() {
            filler.holes(&words.structs[of], row, &format!("/{rows}/{at}"), &mut holes);
        }
    };
    find("subjects", SUBJECT);
    find("places", PLACE);
    if open && filler.c.chance(1, 5) {
        holes.push("/places".to_owned());
    }
    Input { plan, inventory, holes }
}

impl Filler<'_, '_> {
    /// A row that says everything.
    fn row(&mut self, of: &Struct, key: Option<String>) -> Value {
        let mut members = Map::new();
        for field in of.fields.iter().filter(|field| field.from != From::Computed) {
            let defaulted = matches!(field.from, From::Default(_));
            if defaulted && self.c.chance(1, 2) {
                continue;
            }
            let value = match (&key, &mut self.named) {
                (Some(key), _) if field.name == "name" => json!(key),
                (None, Some(named)) if field.name == "name" => {
                    *named += 1;
                    json!(format!("part{named}"))
                }
                _ => self.value(&field.ty),
            };
            members.insert(field.name.clone(), value);
        }
        Value::Object(members)
    }

    fn value(&mut self, ty: &Ty) -> Value {
        match ty {
            // Names are compared without regard to letter case.
            Ty::Row(at) if *at == PLACE => {
                let name = *self.c.one(&["place", "place", "Place"]);
                json!(format!("{name}{}", 1 + self.c.pick(self.places)))
            }
            Ty::Row(at) => self.row(&self.words.structs[*at].clone(), None),
            Ty::Record(fields) => {
                Value::Object(fields.iter().map(|(name, ty)| (name.clone(), self.value(ty))).collect())
            }
            Ty::List(of) => Value::Array((0..self.c.pick(4)).map(|_| self.value(of)).collect()),
            Ty::Map(_, of) => {
                let keys = ["a", "bb", "ab"];
                let count = self.c.pick(3);
                Value::Object(keys.iter().take(count).map(|key| ((*key).to_owned(), self.value(of))).collect())
            }
            Ty::Option(_) if self.c.chance(1, 3) => Value::Null,
            Ty::Option(of) => self.value(of),
            one => plain(self.words, self.c, one),
        }
    }

    /// Chooses members that may be missing: some of what is no key and has no default.
    fn holes(&mut self, of: &Struct, row: &Value, at: &str, holes: &mut Vec<String>) {
        for field in of.fields.iter().filter(|field| field.from == From::Input) {
            let here = format!("{at}/{}", field.name);
            match &field.ty {
                Ty::List(inner) => {
                    if let Ty::Row(part) = **inner
                        && part != PLACE
                        && part != MADE
                    {
                        for (place, row) in row[&field.name].as_array().into_iter().flatten().enumerate() {
                            let part = self.words.structs[part].clone();
                            self.holes(&part, row, &format!("{here}/{place}"), holes);
                        }
                    }
                }
                Ty::Record(fields) => {
                    for (name, _) in fields {
                        if self.c.chance(1, 4) {
                            holes.push(format!("{here}/{name}"));
                        }
                    }
                }
                _ => {}
            }
            let is_key = field.name == "name" && (of.kind == super::schema::Kind::Entity || self.named.is_some());
            if !is_key && self.c.chance(1, 4) {
                holes.push(here);
            }
        }
    }
}

/// A value of a scalar type.
pub fn plain(words: &Vocabulary, c: &mut Choices<'_>, ty: &Ty) -> Value {
    match ty {
        Ty::Bool => json!(c.chance(1, 2)),
        Ty::Number => c.one(&[json!(1), json!(0), json!(2), json!(2.5)]).clone(),
        Ty::Size => json!(c.one(&["1 GiB", "0 B", "512 MiB", "2 GB"])),
        Ty::Duration => json!(c.one(&["1 min", "30 s", "0 s", "2 d"])),
        Ty::Date => json!(c.one(&["2026-01-01", "2026-06-30", "2025-12-31"])),
        Ty::Version => json!(c.one(&["6.2", "6.10", "10.0.14393", "6.3"])),
        Ty::Text | Ty::Name => json!(c.one(&["a", "A", "bb", "ab"])),
        Ty::Enum(at) => json!(c.one(&words.enums[*at])),
        other => panic!("{other:?} is no scalar"),
    }
}

/// The inventory without these members.
pub fn punched<'a>(inventory: &Value, holes: impl IntoIterator<Item = &'a String>) -> Value {
    let mut with_holes = inventory.clone();
    for hole in holes {
        let (at, name) = hole.rsplit_once('/').expect("a pointer to a member");
        if let Some(Value::Object(members)) = with_holes.pointer_mut(at) {
            members.remove(name);
        }
    }
    with_holes
}
