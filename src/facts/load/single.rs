//! `input each x`: every document is one entity by itself, and so is every row of a table.

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::document::{Document, View};
use crate::facts::store::Facts;
use crate::types::{FieldId, Input, Schema};
use crate::value::Row;

use super::{At, Loader, Options};

/// What the documents say.
#[derive(Debug, Default)]
pub struct EachLoaded {
    /// For each document, in order: its row; nothing where it is no mapping.
    pub rows: Vec<Option<Row>>,
    /// Everything wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads documents that are one entity each. Members that are not declared are passed over.
pub fn load_each(schema: &Schema, documents: &[&Document], facts: &mut Facts, options: Options<'_>) -> EachLoaded {
    let Input::Each { entity } = schema.input else { return EachLoaded::default() };
    let mut loader = Loader::new(schema, facts, documents, options);
    loader.open = true;
    let name = schema.get(entity).map_or_else(String::new, |of| of.name.to_string());
    let mut rows = Vec::new();
    for document in 0..documents.len() {
        let row =
            loader.root(document, &format!("the document of one {name}")).and_then(|root| loader.single(entity, root));
        rows.push(row);
    }
    EachLoaded { rows, diagnostics: loader.finish() }
}

/// Loads a table whose rows are one entity each: a column is a member, `a.b` one of a record. No waivers: they name steps.
pub fn load_table(schema: &Schema, table: &Document, facts: &mut Facts, options: Options<'_>) -> EachLoaded {
    let Input::Each { entity } = schema.input else { return EachLoaded::default() };
    let documents = [table];
    let mut loader = Loader::new(schema, facts, &documents, options);
    loader.open = true;
    let member = |key: &str| table.root().and_then(|root| table.get(root, key));
    for waiver in member("waivers").map(|list| table.elements(list)).unwrap_or_default() {
        let error = Diagnostic::error(input::WAIVER, table.span(*waiver), "this waiver stands at no step");
        loader.error(error.note("only steps of plans can be waived").help("take the comment away"));
    }
    let records = member("steps").map(|list| table.elements(list)).unwrap_or_default();
    let rows = records.iter().map(|node| loader.single(entity, At { document: 0, node: *node })).collect();
    EachLoaded { rows, diagnostics: loader.finish() }
}

impl Loader<'_> {
    fn single(&mut self, entity: crate::value::StructId, root: At) -> Option<Row> {
        let row = self.push(entity, None, self.span(root))?;
        let of = self.schema.get(entity)?;
        // Whom a document does not name is named by its record: that is no error.
        let nameless = |id: &FieldId| {
            let field = of.fields.get(usize::from(id.0));
            field.is_some_and(|field| {
                let needed = !field.ty.is_optional() && field.default.is_none();
                let value = self.member(root, &field.input).map(|at| self.view(at));
                needed && matches!(value, Some(View::Null))
            })
        };
        let done: Vec<FieldId> = of.key.filter(nameless).into_iter().collect();
        self.fill(entity, row, &[root], &done);
        Some(row)
    }
}
