//! One worked example for each cloud. Each expected signature was given both by the vendor's own client and by a second
//! implementation, for the same fake key and instant.

use tidegate_egress::Method;
use tidegate_providers::sign::{Algorithm, Scope};

use crate::support::{Ask, parameter, value};

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn tencent_signs_type_and_host_and_tells_the_call_in_headers() {
    let mut ask = Ask::usual(Algorithm::Tc3).header("Content-Type", "application/json");
    ask.ak = "AKIDFAKE";
    ask.method = Method::Post;
    ask.url = "https://lighthouse.tencentcloudapi.com/".to_owned();
    ask.body = r#"{"Limit":100}"#.to_owned();
    ask.scope = Scope {
        service: "lighthouse",
        region: "ap-hongkong",
        action: "DescribeInstances",
        version: "2020-03-24",
    };
    let signed = ask.sign();
    assert_eq!(
        value(&signed, "authorization"),
        Some(
            "TC3-HMAC-SHA256 Credential=AKIDFAKE/2023-11-14/lighthouse/tc3_request, \
             SignedHeaders=content-type;host, \
             Signature=372c6c752153cd715473fcc8a59eb07c95cb88d9b1e9a6d2b5577a27bfde96dd"
        )
    );
    assert_eq!(value(&signed, "x-tc-action"), Some("DescribeInstances"));
    assert_eq!(value(&signed, "x-tc-version"), Some("2020-03-24"));
    assert_eq!(value(&signed, "x-tc-region"), Some("ap-hongkong"));
    assert_eq!(value(&signed, "x-tc-timestamp"), Some("1700000000"));
}

#[test]
fn alibaba_rpc_signs_into_the_query() {
    let mut ask = Ask::usual(Algorithm::AcsRpc1);
    ask.ak = "LTAIFAKE";
    ask.url = "https://business.aliyuncs.com/".to_owned();
    ask.scope = Scope {
        action: "QueryAccountBalance",
        version: "2017-12-14",
        ..Scope::default()
    };
    let signed = ask.sign();
    assert_eq!(signed.headers, [], "nothing of it stands in a header");
    assert_eq!(
        signed.url.as_str(),
        "https://business.aliyuncs.com/?AccessKeyId=LTAIFAKE&Action=QueryAccountBalance&Format=JSON\
         &Signature=JAR9ooRWCOs0wSbYwQETlSy8K%2FI%3D&SignatureMethod=HMAC-SHA1\
         &SignatureNonce=11111111-2222-3333-4444-555555555555&SignatureVersion=1.0\
         &Timestamp=2023-11-14T22%3A13%3A20Z&Version=2017-12-14"
    );
    assert_eq!(
        parameter(&signed, "Signature").as_deref(),
        Some("JAR9ooRWCOs0wSbYwQETlSy8K/I=")
    );
}

fn acs3(query: &str, signature: &str) {
    let mut ask = Ask::usual(Algorithm::Acs3);
    ask.ak = "LTAIFAKE";
    ask.method = Method::Post;
    ask.url = format!("https://cdt.aliyuncs.com/{query}");
    ask.scope = Scope {
        action: "ListCdtInternetTraffic",
        version: "2021-08-13",
        ..Scope::default()
    };
    let signed = ask.sign();
    let names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    assert_eq!(
        value(&signed, "authorization").unwrap(),
        format!("ACS3-HMAC-SHA256 Credential=LTAIFAKE,SignedHeaders={names},Signature={signature}")
    );
    assert_eq!(value(&signed, "x-acs-content-sha256"), Some(EMPTY_SHA256));
    assert_eq!(value(&signed, "x-acs-date"), Some("2023-11-14T22:13:20Z"));
}

#[test]
fn alibaba_signs_every_header_of_its_own() {
    acs3(
        "",
        "fe989f8d9da43bdcc72508b41236a901f31ab43ae47318daad773a8189dceb86",
    );
}

#[test]
fn alibaba_signs_the_query_sorted_and_encoded() {
    acs3(
        "?RegionId=cn-hongkong&InstanceIds=[%22i-abc%22,%22i-def%22]",
        "bc3a75ad294aacb92a3f5009288f2b0ac03cd12a37eb5f65348b567be4c4eecd",
    );
}

#[test]
fn volcengine_signs_type_host_hash_and_date() {
    let mut ask = Ask::usual(Algorithm::Volcengine).header("content-type", "application/json");
    ask.ak = "AKLTFAKE";
    ask.url = "https://open.volcengineapi.com/".to_owned();
    ask.scope.action = "QueryBalanceAcct";
    ask.scope.version = "2022-01-01";
    let signed = ask.sign();
    assert_eq!(
        value(&signed, "authorization"),
        Some(
            "HMAC-SHA256 Credential=AKLTFAKE/20231114/cn-north-1/billing/request, \
             SignedHeaders=content-type;host;x-content-sha256;x-date, \
             Signature=0f8203983f95cf72441e383157d0d52434d6675d269eca5b92d99ebb7063d47f"
        )
    );
    assert_eq!(
        signed.url.query(),
        Some("Action=QueryBalanceAcct&Version=2022-01-01")
    );
    ask.scope.action = "";
    ask.scope.version = "";
    ask.url = "https://open.volcengineapi.com/?Version=2022-01-01&Action=QueryBalanceAcct".to_owned();
    assert_eq!(ask.sign(), signed, "the call may stand in the query as well");
}

#[test]
fn huawei_signs_with_the_key_as_it_is() {
    let mut ask = Ask::usual(Algorithm::Huawei).header("content-type", "application/json");
    ask.url = "https://bss.myhuaweicloud.com/v2/accounts/customer-accounts/balances".to_owned();
    let signed = ask.sign();
    assert_eq!(
        value(&signed, "authorization"),
        Some(
            "SDK-HMAC-SHA256 Access=AKFAKE, SignedHeaders=content-type;host;x-sdk-date, \
             Signature=dd6866bee511f8baf4e6072e48044183954972696a64f38fb8450a49e1a50d4e"
        )
    );
    assert_eq!(value(&signed, "x-sdk-date"), Some("20231114T221320Z"));
    assert_eq!(
        signed.url.path(),
        "/v2/accounts/customer-accounts/balances",
        "the slash at the end is signed and not sent"
    );
}

#[test]
fn aws_signs_the_target_with_a_derived_key() {
    let mut ask = Ask::usual(Algorithm::SigV4).header("content-type", "application/x-amz-json-1.1");
    ask.ak = "AKIAFAKE";
    ask.method = Method::Post;
    ask.url = "https://lightsail.us-east-1.amazonaws.com/".to_owned();
    ask.body = "{}".to_owned();
    ask.scope = Scope {
        service: "lightsail",
        region: "us-east-1",
        action: "Lightsail_20161128.GetInstances",
        version: "",
    };
    let signed = ask.sign();
    assert_eq!(
        value(&signed, "authorization"),
        Some(
            "AWS4-HMAC-SHA256 Credential=AKIAFAKE/20231114/us-east-1/lightsail/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
             Signature=a6eeb214d277d7da9b1fdbb4ef6b25fbe6683ab2aae5f9aa801bb5f634762301"
        )
    );
    assert_eq!(
        value(&signed, "x-amz-target"),
        Some("Lightsail_20161128.GetInstances")
    );
}
