//! A JSON value whose members stay in the order in which they were put there.

use serde::ser::{Serialize, Serializer};

use crate::report::Sample;

/// The value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Json {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number by its digits; what is none is written as a text.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// A mapping.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// A mapping without members.
    pub fn map() -> Json {
        Json::Map(Vec::new())
    }

    /// A list of texts.
    pub fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Json {
        Json::List(texts.into_iter().map(Json::from).collect())
    }

    /// The mapping with one more member.
    pub fn with(mut self, key: &str, value: impl Into<Json>) -> Json {
        if let Json::Map(members) = &mut self {
            members.push((key.to_owned(), value.into()));
        }
        self
    }

    /// The mapping with the members of another one.
    pub fn and(mut self, other: Json) -> Json {
        if let (Json::Map(members), Json::Map(others)) = (&mut self, other) {
            members.extend(others);
        }
        self
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Json {
        Json::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Json {
        Json::Number(number.to_string())
    }
}

impl From<Vec<Json>> for Json {
    fn from(values: Vec<Json>) -> Json {
        Json::List(values)
    }
}

impl From<&Sample> for Json {
    fn from(sample: &Sample) -> Json {
        match sample {
            Sample::Null => Json::Null,
            Sample::Bool(value) => Json::Bool(*value),
            Sample::Number(digits) => Json::Number(digits.clone()),
            Sample::Text(text) => Json::Text(text.clone()),
            Sample::List(values) => Json::List(values.iter().map(Json::from).collect()),
            Sample::Map(members) => {
                Json::Map(members.iter().map(|(key, value)| (key.clone(), Json::from(value))).collect())
            }
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Number(digits) => match serde_json::from_str::<serde_json::Number>(digits) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(digits),
            },
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(values) => serializer.collect_seq(values),
            Json::Map(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
        }
    }
}
