//! What WeCom's own refusals mean and what to do about them, in both languages.

use crate::catalogue::text::texts;

texts! {
    WECOM = "企业微信", "WeCom";
    URL_INVALID = "93000：机器人网址中的 key 无效（{said}）；从群机器人设置中重新复制网址", "93000: the key of the robot's address is not valid ({said}); copy the address again from the robot's settings in the group";
}
