//! Inventories, laid over each other: first the rows of all sections are joined by name (see `join`), then each is filled,
//! so that names may be used before the row they mean.

use crate::diag::Diagnostic;
use crate::facts::decode::Decoded;
use crate::facts::document::Document;
use crate::facts::scvmm;
use crate::facts::store::Facts;
use crate::types::Schema;

use super::assume::Assumption;
use super::{At, Loader, Options};

/// What inventories say.
#[derive(Debug)]
pub struct Inventory {
    /// The facts.
    pub facts: Facts,
    /// What is assumed of what they do not say.
    pub assumptions: Vec<Assumption>,
    /// Everything wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads inventories, later ones laid over earlier ones: scalars and lists replace, records and maps merge, rows join by name,
/// `null` is a value, and a section is complete if any of them has it. Exports that VMM wrote are recognised by their shape.
pub fn load_inventory(schema: &Schema, documents: &[&Document], options: Options<'_>) -> Inventory {
    load_inventory_under(schema, None, documents, options)
}

/// The same under a configuration, whose assumptions lie below those of the inventories.
pub fn load_inventory_under(
    schema: &Schema,
    configuration: Option<&Document>,
    documents: &[&Document],
    options: Options<'_>,
) -> Inventory {
    let exports: Vec<bool> = documents.iter().map(|document| scvmm::recognise(document)).collect();
    let of_vmm: Vec<&Document> =
        documents.iter().zip(&exports).filter(|(_, is)| **is).map(|(document, _)| *document).collect();
    let mut odd = Vec::new();
    let mut imported = scvmm::import_all(&of_vmm).into_iter().map(|(inventory, diagnostics)| {
        odd.extend(diagnostics);
        inventory.document()
    });
    let exports: Vec<Option<Document>> = exports.into_iter().map(|is| is.then(|| imported.next()).flatten()).collect();
    drop(imported);
    let documents: Vec<&Document> =
        documents.iter().zip(&exports).map(|(document, export)| export.as_ref().unwrap_or(document)).collect();
    let mut inventory = load_native(schema, configuration, &documents, options);
    odd.append(&mut inventory.diagnostics);
    inventory.diagnostics = odd;
    inventory
}

/// An inventory whose facts are there already: what is left to load of it is what it assumes, and what a configuration does.
pub fn load_decoded(
    schema: &Schema,
    configuration: Option<&Document>,
    decoded: Decoded,
    options: Options<'_>,
) -> Inventory {
    let Decoded { mut facts, assume } = decoded;
    let documents: Vec<&Document> = configuration.into_iter().chain(&assume).collect();
    let mut loader = Loader::new(schema, &mut facts, &documents, options);
    let root = configuration.and_then(Document::root).map(|node| At { document: 0, node });
    let mut assumed: Vec<At> = root.and_then(|root| loader.member(root, "assume")).into_iter().collect();
    let document = documents.len().saturating_sub(1);
    assumed.extend(assume.as_ref().and_then(Document::root).map(|node| At { document, node }));
    let assumptions = loader.assumptions(&assumed);
    let diagnostics = loader.finish();
    Inventory { facts, assumptions, diagnostics }
}

/// Loads inventories of our own shape.
fn load_native(
    schema: &Schema,
    configuration: Option<&Document>,
    documents: &[&Document],
    options: Options<'_>,
) -> Inventory {
    let mut facts = Facts::new(schema);
    let inventories = documents.len();
    let documents: Vec<&Document> = documents.iter().copied().chain(configuration).collect();
    let mut loader = Loader::new(schema, &mut facts, &documents, options);
    let roots: Vec<At> = (0..inventories).filter_map(|index| loader.root(index, "an inventory")).collect();
    let below = configuration.and_then(Document::root).map(|node| At { document: inventories, node });
    let mut assumed: Vec<At> = below.and_then(|root| loader.member(root, "assume")).into_iter().collect();
    for root in &roots {
        for (key, span, value) in loader.members(*root) {
            if schema.sections().iter().any(|section| *section.name == *key) {
                continue;
            }
            if key == "assume" {
                assumed.push(value);
                continue;
            }
            if loader.names_schema(key, value) {
                continue;
            }
            let known = schema.sections().iter().map(|section| &*section.name).chain(["assume"]);
            loader.unknown_key(key, span, "an inventory", known);
        }
    }
    let mut joined = Vec::new();
    for section in schema.sections() {
        let lists: Vec<At> = roots.iter().filter_map(|root| loader.member(*root, &section.name)).collect();
        if let Some(rows) = loader.join(section, &lists) {
            joined.push((section.entity, rows));
        }
    }
    for (entity, rows) in &joined {
        for joined in rows {
            let Some(row) = joined.row else { continue };
            let topmost: Vec<At> = joined.layers.iter().rev().copied().collect();
            let key = schema.get(*entity).and_then(|of| of.key);
            loader.fill(*entity, row, &topmost, key.as_slice());
        }
    }
    let assumptions = loader.assumptions(&assumed);
    let diagnostics = loader.finish();
    Inventory { facts, assumptions, diagnostics }
}
