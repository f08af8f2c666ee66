//! A small reader of EBNF and a maker of sentences from it.

use std::collections::{BTreeMap, BTreeSet};

/// What a production is made of.
#[derive(Debug, Clone)]
pub enum Term {
    /// Itself.
    Words(String),
    /// Another production.
    Rule(String),
    /// What words describe.
    Special(String),
    /// One after another.
    Sequence(Vec<Term>),
    /// One of them; the number tells alternatives of a grammar apart.
    Choice(usize, Vec<Term>),
    /// Or nothing.
    Maybe(usize, Box<Term>),
    /// Any number of times.
    Many(usize, Box<Term>),
}

/// A grammar.
pub struct Grammar {
    /// Its productions.
    pub rules: BTreeMap<String, Term>,
    /// Which production a branching point stands in.
    pub owners: BTreeMap<usize, String>,
    /// How many branches it has: alternatives, and for what may be left out or repeated both ways.
    pub branches: BTreeSet<(usize, usize)>,
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
    points: usize,
    branches: BTreeSet<(usize, usize)>,
}

fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match chars[at] {
            c if c.is_whitespace() => at += 1,
            '(' if chars.get(at + 1) == Some(&'*') => {
                while !(chars[at] == '*' && chars[at + 1] == ')') || chars[at - 1] == '(' {
                    at += 1;
                }
                at += 2;
            }
            quote @ ('"' | '\'' | '?') => {
                let end = (at + 1..chars.len()).find(|end| chars[*end] == quote).expect("a closed quote");
                out.push(chars[at..=end].iter().collect());
                at = end + 1;
            }
            c if c.is_alphabetic() => {
                let end = (at..chars.len())
                    .find(|end| !(chars[*end].is_alphanumeric() || chars[*end] == '-'))
                    .unwrap_or(chars.len());
                out.push(chars[at..end].iter().collect());
                at = end;
            }
            c => {
                out.push(c.to_string());
                at += 1;
            }
        }
    }
    out
}

impl Reader {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", |token| token)
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn eat(&mut self, wanted: &str) {
        let found = self.next();
        assert_eq!(found, wanted, "token {} of the grammar", self.at);
    }

    fn point(&mut self, branches: usize) -> usize {
        self.points += 1;
        self.branches.extend((0..branches).map(|branch| (self.points, branch)));
        self.points
    }

    fn choice(&mut self) -> Term {
        let mut found = vec![self.sequence()];
        while self.peek() == "|" {
            self.next();
            found.push(self.sequence());
        }
        if found.len() == 1 { found.remove(0) } else { Term::Choice(self.point(found.len()), found) }
    }

    fn sequence(&mut self) -> Term {
        let mut found = Vec::new();
        loop {
            match self.peek() {
                "|" | ")" | "]" | "}" | ";" => break,
                "(" => {
                    self.next();
                    found.push(self.choice());
                    self.eat(")");
                }
                "[" => {
                    self.next();
                    let inner = self.choice();
                    self.eat("]");
                    found.push(Term::Maybe(self.point(2), Box::new(inner)));
                }
                "{" => {
                    self.next();
                    let inner = self.choice();
                    self.eat("}");
                    found.push(Term::Many(self.point(2), Box::new(inner)));
                }
                _ => {
                    let token = self.next();
                    let inside = || token[1..token.len() - 1].to_owned();
                    found.push(match token.chars().next().unwrap() {
                        '"' | '\'' => Term::Words(inside()),
                        '?' => Term::Special(inside().trim().to_owned()),
                        c if c.is_alphabetic() => Term::Rule(token),
                        _ => panic!("`{token}` in the grammar"),
                    });
                }
            }
        }
        Term::Sequence(found)
    }
}

/// Reads a grammar.
pub fn read(text: &str) -> Grammar {
    let mut reader = Reader { tokens: tokens(text), at: 0, points: 0, branches: BTreeSet::new() };
    let (mut rules, mut owners) = (BTreeMap::new(), BTreeMap::new());
    while reader.at < reader.tokens.len() {
        let name = reader.next();
        reader.eat("=");
        let before = reader.points;
        let term = reader.choice();
        owners.extend((before + 1..=reader.points).map(|point| (point, name.clone())));
        reader.eat(";");
        assert!(rules.insert(name.clone(), term).is_none(), "`{name}` is there twice");
    }
    Grammar { rules, owners, branches: reader.branches }
}

impl Term {
    /// Everything in it, itself included.
    pub fn each(&self, visit: &mut impl FnMut(&Term)) {
        visit(self);
        match self {
            Term::Sequence(terms) | Term::Choice(_, terms) => terms.iter().for_each(|term| term.each(visit)),
            Term::Maybe(_, term) | Term::Many(_, term) => term.each(visit),
            Term::Words(_) | Term::Rule(_) | Term::Special(_) => {}
        }
    }
}

/// Whether a production is a token, whose parts follow each other without blanks.
pub fn is_token(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_uppercase() || c == '-')
}

/// Makes sentences.
pub struct Maker<'a> {
    grammar: &'a Grammar,
    /// The least height of a sentence from each production.
    heights: BTreeMap<String, usize>,
    seed: u64,
    /// How often each branch was taken.
    pub taken: BTreeMap<(usize, usize), usize>,
    /// Names that may not be made.
    pub forbidden: BTreeSet<String>,
    out: String,
    /// How many columns the table that is being made has.
    columns: usize,
    depth: usize,
    /// From how many bytes on what is being made is only brought to its end.
    limit: usize,
    scale: usize,
}

const DEPTH: usize = 42;

/// From how many bytes on a sentence is only brought to its end.
const LENGTH: usize = 5000;

/// Productions that may fill a part of a sentence, and how much of it.
const PARTS: [(&str, usize); 6] =
    [("item", 1500), ("expression", 150), ("target", 60), ("MESSAGE", 120), ("type", 100), ("record", 150)];

impl<'a> Maker<'a> {
    pub fn new(grammar: &'a Grammar, forbidden: BTreeSet<String>) -> Maker<'a> {
        let mut heights = BTreeMap::new();
        loop {
            let before = heights.len();
            for (name, term) in &grammar.rules {
                if !heights.contains_key(name)
                    && let Some(height) = least(term, &heights)
                {
                    heights.insert(name.clone(), height + 1);
                }
            }
            if heights.len() == before {
                break;
            }
        }
        Maker {
            grammar,
            heights,
            seed: 0,
            taken: BTreeMap::new(),
            forbidden,
            out: String::new(),
            columns: 0,
            depth: 0,
            limit: LENGTH,
            scale: 1,
        }
    }

    /// The sentence of a number.
    pub fn sentence(&mut self, start: &str, seed: u64) -> String {
        self.seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        self.out.clear();
        self.scale = if seed.is_multiple_of(5) { 5 } else { 1 };
        self.rule(start, false);
        std::mem::take(&mut self.out)
    }

    fn random(&mut self, below: usize) -> usize {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        usize::try_from(self.seed >> 33).unwrap() % below
    }

    fn rule(&mut self, name: &str, glued: bool) {
        let token = is_token(name);
        if matches!(name, "NAME" | "MEMBER" | "CODE") {
            return self.name(name, glued);
        }
        if !glued || !token {
            self.blank();
        }
        let term = self.grammar.rules.get(name).unwrap_or_else(|| panic!("no production `{name}`"));
        self.depth += 1;
        let limit = self.limit;
        if let Some((_, share)) = PARTS.iter().find(|(part, _)| *part == name) {
            self.limit = limit.min(self.out.len() + share * self.scale);
        }
        if name == "header-line" {
            self.columns = 0;
        }
        if name == "header" || name == "row" {
            self.columns += usize::from(name == "header");
        }
        let many = (name == "row").then(|| self.columns - 1);
        self.term(term, token, many);
        self.depth -= 1;
        self.limit = limit;
        if glued && !token {
            self.out.push(' ');
        }
    }

    fn name(&mut self, name: &str, glued: bool) {
        if !glued {
            self.blank();
        }
        let start = self.out.len();
        loop {
            self.out.truncate(start);
            let term = self.grammar.rules.get(name).unwrap();
            self.term(term, true, None);
            if !self.forbidden.contains(&self.out[start..].to_lowercase()) {
                return;
            }
        }
    }

    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.out.push(' ');
        }
    }

    /// One of some branches that are low enough, those that were taken less often first.
    fn branch(&mut self, point: usize, fitting: &[usize]) -> usize {
        let count = |taken: &BTreeMap<_, usize>, branch: usize| taken.get(&(point, branch)).copied().unwrap_or(0);
        let rarest = fitting.iter().map(|branch| count(&self.taken, *branch)).min().unwrap_or(0);
        let random = self.random(3);
        let pick = if random == 0 {
            fitting.iter().copied().find(|branch| count(&self.taken, *branch) == rarest).unwrap()
        } else {
            fitting[self.random(fitting.len())]
        };
        *self.taken.entry((point, pick)).or_default() += 1;
        pick
    }

    fn term(&mut self, term: &Term, glued: bool, many: Option<usize>) {
        let room = if self.out.len() > self.limit { 0 } else { DEPTH.saturating_sub(self.depth) };
        let low =
            |heights: &BTreeMap<String, usize>, term: &Term| least(term, heights).is_some_and(|height| height <= room);
        match term {
            Term::Words(words) => {
                if !glued {
                    self.blank();
                }
                self.out.push_str(words);
            }
            Term::Rule(name) => self.rule(name, glued),
            Term::Special(what) => self.special(what),
            Term::Sequence(terms) => terms.iter().for_each(|term| self.term(term, glued, many)),
            Term::Choice(point, terms) => {
                let mut fitting: Vec<usize> =
                    (0..terms.len()).filter(|index| low(&self.heights, &terms[*index])).collect();
                if fitting.is_empty() {
                    fitting = vec![(0..terms.len()).min_by_key(|index| least(&terms[*index], &self.heights)).unwrap()];
                }
                let pick = self.branch(*point, &fitting);
                self.term(&terms[pick], glued, None);
            }
            Term::Maybe(point, term) => {
                let fitting: &[usize] = if room > 0 && low(&self.heights, term) { &[0, 1] } else { &[0] };
                if self.branch(*point, fitting) == 1 {
                    self.term(term, glued, None);
                }
            }
            Term::Many(point, term) => {
                if let Some(count) = many {
                    *self.taken.entry((*point, usize::from(count > 0))).or_default() += 1;
                    (0..count).for_each(|_| self.term(term, glued, None));
                    return;
                }
                let fitting: &[usize] = if room > 0 && low(&self.heights, term) { &[0, 1] } else { &[0] };
                if self.branch(*point, fitting) == 1 {
                    let count = 1 + self.random(if self.depth < 4 { 6 } else { 2 });
                    (0..count).for_each(|_| self.term(term, glued, None));
                }
            }
        }
    }

    fn special(&mut self, what: &str) {
        let from = match what {
            "A to Z" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "a to z" => "abcdefghijklmnopqrstuvwxyz",
            "a line break" => "\n",
            "any character but a quote and an opening brace" => "aZ09 _-.,:;|/\\'`$%&()[]<>=+*#@!?~äßЖ漢字é\u{301}🙂\t",
            other => panic!("`{other}` is not known here"),
        };
        let chars: Vec<char> = from.chars().collect();
        let pick = self.random(chars.len());
        self.out.push(chars[pick]);
    }
}

/// The least height of a sentence.
fn least(term: &Term, heights: &BTreeMap<String, usize>) -> Option<usize> {
    match term {
        Term::Words(_) | Term::Special(_) | Term::Maybe(..) | Term::Many(..) => Some(0),
        Term::Rule(name) => heights.get(name).copied(),
        Term::Sequence(terms) => terms.iter().try_fold(0, |most: usize, term| Some(most.max(least(term, heights)?))),
        Term::Choice(_, terms) => terms.iter().filter_map(|term| least(term, heights)).min(),
    }
}
