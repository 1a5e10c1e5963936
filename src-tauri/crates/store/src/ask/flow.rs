//! What a reader may ask about proxy traffic.

use jiff::civil::Date;
use tidegate_meter::{AccountId, DeviceId, RowId, Span};

use crate::query::{flow, flow_rows};
use crate::{
    Counted, DeviceRow, FlowFilter, FlowPage, FlowPoint, FlowSpanFilter, FlowSum, InviteRow, LeakRow,
    QuarantineRow, ReportRow, SampleRow, Store, StoreError,
};

impl Store {
    /// The sums of some days, at most `limits::PAGE_ROWS` of them; the others in one. [`StoreError::Conflict`] when a
    /// sum is more than 64 bits hold, here and with [`Self::flow_line`] and [`Self::flow_sums`].
    pub async fn flows(&self, filter: FlowFilter) -> Result<FlowPage, StoreError> {
        self.read(move |conn| flow::flows(conn, &filter)).await
    }

    /// A line in steps of so many minutes from the minute of the span's start, oldest first; a step in which nothing went
    /// is left out. Made coarser where there would be more than `limits::FLOW_POINTS` steps.
    pub async fn flow_line(
        &self,
        filter: FlowSpanFilter,
        step_minutes: u32,
    ) -> Result<Vec<FlowPoint>, StoreError> {
        self.read(move |conn| flow::line(conn, &filter, step_minutes))
            .await
    }

    /// The sums of a span by device, node, group, feed and kind, the most bytes first.
    pub async fn flow_sums(&self, filter: FlowSpanFilter) -> Result<Vec<FlowSum>, StoreError> {
        self.read(move |conn| flow::sums(conn, &filter)).await
    }

    /// When the kernels of one device or of all were watched, cut to `span`, by device and time.
    pub async fn watched(
        &self,
        device: Option<DeviceId>,
        span: Span,
    ) -> Result<Vec<(DeviceId, Span)>, StoreError> {
        self.read(move |conn| flow_rows::watched(conn, device.as_ref(), span))
            .await
    }

    /// What an epoch of a device has counted already, asked about one number.
    pub async fn counted(
        &self,
        device: &DeviceId,
        epoch: RowId,
        sequence: u64,
    ) -> Result<Counted, StoreError> {
        let device = device.clone();
        self.read(move |conn| flow_rows::counted(conn, (&device, epoch, sequence)))
            .await
    }

    /// Every device, also those that were ended, by id.
    pub async fn devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        self.read(flow_rows::devices).await
    }

    /// One device.
    pub async fn device(&self, device: &DeviceId) -> Result<Option<DeviceRow>, StoreError> {
        let device = device.clone();
        self.read(move |conn| flow_rows::device(conn, &device)).await
    }

    /// The device whose agent has that token; `None` when it has none, or the device was ended.
    pub async fn device_of(&self, token: RowId) -> Result<Option<DeviceRow>, StoreError> {
        self.read(move |conn| flow_rows::device_of(conn, token)).await
    }

    /// The invitations, also those that were used or ran out, newest first.
    pub async fn invites(&self) -> Result<Vec<InviteRow>, StoreError> {
        self.read(flow_rows::invites).await
    }

    /// Where the count of a kernel that is watched from here stood when it was stored last.
    pub async fn baseline(&self, device: &DeviceId) -> Result<Option<serde_json::Value>, StoreError> {
        let device = device.clone();
        self.read(move |conn| flow_rows::baseline(conn, &device)).await
    }

    /// How many batches of a device are kept aside.
    pub async fn quarantined(&self, device: &DeviceId) -> Result<usize, StoreError> {
        let device = device.clone();
        self.read(move |conn| flow_rows::quarantined(conn, &device)).await
    }

    /// The batches of a device that are kept aside, newest first.
    pub async fn quarantine(
        &self,
        device: &DeviceId,
        limit: usize,
    ) -> Result<Vec<QuarantineRow>, StoreError> {
        let device = device.clone();
        self.read(move |conn| flow_rows::quarantine(conn, &device, limit))
            .await
    }

    /// The samples of a subscription in a span, oldest first.
    pub async fn samples(&self, account: &AccountId, span: Span) -> Result<Vec<SampleRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| flow_rows::samples(conn, &account, span))
            .await
    }

    /// The newest sample of a subscription.
    pub async fn last_sample(&self, account: &AccountId) -> Result<Option<SampleRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| flow_rows::last_sample(conn, &account))
            .await
    }

    /// The leak checks of a subscription, newest first.
    pub async fn leaks(&self, account: &AccountId, limit: usize) -> Result<Vec<LeakRow>, StoreError> {
        let account = account.clone();
        self.read(move |conn| flow_rows::leaks(conn, &account, limit))
            .await
    }

    /// The report of a kind and a day.
    pub async fn report(&self, kind: &str, day: Date) -> Result<Option<ReportRow>, StoreError> {
        let kind = kind.to_owned();
        self.read(move |conn| flow_rows::report(conn, &kind, day)).await
    }

    /// The reports of every kind, newest first.
    pub async fn reports(&self, limit: usize) -> Result<Vec<ReportRow>, StoreError> {
        self.read(move |conn| flow_rows::reports(conn, limit)).await
    }
}
