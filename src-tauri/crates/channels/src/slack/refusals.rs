//! What refusals of Slack and of what speaks like it mean, and what to do about them, in both languages.

use crate::catalogue::text::texts;

texts! {
    SLACK = "Slack 平台", "Slack";
    GONE = "{code}：webhook 已失效或被移除（{said}）；重新建立一个并更新网址", "{code}: the webhook is no longer valid or was removed ({said}); make a new one and store its address";
    CHANNEL = "{code}：频道不存在或已归档（{said}）；换一个频道建立 webhook", "{code}: the channel is gone or archived ({said}); make a webhook for another one";
    PROHIBITED = "{code}：工作区不允许在这里发消息（{said}）；请管理员允许，或换一个频道", "{code}: the workspace does not allow messages here ({said}); ask its owner, or choose another channel";
}
