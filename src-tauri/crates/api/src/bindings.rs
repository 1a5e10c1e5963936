//! TypeScript types of everything that crosses. Owns the one text that is checked in at `ui/src/bindings/api.ts`;
//! a test compares it, and `cargo run -p tidegate-api --example bindings -- --write` renews it.

use ts_rs::{Config, TS};

use crate::{config, request, response};

mod changes;
mod items;

/// The whole text of the bindings.
#[must_use]
pub fn text() -> String {
    let config = Config::default();
    let mut out = String::from(
        "// Made from the Rust types of `tidegate-api`; renew with:\n//   cargo run -p tidegate-api --example bindings -- --write\n",
    );
    let declarations = [
        asked(&config),
        seen(&config),
        set_up(&config),
        quotas(&config),
        flows(&config),
    ];
    for declaration in declarations.into_iter().flatten() {
        out.push_str("\nexport ");
        out.push_str(&declaration);
        out.push('\n');
    }
    out.push_str(items::TEXT);
    out.push_str(changes::TEXT);
    out
}

/// What is asked and answered while guarding.
fn asked(config: &Config) -> Vec<String> {
    vec![
        crate::Request::decl(config),
        crate::Response::decl(config),
        crate::ApiError::decl(config),
        crate::ErrorCode::decl(config),
        config::Plan::decl(config),
        config::PlanItem::decl(config),
        config::ItemKind::decl(config),
        config::Change::decl(config),
        response::VersionView::decl(config),
        response::StatusView::decl(config),
        response::ConfigFileView::decl(config),
        response::ConfigFileState::decl(config),
        response::AccountView::decl(config),
        response::MetersView::decl(config),
        response::MeterView::decl(config),
        response::WindowView::decl(config),
        response::LastGood::decl(config),
        response::MeterGuardView::decl(config),
        response::WhyView::decl(config),
        response::TargetView::decl(config),
        response::GuardView::decl(config),
        response::GuardMeterView::decl(config),
        response::ArmedView::decl(config),
        response::ActionView::decl(config),
        response::ActionEventView::decl(config),
        response::AlertView::decl(config),
        response::ChannelView::decl(config),
        response::TestedView::decl(config),
        response::DeliveryView::decl(config),
        response::PointView::decl(config),
        response::ReplayView::decl(config),
        response::AuditView::decl(config),
        response::LapseView::decl(config),
        response::MeterState::decl(config),
        response::AsOfSource::decl(config),
        response::ForecastView::decl(config),
        response::StepView::decl(config),
        response::LimitView::decl(config),
        response::VaultView::decl(config),
        response::FootingView::decl(config),
    ]
}

/// What is drawn, and what is seen at a glance.
fn seen(config: &Config) -> Vec<String> {
    vec![
        response::ChartView::decl(config),
        response::ChartPoints::decl(config),
        response::GapView::decl(config),
        response::SpanView::decl(config),
        response::StepLineView::decl(config),
        response::LimitLineView::decl(config),
        response::BandView::decl(config),
        response::MarkerKind::decl(config),
        response::MarkerView::decl(config),
        response::TrendView::decl(config),
        response::TrendPointView::decl(config),
        response::FiguresView::decl(config),
        response::SampleView::decl(config),
        response::StatisticsView::decl(config),
        response::CountView::decl(config),
        response::DeliveriesView::decl(config),
        response::ActionsView::decl(config),
        response::ChecksView::decl(config),
        response::ExportPage::decl(config),
        response::ColumnView::decl(config),
        response::ColumnKind::decl(config),
        request::HistoryAsked::decl(config),
        request::ChartAsked::decl(config),
        request::WhatIfAsked::decl(config),
        request::Exported::decl(config),
        request::Every::decl(config),
        request::TrendAsked::decl(config),
        request::StatisticsAsked::decl(config),
        request::ExportAsked::decl(config),
        response::WhatIfView::decl(config),
        response::WarnedView::decl(config),
        response::ActedView::decl(config),
        response::SaidView::decl(config),
        response::TrayState::decl(config),
        response::TrayView::decl(config),
        response::TrayLineView::decl(config),
        response::TrayActionView::decl(config),
        response::OverviewView::decl(config),
        response::TodayView::decl(config),
        response::StoppedView::decl(config),
    ]
}

/// What is asked and answered while setting up.
fn set_up(config: &Config) -> Vec<String> {
    vec![
        request::Items::decl(config),
        request::ItemRef::decl(config),
        request::SettingsChange::decl(config),
        request::RenewalPreview::decl(config),
        request::RenewalMark::decl(config),
        request::RenewalClear::decl(config),
        request::FindingsAsked::decl(config),
        response::ItemsView::decl(config),
        response::DraftView::decl(config),
        response::FindingView::decl(config),
        response::ContractView::decl(config),
        response::TriedView::decl(config),
        response::MailboxView::decl(config),
        response::MailFindingView::decl(config),
        response::TriedMailboxView::decl(config),
        response::MailRulesView::decl(config),
        response::CatalogueView::decl(config),
        response::ProviderEntry::decl(config),
        response::FieldEntry::decl(config),
        response::FieldForm::decl(config),
        response::ChoiceEntry::decl(config),
        response::PolicyEntry::decl(config),
        response::ChannelKindEntry::decl(config),
        response::TemplateEntry::decl(config),
        response::DefaultsView::decl(config),
        response::SettingsView::decl(config),
        response::TokenView::decl(config),
        response::MadeToken::decl(config),
        crate::door::Scope::decl(config),
        response::LanguageChoice::decl(config),
        response::ThemeChoice::decl(config),
        response::QuietHoursView::decl(config),
        response::GuardDefaults::decl(config),
        response::BackupView::decl(config),
        response::RestoredView::decl(config),
        response::DemoView::decl(config),
        response::RenewalsView::decl(config),
        response::RenewalView::decl(config),
        response::RenewalTotal::decl(config),
        response::DuesView::decl(config),
        response::RenewedView::decl(config),
    ]
}

/// What is asked and answered about quotas.
fn quotas(config: &Config) -> Vec<String> {
    vec![
        request::AccountAsked::decl(config),
        request::QuotasAsked::decl(config),
        request::QuotaAsked::decl(config),
        request::LedgerAsked::decl(config),
        request::BillAsked::decl(config),
        request::Allocate::decl(config),
        request::CountFrom::decl(config),
        request::LinkProject::decl(config),
        request::UnlinkProject::decl(config),
        request::ToggleProjects::decl(config),
        request::WithoutQuota::decl(config),
        request::QuotaRules::decl(config),
        request::CreateSubAccount::decl(config),
        request::ChangePolicy::decl(config),
        request::SubAccountRef::decl(config),
        response::QuotasView::decl(config),
        response::QuotaAccountView::decl(config),
        response::QuotaView::decl(config),
        response::QuotaRulesView::decl(config),
        response::QuotaDetailView::decl(config),
        response::QuotaProjectView::decl(config),
        response::AccessKeyView::decl(config),
        response::AttachedPolicyView::decl(config),
        response::ClosedDeedView::decl(config),
        response::PieceView::decl(config),
        response::LedgerView::decl(config),
        response::AllocationView::decl(config),
        response::AllocatedView::decl(config),
        response::BillView::decl(config),
        response::BillRowView::decl(config),
        response::BillProjectView::decl(config),
        response::CloudProjectView::decl(config),
        response::CloudPolicyView::decl(config),
        response::MadeSubAccount::decl(config),
    ]
}

/// What is asked and answered about proxy traffic.
fn flows(config: &Config) -> Vec<String> {
    vec![
        request::FlowsAsked::decl(config),
        request::FlowBy::decl(config),
        request::FlowLineAsked::decl(config),
        request::InviteAgent::decl(config),
        request::DeviceAsked::decl(config),
        request::ReportSpan::decl(config),
        request::ImportFlows::decl(config),
        request::ImportSamples::decl(config),
        request::EarlierSample::decl(config),
        request::ReportAsked::decl(config),
        request::ReportSettings::decl(config),
        response::BytesView::decl(config),
        response::FlowKindsView::decl(config),
        response::FlowsView::decl(config),
        response::FlowRowView::decl(config),
        response::FlowRestView::decl(config),
        response::CoverageView::decl(config),
        response::FlowLineView::decl(config),
        response::FlowPointView::decl(config),
        response::LiveView::decl(config),
        response::DeviceState::decl(config),
        response::LiveDeviceView::decl(config),
        response::LiveNodeView::decl(config),
        response::ConnectionView::decl(config),
        response::DevicesView::decl(config),
        response::DeviceView::decl(config),
        response::InviteView::decl(config),
        response::InvitedView::decl(config),
        response::SubscriptionsView::decl(config),
        response::SubscriptionView::decl(config),
        response::ResetView::decl(config),
        response::DaysLeftView::decl(config),
        response::LeakView::decl(config),
        response::NodeView::decl(config),
        response::ReportView::decl(config),
        response::ReportSentView::decl(config),
    ]
}
