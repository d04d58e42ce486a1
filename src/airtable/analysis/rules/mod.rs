//! What is worth a look, by category; a rule is a pure function over what is known of a base.

mod data_quality;
mod field_types;
mod indexing;
mod naming;
mod normalization;
mod performance;
mod relationships;
mod structure;

use super::facts::Facts;
use crate::contracts::Finding;

/// Looks for one kind of defect.
type Rule = fn(&Facts) -> Vec<Finding>;

const ALL: [&[Rule]; 8] = [
    structure::RULES,
    normalization::RULES,
    field_types::RULES,
    relationships::RULES,
    performance::RULES,
    data_quality::RULES,
    naming::RULES,
    indexing::RULES,
];

/// Everything that the rules find, the gravest first.
pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let rules = ALL.iter().copied().flatten();
    let mut found: Vec<Finding> = rules.flat_map(|rule| rule(facts)).collect();
    // Stable, so that findings of a kind stay in the order of the tables.
    found.sort_by_key(|finding| finding.severity);
    found
}
