use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::ids::{ApiKeyId, SessionId, TenantId, UserId, WorkspaceId};

/// What a member may do in a workspace and in all its bases.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads records and schemas.
    Viewer,
    /// Also writes records.
    Editor,
    /// Also changes schemas, bases and members.
    Admin,
    /// Also renames and hands over the workspace.
    Owner,
}

impl Role {
    /// The lower-case name used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Airtable's `permissionLevel` of the same strength.
    pub fn permission_level(self) -> &'static str {
        match self {
            Self::Viewer => "read",
            Self::Editor => "edit",
            Self::Admin | Self::Owner => "create",
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "viewer" => Ok(Self::Viewer),
            "editor" => Ok(Self::Editor),
            "admin" => Ok(Self::Admin),
            "owner" => Ok(Self::Owner),
            other => Err(format!(
                "unknown role {other:?}; use owner, admin, editor or viewer"
            )),
        }
    }
}

/// What a person may do in the tenant as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TenantRole {
    /// Only what workspace memberships give.
    Member,
    /// Admin of every workspace.
    Admin,
    /// Owner of every workspace.
    Owner,
}

impl TenantRole {
    /// The lower-case name used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role that it gives in every workspace.
    pub fn everywhere(self) -> Option<Role> {
        match self {
            Self::Owner => Some(Role::Owner),
            Self::Admin => Some(Role::Admin),
            Self::Member => None,
        }
    }
}

/// A right that an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read records.
    RecordsRead,
    /// Create, change and delete records.
    RecordsWrite,
    /// Read the comments on records.
    CommentsRead,
    /// Write comments, and change and delete one's own.
    CommentsWrite,
    /// Read bases, tables, fields and views.
    SchemaRead,
    /// Create and change bases, tables, fields and views.
    SchemaWrite,
    /// Create, read and delete webhooks.
    WebhooksManage,
    /// Connect accounts at Airtable, and choose which of their bases are offered.
    ConnectionsManage,
    /// Undo over what others changed since.
    ChangesForce,
    /// Define sagas, and decide about those that need a person.
    SagasManage,
    /// Read the members of a workspace.
    MembersRead,
    /// Add, change and remove members, rename the workspace.
    MembersManage,
}

impl Permission {
    /// The weakest role that has this right.
    pub fn needs_role(self) -> Role {
        match self {
            Self::RecordsRead | Self::CommentsRead | Self::SchemaRead | Self::MembersRead => {
                Role::Viewer
            }
            Self::RecordsWrite | Self::CommentsWrite => Role::Editor,
            Self::SchemaWrite
            | Self::WebhooksManage
            | Self::ConnectionsManage
            | Self::ChangesForce
            | Self::SagasManage
            | Self::MembersManage => Role::Admin,
        }
    }

    /// The API key scope that has this right; `None` where no key may do it.
    pub fn needs_scope(self) -> Option<Scope> {
        match self {
            Self::RecordsRead => Some(Scope::RecordsRead),
            Self::RecordsWrite | Self::ChangesForce | Self::SagasManage => {
                Some(Scope::RecordsWrite)
            }
            Self::CommentsRead => Some(Scope::CommentsRead),
            Self::CommentsWrite => Some(Scope::CommentsWrite),
            Self::SchemaRead => Some(Scope::SchemaRead),
            Self::SchemaWrite => Some(Scope::SchemaWrite),
            Self::WebhooksManage => Some(Scope::WebhookManage),
            Self::ConnectionsManage | Self::MembersRead | Self::MembersManage => None,
        }
    }
}

/// A scope of an API key, named as Airtable names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// List and get records.
    #[serde(rename = "data.records:read")]
    RecordsRead,
    /// Create, update and delete records.
    #[serde(rename = "data.records:write")]
    RecordsWrite,
    /// List bases and read their schemas.
    #[serde(rename = "schema.bases:read")]
    SchemaRead,
    /// Create bases, tables and fields and change them.
    #[serde(rename = "schema.bases:write")]
    SchemaWrite,
    /// See the e-mail address in whoami.
    #[serde(rename = "user.email:read")]
    EmailRead,
    /// List comments.
    #[serde(rename = "data.recordComments:read")]
    CommentsRead,
    /// Create, change and delete comments.
    #[serde(rename = "data.recordComments:write")]
    CommentsWrite,
    /// Create webhooks, list their payloads and delete them.
    #[serde(rename = "webhook:manage")]
    WebhookManage,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 8] = [
        Self::RecordsRead,
        Self::RecordsWrite,
        Self::SchemaRead,
        Self::SchemaWrite,
        Self::EmailRead,
        Self::CommentsRead,
        Self::CommentsWrite,
        Self::WebhookManage,
    ];

    /// Airtable's name of the scope.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordsRead => "data.records:read",
            Self::RecordsWrite => "data.records:write",
            Self::SchemaRead => "schema.bases:read",
            Self::SchemaWrite => "schema.bases:write",
            Self::EmailRead => "user.email:read",
            Self::CommentsRead => "data.recordComments:read",
            Self::CommentsWrite => "data.recordComments:write",
            Self::WebhookManage => "webhook:manage",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        known.ok_or_else(|| format!("unknown scope {text:?}"))
    }
}

/// The scopes of one credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// Every scope.
    pub const ALL: Self = Self(0b1111_1111);

    /// Whether the scope is in the set.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// The scopes in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(
            scopes
                .into_iter()
                .fold(0, |bits, scope| bits | (1 << scope as u8)),
        )
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Scope::as_str).collect();
        formatter.write_str(&names.join(","))
    }
}

/// How the actor proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A signed-in person.
    Session(SessionId),
    /// A key, as scripts and MCP clients use it.
    ApiKey(ApiKeyId),
    /// Somebody at the machine's own command line.
    Local,
}

impl Credential {
    /// A name of exactly this credential, such as `key1a2b…`.
    pub fn principal(self) -> String {
        match self {
            Self::Session(id) => id.to_string(),
            Self::ApiKey(id) => id.to_string(),
            Self::Local => "local".to_owned(),
        }
    }
}

/// Who acts: one person of one tenant through one credential, with the rights that both have.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The only tenant this actor can reach.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
    /// The person's display name.
    pub name: Arc<str>,
    /// The person's e-mail address.
    pub email: Arc<str>,
    /// What proved it.
    pub credential: Credential,
    /// What the credential allows; a session allows everything the person may do.
    pub scopes: ScopeSet,
    /// Whether what it writes through the Airtable-compatible API is kept as change sets.
    pub records_changes: bool,
    /// The person's part in the tenant.
    pub tenant_role: TenantRole,
    /// The person's active workspace memberships.
    pub workspaces: Arc<[(WorkspaceId, Role)]>,
}

/// Why an actor may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The actor may not know that the thing exists.
    Hidden,
    /// The actor's role is too weak.
    Role(Role),
    /// The credential lacks this scope.
    Scope(Scope),
    /// Only a signed-in person may do this.
    SessionOnly,
}

impl Actor {
    /// The role in a workspace of the actor's own tenant; `None` when the actor is no member.
    pub fn role_in(&self, workspace: WorkspaceId) -> Option<Role> {
        let member = self
            .workspaces
            .iter()
            .find(|(id, _)| *id == workspace)
            .map(|(_, role)| *role);
        member.max(self.tenant_role.everywhere())
    }

    /// The role in the workspace if it and the credential have the right asked for.
    pub fn require(&self, workspace: WorkspaceId, permission: Permission) -> Result<Role, Denied> {
        let role = self.role_in(workspace).ok_or(Denied::Hidden)?;
        self.require_scope(permission)?;
        if role < permission.needs_role() {
            return Err(Denied::Role(permission.needs_role()));
        }
        Ok(role)
    }

    /// Whether the credential (not the role) has the right asked for.
    pub fn require_scope(&self, permission: Permission) -> Result<(), Denied> {
        match (self.credential, permission.needs_scope()) {
            (Credential::ApiKey(_), None) => Err(Denied::SessionOnly),
            (Credential::ApiKey(_), Some(scope)) if !self.scopes.contains(scope) => {
                Err(Denied::Scope(scope))
            }
            _ => Ok(()),
        }
    }
}
