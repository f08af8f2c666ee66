//! An organisation's own layer: `redefine`, `adjust`, `disable`.

use std::sync::Arc;

use super::checker::{Bearer, Checker, State, listed};
use super::expr::fits;
use super::rules::level;
use super::tree::{Cell, Header, HeaderValue, Level, Matrix, Override, Policies};
use crate::diag::Diagnostic;
use crate::diag::codes::check as codes;
use crate::source::Span;
use crate::syntax::ast::{self, Adjustment, Item, LevelKind};
use crate::types::{FieldKind, FunctionId, Type};

/// What was changed so far, so that nothing is changed twice by one pack.
#[derive(Default)]
pub(super) struct Layers {
    redefined: Vec<(usize, Arc<str>, Span)>,
}

impl<'a> Checker<'a> {
    /// Puts other bodies under definitions, before anything is typed.
    pub fn redefine(&mut self, items: &[(usize, &'a Item)], layers: &mut Layers) {
        for (pack, item) in items {
            let Item::Redefine(item) = item else { continue };
            let Some(owner) = &item.owner else {
                self.redefine_named(*pack, item, layers);
                continue;
            };
            let Some(id) = self.derived(owner, &item.name) else { continue };
            let name: Arc<str> = format!("{}.{}", owner.text, item.name.text).into();
            if self.is_first(*pack, name, item.name.span, layers) {
                self.redefine_one(id, item);
            }
        }
        // What was typed to learn an old type may rest on what has changed since.
        self.forget_types();
    }

    fn redefine_named(&mut self, pack: usize, item: &'a ast::Redefine, layers: &mut Layers) {
        let Some(id) = self.defines.get(&item.name.text).copied() else {
            let mut known: Vec<Arc<str>> = self.defines.keys().cloned().collect();
            known.sort_unstable();
            let known: Vec<&str> = known.iter().map(|name| &**name).collect();
            self.unknown(
                codes::UNKNOWN_NAME,
                item.name.span,
                format!("no definition is called `{}`", item.name.text),
                &item.name.text,
                &known,
                "only what a pack says with `define` can be redefined",
            );
            return;
        };
        if self.is_first(pack, item.name.text.clone(), item.name.span, layers) {
            self.redefine_one(id, item);
        }
    }

    /// Whether a pack redefines something for the first time; says so where it does it again.
    fn is_first(&mut self, pack: usize, name: Arc<str>, span: Span, layers: &mut Layers) -> bool {
        if let Some((_, _, first)) = layers.redefined.iter().find(|(by, other, _)| *by == pack && *other == name) {
            let first = *first;
            self.twice(span, format!("`{name}` is redefined twice by one pack"), first);
            return false;
        }
        layers.redefined.push((pack, name, span));
        true
    }

    /// The function behind a derived field; says so where there is no such field, or it is none that is computed.
    fn derived(&mut self, owner: &ast::Ident, field: &ast::Ident) -> Option<FunctionId> {
        let of = self.owner(owner)?;
        let def = self.schema.get(of)?;
        let found =
            def.find(&field.text).and_then(|id| self.schema.field(of, id)).map(|field| (field.kind, field.span));
        match found {
            Some((FieldKind::Derived(id), _)) => return Some(id),
            Some((_, span)) => {
                let message = format!("`{}.{}` is no derived field", owner.text, field.text);
                let diagnostic = Diagnostic::error(codes::WRONG_REDEFINITION, field.span, message)
                    .label("not computed by a `derive`");
                let diagnostic = if span == Span::NONE { diagnostic } else { diagnostic.also(span, "declared here") };
                self.say(diagnostic.help("only what a pack says with `define` or `derive` can be redefined"));
            }
            None => {
                let derived = def.fields.iter().filter(|field| matches!(field.kind, FieldKind::Derived(_)));
                let known: Vec<Arc<str>> = derived.map(|field| field.name.clone()).collect();
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_FIELD,
                    field.span,
                    format!("`{}` has no field `{}`", owner.text, field.text),
                    &field.text,
                    &known,
                    "only what a pack says with `define` or `derive` can be redefined",
                );
            }
        }
        None
    }

    fn redefine_one(&mut self, id: FunctionId, item: &'a ast::Redefine) {
        let params = item.params.as_ref().map(|params| self.params(params));
        let written = item.ty.as_ref().map(|ty| self.written_type(ty));
        let Some(slot) = self.slot(id) else { return };
        let (span, declared, callable) = (slot.span, slot.declared.clone(), slot.callable);
        let same_params = match &params {
            Some(params) => {
                callable
                    && params.len() == slot.params.len()
                    && params.iter().zip(&slot.params).all(|((_, a), (_, b))| a == b || *a == Type::Error)
            }
            // A derived field is of its row.
            None => !callable || item.owner.is_some(),
        };
        if !same_params {
            let as_was: Vec<String> =
                slot.params.iter().map(|(name, ty)| format!("{name}: {}", self.type_name(ty))).collect();
            let help = match callable {
                true => format!("write `redefine {}({}) = …`", item.name.text, as_was.join(", ")),
                false => format!("write `redefine {} = …`", item.name.text),
            };
            let diagnostic = Diagnostic::error(
                codes::WRONG_REDEFINITION,
                item.name.span,
                format!("`{}` takes other parameters", item.name.text),
            )
            .label("does not take these")
            .also(span, "as defined")
            .help(help);
            self.say(diagnostic);
            return;
        }
        if let (Some(written), Some(declared)) = (&written, &declared)
            && !(fits(written, declared) && fits(declared, written))
        {
            let (is, was) = (self.a(written), self.a(declared));
            let diagnostic = Diagnostic::error(
                codes::WRONG_REDEFINITION,
                item.name.span,
                format!("`{}` is {was}, and cannot become {is}", item.name.text),
            )
            .label(format!("becomes {is}"))
            .also(span, format!("defined as {was}"))
            .help("keep the type: leave it out here");
            self.say(diagnostic);
            return;
        }
        // A definition without a type keeps the one that its old value had.
        let old = match &declared {
            Some(_) => None,
            None => {
                self.resolve(id, None);
                self.slot(id)
                    .filter(|slot| slot.state == State::Done && slot.ty != Type::Error)
                    .map(|slot| slot.ty.clone())
            }
        };
        if let Some(slot) = self.slot_mut(id) {
            slot.declared = declared.or(old).or(written);
            slot.body = &item.value;
            // What is wrong from here on is wrong with what stands here now.
            slot.span = item.name.span;
            if let Some(params) = params {
                slot.params = params;
            }
            slot.state = State::Waiting;
            slot.done = None;
        }
    }

    /// Levels, cells and rules that an organisation changes.
    pub fn adjust(&mut self, items: &[(usize, &'a Item)], policies: &mut Policies) {
        let mut seen: Vec<(usize, Arc<str>, &'static str, Span)> = Vec::new();
        let mut cells: Vec<(usize, Span)> = Vec::new();
        for (pack, item) in items {
            let (code, kind) = match item {
                Item::Adjust(ast::Adjust { code, adjustment: Adjustment::Level(_), .. }) => (code, "adjusted"),
                Item::Adjust(ast::Adjust { code, .. }) => (code, ""),
                Item::Disable(item) => (&item.code, "disabled"),
                _ => continue,
            };
            let Some((bearer, _)) = self.bearer(&code.text) else {
                let known = self.code_names.clone();
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_CODE,
                    code.span,
                    format!("no rule bears the code `{}`", code.text),
                    &code.text,
                    &known,
                    "`clearway rules` lists every code of a pack",
                );
                continue;
            };
            let again = seen.iter().find(|(by, name, what, _)| by == pack && *name == code.text && *what == kind);
            if let Some((.., first)) = again.filter(|_| !kind.is_empty()) {
                let first = *first;
                self.twice(code.span, format!("`{}` is {kind} twice by one pack", code.text), first);
                continue;
            }
            seen.push((*pack, code.text.clone(), kind, code.span));
            match item {
                Item::Disable(item) => self.disable(item, bearer, policies),
                Item::Adjust(item) => match &item.adjustment {
                    Adjustment::Level(to) => self.adjust_level(item, *to, bearer, policies),
                    Adjustment::Cell { row, column, body, span } => {
                        let earlier = self.adjust_cell(item, (row, column), body, *span, bearer, policies);
                        if let Some(first) = earlier.filter(|first| cells.contains(&(*pack, *first))) {
                            let message = format!("this cell of `{}` is adjusted twice by one pack", code.text);
                            self.twice(*span, message, first);
                        }
                        cells.push((*pack, *span));
                    }
                },
                _ => {}
            }
        }
    }

    fn disable(&mut self, item: &'a ast::Disable, bearer: Bearer, policies: &mut Policies) {
        let because = self.plain(&item.because, "a disabled rule");
        if let Bearer::Choice(_) = bearer {
            self.error(
                codes::WRONG_ADJUSTMENT,
                item.code.span,
                format!("`{}` is the outcome of a choice and cannot be disabled", item.code.text),
                "part of a `select`",
                "select or ignore it where it is shown: `--ignore`",
            );
            return;
        }
        for rule in policies.rules.iter_mut().filter(|rule| rule.code == item.code.text) {
            rule.disabled = Some(because.clone());
        }
        for matrix in policies.matrices.iter_mut().filter(|matrix| matrix.code == item.code.text) {
            matrix.disabled = Some(because.clone());
        }
    }

    fn adjust_level(&mut self, item: &'a ast::Adjust, to: ast::Level, bearer: Bearer, policies: &mut Policies) {
        let because = self.plain(&item.because, "an adjustment");
        let is_note =
            matches!(bearer, Bearer::Rule(LevelKind::Note) | Bearer::EffectNote | Bearer::Choice(LevelKind::Note));
        let refused = match (bearer, to.kind) {
            (Bearer::Choice(_), _) => {
                Some(("is the outcome of a choice and keeps its level", "leave the adjustment out"))
            }
            (_, LevelKind::Must | LevelKind::Should) if is_note => Some((
                "is a note and demands nothing",
                "a note can be disabled; write a rule of your own that demands something",
            )),
            (_, LevelKind::Note) if !is_note => {
                Some(("demands something, and a note demands nothing", "take `should`, or disable it"))
            }
            _ => None,
        };
        if let Some((why, help)) = refused {
            self.error(codes::WRONG_ADJUSTMENT, to.span, format!("`{}` {why}", item.code.text), "does not fit", help);
            return;
        }
        let new = level(to.kind);
        let unchanged = |old: Level| old == new;
        let mut same = false;
        for rule in policies.rules.iter_mut().filter(|rule| rule.code == item.code.text) {
            same |= unchanged(rule.level);
            rule.level = new;
            rule.adjusted = Some(because.clone());
        }
        for matrix in policies.matrices.iter_mut().filter(|matrix| matrix.code == item.code.text) {
            same |= unchanged(matrix.level);
            matrix.level = new;
            matrix.adjusted = Some(because.clone());
        }
        if same {
            self.warning(
                codes::UNUSED,
                to.span,
                format!("`{}` is a `{}` already", item.code.text, to.kind.text()),
                "changes nothing",
                "leave the adjustment out",
            );
        }
    }

    /// Changes a cell, and gives the place of what had changed the same cell before.
    fn adjust_cell(
        &mut self,
        item: &'a ast::Adjust,
        (row, column): (&'a ast::HeaderValue, &'a ast::HeaderValue),
        body: &'a ast::CellBody,
        span: Span,
        bearer: Bearer,
        policies: &mut Policies,
    ) -> Option<Span> {
        let because = self.plain(&item.because, "an adjustment");
        if bearer != Bearer::Matrix {
            self.error(
                codes::WRONG_ADJUSTMENT,
                item.code.span,
                format!("`{}` is a rule and has no cells", item.code.text),
                "no matrix",
                format!("adjust its level: `adjust {} should because \"…\"`", item.code.text),
            );
            return None;
        }
        let matrix = policies.matrices.iter_mut().find(|matrix| matrix.code == item.code.text)?;
        let names: Vec<Arc<str>> = matrix
            .conditions
            .iter()
            .filter_map(|id| policies.rules.get(id.0 as usize))
            .map(|rule| rule.name.clone())
            .collect();
        let row_value = self.header_value(row, &matrix.rows.ty);
        let column_value = self.header_value(column, &matrix.columns.ty);
        let (Some(row_value), Some(column_value)) = (row_value, column_value) else { return None };
        let (verdict, effects, condition) = self.body(body, &names);
        let row_at = self.header_at(&mut matrix.row_headers, &row_value, (row.span, "row"));
        let column_at = self.header_at(&mut matrix.column_headers, &column_value, (column.span, "column"));
        let (Some(row_at), Some(column_at)) = (row_at, column_at) else { return None };
        let own = matches!((row_at, column_at), (Place::Own(_), Place::Own(_)));
        split(matrix, row_at, column_at);
        let (row_at, column_at) = (row_at.place(), column_at.place());
        let cell = matrix.cells.get_mut(row_at).and_then(|cells| cells.get_mut(column_at))?;
        let earlier = cell.adjusted.as_ref().filter(|_| own).map(|earlier| earlier.span);
        if (cell.verdict, cell.condition, &cell.effects) == (verdict, condition, &effects) {
            self.warning(
                codes::UNUSED,
                span,
                "the cell says so already",
                "changes nothing",
                "leave the adjustment out",
            );
        }
        let adjusted = Some(Override { because, span });
        *cell = Cell { verdict, effects, condition, adjusted, span };
        earlier
    }

    /// Where a header stands that has this value; says so where none does.
    fn header_at(
        &mut self,
        headers: &mut Vec<Header>,
        value: &HeaderValue,
        (span, side): (Span, &str),
    ) -> Option<Place> {
        if let Some(at) = headers.iter().position(|header| header.values == [value.clone()]) {
            return Some(Place::Own(at));
        }
        let holder = headers.iter().position(|header| header.values.contains(value));
        let other = headers.iter().position(|header| header.values.contains(&HeaderValue::Other));
        if let (Some(at), false) =
            (holder, matches!(value, HeaderValue::Range { .. } | HeaderValue::Any | HeaderValue::Other))
        {
            // The value leaves its header and gets one of its own, with the same cells.
            let header = headers.get_mut(at)?;
            header.values.retain(|known| known != value);
            header.text = super::cover::header_text(&self.schema, &header.values);
            let own = Header {
                text: super::cover::header_text(&self.schema, std::slice::from_ref(value)),
                values: vec![value.clone()],
                span,
            };
            headers.insert(at.saturating_add(1), own);
            return Some(Place::Split(at.saturating_add(1)));
        }
        let named_in_other = matches!(value, HeaderValue::Is(_) | HeaderValue::None) && holder.is_none();
        if let (Some(at), true) = (other, named_in_other && !in_range(headers, value)) {
            let own = Header {
                text: super::cover::header_text(&self.schema, std::slice::from_ref(value)),
                values: vec![value.clone()],
                span,
            };
            headers.insert(at.saturating_add(1), own);
            return Some(Place::Split(at.saturating_add(1)));
        }
        let texts: Vec<Arc<str>> = headers.iter().map(|header| header.text.clone()).collect();
        let known = listed(texts.iter().map(|text| &**text));
        self.error(
            codes::WRONG_ADJUSTMENT,
            span,
            format!("the matrix has no such {side}"),
            format!("no {side} of its own"),
            format!("its {side}s are {known}"),
        );
        None
    }
}

/// Where a header stands, and whether it was made just now.
#[derive(Clone, Copy)]
enum Place {
    Own(usize),
    Split(usize),
}

impl Place {
    fn place(self) -> usize {
        match self {
            Place::Own(at) | Place::Split(at) => at,
        }
    }
}

/// Copies the cells of rows and columns that were split from the ones before them.
fn split(matrix: &mut Matrix, row: Place, column: Place) {
    if let Place::Split(at) = row
        && let Some(cells) = at.checked_sub(1).and_then(|before| matrix.cells.get(before)).cloned()
    {
        matrix.cells.insert(at, cells);
    }
    if let Place::Split(at) = column {
        for cells in &mut matrix.cells {
            if let Some(cell) = at.checked_sub(1).and_then(|before| cells.get(before)).cloned() {
                cells.insert(at, cell);
            }
        }
    }
}

/// Whether a range of a header holds a value.
fn in_range(headers: &[Header], value: &HeaderValue) -> bool {
    let HeaderValue::Is(at) = value else { return false };
    headers.iter().flat_map(|header| &header.values).any(|known| match known {
        HeaderValue::Range { low, high } => super::cover::within(low.as_ref(), high.as_ref(), at),
        HeaderValue::Any => true,
        _ => false,
    })
}
