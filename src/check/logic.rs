//! What can be said of a condition without any plan: whether it is true, or false, whatever the facts. Paths of enums,
//! truths and ordered values are cut into the few cases that the condition tells apart; all else counts as a question that
//! may be answered either way. What is claimed is so; not everything that is so is found.

use super::alike::alike;
use super::checker::Checker;
use super::cover::{order, same};
use super::tree::{Comparison, Expr, ExprKind};
use crate::types::{Const, Type};

/// More combinations than this are not looked at.
const COMBINATIONS: usize = 4096;

/// What is known of a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Always {
    /// True whatever the facts.
    True,
    /// False whatever the facts.
    False,
}

/// A condition over cases.
enum Formula {
    Fixed(bool),
    /// True in these cases of a variable.
    Atom(usize, Vec<bool>),
    Not(Box<Formula>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
}

/// A value that the condition asks about.
struct Variable<'e> {
    expr: &'e Expr,
    /// Constants that it is held against, where it is ordered.
    bounds: Vec<Const>,
}

/// A case of a variable.
#[derive(Clone, PartialEq, Debug)]
enum Case {
    /// `none`
    None,
    /// Exactly this.
    Is(Const),
    /// Above the bound of this place, and below the next one; the first lies below all.
    Above(Option<Const>),
    /// A text that no comparison names.
    Rest,
    /// Yes or no to something that is not looked into.
    Answer(bool),
}

impl Checker<'_> {
    /// Whether a condition is always true or always false.
    pub fn always(&self, condition: &Expr) -> Option<Always> {
        self.tabled(&[condition], |formulas, case| formulas.first().is_some_and(|f| f.holds(case)))
    }

    /// Whether the second condition is true wherever the first is.
    pub fn follows(&self, first: &Expr, second: &Expr) -> bool {
        let implied = self.tabled(&[first, second], |formulas, case| match formulas {
            [a, b] => !a.holds(case) || b.holds(case),
            _ => false,
        });
        implied == Some(Always::True)
    }

    /// Tries every combination of cases.
    fn tabled(&self, conditions: &[&Expr], truth: impl Fn(&[Formula], &[usize]) -> bool) -> Option<Always> {
        let mut variables: Vec<Variable> = Vec::new();
        for condition in conditions {
            self.collect(condition, &mut variables);
        }
        let cases: Vec<Vec<Case>> = variables.iter().map(|variable| self.cases(variable)).collect();
        let mut total = 1usize;
        for cases in &cases {
            total = total.checked_mul(cases.len()).filter(|total| *total <= COMBINATIONS)?;
        }
        let formulas: Vec<Formula> =
            conditions.iter().map(|condition| self.formula(condition, &variables, &cases)).collect();
        let mut found = (false, false);
        let mut at = vec![0usize; cases.len()];
        for _ in 0..total {
            match truth(&formulas, &at) {
                true => found.0 = true,
                false => found.1 = true,
            }
            if found == (true, true) {
                return None;
            }
            for (place, cases) in at.iter_mut().zip(&cases) {
                *place = place.saturating_add(1);
                if *place < cases.len() {
                    break;
                }
                *place = 0;
            }
        }
        match found {
            (true, false) => Some(Always::True),
            (false, true) => Some(Always::False),
            _ => None,
        }
    }

    fn collect<'e>(&self, expr: &'e Expr, variables: &mut Vec<Variable<'e>>) {
        match &expr.kind {
            ExprKind::Const(Const::Bool(_)) => {}
            ExprKind::Not(a) => self.collect(a, variables),
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Implies(a, b) => {
                self.collect(a, variables);
                self.collect(b, variables);
            }
            _ => match self.question(expr) {
                Some(Question { of, constants, .. }) => {
                    let at = match variables.iter().position(|variable| alike(variable.expr, of)) {
                        Some(at) => at,
                        None => {
                            variables.push(Variable { expr: of, bounds: Vec::new() });
                            variables.len().saturating_sub(1)
                        }
                    };
                    if let Some(variable) = variables.get_mut(at) {
                        variable.bounds.extend(constants.into_iter().filter(|c| *c != Const::None));
                    }
                }
                None if self.fixed(expr).is_some() => {}
                None => {
                    if !variables.iter().any(|variable| alike(variable.expr, expr)) {
                        variables.push(Variable { expr, bounds: Vec::new() });
                    }
                }
            },
        }
    }

    /// The cases that a condition can tell apart.
    fn cases(&self, variable: &Variable) -> Vec<Case> {
        let ty = &variable.expr.ty;
        let mut cases = Vec::new();
        let plain = matches!(ty, Type::Bool) && variable.bounds.is_empty();
        if plain {
            return vec![Case::Answer(true), Case::Answer(false)];
        }
        // What is narrowed here may be asked for its existence all the same: `none` is a case wherever it is read.
        cases.push(Case::None);
        match ty.required() {
            Type::Enum(id) => {
                let count = self.schema.enum_def(*id).map_or(0, |def| def.values.len());
                cases.extend((0..count).filter_map(|v| u16::try_from(v).ok()).map(|v| Case::Is(Const::Enum(*id, v))));
            }
            Type::Bool => cases.extend([true, false].map(|value| Case::Is(Const::Bool(value)))),
            Type::Number | Type::Size | Type::Duration | Type::Date | Type::Version => {
                let mut bounds = variable.bounds.clone();
                bounds.sort_by(order);
                bounds.dedup_by(|a, b| order(a, b) == std::cmp::Ordering::Equal);
                cases.push(Case::Above(None));
                for bound in bounds {
                    cases.push(Case::Is(bound.clone()));
                    cases.push(Case::Above(Some(bound)));
                }
            }
            other => {
                let mut texts: Vec<Const> = Vec::new();
                for bound in &variable.bounds {
                    if !texts.iter().any(|text| same(text, bound, other)) {
                        texts.push(bound.clone());
                    }
                }
                cases.extend(texts.into_iter().map(Case::Is));
                cases.push(Case::Rest);
            }
        }
        if !ty.is_optional() {
            cases.retain(|case| *case != Case::None);
        }
        cases
    }

    fn formula(&self, expr: &Expr, variables: &[Variable], cases: &[Vec<Case>]) -> Formula {
        let go = |e: &Expr| Box::new(self.formula(e, variables, cases));
        match &expr.kind {
            ExprKind::Const(Const::Bool(value)) => Formula::Fixed(*value),
            ExprKind::Not(a) => Formula::Not(go(a)),
            ExprKind::And(a, b) => Formula::And(go(a), go(b)),
            ExprKind::Or(a, b) => Formula::Or(go(a), go(b)),
            ExprKind::Implies(a, b) => Formula::Or(Box::new(Formula::Not(go(a))), go(b)),
            _ => {
                let question = self.question(expr);
                if question.is_none()
                    && let Some(value) = self.fixed(expr)
                {
                    return Formula::Fixed(value);
                }
                let of = question.as_ref().map_or(expr, |question| question.of);
                let Some(at) = variables.iter().position(|variable| alike(variable.expr, of)) else {
                    return Formula::Fixed(true);
                };
                let cases = cases.get(at).map_or(&[][..], Vec::as_slice);
                let truth = cases
                    .iter()
                    .map(|case| match (&question, case) {
                        (Some(question), case) => question.answer(case, of.ty.required()),
                        (None, Case::Answer(value) | Case::Is(Const::Bool(value))) => *value,
                        (None, _) => false,
                    })
                    .collect();
                Formula::Atom(at, truth)
            }
        }
    }

    /// A comparison of one value with constants.
    fn question<'e>(&self, expr: &'e Expr) -> Option<Question<'e>> {
        match &expr.kind {
            ExprKind::Compare(comparison, a, b) => {
                let (of, constant, comparison) = match (self.constant(a), self.constant(b)) {
                    (None, Some(constant)) => (&**a, constant, *comparison),
                    (Some(constant), None) => (&**b, constant, turned(*comparison)),
                    _ => return None,
                };
                Some(Question { of, constants: vec![constant], kind: Asked::Compare(comparison) })
            }
            ExprKind::In(a, b) => match self.constant(b)? {
                Const::List(constants) if self.constant(a).is_none() => {
                    Some(Question { of: a, constants, kind: Asked::In })
                }
                _ => None,
            },
            ExprKind::Exists(a) if a.ty.is_optional() => {
                Some(Question { of: a, constants: Vec::new(), kind: Asked::Exists })
            }
            _ => None,
        }
    }

    /// The truth of a comparison of two constants, or of something with itself.
    fn fixed(&self, expr: &Expr) -> Option<bool> {
        match &expr.kind {
            ExprKind::Compare(comparison, a, b) => {
                // Constants that have a name may be redefined by others: comparing them is a question.
                if let (ExprKind::Const(x), ExprKind::Const(y)) = (&a.kind, &b.kind) {
                    return Some(compared(*comparison, x, y, a.ty.required()));
                }
                let itself = alike(a, b) && self.path(a).is_some() && !a.ty.is_optional();
                match comparison {
                    _ if !itself => None,
                    Comparison::Equal | Comparison::AtMost | Comparison::AtLeast => Some(true),
                    Comparison::NotEqual | Comparison::Less | Comparison::Greater => Some(false),
                }
            }
            ExprKind::In(a, b) => match (&a.kind, &b.kind) {
                (_, ExprKind::Const(Const::List(all))) if all.is_empty() => Some(false),
                (ExprKind::Const(x), ExprKind::Const(Const::List(all))) => {
                    Some(all.iter().any(|y| same(x, y, a.ty.required())))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A comparison of one value with constants.
struct Question<'e> {
    of: &'e Expr,
    constants: Vec<Const>,
    kind: Asked,
}

enum Asked {
    Compare(Comparison),
    In,
    Exists,
}

impl Question<'_> {
    fn answer(&self, case: &Case, ty: &Type) -> bool {
        match &self.kind {
            Asked::Exists => *case != Case::None,
            Asked::In => self.constants.iter().any(|constant| held(Comparison::Equal, case, constant, ty)),
            Asked::Compare(comparison) => {
                self.constants.first().is_some_and(|constant| held(*comparison, case, constant, ty))
            }
        }
    }
}

/// Whether a comparison holds in a case.
fn held(comparison: Comparison, case: &Case, constant: &Const, ty: &Type) -> bool {
    match (case, constant) {
        (Case::None, Const::None) => comparison == Comparison::Equal,
        (Case::None, _) | (_, Const::None) => comparison == Comparison::NotEqual,
        (Case::Is(value), constant) => compared(comparison, value, constant, ty),
        (Case::Above(low), constant) => {
            // The bound itself is a case of its own: what lies above a bound lies below the next.
            let above = low.as_ref().is_some_and(|low| order(low, constant) != std::cmp::Ordering::Less);
            match comparison {
                Comparison::Equal => false,
                Comparison::NotEqual => true,
                Comparison::Greater | Comparison::AtLeast => above,
                Comparison::Less | Comparison::AtMost => !above,
            }
        }
        (Case::Rest | Case::Answer(_), _) => comparison == Comparison::NotEqual,
    }
}

/// Compares two constants.
fn compared(comparison: Comparison, a: &Const, b: &Const, ty: &Type) -> bool {
    use std::cmp::Ordering::{Greater, Less};
    match comparison {
        Comparison::Equal => same(a, b, ty),
        Comparison::NotEqual => !same(a, b, ty),
        Comparison::Less => order(a, b) == Less,
        Comparison::AtMost => order(a, b) != Greater,
        Comparison::Greater => order(a, b) == Greater,
        Comparison::AtLeast => order(a, b) != Less,
    }
}

/// The comparison read from the other side.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        other => other,
    }
}

impl Formula {
    fn holds(&self, at: &[usize]) -> bool {
        match self {
            Formula::Fixed(value) => *value,
            Formula::Atom(variable, truth) => {
                at.get(*variable).and_then(|case| truth.get(*case)).copied().unwrap_or(false)
            }
            Formula::Not(a) => !a.holds(at),
            Formula::And(a, b) => a.holds(at) && b.holds(at),
            Formula::Or(a, b) => a.holds(at) || b.holds(at),
        }
    }
}
