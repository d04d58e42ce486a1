use serde_json::{Value, json};

use crate::contracts::{
    Comment, CommentPage, CommentedRecord, CreateComment, ListComments, Permission,
};
use crate::mcp::kit::{
    Answer, Args, BASE, BUDGET, CURSOR, Fault, Job, TABLE, Tool, input, json_answer, output,
    property,
};

const RECORD: (&str, &str) = ("record_id", "Id of the record (rec…)");
const USUAL: usize = 20;
const MOST: usize = 100;
/// Room kept for the members around the list.
const FRAME: usize = 1024;

fn string() -> Value {
    json!({"type": "string"})
}

/// `list_comments`
pub(super) fn list_comments() -> Tool {
    let limit = ("limit", "Comments in this answer at most (default 20)");
    Tool::reading(
        "list_comments",
        "List comments",
        "Lists the comments on a record, newest first: author, text, time, whom it mentions as @[usr…], and which comment it answers.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(RECORD, string()),
                    property(limit, json!({"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL})),
                    property(CURSOR, string()),
                ],
                &["base_id", "table_id", "record_id"],
            ),
            output(
                json!({
                    "comments": {"type": "array", "items": {"type": "object"}},
                    "comment_count": {"type": "integer"},
                    "next_cursor": {"type": "string"},
                    "notice": {"type": "string"},
                }),
                &["comments", "comment_count"],
            ),
        ),
        |job, args| Box::pin(run_list(job, args)),
    )
    .needs(&[Permission::CommentsRead])
}

async fn run_list(job: Job<'_>, mut args: Args) -> Answer {
    let place = Place::of(&mut args)?;
    let limit = args.count("limit", MOST)?.unwrap_or(USUAL);
    let cursor = args.optional_text("cursor")?;
    let page = fetch(job, &place, limit, cursor.clone()).await?;
    let kept = fitting(&page.comments);
    if kept == page.comments.len() {
        return json_answer(&described(&page));
    }
    // A page that ends where the answer is full has the engine's own cursor for what comes next.
    let shorter = fetch(job, &place, kept.max(1), cursor).await?;
    let mut answer = described(&shorter);
    answer["notice"] = format!(
        "The answer is full: {} of {} comments are here; call again with cursor for the rest",
        shorter.comments.len(),
        page.comments.len(),
    )
    .into();
    json_answer(&answer)
}

async fn fetch(
    job: Job<'_>,
    place: &Place,
    size: usize,
    offset: Option<String>,
) -> Result<CommentPage, Fault> {
    let list = ListComments {
        page_size: Some(size),
        offset,
    };
    let comments = job.comments()?;
    Ok(comments
        .list_comments(job.actor, place.record(), list)
        .await?)
}

fn fitting(comments: &[Comment]) -> usize {
    let mut used = FRAME;
    let fits = comments.iter().take_while(|comment| {
        used += json!(comment).to_string().len() + 1;
        used <= BUDGET
    });
    fits.count()
}

fn described(page: &CommentPage) -> Value {
    let mut answer = json!({"comments": page.comments, "comment_count": page.comments.len()});
    if let Some(offset) = &page.offset {
        answer["next_cursor"] = json!(offset);
    }
    answer
}

/// `create_comment`
pub(super) fn create_comment() -> Tool {
    let text = (
        "text",
        "What it says; mention people as @[usr…] or @[somebody@example.org]",
    );
    let parent = (
        "parent_comment_id",
        "The comment (com…) of the same record that it answers",
    );
    Tool::reading(
        "create_comment",
        "Comment on a record",
        "Writes a comment on a record in the name of the caller and answers it; an undo does not take it back.",
        (
            input(
                [
                    property(BASE, string()),
                    property(TABLE, string()),
                    property(RECORD, string()),
                    property(text, json!({"type": "string", "minLength": 1})),
                    property(parent, string()),
                ],
                &["base_id", "table_id", "record_id", "text"],
            ),
            output(
                json!({
                    "id": {"type": "string"},
                    "author": {"type": "object"},
                    "text": {"type": "string"},
                    "createdTime": {"type": "string"},
                    "lastUpdatedTime": {"type": ["string", "null"]},
                    "mentioned": {"type": "object"},
                    "parentCommentId": {"type": "string"},
                    "reactions": {"type": "array", "items": {"type": "object"}},
                }),
                &["id", "author", "text", "createdTime"],
            ),
        ),
        |job, args| Box::pin(run_create(job, args)),
    )
    .adds()
    .one_record()
    .needs(&[Permission::CommentsWrite])
}

async fn run_create(job: Job<'_>, mut args: Args) -> Answer {
    let place = Place::of(&mut args)?;
    let request = CreateComment {
        text: args.text("text")?,
        parent_comment_id: args.optional_text("parent_comment_id")?,
    };
    let comments = job.comments()?;
    let made = comments
        .create_comment(job.by(), place.record(), request)
        .await?;
    json_answer(&json!(made))
}

/// The record that the arguments name.
struct Place {
    base: String,
    table: String,
    record: String,
}

impl Place {
    fn of(args: &mut Args) -> Result<Self, Fault> {
        Ok(Self {
            base: args.text("base_id")?,
            table: args.text("table_id")?,
            record: args.text("record_id")?,
        })
    }

    fn record(&self) -> CommentedRecord<'_> {
        CommentedRecord {
            base: &self.base,
            table: &self.table,
            record: &self.record,
        }
    }
}
