//! Declarations that are one sentence, and sources.

use crate::syntax::ast::{Adjustment, Define, Demand, Expr, Ident, Item, Pack, Param, Redefine, Source, Text, Type};

use super::expr::literal;
use super::matrix::{cell_body, header_value};
use super::text::{message, plain};
use super::vocabulary::ty;
use super::wrap::{begins_clause, wrapped};
use super::{Page, WIDTH, padded, width};

impl Page<'_> {
    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Pack(item) => self.pack(item),
            Item::Source(item) => self.source(item),
            Item::Enum(item) => self.enumeration(item),
            Item::Entity(item) => self.entity(item),
            Item::Part(item) => self.part(item),
            Item::Input(item) => self.input(item),
            Item::Derive(item) => {
                let head = format!("derive {}.{}", item.owner.text, item.field.text);
                let text = definition(&head, None, item.ty.as_ref(), &item.value);
                self.line(item.span, &text);
            }
            Item::Define(Define { name, params, ty, value, span }) => {
                let text = definition(&format!("define {}", name.text), params.as_deref(), ty.as_ref(), value);
                self.line(*span, &text);
            }
            Item::Redefine(Redefine { owner, name, params, ty, value, span }) => {
                let owner = owner.as_ref().map_or_else(String::new, |owner| format!("{}.", owner.text));
                let text = definition(&format!("redefine {owner}{}", name.text), params.as_deref(), ty.as_ref(), value);
                self.line(*span, &text);
            }
            Item::Gather(item) => self.gather(item),
            Item::Demand(item) => self.demand(item),
            Item::Matrix(item) => self.matrix(item),
            Item::Rule(item) => self.rule(item),
            Item::Select(item) => self.select(item),
            Item::Effect(item) => self.effect(item),
            Item::Suggest(item) => self.suggest(item),
            Item::Extend(item) => self.line(item.span, &format!("extend {}", item.pack.text)),
            Item::Addition(item) => self.addition(item),
            Item::Adjust(item) => {
                let what = match &item.adjustment {
                    Adjustment::Level(level) => level.kind.text().to_owned(),
                    Adjustment::Cell { row, column, body, .. } => {
                        format!("cell ({}, {}) {}", header_value(row), header_value(column), cell_body(body))
                    }
                };
                self.line(item.span, &reasoned(&format!("adjust {} {what}", item.code.text), &item.because));
            }
            Item::Disable(item) => self.line(item.span, &reasoned(&disabled(&item.code), &item.because)),
            Item::Fixture(item) => self.fixture(item),
            Item::Test(item) => self.test(item),
        }
    }

    fn pack(&mut self, item: &Pack) {
        let mut text = format!("pack {}", item.name.text);
        if let Some(title) = &item.title {
            text.push_str(&format!(" {}", plain(title, false)));
        }
        if let Some(version) = &item.version {
            text.push_str(&format!(" version {}", literal(version)));
        }
        self.line(item.span, &text);
    }

    fn source(&mut self, item: &Source) {
        self.line(item.span, &format!("source {} {{", item.name.text));
        let widest = item.fields.iter().map(|field| width(&field.name.text)).max().unwrap_or(0);
        self.inside(|page| {
            for field in &item.fields {
                page.line(field.span, &format!("{} {}", padded(&field.name.text, widest), plain(&field.value, false)));
            }
        });
        self.close(item.span);
    }

    fn demand(&mut self, item: &Demand) {
        let head = format!("demand for {}: ", item.subject.text);
        let text = demanded(&head, &item.condition);
        self.line(item.span, &text);
        self.inside(|page| page.justification(&item.why, 0));
    }
}

/// `demand for SUBJECT: ` and its condition, from a line of its own where it is too wide.
fn demanded(head: &str, condition: &Expr) -> String {
    let beside = wrapped(condition, width(head));
    if !beside.contains('\n') && width(head).saturating_add(width(&beside)) <= WIDTH || begins_clause(&beside) {
        return format!("{head}{beside}");
    }
    format!("{}\n  {}", head.trim_end(), wrapped(condition, 2))
}

fn disabled(code: &Ident) -> String {
    format!("disable {}", code.text)
}

/// A sentence and its `because`; on a second line where both are too wide for one.
fn reasoned(head: &str, because: &Text) -> String {
    let column = width(head).saturating_add(" because ".len());
    let text = message(because, column);
    if text.contains('\n') {
        return format!("{head}\n  because {}", message(because, "  because ".len()));
    }
    format!("{head} because {text}")
}

/// `HEAD(x: T): TYPE = VALUE`; the value on a second line where both are too wide for one.
fn definition(head: &str, params: Option<&[Param]>, result: Option<&Type>, value: &Expr) -> String {
    let mut text = head.to_owned();
    if let Some(params) = params {
        let params: Vec<String> =
            params.iter().map(|param| format!("{}: {}", param.name.text, ty(&param.ty))).collect();
        text.push_str(&format!("({})", params.join(", ")));
    }
    if let Some(result) = result {
        text.push_str(&format!(": {}", ty(result)));
    }
    text.push_str(" =");
    let flat = wrapped(value, width(&text).saturating_add(1));
    // At the start of a line such a word would begin a clause.
    if begins_clause(&flat) {
        return format!("{text} {flat}");
    }
    if flat.contains('\n') || width(&text).saturating_add(1).saturating_add(width(&flat)) > WIDTH {
        return format!("{text}\n  {}", wrapped(value, 2));
    }
    format!("{text} {flat}")
}
