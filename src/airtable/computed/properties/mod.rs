//! Whatever was edited: what is kept in memory is what a fresh computation gives.

mod bases;
mod edits;
mod model;

use proptest::prelude::*;

use bases::Choose;
use model::Model;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn computing_what_changed_equals_computing_everything(
        definition in prop::collection::vec(any::<u16>(), 0..60),
        edits in prop::collection::vec(any::<u16>(), 0..200),
    ) {
        let mut model = Model::new(bases::tables(&mut Choose::new(&definition)));
        let mut choose = Choose::new(&edits);
        while choose.is_left() {
            let batch = 1 + choose.of(4);
            model.commit(|model| {
                for _ in 0..batch {
                    edits::edit(model, &mut choose);
                }
            });
            prop_assert_eq!(model.kept(), model.fresh());
        }
    }
}

/// Its fields keep what they have, but a lookup outside of it goes on following the links.
#[test]
fn a_lookup_of_links_whose_names_are_in_a_circle_follows_the_links() {
    let mut model = Model::new(bases::named_in_a_circle());
    for batch in [[0, 0], [1, 1]] {
        model.commit(|model| {
            batch
                .into_iter()
                .for_each(|table| edits::create(model, table))
        });
    }
    for linked in [1, 2] {
        model.commit(|model| edits::link_first(model, linked));
        assert_eq!(model.kept(), model.fresh());
    }
}
