//! Projects of the account, as the cloud lists them. A bill may name others: they are kept there as they are.

use serde_json::Value;

use super::client::Call;
use super::hosts::Service;
use super::list::List;
use super::{Volcengine, limits};
use crate::ProviderError;
use crate::json::text;
use crate::refusal::shape;
use crate::sub_accounts::{Project, ProjectInfo};

impl Volcengine {
    /// Every project.
    pub(super) async fn ask_projects(&self) -> Result<Vec<ProjectInfo>, ProviderError> {
        let found = self.listed(List {
            call: Call::get(Service::Projects, "ListProjects"),
            rows: "Projects",
            page: limits::PROJECT_ROWS,
        });
        let listed = |row: &Value| {
            let name = text(row, "ProjectName").ok_or_else(|| shape("iam: a project has no name"))?;
            Ok(ProjectInfo {
                name: Project(name.to_owned()),
                title: text(row, "DisplayName").unwrap_or_default().to_owned(),
                active: text(row, "Status") == Some("active"),
            })
        };
        found.await?.iter().map(listed).collect()
    }
}
