//! The tree walk: what an expression is worth in an environment and a world.

use std::cell::RefCell;
use std::collections::BTreeMap;

use clearway::check::tree::{Comparison, Expr, ExprKind, Fold, LocalId, Policies, Quantifier};
use clearway::types::{FieldId, FieldKind, FunctionId, GatherId, Schema, Type};
use clearway::value::{StructId, Truth};

use super::value::{Element, Facts, List, RowRef, Val, Value, and, membership, not, or, undecided, union};
use super::world::World;
use super::{builtin, scalar};

/// Bound names.
pub type Env = BTreeMap<LocalId, Val>;

/// A part that a gather made.
struct Made {
    cells: Vec<Val>,
    /// Its place from 1 in the gathered list.
    place: usize,
    /// Which of the gather's places it comes from, and what is bound there.
    origin: (GatherId, usize, Env),
}

/// Walks expressions in one world.
pub struct Walk<'a> {
    pub policies: &'a Policies,
    pub world: World,
    /// Fields of the parts that gathers made, and their places in their lists.
    made: RefCell<Vec<Made>>,
    /// Lists that were gathered already: a part is made once.
    gathered: RefCell<BTreeMap<(GatherId, RowRef), Val>>,
    /// Derived fields that were computed already.
    derived: RefCell<BTreeMap<(FunctionId, RowRef), Val>>,
}

/// Whether names are compared: a text next to a name is a name.
fn names(types: &[&Type]) -> bool {
    types.iter().any(|ty| match ty.required() {
        Type::Name => true,
        Type::List(of) => names(&[of]),
        _ => false,
    })
}

impl<'a> Walk<'a> {
    pub fn new(policies: &'a Policies, world: World) -> Walk<'a> {
        Walk { policies, world, made: RefCell::default(), gathered: RefCell::default(), derived: RefCell::default() }
    }

    /// What an expression is worth.
    pub fn eval(&self, expr: &Expr, env: &mut Env) -> Val {
        match &expr.kind {
            ExprKind::Const(constant) => Val::constant(constant),
            ExprKind::Local(local) => env.get(local).cloned().expect("a name is bound before it is read"),
            ExprKind::Section(entity) => self.section(*entity),
            ExprKind::Field { of, owner, field } => {
                let row = self.eval(of, env);
                self.field(&row, *owner, *field)
            }
            ExprKind::Call { function, args } => {
                let args = args.iter().map(|arg| self.eval(arg, env)).collect();
                self.call(*function, args)
            }
            ExprKind::Index { map, key } => {
                let by_name = matches!(map.ty.required(), Type::Map { by_name: true, .. });
                let (map, key) = (self.eval(map, env), self.eval(key, env));
                index(&map, &key, by_name)
            }
            ExprKind::Not(a) => not(&self.eval(a, env)),
            ExprKind::And(a, b) => {
                let a = self.eval(a, env);
                if a.as_truth() == Truth::False { a } else { and(&a, &self.eval(b, env)) }
            }
            ExprKind::Or(a, b) => {
                let a = self.eval(a, env);
                if a.as_truth() == Truth::True { a } else { or(&a, &self.eval(b, env)) }
            }
            ExprKind::Implies(a, b) => {
                let a = not(&self.eval(a, env));
                if a.as_truth() == Truth::True { a } else { or(&a, &self.eval(b, env)) }
            }
            ExprKind::Compare(how, a, b) => {
                let names = names(&[&a.ty, &b.ty]);
                scalar::compare(*how, &self.eval(a, env), &self.eval(b, env), names)
            }
            ExprKind::In(x, xs) => {
                let names = names(&[&x.ty, &xs.ty]);
                let (x, xs) = (self.eval(x, env), self.eval(xs, env).as_list());
                contains(&x, &xs, names)
            }
            ExprKind::Arithmetic(how, a, b) => scalar::arithmetic(*how, &self.eval(a, env), &self.eval(b, env)),
            ExprKind::Negate(a) => scalar::negate(&self.eval(a, env)),
            ExprKind::Quantify { quantifier, local, list, filter, body } => {
                self.quantify(*quantifier, *local, list, filter.as_deref(), body, env)
            }
            ExprKind::Collect { local, list, filter, body } => {
                Val::list(self.collect(*local, list, filter.as_deref(), body, env))
            }
            ExprKind::Fold { fold, local, list, filter, body, never_negative } => {
                let list = match body {
                    Some(body) => self.collect(*local, list, filter.as_deref(), body, env),
                    None => self.filtered(*local, list, filter.as_deref(), env),
                };
                match fold {
                    Fold::Count => builtin::length(&list),
                    Fold::Sum => builtin::sum(&list, *never_negative, &expr.ty),
                    Fold::Min => builtin::extreme(&list, Comparison::Less),
                    Fold::Max => builtin::extreme(&list, Comparison::Greater),
                }
            }
            ExprKind::Builtin(which, args) => {
                let types: Vec<&Type> = args.iter().map(|arg| &arg.ty).collect();
                let values: Vec<Val> = args.iter().map(|arg| self.eval(arg, env)).collect();
                builtin::call(self, *which, &values, names(&types), &types)
            }
            ExprKind::Exists(a) => {
                let a = self.eval(a, env);
                match a.value {
                    Value::Unknown => a,
                    Value::None => Val::bool(false),
                    _ => Val::bool(true),
                }
            }
            ExprKind::IsKnown(a) => Val::bool(self.eval(a, env).decided()),
            ExprKind::Else(a, b) => {
                let a = self.eval(a, env);
                if a.value == Value::None { self.eval(b, env) } else { a }
            }
            ExprKind::If(p, a, b) => {
                let p = self.eval(p, env);
                match p.as_truth() {
                    Truth::True => self.eval(a, env),
                    Truth::False => self.eval(b, env),
                    Truth::Unknown => {
                        let (a, b) = (self.eval(a, env), self.eval(b, env));
                        if a.decided() && a == b { a } else { Val::unknown(undecided([&p, &a, &b])) }
                    }
                }
            }
            ExprKind::List(items) => Val::list(List::sure(items.iter().map(|item| self.eval(item, env)))),
        }
    }

    /// All rows of an entity.
    fn section(&self, entity: StructId) -> Val {
        let tables = &self.world.tables;
        let rows = tables.listed.get(&entity).into_iter().flatten();
        let rows = rows.map(|at| RowRef { of: entity, at: *at, made: false });
        let takes_part = rows.filter(|row| !self.world.out.contains(row));
        let mut list = List::sure(takes_part.map(|row| Val::known(Value::Row(row))));
        // Rows that are there because something names them are rows, even where no file has the section.
        list.rest = tables.absent.get(&entity).cloned();
        Val::list(list)
    }

    /// A stored, gathered or built-in field. Of a row that is not known nothing is known.
    pub fn field(&self, row: &Val, owner: StructId, field: FieldId) -> Val {
        let Value::Row(at) = row.value else { return Val::unknown(row.missing.clone()) };
        let kind = self.policies.schema.field(owner, field).expect("a field of the schema").kind;
        match kind {
            FieldKind::Stored if at.made => self.made.borrow()[at.at].cells[field.0 as usize].clone(),
            FieldKind::Stored if matches!(owner, Schema::PLAN | Schema::WAVE) => {
                let takes_part =
                    |e: &Element| !matches!(e.value.value, Value::Row(row) if self.world.out.contains(&row));
                match self.world.cell(at, field) {
                    Val { value: Value::List(mut steps), .. } => {
                        steps.elements.retain(takes_part);
                        Val::list(steps)
                    }
                    other => other,
                }
            }
            FieldKind::Stored => self.world.cell(at, field),
            FieldKind::Derived(function) => self.call(function, vec![row.clone()]),
            FieldKind::Gathered(gather) => self.gather(gather, at),
            FieldKind::Refused => {
                self.world.refused.get(&at).map_or_else(|| Val::unknown(Facts::new()), |refused| Val::bool(*refused))
            }
        }
    }

    fn call(&self, function: FunctionId, args: Vec<Val>) -> Val {
        let row = match args.as_slice() {
            [Val { value: Value::Row(row), .. }] => Some((function, *row)),
            _ => None,
        };
        if let Some(known) = row.and_then(|row| self.derived.borrow().get(&row).cloned()) {
            return known;
        }
        let body = &self.policies.function(function).expect("a function of the policies").body;
        let mut env: Env = (0..).map(LocalId).zip(args).collect();
        let value = self.eval(body, &mut env);
        if let Some(row) = row {
            self.derived.borrow_mut().insert(row, value.clone());
        }
        value
    }

    /// The parts that a gather makes for a row.
    fn gather(&self, id: GatherId, owner: RowRef) -> Val {
        if let Some(list) = self.gathered.borrow().get(&(id, owner)) {
            return list.clone();
        }
        let gather = self.policies.gather(id).expect("a gather of the policies");
        let mut all = List::default();
        for (at, source) in gather.sources.iter().enumerate() {
            let mut env = Env::from([(LocalId(0), Val::known(Value::Row(owner)))]);
            let places = match &source.each {
                Some((_, list)) => self.eval(list, &mut env).as_list(),
                None => List::sure([Val::bool(true)]),
            };
            let mut place = |value: &Val, member: &Val| -> (Val, Env) {
                if let Some((local, _)) = &source.each {
                    env.insert(*local, value.clone());
                }
                let when = source.when.as_ref().map_or_else(|| Val::bool(true), |when| self.eval(when, &mut env));
                (and(member, &when), env.clone())
            };
            for element in &places.elements {
                let (member, mut env) = place(&element.value, &membership(element.doubt.as_ref()));
                let doubt = match member.as_truth() {
                    Truth::False => continue,
                    Truth::True => None,
                    Truth::Unknown => Some(member.missing),
                };
                let value = |field: &Option<Expr>| {
                    field.as_ref().map_or_else(|| Val::unknown(Facts::new()), |field| self.eval(field, &mut env))
                };
                let stored: Vec<Val> = source.fields.iter().map(value).collect();
                let part = self.make(gather.part, stored, all.elements.len() + 1, (id, at, env));
                all.elements.push(Element { value: Val::known(Value::Row(part)), doubt });
            }
            if let Some(missing) = &places.rest {
                let (member, _) = place(&Val::unknown(missing.clone()), &Val::unknown(missing.clone()));
                if member.as_truth() != Truth::False {
                    all.rest = Some(union(&all.rest.unwrap_or_default(), missing));
                    all.read.extend(places.read.iter().cloned().chain(member.missing));
                }
            }
        }
        let list = Val::list(all);
        self.gathered.borrow_mut().insert((id, owner), list.clone());
        list
    }

    /// A new part whose stored fields, in the order of its fields, are these.
    fn make(&self, part: StructId, stored: Vec<Val>, place: usize, origin: (GatherId, usize, Env)) -> RowRef {
        let fields = &self.policies.schema.get(part).expect("a part of the schema").fields;
        let mut stored = stored.into_iter();
        let cell = |field: &clearway::types::Field| match field.kind {
            FieldKind::Stored => stored.next().expect("a value for each stored field"),
            _ => Val::unknown(Facts::new()),
        };
        let cells = fields.iter().map(cell).collect();
        let mut made = self.made.borrow_mut();
        made.push(Made { cells, place, origin });
        RowRef { of: part, at: made.len() - 1, made: true }
    }

    /// Where a part that a gather made comes from: the gather, which of its places, and what is bound there.
    pub fn origin(&self, row: RowRef) -> (GatherId, usize, Env) {
        self.made.borrow()[row.at].origin.clone()
    }

    /// A row's place from 1, where it lives.
    pub fn ordinal(&self, row: RowRef) -> usize {
        if row.made { self.made.borrow()[row.at].place } else { self.world.tables.rows[&row.of][row.at].ordinal }
    }

    /// Whether an element belongs to what a filter leaves.
    fn passes(&self, local: LocalId, value: &Val, member: Val, filter: Option<&Expr>, env: &mut Env) -> Val {
        env.insert(local, value.clone());
        match filter {
            Some(filter) if member.as_truth() != Truth::False => and(&member, &self.eval(filter, env)),
            _ => member,
        }
    }

    /// `x in xs where P`: the elements themselves.
    fn filtered(&self, local: LocalId, list: &Expr, filter: Option<&Expr>, env: &mut Env) -> List {
        self.comprehend(local, list, filter, env, &mut |value, _| value.clone())
    }

    /// `e for x in xs where P`.
    fn collect(&self, local: LocalId, list: &Expr, filter: Option<&Expr>, body: &Expr, env: &mut Env) -> List {
        self.comprehend(local, list, filter, env, &mut |_, env| self.eval(body, env))
    }

    fn comprehend(
        &self,
        local: LocalId,
        list: &Expr,
        filter: Option<&Expr>,
        env: &mut Env,
        body: &mut dyn FnMut(&Val, &mut Env) -> Val,
    ) -> List {
        let list = self.eval(list, env).as_list();
        let mut all = List::default();
        for element in &list.elements {
            let member = self.passes(local, &element.value, membership(element.doubt.as_ref()), filter, env);
            let doubt = match member.as_truth() {
                Truth::False => continue,
                Truth::True => None,
                Truth::Unknown => Some(member.missing),
            };
            all.elements.push(Element { value: body(&element.value, env), doubt });
        }
        if let Some(missing) = &list.rest {
            let nothing = Val::unknown(missing.clone());
            let member = self.passes(local, &nothing, nothing.clone(), filter, env);
            if member.as_truth() != Truth::False {
                all.rest = Some(missing.clone());
                all.read.extend(list.read.iter().cloned().chain(member.gaps()).chain(body(&nothing, env).gaps()));
            }
        }
        all
    }

    fn quantify(
        &self,
        quantifier: Quantifier,
        local: LocalId,
        list: &Expr,
        filter: Option<&Expr>,
        body: &Expr,
        env: &mut Env,
    ) -> Val {
        let list = self.eval(list, env).as_list();
        let unknown_part = list.unknown_part();
        let rest = unknown_part.iter().map(|missing| (Val::unknown(missing.clone()), Some(missing)));
        let elements = list.elements.iter().map(|element| (element.value.clone(), element.doubt.as_ref()));
        let places: Vec<(Val, Option<&Facts>)> = elements.chain(rest).collect();
        let all = quantifier == Quantifier::All;
        let mut so_far = Val::bool(all);
        for (value, doubt) in places {
            let member = self.passes(local, &value, membership(doubt), filter, env);
            if member.as_truth() == Truth::False {
                continue;
            }
            let holds = self.eval(body, env);
            so_far = if all { and(&so_far, &or(&not(&member), &holds)) } else { or(&so_far, &and(&member, &holds)) };
        }
        if quantifier == Quantifier::No { not(&so_far) } else { so_far }
    }
}

/// `m[k]`. In an empty map there is nothing, whatever the key.
fn index(map: &Val, key: &Val, by_name: bool) -> Val {
    let nothing_known = || Val::unknown(undecided([&Val::unknown(map.missing.clone()), key]));
    let Value::Map(entries) = &map.value else { return nothing_known() };
    if entries.is_empty() {
        return Val::known(Value::None);
    }
    let Value::Text(key) = &key.value else { return nothing_known() };
    let same = |name: &str| if by_name { name.to_lowercase() == key.to_lowercase() } else { name == &**key };
    entries.iter().find(|(name, _)| same(name)).map_or_else(|| Val::known(Value::None), |(_, value)| value.clone())
}

/// `x in xs`: it is equal to one of them.
fn contains(x: &Val, xs: &List, names: bool) -> Val {
    let mut so_far = Val::bool(false);
    for element in &xs.elements {
        let equal = scalar::compare(Comparison::Equal, x, &element.value, names);
        so_far = or(&so_far, &and(&membership(element.doubt.as_ref()), &equal));
    }
    if let Some(missing) = &xs.unknown_part() {
        let nothing = Val::unknown(missing.clone());
        so_far = or(&so_far, &scalar::compare(Comparison::Equal, x, &nothing, names));
    }
    so_far
}
