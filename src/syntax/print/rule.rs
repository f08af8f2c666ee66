//! Rules, effects, and the choice of a value.

use crate::syntax::ast::{
    Announcement, Cite, Effect, EffectAction, EffectNote, Ident, Justification, Preference, Premise, Rule, RuleName,
    Select, Set, Str,
};

use super::expr::{Place, expr};
use super::text::{message, plain};
use super::wrap::wrapped;
use super::{Page, padded, width};

/// The name of a rule.
fn rule_name(name: &RuleName) -> String {
    if name.quoted { plain(&Str { value: name.text.clone(), span: name.span }, false) } else { name.text.to_string() }
}

/// `CODE NAME LEVEL "title"`
pub fn heading(code: &Ident, name: &RuleName, level: Option<&str>, title: Option<&Str>) -> String {
    let mut text = format!("{} {}", code.text, rule_name(name));
    if let Some(level) = level {
        text.push_str(&format!(" {level}"));
    }
    if let Some(title) = title {
        text.push_str(&format!(" {}", plain(title, false)));
    }
    text
}

fn cite(cite: &Cite) -> String {
    let mut text = cite.source.text.to_string();
    if let Some(section) = &cite.section {
        text.push_str(&format!(" {}", plain(section, false)));
    }
    if !cite.items.is_empty() {
        let items: Vec<&str> = cite.items.iter().map(|item| &*item.text).collect();
        text.push_str(&format!(" item {}", items.join(", ")));
    }
    text
}

fn premise_word(premise: &Premise) -> &'static str {
    match premise {
        Premise::Each { .. } => "each",
        Premise::Let { .. } => "let",
        Premise::When { .. } => "when",
    }
}

/// The width of the widest of some words, with the blank behind it.
pub(super) fn column_of<'a>(words: impl IntoIterator<Item = &'a str>) -> usize {
    words.into_iter().map(str::len).max().unwrap_or(0).saturating_add(1)
}

fn reasons(why: &Justification) -> impl Iterator<Item = &'static str> {
    let because = why.because.iter().map(|_| "because");
    because.chain(why.help.iter().map(|_| "help")).chain(why.fixes.iter().map(|_| "fix"))
}

impl Page<'_> {
    /// `cite …` for each source; `word` is the column behind the word.
    pub(super) fn cites(&mut self, cites: &[Cite], word: usize) {
        for found in cites {
            self.line(found.span, &format!("{}{}", padded("cite", word), cite(found)));
        }
    }

    /// `for …`, `each …`, `let …`, `when …`
    pub(super) fn opening(&mut self, subject: Option<&Ident>, premises: &[Premise], word: usize) {
        if let Some(subject) = subject {
            self.line(subject.span, &format!("{}{}", padded("for", word), subject.text));
        }
        let column = self.margin().saturating_add(word);
        for premise in premises {
            let head = padded(premise_word(premise), word);
            match premise {
                Premise::Each { name, list, span } => {
                    let before = format!("{} in ", name.text);
                    let list = wrapped(list, column.saturating_add(width(&before)));
                    self.line(*span, &format!("{head}{before}{list}"));
                }
                Premise::Let { name, value, span } => {
                    let before = format!("{} = ", name.text);
                    let value = wrapped(value, column.saturating_add(width(&before)));
                    self.line(*span, &format!("{head}{before}{value}"));
                }
                Premise::When { condition, span } => {
                    self.line(*span, &format!("{head}{}", wrapped(condition, column)));
                }
            }
        }
    }

    /// `because …`, `help …`, `fix …`
    pub(super) fn reasons(&mut self, why: &Justification, word: usize) {
        let column = self.margin().saturating_add(word);
        if let Some(text) = &why.because {
            self.line(text.span, &format!("{}{}", padded("because", word), message(text, column)));
        }
        if let Some(text) = &why.help {
            self.line(text.span, &format!("{}{}", padded("help", word), message(text, column)));
        }
        for Set { target, value, span } in &why.fixes {
            let text = format!("set {} = {}", expr(target, Place::TARGET), expr(value, Place::FREE));
            self.line(*span, &format!("{}{text}", padded("fix", word)));
        }
    }

    /// Sources and reasons together, where nothing stands between them.
    pub(super) fn justification(&mut self, why: &Justification, least: usize) {
        let cites = why.cites.iter().map(|_| "cite");
        let word = column_of(cites.chain(reasons(why))).max(least);
        self.cites(&why.cites, word);
        self.reasons(why, word);
    }

    /// The column behind the words of a block.
    pub(super) fn words(why: &Justification, premises: &[Premise], more: &[&'static str]) -> usize {
        let cites = why.cites.iter().map(|_| "cite");
        let premises = premises.iter().map(premise_word);
        column_of(cites.chain(premises).chain(reasons(why)).chain(more.iter().copied()))
    }

    pub(super) fn rule(&mut self, item: &Rule) {
        let head = heading(&item.code, &item.name, None, item.title.as_ref());
        self.line(item.span, &format!("rule {head} {{"));
        let level = item.obligation.as_ref().map_or("must", |obligation| obligation.level.kind.text());
        let word = Page::words(&item.why, &item.premises, &["for", level]);
        self.inside(|page| {
            page.cites(&item.why.cites, word);
            page.opening(item.subject.as_ref(), &item.premises, word);
            if let Some(obligation) = &item.obligation {
                let column = page.margin().saturating_add(word);
                let text = match &obligation.condition {
                    Some(condition) => format!("{}{}", padded(level, word), wrapped(condition, column)),
                    None => level.to_owned(),
                };
                page.line(obligation.span, &text);
            }
            page.reasons(&item.why, word);
        });
        self.close(item.span);
    }

    pub(super) fn effect(&mut self, item: &Effect) {
        self.line(item.span, &format!("effect {} {{", item.name.text));
        let mut used: Vec<&str> = vec!["for"];
        used.extend(item.cites.iter().map(|_| "cite"));
        used.extend(item.premises.iter().map(premise_word));
        used.extend(item.actions.iter().map(|action| match action {
            EffectAction::Set(_) => "set",
            EffectAction::Change { .. } => "change",
            EffectAction::Note(_) => "note",
        }));
        let word = column_of(used);
        self.inside(|page| {
            page.cites(&item.cites, word);
            page.opening(item.subject.as_ref(), &item.premises, word);
            for action in &item.actions {
                page.action(action, word);
            }
        });
        self.close(item.span);
    }

    fn action(&mut self, action: &EffectAction, word: usize) {
        let column = self.margin().saturating_add(word);
        match action {
            EffectAction::Set(Set { target, value, span }) => {
                let before = format!("{} = ", expr(target, Place::TARGET));
                let value = wrapped(value, column.saturating_add(width(&before)));
                self.line(*span, &format!("{}{before}{value}", padded("set", word)));
            }
            EffectAction::Change { target, amount, span } => {
                let text = format!("{} by {}", expr(target, Place::TARGET), expr(amount, Place::FREE));
                self.line(*span, &format!("{}{text}", padded("change", word)));
            }
            EffectAction::Note(EffectNote { code, when, text, span }) => {
                let head = match when {
                    Some(when) => format!("{} when {} ", code.text, expr(when, Place::FREE)),
                    None => format!("{} ", code.text),
                };
                let text = message(text, column.saturating_add(width(&head)));
                self.line(*span, &format!("{}{head}{text}", padded("note", word)));
            }
        }
    }

    pub(super) fn select(&mut self, item: &Select) {
        self.line(item.span, &format!("select {} {{", expr(&item.target, Place::TARGET)));
        let word = "prefer ".len();
        self.inside(|page| {
            page.cites(&item.cites, word);
            page.preferences(&item.preferences, word);
            for (name, found) in [("chosen", &item.chosen), ("none", &item.none)] {
                if let Some(Announcement { level, code, text, span }) = found {
                    let head = format!("{} {} ", level.kind.text(), code.text);
                    let column = page.margin().saturating_add(word).saturating_add(width(&head));
                    page.line(*span, &format!("{}{head}{}", padded(name, word), message(text, column)));
                }
            }
        });
        self.close(item.span);
    }

    fn preferences(&mut self, preferences: &[Preference], word: usize) {
        let listed: Vec<String> = preferences
            .iter()
            .map(|preference| {
                let names: Vec<&str> = preference.candidates.iter().map(|name| &*name.text).collect();
                names.join(", ")
            })
            .collect();
        let widest = listed.iter().map(|names| width(names)).max().unwrap_or(0);
        for (index, (preference, names)) in preferences.iter().zip(&listed).enumerate() {
            let head = padded(if index == 0 { "prefer" } else { "" }, word);
            let text = match &preference.condition {
                Some(condition) => format!("{} where {}", padded(names, widest), expr(condition, Place::FREE)),
                None => names.clone(),
            };
            self.line(preference.span, &format!("{head}{text}"));
        }
    }
}
