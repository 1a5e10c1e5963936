//! Huawei Cloud.
