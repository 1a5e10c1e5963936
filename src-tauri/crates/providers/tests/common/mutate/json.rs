//! Bodies of JSON with one thing broken, as bytes: keys told twice, numbers that JSON has no words for, and cut ends are
//! among them. Owns the walk through a body and what each of its places can become.

use serde_json::Value;

use super::mutant::{Kind, Mutant, pick, seeded};

/// A body that keeps the order of its keys, keys told twice, and numbers as they are written.
#[derive(Clone)]
enum Node {
    Object(Vec<(String, Self)>),
    List(Vec<Self>),
    Plain(String),
}

/// A way into a body: which child of which child.
type Path = Vec<usize>;

/// What is done at a place.
#[derive(Clone)]
enum Edit {
    Drop,
    Put(String),
    /// The key again, with that value, after (or before) the first.
    Twin(String, bool),
    /// The row again, equal or with each of its numbers another.
    Row(bool),
    Reverse,
    /// All rows gone.
    Empty,
    /// The whole, up to that byte.
    Cut(usize),
}

/// At least two hundred mutants of a body, always the same ones; `name` is its seed.
pub(crate) fn mutants(name: &str, body: &str) -> Vec<Mutant> {
    let whole = Node::of(&serde_json::from_str(body).unwrap());
    let text = whole.text();
    let make = |(kind, (path, edit)): &(Kind, (Path, Edit))| mutant(&whole, *kind, path, edit);
    pick(
        text.as_bytes(),
        edits(&whole),
        &mut seeded(name),
        make,
        |first, random| {
            let first_text = std::str::from_utf8(&first.bytes).ok()?;
            let twice = Node::of(&serde_json::from_str(first_text).ok()?);
            let edits = edits(&twice);
            let (kind, (path, edit)) = edits.get(random.usize(..edits.len()))?;
            Some(mutant(&twice, *kind, path, edit).after(first))
        },
    )
}

impl Node {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(map) => Self::Object(
                map.iter()
                    .map(|(key, value)| (key.clone(), Self::of(value)))
                    .collect(),
            ),
            Value::Array(rows) => Self::List(rows.iter().map(Self::of).collect()),
            plain => Self::Plain(plain.to_string()),
        }
    }

    fn text(&self) -> String {
        let joined = |parts: Vec<String>| parts.join(",");
        match self {
            Self::Plain(token) => token.clone(),
            Self::List(rows) => format!("[{}]", joined(rows.iter().map(Self::text).collect())),
            Self::Object(keys) => {
                let key =
                    |(key, value): &(String, Self)| format!("{}:{}", Value::from(key.as_str()), value.text());
                format!("{{{}}}", joined(keys.iter().map(key).collect()))
            }
        }
    }

    fn children(&self) -> Vec<(String, &Self)> {
        match self {
            Self::Object(keys) => keys.iter().map(|(key, value)| (key.clone(), value)).collect(),
            Self::List(rows) => rows.iter().map(|row| ("*".to_owned(), row)).collect(),
            Self::Plain(_) => Vec::new(),
        }
    }

    fn child_mut(&mut self, at: usize) -> &mut Self {
        match self {
            Self::Object(keys) => &mut keys[at].1,
            Self::List(rows) => &mut rows[at],
            Self::Plain(_) => panic!("a plain value has no children"),
        }
    }

    fn at_mut(&mut self, path: &[usize]) -> &mut Self {
        path.iter().fold(self, |node, at| node.child_mut(*at))
    }

    /// The place as a pointer, rows as `*`.
    fn place(&self, path: &[usize]) -> String {
        let mut node = self;
        let mut place = String::new();
        for at in path {
            let (name, child) = node.children().swap_remove(*at);
            place.push('/');
            place.push_str(&name);
            node = child;
        }
        place
    }

    /// Every number another one, of the same form.
    fn renumber(&mut self) {
        match self {
            Self::Object(keys) => keys.iter_mut().for_each(|(_, value)| value.renumber()),
            Self::List(rows) => rows.iter_mut().for_each(Self::renumber),
            Self::Plain(token) if number(token).is_some() => *token = format!("{token}1"),
            Self::Plain(_) => {}
        }
    }
}

/// The digits of a number that is told as one (without its quotes when `quoted`).
fn number(token: &str) -> Option<&str> {
    token.parse::<f64>().is_ok().then_some(token)
}

fn unquoted(token: &str) -> Option<&str> {
    token.strip_prefix('"')?.strip_suffix('"')
}

fn mutant(whole: &Node, kind: Kind, path: &[usize], edit: &Edit) -> Mutant {
    let mut place = whole.place(path);
    if matches!(edit, Edit::Empty) {
        place.push_str("/*");
    }
    let (what, bytes) = done(whole, path, edit);
    Mutant {
        kind,
        what: format!("{kind:?} {place}: {what}"),
        place,
        bytes,
        before: Vec::new(),
    }
}

fn done(whole: &Node, path: &[usize], edit: &Edit) -> (String, Vec<u8>) {
    let mut changed = whole.clone();
    let parent = path.split_last();
    let what = match edit {
        Edit::Drop => {
            let (last, above) = parent.unwrap();
            match changed.at_mut(above) {
                Node::Object(keys) => drop(keys.remove(*last)),
                Node::List(rows) => drop(rows.remove(*last)),
                Node::Plain(_) => {}
            }
            "gone".to_owned()
        }
        Edit::Put(token) => {
            *changed.at_mut(path) = Node::Plain(token.clone());
            format!("= {}", token.chars().take(60).collect::<String>())
        }
        Edit::Twin(token, before) => {
            let (last, above) = parent.unwrap();
            if let Node::Object(keys) = changed.at_mut(above) {
                let twin = (keys[*last].0.clone(), Node::Plain(token.clone()));
                keys.insert(last + usize::from(!before), twin);
            }
            format!(
                "told twice, {} as {token}",
                if *before { "first" } else { "last" }
            )
        }
        Edit::Row(equal) => {
            let (last, above) = parent.unwrap();
            if let Node::List(rows) = changed.at_mut(above) {
                let mut again = rows[*last].clone();
                if !equal {
                    again.renumber();
                }
                rows.insert(last + 1, again);
            }
            format!(
                "the row again, {}",
                if *equal { "equal" } else { "with other numbers" }
            )
        }
        Edit::Reverse => {
            match changed.at_mut(path) {
                Node::Object(keys) => keys.reverse(),
                Node::List(rows) => rows.reverse(),
                Node::Plain(_) => {}
            }
            "the other way round".to_owned()
        }
        Edit::Empty => {
            *changed.at_mut(path) = Node::List(Vec::new());
            "every row gone".to_owned()
        }
        Edit::Cut(end) => {
            let bytes = whole.text().into_bytes()[..*end].to_vec();
            return (format!("cut at {end}"), bytes);
        }
    };
    (what, changed.text().into_bytes())
}

type Edits = Vec<(Kind, (Path, Edit))>;

/// Everything that can be done to a body.
fn edits(whole: &Node) -> Edits {
    let mut all = of_whole(whole);
    walk(whole, &mut Vec::new(), "", &mut all);
    all
}

fn of_whole(whole: &Node) -> Edits {
    let put = |kind: Kind, token: &str| (kind, (Path::new(), Edit::Put(token.to_owned())));
    let text = whole.text();
    let step = (text.len() / 60).max(1);
    let cuts = (0..text.len())
        .step_by(step)
        .map(|end| (Kind::Truncated, (Path::new(), Edit::Cut(end))));
    let mut all: Edits = cuts.collect();
    all.push(put(Kind::Null, "null"));
    all.extend(
        ["{}", "[]", "\"\"", "7", "true", "<html>FAKE</html>"].map(|token| put(Kind::OtherType, token)),
    );
    all
}

fn walk(node: &Node, path: &mut Path, key: &str, all: &mut Edits) {
    let is_list = matches!(node, Node::List(_));
    let children = node.children();
    if children.len() > 1 {
        all.push((Kind::Reordered, (path.clone(), Edit::Reverse)));
    }
    for (at, (name, child)) in children.into_iter().enumerate() {
        path.push(at);
        let key = if is_list { key } else { name.as_str() };
        let edits = of_place(child, key, is_list);
        all.extend(edits.into_iter().map(|(kind, edit)| (kind, (path.clone(), edit))));
        walk(child, path, key, all);
        path.pop();
    }
}

fn of_place(node: &Node, key: &str, is_row: bool) -> Vec<(Kind, Edit)> {
    let own = node.text();
    let put = |kind: Kind, token: &str| (kind, Edit::Put(token.to_owned()));
    let mut all = vec![(Kind::Dropped, Edit::Drop)];
    for token in ["true", "{}", "\"n/a\"", "\"\""] {
        all.push(put(Kind::OtherType, token));
    }
    all.push(match node {
        Node::List(_) => (Kind::Dropped, Edit::Empty),
        _ => put(Kind::OtherType, "[]"),
    });
    all.push(put(Kind::OtherType, &format!("[{own}]")));
    if own != "null" {
        all.push(put(Kind::Null, "null"));
    }
    if is_row {
        all.extend([true, false].map(|equal| (Kind::Repeated, Edit::Row(equal))));
    } else {
        all.push((Kind::Repeated, Edit::Twin(own.clone(), false)));
        all.extend([true, false].map(|before| (Kind::Repeated, Edit::Twin("null".to_owned(), before))));
    }
    if let Node::Plain(token) = node {
        of_plain(token, &mut all);
        of_key(token, key, &mut all);
    }
    all.retain(|(_, edit)| !matches!(edit, Edit::Put(token) if *token == own));
    all
}

/// What a number or a text can become.
fn of_plain(token: &str, all: &mut Vec<(Kind, Edit)>) {
    let mut put = |kind: Kind, token: String| all.push((kind, Edit::Put(token)));
    if let Some(digits) = number(token).or_else(|| number(unquoted(token)?)) {
        let swapped = unquoted(token).map_or_else(|| format!("\"{token}\""), str::to_owned);
        put(Kind::OtherType, swapped);
        let positive = digits.trim_start_matches('-');
        for negative in [format!("-{positive}1"), "-0.01".to_owned()] {
            put(Kind::Negative, format!("\"{negative}\""));
            put(Kind::Negative, negative);
        }
        let nines = "9".repeat(50);
        for huge in [
            nines.as_str(),
            "1e400",
            "9223372036854775807",
            "9223372036854775808",
        ] {
            put(Kind::Huge, huge.to_owned());
            put(Kind::Huge, format!("\"{huge}\""));
        }
        put(Kind::Huge, "NaN".to_owned());
        put(Kind::Huge, "\"Infinity\"".to_owned());
    } else if let Some(text) = unquoted(token) {
        put(Kind::OtherType, "7".to_owned());
        put(Kind::Huge, format!("\"{}\"", "9".repeat(50)));
        let half: String = text.chars().take(text.chars().count() / 2).collect();
        if !text.contains('\\') && !half.is_empty() {
            put(Kind::Truncated, format!("\"{half}\""));
        }
    }
}

/// What a unit or a currency can become.
fn of_key(token: &str, key: &str, all: &mut Vec<(Kind, Edit)>) {
    let key = key.to_ascii_lowercase();
    let mut put = |kind: Kind, tokens: &[&str]| {
        all.extend(tokens.iter().map(|token| (kind, Edit::Put((*token).to_owned()))));
    };
    if key == "measure_id" {
        put(
            Kind::OtherUnit,
            &["11", "13", "17", "99", "-1", "\"GB\"", "\"11\""],
        );
    } else if key.contains("currency") || matches!(unquoted(token), Some("CNY" | "USD" | "EUR")) {
        put(
            Kind::OtherCurrency,
            &["\"JPY\"", "\"EUR\"", "\"XXX\"", "\"\"", "\"元\"", "\"cny\""],
        );
    } else if key.contains("unit") {
        put(
            Kind::OtherUnit,
            &["\"MB\"", "\"GiB\"", "\"%\"", "\"token\"", "\"count\"", "\"\""],
        );
    }
}
