use super::plan::{Choice, FaultPlan, Kind, Rule, When};
use crate::platform::secrets::sha256;

/// A plan at work: how often each of its rules matched and struck.
pub(super) struct Dice {
    plan: FaultPlan,
    counts: Vec<Count>,
}

/// How a rule has fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Count {
    /// Requests of its methods and path.
    pub(super) matched: u64,
    /// Those that it struck.
    pub(super) struck: u64,
}

/// What happens to one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fate {
    /// Milliseconds to wait before the effect.
    pub(super) before: u64,
    /// Milliseconds to wait after it.
    pub(super) after: u64,
    /// What else goes wrong.
    pub(super) harm: Option<Kind>,
}

impl Dice {
    pub(super) fn new(plan: FaultPlan) -> Self {
        let counts = vec![Count::default(); plan.faults.len()];
        Self { plan, counts }
    }

    pub(super) fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    pub(super) fn counts(&self) -> &[Count] {
        &self.counts
    }

    /// The fate of the next request; the same for the same seed and the same order of requests.
    pub(super) fn throw(&mut self, method: &str, path: &str) -> Fate {
        let mut fate = Fate::default();
        let FaultPlan { seed, faults, .. } = &self.plan;
        for (at, (rule, count)) in faults.iter().zip(&mut self.counts).enumerate() {
            if !rule.covers(method, path) {
                continue;
            }
            count.matched += 1;
            let chance = Chance::new(*seed, at, count.matched);
            let may_strike = rule.times.is_none_or(|times| count.struck < times);
            if !may_strike || !rule.choice.strikes(count.matched, &chance) {
                continue;
            }
            match &rule.kind {
                Kind::Latency { ms, when } => {
                    count.struck += 1;
                    let wait = chance.between(*ms);
                    match when {
                        When::Before => fate.before += wait,
                        When::After => fate.after += wait,
                    }
                }
                kind if fate.harm.is_none() => {
                    count.struck += 1;
                    fate.harm = Some(kind.clone());
                }
                _ => {}
            }
        }
        fate
    }
}

impl Rule {
    fn covers(&self, method: &str, path: &str) -> bool {
        let is_method = self.methods.is_empty() || self.methods.iter().any(|it| it == method);
        is_method && is_like(path, &self.path)
    }
}

impl Choice {
    fn strikes(&self, number: u64, chance: &Chance) -> bool {
        match self {
            Self::Probability(probability) => chance.fraction() < *probability,
            Self::Nth(numbers) => numbers.contains(&number),
            Self::Every(every) => number.is_multiple_of(*every),
        }
    }
}

/// Numbers that follow from the seed, the rule and how often the rule has matched, and from nothing else.
struct Chance([u8; 32]);

impl Chance {
    fn new(seed: u64, rule: usize, matched: u64) -> Self {
        Self(sha256(format!("{seed}/{rule}/{matched}").as_bytes()))
    }

    fn word(&self, at: usize) -> u64 {
        let bytes = &self.0[at * 8..(at + 1) * 8];
        bytes
            .iter()
            .fold(0, |word, byte| (word << 8) | u64::from(*byte))
    }

    /// From 0 up to but not including 1.
    fn fraction(&self) -> f64 {
        const BITS: u32 = 53;
        // As many bits as a fraction holds exactly.
        (self.word(0) >> (64 - BITS)) as f64 / (1_u64 << BITS) as f64
    }

    fn between(&self, (least, most): (u64, u64)) -> u64 {
        least + self.word(1) % (most - least + 1)
    }
}

/// Whether a path is of a pattern in which `*` is any text.
fn is_like(path: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = path.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    let mut rest = rest;
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dice(text: &str) -> Dice {
        Dice::new(FaultPlan::from_toml(text).unwrap())
    }

    fn fates(text: &str) -> Vec<Fate> {
        let mut dice = dice(text);
        (0..2000)
            .map(|_| dice.throw("POST", "/v0/app/Tasks"))
            .collect()
    }

    const CHANCES: &str = "[[faults]]\nkind = \"reset\"\nprobability = 0.1\n\
                           [[faults]]\nkind = \"latency\"\nms = [5, 9]\nprobability = 0.5\n";

    #[test]
    fn a_seed_decides_all_fates_and_another_decides_others() {
        let first = fates(&format!("seed = 1\n{CHANCES}"));
        assert_eq!(first, fates(&format!("seed = 1\n{CHANCES}")));
        assert_ne!(first, fates(&format!("seed = 2\n{CHANCES}")));
    }

    #[test]
    fn chances_come_out_as_often_as_they_say() {
        let fates = fates(CHANCES);
        let resets = fates.iter().filter(|fate| fate.harm.is_some()).count();
        assert!((140..=260).contains(&resets), "{resets}");
        let mut waits: Vec<u64> = fates.iter().map(|fate| fate.before).collect();
        waits.sort_unstable();
        waits.dedup();
        assert_eq!(waits, [0, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn certainty_and_impossibility_are_just_that() {
        for (probability, wanted) in [(0, 0), (1, 2000)] {
            let text = format!("[[faults]]\nkind = \"reset\"\nprobability = {probability}\n");
            let struck = fates(&text)
                .iter()
                .filter(|fate| fate.harm.is_some())
                .count();
            assert_eq!(struck, wanted);
        }
    }

    #[test]
    fn numbers_count_the_matching_requests_alone() {
        let text = "[[faults]]\nkind = \"reset\"\nmethods = [\"POST\"]\npath = \"/v0/*/Tasks\"\nnth = [2, 4]\n\
                    [[faults]]\nkind = \"status\"\nstatus = 500\nevery = 2\ntimes = 2\n";
        let mut dice = dice(text);
        let mut harm = |method: &str, path: &str| dice.throw(method, path).harm;
        let reset = Some(Kind::Reset { when: When::Before });
        let status = Some(Kind::Status {
            status: 500,
            when: When::Before,
        });
        assert_eq!(harm("POST", "/v0/a/Tasks"), None);
        assert_eq!(harm("GET", "/v0/a/Tasks"), status);
        assert_eq!(harm("POST", "/v0/a/People"), None);
        assert_eq!(harm("POST", "/v0/b/Tasks"), reset);
        assert_eq!(harm("GET", "/"), None);
        assert_eq!(harm("GET", "/"), status);
        assert_eq!(harm("GET", "/"), None);
        assert_eq!(harm("GET", "/"), None, "it strikes twice at most");
        let struck: Vec<u64> = dice.counts().iter().map(|count| count.struck).collect();
        assert_eq!(struck, [1, 2]);
        assert_eq!(dice.counts()[0].matched, 2);
    }

    #[test]
    fn a_star_is_any_text() {
        for (path, pattern, is_one) in [
            ("/v0/app1/Tasks", "*", true),
            ("/v0/app1/Tasks", "/v0/*/Tasks", true),
            ("/v0/app1/Tasks/rec1", "/v0/*/Tasks", false),
            ("/v0/app1/Tasks/rec1", "/v0/*/Tasks/*", true),
            ("/v0/app1/Tasks", "/v0/app1/Tasks", true),
            ("/v0/app1/Tasks2", "/v0/app1/Tasks", false),
            ("/v0/meta/bases", "*/meta/*", true),
            ("/v0/aa", "/v0/a*a*a", false),
        ] {
            assert_eq!(is_like(path, pattern), is_one, "{path} {pattern}");
        }
    }
}
