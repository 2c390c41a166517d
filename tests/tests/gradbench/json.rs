//! Reads the cases: one JSON value a line.

use std::fs;
use std::path::Path;

/// A JSON value, without what the cases do not have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// The cases of a problem.
pub(crate) fn cases(module: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/gradbench/{module}.jsonl"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Json> = text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect();
    assert!(!cases.is_empty(), "no cases in {}", path.display());
    cases
}

impl Json {
    pub(crate) fn get(&self, key: &str) -> &Json {
        match self {
            Json::Object(fields) => {
                let found = fields.iter().find(|(name, _)| name == key);
                &found.unwrap_or_else(|| panic!("no field `{key}`")).1
            }
            other => panic!("not an object: {other:?}"),
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            other => panic!("not a text: {other:?}"),
        }
    }

    pub(crate) fn number(&self) -> f64 {
        match self {
            Json::Number(number) => *number,
            other => panic!("not a number: {other:?}"),
        }
    }

    pub(crate) fn list(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            other => panic!("not a list: {other:?}"),
        }
    }

    pub(crate) fn numbers(&self) -> Vec<f64> {
        self.list().iter().map(Json::number).collect()
    }

    pub(crate) fn rows(&self) -> Vec<Vec<f64>> {
        self.list().iter().map(Json::numbers).collect()
    }
}

fn parse(text: &str) -> Json {
    let mut rest = text.trim();
    let value = value(&mut rest);
    assert!(rest.trim().is_empty(), "left over: {rest}");
    value
}

fn value(rest: &mut &str) -> Json {
    *rest = rest.trim_start();
    match rest.chars().next() {
        Some('{') => Json::Object(items(rest, '}', |rest| {
            let Json::Text(key) = value(rest) else { panic!("a key is a text") };
            expect(rest, ':');
            (key, value(rest))
        })),
        Some('[') => Json::List(items(rest, ']', value)),
        Some('"') => {
            let (text, after) = rest[1..].split_once('"').expect("a text that ends");
            *rest = after;
            Json::Text(text.to_owned())
        }
        _ => {
            let end = rest.find([',', ']', '}']).unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            *rest = after;
            Json::Number(number.trim().parse().unwrap_or_else(|error| panic!("`{number}`: {error}")))
        }
    }
}

fn items<T>(rest: &mut &str, end: char, item: impl Fn(&mut &str) -> T) -> Vec<T> {
    let mut items = Vec::new();
    *rest = &rest[1..];
    while !take(rest, end) {
        if !items.is_empty() {
            expect(rest, ',');
        }
        items.push(item(rest));
    }
    items
}

fn take(rest: &mut &str, c: char) -> bool {
    *rest = rest.trim_start();
    rest.strip_prefix(c).inspect(|after| *rest = after).is_some()
}

fn expect(rest: &mut &str, c: char) {
    assert!(take(rest, c), "`{c}` is missing before {rest}");
}
