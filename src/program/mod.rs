//! The compiled program: policies as flat arenas with numbers for names. It knows no syntax and no facts; `compile` makes
//! it, `eval` runs it, and loaders ask it which fields are read. It is complete in itself: nothing that an evaluation
//! says needs the checked tree, so that it can be stored and shipped.
#![deny(clippy::arithmetic_side_effects)]

use serde::{Deserialize, Serialize};

mod node;
mod places;
mod rule;
mod shift;
mod suggest;

pub use node::{
    Address, Arithmetic, Builtin, CallId, Comparison, ConstId, EffectAt, ExprId, Fold, GatheredId, IndexBy, IndexId,
    MatrixAt, Node, Operands, Over, Quantifier, RuleAt, Shape, ShapeId, Slot, folds,
};
pub use places::Places;
pub use rule::{
    About, Action, Bind, Candidates, Card, Cite, Demand, Effect, Entry, Function, Gather, GatherSource, Head, Level,
    Matrix, Message, Piece, Rule, Says, Select, Side, Sign, Stands, Table, Verdict,
};
pub use suggest::{Goal, Suggest, Variation};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::types::{Const, FieldId, Schema};
use crate::value::StructId;

/// Fields by the struct that has them.
pub type Fields = BTreeSet<(StructId, FieldId)>;

/// A compiled program.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Program {
    /// The vocabulary.
    pub schema: Schema,
    /// Packs as `name@version`, extended ones first.
    pub packs: Vec<Arc<str>>,
    /// By [`ExprId`].
    pub nodes: Vec<Node>,
    /// Operands, side by side.
    pub operands: Vec<ExprId>,
    /// By [`ConstId`].
    pub consts: Vec<Const>,
    /// By [`ShapeId`].
    pub shapes: Vec<Shape>,
    /// By [`IndexId`].
    pub indexes: Vec<IndexBy>,
    /// By [`CallId`].
    pub functions: Vec<Function>,
    /// By [`GatheredId`].
    pub gathers: Vec<Gather>,
    /// By [`RuleAt`], in the order declared.
    pub rules: Vec<Rule>,
    /// By [`MatrixAt`].
    pub matrices: Vec<Matrix>,
    /// Choices.
    pub selects: Vec<Select>,
    /// By [`EffectAt`].
    pub effects: Vec<Effect>,
    /// What else may be tried where a step is refused.
    pub suggest: Option<Suggest>,
    /// What has to hold of inputs.
    pub demands: Vec<Demand>,
    /// Stored fields that are read anywhere.
    pub reads: Fields,
    /// Stored fields that are read for the verdict of a code.
    pub reads_by_code: BTreeMap<Arc<str>, Fields>,
    /// Those of them that are read only where they are known (`when x is known`): they leave no verdict open.
    pub guarded_by_code: BTreeMap<Arc<str>, Fields>,
}

impl Default for Program {
    /// A program without policies.
    fn default() -> Program {
        Program {
            schema: Schema::built_in(),
            packs: Vec::new(),
            nodes: Vec::new(),
            operands: Vec::new(),
            consts: Vec::new(),
            shapes: Vec::new(),
            indexes: Vec::new(),
            functions: Vec::new(),
            gathers: Vec::new(),
            rules: Vec::new(),
            matrices: Vec::new(),
            selects: Vec::new(),
            effects: Vec::new(),
            suggest: None,
            demands: Vec::new(),
            reads: Fields::new(),
            reads_by_code: BTreeMap::new(),
            guarded_by_code: BTreeMap::new(),
        }
    }
}

impl Program {
    /// Whether a stored field is read at all.
    pub fn reads(&self, of: StructId, field: FieldId) -> bool {
        self.reads.contains(&(of, field))
    }

    /// Whether some effect writes a stored field: by itself, or as what a gathered field was gathered from.
    pub fn writes(&self, of: StructId, field: FieldId) -> bool {
        let field_of = |id: ExprId| match self.node(id) {
            Some(Node::Field { at, .. }) => Some((at.owner, at.field)),
            _ => None,
        };
        let targets = self.effects.iter().flat_map(|effect| &effect.actions).filter_map(|action| match action {
            Action::Set { target, .. } | Action::Change { target, .. } => field_of(*target),
        });
        targets.into_iter().any(|(owner, written)| {
            let sources = self.gathers.iter().filter(|gather| gather.part == owner).flat_map(|gather| &gather.sources);
            let mut behind = sources.filter_map(|source| source.fields.get(usize::from(written.0)).copied().flatten());
            (owner, written) == (of, field) || behind.any(|behind| field_of(behind) == Some((of, field)))
        })
    }

    /// The stored fields that the verdict of a code depends on; nothing where there is no such code.
    pub fn reads_of(&self, code: &str) -> Option<&Fields> {
        self.reads_by_code.get(code)
    }

    /// A node.
    #[inline]
    pub fn node(&self, id: ExprId) -> Option<&Node> {
        self.nodes.get(id.at())
    }

    /// Operands of a node.
    #[inline]
    pub fn operands(&self, of: Operands) -> &[ExprId] {
        let start = of.start as usize;
        self.operands.get(start..start.saturating_add(of.count as usize)).unwrap_or_default()
    }

    /// A rule.
    #[inline]
    pub fn rule(&self, at: RuleAt) -> Option<&Rule> {
        self.rules.get(at.at())
    }

    /// A matrix.
    #[inline]
    pub fn matrix(&self, at: MatrixAt) -> Option<&Matrix> {
        self.matrices.get(at.at())
    }

    /// An effect.
    #[inline]
    pub fn effect(&self, at: EffectAt) -> Option<&Effect> {
        self.effects.get(at.at())
    }

    /// What is told of each code: rules, then matrices.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.rules.iter().map(|rule| &rule.card).chain(self.matrices.iter().map(|matrix| &matrix.card))
    }

    /// What is told of a code.
    pub fn card(&self, code: &str) -> Option<&Card> {
        self.cards().find(|card| card.code.eq_ignore_ascii_case(code))
    }
}

impl Matrix {
    /// A body cell.
    pub fn entry(&self, row: usize, column: usize) -> Option<&Entry> {
        let width = self.columns.headers.len();
        (column < width).then(|| self.cells.get(row.checked_mul(width)?.checked_add(column)?)).flatten()
    }
}
