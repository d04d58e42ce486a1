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
