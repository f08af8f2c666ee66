//! What a step does: the cells that its effects write, all read in one world, and what writes make of a world.
//! Whether and when a step happens is not decided here.

use clearway::check::tree::{Action, Arithmetic, Comparison, EffectId, Expr, ExprKind};
use clearway::types::{FieldId, FieldKind, Schema, Type};
use clearway::value::{StructId, Truth};

use super::expr::{Env, Walk};
use super::judge::places;
use super::scalar::{calculate, compare};
use super::sign::never_negative;
use super::value::{Facts, RowRef, Val, Value, and, since, union};
use super::world::World;

/// What is written to a cell.
#[derive(Clone, Debug)]
pub enum What {
    Set(Val),
    Add(Val),
}

/// A write to one cell.
#[derive(Clone, Debug)]
pub struct Write {
    pub row: RowRef,
    pub field: FieldId,
    pub what: What,
    /// Whether it happens there: it does, or that is not known.
    pub happens: Val,
    /// Whether it takes away, or may: then it counts at once.
    pub takes: bool,
    /// The step that does it.
    pub step: String,
}

/// What a step does.
#[derive(Clone, Debug, Default)]
pub struct Deeds {
    /// In the order in which later ones win.
    pub writes: Vec<Write>,
    /// Effects that happen.
    pub effects: Vec<EffectId>,
}

/// What a step does in a world, were it to happen.
pub fn deeds(walk: &Walk<'_>, step: RowRef) -> Deeds {
    let mut deeds = Deeds::default();
    let id = match walk.world.cell(step, Schema::STEP_ID).value {
        Value::Text(id) => id.to_string(),
        other => panic!("a step is called {other:?}"),
    };
    for (at, effect) in (0..).zip(&walk.policies.effects) {
        let mut here = Vec::new();
        for mut place in places(walk, &effect.bindings, Val::known(Value::Row(step))) {
            let when = match &effect.when {
                Some(when) if place.member.as_truth() != Truth::False => walk.eval(when, &mut place.env),
                _ => Val::bool(true),
            };
            let happens = and(&place.member, &when);
            if happens.as_truth() != Truth::False {
                here.push((happens, place.env));
            }
        }
        if here.iter().any(|(happens, _)| happens.as_truth() == Truth::True) {
            deeds.effects.push(EffectId(at));
        }
        for action in &effect.actions {
            for (happens, env) in &mut here {
                act(walk, action, happens, env, &id, &mut deeds.writes);
            }
        }
    }
    deeds
}

fn act(walk: &Walk<'_>, action: &Action, happens: &Val, env: &mut Env, step: &str, writes: &mut Vec<Write>) {
    let (target, what, takes) = match action {
        Action::Set { target, value } => (target, What::Set(walk.eval(value, env)), false),
        Action::Change { target, by, .. } => {
            let amount = walk.eval(by, env);
            let takes = match sign(&amount) {
                Some(0) => return,
                Some(sign) => sign < 0,
                None => !never_negative(walk.policies, by),
            };
            (target, What::Add(amount), takes)
        }
    };
    let ExprKind::Field { of, owner, field } = &target.kind else { panic!("an effect writes a field") };
    match cell(walk, of, *owner, *field, env) {
        Ok(Some((row, field))) => {
            writes.push(Write { row, field, what, happens: happens.clone(), takes, step: step.to_owned() })
        }
        Ok(None) => {}
        // Which row it is is not known: any may be the one. What comes in addition is counted nowhere.
        Err(missing) => {
            if matches!(what, What::Add(_)) && !takes {
                return;
            }
            let happens = Val::unknown(union(&missing, &happens.gaps()));
            for (row, field) in every_cell(walk, *owner, *field) {
                let (what, happens) = (what.clone(), happens.clone());
                writes.push(Write { row, field, what, happens, takes, step: step.to_owned() });
            }
        }
    }
}

/// -1, 0 or 1; nothing where the amount is not known.
fn sign(amount: &Val) -> Option<i64> {
    let sign = |n: i64| n.signum();
    match &amount.value {
        Value::Number(n) if n.0.is_zero() => Some(0),
        Value::Number(n) => Some(if n.0.is_sign_negative() { -1 } else { 1 }),
        Value::Size(n) => Some(sign(n.0)),
        Value::Duration(n) => Some(sign(n.0)),
        _ => None,
    }
}

/// The cell that a field stands for: of a gathered part the one it was gathered from. What is missing where the row is not
/// known; nothing where there is no row.
fn cell(
    walk: &Walk<'_>,
    of: &Expr,
    owner: StructId,
    field: FieldId,
    env: &mut Env,
) -> Result<Option<(RowRef, FieldId)>, Facts> {
    let row = walk.eval(of, env);
    match row.value {
        Value::Row(row) if row.made => {
            let (gather, source, mut env) = walk.origin(row);
            let gather = walk.policies.gather(gather).expect("a gather of the policies");
            match &gathered_from(walk, &gather.sources[source], owner, field).kind {
                ExprKind::Field { of, owner, field } => cell(walk, of, *owner, *field, &mut env),
                other => panic!("gathered from {other:?}"),
            }
        }
        Value::Row(row) => Ok(Some((row, field))),
        Value::None => Ok(None),
        _ => Err(row.gaps()),
    }
}

/// The expression that gives a stored field of a part its value.
fn gathered_from<'a>(
    walk: &Walk<'_>,
    source: &'a clearway::check::tree::GatherSource,
    part: StructId,
    field: FieldId,
) -> &'a Expr {
    let stored = walk.policies.schema.get(part).expect("a part").fields().filter(|(_, f)| f.kind == FieldKind::Stored);
    let place = stored.into_iter().position(|(id, _)| id == field).expect("a stored field");
    source.fields[place].as_ref().expect("what is written is gathered from somewhere")
}

/// All cells that a field of some row of a struct may stand for.
fn every_cell(walk: &Walk<'_>, owner: StructId, field: FieldId) -> Vec<(RowRef, FieldId)> {
    let rows = walk.world.tables.rows.get(&owner).map_or(0, Vec::len);
    let mut cells: Vec<_> = (0..rows).map(|at| (RowRef { of: owner, at, made: false }, field)).collect();
    for gather in walk.policies.gathers.iter().filter(|gather| gather.part == owner) {
        for source in &gather.sources {
            let ExprKind::Field { owner, field, .. } = &gathered_from(walk, source, owner, field).kind else {
                panic!("gathered from no field")
            };
            for cell in every_cell(walk, *owner, *field) {
                if !cells.contains(&cell) {
                    cells.push(cell);
                }
            }
        }
    }
    cells
}

/// Writes to a world what one step does: of several values for a cell the last, and all that is added.
pub fn apply(world: &mut World, schema: &Schema, writes: &[&Write]) {
    let mut cells: Vec<(RowRef, FieldId)> = Vec::new();
    for write in writes {
        if !cells.contains(&(write.row, write.field)) {
            cells.push((write.row, write.field));
        }
    }
    for (row, field) in cells {
        let names = *schema.field(row.of, field).expect("a field").ty.required() == Type::Name;
        let given = world.cell(row, field);
        let mut value = given.clone();
        // What is not known already stays so for its own reasons, unless a new value is written for certain.
        let mut own = given.decided();
        let here = || writes.iter().filter(|write| (write.row, write.field) == (row, field));
        for write in here() {
            let sure = write.happens.as_truth() == Truth::True;
            match &write.what {
                What::Set(new) => {
                    own |= sure;
                    value = set(&value, new, write, names);
                }
                What::Add(_) => {}
            }
        }
        for write in here() {
            if let What::Add(amount) = &write.what {
                value = add(&value, amount, write);
            }
        }
        let mut value = if own { value } else { given };
        // What no fact is missing for (a division by zero, say) is told as what it is: a field that a step left unknown.
        if !value.decided() && value.gaps().is_empty() {
            value.missing = since(&Facts::from([world.route(row, field).to_owned()]), &writes[0].step);
        }
        world.over.insert((row, field), value);
    }
}

fn set(old: &Val, new: &Val, write: &Write, names: bool) -> Val {
    let equal =
        |a: &Val, b: &Val| a.decided() && (a == b || compare(Comparison::Equal, a, b, names).as_truth() == Truth::True);
    match write.happens.as_truth() {
        Truth::True if new.decided() => new.clone(),
        Truth::True => Val::unknown(since(&new.gaps(), &write.step)),
        _ if equal(old, new) => old.clone(),
        _ => doubtful(old, new, write),
    }
}

fn add(old: &Val, amount: &Val, write: &Write) -> Val {
    if write.happens.as_truth() == Truth::True && amount.decided() {
        return match calculate(Arithmetic::Add, &old.value, &amount.value) {
            Some(sum) => Val::known(sum),
            None => Val::unknown(old.gaps()),
        };
    }
    doubtful(old, amount, write)
}

/// What is not known any more, and what would have to be known.
fn doubtful(old: &Val, new: &Val, write: &Write) -> Val {
    let missing = since(&union(&write.happens.gaps(), &new.gaps()), &write.step);
    Val::unknown(union(&missing, &old.gaps()))
}
