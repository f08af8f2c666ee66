//! Which facts policies read, and how many of them are known: as a table and as JSON.

use schemars::JsonSchema;
use serde::Serialize;

use super::columns;
use super::json::{self, DiagnosticJson, Tool};
use super::text::{Look, clean, counted, paragraph};
use crate::diag::Diagnostic;
use crate::report::{FactEntry, Knowledge};
use crate::source::SourceMap;

/// The table: facts with gaps first, then those that are known everywhere.
pub fn text(look: &Look, knowledge: &Knowledge) -> String {
    let mut out = String::new();
    let gap = |fact: &&FactEntry| fact.rows.is_none_or(|rows| fact.known < rows);
    let (gaps, full): (Vec<&FactEntry>, Vec<&FactEntry>) = knowledge.facts.iter().partition(gap);
    if !look.quiet {
        let names =
            |names: &[std::sync::Arc<str>]| names.iter().map(|n| clean(n).into_owned()).collect::<Vec<_>>().join(", ");
        let inventories =
            if knowledge.inventories.is_empty() { "no inventory".to_owned() } else { names(&knowledge.inventories) };
        paragraph(&mut out, look, "", 0, &format!("{}: facts that {} reads", inventories, names(&knowledge.packs)));
        let rows = knowledge.entities.iter().map(|(entity, rows)| match rows {
            Some(rows) => format!("{entity} {rows}"),
            None => format!("{entity} unknown"),
        });
        paragraph(&mut out, look, "", 0, &format!("rows: {}", rows.collect::<Vec<_>>().join(", ")));
        out.push('\n');
    }
    let row = |fact: &&FactEntry| {
        let mut known = fact.rows.map_or_else(|| "no section".to_owned(), |rows| format!("{}/{rows}", fact.known));
        if fact.assumed > 0 {
            known.push_str(&format!(" + {} assumed", fact.assumed));
        }
        let codes: Vec<&str> = fact.codes.iter().map(|code| &**code).collect();
        vec![fact.fact.clone(), known, codes.join(" ")]
    };
    if !gaps.is_empty() {
        let rows: Vec<_> = gaps.iter().map(row).collect();
        out.push_str(&columns::draw(look, &["fact", "known", "may be unverified without it"], &rows));
    }
    if !full.is_empty() && (look.verbose || gaps.is_empty()) {
        if !gaps.is_empty() {
            out.push('\n');
        }
        let rows: Vec<_> = full.iter().map(row).collect();
        out.push_str(&columns::draw(look, &["known everywhere", "known", "read by"], &rows));
    }
    if !look.quiet {
        out.push('\n');
        let count = counted(full.len() as u64, "fact");
        let gaps = counted(gaps.len() as u64, "fact");
        let hint = if look.verbose { "" } else { " (`--verbose` lists them)" };
        paragraph(&mut out, look, "", 0, &format!("{gaps} with gaps, {count} known everywhere{hint}"));
    }
    out
}

/// The same as JSON.
pub fn json(map: &SourceMap, knowledge: &Knowledge, diagnostics: &[Diagnostic]) -> String {
    json::written(&Document {
        version: 1,
        tool: json::tool(),
        packs: knowledge.packs.iter().map(|pack| &**pack).collect(),
        inventories: knowledge.inventories.iter().map(|name| &**name).collect(),
        entities: knowledge.entities.iter().map(|(entity, rows)| Entity { entity, rows: *rows }).collect(),
        facts: knowledge
            .facts
            .iter()
            .map(|fact| Fact {
                fact: &fact.fact,
                ty: &fact.ty,
                known: fact.known,
                assumed: fact.assumed,
                rows: fact.rows,
                rules: fact.codes.iter().map(|code| &**code).collect(),
            })
            .collect(),
        diagnostics: json::diagnostics(map, diagnostics),
    })
}

/// What `clearway facts --output-format json` writes.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Facts")]
pub(super) struct Document<'a> {
    /// The version of this form: fields may be added under one version, none is renamed or removed.
    version: u32,
    /// What wrote this.
    tool: Tool,
    /// The packs, as `name@version`.
    packs: Vec<&'a str>,
    /// The inventories.
    inventories: Vec<&'a str>,
    /// How many rows there are.
    entities: Vec<Entity<'a>>,
    /// The facts that the policies read.
    facts: Vec<Fact<'a>>,
    /// What is wrong with plans, inventories, policies and the run itself.
    diagnostics: Vec<DiagnosticJson>,
}

/// A section of the inventories.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "EntityRows")]
struct Entity<'a> {
    /// Its name.
    entity: &'a str,
    /// How many rows it has; null where no inventory has it.
    rows: Option<u64>,
}

/// A fact over all rows.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "KnownFact")]
struct Fact<'a> {
    /// Its route, with `[*]` for the names.
    fact: &'a str,
    /// Its type, as a policy writes it.
    #[serde(rename = "type")]
    ty: &'a str,
    /// How many rows know it.
    known: u64,
    /// How many rows are assumed to have a value.
    assumed: u64,
    /// How many rows there are; null where no inventory has the section.
    rows: Option<u64>,
    /// Codes that may be unverified without it.
    rules: Vec<&'a str>,
}
