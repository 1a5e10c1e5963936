//! What people and programs write to us: the configuration, a request of the link, the template of a hook.

use serde_json::Value;
use tidegate_api::config::{parse, print};
use tidegate_api::request::Request;
use tidegate_channels::webhook::Template;
use tidegate_engine::config::Config;

/// A text is refused, or printed so that it is read again as the same.
pub(crate) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(read) = parse(text, &Config::default()) {
        let printed = print(&read);
        let again = parse(&printed, &Config::default());
        assert_eq!(
            again.as_ref().ok().map(print).as_deref(),
            Some(printed.as_str()),
            "{text:?}"
        );
    }
}

/// A request is refused, or written so that it is read again as the same.
pub(crate) fn request(bytes: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<Request>(bytes) {
        let written = serde_json::to_value(&read).unwrap();
        let again: Request = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), written);
        assert!(!format!("{read:?}").is_empty());
    }
}

/// A template is refused, or keeps its text.
pub(crate) fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match text.parse::<Template>() {
        Ok(_) => assert!(!text.trim().is_empty() || serde_json::from_str::<Value>(text).is_err()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
