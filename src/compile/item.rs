//! Functions, gathered lists, demands, rules, effects and choices.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::expr::Lowering;
use crate::check::tree::{self, Binding, Expr, ExprKind, Frame, LocalId, MessagePiece, RuleOrigin, Subject};
use crate::program::{
    About, Action, Bind, Candidates, Card, Cite, Demand, Effect, EffectAt, ExprId, Function, Gather, GatherSource,
    Goal, Head, Level, MatrixAt, Message, Node, Piece, Rule, RuleAt, Says, Select, Sign, Slot, Suggest, Variation,
};
use crate::source::Span;
use crate::types::Type;

/// How many locals a frame has.
pub(super) fn slots(frame: &Frame) -> u16 {
    u16::try_from(frame.locals.len()).unwrap_or(u16::MAX)
}

pub(super) fn about(subject: Subject) -> About {
    match subject {
        Subject::Step => About::Step,
        Subject::Wave => About::Wave,
        Subject::Plan => About::Plan,
        Subject::Entity(of) => About::Entity(of),
    }
}

pub(super) fn level(level: tree::Level) -> Level {
    match level {
        tree::Level::Note => Level::Note,
        tree::Level::Should => Level::Should,
        tree::Level::Must => Level::Must,
    }
}

fn mentions(expr: &Expr, elements: &BTreeSet<LocalId>) -> bool {
    expr.any(&mut |e| matches!(&e.kind, ExprKind::Local(id) if elements.contains(id)))
}

impl Lowering<'_> {
    pub(super) fn functions(&mut self) {
        for function in &self.policies.functions {
            let body = self.expr(&function.body);
            self.program.functions.push(Function {
                name: function.name.clone(),
                slots: slots(&function.frame).max(function.params),
                derived: matches!(function.kind, tree::FunctionKind::Derive(..)),
                body,
            });
        }
    }

    pub(super) fn gathers(&mut self) {
        for gather in &self.policies.gathers {
            let sources = gather.sources.iter().map(|source| GatherSource {
                slots: slots(&source.frame),
                each: source.each.as_ref().map(|(local, list)| (Slot(local.0), self.expr(list))),
                when: source.when.as_ref().map(|when| self.expr(when)),
                fields: source.fields.iter().map(|field| field.as_ref().map(|field| self.expr(field))).collect(),
            });
            let sources = sources.collect();
            self.program.gathers.push(Gather { part: gather.part, sources });
        }
    }

    pub(super) fn demands(&mut self) {
        for demand in &self.policies.demands {
            let condition = self.expr(&demand.condition);
            let because = self.message(&demand.because);
            self.program.demands.push(Demand {
                of: demand.of,
                slots: slots(&demand.frame),
                condition,
                because,
                span: demand.span,
            });
        }
    }

    pub(super) fn message(&mut self, message: &tree::Message) -> Message {
        let pieces = message.pieces.iter().map(|piece| match piece {
            MessagePiece::Text(text) => Piece::Text(text.clone()),
            MessagePiece::Expr(expr) => Piece::Expr(self.expr(expr)),
        });
        Message { pieces: pieces.collect() }
    }

    pub(super) fn cites(&self, cites: &[tree::Cite]) -> Vec<Cite> {
        let cited = cites.iter().filter_map(|cite| {
            let source = self.policies.sources.get(cite.source)?;
            let title = source.members.iter().find(|(name, _)| &**name == "title");
            Some(Cite {
                source: source.name.clone(),
                title: title.map_or_else(|| source.name.clone(), |(_, title)| title.clone()),
                section: cite.section.clone(),
                item: cite.item,
            })
        });
        cited.collect()
    }

    /// What comes before a verdict, with the parts of `when` that mention no element apart from those that do.
    pub(super) fn head(&mut self, frame: &Frame, bindings: &[Binding], when: Option<&Expr>) -> Head {
        let mut head = Head { slots: slots(frame), ..Head::default() };
        let mut elements = BTreeSet::new();
        for binding in bindings {
            match binding {
                Binding::Each(local, list) => {
                    elements.insert(*local);
                    let kind = self.kind(frame, *local, &list.ty);
                    let list = self.expr(list);
                    self.named(frame, *local, list);
                    head.inner.push(Bind::Each { slot: Slot(local.0), kind, list });
                }
                Binding::Let(local, value) => {
                    let about_element = mentions(value, &elements);
                    let value = self.expr(value);
                    self.named(frame, *local, value);
                    let bind = Bind::Let { slot: Slot(local.0), value };
                    if about_element {
                        elements.insert(*local);
                        head.inner.push(bind);
                    } else {
                        head.outer.push(bind);
                    }
                }
            }
        }
        for part in when.map(Expr::conjuncts).unwrap_or_default() {
            let id = self.expr(part);
            if mentions(part, &elements) { head.then.push(id) } else { head.first.push(id) }
        }
        head
    }

    /// Remembers the name that is bound to an expression.
    fn named(&mut self, frame: &Frame, local: LocalId, id: ExprId) {
        if let Some(local) = frame.locals.get(local.0 as usize) {
            self.places.bears(id, local.name.clone());
        }
    }

    /// What subjects call an element: its entity or part; of a text or a number the name that the rule gives it.
    fn kind(&self, frame: &Frame, local: LocalId, list: &Type) -> Arc<str> {
        let row = match list.required() {
            Type::List(of) => match of.required() {
                Type::Row(of) => self.policies.schema.get(*of),
                _ => None,
            },
            _ => None,
        };
        let name = || frame.locals.get(local.0 as usize).map(|of| of.name.clone()).unwrap_or_default();
        row.map_or_else(name, |of| of.name.clone())
    }

    pub(super) fn effects(&mut self) {
        for effect in &self.policies.effects {
            let head = self.head(&effect.frame, &effect.bindings, effect.when.as_ref());
            let actions = effect.actions.iter().map(|action| match action {
                tree::Action::Set { target, value } => {
                    Action::Set { target: self.expr(target), value: self.expr(value) }
                }
                tree::Action::Change { target, by, sign } => {
                    let sign = match sign {
                        tree::Sign::Adds => Sign::Adds,
                        tree::Sign::Takes => Sign::Takes,
                        tree::Sign::Either => Sign::Either,
                    };
                    Action::Change { target: self.expr(target), by: self.expr(by), sign }
                }
            });
            let actions = actions.collect();
            self.program.effects.push(Effect {
                name: effect.name.clone(),
                head,
                actions,
                notes: effect.notes.iter().map(|note| RuleAt(note.rule.0)).collect(),
                in_cell: effect.in_cell,
            });
        }
    }

    pub(super) fn rules(&mut self) {
        for (index, rule) in (0u32..).zip(&self.policies.rules) {
            let card = Card {
                code: rule.code.clone(),
                name: rule.name.clone(),
                title: rule.title.clone(),
                level: level(rule.level),
                pack: u32::try_from(rule.pack).unwrap_or(u32::MAX),
                about: about(rule.subject),
                because: rule.because.as_ref().map(|message| self.message(message)),
                help: rule.help.as_ref().map(|message| self.message(message)),
                fix: rule.fix.as_ref().map(|fix| (fix.path.join(".").into(), self.expr(&fix.value))),
                cites: self.cites(&rule.cites),
                disabled: rule.disabled.clone(),
                span: rule.span,
            };
            let (head, says, cell_of) = self.verdict(RuleAt(index), rule);
            self.program.rules.push(Rule { card, cell_of, head, says });
        }
    }

    fn verdict(&mut self, at: RuleAt, rule: &tree::Rule) -> (Head, Says, Option<MatrixAt>) {
        let own = |lowering: &mut Self| lowering.head(&rule.frame, &rule.bindings, rule.when.as_ref());
        let demand = |lowering: &mut Self| match &rule.obligation {
            Some(obligation) => Says::Demand(lowering.expr(obligation)),
            None => Says::Note,
        };
        match rule.origin {
            RuleOrigin::Rule => (own(self), demand(self), None),
            RuleOrigin::Cell(matrix) => {
                let at_matrix = MatrixAt(matrix.0);
                (self.cell_head(at, rule, matrix), demand(self), Some(at_matrix))
            }
            RuleOrigin::Effect(effect) => {
                let at_effect = EffectAt(effect.0);
                let head = self.program.effect(at_effect).map(|effect| effect.head.clone()).unwrap_or_default();
                let head = Head { slots: head.slots.max(slots(&rule.frame)), ..head };
                let note = self.policies.effect(effect).and_then(|effect| {
                    effect.notes.iter().find(|note| note.rule.0 == at.0).and_then(|note| note.when.as_ref())
                });
                let when = note.map(|when| self.expr(when));
                (head, Says::EffectNote { effect: at_effect, when }, None)
            }
            RuleOrigin::Chosen => (own(self), Says::Chosen, None),
            RuleOrigin::NoneChosen => (own(self), Says::NoneChosen, None),
        }
    }

    /// The head of a cell's condition: that of the matrix, and that such a cell is hit.
    fn cell_head(&mut self, at: RuleAt, rule: &tree::Rule, id: tree::MatrixId) -> Head {
        let Some(matrix) = self.policies.matrix(id) else { return Head::default() };
        let lowered = self.program.matrix(MatrixAt(id.0)).map(|matrix| matrix.head.clone());
        let mut head = lowered.unwrap_or_default();
        head.slots = head.slots.max(slots(&rule.frame));
        let condition = matrix.conditions.iter().position(|of| of.0 == at.0).unwrap_or(usize::MAX);
        let hit = Node::Hit { matrix: MatrixAt(id.0), condition: u32::try_from(condition).unwrap_or(u32::MAX) };
        let hit = self.node(hit, Span::NONE);
        let mut elements = BTreeSet::new();
        for binding in &matrix.bindings {
            match binding {
                Binding::Each(local, _) => _ = elements.insert(*local),
                Binding::Let(local, value) if mentions(value, &elements) => _ = elements.insert(*local),
                Binding::Let(..) => {}
            }
        }
        if mentions(&matrix.rows, &elements) || mentions(&matrix.columns, &elements) {
            head.then.push(hit);
        } else {
            head.first.push(hit);
        }
        head
    }

    pub(super) fn suggest(&mut self) {
        let Some(suggest) = &self.policies.suggest else { return };
        let variations = suggest.variations.iter().map(|variation| Variation {
            member: variation.path.join(".").into(),
            target: self.expr(&variation.target),
            ends: variation.ends.iter().map(|list| self.expr(list)).collect(),
            stops: variation.stops.iter().map(|list| self.expr(list)).collect(),
        });
        let variations = variations.collect();
        let goals = suggest.goals.iter().map(|goal| Goal {
            head: self.head(&suggest.frame, &goal.bindings, goal.when.as_ref()),
            target: self.expr(&goal.target),
            value: self.expr(&goal.value),
        });
        let goals = goals.collect();
        self.program.suggest = Some(Suggest {
            slots: slots(&suggest.frame),
            variations,
            goals,
            interruption: suggest.interruption.as_ref().map(|rank| self.expr(rank)),
            words: suggest.words.as_ref().map(|words| self.message(words)),
            volume: suggest.volume.as_ref().map(|volume| self.expr(volume)),
        });
    }

    pub(super) fn selects(&mut self) {
        for select in &self.policies.selects {
            let prefer = select.prefer.iter().map(|candidates| Candidates {
                values: candidates.values.clone(),
                condition: candidates.condition.as_ref().map(|condition| self.expr(condition)),
            });
            let prefer: Vec<Candidates> = prefer.collect();
            self.program.selects.push(Select {
                field: select.field,
                slots: slots(&select.frame),
                prefer,
                chosen: RuleAt(select.chosen.0),
                none: RuleAt(select.none.0),
            });
        }
    }
}
