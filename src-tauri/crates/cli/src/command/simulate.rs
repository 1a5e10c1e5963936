//! `sim run`: seeded worlds over the real guard. What broke is played again, made small, told in words and kept.

use std::num::NonZeroUsize;

use serde_json::{Value, json};
use tidegate_api::words::Lang;
use tidegate_lab::bugbase::Bug;
use tidegate_lab::limits::{LINES_KEPT, PLAYED_TWICE, SHRINK_TRIES};
use tidegate_lab::many::{Outcome, Summary, judged, many, parting, smallest};
use tidegate_lab::plan::{Mode, Plan, Shape};
use tidegate_lab::run::Figures;
use tidegate_lab::story::tell;

use super::configure::read;
use crate::args::{ModeArg, ShapeArg, SimRunArgs};
use crate::context::Context;
use crate::exit::{Ended, Exit, Failure};
use crate::out;

/// Runs on a thread of its own: it keeps the processor busy, and its runtimes are not this one.
pub(super) async fn simulate(context: &Context, args: SimRunArgs) -> Ended {
    let shape = shape(&args);
    let plan = given(&args, &shape)?;
    let asked = Asked {
        lang: context.lang,
        json: context.json,
        shape,
        args,
    };
    let timer = std::sync::Arc::clone(&context.timer);
    let begun = timer.now().mono;
    let played = tokio::task::spawn_blocking(move || match plan {
        Some(plan) => asked.one(&plan),
        None => asked.seeds(|| timer.now().mono.since(begun).as_millis()),
    });
    played
        .await
        .map_err(|error| Failure::Outside(error.to_string()))?
}

/// The plan of one seed or of a file; `None`: many seeds.
fn given(args: &SimRunArgs, shape: &Shape) -> Result<Option<Plan>, Failure> {
    if let Some(file) = &args.plan {
        let text = read(file)?;
        let plan = match serde_json::from_str::<Bug>(&text) {
            Ok(bug) => bug.plan.sound(),
            Err(_) => Plan::parse(&text),
        };
        let named = |error| Failure::Usage(format!("{}: {error}", file.display()));
        return plan.map(Some).map_err(named);
    }
    let one = args.seed.or((args.seeds == 1).then_some(args.from));
    Ok(one.map(|seed| Plan::draw(seed, shape)))
}

fn shape(args: &SimRunArgs) -> Shape {
    let shape = match args.shape {
        ShapeArg::Small => Shape::small(),
        ShapeArg::Standard => Shape::standard(),
        ShapeArg::Large => Shape::large(),
    };
    let mode = match args.mode {
        ModeArg::Safety => Some(Mode::Safety),
        ModeArg::Liveness => Some(Mode::Liveness),
        ModeArg::Both => None,
    };
    shape.days(args.days).mode(mode)
}

/// What was asked for, and how the answer is told.
struct Asked {
    lang: Lang,
    json: bool,
    shape: Shape,
    args: SimRunArgs,
}

impl Asked {
    const fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        out::pick(self.lang, zh, en)
    }

    /// One plan: twice when its seed asks for it, told when it broke something or the story is asked for.
    fn one(&self, plan: &Plan) -> Ended {
        let run = judged(plan, LINES_KEPT);
        let again = plan
            .seed
            .is_multiple_of(PLAYED_TWICE)
            .then(|| judged(plan, LINES_KEPT));
        let parted = again.and_then(|again| parting(&run.lines, &again.lines));
        let kept = run.breaches.is_empty();
        let small = if kept { None } else { self.broken(plan)? };
        let story = (self.args.story && kept).then(|| tell(plan, &run.lines, &run.breaches, self.lang));
        let story = small.as_ref().map(|small| small.0.clone()).or(story);
        if self.json {
            out::json(&json!({
                "seed": plan.seed, "kept": kept && parted.is_none(), "trace": hex(&run.trace), "breaches": run.breaches,
                "figures": run.figures, "parted": parted, "story": story, "plan": small.map(|(_, plan, _)| plan),
            }));
        } else {
            if let Some(story) = &story {
                out::line(story);
            }
            if let Some((at, first, second)) = &parted {
                let unlike = self.say("两次运行不同，行", "two runs are not alike, line");
                out::line(&format!("{unlike} {at}:\n  {first}\n  {second}"));
            }
            if kept && parted.is_none() {
                out::line(&self.counted(&run.figures));
                out::line(self.say("每条承诺都守住了。", "Every promise was kept."));
            }
        }
        Ok(if kept && parted.is_none() {
            Exit::Done
        } else {
            Exit::No
        })
    }

    /// Story, smallest plan and what it breaks, kept when a folder is named.
    fn broken(&self, plan: &Plan) -> Result<Option<(String, Plan, String)>, Failure> {
        let making = self.say("正在缩小…", "making it small …");
        out::to_person(making);
        let Some(small) = smallest(plan, SHRINK_TRIES) else {
            return Ok(None);
        };
        let mut run = judged(&small.plan, LINES_KEPT);
        run.breaches.retain(|breach| breach.invariant == small.invariant);
        let story = tell(&small.plan, &run.lines, &run.breaches, self.lang);
        if let Some(folder) = &self.args.keep {
            let english = tell(&small.plan, &run.lines, &run.breaches, Lang::En);
            let bug = Bug {
                invariant: small.invariant,
                found: String::new(),
                seed: plan.seed,
                why: String::new(),
                fixed_by: String::new(),
                plan: small.plan.clone(),
                story: english.lines().map(str::to_owned).collect(),
            };
            let path = bug.keep(folder, &format!("seed {}", plan.seed));
            let path = path.map_err(|error| Failure::Outside(error.to_string()))?;
            out::to_person(&format!("{}", path.display()));
        }
        Ok(Some((story, small.plan, format!("{:?}", small.invariant))))
    }

    fn seeds(&self, elapsed_ms: impl Fn() -> u128) -> Ended {
        let SimRunArgs { from, seeds, .. } = self.args;
        let machine = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let jobs = self.args.jobs.unwrap_or(machine);
        let play = |plan: &Plan| judged(plan, 0);
        let all = from..from.saturating_add(seeds);
        let summary = many(all, &self.shape, jobs, play, |outcome| self.heard(outcome));
        let speed = u128::from(summary.figures.seconds).saturating_mul(1000) / elapsed_ms().max(1);
        if self.json {
            let mut told = json!(summary);
            if let Value::Object(members) = &mut told {
                members.insert("kept".to_owned(), json!(summary.is_kept()));
                members.insert(
                    "times_real".to_owned(),
                    json!(u64::try_from(speed).unwrap_or(u64::MAX)),
                );
            }
            out::json(&told);
        } else {
            self.summed(&summary, speed);
        }
        if let Some(first) = summary.broken.first() {
            let plan = Plan::draw(first.seed, &self.shape);
            if let Some((story, ..)) = self.broken(&plan)?
                && !self.json
            {
                out::line(&story);
            }
        }
        Ok(if summary.is_kept() { Exit::Done } else { Exit::No })
    }

    /// A seed that broke something is told at once: many take long.
    fn heard(&self, outcome: &Outcome) {
        let seed = outcome.seed;
        if outcome.is_alike == Some(false) {
            let unlike = self.say("两次运行不同", "two runs are not alike");
            out::to_person(&format!("{seed}  {unlike}"));
        }
        for breach in &outcome.breaches {
            out::to_person(&format!(
                "{seed}  {:?}  {}  {}",
                breach.invariant, breach.about, breach.said
            ));
        }
    }

    fn summed(&self, summary: &Summary, speed: u128) {
        out::line(&self.counted(&summary.figures));
        for line in self.actions(&summary.figures) {
            out::line(&line);
        }
        let (seeds, twice, broken) = (summary.seeds, summary.twice, summary.broken.len());
        out::line(&match self.lang {
            Lang::Zh => format!(
                "{seeds} 个种子，{twice} 个跑了两遍，{broken} 个打破承诺，{} 个前后不一；真实时间的 {speed} 倍",
                summary.unlike.len()
            ),
            Lang::En => format!(
                "{seeds} seeds, {twice} of them twice, {broken} broke a promise, {} were not alike; {speed} × real time",
                summary.unlike.len()
            ),
        });
    }

    /// What was decided and told, and what came of it: worlds in which nothing is stopped show little.
    fn actions(&self, figures: &Figures) -> Vec<String> {
        let count = |name: &str| figures.counts.get(name).copied().unwrap_or(0);
        let kinds = [
            ("stop", self.say("停机", "stops")),
            ("start", self.say("恢复开机", "starts")),
            ("disable", self.say("停用子账号", "disables")),
            ("restore", self.say("恢复子账号", "restores")),
        ];
        let states = [
            ("planned", self.say("计划", "planned")),
            ("verified", self.say("核实", "verified")),
            ("cancelled", self.say("取消", "called off")),
            ("abandoned", self.say("放弃", "given up")),
            ("failed", self.say("次失败", "failures")),
            ("unknown", self.say("次不明", "unknown")),
        ];
        let mut lines: Vec<String> = kinds
            .iter()
            .map(|(kind, name)| {
                let told = states
                    .iter()
                    .map(|(state, word)| format!("{} {word}", count(&format!("{kind}.{state}"))));
                let told: Vec<String> = told.collect();
                format!("{name}: {}", told.join(", "))
            })
            .collect();
        lines.push(format!(
            "{} {}, {} {}, {} {}",
            count("event.step"),
            self.say("次越过台阶", "steps told"),
            count("event.blind"),
            self.say("次失明", "times blind"),
            count("killed"),
            self.say("次被杀", "kills"),
        ));
        lines
    }

    /// A run in numbers, in one line.
    fn counted(&self, figures: &Figures) -> String {
        let Figures {
            seconds,
            lives,
            commits,
            requests,
            cards,
            ..
        } = figures;
        let hours = seconds / 3600;
        match self.lang {
            Lang::Zh => {
                format!("{hours} 虚拟小时，{lives} 条命，{requests} 个请求，{commits} 次提交，{cards} 条消息")
            }
            Lang::En => format!(
                "{hours} virtual hours, {lives} lives, {requests} requests, {commits} commits, {cards} messages"
            ),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
