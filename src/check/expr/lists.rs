//! Lists: literals, comprehensions, quantifiers, aggregates.

use std::sync::Arc;

use crate::check::checker::Checker;
use crate::check::scope::{Mark, Scope};
use crate::check::tree::{Builtin, Expr, ExprKind, Fold, LocalId, Quantifier};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{Const, Type};

use super::fit::common;

/// `x in xs where P`, typed; the element's name stays in scope until the mark is reset.
struct Over {
    local: LocalId,
    list: Box<Expr>,
    filter: Option<Box<Expr>>,
    mark: Mark,
}

impl<'a> Checker<'a> {
    /// The element type of a list; says so where it is none.
    pub(in crate::check) fn elements(&mut self, list: Expr) -> (Expr, Type) {
        let list = self.some(list);
        match &list.ty {
            Type::List(of) => {
                let of = (**of).clone();
                (list, of)
            }
            Type::Error => (list, Type::Error),
            other => {
                let is = self.a(other);
                let help = match other {
                    Type::Map { .. } => "go through its values: `values(m)`",
                    _ => "name a list here, or make one: `[x]`",
                };
                self.error(
                    codes::WRONG_TYPE,
                    list.span,
                    format!("this is {is}, not a list"),
                    format!("this is {is}"),
                    help,
                );
                (Expr { ty: Type::Error, ..list }, Type::Error)
            }
        }
    }

    fn over(&mut self, scope: &mut Scope, over: &'a ast::Comprehension, expected: Option<&Type>) -> Over {
        let list = self.expr(scope, &over.list, expected);
        let (list, element) = self.elements(list);
        let mark = scope.mark();
        let local = scope.bind(&over.binding.text, element);
        let filter = over.filter.as_ref().map(|filter| {
            let filter = self.condition(scope, filter, "the condition behind `where`");
            let facts = self.facts(&filter);
            scope.narrow(facts);
            Box::new(filter)
        });
        Over { local, list: Box::new(list), filter, mark }
    }

    pub(super) fn list(
        &mut self,
        scope: &mut Scope,
        elements: &'a [ast::Expr],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let mut wanted = match expected.map(Type::required) {
            Some(Type::List(of)) if **of != Type::Error => Some((**of).clone()),
            _ => None,
        };
        if wanted.is_none() {
            wanted = self.values_of_one_enum(scope, elements, span);
            if wanted == Some(Type::Error) {
                return Checker::nothing(span);
            }
        }
        // The element that depends least on what is expected tells the others what they are.
        let lead = match wanted {
            Some(_) => 0,
            None => {
                (0..elements.len()).min_by_key(|i| elements.get(*i).map_or(9, |e| self.need(scope, e))).unwrap_or(0)
            }
        };
        let first = match (&wanted, elements.get(lead)) {
            (None, Some(e)) => Some(self.expr(scope, e, None)),
            _ => None,
        };
        let hint = wanted
            .clone()
            .or_else(|| first.as_ref().map(|e| e.ty.clone()))
            .filter(|ty| !matches!(ty, Type::Error | Type::None));
        let mut first = first;
        let mut typed: Vec<Expr> = Vec::with_capacity(elements.len());
        for (i, e) in elements.iter().enumerate() {
            let value = match first.take_if(|_| i == lead) {
                Some(value) => value,
                None => self.expr(scope, e, hint.as_ref()),
            };
            typed.push(value);
        }
        let mut of = wanted.unwrap_or(Type::Error);
        for (i, value) in typed.iter().enumerate() {
            if i == 0 && of == Type::Error {
                of = value.ty.clone();
                continue;
            }
            match common(&of, &value.ty) {
                Some(ty) => of = ty,
                None => {
                    let (x, y) = (self.a(&of), self.a(&value.ty));
                    let first = typed.first().map_or(span, |e| e.span);
                    let diagnostic = Diagnostic::error(
                        codes::WRONG_TYPE,
                        value.span,
                        format!("the elements of a list have one type, not {x} and {y}"),
                    )
                    .label(format!("this is {y}"))
                    .also(first, format!("this is {x}"))
                    .help(format!("write {x} here, or make two lists"));
                    self.say(diagnostic);
                    return Checker::nothing(span);
                }
            }
        }
        let broken = typed.iter().any(|e| e.ty == Type::Error);
        let constants: Option<Vec<Const>> = typed
            .iter()
            .map(|e| match &e.kind {
                ExprKind::Const(value) => Some(value.clone()),
                _ => None,
            })
            .collect();
        let kind = match constants {
            Some(constants) if !broken => ExprKind::Const(Const::List(constants)),
            _ => ExprKind::List(typed),
        };
        Expr { kind, ty: Type::list(if broken { Type::Error } else { of }), span }
    }

    /// The enum that bare names in a list are values of, where nothing else tells what they are.
    fn values_of_one_enum(&mut self, scope: &Scope, elements: &[ast::Expr], span: Span) -> Option<Type> {
        let names: Vec<&str> = elements
            .iter()
            .map(|e| match &e.kind {
                ast::ExprKind::Name(name) => Some(&*name.text),
                _ => None,
            })
            .collect::<Option<_>>()?;
        if names.is_empty() || names.iter().any(|name| self.is_bound(scope, name)) {
            return None;
        }
        match *self.enums_with(&names) {
            [id] => Some(Type::Enum(id)),
            [] => None,
            ref several => {
                let enums: Vec<Arc<str>> =
                    several.iter().filter_map(|id| self.schema.enum_def(*id)).map(|e| e.name.clone()).collect();
                let all = crate::check::checker::listed(enums.iter().map(|name| &**name));
                self.error(
                    codes::AMBIGUOUS,
                    span,
                    format!("these are values of several enums: {all}"),
                    "which one is meant?",
                    "give what the list stands for a type: `define name: [enum] = …`",
                );
                Some(Type::Error)
            }
        }
    }

    fn is_bound(&self, scope: &Scope, name: &str) -> bool {
        scope.find(name).is_some() || self.defines.contains_key(name) || self.sections.contains_key(name)
    }

    pub(super) fn list_of(
        &mut self,
        scope: &mut Scope,
        element: &'a ast::Expr,
        over: &'a ast::Comprehension,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        // `[x for x in […]]` passes on what is expected of it.
        let same = matches!(&element.kind, ast::ExprKind::Name(name) if name.text == over.binding.text);
        let over = self.over(scope, over, expected.filter(|_| same));
        let hint = match expected.map(Type::required) {
            Some(Type::List(of)) => Some((**of).clone()),
            _ => None,
        };
        let body = self.expr(scope, element, hint.as_ref());
        scope.reset(over.mark);
        let ty = Type::list(body.ty.clone());
        let kind = ExprKind::Collect { local: over.local, list: over.list, filter: over.filter, body: Box::new(body) };
        Expr { kind, ty, span }
    }

    pub(super) fn quantified(
        &mut self,
        scope: &mut Scope,
        quantifier: ast::Quantifier,
        over: &'a ast::Comprehension,
        body: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let over = self.over(scope, over, None);
        let (quantifier, what) = match quantifier {
            ast::Quantifier::All => (Quantifier::All, "what `all` says"),
            ast::Quantifier::Some => (Quantifier::Some, "what `some` says"),
            ast::Quantifier::No => (Quantifier::No, "what `no` says"),
        };
        let body = self.condition(scope, body, what);
        scope.reset(over.mark);
        let kind = ExprKind::Quantify {
            quantifier,
            local: over.local,
            list: over.list,
            filter: over.filter,
            body: Box::new(body),
        };
        Expr { kind, ty: Type::Bool, span }
    }

    /// `count(x in xs where P)`, `sum(e for x in xs where P)` …
    pub(super) fn aggregate(
        &mut self,
        scope: &mut Scope,
        function: &ast::Ident,
        element: Option<&'a ast::Expr>,
        over: &'a ast::Comprehension,
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let fold = match &*function.text {
            "count" => Fold::Count,
            "sum" => Fold::Sum,
            "min" => Fold::Min,
            "max" => Fold::Max,
            other => {
                let builtin = match other {
                    "distinct" => Some(Builtin::Distinct),
                    "length" => Some(Builtin::Length),
                    _ => None,
                };
                let (Some(builtin), Some(element)) = (builtin, element) else {
                    self.unknown(
                        codes::UNKNOWN_FUNCTION,
                        function.span,
                        format!("nothing called `{other}` takes `… for x in xs`"),
                        other,
                        &["count", "sum", "min", "max", "distinct"],
                        "count, sum, min, max and distinct do",
                    );
                    return Checker::nothing(span);
                };
                let list = self.list_of(scope, element, over, expected, span);
                return self.builtin(builtin, vec![list], span);
            }
        };
        let over = self.over(scope, over, None);
        let body = element.map(|e| self.expr(scope, e, None));
        scope.reset(over.mark);
        match (fold, body) {
            (Fold::Count, Some(body)) => {
                self.error(
                    codes::WRONG_ARGUMENTS,
                    body.span,
                    "`count` takes no element, only `x in xs where P`",
                    "not counted",
                    "write `count(x in xs where P)`; each different one is `length(distinct([e for x in xs]))`",
                );
                Checker::nothing(span)
            }
            (Fold::Count, None) => self.fold(fold, over.local, over.list, over.filter, None, span),
            (_, None) => {
                self.error(
                    codes::WRONG_ARGUMENTS,
                    span,
                    format!("`{}` needs to know of what", function.text),
                    "no element",
                    format!("write `{}(e for x in xs)`", function.text),
                );
                Checker::nothing(span)
            }
            (_, body) => self.fold(fold, over.local, over.list, over.filter, body, span),
        }
    }

    /// `sum(xs)`: the elements themselves are added or compared.
    pub(super) fn fold_list(&mut self, scope: &mut Scope, fold: Fold, list: Expr, span: Span) -> Expr {
        let (list, element) = self.elements(list);
        let mark = scope.mark();
        let local = scope.bind(&Arc::from("element"), element.clone());
        scope.reset(mark);
        let body = match fold {
            Fold::Count => None,
            _ => Some(Expr { kind: ExprKind::Local(local), ty: element, span: list.span }),
        };
        self.fold(fold, local, Box::new(list), None, body, span)
    }

    fn fold(
        &mut self,
        fold: Fold,
        local: LocalId,
        list: Box<Expr>,
        filter: Option<Box<Expr>>,
        body: Option<Expr>,
        span: Span,
    ) -> Expr {
        let body = body.map(|body| self.some(body));
        let of = body.as_ref().map_or(Type::Number, |body| body.ty.clone());
        let fine = match fold {
            Fold::Count => true,
            Fold::Sum => matches!(of, Type::Number | Type::Size | Type::Duration | Type::Error),
            Fold::Min | Fold::Max => {
                matches!(of, Type::Number | Type::Size | Type::Duration | Type::Date | Type::Version | Type::Error)
            }
        };
        if !fine {
            let is = self.a(&of);
            let at = body.as_ref().map_or(span, |body| body.span);
            let (message, help) = match fold {
                Fold::Sum => (format!("{is} cannot be added up"), "numbers, sizes and durations can"),
                _ => (format!("{is} has no order"), "numbers, sizes, durations, dates and versions have one"),
            };
            self.error(codes::WRONG_TYPE, at, message, format!("this is {is}"), help);
            return Checker::nothing(span);
        }
        let ty = match fold {
            Fold::Min | Fold::Max => Type::optional(of),
            Fold::Sum | Fold::Count => of,
        };
        let never_negative = match (&fold, &body) {
            (Fold::Count, _) => true,
            (_, Some(body)) => self.never_negative(body),
            _ => false,
        };
        let kind = ExprKind::Fold { fold, local, list, filter, body: body.map(Box::new), never_negative };
        Expr { kind, ty, span }
    }
}
