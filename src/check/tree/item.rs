//! Packs, functions, gathered lists, rules, choice and effects of the checked tree.

use std::sync::Arc;

use super::{Expr, Frame, LocalId, Matrix, MatrixId, Message, Suggest, Test};
use crate::source::Span;
use crate::types::{FieldId, FunctionId, GatherId, Schema, Type};
use crate::value::StructId;

/// All policies of a run, checked: one schema, rules in the order of their codes' declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct Policies {
    /// The packs, extended ones before those that extend them.
    pub packs: Vec<Pack>,
    /// Where rules come from.
    pub sources: Vec<Source>,
    /// The vocabulary.
    pub schema: Schema,
    /// By [`FunctionId`].
    pub functions: Vec<Function>,
    /// By [`GatherId`].
    pub gathers: Vec<Gather>,
    /// What has to hold of inputs.
    pub demands: Vec<Demand>,
    /// By [`RuleId`]: rules as written, conditions of cells, notes of effects, codes of choices.
    pub rules: Vec<Rule>,
    /// By [`MatrixId`].
    pub matrices: Vec<Matrix>,
    /// Choices.
    pub selects: Vec<Select>,
    /// By [`EffectId`], in the order declared.
    pub effects: Vec<Effect>,
    /// What else may be tried where a step is refused: as the last pack says that says it.
    pub suggest: Option<Suggest>,
    /// Tests with their fixtures laid in.
    pub tests: Vec<Test>,
}

/// A pack.
#[derive(Clone, PartialEq, Debug)]
pub struct Pack {
    /// Its name.
    pub name: Arc<str>,
    /// Its title.
    pub title: Arc<str>,
    /// Its version as written.
    pub version: Arc<str>,
    /// Where its header stands.
    pub span: Span,
}

/// A document that rules cite.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// Its name in policies.
    pub name: Arc<str>,
    /// Members as written (`title`, `product`, `url`, …), in order.
    pub members: Vec<(Arc<str>, Arc<str>)>,
    /// Where it stands.
    pub span: Span,
}

/// Whether a function is a `define` or computes a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    /// `define`
    Define,
    /// `derive`
    Derive(StructId, FieldId),
}

/// A `define` or a `derive`. The parameters are the first locals of its frame.
#[derive(Clone, PartialEq, Debug)]
pub struct Function {
    /// Its name, of a derived field the path (`step.source`).
    pub name: Arc<str>,
    /// Which of the two.
    pub kind: FunctionKind,
    /// How many of the frame's locals are parameters.
    pub params: u16,
    /// Its names.
    pub frame: Frame,
    /// What it computes.
    pub body: Expr,
    /// The type of the body.
    pub ty: Type,
    /// Where its name stands.
    pub span: Span,
}

/// A `gather`: one list of parts out of several places.
#[derive(Clone, PartialEq, Debug)]
pub struct Gather {
    /// The entity or part that has the list.
    pub owner: StructId,
    /// The field.
    pub field: FieldId,
    /// What is in the list.
    pub part: StructId,
    /// Where from, in order.
    pub sources: Vec<GatherSource>,
    /// Where it stands.
    pub span: Span,
}

/// One `from` of a gather.
#[derive(Clone, PartialEq, Debug)]
pub struct GatherSource {
    /// Its names; local 0 is the owner.
    pub frame: Frame,
    /// `from disk in vm.disks`: the element and the list; nothing for `from vm`, which gives one part.
    pub each: Option<(LocalId, Expr)>,
    /// `when`.
    pub when: Option<Expr>,
    /// The part's fields: each stored field of the part exactly once, in the order of the part's fields. What the text leaves out has its default, or is [`None`]: unknown.
    pub fields: Vec<Option<Expr>>,
    /// Where it stands.
    pub span: Span,
}

/// `demand for step: …`: what has to hold of the input itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    /// Of what: the step, an entity.
    pub of: StructId,
    /// Its names; local 0 is the row.
    pub frame: Frame,
    /// What has to hold.
    pub condition: Expr,
    /// What is said where it does not.
    pub because: Message,
    /// What to do.
    pub help: Option<Message>,
    /// Where it stands.
    pub span: Span,
}

/// How much a rule demands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// States a consequence: info.
    Note,
    /// A violation is a warning.
    Should,
    /// A violation is an error.
    Must,
}

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// Each step.
    Step,
    /// Each wave.
    Wave,
    /// The plan.
    Plan,
    /// Each entity of `input each x`.
    Entity(StructId),
}

/// A rule, by its place in [`Policies::rules`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleId(pub u32);

/// An effect, by its place in [`Policies::effects`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EffectId(pub u32);

/// A name bound between `for` and `when`, in the order written.
#[derive(Clone, PartialEq, Debug)]
pub enum Binding {
    /// `each x in xs`
    Each(LocalId, Expr),
    /// `let x = e`
    Let(LocalId, Expr),
}

/// Where a rule was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleOrigin {
    /// A `rule`.
    Rule,
    /// The condition of cells of a matrix: it shares the matrix's frame, bindings and `when`, and is applicable where such a cell is hit.
    Cell(MatrixId),
    /// A note of an effect: it shares the effect's frame, bindings and `when`, and is given once a step, where the step happens.
    Effect(EffectId),
    /// `chosen` of a select.
    Chosen,
    /// `none` of a select.
    NoneChosen,
}

/// A rule. A matrix's own verdict is no rule of this list but a [`Matrix`].
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// Its code.
    pub code: Arc<str>,
    /// Its name; of a condition of a matrix that condition's name.
    pub name: Arc<str>,
    /// Its title; may be empty for conditions and notes of effects.
    pub title: Arc<str>,
    /// Its level, adjustments included.
    pub level: Level,
    /// Which pack it is from, by its place in [`Policies::packs`].
    pub pack: usize,
    /// Where it was written.
    pub origin: RuleOrigin,
    /// What it is about.
    pub subject: Subject,
    /// Its names; local 0 is the subject.
    pub frame: Frame,
    /// What is bound between `for` and the obligation. A `let` may be written behind `when` and rely on it (a path that is
    /// known to exist there): it is to be evaluated where it is read, not earlier.
    pub bindings: Vec<Binding>,
    /// When it applies; nothing: always.
    pub when: Option<Expr>,
    /// What it demands; nothing for a note.
    pub obligation: Option<Expr>,
    /// Its message.
    pub because: Option<Message>,
    /// What to do.
    pub help: Option<Message>,
    /// How to mend a plan.
    pub fix: Option<Fix>,
    /// Where it is written.
    pub cites: Vec<Cite>,
    /// Why it is switched off, where it is.
    pub disabled: Option<Arc<str>>,
    /// Why its level was adjusted, where it was.
    pub adjusted: Option<Arc<str>>,
    /// Where its code stands.
    pub span: Span,
    /// The whole of it.
    pub whole: Span,
}

/// `fix set step.transfer = network`.
#[derive(Clone, PartialEq, Debug)]
pub struct Fix {
    /// The member of the step as a path of names, as the plan writes it (`transfer`, `to.host`).
    pub path: Vec<Arc<str>>,
    /// Its new value.
    pub value: Expr,
}

/// Where a rule is written in a source.
#[derive(Clone, PartialEq, Debug)]
pub struct Cite {
    /// Which source, by its place in [`Policies::sources`].
    pub source: usize,
    /// The section.
    pub section: Arc<str>,
    /// The item of a list in that section, from 1.
    pub item: Option<u32>,
}

/// `select step.transfer`.
#[derive(Clone, PartialEq, Debug)]
pub struct Select {
    /// The field of the step.
    pub field: FieldId,
    /// Its names; local 0 is the step.
    pub frame: Frame,
    /// Candidates by condition, in order.
    pub prefer: Vec<Candidates>,
    /// The note of what was chosen.
    pub chosen: RuleId,
    /// The `must` that is violated where every candidate is denied.
    pub none: RuleId,
    /// Where it stands.
    pub span: Span,
}

/// Candidates of a choice, best first, and when they are those.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidates {
    /// Values of the field's enum, by their place there, best first.
    pub values: Vec<u16>,
    /// `where`.
    pub condition: Option<Expr>,
}

/// `effect name { … }`.
#[derive(Clone, PartialEq, Debug)]
pub struct Effect {
    /// Its name.
    pub name: Arc<str>,
    /// Its names; local 0 is the step.
    pub frame: Frame,
    /// What is bound before `when`.
    pub bindings: Vec<Binding>,
    /// When it happens.
    pub when: Option<Expr>,
    /// What it does.
    pub actions: Vec<Action>,
    /// What it says.
    pub notes: Vec<EffectNote>,
    /// Whether a cell of a matrix names it.
    pub in_cell: bool,
    /// Where it stands.
    pub span: Span,
}

/// A note of an effect.
#[derive(Clone, PartialEq, Debug)]
pub struct EffectNote {
    /// Its row in [`Policies::rules`], which has message and code; its `when` is [`EffectNote::when`] alone.
    pub rule: RuleId,
    /// `when` of the note, beside that of the effect.
    pub when: Option<Expr>,
}

/// What an effect does.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// `set F = E`
    Set {
        /// A stored field of a row (or a gathered part's field, which goes to the field it was gathered from).
        target: Expr,
        /// Its new value.
        value: Expr,
    },
    /// `change F by E`
    Change {
        /// A stored field of a row.
        target: Expr,
        /// How much is added.
        by: Expr,
        /// What is known of that beforehand.
        sign: Sign,
    },
}

/// Whether a change adds or takes away, by what its expression is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// It can never be below zero.
    Adds,
    /// It can never be above zero.
    Takes,
    /// It may be either.
    Either,
}

impl Policies {
    /// A function by its id.
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.functions.get(id.0 as usize)
    }

    /// A gather by its id.
    pub fn gather(&self, id: GatherId) -> Option<&Gather> {
        self.gathers.get(id.0 as usize)
    }

    /// A rule by its id.
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.0 as usize)
    }

    /// A matrix by its id.
    pub fn matrix(&self, id: MatrixId) -> Option<&Matrix> {
        self.matrices.get(id.0 as usize)
    }

    /// An effect by its id.
    pub fn effect(&self, id: EffectId) -> Option<&Effect> {
        self.effects.get(id.0 as usize)
    }
}
