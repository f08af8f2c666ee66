//! Matrices: which headers a value can hit, and the table as it is written.

use super::expr::Lowering;
use super::item::{about, level};
use super::written::written;
use crate::check::tree::{self, Header, HeaderValue};
use crate::program::{Card, EffectAt, Entry, Matrix, RuleAt, Side, Stands, Table, Verdict};
use crate::types::{Const, Schema, Type};

impl Lowering<'_> {
    pub(super) fn matrices(&mut self) {
        for matrix in &self.policies.matrices {
            let card = Card {
                code: matrix.code.clone(),
                name: matrix.name.clone(),
                title: matrix.title.clone(),
                level: level(matrix.level),
                pack: u32::try_from(matrix.pack).unwrap_or(u32::MAX),
                about: about(matrix.subject),
                because: matrix.because.as_ref().map(|message| self.message(message)),
                help: matrix.help.as_ref().map(|message| self.message(message)),
                fix: None,
                cites: self.cites(&matrix.cites),
                disabled: matrix.disabled.clone(),
                span: matrix.span,
            };
            let head = self.head(&matrix.frame, &matrix.bindings, matrix.when.as_ref());
            let rows = self.side(&matrix.rows, &matrix.row_headers);
            let columns = self.side(&matrix.columns, &matrix.column_headers);
            let cells = matrix.cells.iter().flatten().map(entry).collect();
            self.program.matrices.push(Matrix {
                card,
                head,
                rows,
                columns,
                cells,
                conditions: matrix.conditions.iter().map(|rule| RuleAt(rule.0)).collect(),
                table: self.table(matrix),
            });
        }
    }

    fn side(&mut self, by: &tree::Expr, headers: &[Header]) -> Side {
        let possible = possible(&self.policies.schema, &by.ty, headers);
        let headers = headers.iter().map(|header| {
            let stands = header.values.iter().map(|value| match value {
                HeaderValue::None => Stands::None,
                HeaderValue::Is(value) => Stands::Is(self.constant(value.clone())),
                HeaderValue::Range { low, high } => Stands::Range(low.clone(), high.clone()),
                HeaderValue::Any => Stands::Any,
                HeaderValue::Other => Stands::Other,
            });
            stands.collect()
        });
        let headers = headers.collect();
        Side { by: self.expr(by), headers, possible }
    }

    fn table(&self, matrix: &tree::Matrix) -> Table {
        let name = |rule: &tree::RuleId| self.policies.rule(*rule).map(|rule| rule.name.to_string());
        let cell = |cell: &tree::Cell| {
            let mut text = match cell.verdict {
                tree::Verdict::Yes => "yes",
                tree::Verdict::No => "no",
                tree::Verdict::Silent => "-",
                tree::Verdict::Impossible => "/",
            }
            .to_owned();
            for effect in cell.effects.iter().filter_map(|effect| self.policies.effect(*effect)) {
                text.push_str(", ");
                text.push_str(&effect.name);
            }
            if let Some(name) = cell.condition.and_then(|at| matrix.conditions.get(at)).and_then(name) {
                text.push_str(" if ");
                text.push_str(&name);
            }
            text.into()
        };
        Table {
            rows_by: written(self.policies, &matrix.frame, &matrix.rows).into(),
            columns_by: written(self.policies, &matrix.frame, &matrix.columns).into(),
            row_headers: matrix.row_headers.iter().map(|header| header.text.clone()).collect(),
            column_headers: matrix.column_headers.iter().map(|header| header.text.clone()).collect(),
            cells: matrix.cells.iter().map(|row| row.iter().map(cell).collect()).collect(),
        }
    }
}

fn entry(cell: &tree::Cell) -> Entry {
    Entry {
        verdict: match cell.verdict {
            tree::Verdict::Yes => Verdict::Yes,
            tree::Verdict::No => Verdict::No,
            tree::Verdict::Silent => Verdict::Silent,
            tree::Verdict::Impossible => Verdict::Impossible,
        },
        effects: cell.effects.iter().map(|effect| EffectAt(effect.0)).collect(),
        condition: cell.condition.and_then(|at| u32::try_from(at).ok()),
        span: cell.span,
    }
}

/// The headers that some value of a type hits. Of a type with few values each is tried; of others every header counts
/// that stands for more than `none`.
fn possible(schema: &Schema, ty: &Type, headers: &[Header]) -> Vec<u32> {
    let mut values: Vec<Const> = match ty.required() {
        Type::Enum(id) => {
            let count = schema.enum_def(*id).map_or(0, |of| of.values.len());
            (0..u16::try_from(count).unwrap_or(u16::MAX)).map(|value| Const::Enum(*id, value)).collect()
        }
        Type::Bool => vec![Const::Bool(false), Const::Bool(true)],
        _ => {
            let only_none = |header: &Header| header.values.iter().all(|value| *value == HeaderValue::None);
            let may = headers.iter().map(|header| ty.is_optional() || !only_none(header));
            return (0u32..).zip(may).filter(|(_, may)| *may).map(|(index, _)| index).collect();
        }
    };
    if ty.is_optional() {
        values.push(Const::None);
    }
    let hit = |value: &Const| {
        let named = |header: &Header| {
            header.values.iter().any(|of| match of {
                HeaderValue::None => *value == Const::None,
                HeaderValue::Is(of) => of == value,
                HeaderValue::Any => true,
                HeaderValue::Range { .. } | HeaderValue::Other => false,
            })
        };
        let other = |header: &Header| header.values.contains(&HeaderValue::Other);
        headers.iter().position(named).or_else(|| headers.iter().position(other))
    };
    let mut hit: Vec<u32> = values.iter().filter_map(hit).filter_map(|index| u32::try_from(index).ok()).collect();
    hit.sort_unstable();
    hit.dedup();
    hit
}
