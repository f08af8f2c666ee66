//! Loaders: documents to facts, by the schema. One file a kind of document, and one each for rows, values and names. They judge
//! no policy; what does not fit is a diagnostic, the cell stays unknown, and everything else lives on.

mod assume;
mod inventory;
mod join;
mod plan;
mod reference;
mod row;
mod scalar;
mod single;
mod unknown;
mod waiver;

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::diag::codes::input;
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::types::{FieldId, Schema};
use crate::value::{Row, StructId};

use super::document::{Document, NodeId, View};
use super::limits::{Limit, Limits};
use super::shown::shown;
use super::store::{Facts, Owner};

pub use assume::Assumption;
pub use inventory::{Inventory, load_decoded, load_inventory, load_inventory_under};
pub use plan::{PlanLoaded, StepInfo, load_plan, named_by};
pub(super) use reference::name;
pub use single::{EachLoaded, load_each, load_table};
pub use unknown::UNKNOWN;
pub use waiver::Waiver;

/// How to load.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What the inputs may cost.
    pub limits: &'a Limits,
    /// Whether the policies read a field; what is wrong with others is not reported.
    pub reads: &'a dyn Fn(StructId, FieldId) -> bool,
    /// Whether steps write a field: only then can a size or a duration be below zero, where more was taken than there was.
    pub writes: &'a dyn Fn(StructId, FieldId) -> bool,
    /// Report what is wrong with any field.
    pub strict: bool,
}

/// A node of one of the documents that are being loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct At {
    document: usize,
    node: NodeId,
}

/// What every loader works on.
struct Loader<'a> {
    schema: &'a Schema,
    facts: &'a mut Facts,
    documents: &'a [&'a Document],
    options: Options<'a>,
    diagnostics: Vec<Diagnostic>,
    /// A plan: what is neither said nor has a default is an error, not unknown.
    plan: bool,
    /// `input each`: members that are not declared are passed over.
    open: bool,
    /// Rows that absent records are being made for, innermost last.
    absent: Vec<StructId>,
    /// By document and struct: the numbers that the names of its fields have among the keys of the document.
    names: FxHashMap<(usize, StructId), Rc<[Option<u32>]>>,
    /// How many names were looked for among all known ones: the search is dear.
    searched: u32,
    full: bool,
}

impl<'a> Loader<'a> {
    fn new(
        schema: &'a Schema,
        facts: &'a mut Facts,
        documents: &'a [&'a Document],
        options: Options<'a>,
    ) -> Loader<'a> {
        Loader {
            schema,
            facts,
            documents,
            options,
            diagnostics: Vec::new(),
            plan: false,
            open: false,
            absent: Vec::new(),
            names: FxHashMap::default(),
            searched: 0,
            full: false,
        }
    }

    fn view(&self, at: At) -> View<'a> {
        self.documents.get(at.document).map_or(View::Null, |document| document.view(at.node))
    }

    fn span(&self, at: At) -> Span {
        self.documents.get(at.document).map_or(Span::NONE, |document| document.span(at.node))
    }

    /// The members of a mapping: key, place of the key, value.
    fn members(&self, at: At) -> impl Iterator<Item = (&'a str, Span, At)> + use<'a> {
        let document = self.documents.get(at.document).copied();
        let members = document.map_or(&[][..], |document| document.members(at.node));
        members.iter().filter_map(move |member| {
            Some((document?.key(member), member.key_span, At { document: at.document, node: member.value }))
        })
    }

    fn member(&self, at: At, key: &str) -> Option<At> {
        let node = self.documents.get(at.document)?.get(at.node, key)?;
        Some(At { node, ..at })
    }

    /// The value of a member by the number of its key.
    fn numbered(&self, at: At, name: u32) -> Option<At> {
        let members = self.documents.get(at.document)?.members(at.node);
        members.iter().find(|member| member.name == name).map(|member| At { node: member.value, ..at })
    }

    /// The numbers of the names of a struct's fields among the keys of a document; nothing for what it does not have.
    fn names_in(&mut self, document: usize, of: StructId) -> Rc<[Option<u32>]> {
        if let Some(names) = self.names.get(&(document, of)) {
            return names.clone();
        }
        let document_of = self.documents.get(document).copied();
        let fields = self.schema.get(of).map_or(&[][..], |of| &of.fields);
        let stored = |field: &crate::types::Field| field.kind == crate::types::FieldKind::Stored;
        let names = fields.iter().map(|field| document_of.filter(|_| stored(field))?.name(&field.input));
        let names: Rc<[Option<u32>]> = names.collect();
        self.names.insert((document, of), names.clone());
        names
    }

    fn error(&mut self, error: Diagnostic) {
        self.diagnostics.push(error);
    }

    /// Everything that was wrong, in the order of the texts.
    fn finish(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics;
        diagnostics.sort_by_key(|diagnostic| diagnostic.span().start);
        // What is wrong with the header of a table is wrong once, not once a row.
        diagnostics.dedup();
        diagnostics
    }

    /// Adds a row, while the limit allows it.
    fn push(&mut self, of: StructId, owner: Option<Owner>, span: Span) -> Option<Row> {
        if self.full {
            return None;
        }
        if self.facts.total_rows() >= u64::from(self.options.limits.rows) {
            self.full = true;
            let span = Span::new(span.start, span.start);
            let error = self.options.limits.hit(Limit::Rows, span, "the inputs have too many rows");
            self.error(error);
            return None;
        }
        self.facts.push(of, owner, span)
    }

    /// Whether a member of a document is the one by which editors find its JSON Schema. It says nothing about anything.
    fn names_schema(&mut self, key: &str, value: At) -> bool {
        if key != "$schema" {
            return false;
        }
        if !matches!(self.view(value), View::Scalar(..)) {
            let error = Diagnostic::error(
                input::WRONG_TYPE,
                self.span(value),
                "`$schema` is the path or address of a JSON Schema",
            );
            self.error(error.help("take it away, or write a text"));
        }
        true
    }

    /// Reports a member that nothing declares.
    fn unknown_key<'k>(&mut self, key: &str, span: Span, of: &str, known: impl IntoIterator<Item = &'k str>) {
        let mut known: Vec<&str> = known.into_iter().collect();
        let near = nearest(key, known.iter().copied()).map(str::to_owned);
        let error = Diagnostic::error(input::UNKNOWN_KEY, span, format!("{of} has no `{}`", shown(key)));
        known.sort_unstable();
        let listed = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        self.error(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("it can have {listed}")),
        });
    }

    /// Reports a root that is no mapping; its members otherwise.
    fn root(&mut self, document: usize, what: &str) -> Option<At> {
        let root = self.documents.get(document)?.root()?;
        let at = At { document, node: root };
        let view = self.view(at);
        if let View::Map(_) = view {
            return Some(at);
        }
        let span = self.span(at);
        let span = Span::new(span.start, span.start);
        let error = match view {
            View::Null => Diagnostic::error(input::EMPTY, span, format!("{what} has no content"))
                .help("write its members, such as `steps:` or `hosts:`"),
            _ => Diagnostic::error(input::ROOT, span, format!("{what} is {}, and has to be a mapping", view.called()))
                .help("write `name: value` members, such as `steps:` or `hosts:`"),
        };
        self.error(error);
        None
    }
}
