//! The parser: what it reads, and what it says of what it cannot read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use clearway::syntax::parse;

#[test]
fn the_tour_of_the_language_parses() {
    let parsed = parse(include_str!("syntax/tour.way"), 0);
    let found: Vec<String> =
        parsed.diagnostics.iter().map(|d| format!("{:?} {} {}", d.span(), d.code, d.message)).collect();
    assert_eq!(found, Vec::<String>::new());
}

/// A tree without its places: what two files that say the same have in common.
fn meaning(tree: &clearway::syntax::ast::File) -> String {
    let places = regex::Regex::new(r"\b(op_)?span: \d+\.\.\d+").unwrap();
    places.replace_all(&format!("{:?}", tree.items), "").into_owned()
}

#[test]
fn the_tour_prints_in_its_canonical_layout() {
    let parsed = parse(include_str!("syntax/tour.way"), 0);
    let printed = clearway::syntax::print(&parsed.tree);
    insta::assert_snapshot!("tour", printed);
    let again = parse(&printed, 0);
    assert!(again.diagnostics.is_empty(), "{:?}", again.diagnostics);
    assert_eq!(meaning(&again.tree), meaning(&parsed.tree));
    assert_eq!(clearway::syntax::print(&again.tree), printed);
    let comments =
        |tree: &clearway::syntax::ast::File| tree.comments.iter().map(|c| c.text.clone()).collect::<Vec<_>>();
    assert_eq!(comments(&again.tree), comments(&parsed.tree), "no comment is lost");
}

/// Diagnostics as a plain drawing: the line, what is marked in it, the words.
fn drawn(text: &str) -> String {
    use std::fmt::Write;
    let mut map = clearway::source::SourceMap::new();
    let id = map.add("policy.way", text).unwrap();
    let file = map.file(id).unwrap().clone();
    let mut out = String::new();
    for diagnostic in parse(text, 0).diagnostics {
        let place = map.locate(diagnostic.span()).unwrap();
        writeln!(out, "{}:{} {} {}", place.line, place.column, diagnostic.code, diagnostic.message).unwrap();
        for label in &diagnostic.labels {
            let place = map.locate(label.span).unwrap();
            let line = file.line(place.line - 1).map_or("", |(_, line)| line);
            let marked = if place.end_line == place.line { place.end_column - place.column } else { 1 };
            let mark = if label.primary { "^" } else { "-" };
            writeln!(out, "    {line}").unwrap();
            let marks = mark.repeat(marked.max(1));
            writeln!(out, "    {}{marks} {}", " ".repeat(place.column - 1), label.text).unwrap();
        }
        for note in &diagnostic.notes {
            writeln!(out, "  note: {note}").unwrap();
        }
        if let Some(help) = &diagnostic.help {
            writeln!(out, "  help: {help}").unwrap();
        }
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn twenty_mistakes_give_twenty_diagnostics() {
    let text = include_str!("syntax/twenty.way");
    insta::assert_snapshot!("twenty", drawn(text));
    assert_eq!(parse(text, 0).diagnostics.len(), 20);
}

#[test]
fn more_mistakes() {
    insta::assert_snapshot!("more", drawn(include_str!("syntax/more.way")));
}

#[test]
fn the_bundled_packs_print_to_what_they_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    for file in files.filter(|file| file.path().extension().is_some_and(|ending| ending == "way")) {
        let parsed = parse(&std::fs::read_to_string(file.path()).unwrap(), 0);
        assert!(parsed.diagnostics.is_empty(), "{file:?}: {:?}", parsed.diagnostics);
        let printed = clearway::syntax::print(&parsed.tree);
        let again = parse(&printed, 0);
        assert_eq!(meaning(&again.tree), meaning(&parsed.tree), "{file:?}");
        assert_eq!(clearway::syntax::print(&again.tree), printed, "{file:?}");
        assert_eq!(again.tree.comments.len(), parsed.tree.comments.len(), "{file:?}");
    }
}

mod laws {
    //! Laws of the parser and the printer, over what chance makes.

    use std::time::{Duration, Instant};

    use clearway::source::Span;
    use clearway::syntax::ast::*;
    use clearway::syntax::{parse, print};
    use proptest::prelude::*;

    use super::meaning;

    const NONE: Span = Span::NONE;

    fn ident() -> impl Strategy<Value = Ident> + Clone {
        let names =
            prop::sample::select(vec!["x", "os-version", "live-vsm", "a1", "vmm-2019", "step", "must", "count", "s"]);
        names.prop_map(|text| Ident { text: text.into(), span: NONE })
    }

    fn words() -> impl Strategy<Value = String> + Clone {
        "([a-z]|[ \"{}\\\\|]|漢|é|\\{[a-z0-9]{1,2}\\}|, |//){0,8}"
    }

    fn plain() -> impl Strategy<Value = Str> + Clone {
        words().prop_map(|text| Str { value: text.into(), span: NONE })
    }

    fn literal() -> impl Strategy<Value = Literal> + Clone {
        let number = prop::sample::select(vec!["0", "42", "6.2", "1.50"]);
        let size = (number.clone(), prop::sample::select(SizeUnit::ALL.to_vec()));
        let duration = (number.clone(), prop::sample::select(DurationUnit::ALL.to_vec()));
        prop_oneof![
            number.clone().prop_map(|n| LiteralKind::Number(n.into())),
            number.prop_map(|n| LiteralKind::Percent(n.into())),
            Just(LiteralKind::Version("10.0.17763".into())),
            Just(LiteralKind::Date("2026-12-31".into())),
            size.prop_map(|(n, unit)| LiteralKind::Size(n.into(), unit)),
            duration.prop_map(|(n, unit)| LiteralKind::Duration(n.into(), unit)),
            any::<bool>().prop_map(LiteralKind::Bool),
            Just(LiteralKind::None),
        ]
        .prop_map(|kind| Literal { kind, span: NONE })
    }

    fn over(expr: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Comprehension> + Clone {
        (ident(), expr.clone(), prop::option::of(expr)).prop_map(|(binding, list, filter)| Comprehension {
            binding,
            list: Box::new(list),
            filter: filter.map(Box::new),
            span: NONE,
        })
    }

    fn operator() -> impl Strategy<Value = BinaryOp> + Clone {
        use BinaryOp::*;
        prop::sample::select(vec![
            Implies,
            Or,
            And,
            Equal,
            NotEqual,
            Less,
            LessEqual,
            Greater,
            GreaterEqual,
            In,
            Add,
            Subtract,
            Multiply,
            Divide,
        ])
    }

    fn expr() -> impl Strategy<Value = Expr> + Clone {
        let leaf = prop_oneof![
            literal().prop_map(ExprKind::Literal),
            plain().prop_map(ExprKind::Text),
            ident().prop_map(ExprKind::Name),
            Just(ExprKind::EmptyMap),
        ];
        let leaf = leaf.prop_map(|kind| Expr { kind, span: NONE }).boxed();
        leaf.prop_recursive(6, 40, 3, |inner| {
            let boxed = inner.clone().prop_map(Box::new);
            let over = over(inner.clone());
            prop_oneof![
                4 => (operator(), boxed.clone(), boxed.clone())
                    .prop_map(|(op, left, right)| ExprKind::Binary { op, op_span: NONE, left, right }),
                1 => (boxed.clone(), ident()).prop_map(|(base, name)| ExprKind::Field { base, name }),
                1 => (boxed.clone(), boxed.clone()).prop_map(|(base, key)| ExprKind::Index { base, key }),
                1 => (ident(), prop::collection::vec(inner.clone(), 0..3))
                    .prop_map(|(function, args)| ExprKind::Call { function, args }),
                1 => (ident(), boxed.clone(), over.clone())
                    .prop_map(|(function, element, over)| ExprKind::Aggregate { function, element: Some(element), over }),
                1 => over.clone().prop_map(|over| ExprKind::Aggregate {
                    function: Ident { text: "count".into(), span: NONE },
                    element: None,
                    over,
                }),
                1 => prop::collection::vec(inner.clone(), 0..3).prop_map(ExprKind::List),
                1 => (boxed.clone(), over.clone()).prop_map(|(element, over)| ExprKind::ListOf { element, over }),
                2 => (prop::sample::select(vec![UnaryOp::Not, UnaryOp::Negate]), boxed.clone())
                    .prop_map(|(op, operand)| ExprKind::Unary { op, operand }),
                2 => (boxed.clone(), boxed.clone()).prop_map(|(value, fallback)| ExprKind::Else { value, fallback }),
                2 => (boxed.clone(), boxed.clone(), boxed.clone())
                    .prop_map(|(condition, then, otherwise)| ExprKind::If { condition, then, otherwise }),
                1 => boxed.clone().prop_map(ExprKind::Exists),
                1 => boxed.clone().prop_map(ExprKind::IsKnown),
                2 => (prop::sample::select(vec![Quantifier::All, Quantifier::Some, Quantifier::No]), over, boxed)
                    .prop_map(|(quantifier, over, body)| ExprKind::Quantified { quantifier, over, body }),
            ]
            .prop_map(|kind| Expr { kind, span: NONE })
            .boxed()
        })
    }

    /// Pieces as the parser makes them: no two literal ones next to each other, none of them empty.
    fn message() -> impl Strategy<Value = Text> + Clone {
        let piece = prop_oneof![
            words().prop_map(|text| Piece::Literal(Str { value: text.into(), span: NONE })),
            expr().prop_map(Piece::Interpolation),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| {
            let mut kept: Vec<Piece> = Vec::new();
            for piece in pieces {
                let literal = |piece: &Piece| matches!(piece, Piece::Literal(_));
                let empty = matches!(&piece, Piece::Literal(text) if text.value.is_empty());
                let joins = literal(&piece) && kept.last().is_some_and(literal);
                if !empty && !joins {
                    kept.push(piece);
                }
            }
            Text { pieces: kept, span: NONE }
        })
    }

    fn ty() -> impl Strategy<Value = Type> + Clone {
        let leaf = ident().prop_map(|name| Type { kind: TypeKind::Name(name), span: NONE }).boxed();
        leaf.prop_recursive(4, 12, 3, |inner| {
            let field = (ident(), inner.clone(), any::<bool>(), prop::option::of(plain()), prop::option::of(expr()));
            let field =
                field.prop_map(|(name, ty, key, from, default)| Field { name, ty, key, from, default, span: NONE });
            prop_oneof![
                prop::collection::vec(field, 0..3).prop_map(TypeKind::Record),
                inner.clone().prop_map(|ty| TypeKind::List(Box::new(ty))),
                inner.clone().prop_map(|ty| TypeKind::Optional(Box::new(ty))),
                (any::<bool>(), inner).prop_map(|(by_name, ty)| TypeKind::Map { by_name, value: Box::new(ty) }),
            ]
            .prop_map(|kind| Type { kind, span: NONE })
            .boxed()
        })
    }

    fn header_value() -> impl Strategy<Value = HeaderValue> + Clone {
        let operand = prop_oneof![
            literal().prop_map(ExprKind::Literal),
            plain().prop_map(ExprKind::Text),
            ident().prop_map(ExprKind::Name),
        ]
        .prop_map(|kind| Expr { kind, span: NONE });
        let orders = vec![BinaryOp::Less, BinaryOp::LessEqual, BinaryOp::Greater, BinaryOp::GreaterEqual];
        prop_oneof![
            operand.clone().prop_map(HeaderValueKind::Value),
            (operand.clone(), operand.clone(), any::<bool>())
                .prop_map(|(low, high, below)| HeaderValueKind::Range { low, high, below }),
            (prop::sample::select(orders), operand).prop_map(|(op, bound)| HeaderValueKind::Compared { op, bound }),
            Just(HeaderValueKind::Any),
            Just(HeaderValueKind::Other),
        ]
        .prop_map(|kind| HeaderValue { kind, span: NONE })
    }

    fn body() -> impl Strategy<Value = CellBody> + Clone {
        prop_oneof![
            Just(CellBody::No),
            Just(CellBody::Silent),
            Just(CellBody::Impossible),
            (prop::collection::vec(ident(), 0..2), prop::option::of(ident()))
                .prop_map(|(effects, condition)| CellBody::Yes { effects, condition }),
        ]
    }

    fn table() -> impl Strategy<Value = Table> + Clone {
        let header =
            || prop::collection::vec(header_value(), 1..3).prop_map(|values| HeaderCell { values, span: NONE });
        (1usize..4, 1usize..4).prop_flat_map(move |(columns, rows)| {
            let cells = prop::collection::vec(body().prop_map(|body| Cell { body, span: NONE }), columns);
            let row = (header(), cells).prop_map(|(header, cells)| Row { header, cells, span: NONE });
            (prop::collection::vec(header(), columns), prop::collection::vec(row, rows))
                .prop_map(|(columns, rows)| Table { columns, rows, span: NONE })
        })
    }

    fn level() -> impl Strategy<Value = Level> + Clone {
        prop::sample::select(vec![LevelKind::Must, LevelKind::Should, LevelKind::Note])
            .prop_map(|kind| Level { kind, span: NONE })
    }

    fn premise() -> impl Strategy<Value = Premise> + Clone {
        prop_oneof![
            (ident(), expr()).prop_map(|(name, list)| Premise::Each { name, list, span: NONE }),
            (ident(), expr()).prop_map(|(name, value)| Premise::Let { name, value, span: NONE }),
        ]
    }

    fn why() -> impl Strategy<Value = Justification> + Clone {
        let cite = (ident(), prop::option::of(plain())).prop_map(|(source, section)| Cite {
            source,
            section,
            items: vec![CiteItem { text: "2.5".into(), span: NONE }],
            span: NONE,
        });
        let set = (ident(), expr()).prop_map(|(name, value)| Set {
            target: Expr { kind: ExprKind::Name(name), span: NONE },
            value,
            span: NONE,
        });
        let texts = (prop::option::of(message()), prop::option::of(message()));
        (prop::collection::vec(cite, 0..2), texts, prop::collection::vec(set, 0..2))
            .prop_map(|(cites, (because, help), fixes)| Justification { cites, because, help, fixes })
    }

    fn item() -> impl Strategy<Value = Item> + Clone {
        let name = || {
            prop_oneof![
                ident().prop_map(|name| RuleName { text: name.text, quoted: false, span: NONE }),
                plain().prop_map(|text| RuleName { text: text.value, quoted: true, span: NONE }),
            ]
        };
        let define = (ident(), prop::option::of(ty()), expr())
            .prop_map(|(name, ty, value)| Item::Define(Define { name, params: None, ty, value, span: NONE }));
        let heading = (ident(), name(), prop::option::of(plain()));
        let premises = prop::collection::vec(premise(), 0..3);
        let obligation = (level(), expr()).prop_map(|(level, condition)| Obligation {
            level,
            condition: (level.kind != LevelKind::Note).then_some(condition),
            span: NONE,
        });
        let rule = (heading.clone(), premises.clone(), obligation, why()).prop_map(
            |((code, name, title), premises, obligation, why)| {
                let subject = Some(Ident { text: "step".into(), span: NONE });
                Item::Rule(Rule { code, name, title, subject, premises, obligation: Some(obligation), why, span: NONE })
            },
        );
        let axis = || expr().prop_map(|value| Some(Axis { value, span: NONE }));
        let condition =
            (ident(), level(), ident(), expr(), why()).prop_map(|(name, level, code, condition, why)| Condition {
                name: Ident { text: format!("ok-{}", name.text).into(), span: NONE },
                level: Some(level),
                code,
                condition,
                why,
                span: NONE,
            });
        let matrix = (
            heading,
            prop::option::of(level()),
            premises,
            (axis(), axis()),
            table(),
            prop::collection::vec(condition, 0..2),
            why(),
        )
            .prop_map(|((code, name, title), level, premises, (rows, columns), table, conditions, why)| {
                let subject = Some(Ident { text: "step".into(), span: NONE });
                Item::Matrix(Matrix {
                    code,
                    name,
                    level,
                    title,
                    subject,
                    premises,
                    rows,
                    columns,
                    table: Some(table),
                    conditions,
                    why,
                    span: NONE,
                })
            });
        let adjust = (ident(), header_value(), header_value(), body(), message()).prop_map(
            |(code, row, column, body, because)| {
                let adjustment = Adjustment::Cell { row: Box::new(row), column: Box::new(column), body, span: NONE };
                Item::Adjust(Adjust { code, adjustment, because, span: NONE })
            },
        );
        let target = || ident().prop_map(|name| Expr { kind: ExprKind::Name(name), span: NONE });
        let variation = (any::<bool>(), target(), prop::option::of(expr()))
            .prop_map(|(stop, target, values)| Variation { stop, target, values, span: NONE });
        let first = (target(), prop::option::of(expr())).prop_map(|(target, values)| Variation {
            stop: false,
            target,
            values,
            span: NONE,
        });
        let goal = (target(), expr(), prop::option::of(over(expr()))).prop_map(|(target, value, over)| Goal {
            target,
            value,
            over,
            span: NONE,
        });
        let interruption =
            (expr(), prop::option::of(message())).prop_map(|(rank, words)| Interruption { rank, words, span: NONE });
        let volume = expr().prop_map(|value| Volume { value, span: NONE });
        let suggest = (
            first,
            prop::collection::vec(variation, 0..3),
            prop::collection::vec(goal, 1..3),
            prop::option::of(interruption),
            prop::option::of(volume),
        )
            .prop_map(|(first, mut variations, goals, interruption, volume)| {
                variations.insert(0, first);
                let subject = Ident { text: "step".into(), span: NONE };
                Item::Suggest(Suggest {
                    subject,
                    cites: Vec::new(),
                    variations,
                    goals,
                    interruption,
                    volume,
                    span: NONE,
                })
            });
        prop_oneof![3 => define, 2 => rule, 1 => matrix, 1 => adjust, 1 => suggest]
    }

    fn file() -> impl Strategy<Value = File> + Clone {
        prop::collection::vec(item(), 1..3).prop_map(|items| File {
            items,
            comments: Vec::new(),
            unread: Vec::new(),
            span: NONE,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn what_is_printed_parses_to_the_same_tree(file in file()) {
            let printed = print(&file);
            let parsed = parse(&printed, 0);
            prop_assert!(parsed.diagnostics.is_empty(), "{}\n{:?}", printed, parsed.diagnostics.first());
            let named = meaning(&file).replace("span: 4294967295..4294967295", "");
            prop_assert_eq!(meaning(&parsed.tree), named, "{}", printed);
            prop_assert_eq!(print(&parsed.tree), printed);
        }

        #[test]
        fn any_text_is_read_in_bounded_time(text in "(?s).{0,400}") {
            read_in_time(&text);
        }

        #[test]
        fn any_soup_of_tokens_is_read(text in prop::collection::vec(prop::sample::select(soup()), 0..120)) {
            read_in_time(&text.join(" "));
        }

        #[test]
        fn a_policy_with_a_hole_is_read(from in 0usize..8000, length in 0usize..60) {
            let text = include_str!("syntax/tour.way");
            let start = text.floor_char_boundary(from.min(text.len()));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            let holed = format!("{}{}", &text[..start], &text[end..]);
            let parsed = read_in_time(&holed);
            prop_assert!(parsed <= 24, "one hole makes {parsed} diagnostics");
        }
    }

    fn soup() -> Vec<&'static str> {
        let mut words = clearway::syntax::words::all();
        words.extend(clearway::syntax::words::signs());
        words.extend([
            "x",
            "VMM1",
            "\"a\"",
            "\"{x}\"",
            "\"{",
            "\"",
            "5",
            "5 GiB",
            "6.2",
            "10.0.1",
            "15%",
            "\n",
            "\n",
            "|--|--|\n",
            "//",
            "é",
            "_",
        ]);
        words
    }

    /// Reads a text and gives the number of diagnostics; each has a place inside of the text.
    fn read_in_time(text: &str) -> usize {
        let start = Instant::now();
        let parsed = parse(text, 7);
        assert!(start.elapsed() < Duration::from_secs(2), "{text}");
        let end = 7 + u32::try_from(text.len()).unwrap();
        for label in parsed.diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
            assert!(label.span.start >= 7 && label.span.end <= end, "{:?} of {text}", label.span);
        }
        let silent = parsed.diagnostics.iter().find(|diagnostic| diagnostic.help.is_none());
        assert!(silent.is_none(), "each message says what to do: {silent:?}");
        print(&parsed.tree);
        parsed.diagnostics.len()
    }

    #[test]
    fn time_grows_with_the_text() {
        let soups: [&str; 12] = [
            "{",
            "\"",
            "\"{",
            "\"{\" ",
            "\"\"\"\n",
            "(",
            "[x for ",
            "a and ",
            "not ",
            "- ",
            "rule R r {\n",
            "| a | b\n",
        ];
        for soup in soups {
            let text = soup.repeat(100_000);
            let start = Instant::now();
            let parsed = parse(&text, 0);
            assert!(start.elapsed() < Duration::from_secs(20), "{soup}: {:?}", start.elapsed());
            assert!(!parsed.diagnostics.is_empty(), "{soup}");
        }
        let rule =
            "rule R r {\n  for step\n  must a.b == c and x in [1, 2]\n  because \"{a} is {join(b, \", \")}\"\n}\n";
        assert!(parse(&rule.repeat(20_000), 0).diagnostics.is_empty());
    }

    #[test]
    fn depth_is_bounded_and_costs_no_more_stack_than_a_thread_has() {
        use clearway::diag::codes::syntax::TOO_DEEP;
        let nests: [(&str, &str, &str); 14] = [
            ("define x = ", "(", ")"),
            ("define x = ", "[", "]"),
            ("define x = ", "f(a, ", ")"),
            ("define x = ", "a[", "]"),
            ("define x = ", "not ", ""),
            ("define x = ", "-", ""),
            ("define x = ", "a else ", ""),
            ("define x = ", "a implies ", ""),
            ("define x = ", "a + ", ""),
            ("define x = ", "if a then b else ", ""),
            ("define x = ", "all a in b where c: ", ""),
            ("define x = ", "[a for b in ", "]"),
            ("define x: ", "[", "] = x"),
            ("define x: ", "{ a: ", " } = x"),
        ];
        for (before, open, close) in nests {
            let text = |depth: usize| {
                let (close, rest) = close.split_once(" =").map_or((close, ""), |(close, _)| (close, " = x"));
                format!("{before}{}x{}{rest}", open.repeat(depth), close.repeat(depth))
            };
            let parsed = parse(&text(45), 0);
            assert!(parsed.diagnostics.is_empty(), "{open}: {:?}", parsed.diagnostics);
            let again = parse(&print(&parsed.tree), 0);
            assert_eq!(meaning(&again.tree), meaning(&parsed.tree));
            for depth in [120, 50_000] {
                let codes: Vec<_> =
                    parse(&text(depth), 0).diagnostics.into_iter().map(|diagnostic| diagnostic.code).collect();
                assert_eq!(codes.first(), Some(&TOO_DEEP), "{open}");
            }
        }
        let value = |depth: usize| {
            format!("test \"t\" {{\n  given a b {{ c: {}1{} }}\n}}", "[{ d: ".repeat(depth), " }]".repeat(depth))
        };
        assert!(parse(&value(45), 0).diagnostics.is_empty());
        assert_eq!(parse(&value(60), 0).diagnostics.first().map(|d| d.code), Some(TOO_DEEP));
    }
}
