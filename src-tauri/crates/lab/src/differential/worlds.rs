//! The worlds: fifty seeded months of traffic, each with a package that runs dry or lasts. A world is told in shares of
//! its link, so that the same one is played at every speed.

use fastrand::Rng;

use super::traffic::Traffic;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// The cycle that is played.
pub(crate) const CYCLE: i64 = 30 * DAY;
/// The end of the cycle before, in which the guard already watches.
pub(crate) const WARM_UP: i64 = 3 * DAY;
/// The guard is armed a day after the cycle began.
pub(crate) const ARMED_AT: i64 = DAY;
/// How many worlds there are.
pub const WORLDS: u64 = 50;

/// How traffic goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Curve {
    /// Always the same.
    Steady,
    /// Peaks in a fifth to two fifths of the time.
    Bursts,
    /// Peaks of an hour or less, once in half a day to two days, up to the speed of the link.
    RarePeaks,
    /// Busy by day, quiet by night.
    Night,
    /// Twice as much each week, or ten times as much within one day.
    Growth,
    /// Quiet, until somebody sends at the speed of the link and does not stop.
    Attack,
    /// Idle for days, then busy; with a top-up and hours without an answer.
    Mixed,
}

const CURVES: [Curve; 7] = [
    Curve::Steady,
    Curve::Bursts,
    Curve::RarePeaks,
    Curve::Night,
    Curve::Growth,
    Curve::Attack,
    Curve::Mixed,
];
/// Of what the month truly sends, the package holds so many percent: half of the worlds run dry.
const WHOLES: [i64; 6] = [50, 105, 80, 130, 95, 200];

/// A world: its traffic, its package, what happens.
#[derive(Clone, Debug)]
pub struct World {
    /// Draws it again.
    pub seed: u64,
    /// How its traffic goes.
    pub curve: Curve,
    /// The package, in percent of what the cycle truly sends.
    pub whole_percent: i64,
    /// Added at an instant of the cycle, in percent of the package.
    pub(crate) top_up: Option<(i64, i64)>,
    /// Nobody answers from, until.
    pub(crate) silent: Vec<(i64, i64)>,
    parts: Vec<(i64, i64)>,
}

/// The fifty worlds, the same every time.
#[must_use]
pub fn worlds() -> Vec<World> {
    (0..WORLDS).map(World::draw).collect()
}

impl World {
    /// Draws a world.
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let at = usize::try_from(seed).unwrap_or_default();
        let curve = CURVES.get(at % CURVES.len()).copied().unwrap_or(Curve::Steady);
        let whole = WHOLES.get((at / CURVES.len() + at) % WHOLES.len());
        let mixed = curve == Curve::Mixed;
        let parts = parts(curve, &mut rng);
        Self {
            seed,
            curve,
            whole_percent: whole.copied().unwrap_or(100),
            top_up: (mixed && rng.bool()).then(|| (rng.i64(5 * DAY..25 * DAY), rng.i64(5..=40))),
            silent: silences(&mut rng, if mixed { 12 } else { 2 }),
            parts,
        }
    }

    /// What its server sends over a link of `mbit`.
    pub(crate) fn traffic(&self, mbit: u32) -> Traffic {
        Traffic::new(-WARM_UP, mbit, &self.parts)
    }
}

/// So many times nobody answers, for ten minutes to three hours.
fn silences(rng: &mut Rng, count: u32) -> Vec<(i64, i64)> {
    let silence = |rng: &mut Rng| {
        let from = rng.i64(0..CYCLE);
        (from, from + rng.i64(600..3 * HOUR))
    };
    (0..count).map(|_| silence(rng)).collect()
}

/// `(seconds, permille of the link)` from the warm-up to the end of the cycle.
fn parts(curve: Curve, rng: &mut Rng) -> Vec<(i64, i64)> {
    let mean = rng.i64(20..=400);
    match curve {
        Curve::Steady => vec![(CYCLE, rng.i64(20..=600))],
        Curve::Bursts => peaks(rng, mean / 3 + 5, (2, 6), (20, 40)),
        Curve::RarePeaks => peaks(rng, mean / 5 + 5, (12, 48), (1, 5)),
        Curve::Night => night(rng, mean),
        Curve::Growth => growth(rng, mean),
        Curve::Attack => attack(rng, mean / 5 + 5),
        Curve::Mixed => mixed(rng, mean),
    }
}

fn lasts(parts: &[(i64, i64)]) -> i64 {
    parts.iter().map(|(seconds, _)| seconds).sum()
}

/// `base`, and peaks every so many hours, each for a share of them in percent, up to the whole link.
fn peaks(rng: &mut Rng, base: i64, hours: (i64, i64), percent: (i64, i64)) -> Vec<(i64, i64)> {
    let peak = rng.i64((base * 2).min(900)..=1000);
    let mut parts = Vec::new();
    while lasts(&parts) < CYCLE + WARM_UP {
        let every = rng.i64(hours.0 * HOUR..=hours.1 * HOUR);
        let lasting = every * rng.i64(percent.0..=percent.1) / 100;
        parts.push((every - lasting, base));
        parts.push((lasting, peak - rng.i64(0..=peak / 5)));
    }
    parts
}

/// Hour by hour: little at night, most in the evening, never twice the same.
fn night(rng: &mut Rng, mean: i64) -> Vec<(i64, i64)> {
    let shift = rng.i64(0..24);
    let hour = |at: i64, rng: &mut Rng| {
        let weight = match (at + shift).rem_euclid(24) {
            0..7 => 1,
            7..12 => 8,
            12..18 => 10,
            18..23 => 18,
            _ => 6,
        };
        (HOUR, (mean * weight * rng.i64(70..=130) / 1000).min(1000))
    };
    (0..(CYCLE + WARM_UP) / HOUR).map(|at| hour(at, rng)).collect()
}

/// Twice as much each week; or ten times as much within a day, and it stays.
fn growth(rng: &mut Rng, mean: i64) -> Vec<(i64, i64)> {
    let hours = (CYCLE + WARM_UP) / HOUR;
    if rng.bool() {
        // A sixteenth of the end's pace at first: four weeks double four times. By the hour: 2^(1/168) = 1 + 1/243.
        let mut pace = (mean * 2).max(64) * 1_000_000 / 20;
        return (0..hours)
            .map(|_| {
                pace += pace / 243;
                (HOUR, (pace / 1_000_000).clamp(1, 1000))
            })
            .collect();
    }
    let (base, from) = ((mean / 4).clamp(4, 100), rng.i64(6 * 24..24 * 24));
    let grown = |at: i64| (at - from).clamp(0, 24) * 9 * base / 24 + base;
    (0..hours).map(|at| (HOUR, grown(at).min(1000))).collect()
}

/// Low, then the whole link until somebody stops it; every other one is announced by an attack of some hours.
fn attack(rng: &mut Rng, base: i64) -> Vec<(i64, i64)> {
    let mut parts = Vec::new();
    if rng.bool() {
        parts.push((WARM_UP + rng.i64(2 * DAY..6 * DAY), base));
        parts.push((rng.i64(HOUR..6 * HOUR), 1000));
    }
    let from = WARM_UP + rng.i64(8 * DAY..27 * DAY);
    parts.push((from - lasts(&parts), base));
    parts.push((CYCLE, 1000));
    parts
}

/// Days of nothing, then days of work, with a busy hour here and there.
fn mixed(rng: &mut Rng, mean: i64) -> Vec<(i64, i64)> {
    let mut parts = Vec::new();
    while lasts(&parts) < CYCLE + WARM_UP {
        parts.push((rng.i64(HOUR..2 * DAY), rng.i64(0..=3)));
        for _ in 0..rng.i64(4..30) {
            let busy = if rng.u8(0..10) == 0 { 3 } else { 1 };
            parts.push((rng.i64(HOUR / 2..4 * HOUR), (mean * busy).min(1000)));
        }
    }
    parts
}
