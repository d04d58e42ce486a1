use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::reader;

/// What a stand-in does to the requests that reach it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FaultPlan {
    /// Decides everything that is left to chance.
    pub(super) seed: u64,
    /// How much is let in.
    pub(super) limits: RateLimits,
    /// What goes wrong; of several that strike, waits add up and the first of the others counts.
    pub(super) faults: Vec<Rule>,
}

/// How much is let in before everything is refused for a while.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct RateLimits {
    /// Whether anything is refused at all.
    pub(super) enabled: bool,
    /// Requests in one second to one base.
    pub(super) per_base: u32,
    /// Requests in one second of one token.
    pub(super) per_token: u32,
    /// Seconds that everything is refused after one request too many.
    pub(super) lock_out: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            enabled: true,
            per_base: 5,
            per_token: 50,
            lock_out: 30,
        }
    }
}

/// One fault, and the requests that it strikes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Rule {
    #[serde(flatten)]
    pub(super) kind: Kind,
    /// Methods; all without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) methods: Vec<String>,
    /// The path, where `*` is any text.
    pub(super) path: String,
    #[serde(flatten)]
    pub(super) choice: Choice,
    /// Strikes at most so often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u64>,
}

/// Which of the matching requests are struck.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Choice {
    /// Each with this probability.
    Probability(f64),
    /// The ones of these numbers, from 1.
    Nth(Vec<u64>),
    /// One of so many.
    Every(u64),
}

/// Whether a fault comes before or after the effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum When {
    Before,
    After,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Kind {
    /// Takes a while.
    Latency {
        /// Milliseconds, least and most.
        #[serde(serialize_with = "pair")]
        ms: (u64, u64),
        when: When,
    },
    /// Answers an error.
    Status { status: u16, when: When },
    /// Breaks the connection.
    Reset { when: When },
    /// The answer comes in drips.
    SlowBody { bytes_per_second: u32 },
    /// The answer ends in the middle.
    MalformedJson,
}

fn pair<S: Serializer>((least, most): &(u64, u64), to: S) -> Result<S::Ok, S::Error> {
    [least, most].serialize(to)
}

/// One thing wrong with a fault plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFault {
    /// Where, such as `faults[0].probability`.
    pub place: String,
    /// What.
    pub message: String,
}

/// Everything wrong with a fault plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PlanFaults(pub Vec<PlanFault>);

impl fmt::Display for PlanFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the fault plan has {} fault(s)", self.0.len())?;
        for PlanFault { place, message } in &self.0 {
            write!(formatter, "\n  {place}: {message}")?;
        }
        Ok(())
    }
}

impl FaultPlan {
    /// Reads a plan in TOML; every fault is named.
    pub fn from_toml(text: &str) -> Result<Self, PlanFaults> {
        match toml::from_str::<Value>(text) {
            Ok(value) => Self::from_value(value),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    /// Reads a plan in JSON; every fault is named.
    pub fn from_json(text: &[u8]) -> Result<Self, PlanFaults> {
        match serde_json::from_slice(text) {
            Ok(value) => Self::from_value(value),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    /// The same plan with no limit on requests.
    #[must_use]
    pub fn without_limits(mut self) -> Self {
        self.limits.enabled = false;
        self
    }

    fn from_value(value: Value) -> Result<Self, PlanFaults> {
        reader::read(value).map_err(PlanFaults)
    }
}

fn unreadable(message: String) -> PlanFaults {
    PlanFaults(vec![PlanFault {
        place: "plan".to_owned(),
        message: message.trim_end().to_owned(),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
        seed = 7

        [limits]
        per_base = 3
        lock_out = 60

        [[faults]]
        kind = "latency"
        ms = [10, 200]
        probability = 0.5

        [[faults]]
        kind = "status"
        status = 502
        when = "after"
        methods = ["POST", "PATCH"]
        path = "/v0/*/Tasks"
        nth = [2, 5]

        [[faults]]
        kind = "reset"
        when = "before"
        every = 10
        times = 3

        [[faults]]
        kind = "slow_body"
        bytes_per_second = 100
        nth = 1

        [[faults]]
        kind = "malformed_json"
        probability = 1
    "#;

    #[test]
    fn a_plan_says_the_same_in_toml_and_as_it_is_shown() {
        let plan = FaultPlan::from_toml(FULL).unwrap();
        assert_eq!((plan.seed, plan.faults.len()), (7, 5));
        assert_eq!((plan.limits.per_base, plan.limits.per_token), (3, 50));
        let shown = serde_json::to_vec(&plan).unwrap();
        assert_eq!(FaultPlan::from_json(&shown).unwrap(), plan);
    }

    #[test]
    fn an_empty_plan_has_limits_and_no_fault() {
        let plan = FaultPlan::from_toml("").unwrap();
        assert_eq!(plan, FaultPlan::default());
        assert!(plan.limits.enabled && !plan.without_limits().limits.enabled);
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let text = r#"
            seed = -1
            sead = 1
            limits = { per_base = 0, lockout = 1 }
            [[faults]]
            kind = "explosion"
            probability = 2
            [[faults]]
            kind = "status"
            status = 200
            nth = 0
            [[faults]]
            kind = "latency"
            ms = [200, 10]
            when = "during"
            [[faults]]
            kind = "reset"
            status = 500
            methods = ["FETCH"]
            probability = 0.1
            nth = 2
        "#;
        let faults = FaultPlan::from_toml(text).unwrap_err();
        let places: Vec<&str> = faults.0.iter().map(|fault| fault.place.as_str()).collect();
        let wanted = [
            "seed",
            "limits.per_base",
            "limits.lockout",
            "faults[0].kind",
            "faults[0].probability",
            "faults[1].status",
            "faults[1].nth",
            "faults[2].ms",
            "faults[2].when",
            "faults[2]",
            "faults[3].methods",
            "faults[3]",
            "faults[3].status",
            "sead",
        ];
        assert_eq!(places, wanted, "{faults}");
        assert!(
            faults
                .to_string()
                .starts_with("the fault plan has 14 fault(s)\n  seed: ")
        );
    }

    #[test]
    fn what_is_no_toml_is_said() {
        let faults = FaultPlan::from_toml("seed = ").unwrap_err();
        assert_eq!(faults.0[0].place, "plan");
    }
}
