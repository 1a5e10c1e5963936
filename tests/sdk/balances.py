"""Reads account balances from a running `tidegated sim` through the clouds' official SDKs, which sign, ask and read by
themselves. Argument: a file with the simulator's first line. Prints `N passed, N failed`; exit code 1 when anything
failed."""

import json
import sys
from decimal import Decimal

from court import chapter, check, first_line, tell, verdict

import alibabacloud_bssopenapi20171214.client as aliyun
import boto3
import huaweicloudsdkbss.v2 as bss
import volcenginesdkbilling
import volcenginesdkcore
from alibabacloud_tea_openapi.utils_models import Config as AliyunConfig
from botocore.config import Config as AwsConfig
from botocore.exceptions import ClientError
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from tencentcloud.billing.v20180709 import billing_client, models
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

# Amounts with every corner that a ledger has: whole, cents, thousands, below zero, nothing.
AMOUNTS = ["100", "1234.56", "1234567.89", "-12.3", "0"]


class Sim:
    """The simulator, and the fake keys of its accounts."""

    def __init__(self, first):
        self.base = first["listening"]
        self.host = self.base.removeprefix("http://")
        self.params = {row["name"]: row["params"] for row in first["balances"]}

    def tell(self, what, body):
        return tell(self.base, what, body)

    def key(self, provider):
        return self.params[provider]["ak"], self.params[provider]["sk"]


def tencent(sim, ak, sk):
    profile = ClientProfile(httpProfile=HttpProfile(endpoint=sim.host, protocol="http"))
    client = billing_client.BillingClient(credential.Credential(ak, sk), "", profile)
    answer = client.DescribeAccountBalance(models.DescribeAccountBalanceRequest())
    return Decimal(str(answer.RealBalance)) / 100


def tencent_get(sim, ak, sk):
    profile = ClientProfile(httpProfile=HttpProfile(endpoint=sim.host, protocol="http", reqMethod="GET"))
    client = billing_client.BillingClient(credential.Credential(ak, sk), "", profile)
    answer = client.DescribeAccountBalance(models.DescribeAccountBalanceRequest())
    return Decimal(str(answer.RealBalance)) / 100


def aliyun_with(algorithm):
    def ask(sim, ak, sk):
        config = AliyunConfig(
            access_key_id=ak,
            access_key_secret=sk,
            endpoint=sim.host,
            protocol="http",
            signature_algorithm=algorithm,
        )
        answer = aliyun.Client(config).query_account_balance()
        return Decimal(answer.body.data.available_amount.replace(",", ""))

    return ask


def volcengine(sim, ak, sk):
    config = volcenginesdkcore.Configuration()
    config.ak, config.sk, config.region = ak, sk, "cn-north-1"
    config.host, config.scheme = sim.host, "http"
    client = volcenginesdkbilling.BILLINGApi(volcenginesdkcore.ApiClient(config))
    answer = client.query_balance_acct(volcenginesdkbilling.QueryBalanceAcctRequest())
    return Decimal(answer.available_balance)


def huawei(sim, ak, sk):
    builder = bss.BssClient.new_builder().with_credentials(GlobalCredentials(ak, sk, "fake-domain"))
    client = builder.with_endpoint(sim.base).build()
    answer = client.show_customer_account_balances(bss.ShowCustomerAccountBalancesRequest())
    return sum(Decimal(str(row.amount)) for row in answer.account_balances if row.account_type == 1)


def aws(sim, service, ak, sk):
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=sim.base,
        aws_access_key_id=ak,
        aws_secret_access_key=sk,
        config=AwsConfig(retries={"max_attempts": 0}),
    )


def aws_freetier(sim, ak, sk):
    answer = aws(sim, "freetier", ak, sk).get_account_plan_state()
    return Decimal(str(answer["accountPlanRemainingCredits"]["amount"]))


def aws_costs(sim, ak, sk):
    period = {"Start": "2026-01-01", "End": "2026-02-01"}
    client = aws(sim, "ce", ak, sk)
    answer = client.get_cost_and_usage(TimePeriod=period, Granularity="MONTHLY", Metrics=["UnblendedCost"])
    return Decimal(answer["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"])


# Name, account, question, what of the account it tells.
QUESTIONS = [
    ("tencent", "tencent", tencent, "left"),
    ("tencent by GET", "tencent", tencent_get, "left"),
    ("aliyun ACS3", "aliyun", aliyun_with(None), "left"),
    ("aliyun RPC", "aliyun", aliyun_with("v2"), "left"),
    ("volcengine", "volcengine", volcengine, "left"),
    ("huawei", "huawei", huawei, "left"),
    ("aws free tier", "aws", aws_freetier, "left"),
    ("aws cost explorer", "aws", aws_costs, "spent"),
]
# What each SDK calls the refusal of a secret that does not belong to the key, and of a key that does not exist.
REFUSALS = {
    "tencent": ("AuthFailure.SignatureFailure", "AuthFailure.SecretIdNotFound"),
    "aliyun": ("SignatureDoesNotMatch", "InvalidAccessKeyId.NotFound"),
    "volcengine": ("SignatureDoesNotMatch", "InvalidAccessKey"),
    "huawei": ("APIGW.0301", "APIGW.0301"),
    "aws": ("InvalidSignatureException", "UnrecognizedClientException"),
}


def code_of(error):
    """The provider's code as its SDK tells it."""
    if isinstance(error, TencentCloudSDKException):
        return error.get_code()
    if isinstance(error, ClientRequestException):
        return error.error_code
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    if isinstance(error, volcenginesdkcore.rest.ApiException):
        return json.loads(error.body)["ResponseMetadata"]["Error"]["Code"]
    return str(getattr(error, "code", type(error).__name__))


def reads(sim, name, account, question, field):
    for amount in AMOUNTS:
        sim.tell(f"balances/{account}", {field: amount})
        seen = question(sim, *sim.key(account))
        check(f"{name}: {amount}", seen == Decimal(amount), f"{seen} instead of {amount}")


def refused(sim, name, question, key, wanted):
    try:
        question(sim, *key)
        check(f"{name}: refused", False, "was not refused")
    except Exception as error:  # each SDK has exceptions of its own
        check(f"{name}: refused", code_of(error) == wanted, f"{code_of(error)} instead of {wanted}: {error}")


def answers(sim, name, account, question, field):
    """Each amount is read as it was set, and a wrong secret and a strange key are refused."""
    reads(sim, name, account, question, field)
    ak, sk = sim.key(account)
    wrong_secret, wrong_key = REFUSALS[account]
    refused(sim, f"{name}, another secret", question, (ak, f"{sk}x"), wrong_secret)
    refused(sim, f"{name}, a strange key", question, (f"{ak}x", sk), wrong_key)


def main():
    sim = Sim(first_line())
    for name, account, question, field in QUESTIONS:
        chapter(name, answers, sim, name, account, question, field)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
