//! From texts to judgements: packs are parsed and checked, facts are built, the oracle judges.

use clearway::check::tree::Policies;
use clearway::check::{PackFiles, check};
use clearway::diag::Severity;
use clearway::facts::Facts as Store;
use clearway::source::SourceMap;
use clearway::types::Schema;

use super::judge::{Evaluation, Outcome};
use super::plan::{Judgement, judge_plan};
use super::value::{RowRef, Val, Value};
use super::world::World;
use super::{builtin, copy, expr};

/// The policies of a text; what is wrong with it otherwise.
pub fn policies(text: &str) -> Result<Policies, String> {
    let mut map = SourceMap::new();
    let file = map.add("generated.way", text).and_then(|id| map.file(id).cloned()).expect("a short text");
    let parsed = clearway::syntax::parse(file.text(), file.base());
    let checked = check(&[PackFiles { folder: "generated".into(), files: vec![parsed.tree] }]);
    let wrong: Vec<String> = parsed
        .diagnostics
        .iter()
        .chain(&checked.diagnostics)
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| {
            let line = map.locate(diagnostic.span()).map_or(0, |place| place.line);
            let code = format!("{:?}", diagnostic.code);
            let source = file.line(line.saturating_sub(1)).map_or("", |(_, line)| line);
            format!(
                "{line}: {code} {} {:?} {:?}\n    {source}",
                diagnostic.message, diagnostic.notes, diagnostic.labels
            )
        })
        .collect();
    if wrong.is_empty() { Ok(checked.policies) } else { Err(wrong.join("\n")) }
}

/// What the oracle says of the plan in a store.
pub fn judge(policies: &Policies, store: &Store) -> Judgement {
    judge_waived(policies, store, &[])
}

/// What the oracle says of it where some codes are waived: everywhere, or for the steps of these rows.
pub fn judge_waived(policies: &Policies, store: &Store, waivers: &[(String, Option<Vec<usize>>)]) -> Judgement {
    let mut world = World::new(copy::tables(&policies.schema, store));
    let step = |at: &usize| RowRef { of: Schema::STEP, at: *at, made: false };
    let rows = |steps: &Option<Vec<usize>>| steps.as_ref().map(|steps| steps.iter().map(step).collect());
    world.waivers = waivers.iter().map(|(code, steps)| (code.clone(), rows(steps))).collect();
    judge_plan(policies, world, &copy::subjects(&policies.schema, store))
}

/// How subjects are called.
pub struct Names<'a>(expr::Walk<'a>);

impl<'a> Names<'a> {
    pub fn new(policies: &'a Policies, store: &Store) -> Names<'a> {
        Names(expr::Walk::new(policies, World::new(copy::tables(&policies.schema, store))))
    }

    pub fn of(&self, row: RowRef) -> String {
        let walk = &self.0;
        let shown = builtin::show(walk, &Val::known(Value::Row(row)), &clearway::types::Type::Row(row.of));
        match row.of {
            Schema::PLAN => "plan".to_owned(),
            Schema::WAVE => match &walk.world.cell(row, Schema::WAVE_NUMBER).value {
                Value::Number(number) => format!("wave {number}"),
                _ => {
                    let first = walk.world.cell(row, Schema::WAVE_STEPS).as_list().elements[0].value.clone();
                    let id = builtin::show(walk, &first, &clearway::types::Type::Row(Schema::STEP));
                    format!("wave of {}", id.expect("a step has an id"))
                }
            },
            Schema::STEP => shown.expect("a step has an id"),
            // An entity that is judged by itself: by its name, or by where it stands in its file.
            of => match shown {
                Some(name) => format!("{} {name}", walk.policies.schema.get(of).expect("an entity").name),
                None => format!("record {}", row.at + 1),
            },
        }
    }
}

/// An evaluation as a line.
pub fn line(evaluation: &Evaluation) -> String {
    let outcome = match evaluation.outcome {
        Outcome::Satisfied => "satisfied".to_owned(),
        Outcome::Violated => "violated".to_owned(),
        Outcome::Unverified => "unverified".to_owned(),
        Outcome::NotApplicable => "not applicable".to_owned(),
        Outcome::Noted => "noted".to_owned(),
        Outcome::NotEvaluated(reason) => format!("not evaluated: {}", reason.reason()),
    };
    let element = evaluation.element.as_ref().map_or_else(String::new, |element| format!("{element}: "));
    let missing: String = evaluation.missing.iter().map(|route| format!(" {route}")).collect();
    format!("{element}{outcome}{missing}")
}
