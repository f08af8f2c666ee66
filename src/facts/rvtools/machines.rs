//! Which rows speak of which machine: the rows of `vInfo`, and those of the other sheets laid to them by identifier, or by name
//! where there is none. Rows that belong to no machine, or to several, are told of.

use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::diag::codes::input;
use crate::facts::shown::shown;
use crate::source::Span;

use super::field::Fields;
use super::sheets::Column;
use super::table::{Line, Table};

/// Why a row of `vInfo` is no machine to judge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Apart {
    /// A template.
    Template,
    /// What Site Recovery Manager keeps free for a machine of another site.
    Placeholder,
    /// It stands there already.
    Doubled,
    /// It has no name.
    Nameless,
}

/// The rows of `vInfo`, and how they are found.
pub(super) struct Machines {
    /// For each row: why it is no machine to judge, if it is none.
    pub(super) apart: Vec<Option<Apart>>,
    by_id: FxHashMap<String, Vec<usize>>,
    by_uuid: FxHashMap<String, Vec<usize>>,
    by_name: FxHashMap<String, Vec<usize>>,
}

/// Rows of a sheet, by machine.
#[derive(Debug, Default)]
pub(super) struct Laid {
    rows: Vec<Vec<usize>>,
    /// Machines of which a row may speak that does not say which machine it means.
    pub(super) doubtful: Vec<bool>,
}

impl Laid {
    /// The rows about a machine.
    pub(super) fn of(&self, machine: usize) -> &[usize] {
        self.rows.get(machine).map_or(&[], Vec::as_slice)
    }

    /// Whether further rows may speak of it.
    pub(super) fn is_doubtful(&self, machine: usize) -> bool {
        self.doubtful.get(machine).copied().unwrap_or(false)
    }
}

fn key(text: &str) -> String {
    text.to_lowercase()
}

impl Machines {
    /// Looks through `vInfo`.
    pub(super) fn of(info: &Table<'_>, fields: &mut Fields) -> Machines {
        let mut machines = Machines {
            apart: Vec::with_capacity(info.lines.len()),
            by_id: FxHashMap::default(),
            by_uuid: FxHashMap::default(),
            by_name: FxHashMap::default(),
        };
        for (index, line) in info.lines.iter().enumerate() {
            let mut apart = None;
            if fields.truth(info, line, Column::Placeholder).is_some_and(|(truth, _)| truth) {
                apart = Some(Apart::Placeholder);
            }
            if fields.truth(info, line, Column::Template).is_some_and(|(truth, _)| truth) {
                apart = Some(Apart::Template);
            }
            let name = info.said(line, Column::Vm);
            if let Some(first) = machines.same(info, line).and_then(|first| info.lines.get(first)) {
                apart = Some(Apart::Doubled);
                let shown = shown(name.map_or("", |(name, _)| name));
                let error = Diagnostic::error(
                    input::RVTOOLS_ROW,
                    line.span,
                    format!("the machine `{shown}` stands twice in `vInfo`"),
                )
                .label("the second, which is not used")
                .also(first.span, "the first")
                .note("both rows have the same identifier, or the same name on the same host")
                .help("take one of the rows away; exports of several vCenters keep apart by their identifiers");
                fields.told.push(error);
            }
            if name.is_none() {
                apart = Some(Apart::Nameless);
                let error = Diagnostic::error(input::RVTOOLS_ROW, line.span, "a row of `vInfo` has no name")
                    .note("a machine is called by the column `VM`; this one was not judged")
                    .help("fill in its name, or take the row away");
                fields.told.push(error);
            }
            machines.apart.push(apart);
            if apart == Some(Apart::Doubled) {
                continue;
            }
            let mut note = |table: fn(&mut Machines) -> &mut FxHashMap<String, Vec<usize>>, column| {
                if let Some((text, _)) = info.said(line, column) {
                    table(&mut machines).entry(key(text)).or_default().push(index);
                }
            };
            note(|machines| &mut machines.by_id, Column::VmId);
            note(|machines| &mut machines.by_uuid, Column::VmUuid);
            note(|machines| &mut machines.by_name, Column::Vm);
        }
        machines
    }

    /// An earlier row about the same machine.
    fn same(&self, info: &Table<'_>, line: &Line<'_>) -> Option<usize> {
        let server = info.said(line, Column::Server).map(|(text, _)| text);
        let on = |other: usize, column: Column, own: Option<&str>| {
            let other = info.lines.get(other).and_then(|line| info.said(line, column)).map(|(text, _)| text);
            match (other, own) {
                (Some(other), Some(own)) => other.eq_ignore_ascii_case(own),
                (None, None) => true,
                _ => false,
            }
        };
        if let Some((id, _)) = info.said(line, Column::VmId) {
            let known = self.by_id.get(&key(id))?;
            return known.iter().copied().find(|other| on(*other, Column::Server, server));
        }
        if let Some((uuid, _)) = info.said(line, Column::VmUuid) {
            return self.by_uuid.get(&key(uuid))?.first().copied();
        }
        let (name, _) = info.said(line, Column::Vm)?;
        let host = info.said(line, Column::Host).map(|(text, _)| text);
        let known = self.by_name.get(&key(name))?;
        known.iter().copied().find(|other| on(*other, Column::Host, host) && on(*other, Column::Server, server))
    }

    /// Lays the rows of a sheet to the machines that they speak of.
    pub(super) fn lay(&self, info: &Table<'_>, table: &Table<'_>, fields: &mut Fields) -> Laid {
        let count = self.apart.len();
        let mut laid = Laid { rows: vec![Vec::new(); count], doubtful: vec![false; count] };
        let (mut strays, mut unclear): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
        for (index, line) in table.lines.iter().enumerate() {
            match self.meant(info, table, line).as_slice() {
                [] => strays.push(line.span),
                [one] => {
                    if let Some(rows) = laid.rows.get_mut(*one) {
                        rows.push(index);
                    }
                }
                several => {
                    unclear.push(line.span);
                    for machine in several {
                        if let Some(doubtful) = laid.doubtful.get_mut(*machine) {
                            *doubtful = true;
                        }
                    }
                }
            }
        }
        let name = table.sheet.name();
        if let Some(first) = unclear.first() {
            let error = Diagnostic::error(
                input::RVTOOLS_ROW,
                *first,
                format!("{} of `{name}` may speak of several machines", rows(unclear.len())),
            )
            .note("machines of `vInfo` share the name, and the row has neither identifier nor host to tell them apart")
            .note("what the sheet says of these machines was not used: it is unknown")
            .help("export all columns, so that the rows have `VM ID` or `VM UUID`");
            fields.told.push(error);
        }
        if let Some(first) = strays.first() {
            let warning = Diagnostic::warning(
                input::RVTOOLS_ROW,
                *first,
                format!("{} of `{name}` belong{} to no machine of `vInfo`", rows(strays.len()), verb(strays.len())),
            )
            .note("what is not in `vInfo` is not judged")
            .help("export all sheets in one go, and filter none of them");
            fields.told.push(warning);
        }
        laid
    }

    /// The machines that a row may mean.
    fn meant(&self, info: &Table<'_>, table: &Table<'_>, line: &Line<'_>) -> Vec<usize> {
        let known = |map: &FxHashMap<String, Vec<usize>>, column: Column| {
            table.said(line, column).and_then(|(text, _)| map.get(&key(text)).cloned())
        };
        let by_id = known(&self.by_id, Column::VmId).or_else(|| known(&self.by_uuid, Column::VmUuid));
        // A row with an identifier that no machine has means none, whatever its name: unless `vInfo` has no identifiers.
        let says = |column| table.said(line, column).is_some() && info.has(column);
        let named = || known(&self.by_name, Column::Vm).unwrap_or_default();
        let identified =
            (says(Column::VmId) && !self.by_id.is_empty()) || (says(Column::VmUuid) && !self.by_uuid.is_empty());
        let mut meant = match by_id {
            Some(found) => found,
            None if identified => Vec::new(),
            None => named(),
        };
        for column in [Column::Server, Column::Host, Column::VmUuid] {
            if meant.len() < 2 {
                break;
            }
            let Some((own, _)) = table.said(line, column) else { continue };
            let fits = |machine: &usize| {
                let other = info.lines.get(*machine).and_then(|line| info.said(line, column));
                other.is_some_and(|(other, _)| other.eq_ignore_ascii_case(own))
            };
            if meant.iter().any(fits) {
                meant.retain(fits);
            }
        }
        meant
    }
}

fn rows(count: usize) -> String {
    if count == 1 { "a row".to_owned() } else { format!("{count} rows") }
}

fn verb(count: usize) -> &'static str {
    if count == 1 { "s" } else { "" }
}
