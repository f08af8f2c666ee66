//! What plans and inventories look like, in the words of the packs they are written for: the data behind their JSON
//! Schemas. Data only: the session makes it from a vocabulary, a renderer writes it out.

/// The shape of a kind of document.
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// What it is, in a few words.
    pub title: String,
    /// The document itself.
    pub root: Object,
    /// Objects that others hold, by name.
    pub parts: Vec<(String, Object)>,
}

/// A mapping.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Object {
    /// What it is.
    pub about: String,
    /// Its members, in the order declared.
    pub members: Vec<Member>,
    /// Whether it may have others, which mean nothing.
    pub open: bool,
    /// What the value of one member asks of another.
    pub hints: Vec<Hint>,
}

/// A member of a mapping.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// Its key.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Whether the mapping has to have it.
    pub required: bool,
    /// What it holds.
    pub content: Content,
    /// What its absence means, where that is a value.
    pub default: Option<Sample>,
    /// Values it may have, for whoever writes one.
    pub examples: Vec<Sample>,
}

/// Where one member has one of some texts, another holds this.
#[derive(Clone, PartialEq, Debug)]
pub struct Hint {
    /// The member that decides, and the texts.
    pub where_: (String, Vec<String>),
    /// The other one, and what it holds.
    pub then: (String, Content),
}

/// What a value may be. Scalars are read from their text: what JSON calls a number or a boolean may be a name here.
#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// Anything at all.
    Any,
    /// This, and nothing else.
    Just(Sample),
    /// Any single value.
    Text,
    /// Any single value that is not blank: a name.
    Name,
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// A whole number from 0 up to this one.
    Count(u64),
    /// A number with a unit.
    Quantity {
        /// The units.
        units: Vec<&'static str>,
        /// Whether it may lie below zero.
        negative: bool,
    },
    /// A day.
    Date,
    /// Numbers with points between them.
    Version,
    /// `true` or `false`, without quotes.
    Flag,
    /// A whole number in these bounds, without quotes.
    Whole(u64, u64),
    /// A text that says something, and no number.
    Quoted,
    /// One of these.
    Enum(Vec<String>),
    /// One of these, or a text that begins with one of those and a point.
    Path {
        /// The whole texts.
        known: Vec<String>,
        /// The beginnings.
        under: Vec<String>,
    },
    /// A list.
    List(Box<Content>),
    /// A single value, or a list of them.
    OneOrMany(Box<Content>),
    /// One, or a list of at least one.
    OneOrSeveral(Box<Content>),
    /// One or the other.
    Either(Box<Content>, Box<Content>),
    /// Keys of one's own choice.
    Map(Box<Content>),
    /// A mapping, written out where it stands.
    Object(Box<Object>),
    /// A mapping of [`Shape::parts`].
    Part(String),
    /// Or `null`.
    OrNull(Box<Content>),
}

impl Content {
    /// The same, or `null`.
    pub fn or_null(self) -> Content {
        match self {
            Content::OrNull(_) | Content::Any => self,
            other => Content::OrNull(Box::new(other)),
        }
    }

    /// A list of it.
    pub fn list(self) -> Content {
        Content::List(Box::new(self))
    }
}

/// A value as a document may have it.
#[derive(Clone, PartialEq, Debug)]
pub enum Sample {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number by its digits.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Sample>),
    /// A mapping.
    Map(Vec<(String, Sample)>),
}
