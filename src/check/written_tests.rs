//! Tests and fixtures: what they give is laid together. What they expect is the matter of `expectations`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::checker::Checker;
use super::given::{Member, Reference};
use super::scope::Scope;
use super::tree::{Given, Policies, Test, TestStep};
use crate::diag::codes::check as codes;
use crate::diag::nearest;
use crate::source::Span;
use crate::syntax::ast::{self, GivenKind, Item, Statement};
use crate::types::{Input, Schema, StructKind, Type};
use crate::value::StructId;

/// How deep fixtures may build upon each other.
const FIXTURES: usize = 32;

/// A test while it is put together.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub givens: Vec<Row>,
    empty: Vec<(Arc<str>, Span)>,
    pub steps: Vec<TestStep>,
    expects: Vec<&'a ast::Expect>,
    refers: Vec<Reference>,
    fixtures: Vec<Arc<str>>,
    /// Whether a fixture is missing, so that nobody knows which rows are.
    incomplete: bool,
}

/// A row that is given.
pub(super) struct Row {
    pub entity: StructId,
    pub name: Option<Arc<str>>,
    members: Vec<Member>,
    span: Span,
}

impl<'a> Checker<'a> {
    /// All tests of all packs.
    pub fn tests(&mut self, items: &[(usize, &'a Item)], policies: &mut Policies) {
        let mut fixtures: FxHashMap<Arc<str>, &'a ast::Fixture> = FxHashMap::default();
        for (_, item) in items {
            let Item::Fixture(item) = item else { continue };
            match fixtures.get(&item.name.text) {
                Some(first) => self.doubled(&item.name, "the fixture", first.name.span),
                None => {
                    fixtures.insert(item.name.text.clone(), item);
                }
            }
        }
        let mut titles: FxHashMap<(usize, Arc<str>), Span> = FxHashMap::default();
        for (pack, item) in items {
            let Item::Test(item) = item else { continue };
            let title = &item.title;
            if let Some(first) = titles.insert((*pack, title.value.clone()), title.span) {
                let name = ast::Ident { text: title.value.clone(), span: title.span };
                self.doubled(&name, "the test", first);
            }
            if let Some(test) = self.test(item, *pack, &fixtures, policies) {
                policies.tests.push(test);
            }
        }
        self.unused_fixtures(items, &fixtures);
    }

    fn unused_fixtures(&mut self, items: &[(usize, &'a Item)], fixtures: &FxHashMap<Arc<str>, &'a ast::Fixture>) {
        // A fixture that no test lays in has not been looked at yet.
        for (_, item) in items {
            let Item::Fixture(item) = item else { continue };
            if self.fixtures_used.contains(&item.name.text) {
                continue;
            }
            if self.errors() == 0 {
                self.warning(
                    codes::UNUSED,
                    item.name.span,
                    format!("no test uses the fixture `{}`", item.name.text),
                    "never used",
                    "use it in a test, or leave it out",
                );
            }
            let mut draft = Draft::default();
            self.lay_in(&item.statements, &mut draft, fixtures, 0, true);
        }
    }

    fn test(
        &mut self,
        item: &'a ast::Test,
        pack: usize,
        fixtures: &FxHashMap<Arc<str>, &'a ast::Fixture>,
        policies: &Policies,
    ) -> Option<Test> {
        let before = self.errors();
        let mut draft = Draft::default();
        self.lay_in(&item.statements, &mut draft, fixtures, 0, false);
        if !draft.incomplete {
            self.rows_exist(&draft);
        }
        if draft.expects.is_empty() && !self.holds_unread(item.span) {
            self.error(
                codes::INCOMPLETE,
                item.title.span,
                "this test expects nothing",
                "no `expect`",
                "say what is expected: `expect move violates CODE`, `expect plan permitted`",
            );
        }
        let mut scope = Scope::default();
        for row in &draft.givens {
            let name = row
                .name
                .clone()
                .unwrap_or_else(|| self.schema.get(row.entity).map(|def| def.name.clone()).unwrap_or_default());
            scope.bind(&name, Type::Row(row.entity));
        }
        let mut expectations = Vec::new();
        for expect in &draft.expects {
            self.expectation(expect, &draft, &scope.frame, policies, &mut expectations);
        }
        let givens = draft.givens.iter().map(|row| self.given_row(row)).collect();
        let test = Test {
            name: item.title.value.clone(),
            pack,
            givens,
            empty_sections: draft.empty.into_iter().map(|(name, _)| name).collect(),
            steps: draft.steps,
            expectations,
            span: item.title.span,
        };
        (self.errors() == before).then_some(test)
    }

    /// Lays statements into a test: fixtures first, then what stands here.
    fn lay_in(
        &mut self,
        statements: &'a [Statement],
        draft: &mut Draft<'a>,
        fixtures: &FxHashMap<Arc<str>, &'a ast::Fixture>,
        depth: usize,
        in_fixture: bool,
    ) {
        for statement in statements {
            let Statement::Use { fixture, .. } = statement else { continue };
            let Some(item) = fixtures.get(&fixture.text).copied() else {
                let mut known: Vec<&str> = fixtures.keys().map(|name| &**name).collect();
                known.sort_unstable();
                self.unknown(
                    codes::UNKNOWN_FIXTURE,
                    fixture.span,
                    format!("no fixture is called `{}`", fixture.text),
                    &fixture.text,
                    &known,
                    "declare it: `fixture name { given … }`",
                );
                draft.incomplete = true;
                continue;
            };
            self.fixtures_used.insert(fixture.text.clone());
            if draft.fixtures.contains(&fixture.text) {
                continue;
            }
            if depth >= FIXTURES {
                self.error(
                    codes::TOO_DEEP,
                    fixture.span,
                    format!("fixtures build upon more than {FIXTURES} others, one on the other"),
                    "too deep",
                    "write some of them out",
                );
                continue;
            }
            draft.fixtures.push(fixture.text.clone());
            self.lay_in(&item.statements, draft, fixtures, depth.saturating_add(1), true);
        }
        for statement in statements {
            match statement {
                Statement::Use { .. } => {}
                Statement::Given(given) => self.lay_given(given, draft),
                Statement::Step(step) => self.lay_step(step, draft),
                Statement::Expect(expect) if in_fixture => self.error(
                    codes::WRONG_EXPECTATION,
                    expect.span,
                    "a fixture expects nothing",
                    "not in a fixture",
                    "move this into the tests that use the fixture",
                ),
                Statement::Expect(expect) => draft.expects.push(expect),
            }
        }
    }

    fn lay_given(&mut self, given: &'a ast::Given, draft: &mut Draft<'a>) {
        let (entity, name, entries) = match &given.kind {
            GivenKind::Empty { section } => {
                if self.schema.sections().iter().any(|known| known.name == section.text) {
                    if !draft.empty.iter().any(|(name, _)| *name == section.text) {
                        draft.empty.push((section.text.clone(), section.span));
                    }
                    return;
                }
                let known: Vec<Arc<str>> = self.schema.sections().iter().map(|known| known.name.clone()).collect();
                let known: Vec<&str> = known.iter().map(|name| &**name).collect();
                self.unknown(
                    codes::UNKNOWN_NAME,
                    section.span,
                    format!("the inventory has no section `{}`", section.text),
                    &section.text,
                    &known,
                    "sections are declared by `input plan with inventory { … }`",
                );
                return;
            }
            GivenKind::Row { entity, name, entries } => (entity, name, entries),
        };
        let id = self.structs.get(&entity.text).copied();
        let kind = id.and_then(|id| self.schema.get(id)).map(|def| def.kind);
        let (Some(id), Some(StructKind::Entity { .. } | StructKind::Plan)) = (id, kind) else {
            self.no_such_entity(entity, kind);
            draft.incomplete = true;
            return;
        };
        let each = self.schema.input == Input::Each { entity: id };
        if kind != Some(StructKind::Plan) && !each && self.schema.section_of(id).is_none() {
            self.error(
                codes::WRONG_GIVEN,
                entity.span,
                format!("no section of the input lists `{}`", entity.text),
                "nowhere to put it",
                "add a section to `input`, or leave the row out",
            );
            return;
        }
        if name.is_none() && kind != Some(StructKind::Plan) && !each {
            self.error(
                codes::WRONG_GIVEN,
                given.span,
                format!("this `{}` has no name", entity.text),
                "no name",
                format!("name it: `given {} a {{ … }}`", entity.text),
            );
            return;
        }
        let members = self.members(id, entries, &mut draft.refers);
        let name = name.as_ref().map(|name| name.text.clone());
        let same = |row: &&mut Row| row.entity == id && same_name(row.name.as_deref(), name.as_deref());
        match draft.givens.iter_mut().find(same) {
            Some(row) => merge(&mut row.members, members),
            None => {
                let mut row = Row { entity: id, name, members: Vec::new(), span: given.span };
                merge(&mut row.members, members);
                draft.givens.push(row);
            }
        }
    }

    fn no_such_entity(&mut self, entity: &ast::Ident, kind: Option<StructKind>) {
        if let Some(StructKind::Step) = kind {
            self.error(
                codes::WRONG_GIVEN,
                entity.span,
                "steps are not given but taken",
                "a step",
                "write `step name { … }`",
            );
            return;
        }
        let known: Vec<Arc<str>> = self
            .schema
            .structs
            .iter()
            .filter(|def| matches!(def.kind, StructKind::Entity { .. }))
            .map(|def| def.name.clone())
            .collect();
        let known: Vec<&str> = known.iter().map(|name| &**name).collect();
        let message = match kind {
            Some(_) => format!("`{}` has no rows of its own", entity.text),
            None => format!("no entity is called `{}`", entity.text),
        };
        self.unknown(
            codes::UNKNOWN_TYPE,
            entity.span,
            message,
            &entity.text,
            &known,
            "only entities are given; parts and records stand inside them",
        );
    }

    fn lay_step(&mut self, step: &'a ast::Step, draft: &mut Draft<'a>) {
        if let Input::Each { .. } = self.schema.input {
            self.error(
                codes::WRONG_GIVEN,
                step.span,
                "with `input each` there is no plan and there are no steps",
                "a step",
                "give the entity that is judged: `given vm v { … }`",
            );
            return;
        }
        if let Some(first) = draft.steps.iter().find(|other| other.id == step.name.text) {
            let first = first.span;
            let name = ast::Ident { text: step.name.text.clone(), span: step.name.span };
            self.doubled(&name, "the step", first);
            return;
        }
        let members = self.members(Schema::STEP, &step.entries, &mut draft.refers);
        self.complete_step(step, &members);
        let members = members.into_iter().filter_map(|(path, value)| Some((path, value?))).collect();
        draft.steps.push(TestStep { id: step.name.text.clone(), members, span: step.name.span });
    }

    /// Rows that values name are given somewhere.
    fn rows_exist(&mut self, draft: &Draft<'a>) {
        for refer in &draft.refers {
            let given = draft
                .givens
                .iter()
                .any(|row| row.entity == refer.entity && same_name(row.name.as_deref(), Some(&*refer.name)));
            let Some(def) = self.schema.get(refer.entity) else { continue };
            let open = def.kind == (StructKind::Entity { open: true });
            if given || open {
                continue;
            }
            let entity = def.name.clone();
            let known: Vec<Arc<str>> = draft
                .givens
                .iter()
                .filter(|row| row.entity == refer.entity)
                .filter_map(|row| row.name.clone())
                .collect();
            let help = match nearest(&refer.name, known.iter().map(|name| &**name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `given {entity} {} {{}}`", refer.name),
            };
            self.error(
                codes::UNKNOWN_ROW,
                refer.span,
                format!("the test gives no {entity} `{}`", refer.name),
                "not given",
                help,
            );
        }
    }

    fn given_row(&self, row: &Row) -> Given {
        let def = self.schema.get(row.entity);
        let own: Arc<str> = def.map(|def| def.name.clone()).unwrap_or_default();
        let section = self.schema.section_of(row.entity).map_or(own, |section| section.name.clone());
        let key_name: Arc<str> = def
            .and_then(|def| def.key.and_then(|key| def.fields.get(usize::from(key.0))))
            .map_or_else(|| Arc::from(""), |field| field.input.clone());
        Given {
            section,
            key: row.name.clone().map(|name| (key_name, name)),
            members: row.members.iter().filter_map(|(path, value)| Some((path.clone(), value.clone()?))).collect(),
            span: row.span,
        }
    }
}

/// Whether two rows of an entity are one: names are compared without regard to letter case.
fn same_name(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
        (None, None) => true,
        _ => false,
    }
}

/// Lays later members over earlier ones: a path replaces itself and what is inside it.
fn merge(into: &mut Vec<Member>, members: Vec<Member>) {
    for (path, value) in members {
        into.retain(|(known, _)| !known.starts_with(&path));
        into.push((path, value));
    }
}
