//! A plan as a picture: the places that its steps take things from and to, and what goes which way in which wave. Pure data;
//! [`mermaid`](super::mermaid) and [`dot`](super::dot) write it.

use std::collections::BTreeMap;

use super::text::clean;
use crate::report::{PlanReport, PlanVerdict, StepReport, Thing};

/// How many machines an edge names.
const MOST: usize = 8;

/// Places and ways between them.
pub(super) struct Picture {
    /// The places: hosts, then storage, then whatever else there is, by name. Nothing: one that is not known.
    pub(super) places: Vec<Option<Thing>>,
    /// The ways, by wave.
    pub(super) ways: Vec<Way>,
}

/// What goes from one place to another in one wave, with one verdict.
pub(super) struct Way {
    /// Where from, as a place in [`Picture::places`].
    pub(super) from: usize,
    /// Where to.
    pub(super) to: usize,
    /// The verdict of its steps.
    pub(super) verdict: PlanVerdict,
    /// The wave and what goes.
    pub(super) label: String,
}

type Key<'a> = (usize, Option<&'a Thing>, Option<&'a Thing>, PlanVerdict);

/// The picture of a plan.
pub(super) fn of(plan: &PlanReport) -> Picture {
    let order = waves(&plan.steps);
    let mut places: Vec<Option<&Thing>> = Vec::new();
    let mut ways: BTreeMap<Key<'_>, (&str, Vec<String>)> = BTreeMap::new();
    for step in &plan.steps {
        let wave = order.get(&*step.wave).copied().unwrap_or(0);
        let mut mine: BTreeMap<Key<'_>, (bool, u64)> = BTreeMap::new();
        for moved in step.moves.iter().filter(|moved| moved.from != moved.to || moved.from.is_none()) {
            let (from, to) = (moved.from.as_ref(), moved.to.as_ref());
            places.extend([from, to]);
            let (whole, parts) = mine.entry((wave, from, to, step.verdict)).or_default();
            if *moved.what.name == *step.vm {
                *whole = true;
            } else {
                *parts = parts.saturating_add(1);
            }
        }
        for (key, (whole, parts)) in mine {
            let name = if step.vm.is_empty() { &step.id } else { &step.vm };
            let mut name = clean(name).into_owned();
            match parts {
                0 => {}
                1 if !whole => name.push_str(" (1 file)"),
                1 => name.push_str(" and 1 file"),
                parts if whole => name.push_str(&format!(" and {parts} files")),
                parts => name.push_str(&format!(" ({parts} files)")),
            }
            ways.entry(key).or_insert_with(|| (&*step.wave, Vec::new())).1.push(name);
        }
    }
    places.sort_by_key(|place| (place.map_or(3, kind), *place));
    places.dedup();
    let at = |place: Option<&Thing>| places.iter().position(|known| *known == place).unwrap_or(0);
    let ways = ways
        .into_iter()
        .map(|((_, from, to, verdict), (wave, names))| Way {
            from: at(from),
            to: at(to),
            verdict,
            label: labelled(wave, &names, verdict),
        })
        .collect();
    Picture { places: places.into_iter().map(|place| place.cloned()).collect(), ways }
}

/// Hosts first, then what is called storage.
fn kind(thing: &Thing) -> u8 {
    match &*thing.kind {
        "host" => 0,
        "storage" => 1,
        _ => 2,
    }
}

/// The waves in the order in which they run: by their numbers where each has one, else as their first steps stand.
fn waves(steps: &[StepReport]) -> BTreeMap<&str, usize> {
    let mut names: Vec<&str> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for step in steps {
        if known.insert(&*step.wave) {
            names.push(&step.wave);
        }
    }
    let number = |name: &str| name.strip_prefix("wave ").and_then(|number| number.parse::<u64>().ok());
    if names.iter().all(|name| number(name).is_some()) {
        names.sort_by_key(|name| number(name));
    }
    names.into_iter().enumerate().map(|(at, name)| (name, at)).collect()
}

/// `wave 1: sql01, web01`; a wave without a number is a step, and called by it.
fn labelled(wave: &str, names: &[String], verdict: PlanVerdict) -> String {
    let mut label = clean(wave.strip_prefix("wave of ").unwrap_or(wave)).into_owned();
    if !label.is_empty() {
        label.push_str(": ");
    }
    label.push_str(&names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", "));
    let rest = names.len().saturating_sub(MOST);
    if rest > 0 {
        label.push_str(&format!(" and {rest} more"));
    }
    match verdict {
        PlanVerdict::Permitted => {}
        PlanVerdict::Unverified => label.push_str(" (unverified)"),
        PlanVerdict::Denied => label.push_str(" (refused)"),
    }
    label
}

/// What a picture of a plan is called.
pub(super) fn title(plan: &PlanReport) -> String {
    format!("{}: {}", clean(&plan.plan), plan.verdict.as_str())
}
