//! The words of the language, in the places where they mean something. The lexer knows none of them: a word is a name
//! wherever nothing else is meant. Parser, printer and the test that holds the grammar to them read these lists.

/// Words that begin a declaration.
pub const ITEMS: &[&str] = &[
    "pack", "source", "enum", "entity", "part", "input", "derive", "define", "gather", "demand", "matrix", "rule",
    "select", "effect", "suggest", "extend", "adjust", "disable", "redefine", "fixture", "test",
];

/// Words that are never a name by themselves (behind a point they are).
pub const RESERVED: &[&str] = &[
    "and", "or", "not", "implies", "in", "if", "then", "else", "all", "some", "no", "where", "for", "exists", "is",
    "true", "false", "none", "when", "each", "let",
];

/// Functions that other languages have as operators between their operands.
pub const BETWEEN: &[&str] = &["starts-with", "ends-with", "contains", "matches"];

/// Clauses of a rule.
pub const RULE: &[&str] = &["cite", "for", "each", "let", "when", "must", "should", "note", "because", "help", "fix"];

/// Clauses of a matrix; conditions begin with their own name.
pub const MATRIX: &[&str] = &["cite", "for", "each", "let", "when", "rows", "columns", "because", "help", "fix"];

/// What may follow a condition of a matrix, or the sentence of a `demand`.
pub const JUSTIFICATION: &[&str] = &["cite", "because", "help", "fix"];

/// Clauses of a `select`.
pub const SELECT: &[&str] = &["cite", "prefer", "chosen", "none"];

/// Clauses of an effect.
pub const EFFECT: &[&str] = &["cite", "for", "each", "let", "when", "set", "change", "note"];

/// Clauses of a `suggest`.
pub const SUGGEST: &[&str] = &["cite", "vary", "via", "reach", "interruption", "volume"];

/// Clauses of a `gather`.
pub const GATHER: &[&str] = &["from"];

/// Statements of a fixture.
pub const FIXTURE: &[&str] = &["use", "given", "step"];

/// Statements of a test.
pub const TEST: &[&str] = &["use", "given", "step", "expect"];

/// Levels.
pub const LEVELS: &[&str] = &["must", "should", "note"];

/// What can be expected of a step, a wave, the plan, a row.
pub const EXPECTATIONS: &[&str] =
    &["violates", "satisfies", "cannot", "notes", "skips", "permitted", "denied", "unverified", "chooses"];

/// Words with a meaning in one more place: behind the words above, in types, in headers and cells of tables, in tests.
pub const OTHERS: &[&str] = &[
    "version",
    "open",
    "of",
    "plan",
    "with",
    "inventory",
    "key",
    "from",
    "default",
    "map",
    "by",
    "name",
    "item",
    "set",
    "cell",
    "yes",
    "any",
    "other",
    "known",
    "wave",
    "afterwards",
    "verify",
    "null",
    "unknown",
    "count",
];

/// Every word there is, each once, in the order of the alphabet.
pub fn all() -> Vec<&'static str> {
    let lists = [
        ITEMS,
        RESERVED,
        RULE,
        MATRIX,
        JUSTIFICATION,
        SELECT,
        EFFECT,
        SUGGEST,
        GATHER,
        FIXTURE,
        TEST,
        LEVELS,
        EXPECTATIONS,
        OTHERS,
    ];
    let mut words: Vec<_> = lists.into_iter().flatten().copied().collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether a word at the start of a line can begin a clause or a declaration.
pub fn begins_clause(word: &str) -> bool {
    let lists = [ITEMS, RULE, MATRIX, JUSTIFICATION, SELECT, EFFECT, SUGGEST, GATHER, FIXTURE, TEST];
    lists.iter().any(|list| list.contains(&word))
}

/// Every sign there is.
pub fn signs() -> impl Iterator<Item = &'static str> {
    super::token::Sign::ALL.iter().map(|sign| sign.text())
}
