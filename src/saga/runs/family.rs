use std::collections::{BTreeMap, HashMap};

use super::service::{RunError, read, require};
use crate::contracts::{Actor, Permission};
use crate::platform::db::TenantTx;
use crate::saga::Saga;
use crate::saga::definition::{Definition, Inner, Kind};
use crate::saga::store;

/// How many sagas may be around one.
pub(super) const DEEPEST: usize = 8;
/// Definitions that one may lead to.
const LARGEST: usize = 100;

/// A saga inside as the outer one names it.
type Named = (String, Option<i64>);

fn named(inner: &Inner) -> Named {
    (inner.definition.clone(), inner.version)
}

/// Everything that a definition leads to.
type Family = HashMap<Named, (i64, Definition)>;

impl Saga {
    /// Looks at all that a definition leads to, and answers the versions that it leaves open.
    pub(super) async fn family(
        &self,
        tx: &TenantTx,
        actor: &Actor,
        (name, definition): (&str, &Definition),
    ) -> Result<BTreeMap<String, i64>, RunError> {
        if definition.inner().next().is_none() {
            return Ok(BTreeMap::new());
        }
        let family = self.load_family(tx, actor, definition).await?;
        let mut heights = HashMap::new();
        let height = height((name, definition), &family, &mut vec![], &mut heights)?;
        if height > DEEPEST {
            let problem = format!("leads to {height} sagas inside one another; {DEEPEST} may");
            return Err(RunError::field("steps", problem));
        }
        let open = family
            .into_iter()
            .filter(|((_, version), _)| version.is_none());
        Ok(open
            .map(|((name, _), (version, _))| (name, version))
            .collect())
    }

    async fn load_family(
        &self,
        tx: &TenantTx,
        actor: &Actor,
        definition: &Definition,
    ) -> Result<Family, RunError> {
        let mut family = Family::new();
        let mut ahead: Vec<(String, Named)> = places(definition);
        while let Some((place, (name, version))) = ahead.pop() {
            if family.contains_key(&(name.clone(), version)) {
                continue;
            }
            let row = store::find_definition(tx, &name, version).await?;
            let is_visible = |row: &store::DefinitionRow| {
                require(actor, row.workspace, Permission::RecordsRead).is_ok()
            };
            let Some(row) = row.filter(is_visible) else {
                let problem = format!("there is no saga {name:?} of this version");
                return Err(RunError::field(&place, problem));
            };
            let inner = read(&row)?;
            if inner
                .steps
                .iter()
                .any(|step| matches!(step.kind, Kind::P | Kind::R))
            {
                let problem = format!("{name} has a P or an R, so that it could not be taken back");
                return Err(RunError::field(&place, problem));
            }
            if family.len() >= LARGEST {
                return Err(RunError::field(&place, "leads to more than 100 sagas"));
            }
            ahead.extend(places(&inner));
            family.insert((name, version), (row.version, inner));
        }
        Ok(family)
    }
}

fn places(definition: &Definition) -> Vec<(String, Named)> {
    let inner = definition.inner();
    inner
        .map(|(step, inner)| (format!("steps.{}.action.saga", step.id), named(inner)))
        .collect()
}

/// How many sagas lie inside one another below this one; a circle is refused, whatever the versions.
fn height<'f>(
    (name, definition): (&'f str, &'f Definition),
    family: &'f Family,
    around: &mut Vec<&'f str>,
    known: &mut HashMap<Named, usize>,
) -> Result<usize, RunError> {
    around.push(name);
    let mut highest = 0;
    for (step, inner) in definition.inner() {
        if around.contains(&inner.definition.as_str()) {
            let circle = around.join(" > ");
            let problem = format!("{circle} > {}: this would never end", inner.definition);
            let place = format!("steps.{}.action.saga", step.id);
            return Err(RunError::field(&place, problem));
        }
        let key = named(inner);
        let below = match (known.get(&key), family.get(&key)) {
            (Some(below), _) => *below,
            (None, Some((_, found))) => {
                let below = height((&inner.definition, found), family, around, known)?;
                known.insert(key, below);
                below
            }
            (None, None) => 0,
        };
        highest = highest.max(below + 1);
    }
    around.pop();
    Ok(highest)
}
