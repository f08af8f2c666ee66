//! Why a step is judged as it is, for people and as JSON: rules that have something to tell in full, the others in a line.

mod json;
mod rows;
mod sheet;

pub(in crate::render) use json::described;
pub use json::json;

use super::assumed;
use super::columns;
use super::full::cite;
use super::heading;
use super::table;
use super::text::{Look, Tone, clean, counted, cut, labelled, pad, paragraph, width};
use super::waived;
use crate::report::{
    Clause, EvaluationExplanation, Judgement, Operand, OperandKind, PassedOver, PlanReport, Report, RuleExplanation,
    StepExplanation, StepReport, Weight, Word,
};
use crate::source::SourceMap;
use rows::{Rows, quoted};

/// Elements of one rule that are explained in full.
const MOST: usize = 3;
/// Names in a row.
const MOST_NAMES: usize = 8;
/// Columns of a text that is quoted within a line.
const QUOTED: usize = 90;

/// Draws an explanation. `whole`: each rule in full, whatever it says.
pub fn draw(look: &Look, map: &SourceMap, report: &Report, explanation: &StepExplanation, whole: bool) -> String {
    let mut out = String::new();
    if let Some((plan, step)) = found(report, explanation) {
        heading(look, map, plan, step, &mut out);
    }
    let tells = |rule: &&RuleExplanation| whole || rule.judgement().is_some_and(Judgement::is_finding);
    let (telling, silent): (Vec<&RuleExplanation>, Vec<&RuleExplanation>) = explanation.rules.iter().partition(tells);
    let mut telling = telling;
    telling.sort_by_key(|rule| (rule.waiver.is_some(), rule.judgement(), rule.level != "must"));
    for rule in telling {
        draw_rule(look, map, rule, &mut out);
        out.push('\n');
    }
    if !look.quiet && !silent.is_empty() {
        in_a_line(look, map, &silent, &mut out);
    }
    out
}

/// The plan and the step that an explanation is about.
fn found<'a>(report: &'a Report, explanation: &StepExplanation) -> Option<(&'a PlanReport, &'a StepReport)> {
    report.plans.iter().find_map(|plan| Some((plan, plan.steps.iter().find(|step| step.id == explanation.step)?)))
}

fn heading(look: &Look, map: &SourceMap, plan: &PlanReport, step: &StepReport, out: &mut String) {
    out.push_str(&heading::bar(look, &heading::step(step), step.verdict));
    if !look.quiet {
        let place = map.locate(step.span).map(|place| format!("{}:{}", clean(&place.file), place.line));
        let place = place.unwrap_or_else(|| clean(&plan.file).into_owned());
        paragraph(out, look, "", 0, &format!("{place}, judged by {}", plan.packs.join(", ")));
    }
    assumed::of(look, map, plan, &step.assumed, out);
    out.push('\n');
}

/// The word for what became of a rule, and its tone.
fn word(rule: &RuleExplanation) -> (&'static str, Tone) {
    match rule.judgement() {
        None => ("not evaluated", Tone::Faint),
        Some(judgement) if rule.waiver.is_some() && is_covered(judgement) => ("waived", Tone::Faint),
        Some(judgement) => (judgement.as_str(), tone(judgement)),
    }
}

/// Whether a waiver covers what came out.
fn is_covered(judgement: Judgement) -> bool {
    judgement.is_finding() && judgement != Judgement::Noted
}

fn tone(judgement: Judgement) -> Tone {
    match judgement {
        Judgement::Violated => Tone::Error,
        Judgement::Unverified | Judgement::Silent => Tone::Warning,
        Judgement::Noted => Tone::Info,
        Judgement::Satisfied => Tone::Good,
        Judgement::NotApplicable => Tone::Faint,
    }
}

fn title(rule: &RuleExplanation) -> String {
    // A code that is written without a title goes by what it says.
    let tells = rule.judgement().is_some_and(Judgement::is_finding);
    let said = || rule.evaluations.iter().find_map(|evaluation| evaluation.message.as_deref().filter(|_| tells));
    let title = if rule.title.is_empty() { said().unwrap_or(&rule.rule) } else { &rule.title };
    clean(title).into_owned()
}

fn draw_rule(look: &Look, map: &SourceMap, rule: &RuleExplanation, out: &mut String) {
    let (word, tone) = word(rule);
    let code = clean(&rule.code);
    let head = format!("{} {}: ", look.paint(Tone::Strong, &code), look.paint(tone, word));
    let wide = width(&code).saturating_add(width(word)).saturating_add(3);
    paragraph(out, look, &head, wide, &title(rule));
    let mut about = format!("{} `{}`", rule.level, clean(&rule.rule));
    if rule.kind != "rule" {
        about.push_str(&format!(" ({})", rule.kind));
    }
    if let Some(subject) = &rule.about {
        about.push_str(&format!(" about {}", clean(subject)));
    }
    if let Some(place) = map.locate(rule.span) {
        about.push_str(&format!(", {}:{}", clean(&place.file), place.line));
    }
    paragraph(out, look, "  ", 2, &about);
    for one in &rule.cites {
        labelled(look, Tone::Faint, "cite", &cite(one), out);
    }
    if let Some(note) = rule.waiver.as_deref().filter(|_| rule.judgement().is_some_and(is_covered)) {
        waived::labelled_note(look, map, note, out);
    }
    if let Some(why) = &rule.left_out {
        labelled(look, Tone::Faint, "not evaluated", why, out);
    }
    // What has something to tell comes first; of what says the same as many, a few are told.
    let mut order: Vec<&EvaluationExplanation> = rule.evaluations.iter().collect();
    order.sort_by_key(|evaluation| evaluation.verdict);
    let worst = rule.judgement();
    let most = match (look.verbose, worst.is_some_and(Judgement::is_finding)) {
        (true, _) => usize::MAX,
        (false, true) => MOST,
        (false, false) => 1,
    };
    let (told, others): (Vec<_>, Vec<_>) = order
        .into_iter()
        .enumerate()
        .partition(|(at, evaluation)| *at < most && (look.verbose || Some(evaluation.verdict) == worst));
    for (_, evaluation) in told {
        out.push('\n');
        draw_evaluation(look, map, rule, evaluation, out);
    }
    let mut by_verdict: Vec<(Judgement, Vec<String>)> = Vec::new();
    for (_, evaluation) in others {
        let name = evaluation.subject.as_deref().map_or_else(String::new, |name| clean(name).into_owned());
        match by_verdict.iter_mut().find(|(verdict, _)| *verdict == evaluation.verdict) {
            Some((_, names)) => names.push(name),
            None => by_verdict.push((evaluation.verdict, vec![name])),
        }
    }
    if !by_verdict.is_empty() {
        out.push('\n');
    }
    for (verdict, names) in by_verdict {
        let rest = names.len().saturating_sub(MOST_NAMES);
        let mut text = names.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join(", ");
        if rest > 0 {
            text.push_str(&format!(" and {rest} more"));
        }
        let also = if Some(verdict) == worst { "also " } else { "" };
        labelled(look, Tone::Faint, &format!("{also}{} for", verdict.as_str()), &text, out);
    }
}

fn draw_evaluation(
    look: &Look,
    map: &SourceMap,
    rule: &RuleExplanation,
    evaluation: &EvaluationExplanation,
    out: &mut String,
) {
    if let Some(subject) = &evaluation.subject {
        let verdict = evaluation.verdict.as_str();
        let text = format!("{}: {verdict}", clean(subject));
        out.push_str(&format!("  {}\n", look.paint(tone(evaluation.verdict), &text)));
    }
    if let Some(message) = &evaluation.message {
        paragraph(out, look, "  ", 2, message);
    }
    if evaluation.subject.is_some() || evaluation.message.is_some() {
        out.push('\n');
    }
    let mut rows = Rows::new(map, look.verbose);
    let clauses = evaluation.clauses.iter().map(|clause| (clause.word.as_str(), rows.clause(clause)));
    sheet::draw(look, &clauses.collect::<Vec<_>>(), out);
    if let (Some(table), Some(cell)) = (&rule.table, &evaluation.cell)
        && looked(evaluation)
    {
        out.push('\n');
        table::draw(look, table, cell, tone(evaluation.verdict), out);
    }
    assumed::origins(look, map, &evaluation.clauses, out);
    for passed in &evaluation.passed {
        draw_passed(look, passed, out);
    }
    for (at, missing) in evaluation.missing.iter().enumerate() {
        let place = match map.locate(missing.span) {
            Some(place) => format!("would stand at {}:{}", clean(&place.file), place.line),
            None => "no inventory has a place for it".to_owned(),
        };
        let step = missing.step.as_ref().map(|step| format!(", for what step {} does", clean(step)));
        if at == 0 {
            out.push('\n');
        }
        let text = format!("{}, {place}{}", missing.route, step.unwrap_or_default());
        let head = if at == 0 { "missing:" } else { "" };
        let head = format!("  {} ", look.paint(Tone::Warning, &pad(head, 8)));
        paragraph(out, look, &head, 11, &text);
    }
    if let Some(help) = &evaluation.help {
        if evaluation.missing.is_empty() {
            out.push('\n');
        }
        let head = format!("  {} ", look.paint(Tone::Help, "help:"));
        paragraph(out, look, &head, 8, help);
    }
}

/// Whether the table was looked at: its row and column are known to have been asked for.
fn looked(evaluation: &EvaluationExplanation) -> bool {
    let asks = |clause: &&Clause| matches!(clause.word, Word::Rows | Word::Columns | Word::Cell);
    let mut asking = evaluation.clauses.iter().filter(asks).peekable();
    asking.peek().is_some() && asking.all(|clause| clause.operand.weight != Weight::Unread)
}

fn draw_passed(look: &Look, passed: &PassedOver, out: &mut String) {
    let head = format!("  {} ", look.paint(Tone::Faint, "passed over:"));
    for (at, obstacle) in passed.because.iter().enumerate() {
        let subject = obstacle.unnamed().map(|subject| format!("{}: ", clean(subject))).unwrap_or_default();
        let name = if at == 0 { clean(&passed.candidate).into_owned() } else { " ".repeat(width(&passed.candidate)) };
        let lead = format!("{}{} {} ", if at == 0 { head.as_str() } else { "               " }, name, obstacle.code);
        let wide = 17usize.saturating_add(width(&passed.candidate)).saturating_add(width(&obstacle.code));
        paragraph(out, look, &lead, wide, &format!("{subject}{}", obstacle.message));
    }
}

/// Rules that have nothing to tell: code, verdict, title and what decided.
fn in_a_line(look: &Look, map: &SourceMap, rules: &[&RuleExplanation], out: &mut String) {
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            let why = decided(map, rule);
            let title = title(rule);
            let said = if why.is_empty() { title } else { format!("{title}: {}", cut(look, &why, QUOTED)) };
            vec![rule.code.to_string(), word(rule).0.to_owned(), said]
        })
        .collect();
    out.push_str(&columns::draw(look, &["code", "verdict", "what decided"], &rows));
    let step = "`--code CODE` explains one of them in full";
    out.push_str(&format!("\n{}; {step}\n", counted(rules.len() as u64, "rule")));
}

/// What decided about a rule, in a few words.
fn decided(map: &SourceMap, rule: &RuleExplanation) -> String {
    if let Some(why) = &rule.left_out {
        return why.clone();
    }
    let Some(evaluation) = rule.evaluations.iter().min_by_key(|evaluation| evaluation.verdict) else {
        return String::new();
    };
    if rule.kind == "choice" {
        return evaluation.message.clone().unwrap_or_default();
    }
    let clause = |word: Word| evaluation.clauses.iter().find(|clause| clause.word == word);
    let many = rule.evaluations.len();
    match evaluation.verdict {
        Judgement::NotApplicable => {
            let words = [Word::When, Word::Cell, Word::Note];
            let mut clauses = words.iter().filter_map(|word| clause(*word));
            if let Some(no) = clauses.find(|clause| clause.operand.is_false()) {
                if no.word == Word::Cell {
                    return "no cell with this condition is hit".to_owned();
                }
                return format!("`{}` is false", quoted(map, deciding(&no.operand).span));
            }
            match clause(Word::Each) {
                Some(each) => format!("`{}` is empty", quoted(map, each.operand.span)),
                None => String::new(),
            }
        }
        _ => {
            let holds = clause(Word::Must).or_else(|| clause(Word::Should));
            let times = if many > 1 { format!("{many} times ") } else { String::new() };
            match (holds, &evaluation.cell) {
                (Some(holds), _) => format!("{times}`{}` is true", quoted(map, deciding(&holds.operand).span)),
                (None, Some(cell)) => {
                    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
                    format!("{times}{} to {} is supported", part(&cell.row), part(&cell.column))
                }
                (None, None) => String::new(),
            }
        }
    }
}

/// The one part of a chain that decided; the whole where all counted.
fn deciding(operand: &Operand) -> &Operand {
    match operand.kind {
        OperandKind::Connective => match operand.parts.iter().find(|part| part.weight == Weight::Decides) {
            Some(part) => deciding(part),
            None => operand,
        },
        _ => operand,
    }
}
