//! What a refusal means and what to do about it, where every platform says it alike. `{platform}` is its name.

use crate::catalogue::text::texts;

texts! {
    NO_ANSWER = "{platform}没有应答：{text}", "no answer from {platform}: {text}";
    NOT_SENT = "请求没有发出：{text}；检查网址", "the request was not sent: {text}; check the address";
    UNREADABLE = "应答不是{platform}的格式（HTTP {status}）；可能经过了代理或登录页，稍后再试", "the answer is not {platform}'s (HTTP {status}), perhaps a proxy's or a login page; tried again later";
    BUSY = "{platform}暂时不可用（HTTP {status} {said}）；稍后再试", "{platform} is not available for now (HTTP {status} {said}); tried again later";
    RATE = "{code}：发送太频繁（{said}）；稍后再试", "{code}: sent too often ({said}); tried again later";
    OTHER = "{code}：{platform}拒绝了消息（{said}）", "{code}: {platform} refused the message ({said})";
    BOTH = "{code}：两种格式都被拒绝（{said}）；请报告此消息", "{code}: both forms of the message were refused ({said}); please report it";
    NO_WORD = "无说明", "no word";
}
