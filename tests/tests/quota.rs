//! A quota from outside: the real program over a simulated main account. Steps, disable, top-up and restore, each told once
//! and true at the cloud; kills between the pieces; somebody else at the same key; a second copy.

use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tidegate_tests::root;
use tidegate_tests::stage::inside::need;
use tidegate_tests::stage::scene::{self, rows, text};
use tidegate_tests::stage::{Cloud, Guard, Home, config};

type Done = anyhow::Result<()>;

/// Bob is charged for team-a and closed piece by piece: two keys in use and a login; his third key is off already.
const WORLD: &str = r#"
seed = 21
[[volcengine]]
name = "main"
project = ["team-a", "team-b"]
[[volcengine.user]]
name = "bob"
keys = 2
inactive_keys = 1
login = true
[[volcengine.user]]
name = "alice"
"#;

/// Readings after which a story counts as never ending.
const LOOKS: usize = 300;

struct Stage {
    _folder: tempfile::TempDir,
    cloud: Cloud,
    home: Home,
    /// In which ways bob and alice can spend before anything happens.
    open: [Value; 2],
}

/// Everybody is granted 100 CNY, and an armed guard watches.
fn armed() -> anyhow::Result<Stage> {
    let folder = tempfile::tempdir()?;
    let cloud = Cloud::scenario(folder.path(), WORLD)?;
    let mut home = Home::empty()?;
    for (name, pointer) in [
        ("VOLC_AK", "/volcengine/0/ak"),
        ("VOLC_SK", "/volcengine/0/sk"),
        ("FEISHU_URL", "/feishu/url"),
        ("FEISHU_SECRET", "/feishu/secret"),
    ] {
        home.set(name, cloud.text(pointer)?);
    }
    let applied = home.apply(&quotas(&cloud)?)?;
    ensure!(applied.code == 0, "{applied:?}");
    home.done(&["quota", "sync", "--account", "volc"])?;
    for (user, project) in [("bob", "team-a"), ("alice", "team-b")] {
        home.done(&["quota", "link", user, project, "--from", "month"])?;
        home.done(&["quota", "allocate", user, "100 CNY", "--note", "first"])?;
    }
    home.done(&["quota", "sync", "--account", "volc"])?;
    home.done(&["arm", "quota", "--for", "1d", "--yes"])?;
    let open = [paths(&cloud, "bob")?, paths(&cloud, "alice")?];
    Ok(Stage {
        _folder: folder,
        cloud,
        home,
        open,
    })
}

/// The channel of every scene, and a quota's account and guard.
fn quotas(cloud: &Cloud) -> anyhow::Result<String> {
    let every = config(cloud, "1 GB")?;
    let (_, rest) = every.split_once("[[channel]]").context("a channel")?;
    let (channel, _) = rest.split_once("[[guard]]").context("and a guard behind it")?;
    let base = cloud.base()?;
    Ok(format!(
        r#"
[[account]]
id = "volc"
provider = "volcengine"
name = "主账号"
interval = "1s"
interval_near = "1s"
endpoint = "{base}"
[account.secret]
ak = "env:VOLC_AK"
sk = "env:VOLC_SK"

[[channel]]{channel}
[[guard]]
id = "quota"
account = "volc"
meter = "*"
steps = ["50%", "80%", "90%"]
limit = "100%"
action = "stop"
countdown = "2s"
channels = ["ops"]
"#
    ))
}

/// In which ways a sub-account can spend, asked of the cloud itself.
fn paths(cloud: &Cloud, user: &str) -> anyhow::Result<Value> {
    let told = cloud.ask("volcengine/main")?;
    let paths = told.pointer("/paths").and_then(|paths| paths.get(user));
    paths
        .cloned()
        .with_context(|| format!("the cloud has {user}: {told}"))
}

fn charge(cloud: &Cloud, project: &str, amount: &str) -> Done {
    let deed = json!({ "deed": "charge", "project": project, "amount": amount });
    cloud.tell("volcengine/main", &deed).map(|_| ())
}

fn verified(home: &Home) -> anyhow::Result<usize> {
    let actions = rows(home, "actions")?;
    let is = |action: &&Value| text(action, "/state") == "verified";
    Ok(actions.iter().filter(is).count())
}

/// Waits until so many actions are verified, every other one has ended and every message arrived.
fn until_over(home: &Home, guard: &mut Guard, wanted: usize) -> Done {
    for _ in 0..LOOKS {
        guard.later("reading")?;
        if verified(home)? >= wanted && scene::is_over(home)? {
            return Ok(());
        }
    }
    bail!(
        "the story does not end: {:?} {:?}",
        rows(home, "actions")?,
        rows(home, "deliveries")?
    )
}

/// How often an action of the cloud was asked for.
fn asked(cloud: &Cloud, operation: &str) -> anyhow::Result<usize> {
    let requests = cloud.requests()?;
    let is = |request: &&Value| text(request, "/operation") == operation;
    Ok(requests.iter().filter(is).count())
}

/// Each verified action has changed what it was to change, nobody else was touched, and each message arrived.
fn assert_true(stage: &Stage, disabled: bool, crashes: usize) -> Done {
    let (bob, alice) = (paths(&stage.cloud, "bob")?, paths(&stage.cloud, "alice")?);
    let wanted = if disabled {
        json!([])
    } else {
        stage.open[0].clone()
    };
    ensure!(bob == wanted, "bob can spend by {bob}, not by {wanted}");
    ensure!(alice == stage.open[1], "alice can spend by {alice}");
    scene::assert_arrived(&stage.cloud, &stage.home, crashes, 0)?;
    stage.home.done(&["audit", "verify"]).map(|_| ())
}

/// One card for each of these, by code and by what it says.
fn assert_told(stage: &Stage, code: &str, said: &[&str]) -> Done {
    let deliveries = rows(&stage.home, "deliveries")?;
    let of_code = deliveries.iter().filter(|row| text(row, "/code") == code);
    ensure!(of_code.count() == said.len(), "{code}, each once: {deliveries:?}");
    let cards = stage.cloud.told()?;
    for said in said {
        let found = cards.iter().filter(|card| card.contains(said)).count();
        ensure!(found == 1, "{said:?} stands in {found} cards: {cards:#?}");
    }
    Ok(())
}

fn ended(guard: Guard) -> Done {
    let (code, printed) = guard.end()?;
    ensure!(code == 0, "it ends well: {code} {printed}");
    Ok(())
}

#[test]
fn a_quota_is_told_step_by_step_closed_topped_up_and_opened_again() -> Done {
    let stage = armed()?;
    let (cloud, home) = (&stage.cloud, &stage.home);
    let mut guard = home.guard()?;
    for (amount, spent) in [("60", "60"), ("22", "82"), ("9", "91"), ("11", "102")] {
        charge(cloud, "team-a", amount)?;
        guard.event("reading", |event| text(event, "/used/value") == spent)?;
    }
    guard.event("verified", |event| text(event, "/target/name") == "bob")?;
    until_over(home, &mut guard, 1)?;
    assert_true(&stage, true, 0)?;
    assert_told(&stage, "step_reached", &["50%", "80%", "90%"])?;

    home.done(&["quota", "allocate", "bob", "100 CNY", "--note", "more"])?;
    home.done(&["quota", "restore", "bob"])?;
    until_over(home, &mut guard, 2)?;
    assert_true(&stage, false, 0)?;
    ended(guard)
}

/// What the documentation of the door shows of quotas, as one script; its made-up id and numbers are those of the stage.
fn script(user: &str, month: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(root().join("docs/behaviour/http.md"))?;
    let (_, of_quotas) = text.split_once("\n## Quotas").context("the part about quotas")?;
    let (_, block) = of_quotas.split_once("```sh\n").context("its examples")?;
    let (block, _) = block.split_once("```").context("their end")?;
    let lines = block.lines().filter(|line| !line.starts_with("tidegated "));
    let script = lines.collect::<Vec<_>>().join("\n");
    ensure!(script.matches("curl ").count() >= 5, "too few examples: {script}");
    Ok(script
        .replace("60000001", user)
        .replace("\"after\": 3", "\"after\": 1")
        .replace("2026-03", month))
}

#[test]
fn another_system_reads_and_tops_up_as_the_documentation_shows() -> Done {
    need("curl", "curl")?;
    let stage = armed()?;
    let home = &stage.home;
    let token = home.done(&["tokens", "create", "billing", "--scopes", "read,write"])?;
    let mut guard = home.guard_with(&["--listen", "127.0.0.1:0"])?;
    let listening = guard.event("listening", |_| true)?;
    let base = text(&listening, "/http").trim_end_matches("/api/v1").to_owned();
    let bill = home.done(&["quota", "bill", "--json"])?.json()?;
    let shown = home.done(&["quota", "show", "bob", "--json"])?.json()?;
    let user = text(&shown, "/quota/user");
    let played = Command::new("sh")
        .args(["-e", "-c", &script(user, text(&bill, "/month"))?])
        .env("BASE", base)
        .env("TOKEN", token.out.trim())
        .output()?;
    let said = String::from_utf8_lossy(&played.stdout);
    ensure!(played.status.success(), "{played:?}");
    ensure!(
        said.contains("order 4711"),
        "the ledger tells the new entry: {said}"
    );
    ended(guard)
}

/// Past its quota with the guard not running: the action begins with the first readings.
fn used_up() -> anyhow::Result<Stage> {
    let stage = armed()?;
    charge(&stage.cloud, "team-a", "102")?;
    Ok(stage)
}

/// Where the guard is killed.
#[derive(Clone, Copy, Debug)]
enum At {
    /// When it tells this of an action.
    Event(&'static str),
    /// While the cloud, which has done it, keeps its answer to this.
    Answer(&'static str),
}

impl At {
    /// Makes the cloud keep its answer, where that is the moment.
    fn prepare(self, cloud: &Cloud) -> Done {
        match self {
            Self::Event(_) => Ok(()),
            Self::Answer(operation) => cloud.lie(&json!({ "lie": "slow", "ms": 60_000, "on": operation })),
        }
    }

    /// Kills the guard there, in an action that is not of those `before`.
    fn kill(self, stage: &Stage, mut guard: Guard, before: &Before) -> Done {
        match self {
            Self::Event(kind) => {
                guard.event(kind, |event| {
                    !before.actions.iter().any(|id| id == text(event, "/intent"))
                })?;
            }
            Self::Answer(operation) => {
                while asked(&stage.cloud, operation)? == before.asked {
                    guard.later("reading")?;
                }
            }
        }
        guard.kill()?;
        stage.cloud.heal()
    }
}

/// What there was before the action in hand.
#[derive(Default)]
struct Before {
    actions: Vec<String>,
    /// How often the cloud was asked for what it is to keep its answer to.
    asked: usize,
}

impl Before {
    fn of(stage: &Stage, at: At) -> anyhow::Result<Self> {
        let id = |action: &Value| text(action, "/id").to_owned();
        Ok(Self {
            actions: rows(&stage.home, "actions")?.iter().map(id).collect(),
            asked: match at {
                At::Event(_) => 0,
                At::Answer(operation) => asked(&stage.cloud, operation)?,
            },
        })
    }
}

/// All of them at once: most of a story is the wait before a piece is asked for again.
fn each(points: &[At], story: fn(At) -> Done) -> Done {
    std::thread::scope(|scope| {
        let running: Vec<_> = points
            .iter()
            .map(|&point| (point, scope.spawn(move || story(point))))
            .collect();
        running.into_iter().try_for_each(|(point, story)| {
            let ended = story.join().map_err(|_| anyhow::anyhow!("it fell over"));
            ended
                .and_then(|ended| ended)
                .with_context(|| format!("killed at {point:?}"))
        })
    })
}

#[test]
fn killed_anywhere_in_a_disable_bob_ends_up_closed_and_nobody_else() -> Done {
    const POINTS: [At; 6] = [
        At::Event("planned"),
        At::Event("sent"),
        At::Answer("iam.AttachUserPolicy"),
        At::Answer("iam.UpdateAccessKey"),
        At::Answer("iam.UpdateLoginProfile"),
        At::Event("accepted"),
    ];
    each(&POINTS, |at| {
        let stage = used_up()?;
        at.prepare(&stage.cloud)?;
        at.kill(&stage, stage.home.guard()?, &Before::default())?;
        let mut guard = stage.home.guard()?;
        until_over(&stage.home, &mut guard, 1)?;
        assert_true(&stage, true, 1)?;
        ended(guard)
    })
}

#[test]
fn killed_anywhere_in_a_restore_bob_ends_up_as_he_was_and_nobody_else() -> Done {
    const POINTS: [At; 6] = [
        At::Event("sent"),
        At::Answer("iam.UpdateLoginProfile"),
        At::Answer("iam.UpdateAccessKey"),
        At::Answer("iam.DetachUserPolicy"),
        At::Event("accepted"),
        At::Event("verified"),
    ];
    each(&POINTS, |at| {
        let stage = used_up()?;
        let mut guard = stage.home.guard()?;
        until_over(&stage.home, &mut guard, 1)?;
        stage.home.done(&["quota", "allocate", "bob", "100 CNY"])?;
        at.prepare(&stage.cloud)?;
        let before = Before::of(&stage, at)?;
        let mut asking = restoring(&stage.home)?;
        at.kill(&stage, guard, &before)?;
        asking.wait()?;
        let mut guard = stage.home.guard()?;
        until_over(&stage.home, &mut guard, 2)?;
        assert_true(&stage, false, 1)?;
        ended(guard)
    })
}

/// The person who asked: it ends with the guard it asked.
fn restoring(home: &Home) -> anyhow::Result<Child> {
    let mut command = home.command()?;
    command.args(["quota", "restore", "bob"]);
    Ok(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

/// Somebody switched one of his keys on and off again: how it stands now is theirs, whatever we once closed.
#[test]
fn a_key_that_somebody_else_switched_is_left_as_they_left_it() -> Done {
    let stage = used_up()?;
    let mut guard = stage.home.guard()?;
    until_over(&stage.home, &mut guard, 1)?;
    let open = stage.open[0].as_array().context("ways to spend")?;
    let theirs = open.iter().find_map(|path| path.get("key")).context("a key")?;
    for active in [true, false] {
        let deed = json!({ "deed": "set_key", "user": "bob", "key": theirs, "active": active });
        stage.cloud.tell("volcengine/main", &deed)?;
    }
    stage.home.done(&["quota", "allocate", "bob", "100 CNY"])?;
    stage.home.done(&["quota", "restore", "bob"])?;
    until_over(&stage.home, &mut guard, 2)?;
    let rest: Vec<&Value> = open
        .iter()
        .filter(|path| path.get("key") != Some(theirs))
        .collect();
    let now = paths(&stage.cloud, "bob")?;
    ensure!(now == json!(rest), "bob can spend by {now}, not by {rest:?}");
    ended(guard)
}

/// The second copy says why it ends, and every piece is closed by one request.
#[test]
fn of_two_copies_on_one_home_only_the_holder_closes_anything() -> Done {
    let stage = used_up()?;
    let mut guard = stage.home.guard()?;
    guard.event("planned", |_| true)?;
    let second = stage.home.run(&["run", "--json"])?;
    ensure!(second.code == 4, "it refuses: {second:?}");
    until_over(&stage.home, &mut guard, 1)?;
    for (operation, times) in [
        ("iam.AttachUserPolicy", 1),
        ("iam.UpdateAccessKey", 2),
        ("iam.UpdateLoginProfile", 1),
    ] {
        let asked = asked(&stage.cloud, operation)?;
        ensure!(asked == times, "{operation} was asked for {asked} times");
    }
    assert_true(&stage, true, 0)?;
    ended(guard)
}
