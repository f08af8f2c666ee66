//! How an export is laid out: one object with a section for each kind of object, dictionaries by id, or bare objects of one
//! kind or several, as a pipe into `Export-Clixml` writes them. It finds the objects and looks at nothing in them.

use std::collections::BTreeMap;

use crate::facts::document::View;
use crate::facts::read::clixml::CLASS;

use super::export::{Export, Node};

/// A kind of object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    Machine,
    Host,
    Cluster,
    Network,
    Domain,
}

/// What each kind of object is recognised by.
struct Marks {
    kind: Kind,
    /// The section that holds them.
    section: &'static str,
    /// Names of their class.
    classes: &'static [&'static str],
    /// Members that tell them from rows of our own inventories.
    members: &'static [&'static str],
}

const MARKS: [Marks; 5] = [
    Marks {
        kind: Kind::Machine,
        section: "vms",
        classes: &["VM"],
        members: &[
            "VirtualMachineStateString",
            "VirtualMachineState",
            "VirtualHardDisks",
            "VMCPath",
            "HostName",
            "StatusString",
        ],
    },
    Marks {
        kind: Kind::Host,
        section: "hosts",
        classes: &["Host", "VMHost"],
        members: &[
            "OperatingSystemVersionString",
            "DiskVolumes",
            "ProcessorManufacturer",
            "CommunicationStateString",
            "CommunicationState",
        ],
    },
    Marks { kind: Kind::Cluster, section: "clusters", classes: &["HostCluster"], members: &["ClusterName", "Nodes"] },
    Marks { kind: Kind::Network, section: "vnets", classes: &["VirtualNetwork"], members: &["VMHostName"] },
    Marks { kind: Kind::Domain, section: "domains", classes: &[], members: &["Trusts"] },
];

/// The member under which dictionaries hold an object beside others.
const PROPERTIES: &str = "Properties";

/// How many objects of a section are looked at to recognise an export.
const ENOUGH: usize = 8;

/// The objects of an export.
#[derive(Default)]
pub(super) struct Layout {
    /// By kind; nothing of a kind that the export has no section for.
    sections: BTreeMap<Kind, Vec<Node>>,
    /// What lies beside an object in the dictionary that holds it.
    beside: BTreeMap<Node, Node>,
}

impl Layout {
    /// Finds the objects of an export.
    pub(super) fn read(export: Export<'_>, document: usize) -> Layout {
        let mut layout = Layout::default();
        for node in tops(export, document) {
            match kind(export, node) {
                Some(kind) => layout.sections.entry(kind).or_default().push(node),
                None => layout.hold(export, node),
            }
        }
        layout
    }

    /// An object that has a member for each kind.
    fn hold(&mut self, export: Export<'_>, node: Node) {
        for marks in &MARKS {
            let Some(section) = export.get(node, marks.section) else { continue };
            let into = self.sections.entry(marks.kind).or_default();
            for element in elements(export, section) {
                // `@{ Properties = …; DVDs = … }`
                match export.get(element, PROPERTIES) {
                    Some(object) if matches!(export.view(object), View::Map(_)) => {
                        self.beside.insert(object, element);
                        into.push(object);
                    }
                    _ => into.push(element),
                }
            }
        }
    }

    /// The objects of a kind; nothing where the export does not have that kind.
    pub(super) fn of(&self, kind: Kind) -> Option<&[Node]> {
        self.sections.get(&kind).map(Vec::as_slice)
    }

    /// The dictionary that holds an object beside others.
    pub(super) fn beside(&self, node: Node) -> Option<Node> {
        self.beside.get(&node).copied()
    }
}

/// Which exports speak of a host with their sections of a kind. One that has hosts of its own, as those of several servers
/// have, speaks of these alone; one without hosts speaks of those whose own exports have no such section. `homes`: the
/// exports that have the host.
pub(super) fn speakers<'l>(layouts: &'l [Layout], kind: Kind, homes: &[usize]) -> Vec<&'l [Node]> {
    let own: Vec<&[Node]> = homes.iter().filter_map(|home| layouts.get(*home)?.of(kind)).collect();
    if !own.is_empty() {
        return own;
    }
    let without_hosts = layouts.iter().filter(|layout| layout.of(Kind::Host).is_none_or(<[Node]>::is_empty));
    without_hosts.filter_map(|layout| layout.of(kind)).collect()
}

/// Whether a member of this name may tell that a document is an export.
pub(super) fn is_mark(name: &str) -> bool {
    [CLASS, PROPERTIES].contains(&name) || MARKS.iter().any(|marks| marks.members.contains(&name))
}

/// Whether a document is an export, by its shape.
pub(super) fn recognise(export: Export<'_>) -> bool {
    tops(export, 0).into_iter().take(ENOUGH).any(|top| {
        kind(export, top).is_some()
            || MARKS.iter().filter(|marks| !matches!(marks.kind, Kind::Network | Kind::Domain)).any(|marks| {
                let section = export.get(top, marks.section);
                let elements = section.map(|section| elements(export, section)).unwrap_or_default();
                elements.into_iter().take(ENOUGH).any(|element| {
                    let object = export.get(element, PROPERTIES).unwrap_or(element);
                    marks.has_class(export, object) || marks.members.iter().any(|mark| export.has(object, mark))
                })
            })
    })
}

impl Marks {
    fn has_class(&self, export: Export<'_>, node: Node) -> bool {
        export.class(node).is_some_and(|class| self.classes.contains(&class))
    }
}

/// The kind of a bare object: by its class, or by what no other object has.
fn kind(export: Export<'_>, node: Node) -> Option<Kind> {
    if !matches!(export.view(node), View::Map(_)) {
        return None;
    }
    let marks = match export.class(node) {
        Some(_) => MARKS.iter().find(|marks| marks.has_class(export, node)),
        None => MARKS.iter().find(|marks| marks.members.iter().filter(|mark| export.has(node, mark)).count() > 1),
    };
    marks.map(|marks| marks.kind)
}

/// The objects on top: of one file there may be one, several, or a list of them.
fn tops(export: Export<'_>, document: usize) -> Vec<Node> {
    let Some(root) = export.root(document) else { return Vec::new() };
    let Some(elements) = export.elements(root) else { return vec![root] };
    elements.into_iter().flat_map(|element| export.elements(element).unwrap_or_else(|| vec![element])).collect()
}

/// The elements of a section: of a list, of a dictionary by id, or one alone.
fn elements(export: Export<'_>, section: Node) -> Vec<Node> {
    match export.view(section) {
        View::List(_) => export.elements(section).unwrap_or_default(),
        View::Map(_) => {
            let values = export.values(section);
            if values.iter().all(|value| matches!(export.view(*value), View::Map(_))) { values } else { vec![section] }
        }
        View::Null | View::Scalar(..) => Vec::new(),
    }
}
