"""Drives a running `tidegated sim` through Volcengine's official SDKs, the newer by services and the older whole one, and
holds every raw answer against the newer one's models, types included. Argument: a file with the simulator's first line.
Prints `N passed, N failed`; exit code 1 when anything failed."""

import json
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from court import chapter, check, equal, first_line, tell, verdict

import volcenginesdkark as ark
import volcenginesdkbilling as billing
import volcenginesdkcore as core
import volcenginesdkecs as ecs
import volcenginesdkiam as iam
import volcenginesdkiam20210801 as projects
import volcenginesdksts as sts
from urllib3.exceptions import HTTPError
from volcengine.billing.BillingService import BillingService
from volcengine.iam.IamService import IamService
from volcenginesdkcore.rest import ApiException
from volcenginesdkcore.universal import UniversalApi, UniversalInfo

from shapes import differences

DENY = json.dumps({"Statement": [{"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}]})
BEIJING = timezone(timedelta(hours=8))


class Cloud:
    """The simulator, the fake keys of its main account, and one SDK client per service."""

    def __init__(self, first):
        self.base = first["listening"]
        self.account = first["volcengine"][0]
        self.key = (self.account["ak"], self.account["sk"])

    def user(self, name):
        return next(user for user in self.account["users"] if user["name"] == name)

    def client(self, service, kind, key=None, region="cn-beijing", auto_retry=False):
        config = core.Configuration()
        config.ak, config.sk = key or self.key
        config.region, config.host, config.auto_retry = region, self.base, auto_retry
        return getattr(service, kind)(core.ApiClient(config))

    def tell(self, what, body=None, method="POST"):
        return tell(self.base, what, body, method)

    def second_later(self):
        """The bill takes five calls a second; the world alone goes on, well within the skew that a gateway allows."""
        self.tell("advance", {"seconds": 1})


def asked(api, method, **fields):
    """Calls a method of an SDK's service; the raw result, after holding it against its model."""
    name = "".join(word.capitalize() for word in method.split("_"))
    models = sys.modules[type(api).__module__.split(".")[0]]
    answer = getattr(api, method)(getattr(models, f"{name}Request")(**fields))
    body = json.loads(api.api_client.last_response.data)
    equal(f"{name}: what it answers to", body["ResponseMetadata"]["Action"], name)
    result = body.get("Result")
    lines = differences(result, f"{name}Response", models)
    check(f"{name}: fields and types", not lines, "; ".join(lines[:5]))
    check(f"{name}: read by the SDK", (answer is None) == (result is None), answer)
    return result


def refused(name, call, code, status):
    try:
        call()
        check(name, False, "was not refused")
    except ApiException as error:
        told = json.loads(error.body)["ResponseMetadata"]["Error"] if error.body else {"Code": str(error.reason)}
        check(f"{name}: code", code in told["Code"], f"{told} instead of {code}")
        equal(f"{name}: status", error.status, status)


def the_judge_itself(_cloud):
    """Each kind of difference is seen: otherwise all the rest proves nothing."""
    good = {"UserMetadata": [{"Id": 1, "UserName": "x", "EmailIsVerify": False}], "Total": 1}
    equal("judge: a right answer", differences(good, "ListUsersResponse", iam), [])
    for name, wrong in {
        "text for number": {"Total": "1"},
        "number for text": {"UserMetadata": [{"UserName": 1}]},
        "text for truth": {"UserMetadata": [{"EmailIsVerify": "false"}]},
        "truth for number": {"Total": True},
        "object for list": {"UserMetadata": {}},
        "unknown field": {"UserMetadata": [{"Username": "x"}]},
    }.items():
        equal(f"judge: {name}", len(differences(wrong, "ListUsersResponse", iam)), 1)


def identity(cloud):
    told = asked(cloud.client(sts, "STSApi"), "get_caller_identity")
    equal("identity: the account", told["AccountId"], cloud.account["account_id"])
    equal("identity: a user", told["IdentityType"], "User")
    ak, sk = cloud.key
    for name, key, code in [
        ("another secret", (ak, f"{sk}x"), "SignatureDoesNotMatch"),
        ("a strange key", (f"{ak}x", sk), "InvalidAccessKey"),
    ]:
        client = cloud.client(iam, "IAMApi", key)
        refused(name, lambda: client.list_users(iam.ListUsersRequest()), code, 401)


def users(cloud):
    api = cloud.client(iam, "IAMApi")
    pages = [asked(api, "list_users", limit=5, offset=offset) for offset in (0, 5, 10, 15)]
    equal("users: pages", [len(page["UserMetadata"]) for page in pages], [5, 5, 4, 0])
    equal("users: total", pages[0]["Total"], 14)
    found = asked(api, "list_users", query="鲍")["UserMetadata"]
    equal("users: found by a Chinese name", [user["UserName"] for user in found], ["bob"])
    made = asked(api, "create_user", user_name="new", display_name="新 人", description="a&b=c+d")["User"]
    equal("user: its name survives the query", [made["DisplayName"], made["Description"]], ["新 人", "a&b=c+d"])
    equal("user: by id", asked(api, "get_user", id=made["Id"])["User"]["UserName"], "new")
    renamed = asked(api, "update_user", user_name="new", new_user_name="newer")["User"]
    equal("user: renamed under its id", [renamed["Id"], renamed["UserName"]], [made["Id"], "newer"])
    again = iam.CreateUserRequest(user_name="newer")
    refused("user: there twice", lambda: api.create_user(again), "UserAlreadyExists", 409)
    asked(api, "delete_user", user_name="newer")
    gone = iam.GetUserRequest(user_name="newer")
    refused("user: gone", lambda: api.get_user(gone), "UserNotExist", 404)
    groups = asked(api, "list_groups_for_user", user_name="bob")["UserGroups"]
    equal("groups", [group["UserGroupName"] for group in groups], ["devs"])
    summary = asked(api, "get_account_summary")["SummaryMap"]
    equal("quotas", [summary["AccessKeysPerUserQuota"], summary["UsersUsage"]], [2, 14])


def keys(cloud):
    api = cloud.client(iam, "IAMApi")
    made = asked(api, "create_access_key", user_name="bob")["AccessKey"]
    twice = iam.CreateAccessKeyRequest(user_name="bob")
    refused("key: a third one", lambda: api.create_access_key(twice), "AccessKeyLimitExceeded", 409)
    own = (made["AccessKeyId"], made["SecretAccessKey"])
    told = asked(cloud.client(sts, "STSApi", own), "get_caller_identity")
    equal("key: the new one signs", told["IdentityId"], str(cloud.user("bob")["id"]))
    used = asked(api, "get_access_key_last_used", user_name="bob", access_key_id=own[0])
    equal("key: last used for", used["AccessKeyLastUsed"]["Service"], "sts")
    for status in ("inactive", "active", "inactive"):
        asked(api, "update_access_key", user_name="bob", access_key_id=own[0], status=status)
        rows = asked(api, "list_access_keys", user_name="bob")["AccessKeyMetadata"]
        equal(f"key: {status}", [row["Status"] for row in rows if row["AccessKeyId"] == own[0]], [status])
    closed = cloud.client(sts, "STSApi", own)
    ask = sts.GetCallerIdentityRequest()
    refused("key: inactive", lambda: closed.get_caller_identity(ask), "InvalidAccessKey", 401)
    asked(api, "delete_access_key", user_name="bob", access_key_id=own[0])
    keys = asked(api, "list_api_keys", user_name="bob")["ApiKeys"]
    asked(api, "update_api_key", user_name="bob", id=keys[0]["Id"], status="inactive")
    equal("API key", asked(api, "list_api_keys", user_name="bob")["ApiKeys"][0]["Status"], "inactive")


def login(cloud):
    api = cloud.client(iam, "IAMApi")
    stub = asked(api, "get_login_profile", user_name="robot-001")["LoginProfile"]
    equal("login: a stub", [stub["LoginAllowed"], stub["CreateDate"][:8]], [False, "19700101"])
    off = iam.UpdateLoginProfileRequest(user_name="robot-001", login_allowed=False)
    refused("login: no profile", lambda: api.update_login_profile(off), "LoginProfileNotExist", 404)
    made = asked(api, "create_login_profile", user_name="robot-001", password="FAKE-Passw0rd", login_allowed=True)
    equal("login: made by a JSON body", made["LoginProfile"]["LoginAllowed"], True)
    old = asked(api, "get_login_profile", user_name="bob")["LoginProfile"]
    told = asked(
        api,
        "update_login_profile",
        user_name="bob",
        login_allowed=False,
        password_reset_required=old["PasswordResetRequired"],
        safe_auth_flag=old["SafeAuthFlag"],
        safe_auth_type=old["SafeAuthType"],
        safe_auth_exempt_duration=old["SafeAuthExemptDuration"],
    )["LoginProfile"]
    changed = {name for name in old if old[name] != told[name]} - {"UpdateDate"}
    equal("login: nothing else changed", changed, {"LoginAllowed"})
    asked(api, "delete_login_profile", user_name="robot-001")


def policies(cloud):
    api = cloud.client(iam, "IAMApi")
    system = asked(api, "list_policies", scope="System", limit=100)["PolicyMetadata"]
    check("policies: of the system", "ArkFullAccess" in [row["PolicyName"] for row in system], system)
    asked(api, "create_policy", policy_name="DenyAll", policy_document=DENY)
    told = asked(api, "get_policy", policy_name="DenyAll", policy_type="Custom")["Policy"]["PolicyDocument"]
    equal("policy: the same JSON", json.loads(told), json.loads(DENY))
    again = iam.CreatePolicyRequest(policy_name="DenyAll", policy_document=DENY)
    refused("policy: there twice", lambda: api.create_policy(again), "PolicyAlreadyExists", 409)
    asked(api, "update_policy", policy_name="DenyAll", new_policy_document=DENY, new_description="closed")
    asked(api, "attach_user_policy", user_name="bob", policy_name="DenyAll", policy_type="Custom")
    held = asked(api, "list_attached_user_policies", user_name="bob")["AttachedPolicyMetadata"]
    scopes = [scope["PolicyScopeType"] for row in held if row["PolicyName"] == "DenyAll" for scope in row["PolicyScope"]]
    equal("policy: attached everywhere", scopes, ["Global"])
    who = asked(api, "list_entities_for_policy", policy_name="DenyAll", policy_type="Custom")
    equal("policy: whom it is attached to", [row["UserName"] for row in who["PolicyUsers"]], ["bob"])
    closed(cloud)
    asked(api, "detach_user_policy", user_name="bob", policy_name="DenyAll", policy_type="Custom")
    asked(api, "delete_policy", policy_name="DenyAll")


def closed(cloud):
    """What the sub-account's own key says while it is denied everything."""
    bob = cloud.user("bob")["keys"][0]
    client = cloud.client(ark, "ARKApi", (bob["ak"], bob["sk"]))
    refused("denied", lambda: client.list_endpoints(ark.ListEndpointsRequest()), "AccessDenied", 403)
    paths = cloud.tell("volcengine/main", method="GET")["paths"]["bob"]
    check("denied: no key is open", not [path for path in paths if "key" in path], paths)
    check("denied: what runs is", [path for path in paths if "endpoint" in path], paths)


def in_projects(cloud):
    api = cloud.client(projects, "IAM20210801Api")
    listed = asked(api, "list_projects", limit=1000)["Projects"]
    equal("projects", [row["ProjectName"] for row in listed], ["default", "team-a", "team-b"])
    asked(api, "create_project", project_name="team-c", display_name="C 组")
    equal("project", asked(api, "get_project", project_name="team-c")["DisplayName"], "C 组")
    grant = {
        "principal_type": "User",
        "principal_name": "bob",
        "policy_type": "System",
        "policy_name": "TOSFullAccess",
        "project_name": ["team-a", "team-c"],
    }
    asked(api, "attach_policy_in_project", **grant)
    there = asked(api, "list_project_identities", project_name="team-c", identity_type="User")
    equal("project: who may", [row["UserName"] for row in there["ProjectUsers"]], ["bob"])
    again = projects.AttachPolicyInProjectRequest(**grant)
    refused("project: granted twice", lambda: api.attach_policy_in_project(again), "PolicyAttachConflict", 409)
    asked(api, "detach_policy_in_project", **grant)
    runs = asked(api, "list_project_resources", project_name="team-a", limit=100)["ProjectResources"]
    equal("project: what runs there", [row["ServiceName"] for row in runs], ["ark", "ecs", "ecs"])


def last_month():
    first = datetime.now(BEIJING).replace(day=1)
    return (first - timedelta(days=1)).strftime("%Y-%m")


def the_bill(cloud):
    api = cloud.client(billing, "BILLINGApi", region="cn-north-1")
    balance = asked(api, "query_balance_acct")
    equal("balance", Decimal(balance["AvailableBalance"]), Decimal("1234.56"))
    sums = [sum(Decimal(row["PayableAmount"]) for row in split(cloud, api, group)) for group in (0, 1, 2)]
    check("split bill: every grouping is the same sum", len(set(sums)) == 1 and sums[0] > 0, sums)
    rows = split(cloud, api, 2)
    equal("split bill: each row once", len({row["SplitBillDetailId"] for row in rows}), len(rows))
    check("split bill: more than one page", len(rows) > 300, len(rows))
    equal("split bill: by project", {row["Project"] for row in rows}, {"team-a", "team-b"})
    cloud.second_later()
    fields = {"bill_period": last_month(), "limit": 300}
    plain = asked(api, "list_bill_detail", group_period=0, group_term=0, **fields)["List"]
    equal("bill: no project of models", {row["Project"] for row in plain}, {"-", "team-b"})
    overview = asked(api, "list_bill_overview_by_prod", **fields)["List"]
    equal("overview", sum(Decimal(row["PayableAmount"]) for row in overview), sums[0])
    for name, wrong in {"limit": {"limit": 301}, "period": {"bill_period": "2021-12"}}.items():
        cloud.second_later()
        request = billing.ListSplitBillDetailRequest(**{**fields, **wrong})
        refused(f"bill: wrong {name}", lambda: api.list_split_bill_detail(request), "InvalidParam", 400)


def split(cloud, api, group):
    rows = []
    while True:
        cloud.second_later()
        page = asked(
            api,
            "list_split_bill_detail",
            bill_period=last_month(),
            limit=300,
            offset=len(rows),
            group_period=group,
            need_record_num=1,
            ignore_zero=1,
        )
        rows += page["List"]
        if len(rows) >= page["Total"] or not page["List"]:
            return rows


def too_often(cloud):
    api = cloud.client(billing, "BILLINGApi", region="cn-north-1")
    request = billing.ListSplitBillDetailRequest(bill_period=last_month(), limit=1)
    cloud.tell("faults", {"lie": "throttled", "on": "billing.ListSplitBillDetail", "times": 1})
    refused("bill: too often", lambda: api.list_split_bill_detail(request), "FlowLimitExceeded", 429)
    api = cloud.client(billing, "BILLINGApi", region="cn-north-1", auto_retry=True)
    cloud.tell("faults", {"lie": "throttled", "on": "billing.ListSplitBillDetail", "times": 1})
    cloud.second_later()
    told = asked(api, "list_split_bill_detail", bill_period=last_month(), limit=1)
    equal("bill: the SDK tries again and signs anew", len(told["List"]), 1)


def endpoints(cloud):
    api = cloud.client(ark, "ARKApi")
    tag = {"key": "sys:ark:createdBy", "values": [f"IAMUser/{cloud.user('bob')['id']}/bob"]}
    told = asked(api, "list_endpoints", tag_filters=[ark.TagFilterForListEndpointsInput(**tag)], page_size=100)
    equal("endpoints: of their deployer", [row["Status"] for row in told["Items"]], ["Running", "Running"])
    nobody = ark.TagFilterForListEndpointsInput(key=tag["key"], values=["IAMUser/1/nobody"])
    equal("endpoints: of nobody", asked(api, "list_endpoints", tag_filters=[nobody])["TotalCount"], 0)
    id_ = told["Items"][0]["Id"]
    asked(api, "stop_endpoint", id=id_)
    equal("endpoint: stopped", asked(api, "get_endpoint", id=id_)["Status"], "Stopped")
    # The SDK knows no class for a start.
    universal = UniversalApi(api.api_client)
    start = UniversalInfo("POST", "ark", "2024-01-01", "StartEndpoint", "application/json")
    universal.do_call(start, {"Id": id_})
    equal("endpoint: started", asked(api, "get_endpoint", id=id_)["Status"], "Running")
    gone = ark.StopEndpointRequest(id="ep-gone")
    refused("endpoint: gone", lambda: api.stop_endpoint(gone), "InvalidEndpoint.NotFound", 404)


def servers(cloud):
    api = cloud.client(ecs, "ECSApi")
    first = asked(api, "describe_instances", max_results=1)
    rest = asked(api, "describe_instances", max_results=1, next_token=first["NextToken"])
    ids = [page["Instances"][0]["InstanceId"] for page in (first, rest)]
    equal("servers: two pages", [len(set(ids)), rest["NextToken"], rest["TotalCount"]], [2, "", 2])
    told = asked(api, "stop_instances", instance_ids=[ids[0], "i-gone"], stopped_mode="StopCharging")
    errors = [row["Error"] and row["Error"]["Code"] for row in told["OperationDetails"]]
    equal("servers: each its own answer", errors, [None, "InvalidInstance.NotFound"])
    stopped = asked(api, "describe_instances", status="STOPPED", project_name="team-a")["Instances"]
    equal("servers: stopped", [(row["InstanceId"], row["StoppedMode"]) for row in stopped], [(ids[0], "StopCharging")])
    asked(api, "start_instances", instance_ids=[ids[0]])
    equal("servers: running", asked(api, "describe_instances", status="RUNNING")["TotalCount"], 2)


def lies(cloud):
    api = cloud.client(iam, "IAMApi")
    ask = lambda: api.list_users(iam.ListUsersRequest())
    for lie, code, status in [
        ({"lie": "error_code", "code": "AccessDenied"}, "AccessDenied", 403),
        ({"lie": "error_code", "code": "ServiceFailure", "status": 200}, "ServiceFailure", 200),
        ({"lie": "no_metadata"}, "InternalServiceError", 200),
    ]:
        cloud.tell("faults", {**lie, "on": "iam.ListUsers", "times": 1})
        refused(f"lie: {lie['lie']} {status}", ask, code, status)
    cloud.tell("faults", {"lie": "ignored", "on": "iam.CreateUser", "times": 1})
    asked(api, "create_user", user_name="ghost")
    ghost = iam.GetUserRequest(user_name="ghost")
    refused("lie: told as made", lambda: api.get_user(ghost), "UserNotExist", 404)


def lost_answers(cloud):
    """The connection breaks: once after the key was switched off, once before it would have been switched on."""
    api = cloud.client(iam, "IAMApi")
    id_ = cloud.user("robot-001")["keys"][0]["ak"]
    fields = {"user_name": "robot-001", "access_key_id": id_}
    for lie, wanted in (("broken", "inactive"), ("unheard", "active")):
        cloud.tell("faults", {"lie": lie, "on": "iam.UpdateAccessKey", "times": 1})
        try:
            api.update_access_key(iam.UpdateAccessKeyRequest(status=wanted, **fields))
            check(f"lost answer: {lie}", False, "an answer came")
        except HTTPError:
            check(f"lost answer: {lie}", True)
        rows = asked(api, "list_access_keys", user_name="robot-001")["AccessKeyMetadata"]
        equal(f"lost answer: {lie}, what is true", [row["Status"] for row in rows], ["inactive", "active"])


def older(cloud):
    """The older SDK signs other headers, sends the bill's questions as forms, and defaults to another region."""
    service, bills = IamService(), BillingService()
    for one in (service, bills):
        one.set_host(cloud.base.removeprefix("http://"))
        one.set_scheme("http")
        one.set_ak(cloud.key[0])
        one.set_sk(cloud.key[1])
    told = service.list_users({"Limit": 3, "Offset": 0})["Result"]
    equal("older: users", [len(told["UserMetadata"]), told["Total"]], [3, 14])
    listed = service.list_access_keys({"UserName": "robot-002"})["Result"]["AccessKeyMetadata"]
    key = {"UserName": "robot-002", "AccessKeyId": listed[0]["AccessKeyId"], "Status": "inactive"}
    check("older: an answer without a result", "Result" not in service.update_access_key(key))
    after = service.list_access_keys({"UserName": "robot-002"})["Result"]["AccessKeyMetadata"]
    equal("older: one key is off", [row["Status"] for row in after], ["inactive", "active"])
    named = {"UserName": "bob", "PolicyName": "TOSFullAccess", "PolicyType": "System"}
    service.attach_user_policy(named)
    held = service.list_attached_user_policies({"UserName": "bob"})["Result"]["AttachedPolicyMetadata"]
    equal("older: attached", [row["PolicyName"] for row in held], ["ArkFullAccess", "TOSFullAccess"])
    service.detach_user_policy(named)
    profile = service.get_login_profile({"UserName": "bob"})["Result"]["LoginProfile"]
    equal("older: login", profile["LoginAllowed"], False)
    cloud.second_later()
    form = {"BillPeriod": last_month(), "Limit": "300", "GroupPeriod": "0", "NeedRecordNum": "1"}
    rows = bills.list_split_bill_detail([], form)["Result"]
    equal("older: the bill by a form", rows["Total"], 2)
    service.set_sk("FAKE-other")
    try:
        service.list_users({})
        check("older: another secret", False, "was not refused")
    except Exception as error:  # it raises the body as it is
        check("older: another secret", "SignatureDoesNotMatch" in str(error), error)


def main():
    cloud = Cloud(first_line())
    chapters = (
        the_judge_itself,
        identity,
        users,
        keys,
        login,
        policies,
        in_projects,
        the_bill,
        too_often,
        endpoints,
        servers,
        lies,
        lost_answers,
        older,
    )
    for work in chapters:
        chapter(work.__name__, work, cloud)
        cloud.tell("faults", method="DELETE")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
