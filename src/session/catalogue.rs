//! The rules and matrices of packs as a list, and the page of one. It evaluates nothing.

use std::sync::Arc;

use super::policies::Policies;
use super::schema_routes;
use crate::check::tree::{self, Level, RuleOrigin, Subject, WorldExpectation};
use crate::report::{Catalogue, CiteRef, RuleEntry, RulePage, RuleReference};
use crate::source::SourceMap;
use crate::source::Span;
use crate::syntax::ast;

/// All rules and matrices, by code.
pub(super) fn list(policies: &Policies) -> Catalogue {
    let tree = &policies.checked;
    let mut rules: Vec<RuleEntry> = tree
        .rules
        .iter()
        .map(|rule| RuleEntry {
            code: rule.code.clone(),
            name: rule.name.clone(),
            title: rule.title.clone(),
            kind: match rule.origin {
                RuleOrigin::Rule => "rule",
                RuleOrigin::Cell(_) => "condition",
                RuleOrigin::Effect(_) => "effect",
                RuleOrigin::Chosen | RuleOrigin::NoneChosen => "choice",
            },
            level: level(rule.level),
            about: about(tree, rule.subject),
            pack: pack(tree, rule.pack),
            cites: cites(tree, &rule.cites),
            disabled: rule.disabled.clone(),
            adjusted: rule.adjusted.iter().map(|why| level_changed(rule.level, why)).collect(),
            span: rule.span,
        })
        .chain(tree.matrices.iter().map(|matrix| RuleEntry {
            code: matrix.code.clone(),
            name: matrix.name.clone(),
            title: matrix.title.clone(),
            kind: "matrix",
            level: level(matrix.level),
            about: about(tree, matrix.subject),
            pack: pack(tree, matrix.pack),
            cites: cites(tree, &matrix.cites),
            disabled: matrix.disabled.clone(),
            adjusted: changed(matrix),
            span: matrix.span,
        }))
        .collect();
    rules.sort_by(|a, b| a.code.cmp(&b.code));
    Catalogue { packs: (0..tree.packs.len()).map(|at| pack(tree, at)).collect(), rules }
}

/// The page of a code, as users write it, or of a name that one rule alone bears.
pub(super) fn page(policies: &Policies, code: &str) -> Option<RulePage> {
    let tree = &policies.checked;
    let mut entries = list(policies).rules;
    let by_name = || {
        let mut named = entries.iter().enumerate().filter(|(_, rule)| *rule.name == *code).map(|(at, _)| at);
        named.next().filter(|_| named.next().is_none())
    };
    let at = entries.iter().position(|rule| rule.code.eq_ignore_ascii_case(code)).or_else(by_name)?;
    let entry = entries.swap_remove(at);
    let rule = tree.rules.iter().find(|rule| rule.code == entry.code).map(|rule| rule.whole);
    let matrix = tree.matrices.iter().find(|matrix| matrix.code == entry.code);
    let source = rule.or(matrix.map(|matrix| matrix.whole)).unwrap_or(Span::NONE);
    let mut facts: Vec<String> = policies
        .judge
        .program
        .reads_of(&entry.code)
        .into_iter()
        .flatten()
        .filter_map(|(of, field)| schema_routes::route(&policies.judge.program.schema, *of, *field))
        .collect();
    facts.sort();
    let speaks = |test: &&tree::Test| {
        test.expectations.iter().any(|expected| match &expected.what {
            WorldExpectation::Verdict { code, .. } => *code == entry.code,
            _ => false,
        })
    };
    let tests = tree.tests.iter().filter(speaks).map(|test| (test.name.clone(), whole(policies, test.span))).collect();
    Some(RulePage { entry, source, facts, tests })
}

/// What a code means, for formats that carry it along.
pub(super) fn reference(policies: &Policies, map: &SourceMap, code: &str) -> Option<RuleReference> {
    let page = page(policies, code)?;
    let tree = &policies.checked;
    let rule = tree.rules.iter().find(|rule| rule.code == page.entry.code);
    let matrix = tree.matrices.iter().find(|matrix| matrix.code == page.entry.code);
    let because = rule.and_then(|rule| rule.because.as_ref());
    let help = rule.and_then(|rule| rule.help.as_ref()).or(matrix.and_then(|matrix| matrix.help.as_ref()));
    let because = because.map(|message| written(map, message));
    Some(RuleReference { because, help: help.map(|message| written(map, message)), page })
}

/// A message as the policy writes it.
fn written(map: &SourceMap, message: &tree::Message) -> String {
    let pieces = message.pieces.iter().map(|piece| match piece {
        tree::MessagePiece::Text(text) => text.to_string(),
        tree::MessagePiece::Expr(expr) => format!("{{{}}}", map.text(expr.span).unwrap_or("…")),
    });
    pieces.collect()
}

/// The whole text of a test, found by the place of its name.
fn whole(policies: &Policies, name: Span) -> Span {
    let items = policies.packs.iter().flat_map(|pack| &pack.files).flat_map(|file| &file.items);
    let mut tests = items.filter_map(|item| match item {
        ast::Item::Test(test) => Some(test.span),
        _ => None,
    });
    tests.find(|span| span.start <= name.start && name.end <= span.end).unwrap_or(name)
}

/// What a layer changed of a matrix: its level, its cells.
fn changed(matrix: &tree::Matrix) -> Vec<String> {
    let cells = matrix.row_headers.iter().zip(&matrix.cells).flat_map(|(row, cells)| {
        matrix.column_headers.iter().zip(cells).filter_map(|(column, cell)| {
            let because = &cell.adjusted.as_ref()?.because;
            Some(format!("cell ({}, {}), because {because}", row.text, column.text))
        })
    });
    matrix.adjusted.iter().map(|why| level_changed(matrix.level, why)).chain(cells).collect()
}

fn level_changed(to: Level, because: &str) -> String {
    format!("level to {}, because {because}", level(to))
}

/// The level as policies write it.
fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::Note => "note",
    }
}

fn about(tree: &tree::Policies, subject: Subject) -> Arc<str> {
    match subject {
        Subject::Step => "step".into(),
        Subject::Wave => "wave".into(),
        Subject::Plan => "plan".into(),
        Subject::Entity(id) => tree.schema.get(id).map_or_else(|| "entity".into(), |of| of.name.clone()),
    }
}

fn pack(tree: &tree::Policies, at: usize) -> Arc<str> {
    tree.packs.get(at).map_or_else(|| "?".into(), |pack| format!("{}@{}", pack.name, pack.version).into())
}

fn cites(tree: &tree::Policies, cites: &[tree::Cite]) -> Vec<CiteRef> {
    let title = |source: &tree::Source| {
        source
            .members
            .iter()
            .find(|(name, _)| &**name == "title")
            .map_or_else(|| source.name.clone(), |(_, t)| t.clone())
    };
    cites
        .iter()
        .filter_map(|cite| {
            let source = tree.sources.get(cite.source)?;
            Some(CiteRef {
                source: source.name.clone(),
                title: title(source),
                section: cite.section.clone(),
                item: cite.item,
            })
        })
        .collect()
}
