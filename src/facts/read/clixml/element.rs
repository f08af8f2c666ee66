//! The elements of CLIXML that hold single values, and the names of classes.

use quick_xml::events::BytesStart;

use super::text::Growing;
use super::{What, len32};

/// Elements of primitive values, and whether they are numbers or truth values.
const PRIMITIVES: [(&str, bool); 25] = [
    ("S", false),
    ("C", false),
    ("B", true),
    ("DT", false),
    ("TS", false),
    ("By", true),
    ("SB", true),
    ("U16", true),
    ("I16", true),
    ("U32", true),
    ("I32", true),
    ("U64", true),
    ("I64", true),
    ("Sg", true),
    ("Db", true),
    ("D", true),
    ("BA", false),
    ("G", false),
    ("URI", false),
    ("Version", false),
    ("XD", false),
    ("SBK", false),
    ("SS", false),
    ("PR", false),
    ("SV", false),
];

/// The name of a class, where it stands.
#[derive(Clone, Copy)]
pub(super) struct Class<'t> {
    pub(super) name: &'t str,
    pub(super) at: u32,
}

/// A single value.
pub(super) struct Leaf<'t> {
    pub(super) text: Growing<'t>,
    pub(super) quoted: bool,
    /// `C`: the number of a letter.
    pub(super) letter: bool,
    pub(super) place: (u32, u32),
}

pub(super) fn leaf<'t>(name: &str, from: u32, to: u32) -> What<'t> {
    let quoted = !PRIMITIVES.iter().any(|(of, bare)| *of == name && *bare);
    What::Leaf(Leaf { text: Growing::default(), quoted, letter: name == "C", place: (from, to) })
}

pub(super) fn is_primitive(name: &str) -> bool {
    PRIMITIVES.iter().any(|(of, _)| *of == name)
}

/// A number that an attribute holds.
pub(super) fn id_of(tag: &BytesStart<'_>, attribute: &str) -> Option<usize> {
    tag.try_get_attribute(attribute).ok().flatten()?.value.parse().ok()
}

/// The class of VMM that a type's name names, without its namespace: `VM` of
/// `Selected.Microsoft.SystemCenter.VirtualMachineManager.VM`.
pub(super) fn class_of(name: &str, at: u32) -> Option<Class<'_>> {
    let plain = name.split(['`', '[', ',']).next().unwrap_or(name);
    if !plain.contains("VirtualMachineManager.") {
        return None;
    }
    let (before, class) = plain.rsplit_once('.')?;
    Some(Class { name: class, at: at.saturating_add(len32(before.len())).saturating_add(1) })
}
