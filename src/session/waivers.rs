//! Waivers of a plan: which of them count, what they cannot be about, and what each of them came to. What they do to
//! verdicts is the evaluator's business.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Selection;
use super::remarks::{About, Looked, Remark};
use crate::diag::{Diagnostic, Severity, codes, nearest};
use crate::eval::{self, WaiverUse};
use crate::facts::load;
use crate::program::{self, Program, Says};
use crate::report::{Account, Finding, WaiverNote};
use crate::value::Date;

/// How waivers and assumptions are judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Clock {
    /// The day as of which.
    pub(super) today: Date,
    /// What lapses within so many days is told.
    pub(super) within: u32,
}

impl Clock {
    /// Whether a last day is past.
    pub(super) fn past(self, last: Date) -> bool {
        last < self.today
    }

    /// How many days are left, where they are few.
    pub(super) fn few(self, last: Date) -> Option<i64> {
        let left = i64::from(last.0).saturating_sub(i64::from(self.today.0));
        (0..=i64::from(self.within)).contains(&left).then_some(left)
    }
}

/// `today`, `tomorrow`, `in 12 days`.
pub(super) fn in_days(left: i64) -> String {
    match left {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        left => format!("in {left} days"),
    }
}

/// The waivers of a plan.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Waivers {
    loaded: Vec<load::Waiver>,
    /// Those that count, by their places in the plan, the one that covers first.
    order: Vec<usize>,
}

impl Waivers {
    /// Sorts out which of the waivers count.
    pub(super) fn of(loaded: Vec<load::Waiver>, clock: Clock) -> Waivers {
        let counts = |waiver: &load::Waiver| waiver.expires.as_ref().is_none_or(|last| !clock.past(last.node));
        let mut order: Vec<usize> =
            loaded.iter().enumerate().filter(|(_, waiver)| counts(waiver)).map(|(at, _)| at).collect();
        // Of two that cover a finding it is the one that lasts longer.
        let last = |at: &usize| loaded.get(*at).and_then(|waiver| waiver.expires.as_ref()).map(|last| last.node);
        order.sort_by_key(|at| last(at).map_or((0, Reverse(Date(0))), |last| (1, Reverse(last))));
        Waivers { loaded, order }
    }

    /// Those that count, for the evaluation.
    pub(super) fn counting(&self) -> Vec<eval::Waiver> {
        let counting = self.order.iter().filter_map(|at| self.loaded.get(*at));
        counting
            .map(|waiver| eval::Waiver {
                code: waiver.code.node.as_str().into(),
                steps: waiver.steps.as_ref().map(|steps| steps.iter().map(|step| step.node.as_str().into()).collect()),
                note: Arc::new(WaiverNote {
                    reason: waiver.reason.node.trim().into(),
                    approved_by: waiver.approved_by.as_ref().map(|by| by.node.trim().into()),
                    expires: waiver.expires.as_ref().map(|last| last.node),
                    span: waiver.span,
                    new: false,
                }),
            })
            .collect()
    }

    /// What each of them came to: into the books, and as findings. `whole`: whether all of the plan was evaluated.
    pub(super) fn looked_at(
        &self,
        (program, plan, name): (&Program, usize, &str),
        (clock, selection): (Clock, &Selection),
        (used, whole): (&[WaiverUse], bool),
        account: &mut Account,
    ) -> Vec<Finding> {
        let mut alike: BTreeMap<String, u64> = BTreeMap::new();
        let mut findings = Vec::new();
        for (at, waiver) in self.loaded.iter().enumerate() {
            let used = self.order.iter().zip(used).find(|(place, _)| **place == at).map(|(_, used)| used);
            let looked = match waiver.expires.as_ref().filter(|_| used.is_none()) {
                Some(last) => Looked::Tells(expired(waiver, last.node, last.span)),
                None if !selection.shows(&waiver.code.node) => Looked::NotSelected,
                None => came_to(waiver, program, used.filter(|_| whole), clock),
            };
            let code = waiver.code.node.to_uppercase();
            let steps: Vec<&str> = waiver.steps.iter().flatten().map(|step| step.node.as_str()).collect();
            let mark = format!("{code} {}", steps.join(" "));
            let nth = alike.entry(mark.clone()).or_default();
            *nth = nth.saturating_add(1);
            let subject = format!("waiver of {code}{}", for_steps(&steps));
            let about = About { plan, subject: subject.into(), mark: &[name, &mark, &nth.to_string()] };
            findings.extend(looked.book(&about, selection, account));
        }
        findings
    }
}

/// ` for a, b and 3 more`.
fn for_steps(steps: &[&str]) -> String {
    if steps.is_empty() { String::new() } else { format!(" for {}", some(steps)) }
}

fn some(names: &[&str]) -> String {
    const MOST: usize = 4;
    let rest = names.len().saturating_sub(MOST);
    let named = names.iter().take(MOST).copied().collect::<Vec<_>>();
    if rest > 0 { format!("{} and {rest} more", named.join(", ")) } else { named.join(", ") }
}

fn expired(waiver: &load::Waiver, last: Date, span: crate::source::Span) -> Remark {
    Remark {
        code: codes::waiver::EXPIRED_WAIVER,
        severity: Severity::Warning,
        message: format!("the waiver of {} expired on {last} and covers nothing", waiver.code.node),
        help: "take it away, or have it approved again and give it another day in `expires`".to_owned(),
        span,
    }
}

/// What a waiver that counts came to; of `used` nothing is known where not all of the plan was evaluated.
fn came_to(waiver: &load::Waiver, program: &Program, used: Option<&WaiverUse>, clock: Clock) -> Looked {
    let code = &waiver.code.node;
    let remark = |span, message: String, help: &str| {
        let (code, severity) = (codes::waiver::UNNEEDED_WAIVER, Severity::Warning);
        Looked::Tells(Remark { code, severity, message, help: help.to_owned(), span })
    };
    let few = waiver.expires.as_ref().and_then(|last| Some((clock.few(last.node)?, last)));
    let lapsing = || match &few {
        Some((left, last)) => Looked::Tells(Remark {
            code: codes::waiver::LAPSING_WAIVER,
            severity: Severity::Info,
            message: format!("the waiver of {code} lapses {}: its last day is {}", in_days(*left), last.node),
            help: "mend what it covers by then, or have it approved again".to_owned(),
            span: last.span,
        }),
        None => Looked::Fine,
    };
    let Some(used) = used else { return if few.is_some() { lapsing() } else { Looked::Open } };
    let about_step = program.card(code).is_none_or(|card| card.about == program::About::Step);
    let Some(steps) = &waiver.steps else {
        return match (used.looked.is_empty(), used.covered.is_empty()) {
            (true, _) => {
                if few.is_some() {
                    lapsing()
                } else {
                    Looked::Open
                }
            }
            (false, true) => remark(
                waiver.code.span,
                format!("nothing needs the waiver of {code}: no finding is covered by it"),
                "take it away",
            ),
            (false, false) => lapsing(),
        };
    };
    if !about_step {
        return remark(
            waiver.code.span,
            format!("the waiver of {code} names steps, and {code} speaks of no step by itself"),
            "leave `steps` out",
        );
    }
    let is_in = |steps: &std::collections::BTreeSet<Option<Arc<str>>>, id: &str| {
        steps.iter().flatten().any(|step| step.eq_ignore_ascii_case(id))
    };
    let idle: Vec<_> =
        steps.iter().filter(|step| is_in(&used.looked, &step.node) && !is_in(&used.covered, &step.node)).collect();
    let needed = steps.iter().any(|step| is_in(&used.covered, &step.node));
    let open = steps.iter().any(|step| !is_in(&used.looked, &step.node));
    let names: Vec<&str> = idle.iter().map(|step| step.node.as_str()).collect();
    match (idle.first(), needed || open) {
        (None, true) if !needed => {
            if few.is_some() {
                lapsing()
            } else {
                Looked::Open
            }
        }
        (None, _) => lapsing(),
        (Some(_), false) => remark(
            waiver.code.span,
            format!("nothing needs the waiver of {code}: no finding about {} is covered by it", some(&names)),
            "take it away",
        ),
        (Some(first), true) => {
            let (word, them) = if names.len() == 1 { ("does", "this step") } else { ("do", "these steps") };
            remark(
                first.span,
                format!("{} {word} not need the waiver of {code}", some(&names)),
                &format!("take {them} out of its `steps`"),
            )
        }
    }
}

/// Whether a waiver is about something that can be waived.
pub(super) fn can_be(waiver: &load::Waiver, program: &Program) -> bool {
    program.card(waiver.code.node.trim()).is_some() && !is_none_chosen(waiver.code.node.trim(), program)
}

/// Whether a code says that nothing could be chosen.
fn is_none_chosen(code: &str, program: &Program) -> bool {
    program.rules.iter().any(|rule| rule.says == Says::NoneChosen && rule.card.code.eq_ignore_ascii_case(code))
}

/// Says what waivers cannot be about: codes that there are not, and those that cannot be waived.
pub(super) fn wrong(loaded: &[load::Waiver], program: &Program) -> Vec<Diagnostic> {
    let wrong = loaded.iter().filter_map(|waiver| {
        let (code, span) = (waiver.code.node.trim(), waiver.code.span);
        if program.card(code).is_none() {
            return Some(unknown(code, span, program));
        }
        is_none_chosen(code, program).then(|| {
            Diagnostic::error(codes::waiver::UNWAIVABLE, span, format!("`{code}` cannot be waived"))
                .note("it says that nothing could be chosen: there is no move that a waiver could allow")
                .help("waive what stands in the way of a candidate, or name the value in the step")
        })
    });
    wrong.collect()
}

fn unknown(code: &str, span: crate::source::Span, program: &Program) -> Diagnostic {
    if codes::find(code).is_some() {
        return Diagnostic::error(codes::waiver::UNWAIVABLE, span, format!("`{code}` cannot be waived"))
            .note("it is a message of clearway itself; waivers are about rules and matrices")
            .help("leave it out with `--ignore`, or mend what it is about");
    }
    let error = Diagnostic::error(codes::waiver::UNKNOWN_WAIVED, span, format!("no code is `{code}`"));
    let mut known: Vec<&str> = program.cards().map(|card| &*card.code).collect();
    known.sort_unstable();
    let begun: Vec<&str> = known
        .iter()
        .copied()
        .filter(|known| known.get(..code.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(code)))
        .collect();
    if !code.is_empty() && !begun.is_empty() {
        return error
            .note("a waiver is about one code, not about all that begin alike")
            .help(format!("name one of {}", some(&begun)));
    }
    match nearest(code, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`clearway rules` lists the codes of the chosen packs"),
    }
}
