//! Sentences of the language's description, one case each: a rule about a host, what is known of the host, and what
//! follows by the text. Both the oracle and the evaluation have to say so.

/// What every case begins with. The step is about host `a`.
pub const VOCABULARY: &str = r#"pack cases "Cases" version 1.0.0
enum colour { red, green, blue }
entity host {
  name: name key
  colour: colour
  twin: host?
  size: size
  count: number
  on: bool
  label: text?
  pieces: [piece]
  tags: [name]
  table: map of number
}
part piece { name: name, size: size, on: bool, colour: colour, other: host? }
part made of host { name: name, size: size, on: bool }
gather host.made {
  from piece in host.pieces when piece.on { name = piece.name, size = piece.size, on = piece.on }
  from host when host.on                  { name = "own", size = host.size, on = true }
}
entity step { host: host, to: host? default none, each-to: map by name of host default {} }
input plan with inventory { hosts: [host] }
"#;

pub struct Case {
    pub what: &'static str,
    /// Members of host `a` as JSON, without its name.
    pub host: &'static str,
    /// The body of the rule, or a whole matrix where it begins with `matrix`.
    pub rule: &'static str,
    /// Evaluations: element, outcome, missing facts without `hosts[a].`.
    pub expected: &'static [&'static str],
}

const fn case(what: &'static str, host: &'static str, rule: &'static str, expected: &'static [&'static str]) -> Case {
    Case { what, host, rule, expected }
}

pub const CASES: &[Case] = &[
    case(
        "false and unknown is false",
        r#""count": 0"#,
        "must not (step.host.count > 0 and step.host.on)",
        &["satisfied"],
    ),
    case("true or unknown is true", r#""count": 1"#, "must step.host.count > 0 or step.host.on", &["satisfied"]),
    case(
        "otherwise unknown spreads, and is named",
        "",
        "must step.host.count > 0 or step.host.on",
        &["unverified count on"],
    ),
    case(
        "decided subexpressions add none",
        r#""count": 0"#,
        "must step.host.count > 0 or step.host.on",
        &["unverified on"],
    ),
    case(
        "division by zero is unknown, and misses nothing",
        r#""count": 0"#,
        "must 1 / step.host.count > 0",
        &["unverified"],
    ),
    case("is known is never unknown", "", "must step.host.on is known", &["violated"]),
    case("is known is true for none", r#""twin": null"#, "must step.host.twin is known", &["satisfied"]),
    case("none is no value", r#""label": null"#, "must step.host.label == \"x\"", &["violated"]),
    case("none is different from every value", r#""label": null"#, "must step.host.label != \"x\"", &["satisfied"]),
    case("unknown is not none", "", "must step.host.label exists", &["unverified label"]),
    case(
        "else takes the place of none",
        r#""label": null"#,
        "must (step.host.label else \"y\") == \"y\"",
        &["satisfied"],
    ),
    case("else does not hide the unknown", "", "must (step.host.label else \"y\") == \"y\"", &["unverified label"]),
    case(
        "narrowed to the right of and",
        r#""twin": null"#,
        "must not (step.host.twin exists and step.host.twin.on)",
        &["satisfied"],
    ),
    case("a when that is false", r#""on": false"#, "when step.host.on must step.host.count > 0", &["not applicable"]),
    case(
        "a when that is unknown, and what is demanded holds",
        r#""count": 1"#,
        "when step.host.on must step.host.count > 0",
        &["satisfied"],
    ),
    case(
        "a when that is unknown, and what is demanded does not hold",
        r#""count": 0"#,
        "when step.host.on must step.host.count > 0",
        &["unverified on"],
    ),
    case("a note whose when is unknown", "", "when step.host.on note", &["unverified on"]),
    case("a note", r#""on": true"#, "when step.host.on note", &["noted"]),
    case("both branches alike", "", "must (if step.host.on then 1 else 1) == 1", &["satisfied"]),
    case("branches that differ", "", "must (if step.host.on then 1 else 2) == 1", &["unverified on"]),
    case(
        "elements by themselves",
        r#""pieces": [{"name": "p", "on": true}, {"name": "q", "on": false}, {"name": "r"}]"#,
        "each p in step.host.pieces must p.on",
        &["piece p: satisfied", "piece q: violated", "piece r: unverified pieces[r].on"],
    ),
    case("an empty list", r#""pieces": []"#, "each p in step.host.pieces must p.on", &["not applicable"]),
    case("a list that is not known", "", "each p in step.host.pieces must p.on", &["piece ?: unverified pieces"]),
    case(
        "a list that is not known, whatever its elements",
        r#""count": 1"#,
        "each p in step.host.pieces must p.on or step.host.count == 1",
        &["not applicable"],
    ),
    case(
        "parts of the when without an element come first",
        r#""on": false"#,
        "each p in step.host.pieces when p.on and step.host.on must p.size > 1 GiB",
        &["not applicable"],
    ),
    case(
        "elements of which only the membership is open",
        r#""pieces": [{"name": "p", "size": "1 GiB"}], "on": false"#,
        "each m in step.host.made must m.size > 1 GiB",
        &["made p: unverified pieces[p].on"],
    ),
    case(
        "a membership that is open, and what is demanded holds",
        r#""pieces": [{"name": "p", "size": "2 GiB"}], "on": false"#,
        "each m in step.host.made must m.size > 1 GiB",
        &["made p: satisfied"],
    ),
    case(
        "one place of several is not known",
        r#""on": true, "size": "2 GiB""#,
        "each m in step.host.made must m.size > 1 GiB",
        &["made own: satisfied", "made ?: unverified pieces"],
    ),
    case(
        "a filter that is false whatever the element drops the rest",
        "",
        "must no p in step.host.pieces where p.name in [n for n in [\"x\"] where step.each-to[n] exists]: true",
        &["satisfied"],
    ),
    case(
        "some is true as soon as one known element is",
        r#""pieces": [{"name": "p"}, {"name": "q", "on": true}]"#,
        "must some p in step.host.pieces: p.on",
        &["satisfied"],
    ),
    case(
        "a count decides where its interval does",
        r#""pieces": [{"name": "p"}, {"name": "q", "on": true}]"#,
        "must count(p in step.host.pieces where p.on) >= 1",
        &["satisfied"],
    ),
    case(
        "a count does not decide inside of its interval",
        r#""pieces": [{"name": "p"}, {"name": "q", "on": true}]"#,
        "must count(p in step.host.pieces where p.on) >= 2",
        &["unverified pieces[p].on"],
    ),
    case(
        "a sum of what cannot be negative is at least what is known",
        r#""pieces": [{"name": "p"}, {"name": "q", "size": "3 GiB"}]"#,
        "must sum(p.size for p in step.host.pieces) <= 2 GiB",
        &["violated"],
    ),
    case(
        "a sum may be more",
        r#""pieces": [{"name": "p"}, {"name": "q", "size": "1 GiB"}]"#,
        "must sum(p.size for p in step.host.pieces) <= 2 GiB",
        &["unverified pieces[p].size"],
    ),
    case(
        "in an empty map there is nothing",
        "",
        "must not (step.each-to[step.host.label else \"x\"] exists)",
        &["satisfied"],
    ),
    case(
        "a map and a key of which nothing is known",
        r#""label": null"#,
        "must step.host.table[text(step.host.count)] exists",
        &["unverified count table"],
    ),
    case(
        "what a filter reads of the unknown rest decides, too",
        "",
        "must some p in [q for q in step.host.pieces where step.host.on]: p.on",
        &["unverified on pieces"],
    ),
    case(
        "a list of each element once has one unknown more",
        r#""colour": "red""#,
        "each h in union([step.host.twin else step.host], [step.host.twin else step.host]) must h.colour == blue",
        &["host ?: unverified twin"],
    ),
    case(
        "the text of a part whose name is not known",
        r#""pieces": [{"size": "1 GiB"}]"#,
        "each p in step.host.pieces must matches(text(p), \"a\")",
        &["piece 1: unverified pieces[1].name"],
    ),
    case("in is ==", r#""tags": ["X"]"#, "must \"x\" in step.host.tags", &["satisfied"]),
    case(
        "parts that share a name bear their place",
        r#""pieces": [{"name": "p", "on": true}, {"name": "P", "on": true}]"#,
        "each p in step.host.pieces must p.on",
        &["piece 1: satisfied", "piece 2: satisfied"],
    ),
    case(
        "a row that is not known, where all that is possible agree",
        r#""on": true"#,
        "matrix R m \"M\" { for step rows step.host.colour columns step.host.on\n | | true | false |\n |---|---|---|\n | red, green | yes | no |\n | blue | yes | - |\n}",
        &["satisfied"],
    ),
    case(
        "a row that is not known, where they do not",
        r#""on": false"#,
        "matrix R m \"M\" { for step rows step.host.colour columns step.host.on\n | | true | false |\n |---|---|---|\n | red, green | yes | no |\n | blue | yes | - |\n}",
        &["unverified colour"],
    ),
    case(
        "where the source is silent, no fact is missing",
        r#""on": false, "colour": "blue""#,
        "matrix R m \"M\" { for step rows step.host.colour columns step.host.on\n | | true | false |\n |---|---|---|\n | red, green | yes | no |\n | blue | yes | - |\n}",
        &["unverified"],
    ),
    case(
        "a condition of a cell that is only possible",
        r#""on": true, "count": 0"#,
        "matrix M m \"M\" { for step rows step.host.colour columns step.host.on\n | | true | false |\n |---|---|---|\n | red, green | yes if c | no |\n | blue | yes | - |\n c must R step.host.count > 0 because \"c\"\n}",
        &["unverified colour"],
    ),
    case(
        "a condition that holds",
        r#""on": true, "count": 1"#,
        "matrix M m \"M\" { for step rows step.host.colour columns step.host.on\n | | true | false |\n |---|---|---|\n | red, green | yes if c | no |\n | blue | yes | - |\n c must R step.host.count > 0 because \"c\"\n}",
        &["satisfied"],
    ),
    case(
        "a condition of a cell that is not hit",
        r#""on": true, "colour": "blue""#,
        "matrix M m \"M\" { for step rows step.host.colour columns step.host.on\n | | true | false |\n |---|---|---|\n | red, green | yes if c | no |\n | blue | yes | - |\n c must R step.host.count > 0 because \"c\"\n}",
        &["not applicable"],
    ),
];
