//! From what is asked for to what is to be written: members of steps to set or take away, steps to put in, and what the text
//! has to say afterwards. It knows nothing of formats but that a table may have no ids.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Tree;
use super::waves::{self, Waves};
use super::{CannotEdit, Change, Draft, Member, Says, What};
use crate::facts::document::{Document, View};
use crate::facts::read::Format;

/// A member of a step to write: its path and its value; nothing: it is taken away.
#[derive(Clone, Debug)]
pub(super) struct Op {
    pub(super) path: Vec<String>,
    pub(super) value: Option<Tree>,
}

/// What is to be written.
#[derive(Debug)]
pub(super) struct Resolved {
    /// What becomes of steps, by their place.
    pub(super) ops: BTreeMap<usize, Vec<Op>>,
    /// What is put in behind a step.
    pub(super) behind: BTreeMap<usize, Vec<Tree>>,
    /// What the text says afterwards.
    pub(super) intended: Tree,
}

/// A step as it is.
struct Step {
    id: String,
    explicit: bool,
}

impl Resolved {
    pub(super) fn is_empty(&self) -> bool {
        self.ops.is_empty() && self.behind.is_empty()
    }

    /// The step that was to be changed, where it is one.
    pub(super) fn only_step(&self) -> Option<usize> {
        let mut steps = self.ops.keys().chain(self.behind.keys());
        let first = steps.next()?;
        steps.all(|step| step == first).then_some(*first)
    }

    pub(super) fn of(document: &Document, format: Format, changes: &[Change]) -> Result<Resolved, CannotEdit> {
        let root = document.root().map(|root| Tree::of(document, root));
        let (Some(mut tree), Some(root)) = (root, document.root()) else {
            return Err(CannotEdit::whole("the plan has no content"));
        };
        let Some(list) = document.get(root, "steps").filter(|list| matches!(document.view(*list), View::List(_)))
        else {
            return Err(CannotEdit::whole("the plan has no list of steps"));
        };
        let nodes = document.elements(list);
        let steps: Vec<Tree> = tree.get("steps").map(|steps| steps.elements().to_vec()).unwrap_or_default();
        let mut aliased = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for (index, node) in nodes.iter().enumerate() {
            let outside = document.span(*node).start < document.span(list).start;
            if !seen.insert(*node) || outside {
                aliased.insert(index);
            }
        }
        let mut ops: BTreeMap<usize, Vec<Op>> = BTreeMap::new();
        let mut sequences: BTreeMap<usize, &[Draft]> = BTreeMap::new();
        for change in changes {
            let at = change.step;
            let Some(step) = steps.get(at) else {
                return Err(CannotEdit::step(at, "the plan has no such step"));
            };
            if !matches!(step, Tree::Map(_)) {
                return Err(CannotEdit::step(at, "the step is no mapping"));
            }
            if aliased.contains(&at) {
                return Err(CannotEdit::step(at, "the step is an alias: what it says is written elsewhere"));
            }
            match &change.what {
                What::Set(member, value) => ops.entry(at).or_default().push(set(step, member, value)),
                What::Remove(member) => ops.entry(at).or_default().push(Op { path: known(step, member), value: None }),
                What::Sequence(drafts) => {
                    let Some((first, rest)) = drafts.split_first() else {
                        return Err(CannotEdit::step(at, "a sequence of no steps"));
                    };
                    ops.entry(at).or_default().extend(drafted(step, first));
                    if !rest.is_empty() && sequences.insert(at, rest).is_some() {
                        return Err(CannotEdit::step(at, "the step is to become two sequences"));
                    }
                }
            }
        }
        let mut behind = BTreeMap::new();
        if !sequences.is_empty() {
            (behind, ops) = insert(&steps, &sequences, ops, format, waived(&tree))?;
        }
        let ops = necessary(&steps, ops);
        let mut renamed = BTreeMap::new();
        let mut new = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            let mut step = step.clone();
            for op in ops.get(&index).into_iter().flatten() {
                match &op.value {
                    Some(value) => step.set(&op.path, value.clone()),
                    None => step.remove(&op.path),
                }
            }
            if id_of(&step).is_none() && new.len() != index {
                renamed.insert(numbered(index), numbered(new.len()));
            }
            new.push(step);
            new.extend(behind.get(&index).into_iter().flatten().cloned());
        }
        if let Some(list) = tree.get_mut("steps").and_then(Tree::elements_mut) {
            *list = new;
        }
        if format == Format::Csv {
            rename_waived(&mut tree, &renamed);
        }
        Ok(Resolved { ops, behind, intended: tree })
    }
}

fn numbered(index: usize) -> String {
    format!("step-{}", index.saturating_add(1))
}

fn id_of(step: &Tree) -> Option<&str> {
    step.get("id").and_then(Tree::scalar).filter(|id| !id.trim().is_empty())
}

/// The path of a member, with a disk spelled as the step spells it.
fn known(step: &Tree, member: &Member) -> Vec<String> {
    let mut path = member.path();
    if let Member::Disk(name) = member
        && let Some(Tree::Map(disks)) = step.get("to").and_then(|to| to.get("disks"))
        && let Some((spelled, _)) = disks.iter().find(|(disk, _)| disk.to_lowercase() == name.to_lowercase())
        && let Some(last) = path.last_mut()
    {
        last.clone_from(spelled);
    }
    path
}

fn set(step: &Tree, member: &Member, value: &str) -> Op {
    let bare = *member == Member::Wave;
    Op { path: known(step, member), value: Some(Tree::Text { text: value.to_owned(), bare }) }
}

/// What makes a step what a draft says.
fn drafted(step: &Tree, draft: &Draft) -> Vec<Op> {
    let mut ops = Vec::new();
    let says = [(Member::Host, &draft.host), (Member::Storage, &draft.storage), (Member::Transfer, &draft.transfer)];
    let mut removed = Vec::new();
    for (member, says) in says {
        match says {
            Says::AsWritten => {}
            Says::Nothing => removed.push(Op { path: member.path(), value: None }),
            Says::Text(text) => ops.push(set(step, &member, text)),
        }
    }
    for (path, says) in &draft.members {
        // Names of disks have dots of their own.
        let path: Vec<String> = path.splitn(3, '.').map(str::to_owned).collect();
        match says {
            Says::AsWritten => {}
            Says::Nothing => removed.push(Op { path, value: None }),
            Says::Text(text) => {
                ops.push(Op { path, value: Some(Tree::Text { text: text.clone(), bare: false }) });
            }
        }
    }
    if let Some(disks) = &draft.disks {
        ops.extend(disks.iter().map(|(disk, storage)| set(step, &Member::Disk(disk.clone()), storage)));
        if let Some(Tree::Map(present)) = step.get("to").and_then(|to| to.get("disks")) {
            let wanted = |name: &str| disks.iter().any(|(disk, _)| disk.to_lowercase() == name.to_lowercase());
            let gone = present.iter().filter(|(name, _)| !wanted(name));
            removed.extend(gone.map(|(name, _)| Op { path: Member::Disk(name.clone()).path(), value: None }));
        }
    }
    // What is set first keeps a mapping from becoming empty in between.
    ops.extend(removed);
    ops
}

/// Drops what is so already, keeping the last word on each member.
fn necessary(steps: &[Tree], ops: BTreeMap<usize, Vec<Op>>) -> BTreeMap<usize, Vec<Op>> {
    let mut kept = BTreeMap::new();
    for (index, ops) in ops {
        let Some(step) = steps.get(index) else { continue };
        let mut needed: Vec<Op> = Vec::new();
        for op in ops {
            needed.retain(|earlier| earlier.path != op.path);
            let now = step.at(&op.path);
            let so = match &op.value {
                Some(value) => now.is_some_and(|now| now.same(value)),
                None => now.is_none_or(|now| matches!(now, Tree::Null)),
            };
            if !so {
                needed.push(op);
            }
        }
        if !needed.is_empty() {
            kept.insert(index, needed);
        }
    }
    kept
}

/// The steps that waivers name.
fn waived(tree: &Tree) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for waiver in tree.get("waivers").map_or(&[][..], Tree::elements) {
        match waiver.get("steps") {
            Some(Tree::List(steps)) => named.extend(steps.iter().filter_map(Tree::scalar).map(str::to_owned)),
            Some(Tree::Text { text, .. }) => {
                named.insert(text.clone());
            }
            _ => {}
        }
    }
    named
}

type Behind = BTreeMap<usize, Vec<Tree>>;
type Ops = BTreeMap<usize, Vec<Op>>;

/// The further steps of sequences: their members, ids and waves.
fn insert(
    steps: &[Tree],
    sequences: &BTreeMap<usize, &[Draft]>,
    mut ops: Ops,
    format: Format,
    waived: BTreeSet<String>,
) -> Result<(Behind, Ops), CannotEdit> {
    let present: Vec<Step> = steps
        .iter()
        .enumerate()
        .map(|(index, step)| match id_of(step) {
            Some(id) => Step { id: id.to_owned(), explicit: true },
            None => Step { id: numbered(index), explicit: false },
        })
        .collect();
    let further: BTreeMap<usize, usize> = sequences.iter().map(|(step, drafts)| (*step, drafts.len())).collect();
    let waves = placed(steps, &further, &ops)?;
    for (step, number) in &waves.renumbered {
        let op = Op { path: Member::Wave.path(), value: Some(Tree::number(*number)) };
        ops.entry(*step).or_default().push(op);
    }
    // A table whose columns name no id has none for anybody.
    let ids = format != Format::Csv || present.iter().any(|step| step.explicit);
    let total = further.values().fold(steps.len(), |sum, count| sum.saturating_add(*count));
    let mut taken: BTreeSet<String> = present.iter().map(|step| step.id.clone()).collect();
    taken.extend((0..total).map(numbered));
    let mut behind = Behind::new();
    for (at, drafts) in sequences {
        let (Some(step), Some(original)) = (steps.get(*at), present.get(*at)) else { continue };
        let mut number = 1usize;
        let mut wave = waves.first.get(at).copied();
        let mut made = Vec::new();
        for draft in *drafts {
            let mut next = step.clone();
            for op in drafted(step, draft) {
                match op.value {
                    Some(value) => next.set(&op.path, value),
                    None => next.remove(&op.path),
                }
            }
            if ids {
                let id = loop {
                    number = number.saturating_add(1);
                    let id = format!("{}-{number}", original.id);
                    if taken.insert(id.clone()) {
                        break id;
                    }
                };
                next.remove(&["id".to_owned()]);
                next.set(&["id".to_owned()], Tree::text(&id));
            }
            next.remove(&Member::Wave.path());
            if let Some(number) = wave {
                next.set(&Member::Wave.path(), Tree::number(number));
                wave = number.checked_add(1);
            }
            made.push(next);
        }
        behind.insert(*at, made);
    }
    if ids {
        keep_ids(&present, &further, format, &waived, &mut ops);
    }
    Ok((behind, ops))
}

/// Steps without an id are called by their place. Where others would be meant by that, or one would be called like another, they
/// are given the id that they had.
fn keep_ids(
    present: &[Step],
    further: &BTreeMap<usize, usize>,
    format: Format,
    waived: &BTreeSet<String>,
    ops: &mut Ops,
) {
    let explicit: BTreeSet<&str> = present.iter().filter(|step| step.explicit).map(|step| step.id.as_str()).collect();
    let mut shift = 0usize;
    let mut moving = Vec::new();
    let mut trouble = false;
    for (index, step) in present.iter().enumerate() {
        if shift > 0 && !step.explicit {
            let new = numbered(index.saturating_add(shift));
            // Waivers of a table stand at their rows.
            trouble |= explicit.contains(new.as_str()) || (format != Format::Csv && waived.contains(&step.id));
            moving.push(index);
        }
        shift = shift.saturating_add(further.get(&index).copied().unwrap_or(0));
    }
    if trouble {
        for index in moving {
            let op = Op { path: vec!["id".to_owned()], value: Some(Tree::text(&numbered(index))) };
            ops.entry(index).or_default().push(op);
        }
    }
}

/// The waves, those that the same changes give to steps taken into account.
fn placed(steps: &[Tree], further: &BTreeMap<usize, usize>, ops: &Ops) -> Result<Waves, CannotEdit> {
    let mut numbers = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        let mut wave = step.get("wave").cloned();
        for op in ops.get(&index).into_iter().flatten().filter(|op| op.path == Member::Wave.path()) {
            wave.clone_from(&op.value);
        }
        numbers.push(match wave {
            None | Some(Tree::Null) => None,
            Some(wave) => {
                let number = wave.scalar().and_then(|text| text.trim().parse::<u64>().ok());
                let why = "the wave of a step is not written as a whole number, so that none can be put behind it";
                Some(number.ok_or_else(|| CannotEdit::step(index, why))?)
            }
        });
    }
    let first = further.keys().next().copied().unwrap_or(0);
    waves::place(&numbers, further).ok_or_else(|| CannotEdit::step(first, "there is no number left for another wave"))
}

/// In a table waivers stand at their rows, which are called by their places.
fn rename_waived(tree: &mut Tree, renamed: &BTreeMap<String, String>) {
    for waiver in tree.get_mut("waivers").and_then(Tree::elements_mut).into_iter().flatten() {
        for step in waiver.get_mut("steps").and_then(Tree::elements_mut).into_iter().flatten() {
            if let Tree::Text { text, .. } = step
                && let Some(new) = renamed.get(text.as_str())
            {
                text.clone_from(new);
            }
        }
    }
}
