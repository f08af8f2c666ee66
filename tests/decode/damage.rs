//! Records of machines, right ones and wrong ones, and texts that were damaged.

use proptest::prelude::*;

/// A member with a value, mostly right.
fn member() -> impl Strategy<Value = String> {
    let right = prop::sample::select(vec![
        r#""name":"SQL01""#,
        r#""name":"sql01""#,
        r#""name":"a\\b""#,
        r#""name":"\u00e4\ud83d\ude00x""#,
        r#""name":null"#,
        r#""id":"7""#,
        r#""id":null"#,
        r#""the count":3"#,
        r#""the count":-2.50"#,
        r#""the count":1e3"#,
        r#""the count":0"#,
        r#""memory":"64 GiB""#,
        r#""memory":" 2 TB ""#,
        r#""wait":"5 min""#,
        r#""wait":null"#,
        r#""until":"2027-03-31""#,
        r#""build":"10.0.17763""#,
        r#""build":6.2"#,
        r#""build":null"#,
        r#""kind":"csv""#,
        r#""kind":" disk""#,
        r#""flag":true"#,
        r#""flag":false"#,
        r#""maybe":null"#,
        r#""maybe":true"#,
        r#""tags":[]"#,
        r#""tags":["a","B"]"#,
        r#""tags":null"#,
        r#""words":["x",null]"#,
        r#""words":null"#,
        r#""numbers":[1,2.5]"#,
        r#""numbers":[]"#,
        r#""notes":{"A":"x","b":"y"}"#,
        r#""notes":{}"#,
        r#""sizes":{"a":"1 B","A":"2 B"}"#,
        r#""extra":{"a":[1,{"b":2}]}"#,
        r#""extra":"x""#,
        r#""extra":12.50"#,
        r#""extra":[true]"#,
        r#""extra":null"#,
        r#""disks":[{"name":"d","size":"1 GiB"},null,{"name":"E","size":"0 B","kind":"share","flag":true,"inner":{"on":false}}]"#,
        r#""disks":[]"#,
        r#""disks":null"#,
        r#""main":{"name":"m","size":"2 GiB","inner":{}}"#,
        r#""main":null"#,
        r#""cpu":{"cores":2,"maker":"x","cache":{"size":"2 MiB"}}"#,
        r#""cpu":{"cores":1}"#,
        r#""cpu":null"#,
        r#""cpu":{"cache":null,"cores":8}"#,
        r#""place":{"path":"there"}"#,
        r#""place":{}"#,
        r#""unread":[{"name":"u","size":"1 B"}]"#,
        r#""ignored":{"deep":{"text":"x","more":[{}]}}"#,
        r#""plain":[1,"x",[],{}]"#,
        r#""other":{"any":[1,2,{"thing":null}]}"#,
        r#""other":"x""#,
        r#""an\u006fther":1"#,
        r#""$unknown":["disks","place","flag"]"#,
        r#""$unknown":[]"#,
        r#""$schema":"x""#,
        r#""labels":{"k1":1,"k2":2,"k3":3}"#,
    ]);
    let wrong = prop::sample::select(vec![
        r#""name":7"#,
        r#""name":["x"]"#,
        r#""id":7"#,
        r#""the count":"3""#,
        r#""the count":null"#,
        r#""the count":1e999"#,
        r#""the count":12345678901234567890123456789012345"#,
        r#""memory":"64""#,
        r#""memory":64"#,
        r#""memory":"-1 GiB""#,
        r#""wait":"soon""#,
        r#""until":"2027-02-30""#,
        r#""build":"x""#,
        r#""kind":"tape""#,
        r#""kind":1"#,
        r#""flag":"true""#,
        r#""flag":1"#,
        r#""maybe":"x""#,
        r#""tags":"a""#,
        r#""tags":["a",1]"#,
        r#""tags":["a",null]"#,
        r#""words":[1]"#,
        r#""numbers":["1"]"#,
        r#""notes":{"a":"x","A":"y"}"#,
        r#""notes":["x"]"#,
        r#""notes":null"#,
        r#""notes":{"a":null}"#,
        r#""disks":{}"#,
        r#""disks":[1]"#,
        r#""disks":[{"name":1}]"#,
        r#""main":"x""#,
        r#""cpu":[]"#,
        r#""cpu":{"cores":"x"}"#,
        r#""cpu":{"cores":1,"cores":2}"#,
        r#""unread":[{"name":7}]"#,
        r#""unread":7"#,
        r#""unread":[null]"#,
        r#""ignored":{"deep":{"text":7}}"#,
        r#""ignored":7"#,
        r#""plain":[null]"#,
        r#""other":{"a":1,"b":{"c":1,"c":2}}"#,
        r#""other":[{"a":1,"a":1}]"#,
        r#""$unknown":"disks""#,
        r#""$unknown":[1]"#,
        r#""$unknown":[[]]"#,
        r#""ignored":{"$unknown":7}"#,
        r#""cpu":{"$unknown":["cores","cache"]}"#,
        r#""name":"\ud800""#,
        r#""name":"\x""#,
        r#""the count":01"#,
        r#""the count":1."#,
        r#""the count":+1"#,
        r#""the count":NaN"#,
        r#""the count":-"#,
        r#""flag":tru"#,
        r#""other":[1,]"#,
        r#""other":{"a":1,}"#,
        r#""other":{a:1}"#,
        r#""other":'x'"#,
        "\"other\":\"a\tb\"",
        "\"other\":\"a\u{0}b\"",
        r#""other":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"#,
    ]);
    prop_oneof![30 => right.prop_map(str::to_owned), 1 => wrong.prop_map(str::to_owned)]
}

/// One record: a mapping with blanks here and there.
pub fn record() -> impl Strategy<Value = String> {
    let blank = || prop::sample::select(vec!["", "", "", " ", "\t"]);
    let members = prop::collection::vec((member(), blank(), blank()), 0..14);
    let once = any::<prop::sample::Index>();
    (members, once, prop::bool::weighted(0.9)).prop_map(|(members, _, distinct)| {
        let mut seen = Vec::new();
        let mut out = String::from("{");
        for (member, before, behind) in members {
            let key = member.split(':').next().unwrap_or("").to_owned();
            if distinct && seen.contains(&key) {
                continue;
            }
            if !seen.is_empty() {
                out.push(',');
            }
            seen.push(key);
            out.push_str(before);
            out.push_str(&member);
            out.push_str(behind);
        }
        out.push('}');
        out
    })
}

/// One record, or something that is none.
pub fn line() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        " ",
        "\t\r",
        "7",
        "[]",
        "\"x\"",
        "null",
        "true",
        "{",
        "{}}",
        "{\"a\":1",
        "{} {}",
        "{}x",
        "\u{feff}{}",
        "nul",
        "[{}]",
        "\u{c}",
    ]);
    let cut = (record(), any::<prop::sample::Index>()).prop_map(|(mut record, at)| {
        let mut at = at.index(record.len());
        while !record.is_char_boundary(at) {
            at -= 1;
        }
        record.truncate(at);
        record
    });
    prop_oneof![20 => record(), 1 => odd.prop_map(str::to_owned), 1 => cut]
}

/// Many lines, with line breaks of any kind.
pub fn lines() -> impl Strategy<Value = String> {
    let breaks = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", "\n\n"]);
    (prop::collection::vec((line(), breaks), 0..30), prop::sample::select(vec!["", "", "\u{feff}"]))
        .prop_map(|(lines, mark)| lines.into_iter().fold(mark.to_owned(), |text, (line, end)| text + &line + end))
}
