//! Expressions that several rules about a step have in common, such as `step.transfer in live-types`: which they are, so that
//! one that was decided for a subject is not decided again. It looks at what is written under the heads of rules, matrices
//! and effects, where the first name is the subject, and at expressions over that name alone.

use rustc_hash::FxHashMap;

use crate::program::{
    About, Action, Address, Arithmetic, Bind, CallId, Comparison, ConstId, ExprId, Head, Node, Program, Says, Slot,
};

/// By expression: its number among those that stand in several places, from 1; 0 for all others.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    numbers: Vec<u32>,
}

/// An expression by what it does to others.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    Subject,
    Const(ConstId),
    Field(u32, Address),
    Call(CallId, Vec<u32>),
    Not(u32),
    And(u32, u32),
    Or(u32, u32),
    Implies(u32, u32),
    Compare(Mark, u32, u32, bool),
    In(u32, u32, bool),
    Arithmetic(Mark, u32, u32),
    Exists(u32),
    Else(u32, u32),
    If(u32, u32, u32),
}

/// A comparison or an operation, told from others.
type Mark = u8;

fn compared(how: Comparison) -> Mark {
    match how {
        Comparison::Equal => 0,
        Comparison::NotEqual => 1,
        Comparison::Less => 2,
        Comparison::AtMost => 3,
        Comparison::Greater => 4,
        Comparison::AtLeast => 5,
    }
}

fn computed(how: Arithmetic) -> Mark {
    match how {
        Arithmetic::Add => 0,
        Arithmetic::Subtract => 1,
        Arithmetic::Multiply => 2,
        Arithmetic::Divide => 3,
    }
}

/// How deep expressions are looked into.
const DEEP: u32 = 64;

/// On the way to what is shared.
struct Search<'p> {
    program: &'p Program,
    forms: FxHashMap<Form, u32>,
    /// By form: the expressions that have it.
    bearers: Vec<Vec<ExprId>>,
    /// Constants that are all different.
    consts: Vec<ConstId>,
}

impl Shared {
    /// What the rules, matrices and effects about steps have in common.
    pub(super) fn of_steps(program: &Program) -> Shared {
        let mut search = Search { program, forms: FxHashMap::default(), bearers: Vec::new(), consts: Vec::new() };
        for rule in program.rules.iter().filter(|rule| rule.card.about == About::Step) {
            search.head(&rule.head);
            match rule.says {
                Says::Demand(obligation) => search.below(obligation, 0),
                Says::EffectNote { when: Some(when), .. } => search.below(when, 0),
                _ => {}
            }
        }
        for matrix in program.matrices.iter().filter(|matrix| matrix.card.about == About::Step) {
            search.head(&matrix.head);
            search.below(matrix.rows.by, 0);
            search.below(matrix.columns.by, 0);
        }
        for effect in &program.effects {
            search.head(&effect.head);
            for action in &effect.actions {
                match action {
                    Action::Set { value, .. } => search.below(*value, 0),
                    Action::Change { by, .. } => search.below(*by, 0),
                }
            }
        }
        let mut numbers = Vec::new();
        let several = search.bearers.iter().filter(|bearers| bearers.len() > 1);
        for (number, bearers) in (1u32..).zip(several) {
            for bearer in bearers {
                if numbers.len() <= bearer.at() {
                    numbers.resize(bearer.at().saturating_add(1), 0);
                }
                if let Some(place) = numbers.get_mut(bearer.at()) {
                    *place = number;
                }
            }
        }
        Shared { numbers }
    }

    /// The number of an expression that stands in several places.
    #[inline]
    pub(super) fn number(&self, id: ExprId) -> Option<usize> {
        match self.numbers.get(id.at()) {
            None | Some(0) => None,
            Some(number) => Some(*number as usize),
        }
    }
}

impl Search<'_> {
    fn head(&mut self, head: &Head) {
        for part in head.first.iter().chain(&head.then) {
            self.below(*part, 0);
        }
        for bind in head.outer.iter().chain(&head.inner) {
            match bind {
                Bind::Each { list, .. } => self.below(*list, 0),
                Bind::Let { value, .. } => self.below(*value, 0),
            }
        }
    }

    /// The first constant that is the same.
    fn constant(&mut self, id: ConstId) -> ConstId {
        let consts = &self.program.consts;
        let same = |other: &&ConstId| consts.get(other.at()) == consts.get(id.at());
        if let Some(same) = self.consts.iter().find(same) {
            return *same;
        }
        self.consts.push(id);
        id
    }

    /// Looks at an expression that stands under a head, and at those in it.
    fn below(&mut self, id: ExprId, depth: u32) {
        self.form(id, depth);
    }

    /// The number of the form of an expression over the subject alone; nothing for any other.
    fn form(&mut self, id: ExprId, depth: u32) -> Option<u32> {
        if depth > DEEP {
            return None;
        }
        let deeper = depth.saturating_add(1);
        let program = self.program;
        let pair = |search: &mut Self, a: ExprId, b: ExprId| {
            // Both are looked at, whatever the first one is.
            let (a, b) = (search.form(a, deeper), search.form(b, deeper));
            a.zip(b)
        };
        let form = match *program.node(id)? {
            Node::Local(Slot(0)) => Form::Subject,
            Node::Const(id) => Form::Const(self.constant(id)),
            Node::Field { of, at } => Form::Field(self.form(of, deeper)?, at),
            Node::Call { function, args } => {
                let args: Vec<Option<u32>> = program.operands(args).iter().map(|arg| self.form(*arg, deeper)).collect();
                Form::Call(function, args.into_iter().collect::<Option<Vec<u32>>>()?)
            }
            Node::Not(a) => Form::Not(self.form(a, deeper)?),
            Node::Exists(a) => Form::Exists(self.form(a, deeper)?),
            Node::And(a, b) => pair(self, a, b).map(|(a, b)| Form::And(a, b))?,
            Node::Or(a, b) => pair(self, a, b).map(|(a, b)| Form::Or(a, b))?,
            Node::Implies(a, b) => pair(self, a, b).map(|(a, b)| Form::Implies(a, b))?,
            Node::Else(a, b) => pair(self, a, b).map(|(a, b)| Form::Else(a, b))?,
            Node::Compare { how, left, right, fold } => {
                pair(self, left, right).map(|(a, b)| Form::Compare(compared(how), a, b, fold))?
            }
            Node::In { element, list, fold } => pair(self, element, list).map(|(a, b)| Form::In(a, b, fold))?,
            Node::Arithmetic(how, a, b) => pair(self, a, b).map(|(a, b)| Form::Arithmetic(computed(how), a, b))?,
            Node::If(p, a, b) => {
                let p = self.form(p, deeper);
                let (a, b) = pair(self, a, b)?;
                Form::If(p?, a, b)
            }
            // The frame stays the one of the head; what is bound in it has a slot of its own.
            Node::Quantify { over, body, .. } => {
                self.form(over.list, deeper);
                over.filter.and_then(|filter| self.form(filter, deeper));
                self.form(body, deeper);
                return None;
            }
            _ => return None,
        };
        let plain = matches!(form, Form::Subject | Form::Const(_));
        let next = u32::try_from(self.bearers.len()).ok()?;
        let number = *self.forms.entry(form).or_insert(next);
        if number == next {
            self.bearers.push(Vec::new());
        }
        if let Some(bearers) = self.bearers.get_mut(number as usize).filter(|_| !plain)
            && !bearers.contains(&id)
        {
            bearers.push(id);
        }
        Some(number)
    }
}
