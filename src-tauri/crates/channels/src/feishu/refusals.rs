//! What Feishu's own refusals mean and what to do about them, in both languages.

use crate::catalogue::text::texts;
use crate::hook::SignTexts;

/// The texts for a refused signature.
pub(crate) const SIGN: SignTexts = SignTexts {
    none: SIGN_NONE,
    secret: SIGN_SECRET,
    unchecked: SIGN_UNCHECKED,
    clock: SIGN_CLOCK,
};

texts! {
    FEISHU = "飞书", "Feishu";
    BAD_REQUEST = "9499：请求格式不对或太大（{said}）；请报告此消息", "9499: the request is malformed or too large ({said}); please report it";
    URL_INVALID = "19001：机器人网址无效（{said}）；从群机器人设置中重新复制网址", "19001: the bot's address is not valid ({said}); copy it again from the bot's settings in the group";
    PARAMS = "19002：参数错误（{said}）；请报告此消息", "19002: the platform refuses the parameters ({said}); please report it";
    SIGN_NONE = "19021：机器人要求签名（{said}）；把安全设置中的签名密钥加到通道", "19021: the bot demands a signature ({said}); add the secret from its security settings to the channel";
    SIGN_SECRET = "19021：签名不符（{said}），本机时间无误；重新复制签名密钥", "19021: the signature does not match ({said}) and the clock is right; copy the signing secret again";
    SIGN_UNCHECKED = "19021：签名不符（{said}），且无法核对时间；检查本机时间与签名密钥", "19021: the signature does not match ({said}) and the clock could not be checked; check this machine's clock and the signing secret";
    SIGN_CLOCK = "19021：本机时间相差 {skew}，按平台时间重签仍被拒绝（{said}）；校准本机时间并检查签名密钥", "19021: this machine's clock is off by {skew}, and a signature with the platform's time was refused too ({said}); set the clock and check the signing secret";
    IP = "19022：本机的公网地址不在机器人的白名单（{said}）；在机器人安全设置中加入它", "19022: this machine's public address is not on the bot's list ({said}); add it in the bot's security settings";
    KEYWORD = "19024：消息缺少机器人要求的关键词（{said}）；在通道设置中填写 keyword", "19024: the message lacks the word that the bot demands ({said}); set the channel's keyword to it";
}
