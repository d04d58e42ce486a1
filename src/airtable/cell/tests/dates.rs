use super::*;

#[test]
fn dates_follow_the_order_of_the_field() {
    let us = field("date", json!({"dateFormat": {"name": "us"}}));
    check(
        &us,
        &[
            (json!("2024-03-05"), Strict, json!("2024-03-05")),
            (
                json!("2024-03-05T23:59:00-11:00"),
                Strict,
                json!("2024-03-05"),
            ),
            (json!("4/5/2024"), Typecast, json!("2024-04-05")),
            (json!("25/12/99"), Typecast, json!("1999-12-25")),
            (json!("March 5th, 2024"), Typecast, json!("2024-03-05")),
            (
                json!("Tuesday, 5 Sept. 2024 at 3pm"),
                Typecast,
                json!("2024-09-05"),
            ),
            (json!("tomorrow"), Typecast, json!("2024-03-06")),
            (json!("5 May"), Typecast, json!("2024-05-05")),
            (json!("soon"), Typecast, Value::Null),
            (json!("2/30/2024"), Typecast, Value::Null),
        ],
    );
    refuses(
        &us,
        &[json!("4/5/2024")],
        "Cannot parse date value \"4/5/2024\" for field F",
    );
    refuses(
        &us,
        &[json!("2023-02-29")],
        "Cannot parse date value \"2023-02-29\" for field F",
    );
    check(
        &field("date", json!({"dateFormat": {"name": "european"}})),
        &[
            (json!("4/5/2024"), Typecast, json!("2024-05-04")),
            (json!("2024/3/5"), Typecast, json!("2024-03-05")),
        ],
    );
}

#[test]
fn times_without_offset_are_read_in_the_zone_of_the_field() {
    let berlin = field(
        "dateTime",
        json!({"timeZone": "Europe/Berlin", "dateFormat": {"name": "us"}}),
    );
    check(
        &berlin,
        &[
            (
                json!("2024-03-05T07:08:09.123456Z"),
                Strict,
                json!("2024-03-05T07:08:09.123Z"),
            ),
            (
                json!("2024-03-05T07:08+0200"),
                Strict,
                json!("2024-03-05T05:08:00.000Z"),
            ),
            (
                json!("2024-07-05 07:08"),
                Strict,
                json!("2024-07-05T05:08:00.000Z"),
            ),
            (
                json!("2024-03-05"),
                Strict,
                json!("2024-03-04T23:00:00.000Z"),
            ),
            (json!(NOW), Strict, json!("2024-03-05T07:08:09.000Z")),
            (
                json!("3/5/2024 3:30 pm"),
                Typecast,
                json!("2024-03-05T14:30:00.000Z"),
            ),
            (
                json!("3/5/2024 12am"),
                Typecast,
                json!("2024-03-04T23:00:00.000Z"),
            ),
            (
                json!("Mar 5, 2024 15:30:10.5 UTC"),
                Typecast,
                json!("2024-03-05T15:30:10.500Z"),
            ),
            (json!("25:00"), Typecast, Value::Null),
        ],
    );
    assert!(shown(&berlin, json!(1e300), Strict).is_err());
    assert!(shown(&berlin, json!("9999-12-31T23:59:59-01:00"), Strict).is_err());
}
