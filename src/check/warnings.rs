//! What is not wrong but odd: conditions that are never in doubt, rules that add nothing, declarations that nothing uses,
//! rules that do not explain themselves.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::alike::{alike, alike_under, likeness};
use super::checker::{Checker, State};
use super::effects::effect_exprs;
use super::logic::Always;
use super::matrix::matrix_exprs;
use super::tree::{Binding, Expr, ExprKind, FunctionKind, LocalId, Policies, Rule, RuleOrigin, Verdict};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::Item;
use crate::types::{EnumId, StructKind};

impl<'a> Checker<'a> {
    /// Warns of what is odd.
    pub fn warn(&mut self, items: &[(usize, &'a Item)], policies: &Policies) {
        self.never_in_doubt(policies);
        self.implied(policies);
        // Where something was misspelt, what was meant only looks unused.
        if self.errors() == 0 {
            self.unused();
        }
        self.unexplained(items, policies);
    }

    /// Conditions that are always true or always false.
    fn never_in_doubt(&mut self, policies: &Policies) {
        let mut said: Vec<Diagnostic> = Vec::new();
        for rule in &policies.rules {
            let own_when = !matches!(rule.origin, RuleOrigin::Cell(_));
            if let Some(when) = rule.when.as_ref().filter(|_| own_when) {
                self.governs(when, &mut said);
            }
            if let Some(obligation) = &rule.obligation {
                let told = said.len();
                self.doubtless(obligation, &mut said);
                if let (Some(when), true) = (&rule.when, told == said.len())
                    && self.always(when).is_none()
                    && self.follows(when, obligation)
                {
                    said.push(
                        Diagnostic::warning(
                            codes::ALWAYS,
                            obligation.span,
                            format!("`{}` can never be violated: where its `when` holds, this does too", rule.code),
                        )
                        .label("always true here")
                        .also(when.span, "holds only where it is true")
                        .help("ask for something that `when` leaves open"),
                    );
                }
            }
            let inner: Vec<&Expr> = self.rule_exprs(rule);
            let bindings = matches!(rule.origin, RuleOrigin::Rule);
            for expr in inner {
                if bindings || !is_binding(rule, expr) {
                    self.inside(expr, &mut said);
                }
            }
        }
        for matrix in &policies.matrices {
            if let Some(when) = &matrix.when {
                self.governs(when, &mut said);
            }
            for expr in matrix_exprs(matrix) {
                self.inside(expr, &mut said);
            }
        }
        for effect in &policies.effects {
            if let Some(when) = &effect.when {
                self.governs(when, &mut said);
            }
            for expr in effect_exprs(effect) {
                self.inside(expr, &mut said);
            }
        }
        for select in &policies.selects {
            for condition in select.prefer.iter().filter_map(|line| line.condition.as_ref()) {
                self.governs(condition, &mut said);
                self.inside(condition, &mut said);
            }
        }
        for demand in &policies.demands {
            self.doubtless(&demand.condition, &mut said);
            self.inside(&demand.condition, &mut said);
        }
        for done in self.functions.iter().filter(|slot| !slot.broken).filter_map(|slot| slot.done.as_ref()) {
            // A constant that is `true` says so on purpose.
            if done.ty == crate::types::Type::Bool && !matches!(done.body.kind, ExprKind::Const(_)) {
                self.doubtless(&done.body, &mut said);
            }
            self.inside(&done.body, &mut said);
        }
        for done in self.gathers.iter().filter(|slot| !slot.broken).filter_map(|slot| slot.done.as_ref()) {
            for source in &done.sources {
                if let Some(when) = &source.when {
                    self.governs(when, &mut said);
                }
            }
            for expr in super::rules::gather_exprs(done) {
                self.inside(expr, &mut said);
            }
        }
        said.sort_by_key(|d| (d.span().start, std::cmp::Reverse(d.span().end)));
        // What lies inside something that was said already is the same mistake.
        let told: Vec<Span> =
            self.diagnostics.iter().filter(|d| d.code == codes::ALWAYS).map(Diagnostic::span).collect();
        let mut last: Option<Span> = None;
        for diagnostic in said {
            let span = diagnostic.span();
            if last.is_some_and(|last| last.start <= span.start && span.end <= last.end) {
                continue;
            }
            last = Some(span);
            if told.iter().any(|told| span.start <= told.start && told.end <= span.end) {
                continue;
            }
            self.say(diagnostic);
        }
    }

    /// A condition that says where something applies.
    fn governs(&self, when: &Expr, said: &mut Vec<Diagnostic>) {
        match self.always(when) {
            Some(Always::False) => said.push(
                Diagnostic::warning(codes::NEVER_MET, when.span, "no plan can meet this condition")
                    .label("always false")
                    .help("see which parts exclude each other; what stands here never applies"),
            ),
            Some(Always::True) => said.push(always_true(when)),
            None => self.parts(when, said),
        }
    }

    /// A condition that may be true or false.
    fn doubtless(&self, condition: &Expr, said: &mut Vec<Diagnostic>) {
        match self.always(condition) {
            Some(Always::True) => said.push(always_true(condition)),
            Some(Always::False) => said.push(
                Diagnostic::warning(codes::ALWAYS, condition.span, "this condition is always false")
                    .label("always false")
                    .help("see which parts exclude each other, or leave it out"),
            ),
            None => self.parts(condition, said),
        }
    }

    /// The parts of a condition.
    fn parts(&self, condition: &Expr, said: &mut Vec<Diagnostic>) {
        match &condition.kind {
            ExprKind::Not(a) => self.doubtless(a, said),
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Implies(a, b) => {
                self.doubtless(a, said);
                self.doubtless(b, said);
            }
            _ => {}
        }
    }

    /// Conditions inside an expression: of `if`, `where`, quantifiers.
    fn inside(&self, expr: &Expr, said: &mut Vec<Diagnostic>) {
        expr.any(&mut |e| {
            match &e.kind {
                ExprKind::If(condition, ..) => self.doubtless(condition, said),
                ExprKind::Quantify { filter, body, .. } => {
                    if let Some(filter) = filter {
                        self.doubtless(filter, said);
                    }
                    self.doubtless(body, said);
                }
                ExprKind::Collect { filter: Some(filter), .. } | ExprKind::Fold { filter: Some(filter), .. } => {
                    self.doubtless(filter, said);
                }
                _ => {}
            }
            false
        });
    }

    /// Rules that another one implies: of the same things, with the same demand, wherever they apply.
    fn implied(&mut self, policies: &Policies) {
        let rules: Vec<&Rule> = policies
            .rules
            .iter()
            .filter(|rule| rule.origin == RuleOrigin::Rule && rule.obligation.is_some() && rule.disabled.is_none())
            .collect();
        // Only rules with like obligations can imply each other, and of many rules few have those.
        let likeness: Vec<u64> = rules.iter().map(|rule| rule.obligation.as_ref().map_or(0, likeness)).collect();
        let mut like: FxHashMap<u64, Vec<(usize, &Rule)>> = FxHashMap::default();
        for ((i, rule), likeness) in rules.iter().enumerate().zip(&likeness) {
            like.entry(*likeness).or_default().push((i, rule));
        }
        let mut said = Vec::new();
        for ((i, rule), likeness) in rules.iter().enumerate().zip(&likeness) {
            let others = like.get(likeness).map_or(&[][..], Vec::as_slice);
            let stronger = others.iter().find(|(j, other)| {
                let backwards = i > *j;
                *j != i && self.implies(other, rule) && (backwards || !self.implies(rule, other))
            });
            if let Some((_, other)) = stronger {
                said.push(
                    Diagnostic::warning(
                        codes::IMPLIED,
                        rule.span,
                        format!("`{}` demands nothing that `{}` does not demand already", rule.code, other.code),
                    )
                    .label("implied")
                    .also(other.span, "demands it wherever this one does")
                    .help("leave it out, or let it demand something else"),
                );
            }
        }
        for diagnostic in said {
            self.say(diagnostic);
        }
    }

    /// Whether the first rule demands all that the second does.
    fn implies(&self, strong: &Rule, weak: &Rule) -> bool {
        if strong.subject != weak.subject || strong.level < weak.level || strong.bindings.len() != weak.bindings.len() {
            return false;
        }
        let mut names: Vec<(LocalId, LocalId)> = vec![(LocalId(0), LocalId(0))];
        for (a, b) in strong.bindings.iter().zip(&weak.bindings) {
            let (Binding::Each(x, p), Binding::Each(y, q)) = (a, b) else { return false };
            if !alike_under(p, q, &names) {
                return false;
            }
            names.push((*x, *y));
        }
        let (Some(a), Some(b)) = (&strong.obligation, &weak.obligation) else { return false };
        if !alike_under(a, b, &names) {
            return false;
        }
        match (&strong.when, &weak.when) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(strong), Some(weak)) => {
                let all = weak.conjuncts();
                strong.conjuncts().iter().all(|part| all.iter().any(|other| alike_under(part, other, &names)))
                    || (names.iter().all(|(x, y)| x == y) && alike(strong, strong) && self.follows(weak, strong))
            }
        }
    }

    /// Declarations that nothing uses.
    fn unused(&mut self) {
        let mut said: Vec<(Span, String, &str)> = Vec::new();
        for slot in self.functions.iter().filter(|slot| !slot.used && slot.state != State::Busy) {
            let what = match slot.kind {
                FunctionKind::Define => "definition",
                FunctionKind::Derive(..) => "derived field",
            };
            said.push((slot.span, format!("nothing uses the {what} `{}`", slot.name), "use it, or leave it out"));
        }
        for (at, def) in self.schema.enums.iter().enumerate() {
            let id = EnumId(u16::try_from(at).unwrap_or(u16::MAX));
            if !self.enum_used.contains(&id) {
                said.push((
                    def.span,
                    format!("nothing uses the enum `{}`", def.name),
                    "give a field this type, or leave it out",
                ));
            }
        }
        for (id, def) in self.schema.structs() {
            let kind = match def.kind {
                StructKind::Entity { .. } => "entity",
                StructKind::Part => "part",
                _ => continue,
            };
            if !self.structs_used.contains(&id) {
                said.push((
                    def.span,
                    format!("nothing uses the {kind} `{}`", def.name),
                    "give a field or a section this type, or leave it out",
                ));
            }
        }
        for (at, source) in self.sources.iter().enumerate() {
            if !self.source_used.contains(&at) {
                said.push((
                    source.span,
                    format!("nothing cites the source `{}`", source.name),
                    "cite it with `cite`, or leave it out",
                ));
            }
        }
        for (span, message, help) in said {
            self.warning(codes::UNUSED, span, message, "never used", help);
        }
    }

    /// Rules that say neither what to do nor where it is written.
    fn unexplained(&mut self, items: &[(usize, &'a Item)], policies: &Policies) {
        let mut said: Vec<(Span, Arc<str>, bool, bool)> = Vec::new();
        let mut cited: Vec<&Arc<str>> = Vec::new();
        for (_, item) in items {
            match item {
                Item::Rule(item) if !item.why.cites.is_empty() => cited.push(&item.code.text),
                Item::Matrix(item) => {
                    for condition in &item.conditions {
                        if !item.why.cites.is_empty() || !condition.why.cites.is_empty() {
                            cited.push(&condition.code.text);
                        }
                    }
                    if !item.why.cites.is_empty() {
                        cited.push(&item.code.text);
                    }
                }
                _ => {}
            }
        }
        for rule in &policies.rules {
            if !matches!(rule.origin, RuleOrigin::Rule | RuleOrigin::Cell(_)) {
                continue;
            }
            let (help, cite) = (rule.help.is_some(), cited.contains(&&rule.code));
            if !help || !cite {
                said.push((rule.span, rule.code.clone(), help, cite));
            }
        }
        for matrix in &policies.matrices {
            let denies =
                matrix.cells.iter().flatten().any(|cell| matches!(cell.verdict, Verdict::No | Verdict::Silent));
            let (help, cite) = (matrix.help.is_some() || !denies, cited.contains(&&matrix.code));
            if !help || !cite {
                said.push((matrix.span, matrix.code.clone(), help, cite));
            }
        }
        for (span, code, help, cite) in said {
            let (lacks, add) = match (help, cite) {
                (false, false) => {
                    ("neither what to do nor where it is written", "add `help \"…\"` and `cite source \"section\"`")
                }
                (false, true) => ("not what to do", "add `help \"…\"`: what a user does about it"),
                _ => ("not where it is written", "add `cite source \"section\"`"),
            };
            self.warning(codes::UNEXPLAINED, span, format!("`{code}` says {lacks}"), "unexplained", add);
        }
    }
}

fn always_true(condition: &Expr) -> Diagnostic {
    Diagnostic::warning(codes::ALWAYS, condition.span, "this condition is always true")
        .label("always true")
        .help("leave it out, or ask for something that can fail")
}

fn is_binding(rule: &Rule, expr: &Expr) -> bool {
    rule.bindings.iter().any(|binding| std::ptr::eq(super::rules::binding_expr(binding), expr))
        || rule.when.as_ref().is_some_and(|when| std::ptr::eq(when, expr))
}
