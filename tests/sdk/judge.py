"""Drives a running `tidegated sim` through the official Huawei Cloud SDK and holds every raw answer against the SDK's
own models, types included. Argument: a file with the simulator's first line. Prints `N passed, N failed`; exit code 1
when anything failed."""

import datetime
import importlib
import json
import sys
import time

from court import chapter, check, equal, first_line, tell, verdict

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
import huaweicloudsdkbss.v2 as bss
import huaweicloudsdkces.v1 as ces
import huaweicloudsdkconfig.v1 as config
import huaweicloudsdkecs.v2 as ecs
import huaweicloudsdkeip.v2 as eip2
import huaweicloudsdkeip.v3 as eip3
import huaweicloudsdkiam.v3 as iam

from shapes import differences

PATIENCE_S = 30


class Cloud:
    """The simulator, its keys, and one SDK client per service."""

    def __init__(self, first):
        self.base = first["listening"]
        self.huawei = first["huawei"]
        keys = self.huawei["details"][0]["keys"]
        self.key = (self.huawei["ak"], self.huawei["sk"])
        self.watch = next((key["ak"], key["sk"]) for key in keys if not key["acts"])

    def client(self, service, kind, scope, key=None):
        ak, sk = key or self.key
        if scope == "project":
            credentials = BasicCredentials(ak, sk, self.huawei["project_id"])
        else:
            credentials = GlobalCredentials(ak, sk, self.huawei["domain_id"])
        builder = getattr(service, kind).new_builder().with_http_config(HttpConfig.get_default_config())
        return builder.with_credentials(credentials).with_endpoint(self.base).build()

    def tell(self, what, body, method="POST"):
        return tell(self.base, what, body, method)


def raw(name, answer):
    """The raw JSON of an answer, after holding it against its model."""
    value = json.loads(answer.raw_content)
    models = importlib.import_module(type(answer).__module__.rsplit(".", 1)[0])
    lines = differences(value, type(answer).__name__, models)
    check(f"{name}: fields and types", not lines, "; ".join(lines[:5]))
    check(f"{name}: status", answer.status_code == 200, answer.status_code)
    return value


def refused(name, call, status, code, text=""):
    try:
        call()
        check(name, False, "was not refused")
    except exceptions.ClientRequestException as error:
        equal(f"{name}: status", error.status_code, status)
        equal(f"{name}: code", error.error_code, code)
        check(f"{name}: message", text in (error.error_msg or ""), error.error_msg)


def the_judge_itself(_cloud):
    """Each kind of difference is seen: otherwise all the rest proves nothing."""
    models = importlib.import_module("huaweicloudsdkbss.v2.model")
    good = {"total_count": 1, "free_resource_packages": [{"free_resources": [{"amount": "1", "measure_id": 10}]}]}
    equal("judge: a right answer", differences(good, "ListFreeResourceInfosResponse", models), [])
    for name, wrong in {
        "number for text": {"free_resource_packages": [{"free_resources": [{"amount": 1}]}]},
        "text for number": {"total_count": "1"},
        "truth for number": {"total_count": True},
        "object for list": {"free_resource_packages": {}},
        "unknown field": {"free_resource_packages": [{"free_resources": [{"amonut": "1"}]}]},
    }.items():
        lines = differences(wrong, "ListFreeResourceInfosResponse", models)
        equal(f"judge: {name}", len(lines), 1)


def discovery(cloud):
    client = cloud.client(iam, "IamClient", "domain")
    projects = raw("auth projects", client.keystone_list_auth_projects(iam.KeystoneListAuthProjectsRequest()))
    names = {project["name"]: project for project in projects["projects"]}
    equal("auth projects: the region's project", names["cn-north-4"]["id"], cloud.huawei["project_id"])
    equal("auth projects: the domain", names["cn-north-4"]["domain_id"], cloud.huawei["domain_id"])
    one = raw("projects", client.keystone_list_projects(iam.KeystoneListProjectsRequest(name="cn-north-4")))
    equal("projects: one of that name", [row["id"] for row in one["projects"]], [cloud.huawei["project_id"]])
    domains = raw("auth domains", client.keystone_list_auth_domains(iam.KeystoneListAuthDomainsRequest()))
    equal("auth domains", [row["id"] for row in domains["domains"]], [cloud.huawei["domain_id"]])
    by_itself(cloud)


def by_itself(cloud):
    """The SDK finds project and domain itself."""
    region = Region("cn-north-4", cloud.base)
    credentials = BasicCredentials(*cloud.key).with_iam_endpoint(cloud.base)
    client = ecs.EcsClient.new_builder().with_credentials(credentials).with_region(region).build()
    found = raw("project found by the SDK", client.list_servers_details(ecs.ListServersDetailsRequest(limit=1)))
    equal("project found by the SDK: all servers counted", found["count"], 14)
    credentials = GlobalCredentials(*cloud.key).with_iam_endpoint(cloud.base)
    client = config.ConfigClient.new_builder().with_credentials(credentials).with_region(region).build()
    raw("domain found by the SDK", client.list_all_resources(config.ListAllResourcesRequest(limit=1)))


def packages(cloud):
    client = cloud.client(bss, "BssClient", "domain")

    def page(**body):
        request = bss.ListFreeResourceInfosRequest(body=bss.ListFreeResourceInfosReq(**body))
        return raw("packages", client.list_free_resource_infos(request))

    first = page()
    equal("packages: ten by default", len(first["free_resource_packages"]), 10)
    equal("packages: all counted", first["total_count"], 15)
    rows, offset = [], 0
    while offset < first["total_count"]:
        got = page(offset=offset, limit=4)["free_resource_packages"]
        check("packages: a page has rows", 0 < len(got) <= 4, len(got))
        rows += got
        offset += len(got)
    ids = [resource["free_resource_id"] for row in rows for resource in row["free_resources"]]
    equal("packages: every one exactly once", sorted(ids), sorted(cloud.huawei["free_resources"]))
    shared = [row for row in rows if row["quota_reuse_mode"] == 2]
    equal("packages: one shared", len(shared), 1)
    used_up = [row["free_resources"][0]["amount"] for row in rows if row["status"] == 2]
    equal("packages: the used up one has status 2", used_up, ["0"])
    equal("packages: it vanishes under status 1", page(status=1)["total_count"], 14)
    raw("units", client.list_measure_units(bss.ListMeasureUnitsRequest()))
    raw("conversions", client.list_conversions(bss.ListConversionsRequest(measure_type=3)))


def usages(cloud):
    client = cloud.client(bss, "BssClient", "domain")
    ids = cloud.huawei["free_resources"]

    def ask(ids):
        body = bss.ListFreeResourceUsagesReq(free_resource_ids=ids)
        return client.list_free_resource_usages(bss.ListFreeResourceUsagesRequest(body=body))

    answer = ask(ids + ["no-such-id"])
    value = raw("usages", answer)
    equal("usages: unknown ids are absent", [row["free_resource_id"] for row in value["free_resources"]], ids)
    for row, model in zip(value["free_resources"], answer.free_resources):
        equal("usages: the SDK reads the amount", str(model.amount), str(row["amount"]))
        check("usages: unit and bound", row["measure_id"] == 10 and 0 <= row["amount"] <= row["original_amount"], row)
    refused("usages: no id", lambda: ask([]), 400, "CBC.0100")
    refused("usages: 101 ids", lambda: ask(["x"] * 101), 400, "CBC.0100")
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    request = bss.ListFreeResourcesUsageRecordsRequest(
        deduct_time_begin=(today - datetime.timedelta(days=1)).strftime("%Y-%m-%d"),
        deduct_time_end=today.strftime("%Y-%m-%d"),
        limit=3,
    )
    records = raw("usage records", client.list_free_resources_usage_records(request))
    check("usage records: something was deducted", 0 < len(records["free_resource_records"]) <= 3, records)


def money(cloud):
    client = cloud.client(bss, "BssClient", "domain")
    balances = client.show_customer_account_balances(bss.ShowCustomerAccountBalancesRequest())
    equal("balances: currency", raw("balances", balances)["currency"], "CNY")
    month = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).strftime("%Y-%m")
    raw("monthly sum", client.show_customer_monthly_sum(bss.ShowCustomerMonthlySumRequest(bill_cycle=month)))
    body = bss.QueryResourcesReq(resource_ids=cloud.huawei["servers"][:3])
    request = bss.ListPayPerUseCustomerResourcesRequest(body=body)
    equal("subscriptions", raw("subscriptions", client.list_pay_per_use_customer_resources(request))["total_count"], 3)


def instances(cloud):
    client = cloud.client(config, "ConfigClient", "domain")
    rows, marker = [], None
    for _ in range(20):
        request = config.ListAllResourcesRequest(type="hcss.l-instance", limit=5, marker=marker)
        value = raw("instances", client.list_all_resources(request))
        equal("instances: page size", value["page_info"]["current_count"], len(value["resources"]))
        rows += value["resources"]
        marker = value["page_info"]["next_marker"]
        if not marker:
            break
    equal("instances: every one exactly once", len({row["id"] for row in rows}), 14)
    equal("instances: no repeats", len(rows), 14)
    found = {}
    for row in rows:
        parts = {part["logical_resource_type"]: part["physical_resource_id"] for part in row["properties"]["resources"]}
        found[parts["huaweicloudinternal_ecs_instance"]] = parts["huaweicloudinternal_cbc_freeresource"]
    wanted = {package["servers"][0]: package["id"] for package in cloud.huawei["details"][0]["packages"] if package["servers"]}
    equal("instances: server to package", found, wanted)
    refused(
        "instances: limit 201",
        lambda: client.list_all_resources(config.ListAllResourcesRequest(limit=201)),
        400,
        "RMS.00010025",
    )
    refused(
        "instances: wrong marker",
        lambda: client.list_all_resources(config.ListAllResourcesRequest(marker="no-such-marker")),
        400,
        "RMS.00010034",
    )
    request = config.ListResourcesRequest(provider="ecs", type="cloudservers", limit=200)
    equal("resources by provider", len(raw("resources by provider", client.list_resources(request))["resources"]), 14)


def servers(cloud):
    client = cloud.client(ecs, "EcsClient", "project")
    pages = [
        raw("servers", client.list_servers_details(ecs.ListServersDetailsRequest(limit=6, offset=page)))["servers"]
        for page in (1, 2, 3)
    ]
    equal("servers: pages count from 1", [len(page) for page in pages], [6, 6, 2])
    ids = [server["id"] for page in pages for server in page]
    equal("servers: every one exactly once", sorted(ids), sorted(cloud.huawei["servers"]))
    request = ecs.ListServersDetailsRequest(limit=6, marker=ids[5])
    after = raw("servers after a marker", client.list_servers_details(request))["servers"]
    equal("servers after a marker", [server["id"] for server in after], ids[6:12])
    request = ecs.ListServersDetailsRequest(server_id=f"{ids[0]},gone-1")
    value = raw("servers by id", client.list_servers_details(request))["servers"]
    equal("servers by id: the unknown one", [value[1]["id"], value[1]["status"], value[1]["fault"] is None], ["gone-1", None, False])
    shown = raw("server", client.show_server(ecs.ShowServerRequest(server_id=ids[0])))["server"]
    equal("server: runs", [shown["id"], shown["status"]], [ids[0], "ACTIVE"])
    refused("server: unknown", lambda: client.show_server(ecs.ShowServerRequest(server_id="gone-1")), 404, "Ecs.0114")
    refused("job: unknown", lambda: client.show_job(ecs.ShowJobRequest(job_id="gone-1")), 400, "Common.0011")


def stop_and_start(cloud):
    client = cloud.client(ecs, "EcsClient", "project")
    id_ = cloud.huawei["servers"][0]
    target = [ecs.ServerId(id=id_)]

    def stop(by=client, kind="SOFT"):
        option = ecs.BatchStopServersOption(servers=target, type=kind)
        return by.batch_stop_servers(ecs.BatchStopServersRequest(body=ecs.BatchStopServersRequestBody(os_stop=option)))

    watcher = cloud.client(ecs, "EcsClient", "project", cloud.watch)
    refused("stop without the right", lambda: stop(watcher), 403, "Pdp.0001", "ecs:cloudServers:stop")
    job = raw("stop", stop())["job_id"]
    shown = raw("server while stopping", client.show_server(ecs.ShowServerRequest(server_id=id_)))["server"]
    equal("server while stopping", [shown["status"], shown["OS-EXT-STS:task_state"]], ["ACTIVE", "powering-off"])
    finished(client, job)
    shown = raw("server after the stop", client.show_server(ecs.ShowServerRequest(server_id=id_)))["server"]
    equal("server after the stop", [shown["status"], shown["OS-EXT-STS:task_state"], shown["OS-EXT-STS:power_state"]], ["SHUTOFF", None, 4])
    refused("stop of a stopped server", stop, 400, "Ecs.0100")
    option = ecs.BatchStartServersOption(servers=target)
    body = ecs.BatchStartServersRequestBody(os_start=option)
    finished(client, raw("start", client.batch_start_servers(ecs.BatchStartServersRequest(body=body)))["job_id"])
    shown = raw("server after the start", client.show_server(ecs.ShowServerRequest(server_id=id_)))["server"]
    equal("server after the start", shown["status"], "ACTIVE")
    cloud.tell("faults", {"lie": "stop_fails", "subject": id_, "times": 1})
    failed = finished(client, raw("stop that fails", stop(kind="HARD"))["job_id"], "FAIL")
    equal("stop that fails: sub-job", failed["entities"]["sub_jobs"][0]["status"], "FAIL")


def finished(client, job, wanted="SUCCESS"):
    """Polls a job to its end."""
    seen = []
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        value = raw("job", client.show_job(ecs.ShowJobRequest(job_id=job)))
        seen.append(value["status"])
        if value["status"] not in ("INIT", "RUNNING"):
            break
        time.sleep(0.1)
    equal("job: ends", seen[-1], wanted)
    check("job: was under way first", seen[0] in ("INIT", "RUNNING"), seen)
    return value


def addresses(cloud):
    client = cloud.client(eip3, "EipClient", "project")
    rows, marker = [], None
    for _ in range(20):
        value = raw("addresses v3", client.list_publicips(eip3.ListPublicipsRequest(limit=6, marker=marker)))
        rows += value["publicips"]
        marker = value["page_info"].get("next_marker")
        if not marker:
            break
    bound = {row["vnic"]["device_id"] for row in rows}
    equal("addresses v3: bound to every server", sorted(bound), sorted(cloud.huawei["servers"]))
    equal("addresses v3: billed by traffic", {row["bandwidth"]["charge_mode"] for row in rows}, {"traffic"})
    client = cloud.client(eip2, "EipClient", "project")
    equal("addresses v1", len(raw("addresses v1", client.list_publicips(eip2.ListPublicipsRequest()))["publicips"]), 14)
    value = raw("bandwidths", client.list_bandwidths(eip2.ListBandwidthsRequest()))
    equal("bandwidths", {row["charge_mode"] for row in value["bandwidths"]}, {"traffic"})


def metrics(cloud):
    client = cloud.client(ces, "CesClient", "project")
    request = ces.ListMetricsRequest(namespace="SYS.VPC", metric_name="up_stream", limit=5)
    listed = raw("metrics", client.list_metrics(request))
    equal("metrics: page", [len(listed["metrics"]), listed["meta_data"]["total"]], [5, 14])
    request = ces.ListMetricsRequest(
        namespace="SYS.VPC", metric_name="up_stream", limit=5, start=listed["meta_data"]["marker"]
    )
    following = raw("metrics: next page", client.list_metrics(request))["metrics"]
    check("metrics: next page is another", following and following[0] not in listed["metrics"], following)
    address = next(d["value"] for d in following[0]["dimensions"] if d["name"] == "publicip_id")
    to = int(time.time() * 1000) + 900_000
    dimension = ces.MetricsDimension(name="publicip_id", value=address)
    wrong = ces.MetricsDimension(name="publicip_id", value="no-such-address")
    body = ces.BatchListMetricDataRequestBody(
        metrics=[ces.MetricInfo("SYS.VPC", "up_stream", [one]) for one in (dimension, wrong)],
        period="60",
        filter="sum",
        _from=to - 3_600_000,
        to=to,
    )
    batch = raw("metric batch", client.batch_list_metric_data(ces.BatchListMetricDataRequest(body=body)))["metrics"]
    full = [point["sum"] for point in batch[0]["datapoints"]]
    check("metric batch: 300 Mbit/s are 2.25 GB a minute", 2_250_000_000 in full, full)
    equal("metric batch: a wrong id is empty, not refused", [batch[1]["datapoints"], batch[1]["unit"]], [[], "unknown"])
    request = ces.ShowMetricDataRequest(
        namespace="SYS.VPC", metric_name="up_stream", dim_0=f"publicip_id,{address}",
        filter="sum", period=60, _from=to - 3_600_000, to=to,
    )
    single = raw("metric", client.show_metric_data(request))
    check("metric: as the batch", 2_250_000_000 in [point["sum"] for point in single["datapoints"]], single)


def wrong_keys(cloud):
    ask = ecs.ListServersDetailsRequest(limit=1)
    stranger = cloud.client(ecs, "EcsClient", "project", ("FAKEUNKNOWN", "FAKEsecret"))
    refused("unknown key", lambda: stranger.list_servers_details(ask), 401, "APIGW.0301", "ak not exist")
    forged = cloud.client(ecs, "EcsClient", "project", (cloud.watch[0], "FAKEwrong"))
    for _ in range(6):
        refused("wrong signature", lambda: forged.list_servers_details(ask), 401, "APIGW.0301", "verify aksk signature fail")
    locked = cloud.client(ecs, "EcsClient", "project", cloud.watch)
    refused("locked out", lambda: locked.list_servers_details(ask), 401, "APIGW.0301", "reach the limit")


def throttled(cloud):
    client = cloud.client(bss, "BssClient", "domain")
    body = bss.ListFreeResourceUsagesReq(free_resource_ids=cloud.huawei["free_resources"][:1])
    cloud.tell("faults", {"lie": "throttled", "retry_after": 2, "on": "bss.usages", "times": 1})
    ask = lambda: client.list_free_resource_usages(bss.ListFreeResourceUsagesRequest(body=body))
    refused("too many calls", ask, 429, "APIGW.0308", "throttling threshold")
    cloud.tell("faults", {}, "DELETE")


def main():
    cloud = Cloud(first_line())
    # So much has flowed that metrics and records have something to say; well within the 15 minutes of skew.
    cloud.tell("advance", {"seconds": 600})
    for work in (the_judge_itself, discovery, packages, usages, money, instances, servers, stop_and_start, addresses, metrics, throttled, wrong_keys):
        chapter(work.__name__, work, cloud)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
