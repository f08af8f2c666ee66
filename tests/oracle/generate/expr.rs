//! Typed expressions as texts: of whatever type is asked for, with what may be `none` narrowed before it is used.

use super::Choices;
use super::schema::{Kind, Ty, Vocabulary};

/// A path that can be read, with its type.
#[derive(Clone, Debug)]
pub struct Path {
    pub text: String,
    pub ty: Ty,
}

/// A function that can be called.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub params: Vec<Ty>,
    pub ty: Ty,
}

/// What an expression may name.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub paths: Vec<Path>,
    pub functions: Vec<Function>,
    pub fresh: usize,
}

/// How expressions are made.
pub struct Maker<'a, 'c> {
    pub words: &'a Vocabulary,
    pub c: &'a mut Choices<'c>,
    /// Whether `is known` may be asked, which no other fact answers for good.
    pub is_known: bool,
}

const DEEP: usize = 3;

impl Scope {
    /// Adds a name and what can be reached from it through fields that are not optional.
    pub fn bind(&mut self, words: &Vocabulary, text: &str, ty: &Ty) {
        self.reach(words, text, ty, 0);
    }

    fn reach(&mut self, words: &Vocabulary, text: &str, ty: &Ty, depth: usize) {
        self.paths.push(Path { text: text.to_owned(), ty: ty.clone() });
        if depth >= 3 || self.paths.len() > 150 {
            return;
        }
        match ty {
            Ty::Row(at) => {
                for field in &words.structs[*at].fields {
                    self.reach(words, &format!("{text}.{}", field.name), &field.ty, depth + 1);
                }
            }
            Ty::Record(fields) => {
                for (name, ty) in fields {
                    self.reach(words, &format!("{text}.{name}"), ty, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn fresh(&mut self) -> String {
        self.fresh += 1;
        format!("v{}", self.fresh)
    }
}

impl Maker<'_, '_> {
    /// A path of exactly this type.
    fn path(&mut self, scope: &Scope, ty: &Ty) -> Option<String> {
        let fit: Vec<&Path> = scope.paths.iter().filter(|path| path.ty == *ty).collect();
        if fit.is_empty() { None } else { Some(self.c.one(&fit).text.clone()) }
    }

    /// A literal of a scalar type.
    pub fn literal(&mut self, ty: &Ty) -> Option<String> {
        let texts: &[&str] = match ty {
            Ty::Bool => &["true", "false"],
            Ty::Number => &["1", "0", "2", "2.5"],
            Ty::Size => &["1 GiB", "0 B", "512 MiB", "2 GB"],
            Ty::Duration => &["1 min", "30 s", "0 s", "2 d"],
            Ty::Date => &["2026-01-01", "2026-06-30", "2025-12-31"],
            Ty::Version => &["6.2", "6.10", "10.0.14393", "6.3"],
            Ty::Text | Ty::Name => &["\"a\"", "\"A\"", "\"bb\"", "\"\""],
            Ty::Enum(at) => return Some(self.c.one(&self.words.enums[*at]).clone()),
            _ => return None,
        };
        Some((*self.c.one(texts)).to_owned())
    }

    /// An expression of this type; a simple one when there is none.
    pub fn expr(&mut self, scope: &mut Scope, ty: &Ty, depth: usize) -> String {
        for _ in 0..4 {
            if let Some(text) = self.attempt(scope, ty, depth) {
                return text;
            }
        }
        self.simple(scope, ty)
    }

    /// What is always there.
    fn simple(&mut self, scope: &Scope, ty: &Ty) -> String {
        if let Some(path) = self.path(scope, ty) {
            return path;
        }
        match ty {
            Ty::Bool => self.plain_truth(scope),
            Ty::List(_) => "[]".to_owned(),
            Ty::Option(_) => "none".to_owned(),
            ty => self.literal(ty).unwrap_or_else(|| panic!("nothing of type {ty:?} in scope")),
        }
    }

    /// A path compared with a literal, or one that may be `none`.
    fn plain_truth(&mut self, scope: &Scope) -> String {
        let fits = |ty: &Ty| matches!(ty, Ty::Enum(_) | Ty::Option(_)) || Ty::SCALARS.contains(ty);
        let fit: Vec<&Path> = scope.paths.iter().filter(|path| fits(&path.ty)).collect();
        if fit.is_empty() {
            return "true".to_owned();
        }
        let path = *self.c.one(&fit);
        let of = match &path.ty {
            Ty::Option(of) => of,
            of => of,
        };
        match self.literal(of) {
            Some(literal) => format!("({} {} {literal})", path.text, self.c.one(&["==", "!="])),
            None => format!("({} exists)", path.text),
        }
    }

    /// Whether there is something of this type at all.
    pub fn has(&self, scope: &Scope, ty: &Ty) -> bool {
        !matches!(ty, Ty::Row(_) | Ty::Record(_) | Ty::Map(..) | Ty::Any)
            || scope.paths.iter().any(|path| path.ty == *ty)
    }

    fn attempt(&mut self, scope: &mut Scope, ty: &Ty, depth: usize) -> Option<String> {
        if depth >= DEEP {
            return match ty {
                Ty::Bool if self.c.chance(2, 3) => Some(self.plain_truth(scope)),
                ty => self.path(scope, ty).or_else(|| self.literal(ty)),
            };
        }
        let deeper = depth + 1;
        let choice = self.c.pick(8);
        match choice {
            0 if *ty == Ty::Bool && depth < 2 => {}
            0 | 1 => return self.path(scope, ty),
            2 if *ty != Ty::Bool && !matches!(ty, Ty::List(_) | Ty::Option(_)) => {
                let optional = self.optional(scope, ty, deeper)?;
                let fallback = self.expr(scope, ty, deeper);
                return Some(format!("({optional} else {fallback})"));
            }
            3 if !matches!(ty, Ty::Option(_)) => {
                let condition = self.expr(scope, &Ty::Bool, deeper);
                let (a, b) = (self.expr(scope, ty, deeper), self.expr(scope, ty, deeper));
                // `[]` and `none` alone tell no type.
                let bare = |text: &str| text == "[]" || text == "none";
                return (!bare(&a) && !bare(&b)).then(|| format!("(if {condition} then {a} else {b})"));
            }
            4 => {
                let fit: Vec<Function> = scope.functions.iter().filter(|f| f.ty == *ty).cloned().collect();
                if !fit.is_empty() {
                    let function = self.c.one(&fit).clone();
                    if !function.params.iter().all(|param| self.has(scope, param)) {
                        return None;
                    }
                    let args: Vec<String> = function.params.iter().map(|p| self.expr(scope, p, deeper)).collect();
                    return Some(format!("{}({})", function.name, args.join(", ")));
                }
            }
            _ => {}
        }
        match ty {
            Ty::Bool => self.truth(scope, deeper),
            Ty::Number => self.number(scope, deeper),
            Ty::Size => self.size(scope, deeper),
            Ty::Text => self.words_of(scope, deeper),
            Ty::Duration if self.c.chance(1, 2) => {
                let op = *self.c.one(&["+", "-"]);
                Some(format!("({} {op} {})", self.expr(scope, ty, deeper), self.expr(scope, ty, deeper)))
            }
            Ty::Date if self.c.chance(1, 2) => {
                Some(format!("({} + {})", self.expr(scope, ty, deeper), self.expr(scope, &Ty::Duration, deeper)))
            }
            Ty::List(of) => self.list(scope, of, deeper),
            ty => self.path(scope, ty).or_else(|| self.literal(ty)),
        }
    }

    /// A scalar type of which something is in scope.
    fn comparable(&mut self, scope: &Scope) -> Ty {
        let scalar = |ty: &Ty| matches!(ty, Ty::Row(_) | Ty::Enum(_)) || Ty::SCALARS.contains(ty);
        let known: Vec<Ty> = scope.paths.iter().map(|path| path.ty.clone()).filter(scalar).collect();
        if known.is_empty() { Ty::Number } else { self.c.one(&known).clone() }
    }

    /// An expression that by itself tells its type: no bare literal of an enum, a version, a name.
    fn telling(&mut self, scope: &mut Scope, ty: &Ty, depth: usize) -> String {
        match ty {
            Ty::Number | Ty::Size | Ty::Bool | Ty::Text | Ty::Duration | Ty::Date => self.expr(scope, ty, depth),
            ty => self.simple(scope, ty),
        }
    }

    /// What may be `none`: a path, or what a map holds under a key.
    fn optional(&mut self, scope: &mut Scope, of: &Ty, depth: usize) -> Option<String> {
        let maps = |path: &&Path| matches!(&path.ty, Ty::Map(_, value) if **value == *of);
        let fit: Vec<Path> = scope.paths.iter().filter(maps).cloned().collect();
        if !fit.is_empty() && self.c.chance(1, 2) {
            let map = self.c.one(&fit).text.clone();
            let key = self.c.one(&[Ty::Name, Ty::Text]).clone();
            return Some(format!("{map}[{}]", self.expr(scope, &key, depth)));
        }
        self.path(scope, &Ty::option(of.clone()))
    }

    /// A list in scope, of whatever.
    fn any_list(&mut self, scope: &mut Scope, depth: usize) -> Option<(String, Ty)> {
        let lists = |path: &&Path| matches!(path.ty, Ty::List(_));
        let fit: Vec<Path> = scope.paths.iter().filter(lists).cloned().collect();
        let of = match fit.as_slice() {
            [] => Ty::Number,
            some => match &self.c.one(some).ty {
                Ty::List(of) => (**of).clone(),
                _ => return None,
            },
        };
        Some((self.expr(scope, &Ty::list(of.clone()), depth + 1), of))
    }

    /// `x in xs where P`, and the scope of what is said of x.
    fn over(&mut self, scope: &mut Scope, depth: usize) -> Option<(String, Scope, Ty, String)> {
        let (list, of) = self.any_list(scope, depth)?;
        if list == "[]" {
            return None;
        }
        let name = scope.fresh();
        let mut inner = scope.clone();
        inner.bind(self.words, &name, &of);
        let filter = if self.c.chance(1, 2) {
            format!(" where {}", self.expr(&mut inner, &Ty::Bool, depth + 1))
        } else {
            String::new()
        };
        scope.fresh = inner.fresh;
        Some((format!("{name} in {list}{filter}"), inner, of, name))
    }

    /// An optional path that is narrowed, and the scope behind it.
    fn narrowed(&mut self, scope: &Scope) -> Option<(String, Scope)> {
        let fit: Vec<Path> = scope.paths.iter().filter(|path| matches!(path.ty, Ty::Option(_))).cloned().collect();
        if fit.is_empty() {
            return None;
        }
        let path = self.c.one(&fit).clone();
        let Ty::Option(of) = &path.ty else { return None };
        let mut inner = scope.clone();
        inner.paths.retain(|other| other.text != path.text);
        inner.bind(self.words, &path.text, of);
        Some((path.text, inner))
    }

    fn truth(&mut self, scope: &mut Scope, depth: usize) -> Option<String> {
        Some(match self.c.pick(14) {
            0 | 1 => {
                let ty = self.comparable(scope);
                let ordered = !matches!(ty, Ty::Row(_) | Ty::Enum(_) | Ty::Bool | Ty::Text | Ty::Name);
                let ops: &[&str] = if ordered { &["==", "<", ">=", "!=", "<=", ">"] } else { &["==", "!="] };
                let op = *self.c.one(ops);
                // The left side tells what a bare name or a number on the right one is.
                let left = self.telling(scope, &ty, depth);
                format!("({left} {op} {})", self.expr(scope, &ty, depth))
            }
            2 => format!("({} and {})", self.expr(scope, &Ty::Bool, depth), self.expr(scope, &Ty::Bool, depth)),
            3 => format!("({} or {})", self.expr(scope, &Ty::Bool, depth), self.expr(scope, &Ty::Bool, depth)),
            4 => format!("(not {})", self.expr(scope, &Ty::Bool, depth)),
            5 => format!("({} implies {})", self.expr(scope, &Ty::Bool, depth), self.expr(scope, &Ty::Bool, depth)),
            6 | 7 => {
                let (path, mut inner) = self.narrowed(scope)?;
                inner.fresh = scope.fresh;
                let body = self.expr(&mut inner, &Ty::Bool, depth);
                scope.fresh = inner.fresh;
                let joint = *self.c.one(&["and", "implies"]);
                format!("({path} exists {joint} {body})")
            }
            8 => {
                let (path, inner) = self.narrowed(scope)?;
                let of = inner.paths.iter().find(|other| other.text == path)?.ty.clone();
                let comparable = matches!(of, Ty::Row(_) | Ty::Enum(_)) || Ty::SCALARS.contains(&of);
                if !comparable || !self.has(scope, &of) {
                    return Some(format!("({path} exists)"));
                }
                let op = *self.c.one(&["==", "!="]);
                format!("({path} {op} {})", self.expr(scope, &of, depth))
            }
            9 | 10 => {
                let quantifier = *self.c.one(&["some", "all", "no"]);
                let (over, mut inner, ..) = self.over(scope, depth)?;
                let body = self.expr(&mut inner, &Ty::Bool, depth);
                scope.fresh = inner.fresh;
                format!("({quantifier} {over}: {body})")
            }
            11 => {
                let (list, of) = self.any_list(scope, depth)?;
                let part = matches!(of, Ty::Row(at) if self.words.structs[at].kind == Kind::Part);
                if list == "[]" || part || !of.compares() || !self.has(scope, &of) {
                    return None;
                }
                format!("({} in {list})", self.expr(scope, &of, depth))
            }
            12 if self.c.chance(1, 2) => {
                let ty = self.comparable(scope);
                let optional = self.optional(scope, &ty, depth)?;
                if self.c.chance(1, 2) {
                    format!("({optional} exists)")
                } else {
                    format!("({optional} == {})", self.expr(scope, &ty, depth))
                }
            }
            12 if self.is_known => {
                let path = self.c.one(&scope.paths).text.clone();
                format!("({path} is known)")
            }
            _ if self.c.chance(1, 4) => {
                let pattern = *self.c.one(&["a", "^a$", "b+", "[0-9]"]);
                format!("matches({}, \"{pattern}\")", self.expr(scope, &Ty::Text, depth))
            }
            _ => {
                let ty = self.c.one(&[Ty::Text, Ty::Name]).clone();
                let function = *self.c.one(&["contains", "starts-with", "ends-with"]);
                format!("{function}({}, {})", self.expr(scope, &ty, depth), self.expr(scope, &ty, depth))
            }
        })
    }

    fn number(&mut self, scope: &mut Scope, depth: usize) -> Option<String> {
        Some(match self.c.pick(8) {
            0 | 1 => {
                let (over, inner, ..) = self.over(scope, depth)?;
                scope.fresh = inner.fresh;
                format!("count({over})")
            }
            2 => {
                let (list, _) = self.any_list(scope, depth)?;
                if list == "[]" {
                    return None;
                }
                format!("length({list})")
            }
            3 | 4 => {
                let op = *self.c.one(&["+", "-", "*", "/"]);
                format!("({} {op} {})", self.expr(scope, &Ty::Number, depth), self.expr(scope, &Ty::Number, depth))
            }
            5 => self.fold(scope, &Ty::Number, "sum", depth)?,
            6 => {
                let name = *self.c.one(&["min", "max"]);
                format!("({} else {})", self.fold(scope, &Ty::Number, name, depth)?, self.c.pick(3))
            }
            _ => {
                let function = *self.c.one(&["ceil", "floor", "-"]);
                format!("{function}({})", self.expr(scope, &Ty::Number, depth))
            }
        })
    }

    /// Texts.
    fn words_of(&mut self, scope: &mut Scope, depth: usize) -> Option<String> {
        Some(match self.c.pick(4) {
            0 => format!("({} + {})", self.expr(scope, &Ty::Text, depth), self.expr(scope, &Ty::Text, depth)),
            1 => {
                let ty = self.comparable(scope);
                // A row without a name is shown as nobody says.
                if matches!(ty, Ty::Row(at) if !self.words.structs[at].fields.iter().any(|field| field.name == "name"))
                {
                    return None;
                }
                format!("text({})", self.telling(scope, &ty, depth))
            }
            2 => format!("lower({})", self.expr(scope, &Ty::Text, depth)),
            _ => {
                let list = self.expr(scope, &Ty::list(Ty::Text), depth);
                if list == "[]" {
                    return None;
                }
                format!("join({list}, \"+\")")
            }
        })
    }

    fn size(&mut self, scope: &mut Scope, depth: usize) -> Option<String> {
        Some(match self.c.pick(5) {
            0 | 1 => self.fold(scope, &Ty::Size, "sum", depth)?,
            4 => {
                let name = *self.c.one(&["min", "max"]);
                format!("({} else 1 MB)", self.fold(scope, &Ty::Size, name, depth)?)
            }
            2 => {
                let op = *self.c.one(&["+", "-"]);
                format!("({} {op} {})", self.expr(scope, &Ty::Size, depth), self.expr(scope, &Ty::Size, depth))
            }
            _ => format!("({} * {})", self.expr(scope, &Ty::Size, depth), self.expr(scope, &Ty::Number, depth)),
        })
    }

    /// `sum(e for x in xs where P)`
    fn fold(&mut self, scope: &mut Scope, ty: &Ty, name: &str, depth: usize) -> Option<String> {
        let (over, mut inner, ..) = self.over(scope, depth)?;
        let body = self.expr(&mut inner, ty, depth);
        scope.fresh = inner.fresh;
        Some(format!("{name}({body} for {over})"))
    }

    fn list(&mut self, scope: &mut Scope, of: &Ty, depth: usize) -> Option<String> {
        let ty = Ty::list(of.clone());
        let is_part = matches!(of, Ty::Row(at) if self.words.structs[*at].kind == Kind::Part) || !of.compares();
        Some(match self.c.pick(8) {
            0 | 1 => {
                let list = self.path(scope, &ty)?;
                let name = scope.fresh();
                let mut inner = scope.clone();
                inner.bind(self.words, &name, of);
                let filter = self.expr(&mut inner, &Ty::Bool, depth);
                scope.fresh = inner.fresh;
                format!("[{name} for {name} in {list} where {filter}]")
            }
            2 => {
                let (over, mut inner, ..) = self.over(scope, depth)?;
                self.path(&inner, of)?;
                let body = self.telling(&mut inner, of, depth);
                scope.fresh = inner.fresh;
                format!("[{body} for {over}]")
            }
            3 if !is_part => {
                let (a, b) = (self.expr(scope, &ty, depth), self.expr(scope, &ty, depth));
                if a == "[]" || b == "[]" {
                    return None;
                }
                format!("union({a}, {b})")
            }
            4 if !is_part => {
                let a = self.path(scope, &ty)?;
                format!("distinct({a})")
            }
            5 => {
                let name = *self.c.one(&["first", "skip"]);
                let n = self.c.pick(3);
                let a = self.path(scope, &ty)?;
                format!("{name}({n}, {a})")
            }
            6 => {
                let maps = |path: &&Path| matches!(&path.ty, Ty::Map(_, value) if **value == *of);
                let fit: Vec<Path> = scope.paths.iter().filter(maps).cloned().collect();
                if fit.is_empty() {
                    return None;
                }
                format!("values({})", self.c.one(&fit).text)
            }
            _ => {
                let (a, b) = (self.path(scope, of)?, self.path(scope, of)?);
                format!("[{a}, {b}]")
            }
        })
    }
}
