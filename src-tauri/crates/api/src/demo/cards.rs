//! What the simulated bot took, as a person in the group reads it. Taken from the simulator's own record, never from
//! what was sent. Tested by `a_card_is_told_with_its_title_and_its_lines` below and by the demonstration's own test.

use serde_json::{Value, json};
use tidegate_sim::feishu::Message;

/// One event for each message that arrived, in order.
pub(super) fn received(messages: &[Message]) -> Vec<Value> {
    messages.iter().map(card).collect()
}

fn card(message: &Message) -> Value {
    let at = |pointer: &str| message.body.pointer(pointer).and_then(Value::as_str);
    let title = at("/card/header/title/content").unwrap_or_default();
    let content = at("/card/elements/0/content").unwrap_or(&message.text);
    let lines: Vec<String> = content.lines().map(|line| line.replace("**", "")).collect();
    json!({
        "event": "card",
        "at": message.at,
        "title": title,
        "color": at("/card/header/template"),
        "lines": lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_meter::Time;

    #[test]
    fn a_card_is_told_with_its_title_and_its_lines() {
        let message = Message {
            at: Time::from_ms(0),
            msg_type: "interactive".to_owned(),
            body: json!({ "card": {
                "header": { "title": { "content": "Confirmed" }, "template": "green" },
                "elements": [{ "tag": "markdown", "content": "**Proof**: running → stopped\n**Next**: nothing" }],
            }}),
            text: String::new(),
        };
        let told = received(&[message]);
        assert_eq!(told[0]["title"], "Confirmed");
        assert_eq!(
            told[0]["lines"],
            json!(["Proof: running → stopped", "Next: nothing"])
        );
    }
}
