//! Calls: functions of the language and functions that packs define.

use crate::check::checker::Checker;
use crate::check::scope::Scope;
use crate::check::tree::{Builtin, Expr, ExprKind, Fold};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{Const, Type};

use super::fit::common;

/// Functions of the language, with what they take.
pub(in crate::check) const BUILTINS: &[(&str, &str)] = &[
    ("ceil", "ceil(number)"),
    ("contains", "contains(text, part)"),
    ("count", "count(x in xs where P)"),
    ("distinct", "distinct(list)"),
    ("ends-with", "ends-with(text, end)"),
    ("first", "first(number, list)"),
    ("floor", "floor(number)"),
    ("join", "join(list, separator)"),
    ("length", "length(list)"),
    ("lower", "lower(text)"),
    ("matches", "matches(text, \"pattern\")"),
    ("max", "max(e for x in xs)"),
    ("min", "min(e for x in xs)"),
    ("skip", "skip(number, list)"),
    ("starts-with", "starts-with(text, start)"),
    ("sum", "sum(e for x in xs)"),
    ("text", "text(value)"),
    ("union", "union(list, list)"),
    ("values", "values(map)"),
];

impl<'a> Checker<'a> {
    pub(super) fn call(
        &mut self,
        scope: &mut Scope,
        function: &ast::Ident,
        args: &'a [ast::Expr],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        if let Some(id) = self.defines.get(&function.text).copied() {
            return self.call_define(scope, id, function, args, expected, span);
        }
        let arity = match &*function.text {
            "union" | "skip" | "first" | "join" | "starts-with" | "ends-with" | "contains" | "matches" => 2,
            "distinct" | "text" | "lower" | "length" | "ceil" | "floor" | "values" | "count" | "sum" | "min"
            | "max" => 1,
            other => {
                let mut known: Vec<&str> = BUILTINS.iter().map(|(name, _)| *name).collect();
                let defined: Vec<std::sync::Arc<str>> = self
                    .functions
                    .iter()
                    .filter(|slot| slot.callable && matches!(slot.kind, super::super::tree::FunctionKind::Define))
                    .map(|slot| slot.name.clone())
                    .collect();
                known.extend(defined.iter().map(|name| &**name));
                self.unknown(
                    codes::UNKNOWN_FUNCTION,
                    function.span,
                    format!("no function is called `{other}`"),
                    other,
                    &known,
                    "functions are declared with `define name(x: type): type = …`",
                );
                return Checker::nothing(span);
            }
        };
        if args.len() != arity {
            let usage = BUILTINS.iter().find(|(name, _)| **name == *function.text).map_or("", |(_, usage)| usage);
            self.error(
                codes::WRONG_ARGUMENTS,
                function.span,
                format!("`{}` takes {}, not {}", function.text, counted(arity, "argument"), args.len()),
                "called here",
                format!("write `{usage}`"),
            );
            return Checker::nothing(span);
        }
        let builtin = match &*function.text {
            "distinct" => Builtin::Distinct,
            "union" => Builtin::Union,
            "skip" => Builtin::Skip,
            "first" => Builtin::First,
            "join" => Builtin::Join,
            "text" => Builtin::Text,
            "lower" => Builtin::Lower,
            "starts-with" => Builtin::StartsWith,
            "ends-with" => Builtin::EndsWith,
            "contains" => Builtin::Contains,
            "matches" => Builtin::Matches,
            "length" => Builtin::Length,
            "ceil" => Builtin::Ceil,
            "floor" => Builtin::Floor,
            "values" => Builtin::Values,
            fold => {
                let fold = match fold {
                    "count" => Fold::Count,
                    "sum" => Fold::Sum,
                    "min" => Fold::Min,
                    _ => Fold::Max,
                };
                let Some(arg) = args.first() else { return Checker::nothing(span) };
                let list = self.expr(scope, arg, None);
                return self.fold_list(scope, fold, list, span);
            }
        };
        let passes_on = matches!(builtin, Builtin::Distinct | Builtin::Union | Builtin::Skip | Builtin::First);
        let mut typed: Vec<Expr> = Vec::new();
        for arg in args {
            let before =
                typed.first().map(|e| e.ty.clone()).filter(|ty| matches!(ty, Type::List(of) if **of != Type::Error));
            let hint = if passes_on { expected.or(before.as_ref()) } else { None };
            typed.push(self.expr(scope, arg, hint));
        }
        self.builtin(builtin, typed, span)
    }

    /// Whether elements can be told apart: of `any` nobody can say that two are one.
    fn told_apart(&mut self, of: &Type, span: Span) {
        if *of.required() == Type::Any {
            let help = "of `any` one knows that it is there; declare the field with the type that it has";
            self.error(
                codes::WRONG_TYPE,
                span,
                "elements of any kind cannot be compared".to_owned(),
                "a list of `any`",
                help,
            );
        }
    }

    /// A function of the language on typed arguments, as many as it takes.
    pub(super) fn builtin(&mut self, builtin: Builtin, args: Vec<Expr>, span: Span) -> Expr {
        let mut args = args.into_iter();
        let Some(first) = args.next() else { return Checker::nothing(span) };
        let second = args.next();
        let made = |args: Vec<Expr>, ty: Type| Expr { kind: ExprKind::Builtin(builtin, args), ty, span };
        match (builtin, second) {
            (Builtin::Distinct, _) => {
                let (list, of) = self.elements(first);
                self.told_apart(&of, list.span);
                made(vec![list], Type::list(of))
            }
            (Builtin::Values, _) => {
                let map = self.some(first);
                let ty = match &map.ty {
                    Type::Map { value, .. } => Type::List(value.clone()),
                    Type::Error => Type::Error,
                    other => {
                        let is = self.a(other);
                        self.error(
                            codes::WRONG_TYPE,
                            map.span,
                            format!("`values` takes a map, not {is}"),
                            format!("this is {is}"),
                            "name a map here",
                        );
                        Type::Error
                    }
                };
                made(vec![map], ty)
            }
            (Builtin::Text, _) => {
                let shown = self.printable(first);
                let ty = if shown.ty == Type::Error { Type::Error } else { Type::Text };
                made(vec![shown], ty)
            }
            (Builtin::Lower, _) => {
                let text = self.textual(first, "lower");
                made(vec![text], Type::Text)
            }
            (Builtin::Length, _) => {
                let of = self.some(first);
                let fine = matches!(of.ty, Type::List(_) | Type::Text | Type::Name | Type::Error);
                if !fine {
                    let is = self.a(&of.ty);
                    let help = match of.ty {
                        Type::Map { .. } => "take its values: `length(values(m))`",
                        _ => "lists and texts have a length",
                    };
                    self.error(
                        codes::WRONG_TYPE,
                        of.span,
                        format!("{is} has no length"),
                        format!("this is {is}"),
                        help,
                    );
                }
                made(vec![of], Type::Number)
            }
            (Builtin::Ceil | Builtin::Floor, _) => {
                let number = self.fit(first, &Type::Number, "what is rounded");
                made(vec![number], Type::Number)
            }
            (Builtin::Union, Some(second)) => {
                let (a, x) = self.elements(first);
                let (b, y) = self.elements(second);
                self.told_apart(&x, a.span);
                let ty = match common(&x, &y) {
                    Some(ty) => ty,
                    None => {
                        let (p, q) = (self.a(&a.ty), self.a(&b.ty));
                        let diagnostic = Diagnostic::error(
                            codes::WRONG_TYPE,
                            b.span,
                            format!("`union` joins lists of one type, not {p} and {q}"),
                        )
                        .label(format!("this is {q}"))
                        .also(a.span, format!("this is {p}"))
                        .help("take a field of the elements that both have: `[x.name for x in xs]`");
                        self.say(diagnostic);
                        Type::Error
                    }
                };
                made(vec![a, b], Type::list(ty))
            }
            (Builtin::Skip | Builtin::First, Some(second)) => {
                if let (Type::List(_), Type::Number) = (&first.ty, &second.ty) {
                    let name = if builtin == Builtin::Skip { "skip" } else { "first" };
                    self.error(
                        codes::WRONG_TYPE,
                        first.span,
                        format!("`{name}` takes the number first, then the list"),
                        "a list",
                        format!("write `{name}(number, list)`"),
                    );
                    return Checker::nothing(span);
                }
                let number = self.fit(first, &Type::Number, "how many elements");
                let (list, of) = self.elements(second);
                made(vec![number, list], Type::list(of))
            }
            (Builtin::Join, Some(second)) => {
                let (list, of) = self.elements(first);
                let separator = self.textual(second, "join");
                if !matches!(of, Type::Text | Type::Name | Type::Error) {
                    let is = self.a(&of);
                    self.error(
                        codes::WRONG_TYPE,
                        list.span,
                        format!(
                            "`join` joins texts, and this is a list of {}",
                            is.trim_start_matches("a ").trim_start_matches("an ")
                        ),
                        "no texts",
                        "make texts of the elements: `join([text(x) for x in xs], \", \")`",
                    );
                }
                made(vec![list, separator], Type::Text)
            }
            (Builtin::StartsWith | Builtin::EndsWith | Builtin::Contains, Some(second)) => {
                if let (Builtin::Contains, Type::List(_)) = (builtin, &first.ty) {
                    self.error(
                        codes::WRONG_TYPE,
                        first.span,
                        "`contains` asks a text, and this is a list",
                        "this is a list",
                        "write `x in xs`",
                    );
                    return Checker::nothing(span);
                }
                let a = self.textual(first, "this function");
                let b = self.textual(second, "this function");
                made(vec![a, b], Type::Bool)
            }
            (Builtin::Matches, Some(second)) => {
                let text = self.textual(first, "matches");
                let pattern = self.textual(second, "matches");
                let pattern = self.pattern(pattern);
                made(vec![text, pattern], Type::Bool)
            }
            _ => Checker::nothing(span),
        }
    }

    fn textual(&mut self, expr: Expr, function: &str) -> Expr {
        let expr = self.some(expr);
        if expr.ty.is_textual() || expr.ty == Type::Error {
            return expr;
        }
        let is = self.a(&expr.ty);
        self.error(
            codes::WRONG_TYPE,
            expr.span,
            format!(
                "{} takes a text, not {is}",
                if function.contains(' ') { function.to_owned() } else { format!("`{function}`") }
            ),
            format!("this is {is}"),
            "make a text of it with `text(…)`",
        );
        Expr { ty: Type::Error, ..expr }
    }

    /// A pattern has to be the same wherever it stands, so that it can be read now.
    fn pattern(&mut self, pattern: Expr) -> Expr {
        if pattern.ty == Type::Error {
            return pattern;
        }
        let Some(Const::Text(text)) = self.constant(&pattern) else {
            self.error(
                codes::BAD_PATTERN,
                pattern.span,
                "a pattern is a constant text",
                "computed",
                "write the pattern as a text, or as a `define` without parameters",
            );
            return Expr { ty: Type::Error, ..pattern };
        };
        if let Err(error) = regex::Regex::new(&text) {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let diagnostic = Diagnostic::error(codes::BAD_PATTERN, pattern.span, "this is no regular expression")
                .label("cannot be read")
                .note(reason)
                .help("write a pattern without look-around and back references; a sign that is meant as itself is written behind a backslash");
            self.say(diagnostic);
            return Expr { ty: Type::Error, ..pattern };
        }
        Expr { kind: ExprKind::Const(Const::Text(text)), ..pattern }
    }

    fn call_define(
        &mut self,
        scope: &mut Scope,
        id: crate::types::FunctionId,
        name: &ast::Ident,
        args: &'a [ast::Expr],
        expected: Option<&Type>,
        span: Span,
    ) -> Expr {
        let ty = self.function_type(id, expected);
        let Some(slot) = self.slot(id) else { return Checker::nothing(span) };
        let (params, declared, callable) = (slot.params.clone(), slot.span, slot.callable);
        if !callable || params.len() != args.len() {
            let (message, help) = match callable {
                false => {
                    (format!("`{}` is a constant and takes no arguments", name.text), format!("write `{}`", name.text))
                }
                true => (
                    format!("`{}` takes {}, not {}", name.text, counted(params.len(), "argument"), args.len()),
                    format!(
                        "write `{}({})`",
                        name.text,
                        params
                            .iter()
                            .map(|(name, ty)| format!("{name}: {}", self.type_name(ty)))
                            .collect::<Vec<_>>()
                            .join(", ")
                    ),
                ),
            };
            let diagnostic = Diagnostic::error(codes::WRONG_ARGUMENTS, name.span, message)
                .label("called here")
                .also(declared, "defined here")
                .help(help);
            self.say(diagnostic);
            return Checker::nothing(span);
        }
        let mut typed = Vec::with_capacity(args.len());
        for (arg, (param, wanted)) in args.iter().zip(&params) {
            typed.push(self.of_type(scope, arg, wanted, &format!("`{param}` of `{}`", name.text)));
        }
        Expr { kind: ExprKind::Call { function: id, args: typed }, ty, span }
    }
}

/// "2 arguments".
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
