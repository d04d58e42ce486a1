use super::types::Cell;

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Empty, Self::Empty) | (Self::Checked, Self::Checked) => true,
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::Number(one), Self::Number(two)) => one == two,
            (Self::Date(one), Self::Date(two)) => one == two,
            (Self::Time(one), Self::Time(two)) => one == two,
            (Self::Choice(one), Self::Choice(two)) => one == two,
            (Self::Choices(one), Self::Choices(two)) => one == two,
            (Self::Links(one), Self::Links(two)) => one == two,
            (Self::Person(one), Self::Person(two)) => one == two,
            (Self::People(one), Self::People(two)) => one == two,
            (Self::Attachments(one), Self::Attachments(two)) => one == two,
            (Self::Barcode(one), Self::Barcode(two)) => one == two,
            (Self::Raw(one), Self::Raw(two)) => one.get() == two.get(),
            _ => false,
        }
    }
}
