//! What differs between two sets of packs. Rules are compared as they count (levels, cells and switches of all layers
//! included) and as they are written, in the canonical layout: where a line is broken makes no difference. Definitions that
//! say something else are told with the rules that read them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::catalogue;
use super::policies::Policies;
use crate::check::tree::{self, Expr, ExprKind, RuleOrigin};
use crate::edit::{self, Side};
use crate::report::{Difference, Line, LineTag, PartDifference, RuleChange, RuleDifference, RuleEntry};
use crate::source::Span;
use crate::syntax::{self, ast};
use crate::types::FunctionId;

/// Lines of a text that are shown around those that differ.
const AROUND: usize = 1;

/// What differs.
pub(super) fn between(from: &Policies, to: &Policies) -> Difference {
    let (before, after) = (Layer::of(from), Layer::of(to));
    let parts = parts(&before, &after);
    let mut difference =
        Difference { from: before.list.packs.clone(), to: after.list.packs.clone(), rules: Vec::new(), parts, same: 0 };
    let changed = |name: &str| difference.parts.iter().any(|part| DEFINED.contains(&part.kind) && *part.name == *name);
    let codes: BTreeSet<&Arc<str>> = [&before, &after].iter().flat_map(|side| side.rules.keys()).collect();
    for code in codes {
        let (old, new) = (before.rules.get(code), after.rules.get(code));
        let mut changes = match (old, new) {
            (None, None) => continue,
            (None, Some(new)) if new.disabled.is_some() => continue,
            (Some(old), None) if old.disabled.is_some() => continue,
            (None, Some(_)) => vec![RuleChange::New],
            (Some(_), None) => vec![RuleChange::Gone { because: None }],
            (Some(old), Some(new)) => match (&old.disabled, &new.disabled) {
                (Some(_), Some(_)) => Vec::new(),
                (Some(_), None) => vec![RuleChange::New],
                (None, Some(why)) => vec![RuleChange::Gone { because: Some(why.clone()) }],
                (None, None) => compared(&before, &after, code, old, new),
            },
        };
        if let (Some(old), Some(new)) = (old, new)
            && old.disabled.is_none()
            && new.disabled.is_none()
        {
            let read: BTreeSet<&Arc<str>> = [&before, &after].iter().flat_map(|side| side.reads(code)).collect();
            let read = read.into_iter().filter(|name| changed(name));
            changes.extend(read.map(|name| RuleChange::Reads(name.clone())));
        }
        if changes.is_empty() {
            difference.same = difference.same.saturating_add(1);
            continue;
        }
        difference.rules.push(RuleDifference { before: old.cloned(), after: new.cloned(), changes });
    }
    difference
}

/// Words of parts that rules read by name.
const DEFINED: [&str; 2] = ["define", "derive"];

/// One of the two sets, made ready to be compared.
struct Layer<'a> {
    policies: &'a Policies,
    list: crate::report::Catalogue,
    rules: BTreeMap<Arc<str>, RuleEntry>,
    /// What rules are written as, by code: those that have an item of their own.
    texts: BTreeMap<Arc<str>, String>,
    /// Everything else, by word and name, with whether that is a constant or function in one line.
    parts: BTreeMap<(&'static str, Arc<str>), String>,
    /// Names of the definitions that rules read, directly or through others.
    reads: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
}

impl<'a> Layer<'a> {
    fn of(policies: &'a Policies) -> Layer<'a> {
        let list = catalogue::list(policies);
        let rules = list.rules.iter().map(|rule| (rule.code.clone(), rule.clone())).collect();
        let mut layer =
            Layer { policies, list, rules, texts: BTreeMap::new(), parts: BTreeMap::new(), reads: BTreeMap::new() };
        let files = policies.packs.iter().flat_map(|pack| &pack.files);
        files.flat_map(|file| &file.items).for_each(|item| layer.take(item));
        layer.reads = reads(&policies.checked);
        layer
    }

    fn take(&mut self, item: &ast::Item) {
        let (kind, name): (&'static str, Arc<str>) = match item {
            ast::Item::Rule(rule) => {
                self.texts.insert(rule.code.text.clone(), printed(item));
                return;
            }
            ast::Item::Matrix(matrix) => {
                // Cells are told one by one, as all layers leave them.
                let lines = printed(item);
                let bare: Vec<&str> = lines.lines().filter(|line| !line.trim_start().starts_with('|')).collect();
                self.texts.insert(matrix.code.text.clone(), bare.join("\n"));
                return;
            }
            ast::Item::Define(define) => {
                let name = define.name.text.clone();
                self.parts.insert(("define", name), value(item));
                return;
            }
            ast::Item::Redefine(again) => {
                let define = ast::Define {
                    name: again.name.clone(),
                    params: again.params.clone(),
                    ty: None,
                    value: again.value.clone(),
                    span: again.span,
                };
                let key = match &again.owner {
                    Some(owner) => ("derive", format!("{}.{}", owner.text, again.name.text).into()),
                    None => ("define", again.name.text.clone()),
                };
                self.parts.insert(key, value(&ast::Item::Define(define)));
                return;
            }
            ast::Item::Derive(derive) => {
                let name = format!("{}.{}", derive.owner.text, derive.field.text);
                self.parts.insert(("derive", name.into()), value(item));
                return;
            }
            ast::Item::Source(item) => ("source", item.name.text.clone()),
            ast::Item::Enum(item) => ("enum", item.name.text.clone()),
            ast::Item::Entity(item) => ("entity", item.name.text.clone()),
            ast::Item::Part(item) => ("part", item.name.text.clone()),
            ast::Item::Addition(item) => (if item.part { "part" } else { "entity" }, item.name.text.clone()),
            ast::Item::Effect(item) => ("effect", item.name.text.clone()),
            ast::Item::Input(_) => ("input", "".into()),
            ast::Item::Gather(item) => ("gather", format!("{}.{}", item.owner.text, item.field.text).into()),
            ast::Item::Demand(_) => ("demand", "".into()),
            ast::Item::Select(_) => ("select", "".into()),
            // A later one takes the place of an earlier one.
            ast::Item::Suggest(_) => {
                self.parts.insert(("suggest", "".into()), printed(item));
                return;
            }
            ast::Item::Pack(_)
            | ast::Item::Extend(_)
            | ast::Item::Adjust(_)
            | ast::Item::Disable(_)
            | ast::Item::Fixture(_)
            | ast::Item::Test(_) => return,
        };
        let text = self.parts.entry((kind, name)).or_default();
        text.push_str(&printed(item));
    }

    /// The definitions that a rule reads.
    fn reads(&self, code: &str) -> impl Iterator<Item = &Arc<str>> {
        self.reads.get(code).into_iter().flatten()
    }

    /// Codes of the rules that read a definition.
    fn readers(&self, name: &str) -> impl Iterator<Item = &Arc<str>> {
        self.reads.iter().filter(move |(_, names)| names.contains(name)).map(|(code, _)| code)
    }

    fn matrix(&self, code: &str) -> Option<&tree::Matrix> {
        self.policies.checked.matrices.iter().find(|matrix| &*matrix.code == code)
    }

    fn because(&self, code: &str) -> Option<Arc<str>> {
        let rules = self.policies.checked.rules.iter().find(|rule| &*rule.code == code);
        rules.and_then(|rule| rule.adjusted.clone()).or_else(|| self.matrix(code)?.adjusted.clone())
    }
}

/// An item in its canonical layout, without comments.
fn printed(item: &ast::Item) -> String {
    let file = ast::File { items: vec![item.clone()], comments: Vec::new(), unread: Vec::new(), span: Span::NONE };
    syntax::print(&file)
}

/// What stands behind the `=` of a definition.
fn value(item: &ast::Item) -> String {
    let text = printed(item);
    // A value that is too wide for the line of its name begins the next.
    let value = text.split_once(" =").map_or(text.as_str(), |(_, value)| value);
    value.trim().to_owned()
}

/// What is not the same about a rule that both have.
fn compared(before: &Layer<'_>, after: &Layer<'_>, code: &str, old: &RuleEntry, new: &RuleEntry) -> Vec<RuleChange> {
    let mut changes = Vec::new();
    if old.level != new.level {
        changes.push(RuleChange::Level { from: old.level, to: new.level, because: after.because(code) });
    }
    if let (Some(old), Some(new)) = (before.matrix(code), after.matrix(code)) {
        cells((before, old), (after, new), &mut changes);
    }
    let text = |layer: &Layer<'_>| layer.texts.get(code).cloned().unwrap_or_default();
    let lines = lines(&text(before), &text(after));
    if !lines.is_empty() {
        changes.push(RuleChange::Text(lines));
    }
    changes
}

fn lines(old: &str, new: &str) -> Vec<Line> {
    let tagged = edit::lines(old, new, AROUND).into_iter().map(|(side, text)| {
        let tag = match side {
            None => LineTag::Both,
            Some(Side::Old) => LineTag::Before,
            Some(Side::New) => LineTag::After,
        };
        Line { tag, text }
    });
    tagged.collect()
}

/// Cells by the texts of their headers: what they say, and why a layer says so.
type Cells<'a> = BTreeMap<(usize, usize), (&'a Arc<str>, &'a Arc<str>, String, Option<Arc<str>>)>;

fn cells(old: (&Layer<'_>, &tree::Matrix), new: (&Layer<'_>, &tree::Matrix), changes: &mut Vec<RuleChange>) {
    let (old, new) = (said(old.0, old.1), said(new.0, new.1));
    let find = |cells: &Cells<'_>, row: &str, column: &str| {
        cells
            .values()
            .find(|(r, c, ..)| &***r == row && &***c == column)
            .map(|(.., says, why)| (says.clone(), why.clone()))
    };
    for (row, column, says, why) in new.values() {
        let was = find(&old, row, column).map(|(says, _)| says);
        if was.as_ref() != Some(says) {
            changes.push(RuleChange::Cell {
                row: Arc::clone(row),
                column: Arc::clone(column),
                from: was,
                to: Some(says.clone()),
                because: why.clone(),
            });
        }
    }
    for (row, column, says, _) in old.values() {
        if find(&new, row, column).is_none() {
            changes.push(RuleChange::Cell {
                row: Arc::clone(row),
                column: Arc::clone(column),
                from: Some(says.clone()),
                to: None,
                because: None,
            });
        }
    }
}

fn said<'a>(layer: &Layer<'_>, matrix: &'a tree::Matrix) -> Cells<'a> {
    let tree = &layer.policies.checked;
    let mut all = Cells::new();
    for (r, (row, cells)) in matrix.row_headers.iter().zip(&matrix.cells).enumerate() {
        for (c, (column, cell)) in matrix.column_headers.iter().zip(cells).enumerate() {
            let mut says = match cell.verdict {
                tree::Verdict::Yes => "yes",
                tree::Verdict::No => "no",
                tree::Verdict::Silent => "-",
                tree::Verdict::Impossible => "/",
            }
            .to_owned();
            for effect in cell.effects.iter().filter_map(|effect| tree.effect(*effect)) {
                says.push_str(&format!(", {}", effect.name));
            }
            let condition = cell.condition.and_then(|at| tree.rule(*matrix.conditions.get(at)?));
            if let Some(condition) = condition {
                says.push_str(&format!(" if {}", condition.name));
            }
            let why = cell.adjusted.as_ref().map(|change| change.because.clone());
            all.insert((r, c), (&row.text, &column.text, says, why));
        }
    }
    all
}

/// What differs beside the rules.
fn parts(before: &Layer<'_>, after: &Layer<'_>) -> Vec<PartDifference> {
    let keys: BTreeSet<_> = [before, after].iter().flat_map(|side| side.parts.keys()).collect();
    let differ = keys.into_iter().filter(|key| before.parts.get(*key) != after.parts.get(*key));
    let told = differ.map(|key| {
        let (kind, name) = (key.0, key.1.clone());
        let (old, new) = (before.parts.get(key), after.parts.get(key));
        let short = |text: Option<&String>| text.is_none_or(|text| !text.trim_end().contains('\n'));
        let one_line = short(old) && short(new);
        let line =
            |text: Option<&String>| text.map(|text| if one_line { text.trim_end().to_owned() } else { String::new() });
        let text = match one_line {
            true => Vec::new(),
            false => lines(old.map_or("", String::as_str), new.map_or("", String::as_str)),
        };
        let read_by: BTreeSet<&Arc<str>> = match DEFINED.contains(&kind) {
            true => [before, after].iter().flat_map(|side| side.readers(&name)).collect(),
            false => BTreeSet::new(),
        };
        let read_by = read_by.into_iter().cloned().collect();
        PartDifference { kind, name, from: line(old), to: line(new), text, read_by }
    });
    told.collect()
}

/// The definitions that each rule and matrix reads, by code.
fn reads(tree: &tree::Policies) -> BTreeMap<Arc<str>, BTreeSet<Arc<str>>> {
    let mut uses = Uses { tree, known: BTreeMap::new() };
    let mut all: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
    for rule in &tree.rules {
        let mut exprs: Vec<&Expr> = bound(&rule.bindings);
        exprs.extend(rule.when.iter().chain(&rule.obligation));
        exprs.extend(messages(&rule.because).chain(messages(&rule.help)));
        exprs.extend(rule.fix.iter().map(|fix| &fix.value));
        if let RuleOrigin::Effect(id) = rule.origin
            && let Some(effect) = tree.effect(id)
        {
            exprs.extend(bound(&effect.bindings));
            exprs.extend(&effect.when);
            exprs.extend(effect.notes.iter().filter_map(|note| note.when.as_ref()));
        }
        if let RuleOrigin::Cell(id) = rule.origin
            && let Some(matrix) = tree.matrix(id)
        {
            exprs.extend(table(matrix));
        }
        let names = uses.of(&exprs);
        all.entry(rule.code.clone()).or_default().extend(names);
    }
    for matrix in &tree.matrices {
        let mut exprs = table(matrix);
        exprs.extend(messages(&matrix.because).chain(messages(&matrix.help)));
        exprs.extend(matrix.conditions.iter().filter_map(|id| tree.rule(*id)?.obligation.as_ref()));
        let names = uses.of(&exprs);
        all.entry(matrix.code.clone()).or_default().extend(names);
    }
    all
}

fn bound(bindings: &[tree::Binding]) -> Vec<&Expr> {
    let values = bindings.iter().map(|binding| match binding {
        tree::Binding::Each(_, value) | tree::Binding::Let(_, value) => value,
    });
    values.collect()
}

fn table(matrix: &tree::Matrix) -> Vec<&Expr> {
    let mut exprs = bound(&matrix.bindings);
    exprs.extend(&matrix.when);
    exprs.extend([&matrix.rows, &matrix.columns]);
    exprs
}

fn messages(message: &Option<tree::Message>) -> impl Iterator<Item = &Expr> {
    message.iter().flat_map(|message| &message.pieces).filter_map(|piece| match piece {
        tree::MessagePiece::Expr(expr) => Some(expr),
        tree::MessagePiece::Text(_) => None,
    })
}

/// Definitions that expressions use, and those that these use in turn.
struct Uses<'a> {
    tree: &'a tree::Policies,
    known: BTreeMap<FunctionId, BTreeSet<FunctionId>>,
}

impl Uses<'_> {
    fn of(&mut self, exprs: &[&Expr]) -> BTreeSet<Arc<str>> {
        let mut ids = BTreeSet::new();
        exprs.iter().for_each(|expr| calls(expr, &mut ids));
        let mut all = BTreeSet::new();
        ids.iter().for_each(|id| all.extend(self.through(*id)));
        all.iter().filter_map(|id| self.tree.function(*id)).map(|function| function.name.clone()).collect()
    }

    /// A definition and all that it uses: there are no cycles among them.
    fn through(&mut self, id: FunctionId) -> BTreeSet<FunctionId> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let mut all = BTreeSet::from([id]);
        // Policies with errors may still run in circles.
        self.known.insert(id, all.clone());
        if let Some(function) = self.tree.function(id) {
            let mut inner = BTreeSet::new();
            calls(&function.body, &mut inner);
            inner.remove(&id);
            inner.iter().for_each(|id| all.extend(self.through(*id)));
        }
        self.known.insert(id, all.clone());
        all
    }
}

fn calls(expr: &Expr, into: &mut BTreeSet<FunctionId>) {
    if let ExprKind::Call { function, .. } = &expr.kind {
        into.insert(*function);
    }
    expr.children().into_iter().for_each(|child| calls(child, into));
}
