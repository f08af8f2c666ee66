//! A generated vocabulary: enums, entities, parts, what a step says, derived and gathered fields.

use super::Choices;

/// A type of the language.
#[derive(Clone, PartialEq, Debug)]
pub enum Ty {
    Bool,
    Number,
    Size,
    Duration,
    Date,
    Version,
    Text,
    Name,
    Enum(usize),
    /// A struct by its place in [`Vocabulary::structs`].
    Row(usize),
    Record(Vec<(String, Ty)>),
    List(Box<Ty>),
    /// `map by name of` where true.
    Map(bool, Box<Ty>),
    Option(Box<Ty>),
    /// Only ever there or not, and counted.
    Any,
}

impl Ty {
    pub fn list(of: Ty) -> Ty {
        Ty::List(Box::new(of))
    }

    /// Whether two values of it can be compared.
    pub fn compares(&self) -> bool {
        match self {
            Ty::Any => false,
            Ty::Option(of) => of.compares(),
            _ => true,
        }
    }

    pub fn option(of: Ty) -> Ty {
        Ty::Option(Box::new(of))
    }

    /// Types with an order or an equality of their own, each of one kind.
    pub const SCALARS: [Ty; 8] =
        [Ty::Number, Ty::Name, Ty::Size, Ty::Version, Ty::Text, Ty::Duration, Ty::Date, Ty::Bool];
}

/// What a struct is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    Entity,
    Part,
    Step,
    Wave,
    Plan,
}

/// Where a field comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum From {
    Input,
    /// Of the plan or with a default as text: never unknown.
    Default(String),
    Computed,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
    pub from: From,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Struct {
    pub name: String,
    pub kind: Kind,
    pub fields: Vec<Field>,
}

/// The vocabulary of a generated pack.
#[derive(Clone, PartialEq, Debug)]
pub struct Vocabulary {
    /// Values by enum.
    pub enums: Vec<Vec<String>>,
    pub structs: Vec<Struct>,
}

pub const PLAN: usize = 0;
pub const WAVE: usize = 1;
pub const STEP: usize = 2;
/// The first entity: what a step is about.
pub const SUBJECT: usize = 3;
/// The second entity: where it goes.
pub const PLACE: usize = 4;
/// A part in a list of the first entity.
pub const PIECE: usize = 5;
/// A part that is gathered for the first entity.
pub const MADE: usize = 6;

/// Sections of the inventory, with their entity.
pub const SECTIONS: [(&str, usize); 2] = [("subjects", SUBJECT), ("places", PLACE)];

fn field(name: &str, ty: Ty) -> Field {
    Field { name: name.to_owned(), ty, from: From::Input }
}

/// A scalar type, often an enum.
fn scalar(c: &mut Choices<'_>, enums: usize) -> Ty {
    if c.chance(1, 3) { Ty::Enum(c.pick(enums)) } else { c.one(&Ty::SCALARS).clone() }
}

/// Fields of scalars, optional ones, lists and maps of them, and references.
fn fields(c: &mut Choices<'_>, enums: usize, prefix: &str, more: usize) -> Vec<Field> {
    let count = 2 + c.pick(more);
    (0..count)
        .map(|at| {
            let plain = scalar(c, enums);
            let ty = match c.pick(9) {
                8 => Ty::option(Ty::list(plain)),
                0..3 => plain,
                3 | 4 => Ty::option(plain),
                5 => Ty::list(plain),
                6 => Ty::Map(c.chance(1, 2), Box::new(plain)),
                _ => Ty::Record(vec![("a".to_owned(), plain), ("b".to_owned(), Ty::option(scalar(c, enums)))]),
            };
            field(&format!("{prefix}{at}"), ty)
        })
        .collect()
}

/// A vocabulary.
pub fn vocabulary(c: &mut Choices<'_>, chosen: bool) -> Vocabulary {
    let enums: Vec<Vec<String>> =
        ["red", "sat"].iter().map(|name| (0..2 + c.pick(3)).map(|at| format!("{name}{at}")).collect()).collect();
    let built_in = |name: &str, kind: Kind, fields: Vec<Field>| Struct { name: name.to_owned(), kind, fields };
    let fixed = |name: &str, ty: Ty, default: &str| Field {
        name: name.to_owned(),
        ty,
        from: From::Default(default.to_owned()),
    };
    let steps = || Field { name: "steps".to_owned(), ty: Ty::list(Ty::Row(STEP)), from: From::Computed };
    let place = || Ty::Row(PLACE);
    let mode = if chosen { fixed("mode", Ty::option(Ty::Enum(0)), "none") } else { fixed("mode", Ty::Enum(0), "red0") };
    let mut structs = vec![
        built_in("plan", Kind::Plan, vec![steps()]),
        built_in("wave", Kind::Wave, vec![steps()]),
        built_in(
            "step",
            Kind::Step,
            vec![
                field("about", Ty::Row(SUBJECT)),
                fixed("to", Ty::option(place()), "none"),
                mode,
                fixed("amount", Ty::Number, "0"),
                fixed("each-to", Ty::Map(true, Box::new(place())), "{}"),
            ],
        ),
    ];
    let mut subject = vec![field("name", Ty::Name), field("at", place()), field("bulk", Ty::Size)];
    subject.push(field("maybe", Ty::option(place())));
    subject.push(field("pieces", Ty::list(Ty::Row(PIECE))));
    subject.extend(fields(c, 2, "s", 5));
    structs.push(built_in("subject", Kind::Entity, subject));
    let mut places = vec![field("name", Ty::Name), field("next", Ty::option(place())), field("room", Ty::Size)];
    places.push(field("near", Ty::list(place())));
    places.push(field("kind", Ty::Enum(1)));
    places.extend(fields(c, 2, "p", 5));
    structs.push(built_in("place", Kind::Entity, places));
    let mut piece = vec![field("name", Ty::Name), field("on", place()), field("size", Ty::Size)];
    piece.extend(fields(c, 2, "c", 3));
    structs.push(built_in("piece", Kind::Part, piece));
    let made = vec![
        field("name", Ty::Name),
        field("size", Ty::Size),
        field("on", place()),
        field("role", Ty::Enum(0)),
        field("was", Ty::option(place())),
    ];
    structs.push(built_in("made", Kind::Part, made));
    Vocabulary { enums, structs }
}

impl Vocabulary {
    /// A type as a policy writes it.
    pub fn write(&self, ty: &Ty) -> String {
        match ty {
            Ty::Bool => "bool".to_owned(),
            Ty::Number => "number".to_owned(),
            Ty::Size => "size".to_owned(),
            Ty::Duration => "duration".to_owned(),
            Ty::Date => "date".to_owned(),
            Ty::Version => "version".to_owned(),
            Ty::Text => "text".to_owned(),
            Ty::Name => "name".to_owned(),
            Ty::Enum(at) => format!("enum{at}"),
            Ty::Row(at) => self.structs[*at].name.clone(),
            Ty::Record(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, ty)| format!("{name}: {}", self.write(ty))).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            Ty::List(of) => format!("[{}]", self.write(of)),
            Ty::Map(by_name, of) => format!("map {}of {}", if *by_name { "by name " } else { "" }, self.write(of)),
            Ty::Option(of) => format!("({})?", self.write(of)),
            Ty::Any => "any".to_owned(),
        }
    }

    /// The fields of a struct as a policy declares them.
    pub fn declare(&self, at: usize) -> String {
        let line = |field: &Field| {
            let key = if field.name == "name" && self.structs[at].kind == Kind::Entity { " key" } else { "" };
            let default = match &field.from {
                From::Default(default) => format!(" default {default}"),
                _ => String::new(),
            };
            format!("  {}: {}{key}{default}\n", field.name, self.write(&field.ty))
        };
        self.structs[at].fields.iter().filter(|field| field.from != From::Computed).map(line).collect()
    }
}
