//! What is said of what is not taken over as it was, in zh-CN and en side by side.

use tidegate_channels::catalogue::Text;

macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        $(pub(super) const $name: Text = Text::new($zh, $en);)*
    };
}

texts! {
    NO_NAME = "没有名称，无法对应；补上 name 后再导入。", "it has no name; give it one and import again.";
    NO_OBJECT = "不是一个对象，已跳过。", "it is no object.";
    NO_SECTION = "这一节的格式不对，没有导入；旧系统在这里放列表或对象。", "this section has another shape than a list or an object, and nothing of it is taken over.";
    NO_WORD = "关键词须为文字列表，不合的没有导入。", "keywords are a list of texts; what is none is not taken over.";
    EMAIL_SETTING = "没有对应的设置，没有导入。", "there is no such setting here; it is not taken over.";
    TWICE = "与前面一项同名，只导入前一项；改名后再导入。", "an earlier one has the same name, which was taken; rename it and import again.";
    NO_KEY = "没有 api_key；补上后再导入，或在潮闸里新建账户。", "it has no api_key; add one and import again, or add the account here.";
    PROVIDER = "没有可以接替 {provider} 的余额；请手工新建账户，或为它写一份平台描述（specs 文件夹）。", "there is no balance of {provider} here to take it to; add an account by hand, or describe the provider in a file of your own (folder specs).";
    KEY_ONLY = "{provider} 既不提供余额，也不提供花费；可新建账户只看密钥是否可用。", "{provider} tells neither balance nor spending; an account here only tells whether the key works.";
    SPENDING = "{provider} 不提供余额接口；如需看花费，请用管理密钥新建账户。", "{provider} tells no balance; add an account with its admin key to watch spending.";
    ENCRYPTED = "密钥是旧系统加密的，无法读取；请运行 `tidegated vault set {item} {field}` 填入。", "its key was encrypted by the earlier system and cannot be read; store it with `tidegated vault set {item} {field}`.";
    STORED = "明文密钥会存入保险库条目 {item}，文件中的那份请自行删除。", "the key that stood in clear goes into the vault item {item}; delete it from the file yourself.";
    UNSET = "环境变量 {variable} 现在没有设置；设置后才读得到。", "the variable {variable} is not set now; nothing is read until it is.";
    SPLIT = "{variable} 里是 \"AK:SK\"；请拆成 {variable}_AK 与 {variable}_SK 两个变量。", "{variable} holds \"AK:SK\"; set {variable}_AK and {variable}_SK instead.";
    NO_PAIR = "密钥应为 \"AK:SK\" 两段。", "its key should be two parts, \"AK:SK\".";
    THRESHOLD = "阈值不是合法的数，账户已导入但没有规则；请新建规则。", "its threshold is no amount; the account is taken over without a guard: add one.";
    NO_THRESHOLD = "没有阈值，账户已导入但没有规则。", "it has no threshold; the account is taken over without a guard.";
    UNIT = "阈值没有单位，按 {unit} 导入。", "its threshold names no unit; {unit} is taken.";
    CYCLE = "周期须为 weekly、monthly 或 yearly。", "its cycle must be weekly, monthly or yearly.";
    DAY = "续费日 {day} 不在该周期内。", "its day {day} does not exist in this cycle.";
    DAY_OF_YEAR = "年付只写了日而没有月，也没有上次续费日期；请用 MM-DD 新建。", "it is yearly, but names no month and no last payment; add it with MM-DD.";
    CURRENCY = "金额没有币种，按 {currency} 导入；不对请改，或用 --currency 重新导入。", "its amount names no currency; {currency} is taken: correct it, or import with --currency.";
    AMOUNT = "金额不是合法的数，没有导入。", "its amount is no number and is not taken over.";
    PAID = "上次续费日期不合法，没有导入。", "its last payment is no date and is not taken over.";
    MAILBOX = "缺少服务器、用户名或密码。", "its host, username or password is missing.";
    PLAIN = "旧系统不加密收信；这里改用 STARTTLS。", "the earlier system read it without encryption; STARTTLS is used here.";
    PORT = "端口不合法，改用默认端口。", "its port is none; the usual one is used.";
    WEBHOOK = "类型须为 feishu、dingtalk、wecom 或 custom。", "its type must be feishu, dingtalk, wecom or custom.";
    WEBHOOK_URL = "没有地址。", "it has no address.";
    CUSTOM = "custom 已导入为 webhook；消息体与旧系统不同，如接收方依赖旧字段请设置 template。", "custom becomes a webhook; its body differs from the earlier one: set a template when the receiver needs the old fields.";
    INTERVAL = "间隔 {seconds} 秒超出范围，改用默认值。", "an interval of {seconds} s is out of range; the default is used.";
    UNKNOWN = "旧系统也不认识这一项，没有导入。", "the earlier system did not know it either; it is not taken over.";
    NO_CACHE = "不需要：每次读数都是真实观察，不缓存。", "not needed: every reading is an observation, none is cached.";
    NO_COOLDOWN = "不需要：每级提醒在一个周期内只发一次，由状态决定而非冷却。", "not needed: a step is told once a window, by its state and not by a pause.";
    NO_CONCURRENCY = "不需要：并发由程序自行限制。", "not needed: how many are read at once is bounded by the program.";
    NO_SOURCE = "不需要：消息自带来源。", "not needed: messages name their source.";
    LISTEN = "没有导入：潮闸的门用 `tidegated run --listen 地址` 打开，默认关闭。", "not taken over: the door is opened with `tidegated run --listen ADDR`, and shut without it.";
    SERVER_TOKEN = "没有导入：每台设备用一次性邀请码各领一个令牌，运行 `tidegated agents invite 设备`。", "not taken over: each device gets a token of its own by a one-time code; run `tidegated agents invite DEVICE`.";
    DATABASE = "历史另行导入：`tidegated import flowcollect` 可同时给出数据库文件。", "its history is taken over by naming the database file too: `tidegated import flowcollect SETTINGS DATABASE`.";
    DISTRIBUTION = "没有导入：潮闸不分发代理配置。", "not taken over: Tidegate distributes no proxy configuration.";
    HEALTH = "没有导入：代理内核是否在线由它自己的账户看着。", "not taken over: whether a kernel answers is watched by its account.";
    UPDATE_TIME = "没有导入：订阅每小时看一次，可在账户的 interval 里改。", "not taken over: a subscription is looked at every hour; change it by the account's interval.";
    NO_URL = "不是 http 或 https 地址，没有导入。", "it is no http or https address and is not taken over.";
    URL_STORED = "订阅地址是密钥，会存入保险库条目 {item}；文件中的那份请自行删除。", "the address of a subscription is a secret and goes into the vault item {item}; delete it from the file yourself.";
    SMTP = "缺少 EmailUser 或 EmailTo，邮件通道没有导入。", "EmailUser or EmailTo is missing; the mail channel is not taken over.";
    PASSWORD = "没有密码；请运行 `tidegated vault set {item} {field}` 填入。", "it has no password; store it with `tidegated vault set {item} {field}`.";
    LOCAL_LOG = "不需要：采集器把未送达的数据存在自己的目录，送达后删除。", "not needed: an agent keeps what was not handed in yet in its own folder, and removes it afterwards.";
    REPORTS = "这台设备原来上报到别的机器；导入后由本机直接统计。若仍要上报，请在那台机器上 `tidegated agents invite`，在这里运行 `tidegated agent`。", "this device reported to another machine; it is counted here now. To report again, run `tidegated agents invite` there and `tidegated agent` here.";
}
