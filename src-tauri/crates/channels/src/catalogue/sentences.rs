//! Titles and lines of the messages. Cause, effect, next step; an outcome is claimed only where the message proves it:
//! the words of an outcome stand in texts whose names begin with `VERIFIED`, and nowhere else.

use super::text::texts;

texts! {
    STEP_SHARE = "已用达到 {step}", "{step} used";
    STEP_HEADROOM = "剩余不足 {step}", "less than {step} left";
    STEP_RUN_OUT = "将在 {step}内用完", "runs out within {step}";
    STEP_LIMIT = "越过闸线", "over the limit";

    REACHED_TITLE = "{meter}：{step}", "{meter}: {step}";
    REMINDER_TITLE = "再次提醒 · {meter}：{step}", "Reminder · {meter}: {step}";
    RESOLVED_TITLE = "{meter} 已恢复：“{step}”解除", "{meter} recovered: the alert “{step}” ended";
    NEW_WINDOW_TITLE = "{meter} 进入新周期：“{step}”解除", "{meter} began a new window: the alert “{step}” ended";
    NEW_WINDOW = "新周期重新计数，各级阶梯重新生效", "counting starts anew, and every step warns again";
    RECOVERED = "余量回到阶梯之上", "what is left is back above the step";
    STEP_NEXT = "充值或降低用量", "top up or use less";
    STEP_NEXT_ARM = "充值或降低用量；要让潮闸自动行动，运行 tidegated arm {guard}", "top up or use less; to let Tidegate act by itself, run tidegated arm {guard}";
    REMINDER_NEXT = "充值、降低用量，或确认此提醒以停止重复", "top up, use less, or acknowledge the alert to end the reminders";
    LEFT_OF = "{left} / {whole}", "{left} of {whole}";
    AS_OF_BILL = "{at}；平台的账单晚于使用约 {span}，这段时间的花费还不在其中", "{at}; the provider's bill runs about {span} behind use, and what was spent since is not in it";
    WITH_SHARE = "{left}（已用 {share}）", "{left} ({share} used)";

    PLANNED_TITLE = "{countdown}后将{verb} {target}", "About to {verb} {target} in {countdown}";
    PLANNED_EFFECT = "{meter} 已越过闸线；倒计时结束时再复查一次，仍越线才会发出请求", "{meter} is over its limit; at the end of the countdown it is checked once more, and the request leaves only if it still is";
    PLANNED_NEXT = "要取消，运行 tidegated cancel {intent}", "to call it off, run tidegated cancel {intent}";
    TARGET_LINE = "{name}（{id}，{region}）", "{name} ({id}, {region})";
    TARGET_LINE_BARE = "{name}（{id}）", "{name} ({id})";

    CANCELLED_TITLE = "已取消：{verb} {target}", "Called off: {verb} {target}";
    CANCELLED_PERSON = "有人取消了它", "somebody called it off";
    CANCELLED_RECOVERED = "余量已回到闸线之上", "what is left is above the limit again";
    CANCELLED_BELT = "复查时有保险不允许", "a belt did not allow it when checked again";
    CANCELLED_EXPIRED = "布防在行动前到期", "the arming expired before it was due";
    CANCELLED_UNREAD = "行动前的复查一直读不到数据，原先的决定已经过时", "what must be checked before acting could not be read for too long, so the decision is out of date";
    CANCELLED_OURSELVES = "这是潮闸自己所用的身份，绝不触碰", "it is the identity that Tidegate itself acts with, which is never touched";
    CANCELLED_OTHER = "{by}", "{by}";
    CANCELLED_EFFECT = "没有发出任何请求，{target} 保持原样", "no request was sent; {target} is as it was";
    CANCELLED_EFFECT_AFTER = "此前发出的请求未见生效，不再发出新的请求；请查看 {target} 的实际状态", "the requests before had no effect that was seen, and no further one is sent; look at the state of {target}";
    CANCELLED_NEXT = "如仍需要，手动{verb}；tidegated guards 可查看规则状态", "{verb} it by hand if that is still wanted; tidegated guards shows where the guard stands";

    SENT_TITLE = "{verb}请求已被接受，尚未确认：{target}", "Request to {verb} {target} accepted, not yet confirmed";
    SENT_EFFECT = "平台已收下请求（{manner}）；正在读取状态，得到证据后再通知", "the provider took the request ({manner}); the state is being read, and you are told when there is proof";
    RECEIPT = "{at}，任务 {job}，请求 {request}", "{at}, job {job}, request {request}";
    NONE_GIVEN = "未提供", "none";
    SENT_NEXT = "无需操作；若急需，可在平台控制台查看", "nothing to do; if it is urgent, look at the provider's console";

    VERIFIED_STOPPED = "已确认：{target} 已停止", "Confirmed: {target} is stopped";
    VERIFIED_DISABLED = "已确认：{target} 已停用", "Confirmed: {target} is disabled";
    VERIFIED_STARTED = "已确认：{target} 已启动", "Confirmed: {target} is running";
    VERIFIED_RESTORED = "已确认：{target} 已恢复", "Confirmed: {target} is restored";
    VERIFIED_STATE = "已确认：{target} 的状态为“{state}”", "Confirmed: {target} is in the state {state}";
    VERIFIED_PROOF = "{before} → {after}，读取于 {at}", "{before} → {after}, read at {at}";
    VERIFIED_TOOK = "从发出请求到确认用时 {took}", "{took} from the request to the proof";
    VERIFIED_ALREADY = "它原本就是这个状态，没有发出请求", "it was in this state already; no request was sent";
    VERIFIED_UNANSWERED = "请求已发出，但没有收到回应；以读取到的状态为准，距发出请求 {took}", "a request was sent and its answer was lost; the state that was read says so, {took} after the request";
    VERIFIED_REFUSED = "此前的请求被拒绝或没有生效；它为何变成这个状态，潮闸无从知晓", "the requests before were refused or had no effect; what brought it to this state is not known";
    VERIFIED_NEXT_STOP = "充值后要恢复，运行 tidegated restore {intent}", "to undo it when topped up, run tidegated restore {intent}";
    VERIFIED_NEXT_OTHER = "在平台控制台查看它的情况", "look at it in the provider's console";
    VERIFIED_NEXT_START = "无需操作", "nothing to do";

    FAILED_TITLE = "未能{verb} {target}", "Could not {verb} {target}";
    FAILED_EFFECT_STOP = "它可能仍在运行并继续产生用量", "it may still be running and using up the meter";
    FAILED_EFFECT_START = "它可能仍未运行", "it may still not be running";
    FAILED_RETRY = "下次尝试：{at}", "tries again at {at}";
    FAILED_NO_RETRY = "不会再自动尝试", "does not try again by itself";
    FAILED_NEXT = "在平台控制台手动{verb}，并查看原因", "{verb} it in the provider's console, and look at the reason";

    UNKNOWN_TITLE = "{verb} {target}：结果未知", "Outcome unknown: {verb} {target}";
    UNKNOWN_EFFECT = "请求可能已到达，也可能没有；先读取真实状态，绝不盲目重发", "the request may or may not have arrived; the real state is read first, and a request is never repeated blindly";
    UNKNOWN_NEXT = "无需操作；若急需，可在平台控制台查看", "nothing to do; if it is urgent, look at the provider's console";

    UNSOLVED_TITLE = "{verb} {target}：结果仍未知，请人工查看", "Outcome still unknown, a person must look: {verb} {target}";
    UNSOLVED_EFFECT = "请求可能已到达，也可能没有；状态长时间无法读取，潮闸不再读取，也不会重发", "the request may or may not have arrived; the state could not be read for too long, so Tidegate reads it no more and repeats nothing";
    UNSOLVED_NEXT = "在平台控制台查看它的真实状态；若仍需要，手动{verb}", "look at its real state in the provider's console, and {verb} it by hand if that is still wanted";

    BLIND_TITLE = "{meter} 失明：{reason}", "{meter} is blind: {reason}";
    BLIND_EFFECT = "没有可信的读数；此计量不再守护，也不会因此行动", "there is no trustworthy reading; this meter is not guarded, and nothing is acted on because of it";
    BLIND_RESOLVED_TITLE = "{meter} 恢复读数", "{meter} can be read again";
    BLIND_RESOLVED_EFFECT = "失明 {span}（{reason}）；守护已继续", "it was blind for {span} ({reason}); it is guarded again";

    LAPSE_TITLE = "失守 {span}：{cause}", "Not guarding for {span}: {cause}";
    LAPSE_SPAN = "{start} 至 {end}", "{start} to {end}";
    LAPSE_EFFECT = "这段时间没有守护；现在已继续", "nothing was guarding in this span; Tidegate is on guard again";

    GROUP_TITLE = "{n} 条通知", "{n} notices at once";

    PROGRAM_DATABASE_TITLE = "数据库无法读取，已另存", "The database could not be read and was set aside";
    PROGRAM_DATABASE_EFFECT = "会行动的规则已撤防，警报继续", "guards that act were disarmed; alerts go on";
    PROGRAM_DATABASE_NEXT = "运行 tidegated doctor；可用 tidegated restore-backup 恢复备份", "run tidegated doctor; tidegated restore-backup brings back a backup";
    PROGRAM_KEYCHAIN_TITLE = "钥匙串已锁定或不存在", "The keychain is locked or absent";
    PROGRAM_KEYCHAIN_EFFECT = "读不到密钥的账户处于失明；解锁后自动继续", "accounts whose secrets cannot be read are blind; Tidegate continues by itself after unlocking";
    PROGRAM_KEYCHAIN_NEXT = "解锁钥匙串，或改用环境变量、加密文件", "unlock the keychain, or choose the environment or the encrypted file";
    PROGRAM_UNLOCKED_TITLE = "钥匙串可以读取了", "The keychain can be read again";
    PROGRAM_UNLOCKED_EFFECT = "此前失明的账户重新守护", "the accounts that were blind are guarded again";
    PROGRAM_CONFIG_TITLE = "新配置被拒绝", "The new configuration was refused";
    PROGRAM_CONFIG_EFFECT = "仍按上一份有效配置守护", "Tidegate guards on with the last good one";
    PROGRAM_CONFIG_NEXT = "改正后运行 tidegated validate 检查", "correct it and check it with tidegated validate";
    PROGRAM_SPEC_TITLE = "自定平台的描述文件有误", "A description of a provider of your own has mistakes";
    PROGRAM_SPEC_EFFECT = "这个文件没有使用；依赖它的账户处于失明，其余不受影响", "the file is not used; accounts that need it are blind, all others are guarded on";
    PROGRAM_SPEC_NEXT = "按文件、行与字段改正，然后运行 tidegated doctor", "correct file, line and field as told, then run tidegated doctor";
    PROGRAM_DISK_TITLE = "数据无法可靠写入", "Writes are not durable";
    PROGRAM_DISK_EFFECT = "写不下的决定不会执行；警报可能延迟", "what cannot be recorded is not acted on; alerts may be late";
    PROGRAM_DISK_NEXT = "腾出磁盘空间，然后运行 tidegated doctor", "free some disk space, then run tidegated doctor";
    PROGRAM_REFUSED_TITLE = "通道 {subject} 拒收消息", "The channel {subject} refuses messages";
    PROGRAM_REFUSED_EFFECT = "发往该通道的消息没有送达；告警仍发往其他通道", "messages to it are not delivered; alerts still go to the other channels";
    PROGRAM_REFUSED_NEXT = "按详情改正该通道，然后发送测试消息", "correct the channel as the detail says, then send a test message";
    PROGRAM_UNREACHABLE_TITLE = "通道 {subject} 长时间无法送达", "The channel {subject} could not be reached for long";
    PROGRAM_UNREACHABLE_EFFECT = "至少一条消息已过期，没有送达", "at least one message grew too old and was not delivered";
    PROGRAM_UNREACHABLE_NEXT = "检查网络与该通道，然后发送测试消息", "check the network and the channel, then send a test message";
    PROGRAM_ACCOUNT_TITLE = "账户 {subject} 无法读取", "The account {subject} cannot be read";
    PROGRAM_ACCOUNT_EFFECT = "尚不知道它有哪些计量，因此没有守护", "which meters it has is not known yet, so nothing of it is guarded";
    PROGRAM_ACCOUNT_NEXT = "按详情检查密钥、权限与网络，然后运行 tidegated check", "check key, rights and network as the detail says, then run tidegated check";
    PROGRAM_DISCOVERY_TITLE = "账户 {subject} 的服务器清单已很旧", "The list of servers of the account {subject} is old";
    PROGRAM_DISCOVERY_EFFECT = "新的服务器或对应关系可能缺失；已知的继续守护", "a new server or mapping may be missing from it; what is known is guarded on";
    PROGRAM_DISCOVERY_NEXT = "按详情检查权限与网络，或手动指定对应关系", "check rights and network as the detail says, or set the mapping by hand";
    PROGRAM_GUARD_TITLE = "规则 {subject} 的状态无法读取，已撤防", "The state of the guard {subject} could not be read; it was disarmed";
    PROGRAM_GUARD_EFFECT = "它继续提醒，但不会行动", "it goes on warning, and does not act";
    PROGRAM_GUARD_NEXT = "核对后重新布防：tidegated arm {subject}", "look at it, then arm it again: tidegated arm {subject}";
    PROGRAM_REFUSED_BATCH_TITLE = "设备 {subject} 交来的一批流量不可信，已另行保留", "A batch of the device {subject} could not be true and is kept aside";
    PROGRAM_REFUSED_BATCH_EFFECT = "这一批没有计入任何统计；它之后的照常计入", "it is counted nowhere; what comes after it is counted as always";
    PROGRAM_REFUSED_BATCH_NEXT = "按详情检查那台机器；若不再信任它：tidegated agents end {subject}，或重新邀请它", "look at that machine as the detail says; if it is not trusted any more: tidegated agents end {subject}, or invite it anew";
    PROGRAM_CLOCK_TITLE = "设备 {subject} 的时钟不准", "The clock of the device {subject} is wrong";
    PROGRAM_CLOCK_EFFECT = "它的流量已按我们的时钟挪到正确的分钟，没有丢失", "its flows are moved to the right minutes by our clock; nothing is lost";
    PROGRAM_CLOCK_NEXT = "在那台机器上开启网络对时", "switch on time synchronisation on that machine";
    PROGRAM_SILENT_TITLE = "设备 {subject} 已超过一小时没有消息", "The device {subject} was not heard of for more than an hour";
    PROGRAM_SILENT_EFFECT = "它可能关机或断网；期间的流量由它自己保存，连上后补交", "it may be off or offline; what it counts meanwhile is kept there and handed in later";
    PROGRAM_SILENT_NEXT = "若不应如此，检查那台机器上的 tidegated agent；不再使用则：tidegated agents end {subject}", "if it should be there, look at tidegated agent on that machine; if it is gone for good: tidegated agents end {subject}";
    PROGRAM_OTHER_TITLE = "潮闸需要你看一下：{condition}", "Tidegate needs a look: {condition}";
    PROGRAM_OTHER_EFFECT = "详情见下", "see the detail";
    PROGRAM_OTHER_NEXT = "运行 tidegated doctor", "run tidegated doctor";

    TEST_TITLE = "潮闸测试消息", "Tidegate test message";
    TEST_EFFECT = "通道“{channel}”可以收到消息；没有任何告警", "the channel {channel} receives messages; nothing is wrong";

    NOTICE_HOLD = "推迟 2 小时", "Hold 2 h";
    NOTICE_STOP_NOW = "立即停止", "Stop now";
    NOTICE_START_NOW = "立即启动", "Start now";
    NOTICE_OPEN = "打开", "Open";
    NOTICE_DEMO = "演示 · {title}", "Demo · {title}";
    DESKTOP_ABSENT = "这里没有桌面可以显示通知；请在桌面启动 Tidegate，或关闭此通道", "nothing here shows notices; start Tidegate on the desktop, or switch this channel off";
    DESKTOP_SILENT = "桌面没有应答；稍后再试", "the desktop did not answer; tried again later";

    FOOTER = "潮闸 · #{id} · {at}", "Tidegate · #{id} · {at}";
    REPEAT = "重复投递：先前的一份可能已送达", "repeat: an earlier copy may have arrived";
    MORE_LINES = "…… 另有 {n} 行", "… {n} more";
}
