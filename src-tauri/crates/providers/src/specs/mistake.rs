//! What is wrong with a spec: a place, and its sentence in both languages. A value that stood in the text is never
//! repeated: it may be a secret in the wrong place. Only keys, ids and what is allowed are named.

use tidegate_meter::Lang;

/// One thing that is wrong with a spec.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The field: `metric[0].value.sub[1].ptr`; empty for the whole text.
    pub path: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// The text is no TOML; the parser's word, without the text.
    Syntax(String),
    /// More bytes or entries than the most that is told here.
    TooLong(usize),
    /// A key that does not exist here, and all that do.
    UnknownKey(Vec<String>),
    /// A value that must stand here.
    Missing,
    /// A value of another TOML type than this.
    Type(&'static str),
    /// None of these words.
    Words(Vec<String>),
    /// Not allowed; what is, in Chinese and English.
    NotAllowed(&'static str, &'static str),
    /// Nothing of that name, and all there is.
    Undefined(Vec<String>),
    /// Given twice.
    Twice,
}

impl Mistake {
    /// One line for a person: place, cause, what is allowed.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let what = self.wrong.render(lang);
        match (self.path.is_empty(), lang) {
            (true, Lang::Zh) => format!("第 {} 行：{what}", self.line),
            (true, Lang::En) => format!("line {}: {what}", self.line),
            (false, Lang::Zh) => format!("第 {} 行 {}：{what}", self.line, self.path),
            (false, Lang::En) => format!("line {}, {}: {what}", self.line, self.path),
        }
    }
}

impl Wrong {
    /// What is wrong, without its place.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let both = |zh: String, en: String| match lang {
            Lang::Zh => zh,
            Lang::En => en,
        };
        match self {
            Self::Syntax(detail) => both(
                format!("不是合法的 TOML：{detail}"),
                format!("this is no TOML: {detail}"),
            ),
            Self::TooLong(most) => both(format!("过长，最多 {most}"), format!("too long; at most {most}")),
            Self::UnknownKey(known) => both(
                format!("没有这个键，此处可用：{}", known.join("、")),
                format!("unknown key; known here: {}", known.join(", ")),
            ),
            Self::Missing => both("缺少这一项".to_owned(), "is missing".to_owned()),
            Self::Type(name) => both(
                format!("类型不对，请用 {name}"),
                format!("another type; use a value of type {name}"),
            ),
            Self::Words(words) => both(
                format!("不允许这个值，请用 {}", words.join(" | ")),
                format!("not allowed; use {}", words.join(" | ")),
            ),
            Self::NotAllowed(zh, en) => both(
                format!("不允许这个值，请用{zh}"),
                format!("not allowed; use {en}"),
            ),
            Self::Undefined(known) => both(
                format!("没有这个名称，现有：{}", known.join("、")),
                format!("nothing has this name; there are: {}", known.join(", ")),
            ),
            Self::Twice => both("重复给出".to_owned(), "given twice".to_owned()),
        }
    }
}

/// Everything that is wrong with a spec, in the order of its lines; never empty.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} of the spec must be corrected; the first: {}", .0.len(), .0.first().map(|m| m.render(Lang::En)).unwrap_or_default())]
pub struct Mistakes(pub Vec<Mistake>);
