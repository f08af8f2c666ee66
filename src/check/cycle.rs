//! Cycles among definitions, derived fields and gathered lists, and chains of them that are too long. It walks finished
//! bodies; nothing is typed here.

use super::checker::{Checker, DEPTH};
use super::rules::gather_exprs;
use super::tree::{Expr, ExprKind};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::types::{FieldKind, GatherId};

/// Where in the graph: functions first, gathered lists behind them.
type Node = usize;

/// How far the search is with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    No,
    Open,
    Done,
}

impl Checker<'_> {
    /// Reports cycles and chains that are too deep, and marks as broken what rests on something broken.
    pub fn find_cycles(&mut self) {
        let edges = self.edges();
        let mut seen = vec![Seen::No; edges.len()];
        let mut depth = vec![1usize; edges.len()];
        for start in 0..edges.len() {
            self.search(start, &edges, &mut seen, &mut depth);
        }
        self.spread(&edges);
    }

    /// What each node refers to, with where.
    fn edges(&self) -> Vec<Vec<(Node, Span)>> {
        let count = self.functions.len();
        let of = |exprs: Vec<&Expr>| {
            let mut found: Vec<(Node, Span)> = Vec::new();
            for expr in exprs {
                expr.any(&mut |e| {
                    let node = match &e.kind {
                        ExprKind::Call { function, .. } => usize::try_from(function.0).ok(),
                        ExprKind::Field { owner, field, .. } => match self.schema.field(*owner, *field).map(|f| f.kind)
                        {
                            Some(FieldKind::Gathered(GatherId(id))) => {
                                usize::try_from(id).ok().map(|id| id.saturating_add(count))
                            }
                            _ => None,
                        },
                        _ => None,
                    };
                    if let Some(node) = node
                        && !found.iter().any(|(known, _)| *known == node)
                    {
                        found.push((node, e.span));
                    }
                    false
                });
            }
            found
        };
        let functions = self.functions.iter().map(|slot| of(slot.done.iter().map(|f| &f.body).collect()));
        let gathers = self.gathers.iter().map(|slot| of(slot.done.iter().flat_map(gather_exprs).collect()));
        functions.chain(gathers).collect()
    }

    /// Depth-first from one node, without recursion.
    fn search(&mut self, start: Node, edges: &[Vec<(Node, Span)>], seen: &mut [Seen], depth: &mut [usize]) {
        let mut stack: Vec<(Node, usize, Span)> = Vec::new();
        let state = |seen: &[Seen], node: Node| seen.get(node).copied().unwrap_or(Seen::Done);
        let set = |seen: &mut [Seen], node: Node, to: Seen| {
            if let Some(place) = seen.get_mut(node) {
                *place = to;
            }
        };
        if state(seen, start) != Seen::No {
            return;
        }
        set(seen, start, Seen::Open);
        stack.push((start, 0, Span::NONE));
        while let Some((node, next, _)) = stack.last().copied() {
            let edge = edges.get(node).and_then(|edges| edges.get(next)).copied();
            if let Some(top) = stack.last_mut() {
                top.1 = next.saturating_add(1);
            }
            match edge {
                Some((target, span)) => match state(seen, target) {
                    Seen::No => {
                        set(seen, target, Seen::Open);
                        stack.push((target, 0, span));
                    }
                    Seen::Open => {
                        let from = stack.iter().position(|(node, ..)| *node == target).unwrap_or(0);
                        let path: Vec<(Node, Span)> =
                            stack.iter().skip(from).map(|(node, _, span)| (*node, *span)).collect();
                        self.cycle(&path, span);
                    }
                    Seen::Done => {}
                },
                None => {
                    let deepest = edges
                        .get(node)
                        .into_iter()
                        .flatten()
                        .filter_map(|(target, _)| depth.get(*target).copied())
                        .max()
                        .unwrap_or(0);
                    let own = deepest.saturating_add(1);
                    if let Some(place) = depth.get_mut(node) {
                        *place = own;
                    }
                    set(seen, node, Seen::Done);
                    stack.pop();
                    if own == DEPTH {
                        self.too_deep(node);
                    }
                }
            }
        }
    }

    fn place(&self, node: Node) -> (String, Span) {
        match self.functions.get(node) {
            Some(slot) => (slot.name.to_string(), slot.span),
            None => {
                let gather = node.checked_sub(self.functions.len()).and_then(|at| self.gathers.get(at));
                gather.map_or((String::new(), Span::NONE), |slot| {
                    (format!("{}.{}", slot.item.owner.text, slot.item.field.text), slot.item.field.span)
                })
            }
        }
    }

    fn break_node(&mut self, node: Node) {
        let count = self.functions.len();
        if let Some(slot) = self.functions.get_mut(node) {
            slot.broken = true;
        } else if let Some(slot) = node.checked_sub(count).and_then(|at| self.gathers.get_mut(at)) {
            slot.broken = true;
        }
    }

    fn cycle(&mut self, path: &[(Node, Span)], back: Span) {
        let names: Vec<String> = path.iter().map(|(node, _)| self.place(*node).0).collect();
        let Some((first, _)) = path.first().copied() else { return };
        let (name, span) = self.place(first);
        let message = match path.len() {
            1 => format!("`{name}` is defined by itself"),
            _ => format!("`{name}` is defined by itself: `{}`", [names, vec![name.clone()]].concat().join("` → `")),
        };
        let mut diagnostic = Diagnostic::error(codes::CYCLE, span, message).label("starts here");
        for (node, from) in path.iter().skip(1) {
            diagnostic = diagnostic.also(*from, format!("needs `{}`", self.place(*node).0));
        }
        diagnostic = diagnostic
            .also(back, format!("needs `{name}` again"))
            .help("define one of them without the others; there is no recursion");
        self.say(diagnostic);
        for (node, _) in path {
            self.break_node(*node);
        }
    }

    fn too_deep(&mut self, node: Node) {
        let (name, span) = self.place(node);
        self.error(
            codes::TOO_DEEP,
            span,
            format!("`{name}` stands on a chain of {DEPTH} definitions"),
            "too deep",
            "write some of them out",
        );
        self.break_node(node);
    }

    /// Who refers to something broken is broken too.
    fn spread(&mut self, edges: &[Vec<(Node, Span)>]) {
        let mut users: Vec<Vec<Node>> = vec![Vec::new(); edges.len()];
        for (from, targets) in edges.iter().enumerate() {
            for (target, _) in targets {
                if let Some(users) = users.get_mut(*target) {
                    users.push(from);
                }
            }
        }
        let broken = |checker: &Self, node: Node| match checker.functions.get(node) {
            Some(slot) => slot.broken,
            None => {
                let at = node.checked_sub(checker.functions.len());
                at.and_then(|at| checker.gathers.get(at)).is_some_and(|slot| slot.broken)
            }
        };
        let mut waiting: Vec<Node> = (0..edges.len()).filter(|node| broken(self, *node)).collect();
        while let Some(node) = waiting.pop() {
            for user in users.get(node).cloned().unwrap_or_default() {
                if !broken(self, user) {
                    self.break_node(user);
                    waiting.push(user);
                }
            }
        }
    }
}
