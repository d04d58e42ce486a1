/// What a model is told about this server.
pub(super) const INSTRUCTIONS: &str = "Works on Airtable-like bases hosted here. Begin with list_bases, then describe_base or \
get_field_info before writing. Tables go by id or name. To find a text use search_records; to join, count or sum use query (SQL). Every answer is bounded: when \
`next_cursor` is there, call again with it as `cursor`. Failures are objects with code, message and next (what to do).";
