//! Effects of a generated pack, and rules that look at what they change: about steps, waves and the plan.

use std::fmt::Write;

use super::expr::{Path, Scope};
use super::policy::{Writer, scope_of};
use super::schema::{Field, From, MADE, PIECE, PLACE, PLAN, STEP, SUBJECT, Ty, WAVE};

impl Writer<'_, '_, '_> {
    /// An effect with one action or several.
    pub fn effect(&mut self) {
        let code = self.code();
        let _ = writeln!(self.text, "effect effect-{code} {{");
        self.effects.push(format!("effect-{code}"));
        let mut scope = self.premises(STEP, 2);
        for _ in 0..1 + self.c.pick(3) {
            if self.c.chance(2, 5) {
                self.change(&mut scope);
            } else {
                self.set(&mut scope);
            }
        }
        if self.c.chance(1, 2) {
            // A note is given once a step: it speaks of no element.
            let mut scope = scope_of(self.words, &self.functions, "step", &Ty::Row(STEP), true);
            let when = self.expr(&mut scope, &Ty::Bool, 1);
            let _ = writeln!(self.text, "  note N{code} when {when} \"note {code}\"");
        }
        self.text += "}\n";
    }

    /// Fields of rows in scope that an effect may write, with what a policy calls them.
    fn targets(&mut self, scope: &mut Scope, fits: &dyn Fn(&Ty) -> bool) -> Vec<Path> {
        let words = self.words;
        let writable = |of: usize, field: &Field| match of {
            MADE => field.name == "was" || (self.plain && ["on", "size"].contains(&field.name.as_str())),
            // What things are called by stays.
            PIECE | SUBJECT | PLACE => field.from != From::Computed && field.name != "name",
            _ => false,
        };
        let mut rows: Vec<(String, usize)> = Vec::new();
        for path in &scope.paths {
            if let Ty::Row(of) = path.ty {
                // What lies near the beginning of a path is written more often.
                let often = 4usize.saturating_sub(path.text.matches('.').count()).max(1);
                rows.extend(std::iter::repeat_n((path.text.clone(), of), often));
            }
        }
        let mut all = Vec::new();
        for (row, of) in rows {
            for field in words.structs[of].fields.iter().filter(|field| writable(of, field)) {
                let text = format!("{row}.{}", field.name);
                match &field.ty {
                    Ty::Record(members) => {
                        let inner = members.iter().filter(|(_, ty)| fits(ty));
                        all.extend(inner.map(|(name, ty)| Path { text: format!("{text}.{name}"), ty: ty.clone() }));
                    }
                    ty if fits(ty) => all.push(Path { text, ty: ty.clone() }),
                    _ => {}
                }
            }
        }
        all
    }

    fn set(&mut self, scope: &mut Scope) {
        let simple = |ty: &Ty| matches!(ty, Ty::Row(PLACE) | Ty::Enum(_)) || Ty::SCALARS.contains(ty);
        let fits = |ty: &Ty| simple(ty) || matches!(ty, Ty::Option(of) if simple(of));
        let targets = self.targets(scope, &fits);
        let target = self.c.one(&targets).clone();
        // A text that a policy makes up is not known behind the step (`docs/evaluation.md`): only texts of the input are set.
        let is_text = |ty: &Ty| matches!(ty, Ty::Text | Ty::Name);
        let value = match &target.ty {
            Ty::Option(of) if is_text(of) => "none".to_owned(),
            ty if is_text(ty) => {
                let texts: Vec<&Path> = scope.paths.iter().filter(|path| path.ty == *ty).collect();
                if texts.is_empty() {
                    return;
                }
                self.c.one(&texts).text.clone()
            }
            Ty::Option(of) => match self.c.pick(3) {
                0 => "none".to_owned(),
                1 if self.has(scope, of) => self.expr(scope, of, 2),
                _ => self.expr(scope, &target.ty, 2),
            },
            ty => self.expr(scope, ty, 2),
        };
        self.hot(&target);
        let _ = writeln!(self.text, "  set {} = {value}", target.text);
    }

    fn change(&mut self, scope: &mut Scope) {
        let targets = self.targets(scope, &|ty| matches!(ty, Ty::Number | Ty::Size | Ty::Duration));
        let rooms: Vec<Path> = targets.iter().filter(|path| path.text.ends_with(".room")).cloned().collect();
        let some = if self.c.chance(1, 2) { &rooms } else { &targets };
        let target = self.c.one(some).clone();
        let sizes: Vec<String> =
            scope.paths.iter().filter(|path| path.ty == target.ty).map(|path| path.text.clone()).collect();
        let amount = match (&target.ty, self.c.pick(4)) {
            (Ty::Size, 0 | 1) if !sizes.is_empty() => self.c.one(&sizes).clone(),
            (ty, 0 | 2) => self.literal(ty),
            // Whether it adds or takes away then shows in the values alone.
            (ty, _) if self.options.aware => self.expr(scope, ty, 2),
            (Ty::Number, _) => "count(h in places)".to_owned(),
            (ty, _) => self.literal(ty),
        };
        self.hot(&target);
        // An increase of what is not known counts nowhere: what is told then may change when it becomes known.
        let minus = if !self.options.aware || self.c.chance(1, 2) { "-" } else { "" };
        let _ = writeln!(self.text, "  change {} by {minus}({amount})", target.text);
    }

    /// Remembers what is written, for rules that read it.
    fn hot(&mut self, target: &Path) {
        // Not where it can be named only behind some `when`.
        let plain = scope_of(self.words, &self.functions, "step", &Ty::Row(STEP), false);
        let is_row = |path: &Path| matches!(path.ty, Ty::Row(_) | Ty::Record(_));
        let of = |row: &&Path| is_row(row) && target.text.starts_with(&format!("{}.", row.text));
        if plain
            .paths
            .iter()
            .filter(of)
            .any(|row| target.text.matches('.').count() == row.text.matches('.').count() + 1)
        {
            self.hot.push(target.clone());
        }
    }

    /// A rule about what steps take, or about those of a wave or a plan together.
    pub fn sums(&mut self) {
        let code = self.code();
        let about = *self.c.one(&[STEP, STEP, WAVE, WAVE, PLAN]);
        let level = *self.c.one(&["must", "must", "should"]);
        let demanded = if about == STEP {
            let room = *self.c.one(&["step.destination.room", "step.about.at.room"]);
            let least = *self.c.one(&["0 B", "1 GiB", "step.about.bulk"]);
            format!("for step\n  {level} {room} >= {least}")
        } else {
            let word = if about == WAVE { "wave" } else { "plan" };
            let filter = *self.c.one(&[" where not s.refused", "", " where s.refused"]);
            let there = if filter.is_empty() { " where" } else { " and" };
            match self.c.pick(3) {
                0 => format!(
                    "for {word}\n  each p in {word}.going\n  {level} \
                     sum(s.about.bulk for s in {word}.steps{filter}{there} s.destination == p) <= p.room"
                ),
                1 => format!(
                    "for {word}\n  each p in union([s.about.at for s in {word}.steps{filter}], {word}.going)\n  \
                     {level} count(s in {word}.steps{filter}) <= 1 or p.room > 1 GiB"
                ),
                _ => {
                    let narrow = std::mem::replace(&mut self.words, self.wide);
                    let mut scope = scope_of(self.words, &self.functions, "s", &Ty::Row(STEP), true);
                    let holds = self.expr(&mut scope, &Ty::Bool, 1);
                    self.words = narrow;
                    format!("for {word}\n  each s in {word}.steps\n  when not s.refused\n  {level} {holds}")
                }
            }
        };
        let _ = writeln!(
            self.text,
            "rule R{code} rule-{code} \"Rule {code}\" {{ {demanded}\n  because \"rule {code}\"\n}}"
        );
    }
}
