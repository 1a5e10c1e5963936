//! A text in both languages.

use tidegate_meter::Lang;

/// What a person reads, in Chinese and in English.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Said {
    /// The text in `lang`.
    #[must_use]
    pub fn told(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Both, for places that know no language: once where they are the same.
    #[must_use]
    pub fn both(&self) -> String {
        if self.zh == self.en {
            return self.zh.clone();
        }
        format!("{} {}", self.zh, self.en)
    }
}
