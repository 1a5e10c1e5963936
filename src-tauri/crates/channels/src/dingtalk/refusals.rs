//! What DingTalk's own refusals mean and what to do about them, in both languages.

use crate::catalogue::text::texts;
use crate::hook::SignTexts;

/// The texts for a timestamp that is refused.
pub(crate) const SIGN: SignTexts = SignTexts {
    none: SIGN_NONE,
    secret: SIGN_TIME,
    unchecked: SIGN_UNCHECKED,
    clock: SIGN_CLOCK,
};

texts! {
    DINGTALK = "钉钉", "DingTalk";
    URL_INVALID = "{code}：机器人网址中的 access_token 无效（{said}）；从群机器人设置中重新复制网址", "{code}: the access_token of the robot's address is not valid ({said}); copy the address again from the robot's settings in the group";
    PARAMS = "{code}：参数错误（{said}）；请报告此消息", "{code}: the platform refuses the parameters ({said}); please report it";
    GROUP_GONE = "400013：群已解散（{said}）；换一个群，重新添加机器人", "400013: the group was dissolved ({said}); add a robot to another group";
    STOPPED = "400102：机器人已停用（{said}）；在群设置中启用它", "400102: the robot is switched off ({said}); switch it on in the group's settings";
    ROBOT_GONE = "400106：机器人不存在（{said}）；在群里重新添加", "400106: the robot does not exist ({said}); add one to the group again";
    TOO_LONG = "460101：消息太长（{said}）；请报告此消息", "460101: the message is too long ({said}); please report it";
    QUOTA = "90030：组织的调用额度已用完（{said}）；次日恢复，潮闸每小时重试", "90030: the organisation's quota is used up ({said}); it returns the next day, and Tidegate tries every hour";
    KEYWORD = "310000：消息缺少机器人要求的关键词（{said}）；在通道设置中填写 keyword", "310000: the message lacks the word that the robot demands ({said}); set the channel's keyword to it";
    IP = "310000：本机的公网地址不在机器人的白名单（{said}）；在机器人安全设置中加入它", "310000: this machine's public address is not on the robot's list ({said}); add it in the robot's security settings";
    GUARDED = "310000：机器人的安全设置拒绝了消息（{said}）；核对关键词、加签与 IP 设置", "310000: the robot's security settings refuse the message ({said}); compare keyword, signature and addresses";
    SIGN_MISMATCH = "310000：签名不符（{said}）；重新复制以 SEC 开头的加签密钥，没有加签时删除 secret", "310000: the signature does not match ({said}); copy the secret that begins with SEC again, or remove it where the robot asks for none";
    SIGN_NONE = "310000：机器人要求加签（{said}）；把安全设置中以 SEC 开头的密钥加到通道", "310000: the robot demands a signature ({said}); add the secret that begins with SEC from its security settings to the channel";
    SIGN_TIME = "310000：时间戳被拒绝（{said}），本机时间无误；请报告此消息", "310000: the timestamp is refused ({said}) though the clock is right; please report it";
    SIGN_UNCHECKED = "310000：时间戳被拒绝（{said}），且无法核对时间；校准本机时间", "310000: the timestamp is refused ({said}) and the clock could not be checked; set this machine's clock";
    SIGN_CLOCK = "310000：本机时间相差 {skew}，按平台时间重签仍被拒绝（{said}）；校准本机时间", "310000: this machine's clock is off by {skew}, and a signature with the platform's time was refused too ({said}); set the clock";
}
