//! A generated pack as a text: the vocabulary, what is computed from it, rules, matrices and effects.

use std::fmt::Write;

use super::Choices;
use super::expr::{Function, Maker, Scope};
use super::schema::{Field, From, MADE, PIECE, PLACE, PLAN, SECTIONS, STEP, SUBJECT, Ty, Vocabulary, WAVE, vocabulary};

/// What a generated pack may hold.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `is known`, choices, `step.refused`: what tells the unknown from the known.
    pub aware: bool,
}

/// A generated pack.
#[derive(Clone, Debug)]
pub struct Pack {
    pub words: Vocabulary,
    pub text: String,
    /// Whether naming a place makes a row of it.
    pub open: bool,
}

/// Makes a pack.
pub fn pack(c: &mut Choices<'_>, options: Options) -> Pack {
    let chosen = options.aware && c.chance(1, 3);
    let open = c.chance(1, 3);
    let mut words = vocabulary(c, chosen);
    let mut text = "pack generated \"Generated\" version 1.0.0\n\n".to_owned();
    for (at, values) in words.enums.iter().enumerate() {
        let _ = writeln!(text, "enum enum{at} {{ {} }}", values.join(", "));
    }
    let _ = writeln!(text, "entity step {{\n{}}}", words.declare(STEP));
    let _ = writeln!(text, "entity subject {{\n{}}}", words.declare(SUBJECT));
    let _ = writeln!(text, "entity place{} {{\n{}}}", if open { " open" } else { "" }, words.declare(PLACE));
    let _ = writeln!(text, "part piece {{\n{}}}", words.declare(PIECE));
    let _ = writeln!(text, "part made of subject {{\n{}}}", words.declare(MADE));
    let sections: Vec<String> =
        SECTIONS.iter().map(|(name, of)| format!("{name}: [{}]", words.structs[*of].name)).collect();
    let _ = writeln!(text, "input plan with inventory {{ {} }}\n", sections.join(", "));
    let plain = c.chance(1, 2);
    text += &gather(&mut words, c, options, plain);
    let functions = functions(&mut words, c, options, &mut text);
    if options.aware {
        going(&mut words, &mut text);
    }
    // Rules about waves and plans may ask which steps are refused.
    let mut wide = words.clone();
    if options.aware {
        wide.structs[STEP].fields.push(Field { name: "refused".to_owned(), ty: Ty::Bool, from: From::Computed });
    }
    let (hot, effects) = (Vec::new(), Vec::new());
    let mut writer = Writer { words: &words, wide: &wide, c, options, plain, functions, text, code: 0, hot, effects };
    for _ in 0..writer.c.pick(4) {
        writer.effect();
    }
    for _ in 0..2 + writer.c.pick(5) {
        let about = *writer.c.one(&[STEP, STEP, STEP, STEP, WAVE, PLAN]);
        writer.rule(about);
    }
    for _ in 0..writer.c.pick(3) {
        writer.matrix();
    }
    for _ in 0..if options.aware { writer.c.pick(3) } else { 0 } {
        writer.sums();
    }
    if options.aware && writer.c.chance(1, 4) {
        writer.text += "rule REF refused-ones \"Refused\" { for wave\n  \
                        must length([s for s in wave.steps where not s.refused]) > 1\n  because \"few\" }\n";
    }
    if chosen {
        writer.select();
    }
    if options.aware && writer.c.chance(1, 5) {
        writer.demand();
    }
    let text = writer.text;
    Pack { words, text, open }
}

/// A scope in which one row is named.
pub fn scope_of(words: &Vocabulary, functions: &[Function], name: &str, ty: &Ty, sections: bool) -> Scope {
    let mut scope = Scope { functions: functions.to_vec(), ..Scope::default() };
    if sections {
        for (section, of) in SECTIONS {
            scope.bind(words, section, &Ty::list(Ty::Row(of)));
        }
    }
    scope.bind(words, name, ty);
    scope
}

fn gather(words: &mut Vocabulary, c: &mut Choices<'_>, options: Options, plain: bool) -> String {
    let mut text = "gather subject.made {\n".to_owned();
    for at in 0..1 + c.pick(3) {
        let own = c.chance(1, 3);
        let mut scope = scope_of(words, &[], "subject", &Ty::Row(SUBJECT), false);
        let mut maker = Maker { words, c, is_known: options.aware };
        let from = if own {
            "subject".to_owned()
        } else {
            scope.bind(words, "piece", &Ty::Row(PIECE));
            "piece in subject.pieces".to_owned()
        };
        let when = if maker.c.chance(1, 2) {
            format!(" when {}", maker.expr(&mut scope, &Ty::Bool, 1))
        } else {
            String::new()
        };
        let name = if own { format!("\"own{at}\"") } else { "piece.name".to_owned() };
        let (size, on) = match (plain, own) {
            (true, true) => ("subject.bulk".to_owned(), "subject.at".to_owned()),
            (true, false) => ("piece.size".to_owned(), "piece.on".to_owned()),
            _ => (maker.expr(&mut scope, &Ty::Size, 2), maker.expr(&mut scope, &Ty::Row(PLACE), 2)),
        };
        let role = maker.literal(&Ty::Enum(0)).expect("an enum has values");
        let _ = writeln!(
            text,
            "  from {from}{when}\n    {{ name = {name}, size = {size}, on = {on}, role = {role}, was = subject.maybe }}"
        );
    }
    text += "}\n\n";
    let ty = Ty::list(Ty::Row(MADE));
    words.structs[SUBJECT].fields.push(super::schema::Field { name: "made".to_owned(), ty, from: From::Computed });
    text
}

fn functions(words: &mut Vocabulary, c: &mut Choices<'_>, options: Options, text: &mut String) -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    *text += "derive step.destination: place = step.to else step.about.at\n";
    let derived = |name: &str, ty: Ty| super::schema::Field { name: name.to_owned(), ty, from: From::Computed };
    words.structs[STEP].fields.push(derived("destination", Ty::Row(PLACE)));
    for at in 0..c.pick(4) {
        let owner = *c.one(&[SUBJECT, PLACE, STEP, PIECE, MADE]);
        let ty = c.one(&[Ty::Bool, Ty::Number, Ty::list(Ty::Row(PLACE)), Ty::list(Ty::Row(MADE)), Ty::Size]).clone();
        let name = words.structs[owner].name.clone();
        let mut scope = scope_of(words, &functions, &name, &Ty::Row(owner), true);
        let body = Maker { words, c, is_known: options.aware }.expr(&mut scope, &ty, 0);
        let _ = writeln!(text, "derive {name}.d{at}: {} = {body}", words.write(&ty));
        words.structs[owner].fields.push(derived(&format!("d{at}"), ty));
    }
    for at in 0..c.pick(4) {
        let params: Vec<Ty> = (0..1 + c.pick(2))
            .map(|_| {
                c.one(&[Ty::Row(PLACE), Ty::Number, Ty::Row(SUBJECT), Ty::Row(MADE), Ty::Enum(0), Ty::Name]).clone()
            })
            .collect();
        let ty = c.one(&[Ty::Bool, Ty::Number, Ty::Row(PLACE), Ty::list(Ty::Row(PLACE))]).clone();
        let mut scope = Scope { functions: functions.clone(), ..Scope::default() };
        for (section, of) in SECTIONS {
            scope.bind(words, section, &Ty::list(Ty::Row(of)));
        }
        let mut written = Vec::new();
        for (place, param) in params.iter().enumerate() {
            scope.bind(words, &format!("a{place}"), param);
            written.push(format!("a{place}: {}", words.write(param)));
        }
        let mut maker = Maker { words, c, is_known: options.aware };
        if !maker.has(&scope, &ty) {
            continue;
        }
        let body = maker.expr(&mut scope, &ty, 0);
        let name = format!("f{at}");
        let _ = writeln!(text, "define {name}({}): {} = {body}", written.join(", "), words.write(&ty));
        functions.push(Function { name, params, ty });
    }
    *text += "\n";
    functions
}

/// Where the steps of a wave or a plan that are not refused start and end.
fn going(words: &mut Vocabulary, text: &mut String) {
    for (of, name) in [(WAVE, "wave"), (PLAN, "plan")] {
        let steps = |what: &str| format!("[s.{what} for s in {name}.steps where not s.refused]");
        let _ = writeln!(text, "derive {name}.going: [place] = union({}, {})", steps("about.at"), steps("destination"));
        let ty = Ty::list(Ty::Row(PLACE));
        words.structs[of].fields.push(Field { name: "going".to_owned(), ty, from: From::Computed });
    }
}

/// Writes rules.
pub struct Writer<'a, 'b, 'c> {
    pub words: &'a Vocabulary,
    /// With what only rules about waves and plans may name.
    pub wide: &'a Vocabulary,
    pub c: &'b mut Choices<'c>,
    pub options: Options,
    /// Whether parts are gathered from plain fields, so that effects may write to them.
    pub plain: bool,
    pub functions: Vec<Function>,
    pub text: String,
    pub code: usize,
    /// What effects write.
    pub hot: Vec<super::expr::Path>,
    /// Names of effects.
    pub effects: Vec<String>,
}

impl<'a> Writer<'a, '_, '_> {
    pub fn expr(&mut self, scope: &mut Scope, ty: &Ty, depth: usize) -> String {
        Maker { words: self.words, c: self.c, is_known: self.options.aware }.expr(scope, ty, depth)
    }

    pub fn literal(&mut self, ty: &Ty) -> String {
        Maker { words: self.words, c: self.c, is_known: false }.literal(ty).expect("a scalar type")
    }

    pub fn has(&mut self, scope: &Scope, ty: &Ty) -> bool {
        Maker { words: self.words, c: self.c, is_known: false }.has(scope, ty)
    }

    pub fn code(&mut self) -> usize {
        self.code += 1;
        self.code
    }

    /// `for`, `each`, `let`, `when`, and the scope behind them.
    pub fn premises(&mut self, about: usize, most: usize) -> Scope {
        let name = self.words.structs[about].name.clone();
        let mut scope = scope_of(self.words, &self.functions, &name, &Ty::Row(about), true);
        if about == STEP {
            for _ in 0..5 {
                scope.paths.extend(self.hot.iter().cloned());
            }
        }
        let _ = writeln!(self.text, "  for {name}");
        let eaches = if most == 0 { 0 } else { [0, 1, 1, 1, 2][self.c.pick(5)].min(most) };
        for at in 0..eaches {
            let rows = |ty: &Ty| matches!(ty, Ty::List(of) if matches!(**of, Ty::Row(_)));
            let fit: Vec<Ty> = scope.paths.iter().map(|p| p.ty.clone()).filter(rows).collect();
            let ty = self.c.one(&fit).clone();
            let Ty::List(of) = &ty else { continue };
            let list = self.expr(&mut scope, &ty, 1);
            if list == "[]" {
                continue;
            }
            let name = format!("x{at}");
            let _ = writeln!(self.text, "  each {name} in {list}");
            scope.bind(self.words, &name, of);
        }
        if self.c.chance(1, 3) {
            let ty = self.c.one(&[Ty::Bool, Ty::Number, Ty::Size]).clone();
            let value = self.expr(&mut scope, &ty, 1);
            let _ = writeln!(self.text, "  let y0 = {value}");
            scope.bind(self.words, "y0", &ty);
        }
        if self.c.chance(2, 3) {
            let mut parts = Vec::new();
            for _ in 0..1 + self.c.pick(2) {
                let optional = |path: &&super::expr::Path| matches!(path.ty, Ty::Option(_));
                let fit: Vec<super::expr::Path> = scope.paths.iter().filter(optional).cloned().collect();
                if !fit.is_empty() && self.c.chance(1, 3) {
                    let path = self.c.one(&fit).clone();
                    let Ty::Option(of) = &path.ty else { continue };
                    parts.push(format!("{} exists", path.text));
                    scope.paths.retain(|other| other.text != path.text);
                    scope.bind(self.words, &path.text, of);
                } else {
                    parts.push(self.expr(&mut scope, &Ty::Bool, 1));
                }
            }
            let _ = writeln!(self.text, "  when {}", parts.join(" and "));
        }
        scope
    }

    fn rule(&mut self, about: usize) {
        let narrow = self.words;
        if matches!(about, WAVE | PLAN) {
            self.words = self.wide;
        }
        self.law(about);
        self.words = narrow;
    }

    fn law(&mut self, about: usize) {
        let code = self.code();
        let _ = writeln!(self.text, "rule R{code} rule-{code} \"Rule {code}\" {{");
        let mut scope = self.premises(about, 2);
        match self.c.pick(5) {
            0..3 => {
                let holds = self.expr(&mut scope, &Ty::Bool, 0);
                let _ = writeln!(self.text, "  must {holds}\n  because \"rule {code}\"\n}}");
            }
            3 => {
                let holds = self.expr(&mut scope, &Ty::Bool, 0);
                let _ = writeln!(self.text, "  should {holds}\n  because \"rule {code}\"\n}}");
            }
            _ => {
                let _ = writeln!(self.text, "  note\n  because \"rule {code}\"\n}}");
            }
        }
        if self.options.aware && self.c.chance(1, 10) {
            let _ = writeln!(self.text, "disable R{code} because \"generated\"");
        }
    }

    /// An expression that picks a row or a column, and headers that cover its type.
    fn axis(&mut self, scope: &mut Scope) -> (String, Vec<String>) {
        let fits = |ty: &Ty| match ty {
            Ty::Enum(_) | Ty::Bool | Ty::Version | Ty::Number => true,
            Ty::Option(of) => matches!(**of, Ty::Enum(_) | Ty::Bool),
            _ => false,
        };
        let fit: Vec<super::expr::Path> = scope.paths.iter().filter(|path| fits(&path.ty)).cloned().collect();
        // What the `when` says to exist is never `none` behind it: a header for that would be wrong.
        let narrowed = self.text.rsplit("\nmatrix").next().is_some_and(|matrix| matrix.contains(" exists"));
        let fit: Vec<_> = fit.into_iter().filter(|path| !narrowed || !matches!(path.ty, Ty::Option(_))).collect();
        let path = self.c.one(&fit).clone();
        let values: Vec<String> = match &path.ty {
            Ty::Version => return (path.text, vec!["< 6.3".to_owned(), ">= 6.3".to_owned()]),
            Ty::Number => {
                let headers =
                    if path.text.len().is_multiple_of(2) { ["< 1", "1 .. 2", "> 2"] } else { ["< 1", "1 .. < 2", ">= 2"] };
                return (path.text, headers.map(str::to_owned).to_vec());
            }
            Ty::Option(of) => {
                let mut values = self.values(of);
                values.push("none".to_owned());
                values
            }
            ty => self.values(ty),
        };
        let mut headers: Vec<String> = Vec::new();
        for value in values {
            if !headers.is_empty() && self.c.chance(1, 4) {
                let last = headers.last_mut().expect("there is one");
                *last = format!("{last}, {value}");
            } else {
                headers.push(value);
            }
        }
        if headers.len() > 1 && self.c.chance(1, 4) {
            *headers.last_mut().expect("there is one") = "other".to_owned();
        }
        (path.text, headers)
    }

    fn values(&self, ty: &Ty) -> Vec<String> {
        match ty {
            Ty::Enum(at) => self.words.enums[*at].clone(),
            _ => vec!["false".to_owned(), "true".to_owned()],
        }
    }

    fn matrix(&mut self) {
        let code = self.code();
        let level = ["", " should", " must"][self.c.pick(3)];
        let _ = writeln!(self.text, "matrix M{code} matrix-{code}{level} \"Matrix {code}\" {{");
        let mut scope = self.premises(STEP, 1);
        let (rows, row_headers) = self.axis(&mut scope);
        let (columns, column_headers) = self.axis(&mut scope);
        let _ = writeln!(self.text, "  rows {rows}\n  columns {columns}\n  | | {} |", column_headers.join(" | "));
        let _ = writeln!(self.text, "  |{}", "---|".repeat(column_headers.len() + 1));
        let mut condition = false;
        for header in row_headers {
            let _ = write!(self.text, "  | {header} |");
            for _ in &column_headers {
                let cell = *self.c.one(&["yes", "no", "-", "yes if fine", "yes", "no", "/", "yes if fine"]);
                condition |= cell == "yes if fine";
                let effect = if self.c.chance(1, 3) && cell.starts_with("yes") && !self.effects.is_empty() {
                    format!(", {}", self.c.one(&self.effects))
                } else {
                    String::new()
                };
                let cell = match cell.split_once(" if ") {
                    Some((yes, fine)) => format!("{yes} if {fine}{effect}"),
                    None => format!("{cell}{effect}"),
                };
                let _ = write!(self.text, " {cell} |");
            }
            self.text += "\n";
        }
        if condition {
            let holds = self.expr(&mut scope, &Ty::Bool, 1);
            let level = *self.c.one(&["must", "should"]);
            let _ = writeln!(self.text, "  fine {level} C{code} {holds}\n    because \"condition {code}\"");
        }
        self.text += "}\n";
        if condition && self.options.aware && self.c.chance(1, 8) {
            let _ = writeln!(self.text, "disable C{code} because \"generated\"");
        }
    }

    fn demand(&mut self) {
        let mut scope = scope_of(self.words, &self.functions, "step", &Ty::Row(STEP), true);
        let holds = self.expr(&mut scope, &Ty::Bool, 1);
        let _ = writeln!(self.text, "demand for step: {holds}\n  because \"demanded\"");
    }

    fn select(&mut self) {
        let mut scope = scope_of(self.words, &self.functions, "step", &Ty::Row(STEP), true);
        scope.paths.extend(self.hot.iter().cloned());
        let values = self.words.enums[0].clone();
        let mut groups = Vec::new();
        for at in 0..1 + self.c.pick(3) {
            let mut candidates = vec![values[at % values.len()].clone()];
            for value in &values {
                if !candidates.contains(value) && self.c.chance(1, 2) {
                    candidates.push(value.clone());
                }
            }
            let condition = if self.c.chance(1, 4) { "true".to_owned() } else { self.expr(&mut scope, &Ty::Bool, 1) };
            groups.push(format!("{} where {condition}", candidates.join(", ")));
        }
        let _ = writeln!(
            self.text,
            "select step.mode {{\n  prefer {}\n  chosen note S1 \"chosen\"\n  none must S2 \"nothing\"\n}}",
            groups.join("\n         ")
        );
        // What a type is denied for.
        for _ in 0..self.c.pick(3) {
            let code = self.code();
            let value = self.c.one(&values).clone();
            let holds = self.expr(&mut scope, &Ty::Bool, 1);
            let _ = writeln!(
                self.text,
                "rule R{code} rule-{code} \"Rule {code}\" {{ for step\n  when step.mode == {value}\n  must {holds}\n  \
                 because \"rule {code}\"\n}}"
            );
        }
    }
}
