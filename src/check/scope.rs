//! The names that an expression sees, and which paths are known to exist where it stands. No types are worked out here;
//! every part of the checker that looks at expressions carries one of these.

use std::sync::Arc;

use super::tree::{Expr, ExprKind, Frame, FunctionKind, Local, LocalId};
use crate::types::{Const, FieldId, FunctionId, Type};
use crate::value::StructId;

/// A path of fields that starts at a bound name: what `exists` narrows.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Path {
    /// The name it starts at.
    pub root: LocalId,
    /// The fields and keys behind it.
    pub steps: Vec<PathStep>,
}

/// A step of a [`Path`].
#[derive(Clone, PartialEq, Debug)]
pub(super) enum PathStep {
    /// A field, stored or derived.
    Field(StructId, FieldId),
    /// A key of a map that is a path itself.
    Key(Path),
    /// A key of a map as a text.
    Text(Arc<str>),
}

impl Path {
    /// The path with another path in place of the names it starts at; nothing where one of them has none.
    pub fn substitute(&self, roots: &dyn Fn(LocalId) -> Option<Path>) -> Option<Path> {
        let mut path = roots(self.root)?;
        for step in &self.steps {
            path.steps.push(match step {
                PathStep::Key(key) => PathStep::Key(key.substitute(roots)?),
                other => other.clone(),
            });
        }
        Some(path)
    }
}

/// The names in sight and what is known of them, while one function, rule, matrix, effect … is checked.
#[derive(Default)]
pub(super) struct Scope {
    /// All names ever bound.
    pub frame: Frame,
    visible: Vec<(Arc<str>, LocalId)>,
    narrowed: Vec<Path>,
    /// What functions of the checked tree compute: whose body a derived field or definition is.
    pub hidden: Vec<Arc<str>>,
}

/// How far names and narrowings went at some point.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    visible: usize,
    narrowed: usize,
}

impl Scope {
    /// Binds a name.
    pub fn bind(&mut self, name: &Arc<str>, ty: Type) -> LocalId {
        let id = LocalId(u16::try_from(self.frame.locals.len()).unwrap_or(u16::MAX));
        self.frame.locals.push(Local { name: name.clone(), ty });
        self.visible.push((name.clone(), id));
        id
    }

    /// The name in sight, the innermost first.
    pub fn find(&self, name: &str) -> Option<LocalId> {
        self.visible.iter().rev().find(|(known, _)| **known == *name).map(|(_, id)| *id)
    }

    /// All names of this spelling in sight, the innermost first.
    pub fn find_all(&self, name: &str) -> impl Iterator<Item = LocalId> {
        self.visible.iter().rev().filter(move |(known, _)| **known == *name).map(|(_, id)| *id)
    }

    /// Names in sight.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.visible.iter().map(|(name, _)| &**name)
    }

    /// The type of a bound name.
    pub fn type_of(&self, id: LocalId) -> Type {
        self.frame.locals.get(usize::from(id.0)).map_or(Type::Error, |local| local.ty.clone())
    }

    /// Where names and narrowings stand now.
    pub fn mark(&self) -> Mark {
        Mark { visible: self.visible.len(), narrowed: self.narrowed.len() }
    }

    /// Forgets names and narrowings since the mark. Their ids stay taken.
    pub fn reset(&mut self, mark: Mark) {
        self.visible.truncate(mark.visible);
        self.narrowed.truncate(mark.narrowed);
    }

    /// Hides a name from what follows; it stays known as hidden.
    pub fn hide(&mut self, id: LocalId) {
        if let Some(at) = self.visible.iter().position(|(_, known)| *known == id) {
            let (name, _) = self.visible.remove(at);
            self.hidden.push(name);
        }
    }

    /// Makes paths known to exist.
    pub fn narrow(&mut self, paths: Vec<Path>) {
        self.narrowed.extend(paths);
    }

    /// Whether a path is known to exist.
    pub fn is_narrowed(&self, path: &Path) -> bool {
        self.narrowed.contains(path)
    }
}

/// The path that an expression is, where it is one.
pub(super) fn path_of(expr: &Expr, is_derived: &dyn Fn(FunctionId) -> Option<(StructId, FieldId)>) -> Option<Path> {
    match &expr.kind {
        ExprKind::Local(id) => Some(Path { root: *id, steps: Vec::new() }),
        ExprKind::Field { of, owner, field } => {
            let mut path = path_of(of, is_derived)?;
            path.steps.push(PathStep::Field(*owner, *field));
            Some(path)
        }
        ExprKind::Call { function, args } => {
            let (owner, field) = is_derived(*function)?;
            let mut path = path_of(args.first()?, is_derived)?;
            path.steps.push(PathStep::Field(owner, field));
            Some(path)
        }
        ExprKind::Index { map, key } => {
            let mut path = path_of(map, is_derived)?;
            path.steps.push(match &key.kind {
                ExprKind::Const(Const::Text(text)) => PathStep::Text(text.clone()),
                _ => PathStep::Key(path_of(key, is_derived)?),
            });
            Some(path)
        }
        _ => None,
    }
}

/// Which field a function computes.
pub(super) fn derived_field(kind: FunctionKind) -> Option<(StructId, FieldId)> {
    match kind {
        FunctionKind::Derive(owner, field) => Some((owner, field)),
        FunctionKind::Define => None,
    }
}
