use super::Size;
use super::random::Random;

/// Airtable's own limit.
const MOST_FIELDS: usize = 500;

/// How a base's numbers are spread over its tables.
pub(super) struct Plan {
    /// Plain fields of each table, without the primary one.
    pub(super) plain: Vec<usize>,
    /// Computed fields of each table.
    pub(super) computed: Vec<usize>,
    /// Records of each table.
    pub(super) records: Vec<usize>,
    /// Pairs of tables whose link fields are each other's inverse.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Tables with a link to themselves that has no inverse.
    pub(super) loops: Vec<usize>,
}

impl Plan {
    /// The plan of a size; a sentence where there can be none.
    pub(super) fn of(size: Size, random: &mut Random) -> Result<Self, String> {
        let Size {
            tables,
            fields,
            links,
            computed,
            records,
            ..
        } = size;
        if tables == 0 {
            return Err("a base has at least one table".to_owned());
        }
        let least = tables + links + computed;
        let plain = fields.checked_sub(least).ok_or_else(|| {
            format!("{tables} tables with {links} links and {computed} computed fields need at least {least} fields")
        })?;
        if fields > tables * MOST_FIELDS / 2 {
            return Err(format!(
                "{tables} tables hold at most {} fields",
                tables * MOST_FIELDS / 2
            ));
        }
        let (pairs, loops) = links_of(tables, links, random);
        Ok(Self {
            plain: even_shares(plain, tables, random),
            computed: (0..tables)
                .map(|table| computed / tables + usize::from(table < computed % tables))
                .collect(),
            records: uneven_shares(records, tables, random),
            pairs,
            loops,
        })
    }
}

/// A link between two tables counts twice; an odd one, or any in a lone table, links to its own table.
fn links_of(tables: usize, links: usize, random: &mut Random) -> (Vec<(usize, usize)>, Vec<usize>) {
    if tables == 1 {
        return (Vec::new(), vec![0; links]);
    }
    let pairs = (0..links / 2).map(|index| {
        let from = index % tables;
        let step = 1 + random.below(tables - 1);
        (from, (from + step) % tables)
    });
    let pairs = pairs.collect();
    let loops = (0..links % 2).map(|_| random.below(tables)).collect();
    (pairs, loops)
}

fn even_shares(total: usize, parts: usize, random: &mut Random) -> Vec<usize> {
    let mut shares = vec![total / parts; parts];
    for _ in 0..total % parts {
        shares[random.below(parts)] += 1;
    }
    for _ in 0..parts {
        let (from, to) = (random.below(parts), random.below(parts));
        let moved = random.below(shares[from] / 2 + 1);
        shares[from] -= moved;
        shares[to] += moved;
    }
    shares
}

/// A few tables hold most records, as in real bases.
fn uneven_shares(total: usize, parts: usize, random: &mut Random) -> Vec<usize> {
    let weights: Vec<usize> = (0..parts)
        .map(|rank| 1_000_000 / (rank + 1) + random.below(50_000))
        .collect();
    let sum: usize = weights.iter().sum();
    let mut shares: Vec<usize> = weights.iter().map(|weight| total * weight / sum).collect();
    shares[0] += total - shares.iter().sum::<usize>();
    for last in (1..parts).rev() {
        shares.swap(last, random.below(last + 1));
    }
    shares
}
