//! Lines of text with one thing broken, as bytes in any character set: headers, mails, log lines. Owns what a line, its
//! fields and the numbers in them can become.

use std::ops::Range;

use super::mutant::{Kind, Mutant, pick, seeded};

/// Bytes that become others.
struct Splice {
    kind: Kind,
    place: String,
    range: Range<usize>,
    with: Vec<u8>,
}

/// A stretch of text with its name: `upload` of `upload=1`, `subject` of `Subject: x`, empty where it has none.
struct Field {
    name: String,
    range: Range<usize>,
    value: Range<usize>,
}

/// At least two hundred mutants of a text, always the same ones; `name` is its seed.
pub(crate) fn mutants(name: &str, raw: &[u8]) -> Vec<Mutant> {
    let all = splices(raw)
        .into_iter()
        .map(|splice| (splice.kind, splice))
        .collect();
    let make = |(_, splice): &(Kind, Splice)| spliced(raw, splice);
    pick(raw, all, &mut seeded(name), make, |first, random| {
        let splices = splices(&first.bytes);
        if splices.is_empty() {
            return None;
        }
        Some(spliced(&first.bytes, &splices[random.usize(..splices.len())]).after(first))
    })
}

fn spliced(raw: &[u8], splice: &Splice) -> Mutant {
    let mut bytes = raw.to_vec();
    bytes.splice(splice.range.clone(), splice.with.iter().copied());
    let told = String::from_utf8_lossy(&splice.with)
        .chars()
        .take(60)
        .collect::<String>();
    Mutant {
        kind: splice.kind,
        place: splice.place.clone(),
        what: format!("{:?} {} {:?} = {told:?}", splice.kind, splice.place, splice.range),
        bytes,
        before: Vec::new(),
    }
}

/// Everything that can be done to a text.
fn splices(raw: &[u8]) -> Vec<Splice> {
    let mut all = Vec::new();
    let step = (raw.len() / 60).max(1);
    for end in (0..raw.len()).step_by(step) {
        push(&mut all, Kind::Truncated, "", end..raw.len(), b"");
    }
    for separator in [b'\n', b';'] {
        let fields = fields(raw, separator);
        if fields.len() > 1 {
            let parts: Vec<&[u8]> = fields
                .iter()
                .rev()
                .map(|field| &raw[field.range.clone()])
                .collect();
            push(
                &mut all,
                Kind::Reordered,
                "",
                0..raw.len(),
                &parts.join(&separator),
            );
        }
        for field in fields {
            of_field(raw, &field, separator, &mut all);
        }
    }
    of_numbers(raw, &mut all);
    of_currencies(raw, &mut all);
    all
}

fn push(all: &mut Vec<Splice>, kind: Kind, place: &str, range: Range<usize>, with: &[u8]) {
    all.push(Splice {
        kind,
        place: place.to_owned(),
        range,
        with: with.to_vec(),
    });
}

/// The stretches between separators.
fn fields(raw: &[u8], separator: u8) -> Vec<Field> {
    let mut start = 0;
    let mut found = Vec::new();
    for part in raw.split(|byte| *byte == separator) {
        let range = start..start + part.len();
        let sign = part.iter().position(|byte| matches!(byte, b'=' | b':'));
        let name = sign.map_or_else(String::new, |at| name_of(&part[..at]));
        let value = range.start + sign.map_or(0, |at| at + 1)..range.end;
        start = range.end + 1;
        found.push(Field { name, range, value });
    }
    found
}

fn name_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let last = text.rsplit(|c: char| !c.is_alphanumeric() && c != '-').next();
    last.unwrap_or_default().to_lowercase()
}

fn of_field(raw: &[u8], field: &Field, separator: u8, all: &mut Vec<Splice>) {
    let (name, whole, value) = (field.name.as_str(), field.range.clone(), field.value.clone());
    let after = (whole.end + 1).min(raw.len());
    push(all, Kind::Dropped, name, whole.start..after, b"");
    push(all, Kind::Null, name, value.clone(), b"null");
    for token in ["", "n/a", "[]", "true", "\u{0}"] {
        push(all, Kind::OtherType, name, value.clone(), token.as_bytes());
    }
    let half = value.start + value.len() / 2;
    push(all, Kind::Truncated, name, half..value.end, b"");
    let again = [&raw[whole.clone()], &[separator], &raw[whole.clone()]].concat();
    push(all, Kind::Repeated, name, whole.clone(), &again);
    let emptied = [
        &raw[whole.clone()],
        &[separator],
        &raw[whole.start..value.start],
        b"null",
    ]
    .concat();
    push(all, Kind::Repeated, name, whole, &emptied);
}

/// The name of the field that a byte stands in.
fn place_of(raw: &[u8], at: usize) -> String {
    [b';', b'\n']
        .into_iter()
        .flat_map(|separator| fields(raw, separator))
        .filter(|field| field.value.contains(&at) && !field.name.is_empty())
        .min_by_key(|field| field.range.len())
        .map_or_else(String::new, |field| field.name)
}

fn of_numbers(raw: &[u8], all: &mut Vec<Splice>) {
    let mut at = 0;
    while at < raw.len() {
        let digits = raw[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            at += 1;
            continue;
        }
        let (range, place) = (at..at + digits, place_of(raw, at));
        let own = &raw[range.clone()];
        push(all, Kind::Negative, &place, range.clone(), &[b"-", own].concat());
        push(all, Kind::Negative, &place, range.clone(), b"-0.01");
        let nines = "9".repeat(50);
        for huge in [
            nines.as_str(),
            "1e400",
            "9223372036854775807",
            "9223372036854775808",
            "Infinity",
        ] {
            push(all, Kind::Huge, &place, range.clone(), huge.as_bytes());
        }
        for unit in ["GB", "KiB", "%", ",000"] {
            push(
                all,
                Kind::OtherUnit,
                &place,
                range.clone(),
                &[own, unit.as_bytes()].concat(),
            );
        }
        at += digits;
    }
}

fn of_currencies(raw: &[u8], all: &mut Vec<Splice>) {
    for (own, others) in [
        ("¥", ["$", "€"]),
        ("$", ["¥", ""]),
        ("元", ["美元", "円"]),
        ("USD", ["CNY", "XXX"]),
    ] {
        let own = own.as_bytes();
        let found = raw
            .windows(own.len())
            .enumerate()
            .filter(|(_, bytes)| *bytes == own);
        for (at, _) in found {
            for other in others {
                let place = place_of(raw, at);
                push(
                    all,
                    Kind::OtherCurrency,
                    &place,
                    at..at + own.len(),
                    other.as_bytes(),
                );
            }
        }
    }
}
