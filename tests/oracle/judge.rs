//! How one rule is judged of one subject: the elements, what applies, what follows. No order of steps, no choice.

use std::collections::BTreeSet;

use clearway::check::tree::{Binding, Expr, LocalId};
use clearway::report::NotEvaluated;
use clearway::types::{StructKind, Type};
use clearway::value::Truth;

use super::builtin::show;
use super::expr::{Env, Walk};
use super::value::{Facts, List, RowRef, Val, Value, and, membership, undecided};

/// What became of an evaluation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    Satisfied,
    Violated,
    Unverified,
    NotApplicable,
    Noted,
    NotEvaluated(NotEvaluated),
}

/// Rows and columns of a matrix that are possible.
pub type Cells = (Vec<usize>, Vec<usize>);

/// One evaluation: of which element, and what became of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Evaluation {
    pub element: Option<String>,
    pub outcome: Outcome,
    pub missing: Facts,
    pub cells: Option<Cells>,
}

impl Evaluation {
    pub fn once(outcome: Outcome) -> Evaluation {
        Evaluation { element: None, outcome, missing: Facts::new(), cells: None }
    }
}

/// A combination of elements of a rule.
pub struct Place {
    pub env: Env,
    /// Whether they all are in their lists.
    pub member: Val,
    /// Whether one of them is what is not known of its list.
    pub rest: bool,
    pub labels: Vec<String>,
}

/// What is demanded at a place.
pub struct Demanded {
    /// Further conditions beside `when` (a cell that is hit).
    pub when: Val,
    /// What has to hold; nothing for a note.
    pub obligation: Option<Val>,
    pub cells: Option<Cells>,
}

/// Names that stand for an element, or are computed from one.
pub fn of_elements(bindings: &[Binding]) -> BTreeSet<LocalId> {
    let mut names = BTreeSet::new();
    for binding in bindings {
        match binding {
            Binding::Each(local, _) => drop(names.insert(*local)),
            Binding::Let(local, value) if mentions(value, &names) => drop(names.insert(*local)),
            Binding::Let(..) => {}
        }
    }
    names
}

/// Whether an expression reads one of these names.
pub fn mentions(expr: &Expr, names: &BTreeSet<LocalId>) -> bool {
    expr.any(&mut |e| matches!(&e.kind, clearway::check::tree::ExprKind::Local(local) if names.contains(local)))
}

/// All combinations of elements, in order.
pub fn places(walk: &Walk<'_>, bindings: &[Binding], subject: Val) -> Vec<Place> {
    let env = Env::from([(LocalId(0), subject)]);
    let mut places = vec![Place { env, member: Val::bool(true), rest: false, labels: Vec::new() }];
    for binding in bindings {
        let mut further = Vec::new();
        for mut place in places {
            match binding {
                Binding::Let(local, value) => {
                    let value = walk.eval(value, &mut place.env);
                    place.env.insert(*local, value);
                    further.push(place);
                }
                Binding::Each(local, list) => {
                    let of = match list.ty.required() {
                        Type::List(of) => (**of).clone(),
                        other => other.clone(),
                    };
                    let list = walk.eval(list, &mut place.env).as_list();
                    let mut next = |value: &Val, doubt: Option<&Facts>, rest: bool, label: String| {
                        let mut env = place.env.clone();
                        env.insert(*local, value.clone());
                        let mut labels = place.labels.clone();
                        labels.push(label);
                        let member = and(&place.member, &membership(doubt));
                        further.push(Place { env, member, rest: place.rest || rest, labels });
                    };
                    for (at, element) in list.elements.iter().enumerate() {
                        next(&element.value, element.doubt.as_ref(), false, label(walk, &list, at, &of));
                    }
                    if let Some(missing) = &list.rest {
                        next(&Val::unknown(missing.clone()), Some(missing), true, format!("{} ?", kind(walk, &of)));
                    }
                }
            }
        }
        places = further;
    }
    places
}

/// What elements of a type are called.
fn kind(walk: &Walk<'_>, of: &Type) -> String {
    match of.required() {
        Type::Row(of) => walk.policies.schema.get(*of).expect("a struct of the schema").name.to_string(),
        other => walk.policies.schema.type_name(other),
    }
}

/// How the element at a place of a list is called: by its key, or where it has none or shares it by its place
/// where it lives, which no filter changes.
fn label(walk: &Walk<'_>, list: &List, at: usize, of: &Type) -> String {
    let shown = |value: &Val| show(walk, value, of);
    let mine = &list.elements[at].value;
    if matches!(mine.value, Value::Unknown) {
        return format!("{} ?", kind(walk, of));
    }
    // Entities and steps are told apart by their keys, however often one is listed.
    let may_share = match of.required() {
        Type::Row(of) => walk.policies.schema.get(*of).is_some_and(|of| of.kind == StructKind::Part),
        _ => true,
    };
    let same = |other: &&super::value::Element, name: &str| {
        shown(&other.value).is_some_and(|other| other.to_lowercase() == name.to_lowercase())
    };
    let shared = |name: &str| may_share && list.elements.iter().filter(|other| same(other, name)).count() > 1;
    match shown(mine).filter(|name| !shared(name)) {
        Some(name) => format!("{} {name}", kind(walk, of)),
        None => match mine.value {
            Value::Row(row) => format!("{} {}", kind(walk, of), walk.ordinal(row)),
            _ => format!("{} {}", kind(walk, of), at + 1),
        },
    }
}

/// Judges a rule of one subject: `bindings`, `when`, and what is demanded at each place.
/// `free` is a further part of the condition that may speak of no element (a cell that is hit).
pub fn judge(
    walk: &Walk<'_>,
    bindings: &[Binding],
    when: Option<&Expr>,
    subject: RowRef,
    free: &dyn Fn(&mut Env) -> Val,
    demanded: &dyn Fn(&mut Env) -> Demanded,
) -> Vec<Evaluation> {
    let subject = Val::known(Value::Row(subject));
    let elements = of_elements(bindings);
    let has_elements = bindings.iter().any(|binding| matches!(binding, Binding::Each(..)));
    // The parts of the condition that speak of no element come first.
    let mut env = Env::from([(LocalId(0), subject.clone())]);
    for binding in bindings {
        if let Binding::Let(local, value) = binding
            && !elements.contains(local)
        {
            let value = walk.eval(value, &mut env);
            env.insert(*local, value);
        }
    }
    let parts = when.map(Expr::conjuncts).unwrap_or_default();
    let is_false = |part: &&&Expr| walk.eval(part, &mut env.clone()).as_truth() == Truth::False;
    let refuted = parts.iter().filter(|part| !mentions(part, &elements)).find(is_false).is_some();
    if has_elements && (refuted || free(&mut env).as_truth() == Truth::False) {
        return vec![Evaluation::once(Outcome::NotApplicable)];
    }
    let mut evaluations = Vec::new();
    for mut place in places(walk, bindings, subject) {
        let when = when.map_or_else(|| Val::bool(true), |when| walk.eval(when, &mut place.env));
        let what = if when.as_truth() == Truth::False {
            Demanded { when: Val::bool(false), obligation: None, cells: None }
        } else {
            demanded(&mut place.env)
        };
        let (outcome, missing) = verdict(&place.member, &and(&when, &what.when), what.obligation.as_ref());
        // Of what is not known of a list only one thing is worth telling: that it may make a difference.
        let missing = match place.rest {
            true if outcome != Outcome::Unverified => continue,
            true => place.member.gaps(),
            false => missing,
        };
        let element = (!place.labels.is_empty()).then(|| place.labels.join(", "));
        let cells = what.cells.filter(|_| outcome != Outcome::NotApplicable);
        evaluations.push(Evaluation { element, outcome, missing, cells });
    }
    if evaluations.is_empty() {
        evaluations.push(Evaluation::once(Outcome::NotApplicable));
    }
    evaluations
}

/// `(member and when) implies obligation`; a note has no obligation, and is given where it applies.
pub fn verdict(member: &Val, when: &Val, obligation: Option<&Val>) -> (Outcome, Facts) {
    if when.as_truth() == Truth::False || member.as_truth() == Truth::False {
        return (Outcome::NotApplicable, Facts::new());
    }
    let applies = and(member, when);
    let holds = obligation.map(Val::as_truth);
    match (applies.as_truth(), holds) {
        (_, Some(Truth::True)) => (Outcome::Satisfied, Facts::new()),
        (Truth::True, Some(Truth::False)) => (Outcome::Violated, Facts::new()),
        (Truth::True, None) => (Outcome::Noted, Facts::new()),
        _ => (Outcome::Unverified, undecided([member, when].into_iter().chain(obligation))),
    }
}
