"""Compares raw JSON with the types that an SDK model declares: every field known, every type exact."""

import re


def differences(value, declared, models, path="$"):
    """Lines that say where `value` is not what `declared` says. Null is allowed anywhere: the SDK declares no nulls."""
    if value is None or declared == "object":
        return []
    inner = re.fullmatch(r"list\[(.*)\]", declared)
    if inner:
        return _list(value, inner[1], models, path)
    inner = re.fullmatch(r"dict\(str, (.*)\)", declared)
    if inner:
        return _dict(value, inner[1], models, path)
    if declared in _SCALARS:
        return [] if _SCALARS[declared](value) else [f"{path}: {type(value).__name__} {value!r} is no {declared}"]
    return _model(value, getattr(models, declared), models, path)


def _list(value, declared, models, path):
    if not isinstance(value, list):
        return [f"{path}: {type(value).__name__} is no list"]
    return [line for i, row in enumerate(value) for line in differences(row, declared, models, f"{path}[{i}]")]


def _dict(value, declared, models, path):
    if not isinstance(value, dict):
        return [f"{path}: {type(value).__name__} is no object"]
    return [line for key, row in value.items() for line in differences(row, declared, models, f"{path}.{key}")]


def _model(value, model, models, path):
    if not isinstance(value, dict):
        return [f"{path}: {type(value).__name__} is no {model.__name__}"]
    # Huawei Cloud's SDK and Volcengine's call the same table differently.
    table = getattr(model, "openapi_types", None) or getattr(model, "swagger_types", {})
    types = {model.attribute_map[name]: declared for name, declared in table.items()}
    lines = [f"{path}.{key}: {model.__name__} knows no such field" for key in value if key not in types]
    for key in value.keys() & types.keys():
        lines += differences(value[key], types[key], models, f"{path}.{key}")
    return lines


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_SCALARS = {
    "str": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "float": _number,
    "decimal.Decimal": _number,
    "datetime": lambda value: isinstance(value, str)
    and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value) is not None,
}
