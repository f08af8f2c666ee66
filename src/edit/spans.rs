//! Changes of YAML and JSON texts by the places of what was read. One member of each step is changed at a time, and the text
//! is read again, so that places are never those of a text that is no more.

use super::flow::{self, Shape};
use super::member::{Reading, Stands};
use super::resolve::{Op, Resolved};
use super::tree::{Tree, rank};
use super::{CannotEdit, parse, scalar};
use crate::facts::document::{Member, NodeId, View};
use crate::facts::read::Format;

/// Bytes to take out, and what to put there.
struct Patch {
    start: usize,
    end: usize,
    text: String,
}

/// The text with everything in it.
pub(super) fn apply(text: &str, format: Format, resolved: &Resolved) -> Result<String, CannotEdit> {
    let mut text = text.to_owned();
    let rounds = resolved.ops.values().map(Vec::len).max().unwrap_or(0);
    for round in 0..=rounds {
        let document = parse(&text, format).ok_or_else(|| CannotEdit {
            step: resolved.only_step(),
            reason: "the changed text could not be read again".to_owned(),
        })?;
        let reading = Reading { text: &text, document: &document, format };
        let Some(list) = document.root().and_then(|root| document.get(root, "steps")) else { break };
        let steps = document.elements(list);
        let mut patches = Vec::new();
        if round < rounds {
            for (index, ops) in &resolved.ops {
                if let (Some(op), Some(step)) = (ops.get(round), steps.get(*index)) {
                    let patch = change(&reading, *step, op).map_err(|reason| CannotEdit::step(*index, reason))?;
                    patches.extend(patch);
                }
            }
        } else {
            for (index, new) in &resolved.behind {
                let patch = insert(&reading, list, *index, new).map_err(|reason| CannotEdit::step(*index, reason))?;
                patches.push(patch);
            }
        }
        text = patched(&text, patches);
    }
    Ok(text)
}

fn patched(text: &str, mut patches: Vec<Patch>) -> String {
    patches.sort_by_key(|patch| patch.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for patch in patches {
        out.push_str(text.get(at..patch.start).unwrap_or(""));
        out.push_str(&patch.text);
        at = patch.end.max(at);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}

fn change(reading: &Reading<'_>, step: NodeId, op: &Op) -> Result<Option<Patch>, String> {
    match &op.value {
        Some(value) => set(reading, step, &op.path, value).map(Some),
        None => remove(reading, step, &op.path),
    }
}

fn find(reading: &Reading<'_>, map: NodeId, key: &str) -> Option<Member> {
    reading.document.member(map, key).copied()
}

/// Puts a value under a path of a step.
fn set(reading: &Reading<'_>, map: NodeId, path: &[String], value: &Tree) -> Result<Patch, String> {
    let Some((key, rest)) = path.split_first() else { return Err("the step has no such member".to_owned()) };
    let Some(member) = find(reading, map, key) else {
        return add(reading, map, key, &Tree::nested(rest, value.clone()));
    };
    let whole = || {
        let mut whole = Tree::of(reading.document, member.value);
        whole.set(rest, value.clone());
        whole
    };
    if !reading.own(map, &member) {
        // What was merged is overruled by a member of its own.
        return add(reading, map, key, &whole());
    }
    let shape = Shape::of(reading, map);
    match reading.stands(&member) {
        Stands::Empty(at) => {
            let text = format!(" {}", flow::write(reading, &whole(), None, shape.as_ref()));
            Ok(Patch { start: at, end: at, text })
        }
        Stands::Alias(start, end) => {
            Ok(Patch { start, end, text: flow::write(reading, &whole(), None, shape.as_ref()) })
        }
        Stands::Here(start, end) => match reading.document.view(member.value) {
            View::Map([]) | View::Null if !rest.is_empty() => {
                Ok(Patch { start, end, text: flow::write(reading, &whole(), None, shape.as_ref()) })
            }
            View::Map(_) if !rest.is_empty() => set(reading, member.value, rest, value),
            View::Scalar(..) | View::Null if rest.is_empty() => {
                let text = scalar::write(value, reading.format, Some(reading.slice(start, end)));
                Ok(Patch { start, end, text })
            }
            _ => Err(format!("`{key}` of the step is not what it should be")),
        },
    }
}

/// Adds a member to a mapping, where it belongs among the others.
fn add(reading: &Reading<'_>, map: NodeId, key: &str, value: &Tree) -> Result<Patch, String> {
    let members = reading.members(map);
    let known = rank(key);
    let before = members.iter().rposition(|member| rank(reading.key(member)) <= known);
    let Some(shape) = Shape::of(reading, map) else {
        return add_line(reading, map, &members, before, key, value);
    };
    let written = flow::member(reading, key, value, Some(map), &shape);
    match before.and_then(|before| members.get(before)) {
        Some(before) => {
            let at = reading.stands(before).end();
            Ok(Patch { start: at, end: at, text: format!("{}{written}", shape.between) })
        }
        None => {
            let first = members.first().ok_or("the step says nothing itself")?;
            let at = first.key_span.start as usize;
            Ok(Patch { start: at, end: at, text: format!("{written}{}", shape.between) })
        }
    }
}

/// The same in block style: a line of its own.
fn add_line(
    reading: &Reading<'_>,
    map: NodeId,
    members: &[Member],
    before: Option<usize>,
    key: &str,
    value: &Tree,
) -> Result<Patch, String> {
    if reading.opening(map).is_some() {
        return Err("an empty mapping has nothing to be written like".to_owned());
    }
    let first = members.first().ok_or("everything that the step says is merged into it")?;
    let first = first.key_span.start as usize;
    let indent = " ".repeat(reading.column(first));
    let (name, _) = flow::named(reading, key, Some(map));
    let line = format!("{name}: {}", flow::write(reading, value, None, None));
    Ok(match before.and_then(|before| members.get(before)) {
        Some(before) => {
            let at = reading.line_end(reading.stands(before).end());
            Patch { start: at, end: at, text: format!("{}{indent}{line}", reading.ending()) }
        }
        None => Patch { start: first, end: first, text: format!("{line}{}{indent}", reading.ending()) },
    })
}

/// Takes a member of a step away; a mapping that it would leave empty goes with it.
fn remove(reading: &Reading<'_>, step: NodeId, path: &[String]) -> Result<Option<Patch>, String> {
    let mut map = step;
    // The member to take away: the outermost one that holds nothing but the way to what is not wanted.
    let mut target: Option<(NodeId, Member)> = None;
    for (depth, key) in path.iter().enumerate() {
        let Some(member) = find(reading, map, key) else { return Ok(None) };
        if !reading.own(map, &member) {
            return Err(format!("`{key}` of the step comes from `<<`, and cannot be left out here"));
        }
        let alone = depth > 0 && reading.document.members(map).len() == 1;
        if !alone {
            target = Some((map, member));
        }
        let last = depth.saturating_add(1) == path.len();
        if !last && let Stands::Alias(start, end) = reading.stands(&member) {
            let mut whole = Tree::of(reading.document, member.value);
            whole.remove(path.get(depth.saturating_add(1)..).unwrap_or(&[]));
            if matches!(&whole, Tree::Map(left) if left.is_empty()) {
                break;
            }
            return Ok(Some(Patch { start, end, text: flow::write(reading, &whole, None, None) }));
        }
        map = member.value;
    }
    let Some((map, member)) = target else { return Ok(None) };
    let members = reading.members(map);
    let Some(index) = members.iter().position(|other| other.key_span == member.key_span) else { return Ok(None) };
    let before = index.checked_sub(1).and_then(|before| members.get(before));
    let after = members.get(index.saturating_add(1));
    let start = member.key_span.start as usize;
    let end = reading.stands(&member).end();
    if reading.opening(map).is_some() {
        return Ok(Some(cut_from_braces(reading, before, after, (start, end))));
    }
    let line = reading.line_start(start);
    if reading.slice(line, start).trim().is_empty() {
        // A line of its own, or several, with the comment behind it.
        let behind = reading.behind_break(reading.line_end(end));
        let at_end = behind == reading.text.len() && !reading.text.ends_with(['\n', '\r']);
        let line = if at_end { before_break(reading, line) } else { line };
        return Ok(Some(Patch { start: line, end: behind, text: String::new() }));
    }
    // Behind a dash: the next member takes its place, unless a comment stands between.
    let Some(after) = after else { return Err("the step would say nothing any more".to_owned()) };
    let next = after.key_span.start as usize;
    let line_end = reading.line_end(end);
    let end = if reading.slice(line_end, next).trim().is_empty() { next } else { line_end };
    Ok(Some(Patch { start, end, text: String::new() }))
}

/// Before the line break that a line begins behind.
fn before_break(reading: &Reading<'_>, line: usize) -> usize {
    let before = reading.slice(0, line);
    let without = before.strip_suffix('\n').unwrap_or(before);
    without.strip_suffix('\r').unwrap_or(without).len()
}

fn cut_from_braces(
    reading: &Reading<'_>,
    before: Option<&Member>,
    after: Option<&Member>,
    (start, end): (usize, usize),
) -> Patch {
    match (before, after) {
        (_, Some(after)) => {
            let next = after.key_span.start as usize;
            let between = reading.slice(end, next);
            let cut = match between.find('#') {
                None => next,
                // A comment stays, and what it says of the next member.
                Some(_) => end.saturating_add(between.find(',').map_or(0, |comma| comma.saturating_add(1))),
            };
            Patch { start, end: cut, text: String::new() }
        }
        (Some(before), None) => Patch { start: reading.stands(before).end(), end, text: String::new() },
        (None, None) => Patch { start, end, text: String::new() },
    }
}

/// Puts steps behind one of a list.
fn insert(reading: &Reading<'_>, list: NodeId, index: usize, new: &[Tree]) -> Result<Patch, String> {
    let steps = reading.document.elements(list);
    let Some(step) = steps.get(index).copied() else { return Err("the plan has no such step".to_owned()) };
    let (start, end) = reading.place(step);
    let neighbour = |at: Option<usize>| at.and_then(|at| steps.get(at)).map(|step| reading.place(*step));
    let (before, after) = (neighbour(index.checked_sub(1)), neighbour(index.checked_add(1)));
    if let Some(opening) = reading.opening(list) {
        let comma = |between: &&str| between.trim() == ",";
        let between = after.map(|(next, _)| reading.slice(end, next)).filter(comma);
        let between = between.or_else(|| before.map(|(_, last)| reading.slice(last, start)).filter(comma));
        let open =
            reading.slice(opening.saturating_add(1), steps.first().map_or(start, |first| reading.place(*first).0));
        let tight = Shape::of(reading, step).is_some_and(|shape| shape.colon == ":");
        let between = match between {
            Some(between) => between.to_owned(),
            None if open.contains(['\n', '\r']) && open.trim().is_empty() => format!(",{open}"),
            None => if reading.format == Format::Json && tight { "," } else { ", " }.to_owned(),
        };
        let written: String =
            new.iter().map(|tree| format!("{between}{}", flow::write(reading, tree, Some(step), None))).collect();
        return Ok(Patch { start: end, end, text: written });
    }
    let ending = reading.ending();
    let line = reading.line_start(start);
    let Some(dash) = reading.slice(0, start).rfind('-') else {
        return Err("the step stands behind no dash".to_owned());
    };
    let dash_line = reading.line_start(dash);
    let outer = reading.slice(dash_line, dash);
    let indent = if outer.trim().is_empty() { outer.to_owned() } else { " ".repeat(reading.column(dash)) };
    let gap = reading.slice(dash.saturating_add(1), start);
    let gap = if dash_line == line && gap.trim().is_empty() { gap } else { " " };
    let inner = format!("{indent} {}", " ".repeat(gap.chars().count()));
    let blank = |(from, to): (usize, usize)| {
        let between = reading.slice(from, to);
        between.contains("\n\n") || between.contains("\r\n\r\n")
    };
    let apart = after.map(|(next, _)| (end, next)).is_some_and(blank)
        || (after.is_none() && before.map(|(_, last)| (last, start)).is_some_and(blank));
    // Comments that stand deeper than the dash are the step's.
    let mut at = reading.line_end(end);
    loop {
        let from = reading.behind_break(at);
        let to = reading.line_end(from);
        let line = reading.slice(from, to);
        let depth = line.len().saturating_sub(line.trim_start().len());
        if from == at || depth <= indent.len() || !line.trim_start().starts_with('#') {
            break;
        }
        at = to;
    }
    let mut text = String::new();
    for tree in new {
        if apart {
            text.push_str(ending);
        }
        text.push_str(&format!("{ending}{indent}-{gap}{}", block(reading, tree, Some(step), &inner)));
    }
    Ok(Patch { start: at, end: at, text })
}

/// A value in the style of another one: lines in block style, where that is in block style.
fn block(reading: &Reading<'_>, value: &Tree, like: Option<NodeId>, indent: &str) -> String {
    let (Tree::Map(members), Some(map)) = (value, like) else { return flow::write(reading, value, like, None) };
    if members.is_empty() || reading.opening(map).is_some() || reading.members(map).is_empty() {
        return flow::write(reading, value, like, None);
    }
    let ending = reading.ending();
    let outer = reading.members(map).first().map_or(0, |first| reading.column(first.key_span.start as usize));
    let mut lines = Vec::new();
    for (key, value) in members {
        let (name, there) = flow::named(reading, key, like);
        let inside = there.filter(|there| {
            matches!(reading.document.view(*there), View::Map([_, ..])) && reading.opening(*there).is_none()
        });
        let first = inside.and_then(|inside| reading.members(inside).first().copied());
        match (value, first) {
            (Tree::Map(inner), Some(first)) if !inner.is_empty() => {
                let deeper = reading.column(first.key_span.start as usize).saturating_sub(outer).max(1);
                let deeper = format!("{indent}{}", " ".repeat(deeper));
                lines.push(format!("{name}:{ending}{deeper}{}", block(reading, value, inside, &deeper)));
            }
            _ => lines.push(format!("{name}: {}", flow::write(reading, value, there, None))),
        }
    }
    lines.join(&format!("{ending}{indent}"))
}
