//! What a plan says, without places: what a change is meant to lead to, and what the new text is compared with.

use crate::facts::document::{Document, NodeId, View};

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Tree {
    Null,
    /// A scalar by its text. `bare`: it may stand without quotes, whatever it looks like.
    Text {
        text: String,
        bare: bool,
    },
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// In which order members are written where the text does not say.
const ORDER: [&str; 10] = ["id", "vm", "transfer", "to", "host", "storage", "disks", "wave", "network", ""];

/// Where a member belongs among others.
pub(super) fn rank(key: &str) -> usize {
    ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len())
}

impl Tree {
    pub(super) fn text(text: &str) -> Tree {
        Tree::Text { text: text.to_owned(), bare: false }
    }

    pub(super) fn number(number: u64) -> Tree {
        Tree::Text { text: number.to_string(), bare: true }
    }

    /// Mappings within each other that lead to a value.
    pub(super) fn nested(path: &[String], value: Tree) -> Tree {
        path.iter().rev().fold(value, |inner, key| Tree::Map(vec![(key.clone(), inner)]))
    }

    /// Readers bound the depth.
    pub(super) fn of(document: &Document, id: NodeId) -> Tree {
        match document.view(id) {
            View::Null => Tree::Null,
            View::Scalar(text, quoted) => Tree::Text { text: text.to_owned(), bare: !quoted },
            View::List(elements) => Tree::List(elements.iter().map(|element| Tree::of(document, *element)).collect()),
            View::Map(members) => {
                let member = |member: &crate::facts::document::Member| {
                    (document.key(member).to_owned(), Tree::of(document, member.value))
                };
                Tree::Map(members.iter().map(member).collect())
            }
        }
    }

    /// Whether both say the same: the order of members and quotes count for nothing.
    pub(super) fn same(&self, other: &Tree) -> bool {
        match (self, other) {
            (Tree::Null, Tree::Null) => true,
            (Tree::Text { text, .. }, Tree::Text { text: other, .. }) => text == other,
            (Tree::List(mine), Tree::List(theirs)) => {
                mine.len() == theirs.len() && mine.iter().zip(theirs).all(|(mine, theirs)| mine.same(theirs))
            }
            (Tree::Map(mine), Tree::Map(theirs)) => {
                let within = |(key, value): &(String, Tree)| {
                    theirs.iter().find(|(other, _)| other == key).is_some_and(|(_, other)| value.same(other))
                };
                mine.len() == theirs.len() && mine.iter().all(within)
            }
            _ => false,
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        match self {
            Tree::Map(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        match self {
            Tree::Map(members) => members.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn at(&self, path: &[String]) -> Option<&Tree> {
        path.iter().try_fold(self, |tree, key| tree.get(key))
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        match self {
            Tree::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn elements(&self) -> &[Tree] {
        match self {
            Tree::List(elements) => elements,
            _ => &[],
        }
    }

    pub(super) fn elements_mut(&mut self) -> Option<&mut Vec<Tree>> {
        match self {
            Tree::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// Puts a value under a path; what is no mapping on the way becomes one.
    pub(super) fn set(&mut self, path: &[String], value: Tree) {
        let Some((first, rest)) = path.split_first() else {
            *self = value;
            return;
        };
        if !matches!(self, Tree::Map(_)) {
            *self = Tree::Map(Vec::new());
        }
        let Tree::Map(members) = self else { return };
        if let Some((_, inner)) = members.iter_mut().find(|(name, _)| name == first) {
            inner.set(rest, value);
            return;
        }
        let known = rank(first);
        let place = members.iter().rposition(|(name, _)| rank(name) <= known).map_or(0, |last| last.saturating_add(1));
        members.insert(place.min(members.len()), (first.clone(), Tree::nested(rest, value)));
    }

    /// Takes a member away, and the mappings that it leaves empty; itself stays.
    pub(super) fn remove(&mut self, path: &[String]) {
        let (Some((first, rest)), Tree::Map(members)) = (path.split_first(), &mut *self) else { return };
        let Some(place) = members.iter().position(|(name, _)| name == first) else { return };
        let Some((_, inner)) = members.get_mut(place) else { return };
        inner.remove(rest);
        if rest.is_empty() || matches!(inner, Tree::Map(left) if left.is_empty()) {
            members.remove(place);
        }
    }
}
