//! What Telegram's own refusals mean and what to do about them, in both languages.

use crate::catalogue::text::texts;

texts! {
    TELEGRAM = "Telegram 平台", "Telegram";
    TOKEN = "{code}：机器人令牌无效（{said}）；向 BotFather 取得令牌并更新密钥", "{code}: the bot token is not valid ({said}); take it from BotFather again and store it";
    CHAT = "400：找不到这个会话（{said}）；先给机器人发一条消息或把它加入群，再核对 chat_id", "400: the chat was not found ({said}); write to the bot first or add it to the group, then compare chat_id";
    THREAD = "400：找不到这个话题（{said}）；核对 thread_id", "400: the topic was not found ({said}); compare thread_id";
    BLOCKED = "403：机器人被屏蔽或移出（{said}）；解除屏蔽，或重新把它加入群", "403: the bot is blocked or was removed ({said}); unblock it, or add it to the group again";
}
