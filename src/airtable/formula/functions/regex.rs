use super::super::doubtful;
use super::super::pattern::{Pattern, Replacement, replaced};
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::Args;

/// What is done with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Use {
    Match,
    Extract,
    Replace,
}

/// The arguments are those of the function without the pattern.
pub(in super::super) fn apply<'a>(
    how: Use,
    pattern: &Pattern,
    mut args: Args<'a>,
    run: &Run,
) -> Outcome<'a> {
    let text = args.text(0)?;
    run.charge_search(text.len(), pattern)?;
    match how {
        Use::Match => Ok(pattern.regex.is_match(&text).into()),
        Use::Extract => {
            let group = doubtful::EXTRACTED_GROUP;
            let found = if group == 0 {
                pattern.regex.find(&text)
            } else {
                let captures = pattern.regex.captures(&text);
                captures.and_then(|captures| captures.get(group))
            };
            let found = found.ok_or(Fault::NoMatch)?;
            Ok(found.as_str().to_owned().into())
        }
        Use::Replace => {
            let replacement = args.text(1)?;
            let groups = pattern.regex.captures_len();
            let replacement = Replacement::new(&replacement, groups);
            let out = replaced(pattern, text, &replacement, run)?;
            run.charge(out.len())?;
            Ok(Value::Text(out))
        }
    }
}
