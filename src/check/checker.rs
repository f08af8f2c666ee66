//! The state of one check: what was declared, what was worked out so far, what is to be said about it. It holds the
//! tables; the modules beside it fill and read them.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::scope::{Path, derived_field, path_of};
use super::tree::{Expr, ExprKind, Frame, Function, FunctionKind, Gather};
use crate::diag::codes::check as codes;
use crate::diag::{Code, Diagnostic, Severity, nearest};
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{Const, EnumId, FieldId, FieldKind, FunctionId, GatherId, Schema, Type};
use crate::value::StructId;

/// How deep definitions may build upon each other.
pub(super) const DEPTH: usize = 100;

/// How deep expressions may be nested, those of definitions that are typed on the way included. A single expression is
/// bounded by the parser.
pub(super) const NESTING: usize = 250;

/// How far a function has been looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Not yet.
    Waiting,
    /// Its body is being typed.
    Busy,
    /// Its type depends on where it is used; no use has told so far.
    Deferred,
    /// Typed.
    Done,
}

/// A function while its type is being worked out.
pub(super) struct Slot<'a> {
    /// Its name as reports write it.
    pub name: Arc<str>,
    /// What it is.
    pub kind: FunctionKind,
    /// Where its name stands.
    pub span: Span,
    /// Its parameters with their types.
    pub params: Vec<(Arc<str>, Type)>,
    /// Whether it is called with parentheses.
    pub callable: bool,
    /// The type that is written.
    pub declared: Option<Type>,
    /// What it computes.
    pub body: &'a ast::Expr,
    /// How far it is.
    pub state: State,
    /// Its type as far as known.
    pub ty: Type,
    /// What is known to exist where it is true.
    pub facts: Vec<Path>,
    /// The result.
    pub done: Option<Function>,
    /// Whether something refers to it.
    pub used: bool,
    /// Whether something in it was wrong.
    pub broken: bool,
    /// Whether it is never below zero.
    pub never_negative: bool,
}

/// A `gather` with the part it makes.
pub(super) struct GatherSlot<'a> {
    /// As written.
    pub item: &'a ast::Gather,
    /// The entity or part that has the list.
    pub owner: StructId,
    /// The list.
    pub field: FieldId,
    /// What is in it.
    pub part: StructId,
    /// How far it is.
    pub state: State,
    /// The result.
    pub done: Option<Gather>,
    /// By field of the part: whether it is never below zero.
    pub never_negative: Vec<bool>,
    /// Whether something in it was wrong.
    pub broken: bool,
}

/// What bears a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bearer {
    /// A rule, or a condition of a matrix.
    Rule(ast::LevelKind),
    /// A matrix.
    Matrix,
    /// The note of an effect.
    EffectNote,
    /// `chosen` or `none` of a choice.
    Choice(ast::LevelKind),
}

/// The state of one check.
pub(super) struct Checker<'a> {
    pub diagnostics: Vec<Diagnostic>,
    errors: usize,
    pub schema: Schema,
    pub enums: FxHashMap<Arc<str>, EnumId>,
    pub structs: FxHashMap<Arc<str>, StructId>,
    pub sections: FxHashMap<Arc<str>, StructId>,
    pub functions: Vec<Slot<'a>>,
    pub defines: FxHashMap<Arc<str>, FunctionId>,
    pub gathers: Vec<GatherSlot<'a>>,
    /// Owners of parts, as written behind `of`.
    pub owners: FxHashMap<StructId, StructId>,
    pub sources: Vec<super::tree::Source>,
    pub source_used: FxHashSet<usize>,
    pub effects: FxHashMap<Arc<str>, usize>,
    pub effects_in_cells: FxHashSet<usize>,
    /// Names of fields that effects write, whosever they are: what is stored there may come to lie below zero.
    pub written: FxHashSet<Arc<str>>,
    pub fixtures_used: FxHashSet<Arc<str>>,
    pub codes: FxHashMap<Arc<str>, (Bearer, Span)>,
    /// Codes in the order declared, for suggestions.
    pub code_names: Vec<Arc<str>>,
    pub enum_used: FxHashSet<EnumId>,
    pub structs_used: FxHashSet<StructId>,
    /// Functions that are being typed, from the outside in.
    pub depth: usize,
    /// Expressions that are being typed, from the outside in.
    pub nesting: usize,
    pub input_seen: Option<Span>,
    /// Where the parser could not read something, in order and apart from each other: it has said what is wrong there.
    pub unread: Vec<Span>,
    /// Files of packs that extend a pack that is not there: names in them may be its names.
    pub rootless: Vec<Span>,
    /// Fields that a layer adds and that have no default, by where they are named; those that were told of are taken out.
    pub bare_additions: Vec<Span>,
    /// Errors that were not said, because they follow from others.
    silent: usize,
}

impl<'a> Checker<'a> {
    pub fn new() -> Checker<'a> {
        let schema = Schema::built_in();
        let structs = schema.structs().map(|(id, s)| (s.name.clone(), id)).collect();
        Checker {
            diagnostics: Vec::new(),
            errors: 0,
            schema,
            enums: FxHashMap::default(),
            structs,
            sections: FxHashMap::default(),
            functions: Vec::new(),
            defines: FxHashMap::default(),
            gathers: Vec::new(),
            owners: FxHashMap::default(),
            sources: Vec::new(),
            source_used: FxHashSet::default(),
            effects: FxHashMap::default(),
            effects_in_cells: FxHashSet::default(),
            written: FxHashSet::default(),
            fixtures_used: FxHashSet::default(),
            codes: FxHashMap::default(),
            code_names: Vec::new(),
            enum_used: FxHashSet::default(),
            structs_used: FxHashSet::default(),
            depth: 0,
            nesting: 0,
            input_seen: None,
            unread: Vec::new(),
            rootless: Vec::new(),
            bare_additions: Vec::new(),
            silent: 0,
        }
    }

    /// Takes over where the parser could not read something.
    pub fn note_unread(&mut self, mut spans: Vec<Span>) {
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        for span in spans {
            match self.unread.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => self.unread.push(span),
            }
        }
    }

    /// Whether all of a place lies where the parser could not read something.
    pub fn is_unread(&self, span: Span) -> bool {
        let behind = self.unread.partition_point(|unread| unread.start <= span.start);
        let last = behind.checked_sub(1).and_then(|at| self.unread.get(at));
        last.is_some_and(|unread| span.start < unread.end && span.end <= unread.end)
    }

    /// Whether the parser could not read something inside of a place.
    pub fn holds_unread(&self, span: Span) -> bool {
        let before = self.unread.partition_point(|unread| unread.start < span.start);
        self.unread.get(before).is_some_and(|unread| unread.start < span.end)
    }

    /// Whether something only follows from what was said before.
    fn follows_from_others(&self, diagnostic: &Diagnostic) -> bool {
        let place = diagnostic.span();
        let of_names = [
            codes::UNKNOWN_NAME,
            codes::UNKNOWN_FIELD,
            codes::UNKNOWN_TYPE,
            codes::UNKNOWN_VALUE,
            codes::UNKNOWN_CODE,
            codes::UNKNOWN_FIXTURE,
        ];
        let rootless = || self.rootless.iter().any(|file| file.start <= place.start && place.end <= file.end);
        self.is_unread(place) || (of_names.contains(&diagnostic.code) && rootless())
    }

    /// Counts an error that needs no saying.
    pub fn said_elsewhere(&mut self) {
        self.silent = self.silent.saturating_add(1);
        self.errors = self.errors.saturating_add(1);
    }

    /// Says something.
    pub fn say(&mut self, diagnostic: Diagnostic) {
        if self.follows_from_others(&diagnostic) {
            if diagnostic.severity == Severity::Error {
                self.said_elsewhere();
            }
            return;
        }
        if diagnostic.severity == Severity::Error {
            self.errors = self.errors.saturating_add(1);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Says that something is wrong, what stands there, and what to do.
    pub fn error(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.say(Diagnostic::error(code, span, message).label(label).help(help));
    }

    /// Says that something is odd, what stands there, and what to do.
    pub fn warning(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.say(Diagnostic::warning(code, span, message).label(label).help(help));
    }

    /// Takes back what was said since.
    pub fn forget_said(&mut self, from: usize) {
        self.diagnostics.truncate(from);
        self.errors = self.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        self.errors = self.errors.saturating_add(self.silent);
    }

    /// How many errors there are so far.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Says that a name is unknown, with the nearest known one or what is there to choose from.
    pub fn unknown(&mut self, code: Code, span: Span, message: String, wanted: &str, known: &[&str], otherwise: &str) {
        let help = match nearest(wanted, known.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None if known.is_empty() || known.len() > 12 => otherwise.to_owned(),
            None if known.len() == 1 => format!("there is only {}", listed(known.iter().copied())),
            None => format!("there are {}", listed(known.iter().copied())),
        };
        self.error(code, span, message, "not known", help);
    }

    /// A type as a policy writes it.
    pub fn type_name(&self, ty: &Type) -> String {
        self.schema.type_name(ty)
    }

    /// A type with its article, for messages.
    pub fn a(&self, ty: &Type) -> String {
        match ty {
            Type::List(_) => format!("a list `{}`", self.type_name(ty)),
            Type::None => "`none`".to_owned(),
            _ => {
                let name = self.type_name(ty);
                let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                format!("{article} `{name}`")
            }
        }
    }

    pub fn slot(&self, id: FunctionId) -> Option<&Slot<'a>> {
        self.functions.get(id.0 as usize)
    }

    pub fn slot_mut(&mut self, id: FunctionId) -> Option<&mut Slot<'a>> {
        self.functions.get_mut(id.0 as usize)
    }

    /// The path that an expression is, where it is one.
    pub fn path(&self, expr: &Expr) -> Option<Path> {
        path_of(expr, &|id| self.slot(id).and_then(|slot| derived_field(slot.kind)))
    }

    /// The values of an enum.
    pub fn value_of(&self, id: EnumId, name: &str) -> Option<u16> {
        let index = self.schema.enum_def(id)?.values.iter().position(|value| **value == *name)?;
        u16::try_from(index).ok()
    }

    /// The enums that have all of these values, in the order declared.
    pub fn enums_with(&self, names: &[&str]) -> Vec<EnumId> {
        (0u16..)
            .map(EnumId)
            .take(self.schema.enums.len())
            .filter(|id| names.iter().all(|name| self.value_of(*id, name).is_some()))
            .collect()
    }

    /// The value of an expression that is the same wherever it stands.
    pub fn constant(&self, expr: &Expr) -> Option<Const> {
        self.constant_within(expr, DEPTH)
    }

    fn constant_within(&self, expr: &Expr, depth: usize) -> Option<Const> {
        match &expr.kind {
            ExprKind::Const(value) if expr.ty != Type::Error => Some(value.clone()),
            ExprKind::Call { function, args } if args.is_empty() => {
                let body = &self.slot(*function)?.done.as_ref()?.body;
                self.constant_within(body, depth.checked_sub(1)?)
            }
            _ => None,
        }
    }

    /// Whether something that was wrong shows in an expression: then whoever holds it is left out.
    pub fn is_broken(&self, expr: &Expr) -> bool {
        expr.any(&mut |e| {
            e.ty == Type::Error
                || match &e.kind {
                    ExprKind::Call { function, .. } => self.slot(*function).is_none_or(|slot| slot.broken),
                    ExprKind::Field { owner, field, .. } => match self.schema.field(*owner, *field).map(|f| f.kind) {
                        Some(FieldKind::Gathered(GatherId(id))) => {
                            self.gathers.get(id as usize).is_none_or(|gather| gather.broken)
                        }
                        Some(_) => false,
                        None => true,
                    },
                    _ => false,
                }
        })
    }

    /// What stands for an expression that could not be understood.
    pub fn nothing(span: Span) -> Expr {
        Expr { kind: ExprKind::Const(Const::None), ty: Type::Error, span }
    }
}

/// Names in a row: "`a`, `b` and `c`".
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "none".to_owned(),
    }
}

/// A frame of nothing.
pub(super) fn no_frame() -> Frame {
    Frame::default()
}
