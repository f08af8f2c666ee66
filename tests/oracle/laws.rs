//! What has to hold of judgements whatever the policies: here, of an inventory with holes and of the same one with some filled.

use std::collections::BTreeMap;

use super::judge::{Evaluation, Outcome};
use super::run::line;

/// An evaluation with its code and what its subject is called.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Said {
    pub code: String,
    pub subject: String,
    pub evaluation: Evaluation,
}

/// Evaluations by code and subject.
fn by_law(said: &[Said]) -> BTreeMap<(&str, &str), Vec<&Evaluation>> {
    let mut all: BTreeMap<(&str, &str), Vec<&Evaluation>> = BTreeMap::new();
    for said in said {
        all.entry((&said.code, &said.subject)).or_default().push(&said.evaluation);
    }
    all
}

/// Whether an element can be found again under its name: no place in a list, nothing unknown.
fn is_named(label: &str) -> bool {
    label.split(", ").all(|part| {
        let name = part.split_once(' ').map_or("", |(_, name)| name);
        !name.is_empty() && name != "?" && !name.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The only evaluation of an element that can be found again, or of the subject itself.
fn of_element<'a>(evaluations: &[&'a Evaluation], element: Option<&str>) -> Option<&'a Evaluation> {
    let mut found = evaluations.iter().filter(|e| e.element.as_deref() == element && element.is_none_or(is_named));
    found.next().copied().filter(|_| found.next().is_none())
}

/// What was decided stays, and what turns out wrong was not passed over.
pub fn monotone(before: &[Said], after: &[Said]) -> Result<(), String> {
    // A row that is there because something names it is called as it is named: letter case does not matter.
    let folded = |said: &[Said]| -> Vec<Said> {
        let mut said = said.to_vec();
        for said in &mut said {
            said.evaluation.element = said.evaluation.element.as_ref().map(|element| element.to_lowercase());
        }
        said
    };
    let (before, after) = (folded(before), folded(after));
    let all_after = by_law(&after);
    for ((code, subject), before) in by_law(&before) {
        // Of what is not evaluated the program records nothing.
        let Some(after) = all_after.get(&(code, subject)) else { continue };
        let complain = |what: &str| {
            let lines = |evaluations: &[&Evaluation]| {
                evaluations.iter().map(|e| format!("\n  {}", line(e))).collect::<String>()
            };
            Err(format!("{what}: {code} of {subject}\nbefore{}\nafter{}", lines(&before), lines(after)))
        };
        let is = |evaluations: &[&Evaluation], outcome: Outcome| evaluations.iter().any(|e| e.outcome == outcome);
        let left_out = |e: &&Evaluation| matches!(e.outcome, Outcome::NotEvaluated(_));
        if after.iter().any(left_out) || before.iter().any(left_out) {
            continue;
        }
        for e in &before {
            let Some(later) = of_element(after, e.element.as_deref()) else { continue };
            if of_element(&before, e.element.as_deref()).is_none() {
                continue;
            }
            let same = match e.outcome {
                Outcome::Unverified | Outcome::NotEvaluated(_) => true,
                // What is demanded holds; whether it is demanded may have been open.
                Outcome::Satisfied => matches!(later.outcome, Outcome::Satisfied | Outcome::NotApplicable),
                outcome => later.outcome == outcome,
            };
            if !same {
                return complain("a verdict changed");
            }
        }
        if is(&before, Outcome::Violated) && !is(after, Outcome::Violated) {
            return complain("a violation vanished");
        }
        if is(&before, Outcome::Noted) && !is(after, Outcome::Noted) {
            return complain("a note vanished");
        }
        let open = is(&before, Outcome::Unverified);
        for outcome in [Outcome::Violated, Outcome::Noted] {
            if is(after, outcome) && !is(&before, outcome) && !open {
                return complain("passed in silence");
            }
        }
        // An element that turns out wrong was there under its name, or as one that is not known.
        for e in after.iter().filter(|e| e.outcome == Outcome::Violated && e.element.is_some()) {
            let under_its_name = of_element(&before, e.element.as_deref())
                .is_some_and(|e| matches!(e.outcome, Outcome::Violated | Outcome::Unverified));
            let unnamed = before.iter().any(|e| {
                let label = e.element.as_deref().unwrap_or("?");
                !is_named(label) && matches!(e.outcome, Outcome::Violated | Outcome::Unverified)
            });
            let several = before.iter().filter(|b| b.element == e.element).count() > 1;
            if e.element.as_deref().is_some_and(is_named) && !under_its_name && !unnamed && !several {
                return complain("an element passed in silence");
            }
        }
    }
    Ok(())
}
