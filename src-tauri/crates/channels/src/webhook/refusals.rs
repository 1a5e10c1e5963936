//! What refusals of a receiver mean and what to do about them, in both languages.

use crate::catalogue::text::texts;

texts! {
    WEBHOOK = "接收方", "the receiver";
    NOT_OK = "接收方的应答不符合 ok_equals（HTTP {status}，得到 {said}）；稍后再试", "the receiver's answer is not what ok_equals asks for (HTTP {status}, found {said}); tried again later";
    REFUSED = "HTTP {status}：接收方拒绝了消息（{said}）；核对网址、请求头与模板", "HTTP {status}: the receiver refused the message ({said}); compare address, headers and template";
    MOVED = "HTTP {status}：接收方转到别处（{said}）；消息不会跟随转向，请填写最终网址", "HTTP {status}: the receiver points elsewhere ({said}); messages follow no redirect, write the final address";
    TEMPLATE_LONG = "模板超过 {most} 字节", "the template is longer than {most} bytes";
    TEMPLATE_JSON = "模板不是 JSON（第 {line} 行第 {column} 列）；占位符要写在引号里", "the template is no JSON (its line {line}, column {column}); placeholders stand inside quotes";
    TEMPLATE_PLACE = "没有占位符 {name}，可用：{all}", "{name} is no placeholder; there are {all}";
    TEMPLATE_OPEN = "占位符没有写完：{name}", "a placeholder is not closed: {name}";
    TEMPLATE_NAME = "占位符 {name} 写在了字段名里；只能写在值里", "{name} stands in a member's name; placeholders stand in values";
}
