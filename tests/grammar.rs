//! The grammar and the parser say the same: sentences made from `grammar/clearway.ebnf` parse, all of the grammar is
//! reached by them, and the words and signs of one are those of the other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "grammar/ebnf.rs"]
mod ebnf;

use std::collections::BTreeSet;
use std::path::Path;

use clearway::syntax::{parse, print, words};
use ebnf::{Grammar, Maker, Term, is_token, read};

fn grammar() -> Grammar {
    read(include_str!("../grammar/clearway.ebnf"))
}

/// Words that are names nowhere in the sentences: the language's own, and those that read as units behind a number.
fn forbidden() -> BTreeSet<String> {
    let units = "b kb mb gb tb kib mib gib tib s min h d sec secs second seconds mins minute minutes hour hours hr hrs day \
                 days byte bytes kilobytes megabytes gigabytes terabytes k m g t";
    units.split_whitespace().chain(words::all()).map(str::to_owned).collect()
}

#[test]
fn sentences_of_the_grammar_parse_and_reach_all_of_it() {
    let grammar = grammar();
    let mut maker = Maker::new(&grammar, forbidden());
    for seed in 0..20_000 {
        // Enough once everything was reached, and no fewer than these in any case.
        if seed >= 1500 && maker.taken.len() == grammar.branches.len() {
            break;
        }
        let sentence = maker.sentence(if seed % 2 == 0 { "file" } else { "item" }, seed);
        let parsed = parse(&sentence, 0);
        if let Some(first) = parsed.diagnostics.first() {
            let at = first.span().start as usize;
            let around =
                &sentence[sentence.floor_char_boundary(at.saturating_sub(120))..sentence.ceil_char_boundary(at + 60)];
            panic!("sentence {seed}: {} {}\n…{around}…", first.code, first.message);
        }
        let printed = print(&parsed.tree);
        let again = parse(&printed, 0);
        assert!(
            again.diagnostics.is_empty(),
            "sentence {seed}\n{sentence}\n{printed}\n{:?}",
            again.diagnostics.first()
        );
        assert_eq!(print(&again.tree), printed, "sentence {seed}: printing what was printed changes nothing");
    }
    let missed = grammar.branches.iter().filter(|branch| !maker.taken.contains_key(*branch));
    let unreached: Vec<_> = missed.map(|(point, branch)| (&grammar.owners[point], point, branch)).collect();
    assert!(unreached.is_empty(), "branches that no sentence takes: {unreached:?}");
}

#[test]
fn every_production_is_used_and_defined() {
    let grammar = grammar();
    let mut used: BTreeSet<String> = BTreeSet::from(["file".to_owned()]);
    for term in grammar.rules.values() {
        term.each(&mut |term| {
            if let Term::Rule(name) = term {
                used.insert(name.clone());
            }
        });
    }
    let defined: BTreeSet<String> = grammar.rules.keys().cloned().collect();
    assert_eq!(used, defined);
}

/// The words or the signs in the productions that are made of tokens.
fn terminals(grammar: &Grammar, words: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, term) in grammar.rules.iter().filter(|(name, _)| !is_token(name)) {
        term.each(&mut |term| {
            if let Term::Words(text) = term
                && text.starts_with(|c: char| c.is_alphabetic()) == words
            {
                found.insert(text.clone());
            }
        });
    }
    found
}

#[test]
fn the_words_of_the_grammar_are_the_words_of_the_language() {
    let listed: BTreeSet<String> = words::all().into_iter().map(str::to_owned).collect();
    assert_eq!(terminals(&grammar(), true), listed);
}

#[test]
fn the_signs_of_the_grammar_are_the_signs_of_the_language() {
    let listed: BTreeSet<String> = words::signs().map(str::to_owned).collect();
    assert_eq!(terminals(&grammar(), false), listed);
}

#[test]
fn the_units_of_the_grammar_are_the_units_of_the_language() {
    use clearway::syntax::ast::{DurationUnit, SizeUnit};
    let grammar = grammar();
    let units = |rule: &str| {
        let mut found = Vec::new();
        grammar.rules[rule].each(&mut |term| {
            if let Term::Words(text) = term {
                found.push(text.clone());
            }
        });
        found
    };
    assert_eq!(units("SIZE"), SizeUnit::ALL.map(SizeUnit::text));
    assert_eq!(units("DURATION"), DurationUnit::ALL.map(DurationUnit::text));
}

/// Words that the parser's own text asks for: in `word("…")`, `at_word("…")`, and in patterns.
struct Asked(BTreeSet<String>);

impl<'a> syn::visit::Visit<'a> for Asked {
    fn visit_pat(&mut self, pat: &'a syn::Pat) {
        if let syn::Pat::Lit(lit) = pat
            && let syn::Lit::Str(text) = &lit.lit
        {
            self.0.insert(text.value());
        }
        syn::visit::visit_pat(self, pat);
    }

    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && path.path.segments.last().is_some_and(|last| last.ident == "word" || last.ident == "clause_expr")
        {
            self.text(call.args.first());
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        if call.method == "at_word" {
            self.text(call.args.first());
        }
        syn::visit::visit_expr_method_call(self, call);
    }
}

impl Asked {
    fn text(&mut self, argument: Option<&syn::Expr>) {
        if let Some(syn::Expr::Lit(lit)) = argument
            && let syn::Lit::Str(text) = &lit.lit
        {
            self.0.insert(text.value());
        }
    }
}

#[test]
fn the_parser_asks_for_no_word_that_the_grammar_does_not_have() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/syntax/parse");
    let mut asked = Asked(BTreeSet::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        syn::visit::visit_file(&mut asked, &syn::parse_file(&text).unwrap());
    }
    let grammar = terminals(&grammar(), true);
    let asked: BTreeSet<String> = asked.0.into_iter().filter(|text| text.starts_with(char::is_alphabetic)).collect();
    let unknown: Vec<_> = asked.difference(&grammar).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let unasked: Vec<_> = grammar.difference(&asked).collect();
    assert!(unasked.is_empty(), "{unasked:?}");
}
