//! Which facts policies read, and how many of them are known: as a table and as JSON.

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

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    packs: Vec<&'a str>,
    inventories: Vec<&'a str>,
    entities: Vec<Entity<'a>>,
    facts: Vec<Fact<'a>>,
    diagnostics: Vec<DiagnosticJson>,
}

#[derive(Serialize)]
struct Entity<'a> {
    entity: &'a str,
    rows: Option<u64>,
}

#[derive(Serialize)]
struct Fact<'a> {
    fact: &'a str,
    #[serde(rename = "type")]
    ty: &'a str,
    known: u64,
    assumed: u64,
    rows: Option<u64>,
    rules: Vec<&'a str>,
}
