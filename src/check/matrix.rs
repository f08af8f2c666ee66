//! Matrices: headers, cells and conditions; what `cover` proves of them is said here.

use std::sync::Arc;

use super::checker::{Checker, listed};
use super::cover::{Cover, Known, header_text, order, pieces_text, same, written};
use super::rules::{Premises, level, message_exprs};
use super::scope::Scope;
use super::tree::{
    Builtin, Cell, Expr, ExprKind, Fold, Header, HeaderValue, Level, Matrix, MatrixId, Rule, RuleId, RuleOrigin,
    Verdict,
};
use crate::diag::codes::check as codes;
use crate::diag::{Diagnostic, nearest};
use crate::syntax::ast;
use crate::syntax::ast::BinaryOp;
use crate::types::{Const, RangeBound, Type};

/// One side of a table while it is checked.
#[derive(Clone, Copy)]
struct Side {
    /// `row` or `column`
    one: &'static str,
    /// `rows` or `columns`
    many: &'static str,
}

const ROWS: Side = Side { one: "row", many: "rows" };
const COLUMNS: Side = Side { one: "column", many: "columns" };

impl<'a> Checker<'a> {
    /// A matrix, and its conditions as rules that come to stand at `next` and behind.
    pub fn matrix(
        &mut self,
        item: &'a ast::Matrix,
        pack: usize,
        id: MatrixId,
        next: usize,
    ) -> Option<(Matrix, Vec<Rule>)> {
        let before = self.errors();
        let mut scope = Scope::default();
        let premises = self.premises(&mut scope, item.subject.as_ref(), &item.premises, "the matrix");
        let rows = item.rows.as_ref().map(|axis| self.axis(&mut scope, axis, ROWS));
        let columns = item.columns.as_ref().map(|axis| self.axis(&mut scope, axis, COLUMNS));
        let (Some(rows), Some(columns), Some(table)) = (rows, columns, &item.table) else {
            // The parser has said what is lacking.
            return None;
        };
        let row_headers = self.headers(table.rows.iter().map(|row| &row.header), &rows.ty);
        let column_headers = self.headers(table.columns.iter(), &columns.ty);
        self.proof(item, &rows, &row_headers, ROWS, table);
        self.proof(item, &columns, &column_headers, COLUMNS, table);
        let (names, used) = self.conditions_of(item);
        let mut used = used;
        let cells = table
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| self.cell(cell, &names, &mut used)).collect())
            .collect();
        for (at, (condition, used)) in item.conditions.iter().zip(&used).enumerate() {
            let doubled = item.conditions.iter().take(at).any(|other| other.name.text == condition.name.text);
            if !used && !doubled {
                self.error(
                    codes::UNUSED_CONDITION,
                    condition.name.span,
                    format!("no cell of `{}` names the condition `{}`", item.code.text, condition.name.text),
                    "never asked",
                    format!("write `yes if {}` in a cell, or leave the condition out", condition.name.text),
                );
            }
        }
        let reasons = self.reasons(&mut scope, &item.why, premises.subject);
        let mut rules: Vec<Rule> = item
            .conditions
            .iter()
            .map(|condition| self.cell_condition(&mut scope, condition, &premises, (pack, id), &reasons.cites))
            .collect();
        for rule in &mut rules {
            rule.frame = scope.frame.clone();
        }
        for rule in &rules {
            self.may_read_refused(rule);
        }
        if item.level.is_some_and(|level| level.kind == ast::LevelKind::Note) {
            let at = item.level.map_or(item.span, |level| level.span);
            self.error(
                codes::WRONG_LEVEL,
                at,
                "a matrix is no `note`: its `no` is a violation",
                "not a level of a matrix",
                "write `must` or `should`",
            );
        }
        let matrix = Matrix {
            code: item.code.text.clone(),
            name: item.name.text.clone(),
            title: item.title.as_ref().map_or_else(|| Arc::from(""), |title| title.value.clone()),
            level: item.level.map_or(Level::Must, |l| level(l.kind)),
            pack,
            subject: premises.subject,
            frame: scope.frame,
            bindings: premises.bindings,
            when: premises.when,
            rows,
            columns,
            row_headers,
            column_headers,
            cells,
            conditions: (0..rules.len())
                .map(|at| RuleId(u32::try_from(next.saturating_add(at)).unwrap_or(u32::MAX)))
                .collect(),
            because: reasons.because,
            help: reasons.help,
            fix: reasons.fix,
            cites: reasons.cites,
            disabled: None,
            adjusted: None,
            span: item.code.span,
            whole: item.span,
        };
        let step_or_entity = !matches!(matrix.subject, super::tree::Subject::Wave | super::tree::Subject::Plan);
        let refused = matrix_exprs(&matrix).into_iter().find_map(|e| self.reads_refused(e)).filter(|_| step_or_entity);
        if let Some(span) = refused {
            self.refused_too_early(span, "a matrix about a step");
        }
        let broken = matrix_exprs(&matrix).into_iter().any(|e| self.is_broken(e))
            || rules.iter().any(|rule| self.rule_exprs(rule).into_iter().any(|e| self.is_broken(e)));
        (self.errors() == before && !broken).then_some((matrix, rules))
    }

    fn axis(&mut self, scope: &mut Scope, axis: &'a ast::Axis, side: Side) -> Expr {
        let typed = self.expr(scope, &axis.value, None);
        let fine = matches!(
            typed.ty.required(),
            Type::Error
                | Type::Enum(_)
                | Type::Bool
                | Type::Number
                | Type::Size
                | Type::Duration
                | Type::Date
                | Type::Version
                | Type::Text
                | Type::Name
        );
        if fine {
            return typed;
        }
        let is = self.a(&typed.ty);
        self.error(
            codes::MATRIX_AXIS,
            typed.span,
            format!("{is} cannot head the {} of a table", side.many),
            format!("this is {is}"),
            "take a value of an enum, a bool, a version, a number, a size, a date or a text",
        );
        Expr { ty: Type::Error, ..typed }
    }

    fn headers(&mut self, cells: impl Iterator<Item = &'a ast::HeaderCell>, axis: &Type) -> Vec<Header> {
        cells
            .map(|cell| {
                let values: Vec<HeaderValue> =
                    cell.values.iter().filter_map(|value| self.header_value(value, axis)).collect();
                self.doubled_values(cell, &values, axis);
                let text = header_text(&self.schema, &values);
                Header { text, values, span: cell.span }
            })
            .collect()
    }

    /// Says that a header names a value twice.
    fn doubled_values(&mut self, cell: &ast::HeaderCell, values: &[HeaderValue], axis: &Type) {
        if values.len() != cell.values.len() {
            return;
        }
        for (at, (value, written)) in values.iter().zip(&cell.values).enumerate() {
            let alike = |other: &HeaderValue| match (other, value) {
                (HeaderValue::Is(a), HeaderValue::Is(b)) => same(a, b, axis.required()),
                (a, b) => a == b,
            };
            let Some((_, first)) = values.iter().zip(&cell.values).take(at).find(|(other, _)| alike(other)) else {
                continue;
            };
            let text = header_text(&self.schema, std::slice::from_ref(value));
            let message = format!("`{text}` is twice in one header");
            let diagnostic = Diagnostic::error(codes::MATRIX_OVERLAP, written.span, message)
                .label("covers it again")
                .also(first.span, "covers it first")
                .help("leave one of them out");
            self.say(diagnostic);
        }
    }

    /// A value of a header, read by the type of its axis.
    pub fn header_value(&mut self, value: &'a ast::HeaderValue, axis: &Type) -> Option<HeaderValue> {
        let by_name = |checker: &mut Self, name: &str| match axis.required() {
            Type::Enum(id) => {
                let at = checker.value_of(*id, name)?;
                Some(HeaderValue::Is(Const::Enum(*id, at)))
            }
            _ => None,
        };
        match &value.kind {
            ast::HeaderValueKind::Any => Some(by_name(self, "any").unwrap_or(HeaderValue::Any)),
            ast::HeaderValueKind::Other => Some(by_name(self, "other").unwrap_or(HeaderValue::Other)),
            ast::HeaderValueKind::Value(e) => match self.header_const(e, axis)? {
                Const::None if axis.is_optional() => Some(HeaderValue::None),
                Const::None if *axis == Type::Error => None,
                Const::None => {
                    let is = self.a(axis);
                    self.error(
                        codes::MATRIX_AXIS,
                        value.span,
                        format!("{is} is never `none`"),
                        "stands for nothing",
                        "leave this header out",
                    );
                    None
                }
                constant => Some(HeaderValue::Is(constant)),
            },
            ast::HeaderValueKind::Range { low, high, below } => {
                let (low_span, high_span) = (low.span, high.span);
                let low = self.bound(low, axis)?;
                let high = self.bound(high, axis)?;
                let ends = order(&low, &high);
                if ends == std::cmp::Ordering::Greater || (*below && ends == std::cmp::Ordering::Equal) {
                    let (a, b) = (written(&self.schema, &high), written(&self.schema, &low));
                    let help = if *below && ends == std::cmp::Ordering::Equal {
                        format!("write `{b}`, or an upper end that is above it")
                    } else {
                        format!("write `{a} .. {}{b}`", if *below { "< " } else { "" })
                    };
                    let diagnostic = Diagnostic::error(codes::MATRIX_AXIS, value.span, "this range holds nothing")
                        .label("ends before it starts")
                        .also(low_span, "the lower end")
                        .also(high_span, "the upper end")
                        .help(help);
                    self.say(diagnostic);
                    return None;
                }
                let end = |at: Const, inclusive: bool| Some(RangeBound { at, inclusive });
                Some(HeaderValue::Range { low: end(low, true), high: end(high, !*below) })
            }
            ast::HeaderValueKind::Compared { op, bound } => {
                let at = self.bound(bound, axis)?;
                Some(match op {
                    BinaryOp::Less => HeaderValue::Range { low: None, high: Some(RangeBound { at, inclusive: false }) },
                    BinaryOp::LessEqual => {
                        HeaderValue::Range { low: None, high: Some(RangeBound { at, inclusive: true }) }
                    }
                    BinaryOp::Greater => {
                        HeaderValue::Range { low: Some(RangeBound { at, inclusive: false }), high: None }
                    }
                    _ => HeaderValue::Range { low: Some(RangeBound { at, inclusive: true }), high: None },
                })
            }
        }
    }

    fn bound(&mut self, e: &'a ast::Expr, axis: &Type) -> Option<Const> {
        let ordered = matches!(
            axis.required(),
            Type::Number | Type::Size | Type::Duration | Type::Date | Type::Version | Type::Error
        );
        if !ordered {
            let is = self.a(axis);
            self.error(
                codes::MATRIX_AXIS,
                e.span,
                format!("{is} has no order, so that no range can be named"),
                "end of a range",
                "name the values one by one",
            );
            return None;
        }
        self.header_const(e, axis)
    }

    fn header_const(&mut self, e: &'a ast::Expr, axis: &Type) -> Option<Const> {
        let typed = self.expr(&mut Scope::default(), e, Some(axis));
        if typed.ty == Type::None {
            return Some(Const::None);
        }
        let typed = self.fit(typed, axis.required(), "this header");
        if typed.ty == Type::Error || *axis == Type::Error {
            return None;
        }
        let constant = self.constant(&typed);
        if constant.is_none() {
            self.error(codes::MATRIX_AXIS, e.span, "a header is a constant", "computed", "write a value");
        }
        constant
    }

    /// Says what a side of a table leaves out or covers twice.
    fn proof(&mut self, item: &ast::Matrix, axis: &Expr, headers: &[Header], side: Side, table: &ast::Table) {
        let understood = headers.iter().all(|header| !header.values.is_empty());
        let complete = match side.one {
            "row" => table.rows.iter().map(|row| row.header.values.len()).sum::<usize>(),
            _ => table.columns.iter().map(|header| header.values.len()).sum::<usize>(),
        } == headers.iter().map(|header| header.values.len()).sum::<usize>();
        if axis.ty == Type::Error || !understood || !complete {
            return;
        }
        let known = Known { not_negative: self.never_negative(axis), whole: is_whole(axis) };
        let cover = Cover::new(&self.schema, &axis.ty, headers, known);
        let missing = cover.missing();
        if !missing.is_empty() {
            let text = pieces_text(&self.schema, &cover, &missing);
            let all = if side.one == "row" { "whatever the column" } else { "whatever the row" };
            let last = headers.last().map(|header| header.span);
            let values = format!("`{}`", text.replace(", ", "`, `"));
            let diagnostic = Diagnostic::error(
                codes::MATRIX_INCOMPLETE,
                axis.span,
                format!("`{}` says nothing of {} {values}, {all}", item.code.text, side.one),
            )
            .label(format!("may be {values}"))
            .also(last.unwrap_or(table.span), format!("no {} for {values}", side.one))
            .help(format!(
                "add a {} `{text}` (`-` where the source is silent, `/` where the combination cannot occur), or one `other`",
                side.one
            ));
            self.say(diagnostic);
        }
        for (a, b, shared) in cover.overlaps() {
            let (Some(first), Some(second)) = (headers.get(a), headers.get(b)) else { continue };
            let text = pieces_text(&self.schema, &cover, &shared);
            let values = format!("`{}`", text.replace(", ", "`, `"));
            let diagnostic = Diagnostic::error(
                codes::MATRIX_OVERLAP,
                second.span,
                format!(
                    "{values} is in two {} of `{}`: `{}` and `{}`",
                    side.many, item.code.text, first.text, second.text
                ),
            )
            .label(format!("covers {values} again"))
            .also(first.span, "covers it first")
            .help("take it out of one of the two");
            self.say(diagnostic);
        }
        for at in cover.empty() {
            let Some(header) = headers.get(at) else { continue };
            let one = side.one;
            self.warning(
                codes::UNUSED,
                header.span,
                format!("the {one} `{}` stands for no value", header.text),
                "never hit",
                format!("leave the {one} out"),
            );
        }
    }

    /// The names of a matrix's conditions, and that none is used yet.
    fn conditions_of(&mut self, item: &'a ast::Matrix) -> (Vec<Arc<str>>, Vec<bool>) {
        for (i, condition) in item.conditions.iter().enumerate() {
            if let Some(first) = item.conditions.iter().take(i).find(|other| other.name.text == condition.name.text) {
                self.doubled(&condition.name, "the condition", first.name.span);
            }
        }
        let names: Vec<Arc<str>> = item.conditions.iter().map(|condition| condition.name.text.clone()).collect();
        let used = vec![false; names.len()];
        (names, used)
    }

    fn cell(&mut self, cell: &'a ast::Cell, names: &[Arc<str>], used: &mut [bool]) -> Cell {
        let (verdict, effects, condition) = self.body(&cell.body, names);
        // A condition that was misspelt here is not unused as well.
        if let ast::CellBody::Yes { condition: Some(name), .. } = &cell.body
            && condition.is_none()
            && let Some(near) = nearest(&name.text, names.iter().map(|name| &**name))
            && let Some(flag) = names.iter().position(|known| **known == *near).and_then(|at| used.get_mut(at))
        {
            *flag = true;
        }
        if let Some(flag) = condition.and_then(|at| used.get_mut(at)) {
            *flag = true;
        }
        Cell { verdict, effects, condition, adjusted: None, span: cell.span }
    }

    /// What a cell says.
    pub fn body(
        &mut self,
        body: &ast::CellBody,
        names: &[Arc<str>],
    ) -> (Verdict, Vec<super::tree::EffectId>, Option<usize>) {
        match body {
            ast::CellBody::No => (Verdict::No, Vec::new(), None),
            ast::CellBody::Silent => (Verdict::Silent, Vec::new(), None),
            ast::CellBody::Impossible => (Verdict::Impossible, Vec::new(), None),
            ast::CellBody::Yes { effects, condition } => {
                let effects = effects.iter().filter_map(|name| self.cell_effect(name)).collect();
                let condition = condition.as_ref().and_then(|name| {
                    let at = names.iter().position(|known| *known == name.text);
                    if at.is_none() {
                        let known: Vec<&str> = names.iter().map(|name| &**name).collect();
                        let help = match nearest(&name.text, known.iter().copied()) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None if known.is_empty() => {
                                format!("declare it under the table: `{} must CODE P because \"…\"`", name.text)
                            }
                            None => format!("its conditions are {}", listed(known)),
                        };
                        self.error(
                            codes::UNKNOWN_CONDITION,
                            name.span,
                            format!("the matrix has no condition `{}`", name.text),
                            "not known",
                            help,
                        );
                    }
                    at
                });
                (Verdict::Yes, effects, condition)
            }
        }
    }

    fn cell_effect(&mut self, name: &ast::Ident) -> Option<super::tree::EffectId> {
        match self.effects.get(&name.text) {
            Some(at) => {
                let at = *at;
                self.effects_in_cells.insert(at);
                u32::try_from(at).ok().map(super::tree::EffectId)
            }
            None => {
                let mut known: Vec<Arc<str>> = self.effects.keys().cloned().collect();
                known.sort_unstable();
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_EFFECT,
                    name.span,
                    format!("no effect is called `{}`", name.text),
                    &name.text,
                    &known,
                    "declare it: `effect name { for step … }`",
                );
                None
            }
        }
    }

    fn cell_condition(
        &mut self,
        scope: &mut Scope,
        item: &'a ast::Condition,
        premises: &Premises,
        (pack, matrix): (usize, MatrixId),
        cites: &[super::tree::Cite],
    ) -> Rule {
        let obligation = self.condition(scope, &item.condition, "the condition of a cell");
        let reasons = self.reasons(scope, &item.why, premises.subject);
        if let Some(at) = item.level.filter(|level| level.kind == ast::LevelKind::Note) {
            self.error(
                codes::WRONG_LEVEL,
                at.span,
                "a condition of a cell is no `note`",
                "not a level of a condition",
                "write `must` or `should`",
            );
        }
        Rule {
            code: item.code.text.clone(),
            name: item.name.text.clone(),
            title: Arc::from(""),
            level: item.level.map_or(Level::Must, |l| level(l.kind)),
            pack,
            origin: RuleOrigin::Cell(matrix),
            subject: premises.subject,
            frame: super::checker::no_frame(),
            bindings: premises.bindings.clone(),
            when: premises.when.clone(),
            obligation: Some(obligation),
            because: reasons.because,
            help: reasons.help,
            fix: reasons.fix,
            cites: if reasons.cites.is_empty() { cites.to_vec() } else { reasons.cites },
            disabled: None,
            adjusted: None,
            span: item.code.span,
            whole: item.span,
        }
    }
}

/// All expressions of a matrix but those of its conditions.
pub(super) fn matrix_exprs(matrix: &Matrix) -> Vec<&Expr> {
    let mut all: Vec<&Expr> = matrix.bindings.iter().map(super::rules::binding_expr).collect();
    all.extend(&matrix.when);
    all.extend([&matrix.rows, &matrix.columns]);
    for message in [&matrix.because, &matrix.help].into_iter().flatten() {
        all.extend(message_exprs(message));
    }
    all
}

/// Whether an axis takes whole numbers only.
fn is_whole(axis: &Expr) -> bool {
    matches!(
        &axis.kind,
        ExprKind::Fold { fold: Fold::Count, .. }
            | ExprKind::Builtin(Builtin::Length | Builtin::Ceil | Builtin::Floor, _)
    )
}
