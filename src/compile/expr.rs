//! Expressions: nodes into the arena, and the rewriting of filtered sections into lookups.

use rustc_hash::FxHashMap;

use crate::check::tree::{self, Comparison, Expr, ExprKind, LocalId, Policies};
use crate::program::{
    Address, Arithmetic, Builtin, CallId, ConstId, ExprId, Fold, GatheredId, IndexBy, IndexId, Node, Operands, Over,
    Places, Program, Quantifier, Shape, ShapeId, Slot, folds,
};
use crate::source::Span;
use crate::types::{Const, FieldId, FieldKind, Type};
use crate::value::{Duration, Number, Size, StructId};

/// A program on its way.
pub(super) struct Lowering<'p> {
    pub(super) policies: &'p Policies,
    pub(super) program: Program,
    pub(super) places: Places,
    shapes: FxHashMap<Shape, ShapeId>,
    indexes: FxHashMap<IndexBy, IndexId>,
}

fn id32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'p> Lowering<'p> {
    pub(super) fn new(policies: &'p Policies) -> Lowering<'p> {
        let program = Program {
            schema: policies.schema.clone(),
            packs: policies.packs.iter().map(|pack| format!("{}@{}", pack.name, pack.version).into()).collect(),
            ..Program::default()
        };
        Lowering::resume(policies, program)
    }

    pub(super) fn resume(policies: &'p Policies, program: Program) -> Lowering<'p> {
        let shapes = (0u32..).map(ShapeId).zip(&program.shapes).map(|(id, shape)| (shape.clone(), id)).collect();
        let indexes = (0u32..).map(IndexId).zip(&program.indexes).map(|(id, by)| (*by, id)).collect();
        Lowering { policies, program, places: Places::default(), shapes, indexes }
    }

    pub(super) fn finish(self) -> (Program, Places) {
        (self.program, self.places)
    }

    pub(super) fn node(&mut self, node: Node, span: Span) -> ExprId {
        let id = ExprId(id32(self.program.nodes.len()));
        self.program.nodes.push(node);
        self.places.stands(id, span);
        id
    }

    pub(super) fn constant(&mut self, value: Const) -> ConstId {
        let id = ConstId(id32(self.program.consts.len()));
        self.program.consts.push(value);
        id
    }

    pub(super) fn operands(&mut self, args: &[Expr]) -> Operands {
        let ids: Vec<ExprId> = args.iter().map(|arg| self.expr(arg)).collect();
        let start = id32(self.program.operands.len());
        self.program.operands.extend(&ids);
        Operands { start, count: id32(ids.len()) }
    }

    fn shape(&mut self, ty: &Type) -> ShapeId {
        let shape = match ty.required() {
            Type::Row(of) => Shape::Row(*of),
            Type::Enum(of) => Shape::Enum(*of),
            Type::List(of) => Shape::List(self.shape(of)),
            Type::Map { by_name, value } => Shape::Map { by_name: *by_name, of: self.shape(value) },
            _ => Shape::Plain,
        };
        if let Some(id) = self.shapes.get(&shape) {
            return *id;
        }
        let id = ShapeId(id32(self.program.shapes.len()));
        self.program.shapes.push(shape.clone());
        self.shapes.insert(shape, id);
        id
    }

    fn address(&mut self, owner: StructId, field: FieldId) -> Address {
        let ty = self.policies.schema.field(owner, field).map_or(Type::Error, |field| field.ty.clone());
        Address { owner, field, shape: self.shape(&ty) }
    }

    fn is_stored(&self, owner: StructId, field: FieldId) -> bool {
        self.policies.schema.field(owner, field).is_some_and(|field| field.kind == FieldKind::Stored)
    }

    fn optional(&mut self, expr: Option<&Expr>) -> Option<ExprId> {
        expr.map(|expr| self.expr(expr))
    }

    /// The node of an expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> ExprId {
        let node = self.lower(expr);
        self.node(node, expr.span)
    }

    fn lower(&mut self, expr: &Expr) -> Node {
        match &expr.kind {
            ExprKind::Const(value) => Node::Const(self.constant(value.clone())),
            ExprKind::Local(LocalId(slot)) => Node::Local(Slot(*slot)),
            ExprKind::Section(of) => Node::Section(*of),
            ExprKind::Field { of, owner, field } => self.field(of, *owner, *field),
            ExprKind::Call { function, args } => self.call(*function, args),
            ExprKind::Index { map, key } => Node::Index { map: self.expr(map), key: self.expr(key) },
            ExprKind::Not(a) => Node::Not(self.expr(a)),
            ExprKind::And(a, b) => Node::And(self.expr(a), self.expr(b)),
            ExprKind::Or(a, b) => Node::Or(self.expr(a), self.expr(b)),
            ExprKind::Implies(a, b) => Node::Implies(self.expr(a), self.expr(b)),
            ExprKind::Compare(how, a, b) => Node::Compare {
                how: comparison(*how),
                left: self.expr(a),
                right: self.expr(b),
                fold: folds(&a.ty) || folds(&b.ty),
            },
            ExprKind::In(x, xs) => {
                Node::In { element: self.expr(x), list: self.expr(xs), fold: folds(&x.ty) || folds(&xs.ty) }
            }
            ExprKind::Arithmetic(how, a, b) => Node::Arithmetic(arithmetic(*how), self.expr(a), self.expr(b)),
            ExprKind::Negate(a) => Node::Negate(self.expr(a)),
            ExprKind::Quantify { quantifier, local, list, filter, body } => Node::Quantify {
                quantifier: match quantifier {
                    tree::Quantifier::All => Quantifier::All,
                    tree::Quantifier::Some => Quantifier::Some,
                    tree::Quantifier::No => Quantifier::No,
                },
                over: self.over(*local, list, filter.as_deref()),
                body: self.expr(body),
            },
            ExprKind::Collect { local, list, filter, body } => {
                let over = self.over(*local, list, filter.as_deref());
                let itself = matches!(&body.kind, ExprKind::Local(of) if of == local);
                Node::Collect { over, body: if itself { None } else { Some(self.expr(body)) } }
            }
            ExprKind::Fold { fold, local, list, filter, body, never_negative } => {
                let over = self.over(*local, list, filter.as_deref());
                let fold = match fold {
                    tree::Fold::Count => Fold::Count,
                    tree::Fold::Min => Fold::Min,
                    tree::Fold::Max => Fold::Max,
                    tree::Fold::Sum => {
                        Fold::Sum { never_negative: *never_negative, zero: self.zero(expr.ty.required()) }
                    }
                };
                Node::Fold { fold, over, body: self.optional(body.as_deref()) }
            }
            ExprKind::Builtin(which, args) => {
                let fold = args.iter().any(|arg| folds(&arg.ty));
                let of_list = args.first().is_some_and(|arg| matches!(arg.ty.required(), Type::List(_)));
                let which = match which {
                    tree::Builtin::Length if of_list => Builtin::Elements,
                    which => builtin(*which),
                };
                Node::Builtin { builtin: which, args: self.operands(args), fold }
            }
            ExprKind::Exists(a) => Node::Exists(self.expr(a)),
            ExprKind::IsKnown(a) => Node::IsKnown(self.expr(a)),
            ExprKind::Else(a, b) => Node::Else(self.expr(a), self.expr(b)),
            ExprKind::If(p, a, b) => Node::If(self.expr(p), self.expr(a), self.expr(b)),
            ExprKind::List(elements) => Node::List(self.operands(elements)),
        }
    }

    fn zero(&mut self, ty: &Type) -> ConstId {
        let zero = match ty {
            Type::Size => Const::Size(Size(0)),
            Type::Duration => Const::Duration(Duration(0)),
            _ => Const::Number(Number::default()),
        };
        self.constant(zero)
    }

    fn field(&mut self, of: &Expr, owner: StructId, field: FieldId) -> Node {
        let kind = self.policies.schema.field(owner, field).map_or(FieldKind::Stored, |field| field.kind);
        match kind {
            FieldKind::Stored => Node::Field { of: self.expr(of), at: self.address(owner, field) },
            FieldKind::Gathered(id) => Node::Gathered { of: self.expr(of), gather: GatheredId(id.0) },
            FieldKind::Refused => Node::Refused(self.expr(of)),
            FieldKind::Derived(function) => self.call(function, std::slice::from_ref(of)),
        }
    }

    /// A call; a `define` without parameters that is a constant is that constant.
    fn call(&mut self, function: crate::types::FunctionId, args: &[Expr]) -> Node {
        match self.policies.function(function) {
            Some(of) if of.params == 0 => match &of.body.kind {
                ExprKind::Const(value) => Node::Const(self.constant(value.clone())),
                _ => Node::Call { function: CallId(function.0), args: self.operands(args) },
            },
            _ => Node::Call { function: CallId(function.0), args: self.operands(args) },
        }
    }

    /// A list with its filter. `hosts` filtered by `h.field == key`, where the key mentions no `h`, becomes a lookup with
    /// what is left of the filter: rows whose field is unknown stay possible members there as they do here.
    fn over(&mut self, local: LocalId, list: &Expr, filter: Option<&Expr>) -> Over {
        let slot = Slot(local.0);
        if let (ExprKind::Section(of), Some(filter)) = (&list.kind, filter) {
            let conjuncts = filter.conjuncts();
            let keyed = conjuncts.iter().position(|part| self.keyed(local, *of, part).is_some());
            if let Some(at) = keyed
                && let Some((field, key, fold)) = conjuncts.get(at).and_then(|part| self.keyed(local, *of, part))
            {
                let by = IndexBy { address: self.address(*of, field), fold };
                let index = self.index(by);
                let key = self.expr(key);
                let list = self.node(Node::Lookup { index, key }, list.span);
                let rest = conjuncts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| *part);
                let rest: Vec<(ExprId, Span)> = rest.map(|part| (self.expr(part), part.span)).collect();
                let filter = rest.into_iter().reduce(|(a, from), (b, to)| {
                    let span = from.to(to);
                    (self.node(Node::And(a, b), span), span)
                });
                return Over { slot, list, filter: filter.map(|(filter, _)| filter) };
            }
        }
        Over { slot, list: self.expr(list), filter: self.optional(filter) }
    }

    fn index(&mut self, by: IndexBy) -> IndexId {
        if let Some(id) = self.indexes.get(&by) {
            return *id;
        }
        let id = IndexId(id32(self.program.indexes.len()));
        self.program.indexes.push(by);
        self.indexes.insert(by, id);
        id
    }

    /// Field and key of `h.field == key` and `key == h.field`, and whether texts fold.
    fn keyed<'e>(&self, local: LocalId, of: StructId, part: &'e Expr) -> Option<(FieldId, &'e Expr, bool)> {
        let ExprKind::Compare(Comparison::Equal, a, b) = &part.kind else { return None };
        let field = |side: &Expr| match &side.kind {
            ExprKind::Field { of: row, owner, field }
                if *owner == of
                    && matches!(row.kind, ExprKind::Local(id) if id == local)
                    && self.is_stored(*owner, *field)
                    && !matches!(side.ty.required(), Type::List(_) | Type::Map { .. }) =>
            {
                Some(*field)
            }
            _ => None,
        };
        let free = |side: &Expr| !side.any(&mut |e| matches!(e.kind, ExprKind::Local(id) if id == local));
        let fold = folds(&a.ty) || folds(&b.ty);
        match (field(a), field(b)) {
            (Some(field), _) if free(b) => Some((field, b, fold)),
            (_, Some(field)) if free(a) => Some((field, a, fold)),
            _ => None,
        }
    }
}

fn comparison(how: Comparison) -> crate::program::Comparison {
    use crate::program::Comparison as To;
    match how {
        Comparison::Equal => To::Equal,
        Comparison::NotEqual => To::NotEqual,
        Comparison::Less => To::Less,
        Comparison::AtMost => To::AtMost,
        Comparison::Greater => To::Greater,
        Comparison::AtLeast => To::AtLeast,
    }
}

fn arithmetic(how: tree::Arithmetic) -> Arithmetic {
    match how {
        tree::Arithmetic::Add => Arithmetic::Add,
        tree::Arithmetic::Subtract => Arithmetic::Subtract,
        tree::Arithmetic::Multiply => Arithmetic::Multiply,
        tree::Arithmetic::Divide => Arithmetic::Divide,
    }
}

fn builtin(which: tree::Builtin) -> Builtin {
    use tree::Builtin as From;
    match which {
        From::Distinct => Builtin::Distinct,
        From::Union => Builtin::Union,
        From::Skip => Builtin::Skip,
        From::First => Builtin::First,
        From::Join => Builtin::Join,
        From::Text => Builtin::Text,
        From::Lower => Builtin::Lower,
        From::StartsWith => Builtin::StartsWith,
        From::EndsWith => Builtin::EndsWith,
        From::Contains => Builtin::Contains,
        From::Matches => Builtin::Matches,
        From::Length => Builtin::Length,
        From::Ceil => Builtin::Ceil,
        From::Floor => Builtin::Floor,
        From::Values => Builtin::Values,
    }
}
