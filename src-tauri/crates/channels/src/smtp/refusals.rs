//! What a mail server's refusals mean and what to do about them, in both languages.

use crate::catalogue::text::texts;

texts! {
    UNREACHABLE = "连不上邮件服务器 {host}（{said}）；检查网络、host 与 port，稍后再试", "the mail server {host} cannot be reached ({said}); check the network, host and port; tried again later";
    NO_GREETING = "邮件服务器 {host} 没有像邮件服务器那样应答（{said}）；465 端口用 tls = \"implicit\"，587 端口用 \"starttls\"", "{host} does not answer as a mail server does ({said}); port 465 wants tls = \"implicit\", port 587 \"starttls\"";
    CERTIFICATE = "与邮件服务器 {host} 的加密连接失败（{said}）；核对 host、port 与 tls，自建证书机构请填写 ca", "no secure connection to {host} ({said}); compare host, port and tls, and set ca for an authority of your own";
    NO_STARTTLS = "邮件服务器 {host} 不提供 STARTTLS（{said}）；什么都没有发出，换用 tls = \"implicit\" 与 465 端口", "{host} does not offer STARTTLS ({said}); nothing was told to it; use tls = \"implicit\" with port 465";
    NO_LOGIN = "邮件服务器 {host} 不接受密码登录（{said}）；核对 tls 与端口，或向服务商开启 SMTP", "{host} takes no login by password ({said}); compare tls and port, or switch SMTP on at the provider";
    LOGIN = "{code}：登录被拒绝（{said}）；username 要写完整地址，password 用服务商生成的授权码，改过邮箱密码后授权码会失效", "{code}: the login was refused ({said}); username is the whole address, password the code that the provider made for SMTP; changing the mailbox's own password ends it";
    SENDER = "{code}：发件人被拒绝（{said}）；from 要与登录的地址相同", "{code}: the sender was refused ({said}); from must be the address that signs in";
    RECIPIENT = "{code}：收件人被拒绝（{said}）；核对 to 中的每个地址", "{code}: a recipient was refused ({said}); compare each address in to";
    TOO_LARGE = "{code}：邮件太大（{said}）；请报告此消息", "{code}: the mail is too large ({said}); please report it";
    RATE = "{code}：邮件服务器暂时限制发送（{said}）；稍后再试", "{code}: the mail server limits sending for a while ({said}); tried again later";
    LATER = "{code}：邮件服务器暂时不收（{said}）；稍后再试", "{code}: the mail server does not take it for now ({said}); tried again later";
    BROKEN = "与邮件服务器 {host} 的连接中断（{said}）；稍后再试", "the connection to {host} broke off ({said}); tried again later";
    SILENT = "邮件服务器 {host} 没有按时应答；稍后再试", "the mail server {host} did not answer in time; tried again later";
    OTHER = "{code}：邮件服务器拒绝了邮件（{said}）", "{code}: the mail server refused the mail ({said})";
}
