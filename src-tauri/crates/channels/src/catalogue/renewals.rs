//! Renewals: their texts, and from their messages to titles and lines. Instants play no part: a due date is a day of the
//! calendar, and how far it is counts from the day the message is read on.

use jiff::civil::{Date, Weekday};
use tidegate_meter::{ByteBase, Lang};

use super::text::{Text, texts};
use super::voice::{Voice, part};
use super::{Line, words as w};
use crate::{Message, RenewalRef, Repeats};

texts! {
    DUE_TITLE = "{name}：{date} 到期，需要续费", "{name} is due on {date}";
    DUE_TITLE_BY_ITSELF = "{name}：{date} 自动续费", "{name} renews by itself on {date}";
    DUE_TITLE_TRIAL = "{name}：试用 {date} 结束", "The trial of {name} ends on {date}";
    OVERDUE_TITLE = "{name}：{date} 已到期，尚未标记续费", "{name} was due on {date} and is not marked as renewed";
    SETTLED_TITLE = "{name}：已标记续费", "{name} is marked as renewed";

    LABEL_WHEN = "日期", "When";
    LABEL_AMOUNT = "金额", "Amount";
    LABEL_CYCLE = "频率", "How often";
    LABEL_OWNER = "归属", "Belongs to";
    LABEL_NOTE = "备注", "Note";
    LABEL_PAID = "已付至", "Paid through";
    LABEL_NEXT_DUE = "下次到期", "Next due";

    WHEN = "{date} {weekday}，{far}", "{weekday} {date}, {far}";
    TODAY = "今天", "today";
    TOMORROW = "明天", "tomorrow";
    YESTERDAY = "昨天", "yesterday";
    NO_AMOUNT = "未填写", "not entered";
    NONE_LEFT = "没有了", "none";

    EFFECT_BY_HAND = "不会自动续费；逾期未付，服务可能中断", "it does not renew by itself; unpaid, the service may end";
    EFFECT_BY_ITSELF = "平台会自动扣款续费", "the provider renews it and takes the money";
    EFFECT_TRIAL = "之后开始收费，除非在此之前取消", "after that it costs money, unless it is cancelled before";
    EARLIER = "另有 {n} 个更早的到期日未标记", "{n} earlier due dates are not marked either";
    EARLIER_ONE = "另有 1 个更早的到期日未标记", "1 earlier due date is not marked either";
    SETTLED_EFFECT = "本次到期不再提醒", "this due date is not told again";

    NEXT_BY_HAND = "到平台续费，然后在“续费”页标记为已续费", "renew it at the provider, then mark it as renewed on the page Renewals";
    NEXT_BY_ITSELF = "不想续费，就在到期前到平台关闭自动续费；想续费，确认扣款账户余额充足", "to keep it, see that the account it is paid from holds enough; else turn automatic renewal off at the provider before that day";
    NEXT_TRIAL = "不想付费，就在此之前到平台取消；决定后在“续费”页标记", "cancel it at the provider before that day if it is not worth the money; mark it on the page Renewals once decided";
    NEXT_COMMAND = "也可以运行 tidegated renewals paid {id}", "or run tidegated renewals paid {id}";
    SETTLED_NEXT = "标错了就在“续费”页撤销", "take it back on the page Renewals if that was a mistake";

    WEEKLY = "每{weekday}", "every {weekday}";
    MONTHLY = "每月 {day} 日", "every month on day {day}";
    YEARLY = "每年 {month}-{day}", "every year on {month}-{day}";
    EVERY_DAYS = "每 {n} 天", "every {n} days";
    EVERY_MONTHS = "每 {n} 个月", "every {n} months";
    ONCE = "仅一次", "once";
    TRIAL = "试用期", "a trial";

    MONDAY = "星期一", "Monday";
    TUESDAY = "星期二", "Tuesday";
    WEDNESDAY = "星期三", "Wednesday";
    THURSDAY = "星期四", "Thursday";
    FRIDAY = "星期五", "Friday";
    SATURDAY = "星期六", "Saturday";
    SUNDAY = "星期日", "Sunday";
}

/// The title; `None` for a message about no renewal.
pub(crate) fn title(message: &Message, lang: Lang) -> Option<String> {
    let (text, renewal, date) = match message {
        Message::RenewalDue {
            renewal, due, days, ..
        } => (due_title(renewal, *days), renewal, *due),
        Message::RenewalSettled { renewal, paid, .. } => (SETTLED_TITLE, renewal, *paid),
        _ => return None,
    };
    Some(text.say(lang, &[("name", &renewal.name), ("date", &date.to_string())]))
}

const fn due_title(renewal: &RenewalRef, days: i64) -> Text {
    match (days, renewal.by_itself, renewal.repeats) {
        (i64::MIN..0, ..) => OVERDUE_TITLE,
        (_, true, _) => DUE_TITLE_BY_ITSELF,
        (.., Repeats::Trial) => DUE_TITLE_TRIAL,
        _ => DUE_TITLE,
    }
}

/// The lines; none for a message about no renewal.
pub(crate) fn lines(message: &Message, voice: Voice<'_>) -> Vec<Line> {
    match message {
        Message::RenewalDue {
            renewal,
            due,
            earlier,
            ..
        } => due_lines(renewal, *due, *earlier, voice),
        Message::RenewalSettled { renewal, paid, next } => settled_lines(renewal, *paid, *next, voice),
        _ => Vec::new(),
    }
}

fn due_lines(renewal: &RenewalRef, due: Date, earlier: usize, voice: Voice<'_>) -> Vec<Line> {
    let (effect, next) = match (renewal.by_itself, renewal.repeats) {
        (true, _) => (EFFECT_BY_ITSELF, NEXT_BY_ITSELF),
        (false, Repeats::Trial) => (EFFECT_TRIAL, NEXT_TRIAL),
        (false, _) => (EFFECT_BY_HAND, NEXT_BY_HAND),
    };
    let mut lines = vec![voice.line(LABEL_WHEN, when(due, voice))];
    lines.extend(about(renewal, voice));
    lines.push(voice.line(w::LABEL_EFFECT, voice.word(effect)));
    if earlier > 0 {
        lines.push(voice.plain(EARLIER.count(EARLIER_ONE, voice.lang, earlier)));
    }
    lines.push(voice.line(w::LABEL_YOU, voice.word(next)));
    if !renewal.by_itself {
        lines.push(voice.line(
            w::LABEL_YOU,
            voice.say(NEXT_COMMAND, &[("id", renewal.id.as_str())]),
        ));
    }
    lines
}

fn settled_lines(renewal: &RenewalRef, paid: Date, next: Option<Date>, voice: Voice<'_>) -> Vec<Line> {
    let next = next.map_or_else(|| voice.word(NONE_LEFT).to_owned(), |next| when(next, voice));
    let mut lines = vec![
        voice.line(LABEL_PAID, paid.to_string()),
        voice.line(LABEL_NEXT_DUE, next),
    ];
    lines.extend(about(renewal, voice));
    lines.push(voice.line(w::LABEL_TIDEGATE, voice.word(SETTLED_EFFECT)));
    lines.push(voice.line(w::LABEL_YOU, voice.word(SETTLED_NEXT)));
    lines
}

/// How much, how often, whose, and what its owner noted.
fn about(renewal: &RenewalRef, voice: Voice<'_>) -> Vec<Line> {
    let amount = renewal.amount.map_or_else(
        || voice.word(NO_AMOUNT).to_owned(),
        |amount| voice.amount(amount, ByteBase::Decimal),
    );
    let mut lines = vec![
        voice.line(LABEL_AMOUNT, amount),
        voice.line(LABEL_CYCLE, repeats(renewal.repeats, voice.lang)),
    ];
    lines.extend(renewal.owner.iter().map(|owner| voice.line(LABEL_OWNER, owner)));
    lines.extend(renewal.note.iter().map(|note| voice.line(LABEL_NOTE, note)));
    lines
}

/// A day with its weekday and how far it is from the day of the telling.
fn when(date: Date, voice: Voice<'_>) -> String {
    let today = voice.now.to_jiff().to_zoned(voice.zone.jiff().clone()).date();
    let values = [
        ("date", date.to_string()),
        ("weekday", voice.word(weekday(date.weekday())).to_owned()),
        ("far", far(date.duration_since(today).as_hours() / 24, voice)),
    ];
    voice.say(
        WHEN,
        &values.each_ref().map(|(place, value)| (*place, value.as_str())),
    )
}

fn far(days: i64, voice: Voice<'_>) -> String {
    let span = || part(days.unsigned_abs(), w::DAY, w::DAYS, voice.lang);
    match days {
        0 => voice.word(TODAY).to_owned(),
        1 => voice.word(TOMORROW).to_owned(),
        -1 => voice.word(YESTERDAY).to_owned(),
        2.. => voice.say(w::AHEAD, &[("span", &span())]),
        _ => voice.say(w::AGO, &[("span", &span())]),
    }
}

/// How often, in a few words.
pub(crate) fn repeats(repeats: Repeats, lang: Lang) -> String {
    match repeats {
        Repeats::Weekly { weekday: day } => {
            let day = Weekday::from_monday_one_offset(day).map_or("?", |day| weekday(day).of(lang));
            WEEKLY.say(lang, &[("weekday", day)])
        }
        Repeats::Monthly { day } => MONTHLY.say(lang, &[("day", &day.to_string())]),
        Repeats::Yearly { month, day } => YEARLY.say(
            lang,
            &[("month", &format!("{month:02}")), ("day", &format!("{day:02}"))],
        ),
        Repeats::Days { count } => EVERY_DAYS.say(lang, &[("n", &count.to_string())]),
        Repeats::Months { count } => EVERY_MONTHS.say(lang, &[("n", &count.to_string())]),
        Repeats::Once => ONCE.of(lang).to_owned(),
        Repeats::Trial => TRIAL.of(lang).to_owned(),
    }
}

const fn weekday(weekday: Weekday) -> Text {
    match weekday {
        Weekday::Monday => MONDAY,
        Weekday::Tuesday => TUESDAY,
        Weekday::Wednesday => WEDNESDAY,
        Weekday::Thursday => THURSDAY,
        Weekday::Friday => FRIDAY,
        Weekday::Saturday => SATURDAY,
        Weekday::Sunday => SUNDAY,
    }
}
