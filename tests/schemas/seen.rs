//! Documents as editors and validators see them, which resolve scalars by themselves: as YAML 1.2 does by its core schema,
//! as JSON and TOML write them.

use clearway::facts::document::{Document, NodeId, View};
use clearway::facts::read::Format;
use serde_json::{Map, Value as Json};

/// The whole document.
pub fn json(document: &Document, format: Format) -> Json {
    document.root().map_or(Json::Null, |root| node(document, root, format))
}

fn node(document: &Document, id: NodeId, format: Format) -> Json {
    match document.view(id) {
        View::Null => Json::Null,
        View::Scalar(text, true) => Json::from(text),
        View::Scalar(text, false) => scalar(text, format),
        View::List(elements) => elements.iter().map(|element| node(document, *element, format)).collect(),
        View::Map(members) => {
            let member = |member| (document.key(member).to_owned(), node(document, member.value, format));
            Json::Object(members.iter().map(member).collect::<Map<String, Json>>())
        }
    }
}

/// What stands without quotes.
fn scalar(text: &str, format: Format) -> Json {
    match text {
        "true" => return Json::from(true),
        "false" => return Json::from(false),
        "True" | "TRUE" if format == Format::Yaml => return Json::from(true),
        "False" | "FALSE" if format == Format::Yaml => return Json::from(false),
        _ => {}
    }
    let digits = text.trim_start_matches(['-', '+']);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.len() - digits.len() <= 1;
    let number = text.parse::<f64>().ok().filter(|number| plain && number.is_finite());
    if let (Some(number), true) = (number, text.bytes().any(|byte| byte.is_ascii_digit())) {
        if let Ok(whole) = text.parse::<i64>() {
            return Json::from(whole);
        }
        return Json::from(number);
    }
    // TOML has days of its own, which its readers hand on as texts.
    Json::from(text)
}
