//! Sub-accounts: their pieces, what is told of a disable or restore, and what goes on all the same. Owns its texts and the
//! order of its lines; an outcome is claimed only in texts whose names begin with `VERIFIED`, from a proof.

use std::time::Duration;

use tidegate_guard::{ActionKind, Piece, PieceState, PieceTold, PieceWhy, PowerState, Proof};
use tidegate_meter::{Lang, TargetKind};

use super::text::{Text, texts};
use super::voice::Voice;
use super::{Line, sentences as s, words as w};
use crate::{ActionRef, Deed, Opened, StillOver, limits};

texts! {
    RIGHTS = "全部权限", "all rights";
    KEY = "访问密钥 {id}", "access key {id}";
    LOGIN = "控制台登录", "console login";
    ENDPOINT = "推理接入点 {name}（{id}）", "model endpoint {name} ({id})";
    INSTANCE = "服务器 {name}（{id}，{region}）", "server {name} ({id}, {region})";
    PIECE_LINE = "• {piece}：{state}", "• {piece}: {state}";
    MORE_PIECES = "• 另有 {n} 项", "• {n} more";

    CLOSE_WAITING = "开着，尚未请求关闭", "open, not asked to close yet";
    CLOSE_ASKED = "已请求关闭，尚未见生效", "asked to close, not seen closed yet";
    CLOSE_DONE = "已关", "closed";
    CLOSE_WAS_SO = "原本就关着", "was closed before";
    CLOSE_FAILED = "仍开着", "still open";
    OPEN_WAITING = "关着，尚未请求打开", "closed, not asked to open yet";
    OPEN_ASKED = "已请求打开，尚未见生效", "asked to open, not seen open yet";
    OPEN_DONE = "重新打开了", "open again";
    OPEN_WAS_SO = "原本就开着", "was open before";
    OPEN_FAILED = "仍关着", "still closed";
    LEFT_ALONE = "保持不动", "left alone";
    SEEN_AT = "{state}，读取于 {at}", "{state}, seen at {at}";
    BECAUSE = "{state}，{why}", "{state}, {why}";

    WHY_REFUSED = "平台拒绝：{detail}", "refused: {detail}";
    WHY_CHANGED = "他人改动过", "somebody else changed it";
    WHY_MISSING = "它已不存在", "it is not there any more";
    WHY_EARLIER = "由潮闸先前的行动关上", "an earlier action of Tidegate closed it";

    SURVIVES_KEYS = "它创建的方舟 API Key 不受影响，仍可调用模型", "Ark API keys that it made still call models";
    SURVIVES_ROLES = "它此前扮演角色取得的临时凭证最长 12 小时内仍然有效", "roles that it assumed before stay valid for up to 12 hours";
    SURVIVES_SERVERS = "没有随之停止的服务器与存储继续计费", "servers and storage that were not stopped with it go on costing";
    SURVIVES_BILLS = "最近一两天的账单还会到达，已用可能超过 100%；不会因此再次行动", "bills of the last day or two still arrive, so its spending may pass 100 %; nothing more is done because of that";
    LABEL_GOES_ON = "仍会继续", "Goes on";

    PLANNED_EFFECT = "将拒绝它的全部权限，关闭它的访问密钥与控制台登录，以及为它选定的接入点和服务器；以后可以撤销", "all its rights are denied, and its access keys, its console login and the endpoints and servers chosen for it are closed; a restore undoes it later";
    SENT_EFFECT = "平台收下 {asked} 项修改，拒绝 {failed} 项；正在逐项读取，得到证据后再通知", "the provider took {asked} changes and refused {failed}; each piece is being read, and you are told when there is proof";
    CLOSE_PARTLY_TITLE = "未能完全停用 {target}：{all} 项中 {open} 项仍开着", "Could not close all of {target}: {open} of {all} still open";
    OPEN_PARTLY_TITLE = "未能完全恢复 {target}：{all} 项中 {open} 项仍关着", "Could not open all of {target}: {open} of {all} still closed";
    CLOSE_FAILED_EFFECT = "开着的部分仍可消费", "what is open can still spend";
    OPEN_FAILED_EFFECT = "关着的部分还不能使用", "what is closed cannot be used yet";
    GIVEN_UP = "这次行动不会再尝试；只要仍然超额，规则会重新计划", "this action does not try again; while it is over its quota, its guard plans anew";
    CLOSE_FAILED_NEXT = "按拒绝的原因补上权限，或在平台控制台关闭仍开着的部分；运行 tidegated restore {intent} 可撤销已做的部分", "grant the right that a refusal names, or close what is open in the provider's console; tidegated restore {intent} undoes what was done";
    CANCELLED_EFFECT = "{n} 项由潮闸关上，保持关闭；不再继续", "{n} that Tidegate closed stay closed, and nothing more is asked for";
    CANCELLED_NEXT = "要撤销，运行 tidegated restore {intent}", "to undo it, run tidegated restore {intent}";
    OURSELVES_NEXT = "给潮闸换一个专用的身份，再停用这一个", "give Tidegate an identity of its own, then disable this one";

    VERIFIED_CLOSED = "{all} 项中没有一项开着，读取于 {at}", "none of its {all} ways to spend is open, read at {at}";
    VERIFIED_OPENED = "{done} 项重新打开，读取于 {at}", "{done} open again, read at {at}";
    VERIFIED_OPENED_PARTLY = "{done} 项重新打开，{left} 项保持不动，读取于 {at}", "{done} open again, {left} left alone, read at {at}";
    VERIFIED_PARTLY_RESTORED = "已确认：{target} 已恢复，{left} 项保持不动", "Confirmed: {target} is restored, {left} left alone";
    VERIFIED_NOTHING = "已确认：{target} 没有可以恢复的部分", "Confirmed: nothing of {target} was left to restore";
    VERIFIED_CLOSED_NEXT = "在控制台删除它的方舟 API Key；划拨额度后要恢复，运行 tidegated restore {intent}", "delete its Ark API keys in the console; to undo it after an allocation, run tidegated restore {intent}";
    OVER_WAIT = "它仍然超额：规则在 {until}之前不再动它", "it is still over its quota: its guards leave it alone until {until}";
    OVER_AGAIN = "它仍然超额：规则会在宽限后再次停用它", "it is still over its quota: its guard will disable it again after the grace";
    OVER_NEXT = "划拨额度", "allocate more";

    OPENED_TITLE = "{target} 被他人重新打开", "Somebody opened {target} again";
    OPENED_DETAIL = "开着：{pieces}", "open: {pieces}";
    OPENED_EFFECT = "它又可以消费", "it can spend again";
    OPENED_ALONE = "规则不再动它，直到周期重置或有人操作", "its guards leave it alone until the window resets or a person acts";
    OPENED_AGAIN = "如果仍然超额，规则会在宽限后再次停用它", "if it is still over its quota, its guard disables it again after the grace";
    OPENED_NEXT = "弄清是谁改的；不该打开时，在“额度”页再次停用", "find out who changed it; if it should not be open, disable it again on the page Quotas";
    RESTORE_OFFER = "{target} 仍然关着；要恢复，到“额度”页，或运行 tidegated quota restore {target}", "{target} is still closed; restore it on the page Quotas, or run tidegated quota restore {target}";
}

/// A piece by name.
pub(crate) fn piece(piece: &Piece, lang: Lang) -> String {
    match piece {
        Piece::Rights => RIGHTS.of(lang).to_owned(),
        Piece::Key { id } => KEY.say(lang, &[("id", id)]),
        Piece::Login => LOGIN.of(lang).to_owned(),
        Piece::Endpoint { id, name } => ENDPOINT.say(lang, &[("id", id), ("name", name)]),
        Piece::Instance { id, name, region } => {
            INSTANCE.say(lang, &[("id", id), ("name", name), ("region", region)])
        }
    }
}

/// Why a piece failed or was left alone.
pub(crate) fn why(why: &PieceWhy, lang: Lang) -> String {
    match why {
        PieceWhy::Refused { detail } => WHY_REFUSED.say(lang, &[("detail", detail)]),
        PieceWhy::Changed => WHY_CHANGED.of(lang).to_owned(),
        PieceWhy::Missing => WHY_MISSING.of(lang).to_owned(),
        PieceWhy::Earlier => WHY_EARLIER.of(lang).to_owned(),
    }
}

/// What goes on although a sub-account is closed, one sentence each.
pub(crate) const fn survives() -> [Text; 4] {
    [SURVIVES_KEYS, SURVIVES_ROLES, SURVIVES_SERVERS, SURVIVES_BILLS]
}

/// The pieces of an action, if it is on a sub-account that was looked at.
pub(super) fn deed(action: &ActionRef) -> Option<&Deed> {
    let deed = action.deed.as_deref()?;
    (action.target.kind == TargetKind::SubAccount).then_some(deed)
}

fn count(deed: &Deed, states: &[PieceState]) -> usize {
    let of = |told: &&PieceTold| states.contains(&told.state);
    deed.pieces.iter().filter(of).count()
}

/// Asked for, or to be: not as wanted.
const OPEN: [PieceState; 3] = [PieceState::Waiting, PieceState::Asked, PieceState::Failed];

/// The title of a failure of which a part was done.
pub(super) fn failed_title(action: &ActionRef, lang: Lang) -> Option<String> {
    let deed = deed(action)?;
    let (open, done) = (count(deed, &OPEN), count(deed, &[PieceState::Done]));
    let text = match action.action {
        _ if done == 0 || open == 0 => return None,
        ActionKind::Start => OPEN_PARTLY_TITLE,
        ActionKind::Stop | ActionKind::Warn => CLOSE_PARTLY_TITLE,
    };
    let values = [
        ("target", action.target.name.as_str()),
        ("open", &open.to_string()),
        ("all", &deed.pieces.len().to_string()),
    ];
    Some(text.say(lang, &values))
}

/// The title of a proved restore that left something alone.
pub(super) fn verified_title(action: &ActionRef, proof: &Proof, lang: Lang) -> Option<String> {
    let deed = deed(action)?;
    let left = count(deed, &[PieceState::Skipped]);
    let text = match (action.action, &proof.after) {
        (ActionKind::Start, PowerState::Running) if count(deed, &[PieceState::Done]) == 0 => VERIFIED_NOTHING,
        (ActionKind::Start, PowerState::Running) if left > 0 => VERIFIED_PARTLY_RESTORED,
        _ => return None,
    };
    let values = [
        ("target", action.target.name.as_str()),
        ("left", &left.to_string()),
    ];
    Some(text.say(lang, &values))
}

/// One line for each piece, what is not as wanted first; a long list is cut, and says so.
pub(super) fn pieces(action: &ActionRef, voice: Voice<'_>) -> Vec<Line> {
    let Some(deed) = deed(action) else {
        return Vec::new();
    };
    let mut pieces: Vec<&PieceTold> = deed.pieces.iter().collect();
    pieces.sort_by_key(|told| !OPEN.contains(&told.state));
    let mut lines: Vec<Line> = pieces
        .iter()
        .take(limits::PIECES_TOLD)
        .map(|told| one(action.action, told, voice))
        .collect();
    let more = pieces.len().saturating_sub(limits::PIECES_TOLD);
    if more > 0 {
        lines.push(voice.plain(voice.say(MORE_PIECES, &[("n", &more.to_string())])));
    }
    lines
}

fn one(action: ActionKind, told: &PieceTold, voice: Voice<'_>) -> Line {
    let mut state = voice.word(state(action, told.state)).to_owned();
    if let Some(at) = told.at.filter(|_| told.state == PieceState::Done) {
        state = voice.say(SEEN_AT, &[("state", &state), ("at", &voice.at(at))]);
    }
    if let Some(reason) = &told.why {
        let reason = why(reason, voice.lang);
        state = voice.say(BECAUSE, &[("state", &state), ("why", &reason)]);
    }
    let piece = piece(&told.piece, voice.lang);
    voice.plain(voice.say(PIECE_LINE, &[("piece", &piece), ("state", &state)]))
}

/// How far a piece of a disable or restore is.
pub(crate) const fn state(action: ActionKind, state: PieceState) -> Text {
    let opens = matches!(action, ActionKind::Start);
    match state {
        PieceState::Waiting if opens => OPEN_WAITING,
        PieceState::Waiting => CLOSE_WAITING,
        PieceState::Asked if opens => OPEN_ASKED,
        PieceState::Asked => CLOSE_ASKED,
        PieceState::Done if opens => OPEN_DONE,
        PieceState::Done => CLOSE_DONE,
        PieceState::WasSo if opens => OPEN_WAS_SO,
        PieceState::WasSo => CLOSE_WAS_SO,
        PieceState::Failed if opens => OPEN_FAILED,
        PieceState::Failed => CLOSE_FAILED,
        PieceState::Skipped => LEFT_ALONE,
    }
}

/// What will be closed, told with the countdown.
pub(super) fn planned(action: &ActionRef, voice: Voice<'_>) -> Option<Line> {
    let closes = action.target.kind == TargetKind::SubAccount && action.action == ActionKind::Stop;
    closes.then(|| voice.line(w::LABEL_EFFECT, voice.word(PLANNED_EFFECT)))
}

/// What the provider took on, piece by piece.
pub(super) fn sent(action: &ActionRef, voice: Voice<'_>) -> Option<Vec<Line>> {
    let deed = deed(action)?;
    let asked = count(deed, &[PieceState::Asked]);
    let failed = count(deed, &[PieceState::Failed]);
    let values = [("asked", asked.to_string()), ("failed", failed.to_string())];
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut lines = pieces(action, voice);
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.say(SENT_EFFECT, &values)));
    lines.push(voice.line(w::LABEL_YOU, voice.word(s::SENT_NEXT)));
    Some(lines)
}

/// The effect of a failure, what follows, and the next step.
pub(super) fn failed(
    action: &ActionRef,
    retry: String,
    gives_up: bool,
    voice: Voice<'_>,
) -> Option<Vec<Line>> {
    deed(action)?;
    let opens = action.action == ActionKind::Start;
    let effect = if opens {
        OPEN_FAILED_EFFECT
    } else {
        CLOSE_FAILED_EFFECT
    };
    let plans_anew = gives_up && !opens && action.guard.is_some();
    let told = if plans_anew {
        voice.word(GIVEN_UP).to_owned()
    } else {
        retry
    };
    let next = if opens { s::FAILED_NEXT } else { CLOSE_FAILED_NEXT };
    let mut lines = pieces(action, voice);
    lines.push(voice.line(w::LABEL_EFFECT, voice.word(effect)));
    lines.push(voice.line(w::LABEL_TIDEGATE, told));
    lines.push(voice.line(w::LABEL_YOU, super::deed::say(next, action, voice.lang, &[])));
    Some(lines)
}

/// A disable that was called off after a part of it was done: that part stays.
pub(super) fn cancelled(action: &ActionRef, voice: Voice<'_>) -> Option<Vec<Line>> {
    let done = count(deed(action)?, &[PieceState::Done]);
    if done == 0 || action.action == ActionKind::Start {
        return None;
    }
    let mut lines = pieces(action, voice);
    let effect = voice.say(CANCELLED_EFFECT, &[("n", &done.to_string())]);
    lines.push(voice.line(w::LABEL_EFFECT, effect));
    lines.push(voice.line(
        w::LABEL_YOU,
        super::deed::say(CANCELLED_NEXT, action, voice.lang, &[]),
    ));
    Some(lines)
}

/// The proof, piece by piece; what goes on all the same; what a restore while still over the limit leads to.
pub(super) fn verified(
    action: &ActionRef,
    proof: &Proof,
    did: (Text, Duration),
    ours: bool,
    voice: Voice<'_>,
) -> Option<Vec<Line>> {
    let deed = deed(action)?;
    let at = voice.at(proof.at);
    let (done, left) = (
        count(deed, &[PieceState::Done]),
        count(deed, &[PieceState::Skipped]),
    );
    let proved = match (action.action, &proof.after) {
        (ActionKind::Stop, PowerState::Stopped) => voice.say(
            VERIFIED_CLOSED,
            &[("all", &deed.pieces.len().to_string()), ("at", &at)],
        ),
        (ActionKind::Start, PowerState::Running) => voice.say(
            if left > 0 {
                VERIFIED_OPENED_PARTLY
            } else {
                VERIFIED_OPENED
            },
            &[
                ("done", &done.to_string()),
                ("left", &left.to_string()),
                ("at", &at),
            ],
        ),
        _ => return None,
    };
    let mut lines = vec![voice.line(w::LABEL_PROOF, proved)];
    lines.extend(pieces(action, voice));
    let took = voice.span(did.1);
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.say(did.0, &[("took", &took)])));
    if action.action == ActionKind::Stop {
        lines.extend(survives().map(|text| voice.line(LABEL_GOES_ON, voice.word(text))));
    }
    lines.extend(over(deed, voice));
    let next = match action.action {
        ActionKind::Stop if ours || done > 0 => VERIFIED_CLOSED_NEXT,
        _ if deed.over.is_some() => OVER_NEXT,
        _ => s::VERIFIED_NEXT_START,
    };
    lines.push(voice.line(w::LABEL_YOU, super::deed::say(next, action, voice.lang, &[])));
    Some(lines)
}

fn over(deed: &Deed, voice: Voice<'_>) -> Option<Line> {
    let text = match deed.over? {
        StillOver::Wait { until } => voice.say(OVER_WAIT, &[("until", &voice.at_with_age(until))]),
        StillOver::Again => voice.word(OVER_AGAIN).to_owned(),
    };
    Some(voice.line(w::LABEL_EFFECT, text))
}

/// The title of a sub-account that somebody opened again.
pub(super) fn opened_title(opened: &Opened, lang: Lang) -> String {
    OPENED_TITLE.say(lang, &[("target", &opened.target.name)])
}

/// Its lines.
pub(super) fn opened(opened: &Opened, voice: Voice<'_>) -> Vec<Line> {
    let named: Vec<String> = opened
        .pieces
        .iter()
        .take(limits::PIECES_TOLD)
        .map(|open| piece(open, voice.lang))
        .collect();
    let mut lines = super::deed::head(&opened.account_name, &opened.target, voice);
    if !named.is_empty() {
        let pieces = named.join(voice.word(w::SEMICOLON));
        lines.push(voice.line(w::LABEL_DETAIL, voice.say(OPENED_DETAIL, &[("pieces", &pieces)])));
    }
    lines.push(voice.line(w::LABEL_EFFECT, voice.word(OPENED_EFFECT)));
    let told = if opened.again { OPENED_AGAIN } else { OPENED_ALONE };
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.word(told)));
    lines.push(voice.line(w::LABEL_YOU, voice.word(OPENED_NEXT)));
    lines
}

/// What a person can do once there is quota again for a sub-account that is still closed.
pub(super) fn offer(target: &str, voice: Voice<'_>) -> Line {
    voice.line(w::LABEL_YOU, voice.say(RESTORE_OFFER, &[("target", target)]))
}
