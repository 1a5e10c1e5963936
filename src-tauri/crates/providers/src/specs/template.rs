//! Texts with places to fill: `{param.team}` and `{time.month_start_unix}`. Owns how each place encodes what is put into
//! it. A secret parameter has no place here: it goes to the auth slot only.

use std::collections::BTreeMap;

use jiff::ToSpan;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tidegate_meter::Time;

/// Everything but unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// The same, and the slashes of a resource's path.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// The instants a request may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Moment {
    MonthStartUnix,
    MonthStartRfc3339,
    MonthStartDate,
    NowRfc3339,
    Tomorrow,
    HundredDaysAgo,
}

/// Their names after `time.`.
pub(super) const MOMENTS: [(&str, Moment); 6] = [
    ("month_start_unix", Moment::MonthStartUnix),
    ("month_start_rfc3339", Moment::MonthStartRfc3339),
    ("month_start_ymd", Moment::MonthStartDate),
    ("now_rfc3339", Moment::NowRfc3339),
    ("tomorrow", Moment::Tomorrow),
    ("d100_ago", Moment::HundredDaysAgo),
];

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(String),
    Param(String),
    Time(Moment),
}

/// A text with places to fill.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Template(Vec<Piece>);

/// What fills the places.
#[derive(Clone, Copy)]
pub(super) struct Fill<'a> {
    pub(super) params: &'a BTreeMap<String, String>,
    pub(super) now: Time,
}

impl Template {
    /// Reads a text; the error is the place that names nothing.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or_else(|| after.to_owned())?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(place(name).ok_or_else(|| name.to_owned())?);
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    /// The parameters it names.
    pub(super) fn params(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Param(key) => Some(key.as_str()),
            Piece::Text(_) | Piece::Time(_) => None,
        })
    }

    /// As it stands in the file.
    pub(super) fn shown(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Param(key) => format!("<{key}>"),
            Piece::Time(moment) => MOMENTS
                .iter()
                .find(|(_, known)| known == moment)
                .map_or_else(String::new, |(name, _)| format!("<{name}>")),
        };
        self.0.iter().map(piece).collect()
    }

    /// As it is, for headers and the texts of a JSON body.
    pub(super) fn plain(&self, fill: Fill<'_>) -> String {
        self.filled(fill, str::to_owned)
    }

    /// For a path: everything but unreserved characters and slashes is encoded.
    pub(super) fn in_path(&self, fill: Fill<'_>) -> String {
        self.filled(fill, |value| utf8_percent_encode(value, PATH).to_string())
    }

    fn filled(&self, fill: Fill<'_>, encode: impl Fn(&str) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Param(key) => encode(fill.params.get(key).map_or("", String::as_str)),
            Piece::Time(moment) => encode(&said(*moment, fill.now)),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Encodes one part of a query.
pub(super) fn in_query(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

fn place(name: &str) -> Option<Piece> {
    match name.split_once('.')? {
        ("param", key) => Some(Piece::Param(key.to_owned())),
        ("time", name) => MOMENTS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, moment)| Piece::Time(*moment)),
        _ => None,
    }
}

/// Months and days are those of UTC: every provider that takes them counts so.
fn said(moment: Moment, now: Time) -> String {
    let today = now.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
    let first = today.first_of_month();
    let shifted = |days: i64| today.checked_add(days.days()).unwrap_or(today).to_string();
    match moment {
        Moment::MonthStartUnix => {
            let midnight = first
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map(|at| at.timestamp().as_second());
            midnight.unwrap_or_default().to_string()
        }
        Moment::MonthStartRfc3339 => format!("{first}T00:00:00Z"),
        Moment::MonthStartDate => first.to_string(),
        Moment::NowRfc3339 => Time::from_ms(now.seconds().saturating_mul(1000)).to_string(),
        Moment::Tomorrow => shifted(1),
        Moment::HundredDaysAgo => shifted(-100),
    }
}

/// A JSON body whose texts have places to fill.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum BodyTemplate {
    Fixed(Value),
    Text(Template),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl BodyTemplate {
    /// From a JSON value; the error is the place that names nothing.
    pub(super) fn parse(value: Value) -> Result<Self, String> {
        Ok(match value {
            Value::String(text) => Self::Text(Template::parse(&text)?),
            Value::Array(list) => Self::List(list.into_iter().map(Self::parse).collect::<Result<_, _>>()?),
            Value::Object(object) => Self::Object(
                object
                    .into_iter()
                    .map(|(key, value)| Ok((key, Self::parse(value)?)))
                    .collect::<Result<_, String>>()?,
            ),
            fixed => Self::Fixed(fixed),
        })
    }

    /// The parameters it names.
    pub(super) fn params(&self) -> Vec<&str> {
        match self {
            Self::Fixed(_) => Vec::new(),
            Self::Text(text) => text.params().collect(),
            Self::List(list) => list.iter().flat_map(Self::params).collect(),
            Self::Object(object) => object.iter().flat_map(|(_, value)| value.params()).collect(),
        }
    }

    /// The body to send.
    pub(super) fn filled(&self, fill: Fill<'_>) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(text) => Value::String(text.plain(fill)),
            Self::List(list) => list.iter().map(|value| value.filled(fill)).collect(),
            Self::Object(object) => object
                .iter()
                .map(|(key, value)| (key.clone(), value.filled(fill)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> String {
        let params = BTreeMap::from([("team".to_owned(), "a b/ü?x".to_owned())]);
        let now = "2026-11-21T23:59:59.5Z".parse().unwrap();
        Template::parse(text)
            .unwrap()
            .in_path(Fill { params: &params, now })
    }

    #[test]
    fn a_parameter_is_encoded_by_its_place() {
        assert_eq!(
            fill("/teams/{param.team}/balance"),
            "/teams/a%20b/%C3%BC%3Fx/balance"
        );
    }

    #[test]
    fn months_begin_in_utc() {
        assert_eq!(fill("{time.month_start_unix}"), "1793491200");
        assert_eq!(fill("{time.month_start_ymd}"), "2026-11-01");
        assert_eq!(fill("{time.tomorrow}"), "2026-11-22");
        assert_eq!(fill("{time.d100_ago}"), "2026-08-13");
        assert_eq!(fill("{time.now_rfc3339}"), "2026-11-21T23%3A59%3A59Z");
    }

    #[test]
    fn a_place_that_names_nothing_is_told() {
        assert_eq!(Template::parse("a {time.noon}").unwrap_err(), "time.noon");
        assert_eq!(Template::parse("a {param.x").unwrap_err(), "param.x");
    }
}
